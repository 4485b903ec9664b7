// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.vns3.api;

import io.hybridpipe.Secret;
import io.hybridpipe.net.Cidr;
import io.hybridpipe.net.Ip;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import reactor.core.publisher.Mono;

/**
 * The REST API of one controller, one method an operation.
 *
 * <p>Nothing is sent until a Mono is subscribed, and each subscription sends one request; cancelling it aborts the request. It
 * emits on a thread of the HTTP client and never blocks one. It never repeats a call that changes something: the engine's
 * retries do, or the caller's.
 *
 * <p>Every failure is a {@link io.hybridpipe.retry.StepFailure}: {@code TRANSIENT} when nothing was sent (refused, no
 * connection in time, TLS broken off) or the answer was 503; {@code THROTTLED} for 429; {@code UNKNOWN_OUTCOME} when the answer
 * to a change was lost or was 500, 502 or 504, which count as {@code TRANSIENT} for a read; everything else, wrong certificates
 * too, is {@code PERMANENT}. If the controller answered, the cause is a {@link Vns3Error}.
 *
 * <p>Thread-safe. Get one from {@link Vns3Access#client}.
 */
public final class Vns3Client {
    private final Ip address;
    private final Function<Call, Mono<Fields>> sender;

    Vns3Client(Ip address, Function<Call, Mono<Fields>> sender) {
        this.address = address;
        this.sender = sender;
    }

    /** The controller's address. */
    public Ip address() {
        return address;
    }

    /** {@code GET /config}; works without a license too. */
    public Mono<ControllerConfig> config() {
        return get("/config").map(ControllerConfig::from);
    }

    /** {@code PUT /config}: sets the names that are given. */
    public Mono<ControllerConfig> rename(Optional<String> topologyName, Optional<String> controllerName) {
        Map<String, Object> body = new LinkedHashMap<>();
        topologyName.ifPresent(name -> body.put("topology_name", name));
        controllerName.ifPresent(name -> body.put("controller_name", name));
        return send("PUT", "/config", body).map(ControllerConfig::from);
    }

    /** {@code GET /license}. */
    public Mono<License> license() {
        return get("/license").map(License::from);
    }

    /** {@code PUT /license}: uploads a license; only once. */
    public Mono<License> uploadLicense(Secret<String> license) {
        return defer(() -> Call.ofText("PUT", "/license", address, license.reveal()))
                .map(License::from);
    }

    /** {@code PUT /license/parameters}: fixes the overlay's addresses for ever, answers, and reboots within seconds. */
    public Mono<License> setLicenseParameters(LicenseParameters parameters) {
        return send("PUT", "/license/parameters", parameters.body()).map(License::from);
    }

    /** {@code GET /keyset}. */
    public Mono<Keyset> keyset() {
        return get("/keyset").map(Keyset::from);
    }

    /**
     * {@code PUT /keyset}: starts making a keyset in the background.
     *
     * @param token what the keyset is derived from; the same on all controllers of a topology
     * @param topologyName the topology's name, if it is to be set
     */
    public Mono<Keyset> makeKeyset(Secret<String> token, Optional<String> topologyName) {
        return defer(() -> {
                    Map<String, Object> body = new LinkedHashMap<>();
                    body.put("token", token.reveal());
                    topologyName.ifPresent(name -> body.put("topology_name", name));
                    return Call.of("PUT", "/keyset", address, body);
                })
                .map(Keyset::from);
    }

    /** {@code GET /peering}. */
    public Mono<Peering> peering() {
        return get("/peering").map(Peering::from);
    }

    /** {@code PUT /peering/self}: sets the controller's id in its topology. */
    public Mono<Peering> setPeerId(int id) {
        return send("PUT", "/peering/self", Map.of("id", id, "force", true)).map(Peering::from);
    }

    /** {@code GET /ipsec}: the controller's own side and all endpoints. */
    public Mono<Ipsec> ipsec() {
        return get("/ipsec").map(Ipsec::from);
    }

    /** {@code GET /ipsec/endpoints/ID}. */
    public Mono<IpsecEndpoint> endpoint(int id) {
        return get("/ipsec/endpoints/" + id).map(IpsecEndpoint::from);
    }

    /** {@code POST /ipsec/endpoints}. */
    public Mono<IpsecEndpoint> createEndpoint(NewEndpoint endpoint) {
        return defer(() -> Call.of("POST", "/ipsec/endpoints", address, endpoint.body()))
                .map(IpsecEndpoint::from);
    }

    /** {@code DELETE /ipsec/endpoints/ID}, its tunnels too. */
    public Mono<Void> deleteEndpoint(int id) {
        return send("DELETE", "/ipsec/endpoints/" + id).then();
    }

    /** {@code POST /ipsec/endpoints/ID/tunnels}: joins two subnets; emits the endpoint with all its tunnels. */
    public Mono<IpsecEndpoint> createTunnel(int endpoint, Cidr localSubnet, Cidr remoteSubnet, String description) {
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("local_subnet", localSubnet.toString());
        body.put("remote_subnet", remoteSubnet.toString());
        body.put("description", description);
        body.put("enabled", true);
        return send("POST", "/ipsec/endpoints/" + endpoint + "/tunnels", body).map(IpsecEndpoint::from);
    }

    /** {@code DELETE /ipsec/endpoints/ID/tunnels/ID}. */
    public Mono<Void> deleteTunnel(int endpoint, int tunnel) {
        return send("DELETE", "/ipsec/endpoints/" + endpoint + "/tunnels/" + tunnel)
                .then();
    }

    /** {@code GET /status/ipsec}: how all tunnels are. */
    public Mono<List<TunnelStatus>> tunnelStatus() {
        return get("/status/ipsec")
                .map(fields -> fields.objects().stream().map(TunnelStatus::from).toList());
    }

    /** {@code GET /routes}: all routes of the main table. */
    public Mono<List<Route>> routes() {
        return get("/routes").map(Vns3Client::toRoutes);
    }

    /** {@code POST /routes}; emits all routes, without saying which is the new one. */
    public Mono<List<Route>> createRoute(NewRoute route) {
        return send("POST", "/routes", route.body()).map(Vns3Client::toRoutes);
    }

    /** {@code DELETE /routes/ID}; emits the routes that are left. */
    public Mono<List<Route>> deleteRoute(int id) {
        return send("DELETE", "/routes/" + id).map(Vns3Client::toRoutes);
    }

    /** {@code PUT /api_password}; the very next call needs the new one, so this client is of no more use. */
    public Mono<Void> changePassword(Secret<String> password) {
        return defer(() -> Call.of("PUT", "/api_password", address, Map.of("password", password.reveal())))
                .then();
    }

    /** {@code GET /status/system}; needs a license. */
    public Mono<SystemStatus> systemStatus() {
        return get("/status/system").map(SystemStatus::from);
    }

    /** {@code PUT /server}: answers, and reboots within seconds. */
    public Mono<Void> reboot() {
        return send("PUT", "/server", Map.of("reboot", true)).then();
    }

    /** {@code POST /access/token}. */
    public Mono<ApiToken> createToken(String name, Duration lifetime) {
        return send("POST", "/access/token", Map.of("name", name, "expires", lifetime.toSeconds()))
                .map(ApiToken::from);
    }

    /** {@code DELETE /access/token/ID}. */
    public Mono<Void> deleteToken(int id) {
        return send("DELETE", "/access/token/" + id).then();
    }

    private Mono<Fields> get(String path) {
        return defer(() -> Call.of("GET", path, address));
    }

    private Mono<Fields> send(String method, String path) {
        return defer(() -> Call.of(method, path, address));
    }

    private Mono<Fields> send(String method, String path, Map<String, Object> body) {
        return defer(() -> Call.of(method, path, address, body));
    }

    private Mono<Fields> defer(Supplier<Call> call) {
        return Mono.defer(() -> sender.apply(call.get()));
    }

    private static List<Route> toRoutes(Fields fields) {
        return fields.objects().stream().map(Route::from).toList();
    }

    @Override
    public String toString() {
        return "Vns3Client[" + address + "]";
    }
}

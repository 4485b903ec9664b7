// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.vns3.api;

import io.hybridpipe.Secret;
import io.hybridpipe.net.Cidr;
import io.hybridpipe.net.Ip;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import reactor.core.publisher.Mono;

/**
 * The REST API of one controller, one method an operation.
 *
 * <p>Nothing is sent until a Mono is subscribed, and each subscription sends one request; cancelling it aborts the request. It
 * emits on a thread of the HTTP client and never blocks one. It never repeats a call that may have changed something: the
 * engine's retries do, or the caller's. Two exceptions send a second request: a token that is refused is followed by the
 * password ({@link Vns3Access#client(Controller)}), and 404 to an operation of a later version by {@code GET /config}, to say
 * which version it needs.
 *
 * <p>Every failure is a {@link io.hybridpipe.retry.StepFailure}: {@code TRANSIENT} when nothing was sent (refused, no
 * connection in time, TLS broken off) or the answer was 503; {@code THROTTLED} for 429; {@code UNKNOWN_OUTCOME} when the answer
 * to a change was lost or was 500, 502 or 504, which count as {@code TRANSIENT} for a read; everything else, wrong certificates
 * too, is {@code PERMANENT}. If the controller answered, the cause is a {@link Vns3Error}.
 *
 * <p>Operations that not all controllers from 4.8.4 on have say so in their descriptions; a controller that is too old for one
 * refuses it with {@code PERMANENT} and a message that names the version it needs. Fields that this library does not know are
 * kept in the answers' {@link OtherFields}.
 *
 * <p>Thread-safe. Get one from {@link Vns3Access#client}.
 */
public final class Vns3Client {
    private final Calls calls;

    Vns3Client(Ip address, Transport transport) {
        this.calls = new Calls(address, transport);
    }

    /** The controller's address. */
    public Ip address() {
        return calls.address();
    }

    /** The firewall of all versions. */
    public FirewallApi firewall() {
        return new FirewallApi(calls);
    }

    /** The firewall of version 6; from 6.0.0 on. */
    public FirewallV2Api firewallV2() {
        return new FirewallV2Api(calls);
    }

    /** The network interfaces. */
    public InterfacesApi interfaces() {
        return new InterfacesApi(calls);
    }

    /** The clients of the overlay network and their credentials. */
    public ClientpacksApi clientpacks() {
        return new ClientpacksApi(calls);
    }

    /** The URLs that let whoever has them in for a while. */
    public AccessUrlsApi accessUrls() {
        return new AccessUrlsApi(calls);
    }

    /** The controller as a machine: its cloud, what it is connected to, its certificates and its web page. */
    public SystemApi system() {
        return new SystemApi(calls);
    }

    /** The traffic pairs of the IPsec endpoint with this id; from 5.1.8 on. */
    public TrafficPairsApi trafficPairs(int endpoint) {
        return new TrafficPairsApi(calls, endpoint);
    }

    /** {@code GET /config}; works without a license too. */
    public Mono<ControllerConfig> config() {
        return calls.get("/config").answer().map(ControllerConfig::from);
    }

    /** {@code PUT /config}: sets the names that are given. */
    public Mono<ControllerConfig> rename(Optional<String> topologyName, Optional<String> controllerName) {
        Body body = Body.empty().with("topology_name", topologyName).with("controller_name", controllerName);
        return calls.put("/config", body).answer().map(ControllerConfig::from);
    }

    /** {@code PUT /config}: sets where it gets its time from, addresses or names, in place of those it had. */
    public Mono<ControllerConfig> setNtpHosts(List<String> hosts) {
        return calls.put("/config", Body.of("ntp_hosts", String.join(" ", hosts)))
                .answer()
                .map(ControllerConfig::from);
    }

    /** {@code GET /license}. */
    public Mono<License> license() {
        return calls.get("/license").answer().map(License::from);
    }

    /** {@code PUT /license}: uploads a license; only once. */
    public Mono<License> uploadLicense(Secret<String> license) {
        return calls.put("/license").with(license).answer().map(License::from);
    }

    /** {@code PUT /license/parameters}: fixes the overlay's addresses for ever, answers, and reboots within seconds. */
    public Mono<License> setLicenseParameters(LicenseParameters parameters) {
        return calls.put("/license/parameters", parameters.body()).answer().map(License::from);
    }

    /** {@code PUT /license/upgrade}: uploads a license that has room for more. */
    public Mono<LicenseUpgrade> upgradeLicense(Secret<String> license) {
        return calls.put("/license/upgrade").with(license).answer().map(LicenseUpgrade::from);
    }

    /** {@code GET /keyset}. */
    public Mono<Keyset> keyset() {
        return calls.get("/keyset").answer().map(Keyset::from);
    }

    /**
     * {@code PUT /keyset}: starts making a keyset in the background.
     *
     * @param token what the keyset is derived from; the same on all controllers of a topology
     * @param topologyName the topology's name, if it is to be set
     */
    public Mono<Keyset> makeKeyset(Secret<String> token, Optional<String> topologyName) {
        Body body = Body.of("token", token).with("topology_name", topologyName);
        return calls.put("/keyset", body).answer().map(Keyset::from);
    }

    /**
     * {@code PUT /keyset}: starts fetching the keyset of another controller in the background; reboots when it has it.
     *
     * <p>The controller needs TCP 8000 to the source and the source's peers. That it failed shows only in that the same call is
     * accepted again, with another {@link Keyset#startedAt}.
     *
     * @param source address or name of the controller to fetch from
     * @param token what that keyset was derived from
     * @param topologyName the topology's name, if it is to be set
     */
    public Mono<Keyset> fetchKeyset(String source, Secret<String> token, Optional<String> topologyName) {
        Body body = Body.of("source", source).with("token", token).with("topology_name", topologyName);
        return calls.put("/keyset", body).answer().map(Keyset::from);
    }

    /** {@code GET /peering}. */
    public Mono<Peering> peering() {
        return calls.get("/peering").answer().map(Peering::from);
    }

    /** {@code PUT /peering/self}: sets the controller's id in its topology. */
    public Mono<Peering> setPeerId(int id) {
        return calls.put("/peering/self", Body.of("id", id).with("force", true))
                .answer()
                .map(Peering::from);
    }

    /**
     * {@code POST /peering/peers}: tells the controller where another one of its topology is; the other one must be told too.
     *
     * @param id the other one's id
     * @param host the other one's address or name
     * @param mtu of the link to it, 500 to 4800; empty leaves it to the controller
     */
    public Mono<Peering> addPeer(int id, String host, Optional<Integer> mtu) {
        Body body = Body.of("id", id).with("name", host).with("overlay_mtu", mtu.map(String::valueOf));
        return calls.post("/peering/peers", body).answer().map(Peering::from);
    }

    /** {@code PUT /peering/peers/ID}: another address, another MTU of 500 to 4800, or both. */
    public Mono<Peering> updatePeer(int id, Optional<String> host, Optional<Integer> mtu) {
        Body body = Body.empty().with("name", host).with("overlay_mtu", mtu.map(String::valueOf));
        return calls.put("/peering/peers/" + id, body).answer().map(Peering::from);
    }

    /** {@code DELETE /peering/peers/ID}; the other one still has its side. */
    public Mono<Peering> removePeer(int id) {
        return calls.delete("/peering/peers/" + id).answer().map(Peering::from);
    }

    /** {@code GET /ipsec}: the controller's own side and all endpoints. */
    public Mono<Ipsec> ipsec() {
        return calls.get("/ipsec").answer().map(Ipsec::from);
    }

    /** {@code PUT /ipsec}: the address by which it names itself in IKE; only as long as there is no endpoint. */
    public Mono<Ipsec> setIpsecAddress(Ip address) {
        return calls.put("/ipsec", Body.of("ipsec_local_ipaddress", address.toString()))
                .answer()
                .map(Ipsec::from);
    }

    /** {@code POST /ipsec}: restarts IPsec; all tunnels go down and come up again. */
    public Mono<Void> restartIpsec() {
        return calls.post("/ipsec", Body.of("restart", true)).answer().then();
    }

    /** {@code GET /ipsec/endpoints/ID}. */
    public Mono<IpsecEndpoint> endpoint(int id) {
        return calls.get("/ipsec/endpoints/" + id).answer().map(IpsecEndpoint::from);
    }

    /** {@code POST /ipsec/endpoints}. */
    public Mono<IpsecEndpoint> createEndpoint(NewEndpoint endpoint) {
        return calls.post("/ipsec/endpoints", endpoint.body()).answer().map(IpsecEndpoint::from);
    }

    /** {@code PUT /ipsec/endpoints/ID}: changes what is named. */
    public Mono<IpsecEndpoint> updateEndpoint(int id, EndpointChange change) {
        return calls.put("/ipsec/endpoints/" + id, change.body()).answer().map(IpsecEndpoint::from);
    }

    /** {@code DELETE /ipsec/endpoints/ID}, its tunnels too; emits what is left. */
    public Mono<Ipsec> deleteEndpoint(int id) {
        return calls.delete("/ipsec/endpoints/" + id).answer().map(Ipsec::from);
    }

    /** {@code POST /ipsec/endpoints/ID/tunnels}: joins two subnets; emits the endpoint with all its tunnels. */
    public Mono<IpsecEndpoint> createTunnel(int endpoint, NewTunnel tunnel) {
        return calls.post("/ipsec/endpoints/" + endpoint + "/tunnels", tunnel.body())
                .answer()
                .map(IpsecEndpoint::from);
    }

    /** {@code PUT /ipsec/endpoints/ID/tunnels/ID}: changes what is named. */
    public Mono<TunnelStatus> updateTunnel(int endpoint, int tunnel, TunnelChange change) {
        return calls.put("/ipsec/endpoints/" + endpoint + "/tunnels/" + tunnel, change.body())
                .answer()
                .map(TunnelStatus::from);
    }

    /** {@code PUT /ipsec/endpoints/ID/tunnels/ID}: tears the tunnel down so that it comes up anew. */
    public Mono<TunnelStatus> bounceTunnel(int endpoint, int tunnel) {
        return calls.put("/ipsec/endpoints/" + endpoint + "/tunnels/" + tunnel, Body.of("bounce", true))
                .answer()
                .map(TunnelStatus::from);
    }

    /** {@code DELETE /ipsec/endpoints/ID/tunnels/ID}; emits the endpoint with the tunnels that are left. */
    public Mono<IpsecEndpoint> deleteTunnel(int endpoint, int tunnel) {
        return calls.delete("/ipsec/endpoints/" + endpoint + "/tunnels/" + tunnel)
                .answer()
                .map(IpsecEndpoint::from);
    }

    /** {@code GET /status/ipsec}: how all tunnels are. */
    public Mono<List<TunnelStatus>> tunnelStatus() {
        return calls.get("/status/ipsec").answer().map(fields -> fields.all(TunnelStatus::from));
    }

    /** {@code GET /status/ipsec}: which tunnels are up; faster, without what was negotiated. */
    public Mono<List<TunnelStatus>> tunnelsUpOrDown() {
        return calls.get("/status/ipsec")
                .with("up_down_status_only", Optional.of(true))
                .answer()
                .map(fields -> fields.all(TunnelStatus::from));
    }

    /** {@code GET /status/link_history}: when a tunnel went up and down. */
    public Mono<LinkHistory> linkHistory(int tunnel) {
        return calls.get("/status/link_history")
                .with("tunnelid", Optional.of(tunnel))
                .answer()
                .map(LinkHistory::from);
    }

    /** {@code GET /status/link_history}: when the tunnels to a remote subnet went up and down. */
    public Mono<LinkHistory> linkHistoryTo(Cidr remoteSubnet, Optional<Cidr> localSubnet) {
        return calls.get("/status/link_history")
                .with("remote", Optional.of(remoteSubnet))
                .with("local", localSubnet)
                .answer()
                .map(LinkHistory::from);
    }

    /** {@code GET /routes}: all routes of the main table. */
    public Mono<List<Route>> routes() {
        return toRoutes(calls.get("/routes"));
    }

    /** {@code GET /routes?table=}: all routes of one table. */
    public Mono<List<Route>> routesIn(String table) {
        return toRoutes(calls.get("/routes").with("table", Optional.of(table)));
    }

    /** {@code POST /routes}; emits all routes, without saying which is the new one. */
    public Mono<List<Route>> createRoute(NewRoute route) {
        return toRoutes(calls.post("/routes", route.body()));
    }

    /** {@code DELETE /routes/ID}; emits the routes that are left. */
    public Mono<List<Route>> deleteRoute(int id) {
        return toRoutes(calls.delete("/routes/" + id));
    }

    /** {@code PUT /routes/ID/enable}; from 4.11.4 on. */
    public Mono<Route> enableRoute(int id) {
        return calls.put("/routes/" + id + "/enable").since("4.11.4").answer().map(Route::from);
    }

    /** {@code PUT /routes/ID/disable}: it stays, but is not in force; from 4.11.4 on. */
    public Mono<Route> disableRoute(int id) {
        return calls.put("/routes/" + id + "/disable").since("4.11.4").answer().map(Route::from);
    }

    /** {@code PUT /api_password}; the very next call needs the new one, so this client is of no more use. */
    public Mono<Void> changePassword(Secret<String> password) {
        return calls.put("/api_password", Body.of("password", password))
                .answer()
                .then();
    }

    /** {@code GET /status/system}; needs a license. */
    public Mono<SystemStatus> systemStatus() {
        return calls.get("/status/system").answer().map(SystemStatus::from);
    }

    /** {@code GET /status/task}: how far work in the background is; from 4.11.1 on. */
    public Mono<TaskStatus> task(Secret<String> token) {
        // the description wants the token in the body of this GET; controllers take it from the query, where proxies
        // leave it
        return calls.get("/status/task")
                .with("token", Optional.of(token.reveal()))
                .since("4.11.1")
                .answer()
                .map(TaskStatus::from);
    }

    /** {@code PUT /server}: answers, and reboots within seconds. */
    public Mono<Void> reboot() {
        return calls.put("/server", Body.of("reboot", true)).answer().then();
    }

    /** {@code GET /access/tokens}: all API tokens, expired ones too. */
    public Mono<List<ApiToken>> tokens() {
        return calls.get("/access/tokens").answer().map(fields -> fields.all(ApiToken::from));
    }

    /** {@code GET /access/token/ID}. */
    public Mono<ApiToken> token(int id) {
        return calls.get("/access/token/" + id).answer().map(ApiToken::from);
    }

    /**
     * {@code POST /access/token}.
     *
     * @param name its name
     * @param lifetime 1 minute to 365 days, in whole seconds
     * @param refreshes whether each use begins its lifetime anew
     */
    public Mono<ApiToken> createToken(String name, Duration lifetime, boolean refreshes) {
        Body body = Body.of("name", name)
                .with("expires", Math.toIntExact(lifetime.toSeconds()))
                .with("refreshes", refreshes);
        return calls.post("/access/token", body).answer().map(ApiToken::from);
    }

    /** {@code PUT /access/token/ID}: it opens nothing any more, but stays in the list. */
    public Mono<ApiToken> expireToken(int id) {
        return calls.put("/access/token/" + id, Body.of("expired", true))
                .answer()
                .map(ApiToken::from);
    }

    /** {@code DELETE /access/token/ID}. */
    public Mono<Void> deleteToken(int id) {
        return calls.delete("/access/token/" + id).answer().then();
    }

    private static Mono<List<Route>> toRoutes(Call call) {
        return call.answer().map(fields -> fields.all(Route::from));
    }

    @Override
    public String toString() {
        return "Vns3Client[" + address() + "]";
    }
}

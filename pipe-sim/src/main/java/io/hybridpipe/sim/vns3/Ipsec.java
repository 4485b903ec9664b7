// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.sim.vns3;

import static io.hybridpipe.sim.vns3.Operations.Needs.LICENSE;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import inet.ipaddr.IPAddress;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The IPsec configuration of one controller: remote endpoints and the tunnels under them.
 *
 * <p>An endpoint of type VTI or GRE is born with the one tunnel that routes point to. Deleting an endpoint deletes its
 * tunnels; routes that point to them stay and lead nowhere.
 */
final class Ipsec {
    private static final String ANY = "0.0.0.0/0";

    private final Box box;
    private final Licensing licensing;
    private final Links links;
    private final Tasks tasks;
    private final TreeMap<Integer, Endpoint> endpoints = new TreeMap<>();
    private Optional<IPAddress> localAddress = Optional.empty();
    private int lastEndpoint;
    private int lastTunnel;

    Ipsec(Box box, Licensing licensing, Links links, Tasks tasks) {
        this.box = box;
        this.licensing = licensing;
        this.links = links;
        this.tasks = tasks;
    }

    void register(Operations api) {
        String endpoint = "/ipsec/endpoints/{endpoint_id}";
        String tunnel = endpoint + "/tunnels/{tunnel_id}";
        api.on("GET", "/ipsec", LICENSE, call -> all());
        api.on("PUT", "/ipsec", LICENSE, call -> setLocalAddress(call.body()));
        api.on("POST", "/ipsec", LICENSE, call -> restart(call.body()));
        api.on("POST", "/ipsec/endpoints", LICENSE, call -> create(call.body()));
        api.on("GET", endpoint, LICENSE, call -> json(endpoint(call)));
        api.on("PUT", endpoint, LICENSE, this::update);
        api.on("DELETE", endpoint, LICENSE, this::delete);
        api.on("POST", endpoint + "/tunnels", LICENSE, this::createTunnel);
        api.on("PUT", tunnel, LICENSE, this::updateTunnel);
        api.on("DELETE", tunnel, LICENSE, this::deleteTunnel);
    }

    List<Endpoint> endpoints() {
        return List.copyOf(endpoints.values());
    }

    Optional<Tunnel> tunnel(int id) {
        return endpoints.values().stream()
                .flatMap(endpoint -> Optional.ofNullable(endpoint.tunnels().get(id)).stream())
                .findFirst();
    }

    /** The address by which this controller calls itself towards others. */
    String ikeAddress(IPAddress privateAddress) {
        return localAddress.orElse(privateAddress).toString();
    }

    Map<String, String> tunnelInventory() {
        Map<String, String> data = new TreeMap<>();
        endpoints.values().forEach(endpoint -> endpoint.tunnels()
                .forEach((id, tunnel) -> data.put(String.valueOf(id), tunnel.toString())));
        return data;
    }

    Map<String, String> endpointInventory() {
        Map<String, String> data = new TreeMap<>();
        endpoints.forEach((id, endpoint) -> data.put(
                String.valueOf(id),
                EndpointJson.of(endpoint)
                        .put("psk", Inventory.disguise(endpoint.psk()))
                        .put(
                                "traffic_pairs",
                                endpoint.pairsInOrder().stream()
                                        .map(TrafficPair::inventory)
                                        .toList()
                                        .toString())
                        .toString()));
        return data;
    }

    Map<String, String> localInventory() {
        Map<String, String> data = new TreeMap<>();
        localAddress.ifPresent(address -> data.put("ipsec_local_ipaddress", address.toString()));
        return data;
    }

    private ObjectNode all() {
        ObjectNode here = Json.object()
                .put("ipaddress", box.address().toString())
                .put("private_ipaddress", box.privateAddress().toString())
                .put("ipsec_local_ipaddress", ikeAddress(box.privateAddress()))
                .put("overlay_subnet", licensing.overlaySubnet())
                .put("asn", licensing.asn(1))
                .put("nat_traversal", true);
        ObjectNode remote = Json.object();
        endpoints.forEach((id, endpoint) -> remote.set(String.valueOf(id), json(endpoint)));
        ObjectNode all = Json.object();
        all.set("this_endpoint", here);
        all.set("remote_endpoints", remote);
        return all;
    }

    private ObjectNode setLocalAddress(Fields wanted) {
        IPAddress address = Addresses.host(wanted.required("ipsec_local_ipaddress"))
                .orElseThrow(() -> ApiError.argument("ipsec_local_address is invalid"));
        if (!endpoints.isEmpty()) {
            throw ApiError.argument("ipsec_local_address cannot be changed while remote endpoints exist");
        }
        localAddress = Optional.of(address);
        return wanted.flag("async").orElse(false)
                ? Json.object().put("token", tasks.submit()).put("status", "submitted")
                : all();
    }

    private ObjectNode restart(Fields wanted) {
        if (!wanted.flag("restart").orElse(false)) {
            throw ApiError.argument("restart is invalid");
        }
        links.restart();
        return Json.object().put("restart", true);
    }

    private ObjectNode create(Fields wanted) {
        if (endpoints.size() >= licensing.grant().endpoints()) {
            throw ApiError.notAllowed("Max number of endpoints reached");
        }
        wanted.required("name");
        wanted.required("secret");
        Endpoint plain = EndpointJson.read(wanted, Optional.empty(), ++lastEndpoint);
        return json(put(plain.type() == VpnType.POLICY ? plain : routed(plain)));
    }

    private ObjectNode update(ApiCall call) {
        Endpoint old = endpoint(call);
        Endpoint changed = EndpointJson.read(call.body(), Optional.of(old), old.id());
        boolean selectedAnew = changed.type() != old.type()
                || changed.tunnels().isEmpty()
                || !changed.routeBased().selectsAs(old.routeBased());
        return json(put(changed.type() != VpnType.POLICY && selectedAnew ? routed(changed) : changed));
    }

    private ObjectNode delete(ApiCall call) {
        endpoints.remove(endpoint(call).id());
        links.changed();
        return all();
    }

    private JsonNode createTunnel(ApiCall call) {
        Endpoint endpoint = endpoint(call);
        roomForOneMore();
        call.body().required("remote_subnet");
        Tunnel plain = new Tunnel(0, endpoint.id(), overlay(), overlay(), true, "", Tunnel.Ping.NONE);
        Tunnel created = read(call.body(), plain).withId(++lastTunnel);
        return json(put(endpoint.with(created)));
    }

    private JsonNode updateTunnel(ApiCall call) {
        Endpoint endpoint = endpoint(call);
        Tunnel changed = read(call.body(), tunnel(endpoint, call));
        boolean bounce = call.body().flag("bounce").orElse(false);
        if (bounce) {
            links.bounce(changed.id());
        }
        put(endpoint.with(changed));
        return links.status(endpoint, changed, false).put("bounce", bounce);
    }

    private JsonNode deleteTunnel(ApiCall call) {
        Endpoint endpoint = endpoint(call);
        return json(put(endpoint.without(tunnel(endpoint, call).id())));
    }

    /** Traffic pairs count as tunnels. */
    void roomForOneMore() {
        int selectors = endpoints.values().stream()
                .mapToInt(
                        endpoint -> endpoint.tunnels().size() + endpoint.pairs().size())
                .sum();
        if (selectors >= licensing.grant().tunnels()) {
            throw ApiError.notAllowed("Max number of tunnels reached");
        }
    }

    Optional<Endpoint> endpoint(int id) {
        return Optional.ofNullable(endpoints.get(id));
    }

    /** Takes in a new or changed endpoint and has it negotiated. */
    Endpoint put(Endpoint endpoint) {
        endpoints.put(endpoint.id(), endpoint);
        links.changed();
        return endpoint;
    }

    private ObjectNode json(Endpoint endpoint) {
        ObjectNode json = EndpointJson.of(endpoint);
        if (!box.release().isAtLeast("5.1.8")) {
            json.remove("traffic_pairs");
        }
        return json;
    }

    private Endpoint endpoint(ApiCall call) {
        return call.id("endpoint_id")
                .map(endpoints::get)
                .orElseThrow(() -> ApiError.argument("endpoint_id does not exist"));
    }

    private static Tunnel tunnel(Endpoint endpoint, ApiCall call) {
        return call.id("tunnel_id")
                .map(endpoint.tunnels()::get)
                .orElseThrow(() -> ApiError.argument("tunnel id does not exist"));
    }

    private IPAddress overlay() {
        return EndpointJson.subnet(licensing.overlaySubnet(), "local_subnet");
    }

    /** With the endpoint's selectors in the tunnel that routes point to, which is made if there is none. */
    private Endpoint routed(Endpoint endpoint) {
        String local = endpoint.routeBased().local();
        String remote = endpoint.routeBased().remote();
        IPAddress here = EndpointJson.subnet(local.isEmpty() ? ANY : local, "route_based_local");
        IPAddress there = EndpointJson.subnet(remote.isEmpty() ? ANY : remote, "route_based_remote");
        Optional<Tunnel> first = endpoint.tunnelsInOrder().stream().findFirst();
        if (first.isPresent()) {
            return endpoint.with(first.get().between(here, there));
        }
        roomForOneMore();
        return endpoint.with(
                new Tunnel(++lastTunnel, endpoint.id(), here, there, true, endpoint.description(), Tunnel.Ping.NONE));
    }

    private static Tunnel read(Fields wanted, Tunnel old) {
        return new Tunnel(
                old.id(),
                old.endpointId(),
                EndpointJson.subnet(wanted, "local_subnet", old.local()),
                EndpointJson.subnet(wanted, "remote_subnet", old.remote()),
                wanted.flag("enabled").orElse(old.enabled()),
                wanted.text("description").orElse(old.description()),
                EndpointJson.ping(wanted, old.ping()));
    }
}

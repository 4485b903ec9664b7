// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.sim.vns3;

import static io.hybridpipe.sim.vns3.Operations.Needs.LICENSE;

import com.fasterxml.jackson.databind.node.ObjectNode;
import inet.ipaddr.IPAddress;
import java.util.Comparator;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.IntFunction;
import java.util.stream.Collectors;

/** The routing table: into a tunnel, over an interface, or neither, which only advertises to the overlay. */
final class Routes {

    /** One route; interface and gateway keep the spelling {@code _notset} of old clients. */
    record Route(
            int id,
            IPAddress cidr,
            String description,
            String device,
            String gateway,
            Optional<Integer> tunnel,
            boolean advertise,
            boolean enabled,
            boolean editable,
            int metric,
            String table) {

        Route withEnabled(boolean on) {
            return new Route(id, cidr, description, device, gateway, tunnel, advertise, on, editable, metric, table);
        }

        boolean leads() {
            return tunnel.isPresent() || !device.isEmpty() && !device.equals(Fields.NOT_SET);
        }

        int prefixLength() {
            return cidr.isPrefixed() ? cidr.getPrefixLength() : cidr.getBitCount();
        }
    }

    private final Box box;
    private final Ipsec ipsec;
    private final TreeMap<Integer, Route> routes = new TreeMap<>();
    private int lastId;

    Routes(Box box, Ipsec ipsec) {
        this.box = box;
        this.ipsec = ipsec;
        IPAddress multicast = Addresses.cidr("224.0.0.0/4").orElseThrow();
        add(id -> new Route(
                id, multicast, "Multicast (auto-added)", "tun0", "", Optional.empty(), false, true, false, 0, "main"));
    }

    void register(Operations api) {
        api.on("GET", "/routes", LICENSE, call -> list(call.query("table")));
        api.on("POST", "/routes", LICENSE, call -> create(call.body()));
        api.on("DELETE", "/routes/{route_id}", LICENSE, this::delete);
        api.since("4.11.4", newer -> newer.on("PUT", "/routes/{route_id}/enable", LICENSE, call -> switched(call, true))
                .on("PUT", "/routes/{route_id}/disable", LICENSE, call -> switched(call, false)));
    }

    /** The route that decides: longest prefix, then lowest metric, then the older one. */
    Optional<Route> towards(IPAddress destination) {
        return routes.values().stream()
                .filter(route ->
                        route.enabled() && route.leads() && route.cidr().contains(destination))
                .min(Comparator.comparingInt(Route::prefixLength)
                        .reversed()
                        .thenComparingInt(Route::metric)
                        .thenComparingInt(Route::id));
    }

    /** The blocks that are led into tunnels. */
    Set<IPAddress> intoTunnels() {
        return routes.values().stream()
                .filter(route ->
                        route.enabled() && route.tunnel().flatMap(ipsec::tunnel).isPresent())
                .map(Route::cidr)
                .collect(Collectors.toSet());
    }

    Map<String, String> inventory() {
        Map<String, String> data = new TreeMap<>();
        routes.forEach((id, route) -> data.put(String.valueOf(id), route.toString()));
        return data;
    }

    private ObjectNode create(Fields wanted) {
        IPAddress cidr =
                Addresses.cidr(wanted.required("cidr")).orElseThrow(() -> ApiError.argument("cidr is invalid"));
        Optional<Integer> tunnel = wanted.number("tunnel");
        String device = wanted.text("interface").filter(text -> !text.isBlank()).orElse(Fields.NOT_SET);
        String gateway = wanted.text("gateway").filter(text -> !text.isBlank()).orElse(Fields.NOT_SET);
        if (tunnel.isPresent() && !device.equals(Fields.NOT_SET)) {
            throw ApiError.argument("Must provide either tunnel OR interface");
        }
        if (tunnel.isPresent() && tunnel.flatMap(ipsec::tunnel).isEmpty()) {
            throw ApiError.argument("Validation failed: Ipsec tunnel bad tunnel ID");
        }
        if (!gateway.equals(Fields.NOT_SET) && Addresses.host(gateway).isEmpty()) {
            throw ApiError.argument("gateway is invalid");
        }
        boolean advertise = wanted.flag("advertise").orElse(false);
        int metric = wanted.number("metric").orElse(0);
        String table = wanted.text("table").filter(text -> !text.isBlank()).orElse("main");
        String description = wanted.text("description").orElse("");
        add(id -> new Route(id, cidr, description, device, gateway, tunnel, advertise, true, true, metric, table));
        return list(Optional.empty());
    }

    private void add(IntFunction<Route> made) {
        Route route = made.apply(++lastId);
        routes.put(route.id(), route);
    }

    private ObjectNode delete(ApiCall call) {
        Route route = find(call);
        if (!route.editable()) {
            throw ApiError.argument("bad route id or route not found");
        }
        routes.remove(route.id());
        return list(Optional.empty());
    }

    private ObjectNode switched(ApiCall call, boolean on) {
        Route changed = find(call).withEnabled(on);
        routes.put(changed.id(), changed);
        return json(changed);
    }

    private Route find(ApiCall call) {
        return call.id("route_id")
                .map(routes::get)
                .orElseThrow(() -> ApiError.argument("bad route id or route not found"));
    }

    /** Keyed by place, not by id: in answers of real controllers the two differ. */
    private ObjectNode list(Optional<String> table) {
        ObjectNode list = Json.object();
        routes.values().stream()
                .filter(route -> table.map(route.table()::equals).orElse(true))
                .forEach(route -> list.set(String.valueOf(list.size() + 1), json(route)));
        return list;
    }

    private ObjectNode json(Route route) {
        ObjectNode json = Json.object()
                .put("id", route.id())
                .put("cidr", Addresses.text(route.cidr()))
                .put("netmask", netmask(route.cidr()))
                .put("interface", route.device())
                .put("gateway", route.gateway())
                .put("description", route.description())
                .put("advertise", route.advertise())
                .put("enabled", route.enabled())
                .put("metric", route.metric());
        if (box.release().isAtLeast("5.0.0")) {
            json.put("editable", route.editable()).put("table", route.table());
        }
        route.tunnel().ifPresent(id -> ipsec.tunnel(id)
                .ifPresentOrElse(
                        tunnel -> json.set("tunnel", EndpointJson.of(tunnel)),
                        () -> json.put("msg", "tunnel " + id + " does not exist")));
        return json;
    }

    static String netmask(IPAddress block) {
        int bits = block.isPrefixed() ? block.getPrefixLength() : block.getBitCount();
        return block.getNetwork().getNetworkMask(bits, false).toString();
    }
}

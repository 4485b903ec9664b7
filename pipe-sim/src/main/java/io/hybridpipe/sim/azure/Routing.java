// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.sim.azure;

import inet.ipaddr.IPAddress;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * The effective routes of an interface: those of its subnet's route table and the ones that the service adds
 * (<a href="https://learn.microsoft.com/azure/virtual-network/virtual-networks-udr-overview">Microsoft's list</a>). The
 * longest prefix wins, and of two equal ones the table's.
 */
record Routing(List<Route> routes) {

    /** Private ranges that go nowhere unless the virtual network or a table says otherwise. */
    private static final List<String> NOWHERE =
            List.of("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10");

    /**
     * One route.
     *
     * @param name what to call it in an explanation
     * @param nextHopAddress empty but for appliances
     */
    record Route(String name, IPAddress prefix, String nextHopType, String nextHopAddress) {
        String text() {
            return "%s: %s -> %s%s"
                    .formatted(name, prefix, nextHopType, nextHopAddress.isEmpty() ? "" : " " + nextHopAddress);
        }
    }

    static Routing of(Attachment from) {
        var routes = new ArrayList<Route>();
        var table = from.table().map(one -> one.path("name").asText()).orElse("");
        for (var route : from.userRoutes()) {
            var properties = route.path("properties");
            routes.add(new Route(
                    "route table %s, route %s"
                            .formatted(table, route.path("name").asText()),
                    Addresses.prefix(properties.path("addressPrefix").asText(), table),
                    properties.path("nextHopType").asText(),
                    properties.path("nextHopIpAddress").asText()));
        }
        for (var prefix : from.space()) {
            routes.add(new Route("system route of virtual network " + from.networkName(), prefix, "VnetLocal", ""));
        }
        for (var peer : from.peers()) {
            for (var prefix : peer.space()) {
                routes.add(new Route(
                        "system route of %s to virtual network %s".formatted(peer.label(), peer.networkName()),
                        prefix,
                        peer.nextHopType(),
                        ""));
            }
        }
        routes.add(system("0.0.0.0/0", "Internet"));
        NOWHERE.forEach(prefix -> routes.add(system(prefix, "None")));
        return new Routing(routes);
    }

    private static Route system(String prefix, String nextHopType) {
        return new Route("system route", Addresses.prefix(prefix, "system route"), nextHopType, "");
    }

    Optional<Route> longestMatch(IPAddress destination) {
        // a table's routes stand first, and of equals the first is taken
        return routes.stream()
                .filter(route -> route.prefix().contains(destination))
                .min(Comparator.comparingInt(route -> -prefixLength(route)));
    }

    private static int prefixLength(Route route) {
        var length = route.prefix().getNetworkPrefixLength();
        return length == null ? route.prefix().getBitCount() : length;
    }
}

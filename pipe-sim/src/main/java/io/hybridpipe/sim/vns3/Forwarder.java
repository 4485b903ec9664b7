// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.sim.vns3;

import inet.ipaddr.IPAddress;
import io.hybridpipe.sim.net.Forwarding;
import io.hybridpipe.sim.net.Packet;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * What a controller does with a packet: its own, else firewall, else selectors of policy tunnels, else routes, else out
 * again through its only interface.
 *
 * <p>As in Linux, selectors go before routes, and a tunnel that is configured but down swallows its traffic.
 */
final class Forwarder {

    private record Selected(Endpoint endpoint, Tunnel tunnel) {}

    private final String name;
    private final Ipsec ipsec;
    private final Links links;
    private final Routes routes;
    private final PacketFilter firewall;

    Forwarder(String name, Ipsec ipsec, Links links, Routes routes, PacketFilter firewall) {
        this.name = name;
        this.ipsec = ipsec;
        this.links = links;
        this.routes = routes;
        this.firewall = firewall;
    }

    /**
     * @param subnet the controller's own subnet: its hosts are neighbours, whatever shorter routes say
     */
    Forwarding forward(Packet packet, IPAddress own, IPAddress subnet) {
        Optional<FirewallRule> stop = firewall.stops(packet);
        if (stop.isPresent()) {
            return new Forwarding.Dropped(
                    "firewall of " + name, "rule \"" + stop.get().text() + "\" matches");
        }
        Optional<Selected> selected = selectedBy(packet);
        if (selected.isPresent()) {
            Endpoint endpoint = selected.get().endpoint();
            Tunnel tunnel = selected.get().tunnel();
            return into(endpoint, tunnel, packet, "selectors " + tunnel.selectors());
        }
        Optional<Routes.Route> route = routes.towards(packet.destination());
        if (subnet.contains(packet.destination())
                && route.filter(one -> one.prefixLength() >= subnet.getPrefixLength())
                        .isEmpty()) {
            return out(packet, own, "neighbour on eth0: " + Addresses.text(subnet));
        }
        return route.map(one -> along(one, packet, own)).orElseGet(() -> out(packet, own, "default route over eth0"));
    }

    /** Counts a packet that came out of a tunnel: the one that is up and whose selectors are the packet's other way round. */
    void received(Packet packet, Predicate<IPAddress> isSender) {
        ipsec.endpoints().stream()
                .filter(endpoint -> isSender.test(endpoint.gateway()))
                .flatMap(endpoint -> endpoint.tunnelsInOrder().stream()
                        .filter(tunnel -> links.isUp(tunnel.id()))
                        .filter(tunnel -> endpoint.selectors(tunnel).stream()
                                .anyMatch(one -> one.selects(packet.destination(), packet.source()))))
                .findFirst()
                .ifPresent(tunnel -> links.received(tunnel.id()));
    }

    private Optional<Selected> selectedBy(Packet packet) {
        return ipsec.endpoints().stream()
                .filter(endpoint -> endpoint.type() == VpnType.POLICY)
                .flatMap(endpoint -> endpoint.tunnelsInOrder().stream().map(tunnel -> new Selected(endpoint, tunnel)))
                .filter(one -> one.tunnel().enabled() && one.tunnel().selects(packet.source(), packet.destination()))
                .min(Comparator.comparing(
                                (Selected one) -> !links.isUp(one.tunnel().id()))
                        .thenComparing(one -> one.tunnel().remote().getCount())
                        .thenComparing(one -> one.tunnel().local().getCount())
                        .thenComparing(one -> one.tunnel().id()));
    }

    private Forwarding along(Routes.Route route, Packet packet, IPAddress own) {
        String why = "route " + route.id() + " of " + name + ": " + Addresses.text(route.cidr());
        if (route.tunnel().isEmpty()) {
            return route.device().startsWith("eth")
                    ? out(packet, own, why + " over " + route.device())
                    : new Forwarding.Dropped(why, route.device() + " leads to no machine of this world");
        }
        int id = route.tunnel().get();
        return ipsec.endpoints().stream()
                .filter(endpoint -> endpoint.tunnels().containsKey(id))
                .findFirst()
                .flatMap(endpoint -> ipsec.tunnel(id).map(tunnel -> into(endpoint, tunnel, packet, why)))
                .orElseGet(() -> new Forwarding.Dropped(why, "tunnel " + id + " does not exist"));
    }

    private Forwarding into(Endpoint endpoint, Tunnel tunnel, Packet packet, String why) {
        String through = "tunnel " + tunnel.id() + " of " + name + " to " + endpoint.name();
        if (!links.isUp(tunnel.id())) {
            return new Forwarding.Dropped(through, "it is down: " + links.why(tunnel.id()));
        }
        List<Selectors> selectors = endpoint.selectors(tunnel);
        if (selectors.stream().noneMatch(one -> one.selects(packet.source(), packet.destination()))) {
            String texts = selectors.stream().map(Selectors::selectors).collect(Collectors.joining(" and "));
            return new Forwarding.Dropped(through, "its selectors " + texts + " do not match");
        }
        links.sent(tunnel.id());
        return new Forwarding.IntoTunnel(through, endpoint.gateway(), packet, why);
    }

    private Forwarding out(Packet packet, IPAddress own, String why) {
        Optional<FirewallRule> masquerade = firewall.masquerades(packet);
        return masquerade.isEmpty()
                ? new Forwarding.Out(packet, why)
                : new Forwarding.Out(
                        packet.withSource(own), why + ", \"" + masquerade.get().text() + "\"");
    }
}

// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.sim.aws;

import inet.ipaddr.IPAddress;
import io.hybridpipe.sim.aws.Model.InstanceState;
import io.hybridpipe.sim.aws.Model.NetworkInterface;
import io.hybridpipe.sim.aws.Model.Route;
import io.hybridpipe.sim.aws.Model.Rule;
import io.hybridpipe.sim.aws.Peering.Side;
import io.hybridpipe.sim.net.CloudNetwork;
import io.hybridpipe.sim.net.Next;
import io.hybridpipe.sim.net.Packet;
import io.hybridpipe.sim.net.Port;
import io.hybridpipe.sim.net.Protocol;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.Supplier;

/** A region of an account as packets see it: instances, security groups, source/dest check, route tables, internet gateways,
 * peerings. */
final class AwsNetwork implements CloudNetwork {

    private final Region region;
    private final BiFunction<String, String, Region> regions;

    AwsNetwork(Region region, BiFunction<String, String, Region> regions) {
        this.region = region;
        this.regions = regions;
    }

    @Override
    public String name() {
        return "AWS " + region.account + " " + region.name;
    }

    @Override
    public List<Port> ports() {
        synchronized (region) {
            return region.interfaceStore.all().stream().map(this::port).toList();
        }
    }

    private Port port(NetworkInterface card) {
        return new Port(
                card.id(),
                card.privateIp(),
                region.addresses.publicAddressOf(card),
                card.attachment().instance());
    }

    @Override
    public Next send(Port from, Packet packet) {
        Supplier<Next> next;
        synchronized (region) {
            next = region.interfaceStore
                    .find(from.id())
                    .map(card -> send(card, packet))
                    .orElseGet(() -> done(new Next.Dropped(name(), "there is no interface " + from.id(), List.of())));
        }
        // what has to be asked of another region is asked without this region's monitor
        return next.get();
    }

    private static Supplier<Next> done(Next next) {
        return () -> next;
    }

    private Supplier<Next> send(NetworkInterface card, Packet packet) {
        var why = new ArrayList<String>();
        var asleep = asleep(card, why);
        if (asleep.isPresent()) {
            return done(asleep.get());
        }
        if (!packet.source().equals(card.privateIp())) {
            if (card.sourceDestCheck()) {
                return done(new Next.Dropped(
                        "source/dest check of " + card.id(),
                        "the packet's source " + packet.source() + " is not the interface's own address "
                                + card.privateIp(),
                        why));
            }
            why.add("source/dest check of " + card.id() + " is off");
        }
        var allowed = allowedBy(card, true, packet);
        if (allowed.isEmpty()) {
            return done(new Next.Dropped(groups(card), "no egress rule allows " + describe(packet, true), why));
        }
        why.add(allowed.get());
        return route(card, packet, why);
    }

    private Supplier<Next> route(NetworkInterface card, Packet packet, List<String> why) {
        var table = region.routing.tableFor(region.subnetStore.get(card.subnet()));
        var best = table.routes().stream()
                .filter(route -> route.destination().contains(packet.destination()))
                .max(Comparator.comparingInt(AwsNetwork::prefix));
        if (best.isEmpty()) {
            return done(new Next.Dropped("route table " + table.id(), "no route to " + packet.destination(), why));
        }
        var route = best.get();
        var line = "route table " + table.id() + ": " + route.destination() + " -> " + route.target();
        if (region.routing.blackhole(table, route)) {
            return done(new Next.Dropped("route table " + table.id(), line + " is a blackhole", why));
        }
        why.add(line);
        if (route.local()) {
            return done(toLocal(card, packet, why));
        }
        if (route.target().startsWith("igw-")) {
            return done(toInternet(card, packet, route.target(), why));
        }
        if (route.target().startsWith("pcx-")) {
            var peering = region.peeringStore.get(route.target());
            var far = peering.farFrom(region, card.vpc()).orElseThrow();
            return () -> toPeer(peering, far, packet, why);
        }
        return done(new Next.Deliver(port(region.interfaceStore.get(route.target())), packet, why));
    }

    /** Only to interfaces of the VPC at the other end: peering is not transitive and leads to no gateway there. */
    private Next toPeer(Peering peering, Side far, Packet packet, List<String> why) {
        var there = regions.apply(far.account(), far.region());
        synchronized (there) {
            return new AwsNetwork(there, regions)
                    .portIn(far.vpc(), packet.destination())
                    .<Next>map(port -> new Next.Deliver(port, packet, why))
                    .orElseGet(() -> new Next.Dropped(
                            "peering " + peering.id(),
                            "no interface of the peer " + far.vpc() + " has " + packet.destination(),
                            why));
        }
    }

    private Next toLocal(NetworkInterface from, Packet packet, List<String> why) {
        return portIn(from.vpc(), packet.destination())
                .<Next>map(port -> new Next.Deliver(port, packet, why))
                .orElseGet(
                        () -> new Next.Dropped("vpc " + from.vpc(), "no interface has " + packet.destination(), why));
    }

    private Optional<Port> portIn(String vpc, IPAddress address) {
        return region
                .interfaceStore
                .where(card -> card.vpc().equals(vpc) && card.privateIp().equals(address))
                .stream()
                .findFirst()
                .map(this::port);
    }

    private Next toInternet(NetworkInterface card, Packet packet, String gateway, List<String> why) {
        var address = region.addresses.publicAddressOf(card);
        if (address.isEmpty()) {
            return new Next.Dropped(
                    "internet gateway " + gateway, "interface " + card.id() + " has no public address", why);
        }
        if (!packet.source().equals(card.privateIp())) {
            return new Next.Dropped(
                    "internet gateway " + gateway,
                    "no public address belongs to " + packet.source() + "; only " + card.privateIp() + " is translated",
                    why);
        }
        why.add("internet gateway " + gateway + " translates " + packet.source() + " to " + address.get());
        return new Next.ToInternet(packet.withSource(address.get()), why);
    }

    @Override
    public Next deliver(Port to, Packet packet) {
        synchronized (region) {
            return region.interfaceStore
                    .find(to.id())
                    .map(card -> deliver(card, packet))
                    .orElseGet(() -> new Next.Dropped(name(), "there is no interface " + to.id(), List.of()));
        }
    }

    private Next deliver(NetworkInterface card, Packet arriving) {
        var why = new ArrayList<String>();
        var packet = arriving;
        var address = region.addresses.publicAddressOf(card);
        if (address.filter(arriving.destination()::equals).isPresent()) {
            var gateway = region.routing.gatewayOf(card.vpc());
            if (gateway.isEmpty()) {
                return new Next.Dropped("vpc " + card.vpc(), "no internet gateway is attached", why);
            }
            packet = arriving.withDestination(card.privateIp());
            why.add("internet gateway " + gateway.get().id() + " translates " + arriving.destination() + " to "
                    + card.privateIp());
        }
        var allowed = allowedBy(card, false, packet);
        if (allowed.isEmpty()) {
            return new Next.Dropped(groups(card), "no ingress rule allows " + describe(packet, false), why);
        }
        why.add(allowed.get());
        if (!packet.destination().equals(card.privateIp())) {
            if (card.sourceDestCheck()) {
                return new Next.Dropped(
                        "source/dest check of " + card.id(),
                        "the packet's destination " + packet.destination() + " is not the interface's own address "
                                + card.privateIp(),
                        why);
            }
            why.add("source/dest check of " + card.id() + " is off");
        }
        var asleep = asleep(card, why);
        return asleep.isPresent() ? asleep.get() : new Next.Deliver(port(card), packet, why);
    }

    /**
     * What becomes of a packet at an instance that does not run; empty if it runs, whether or not its status checks pass, and
     * for an interface without an instance.
     */
    private Optional<Next> asleep(NetworkInterface card, List<String> why) {
        return region.instanceStore
                .find(card.attachment().instance())
                .filter(instance -> instance.state() != InstanceState.RUNNING)
                .map(instance -> new Next.Dropped("instance " + instance.id(), "it is " + instance.state().text, why));
    }

    private Optional<String> allowedBy(NetworkInterface card, boolean egress, Packet packet) {
        for (var id : card.groups()) {
            var group = region.groupStore.get(id);
            for (var rule : group.rules()) {
                if (rule.egress() == egress && matches(rule, packet)) {
                    return Optional.of("security group " + id + " (" + group.name() + ") allows " + describe(rule));
                }
            }
        }
        return Optional.empty();
    }

    private boolean matches(Rule rule, Packet packet) {
        var peer = rule.egress() ? packet.destination() : packet.source();
        return protocolFits(rule, packet) && (rule.peerIsGroup() ? inGroup(rule.peer(), peer) : contains(rule, peer));
    }

    private static boolean contains(Rule rule, IPAddress peer) {
        return Cidr.block(rule.peer(), "cidrIp").contains(peer);
    }

    private boolean inGroup(String group, IPAddress address) {
        return region.interfaceStore.any(
                card -> card.groups().contains(group) && card.privateIp().equals(address));
    }

    private static boolean protocolFits(Rule rule, Packet packet) {
        if (rule.protocol().equals("-1")) {
            return true;
        }
        if (!rule.protocol().equals(ruleProtocol(packet.protocol()))) {
            return false;
        }
        var ports = packet.protocol() == Protocol.TCP || packet.protocol() == Protocol.UDP;
        return !ports || rule.from() <= packet.destinationPort() && packet.destinationPort() <= rule.to();
    }

    /** EC2 names three protocols and takes the rest by number. */
    private static String ruleProtocol(Protocol protocol) {
        return protocol == Protocol.ESP ? "50" : protocol.name().toLowerCase(Locale.ROOT);
    }

    private static int prefix(Route route) {
        var bits = route.destination().getNetworkPrefixLength();
        return bits == null ? 32 : bits;
    }

    private String groups(NetworkInterface card) {
        var names = card.groups().stream()
                .map(id -> id + " (" + region.groupStore.get(id).name() + ")")
                .toList();
        return (names.size() == 1 ? "security group " : "security groups ") + String.join(", ", names);
    }

    private static String describe(Packet packet, boolean egress) {
        var protocol = packet.protocol().name().toLowerCase(Locale.ROOT);
        var ports = packet.protocol() == Protocol.TCP || packet.protocol() == Protocol.UDP;
        return protocol
                + (ports ? " " + packet.destinationPort() : "")
                + (egress ? " to " + packet.destination() : " from " + packet.source());
    }

    private static String describe(Rule rule) {
        var direction = rule.egress() ? " to " : " from ";
        if (rule.protocol().equals("-1")) {
            return "everything" + direction + rule.peer();
        }
        var ports = rule.from() < 0
                ? ""
                : rule.from() == rule.to() ? " " + rule.from() : " " + rule.from() + "-" + rule.to();
        return rule.protocol() + ports + direction + rule.peer();
    }
}

// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.sim.azure;

import inet.ipaddr.IPAddress;
import io.hybridpipe.sim.net.CloudNetwork;
import io.hybridpipe.sim.net.Next;
import io.hybridpipe.sim.net.Packet;
import io.hybridpipe.sim.net.Port;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What packets meet in one subscription, and over peerings in others: interfaces, security groups and routes as operations
 * have brought them about.
 */
final class AzureNetwork implements CloudNetwork {

    private final Estate estate;
    private final String subscription;

    AzureNetwork(Estate estate, String subscription) {
        this.estate = estate;
        this.subscription = subscription;
    }

    @Override
    public String name() {
        return "azure " + subscription;
    }

    @Override
    public List<Port> ports() {
        synchronized (estate) {
            return estate.attachments().stream()
                    .filter(one -> one.isIn(subscription))
                    .map(Attachment::port)
                    .toList();
        }
    }

    @Override
    public Next send(Port from, Packet packet) {
        synchronized (estate) {
            var all = estate.attachments();
            var sender = find(all, from);
            return sender.isEmpty() ? gone(from) : send(all, sender.get(), packet);
        }
    }

    private Next send(List<Attachment> all, Attachment from, Packet packet) {
        var passed = new ArrayList<String>();
        var asleep = asleep(from, passed);
        if (asleep.isPresent()) {
            return asleep.get();
        }
        var own = packet.source().equals(from.port().privateAddress());
        if (!own && !from.forwards()) {
            return new Next.Dropped(
                    from.name(),
                    "source check: %s is not its address %s, and IP forwarding is off"
                            .formatted(packet.source(), from.port().privateAddress()),
                    passed);
        }
        var tags = ServiceTags.seenFrom(from);
        for (var group : from.groupsOutward()) {
            var verdict = SecurityFilter.of(group, "Outbound", tags).judge(packet);
            if (!verdict.allows()) {
                return new Next.Dropped(verdict.group(), verdict.rule(), passed);
            }
            passed.add(verdict.text());
        }
        var route = Routing.of(from).longestMatch(packet.destination());
        if (route.isEmpty()) {
            return new Next.Dropped(from.name(), "no route to " + packet.destination(), passed);
        }
        passed.add(route.get().text());
        return switch (route.get().nextHopType()) {
            case "VnetLocal", "VNetPeering", "VNetGlobalPeering" ->
                reach(all, from, packet.destination(), packet, passed);
            case "VirtualAppliance" -> toAppliance(all, from, route.get(), packet, passed);
            case "Internet" -> toInternet(from, own, packet, passed);
            case "VirtualNetworkGateway" ->
                new Next.Dropped(route.get().name(), "the virtual network has no gateway", passed);
            default -> new Next.Dropped(route.get().name(), "the next hop is None", passed);
        };
    }

    /** Takes a packet to an address of the own virtual network or of one that is peered with it. */
    private static Next reach(
            List<Attachment> all, Attachment from, IPAddress address, Packet packet, List<String> passed) {
        var target = target(all, from, address);
        var peer = peer(from, address);
        if (peer.isPresent() && !peer.get().allowsAccess()) {
            return new Next.Dropped(
                    peer.get().label(),
                    "it does not allow access to virtual network " + peer.get().networkName(),
                    passed);
        }
        if (target.isEmpty()) {
            return new Next.Dropped(
                    "virtual network " + peer.map(Peer::networkName).orElseGet(from::networkName),
                    "no network interface has the address " + address,
                    passed);
        }
        if (peer.isPresent() && !from.isInside(packet.source())) {
            var back = target.get().peers().stream()
                    .filter(one -> one.network().equals(from.network()))
                    .findFirst();
            if (back.isPresent() && !back.get().allowsForwarded()) {
                return new Next.Dropped(
                        "%s of virtual network %s"
                                .formatted(back.get().label(), target.get().networkName()),
                        "%s is not an address of virtual network %s, and forwarded traffic is not allowed"
                                .formatted(packet.source(), from.networkName()),
                        passed);
            }
        }
        return new Next.Deliver(target.get().port(), packet, passed);
    }

    /** The peering that leads to an address; empty for those of the own virtual network. */
    private static Optional<Peer> peer(Attachment from, IPAddress address) {
        return from.isInside(address) ? Optional.empty() : Peer.covering(from.peers(), address);
    }

    private static Optional<Attachment> target(List<Attachment> all, Attachment from, IPAddress address) {
        var network = peer(from, address).map(Peer::network).orElseGet(from::network);
        return all.stream()
                .filter(to -> to.network().equals(network)
                        && to.port().privateAddress().equals(address))
                .findFirst();
    }

    private static Next toAppliance(
            List<Attachment> all, Attachment from, Routing.Route route, Packet packet, List<String> passed) {
        var address = Addresses.address(route.nextHopAddress()).orElseThrow();
        var appliance = target(all, from, address);
        if (appliance.isPresent()
                && !appliance.get().forwards()
                && !packet.destination().equals(address)) {
            return new Next.Dropped(
                    appliance.get().name(),
                    "it is the next hop of %s, but its IP forwarding is off".formatted(route.name()),
                    passed);
        }
        return reach(all, from, address, packet, passed);
    }

    private static Next toInternet(Attachment from, boolean own, Packet packet, List<String> passed) {
        if (!own) {
            return new Next.Dropped(
                    from.name(),
                    "only packets from its own address %s are translated on the way to the internet, not from %s"
                            .formatted(from.port().privateAddress(), packet.source()),
                    passed);
        }
        if (from.port().publicAddress().isEmpty()) {
            return new Next.Dropped(from.name(), "it has no public address to reach the internet with", passed);
        }
        var address = from.port().publicAddress().get();
        passed.add("public IP address %s: source %s -> %s".formatted(from.publicName(), packet.source(), address));
        return new Next.ToInternet(packet.withSource(address), passed);
    }

    @Override
    public Next deliver(Port to, Packet packet) {
        synchronized (estate) {
            var receiver = find(estate.attachments(), to);
            return receiver.isEmpty() ? gone(to) : deliver(receiver.get(), packet);
        }
    }

    private Next deliver(Attachment to, Packet sent) {
        var passed = new ArrayList<String>();
        var packet = sent;
        var own = to.port().privateAddress();
        var fromInternet =
                to.port().publicAddress().filter(sent.destination()::equals).isPresent();
        if (fromInternet) {
            packet = sent.withDestination(own);
            passed.add(
                    "public IP address %s: destination %s -> %s".formatted(to.publicName(), sent.destination(), own));
            if (to.groupsInward().isEmpty() && to.isPublicStandard()) {
                return new Next.Dropped(
                        "public IP address " + to.publicName(),
                        "a Standard address is closed until a network security group allows something",
                        passed);
            }
        }
        var tags = ServiceTags.seenFrom(to);
        for (var group : to.groupsInward()) {
            var verdict = SecurityFilter.of(group, "Inbound", tags).judge(packet);
            if (!verdict.allows()) {
                return new Next.Dropped(verdict.group(), verdict.rule(), passed);
            }
            passed.add(verdict.text());
        }
        if (!packet.destination().equals(own) && !to.forwards()) {
            return new Next.Dropped(
                    to.name(),
                    "destination check: %s is not its address %s, and IP forwarding is off"
                            .formatted(packet.destination(), own),
                    passed);
        }
        var asleep = asleep(to, passed);
        return asleep.isPresent() ? asleep.get() : new Next.Deliver(to.port(), packet, passed);
    }

    /** What becomes of a packet at a machine that does not run; empty if it runs, and for an interface without a machine. */
    private Optional<Next> asleep(Attachment at, List<String> passed) {
        return ArmId.parse(at.port().machine())
                .flatMap(estate::top)
                .filter(machine -> !machine.power().equals("running"))
                .map(machine -> new Next.Dropped(
                        "virtual machine " + machine.id().name(),
                        machine.power().isEmpty() ? "it never ran" : "it is " + machine.power(),
                        passed));
    }

    private static Optional<Attachment> find(List<Attachment> all, Port port) {
        return all.stream()
                .filter(one -> one.port().id().equalsIgnoreCase(port.id()))
                .findFirst();
    }

    private static Next gone(Port port) {
        return new Next.Dropped("network interface " + port.id(), "it does not exist", List.of());
    }
}

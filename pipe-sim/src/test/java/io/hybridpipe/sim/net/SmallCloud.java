// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.sim.net;

import inet.ipaddr.IPAddress;
import inet.ipaddr.IPAddressString;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Predicate;

/** A cloud for tests: one network, one route table, rules for entering per interface, checks of foreign destinations. */
public final class SmallCloud implements CloudNetwork {

    private record Rule(String port, Protocol protocol, int to, IPAddress from) {}

    private record Route(IPAddress to, String next) {}

    private final String name;
    private final IPAddress block;
    private final List<Port> ports = new CopyOnWriteArrayList<>();
    private final List<Rule> rules = new CopyOnWriteArrayList<>();
    private final List<Route> routes = new CopyOnWriteArrayList<>();
    private final List<String> forwarding = new CopyOnWriteArrayList<>();

    private SmallCloud(String name, IPAddress block) {
        this.name = name;
        this.block = block;
    }

    public static SmallCloud named(String name, String block) {
        return new SmallCloud(name, ip(block));
    }

    public static IPAddress ip(String text) {
        return new IPAddressString(text).getAddress();
    }

    public SmallCloud port(String id, String privateAddress, String publicAddress) {
        Optional<IPAddress> seen = publicAddress.isEmpty() ? Optional.empty() : Optional.of(ip(publicAddress));
        ports.add(new Port(id, ip(privateAddress), seen, "machine-" + id));
        return this;
    }

    /** Lets an interface send and take in what is not its own. */
    public SmallCloud forwards(String port) {
        forwarding.add(port);
        return this;
    }

    /** Opens an interface to a protocol; port 0 means all ports. */
    public SmallCloud open(String port, Protocol protocol, int to, String from) {
        rules.add(new Rule(port, protocol, to, ip(from)));
        return this;
    }

    public SmallCloud openToAll(String port) {
        for (Protocol protocol : Protocol.values()) {
            open(port, protocol, 0, "0.0.0.0/0");
        }
        return this;
    }

    public void close(String port, Protocol protocol, int to) {
        rules.removeIf(rule -> rule.port().equals(port) && rule.protocol() == protocol && rule.to() == to);
    }

    public SmallCloud route(String cidr, String next) {
        routes.add(new Route(ip(cidr), next));
        return this;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public List<Port> ports() {
        return List.copyOf(ports);
    }

    @Override
    public Next send(Port from, Packet packet) {
        if (!packet.source().equals(from.privateAddress()) && !forwarding.contains(from.id())) {
            return new Next.Dropped("source check of " + from.id(), "not its own source", List.of());
        }
        if (block.contains(packet.destination())) {
            return toPort(packet, "local", port -> port.privateAddress().equals(packet.destination()));
        }
        Optional<Route> route = routes.stream()
                .filter(one -> one.to().contains(packet.destination()))
                .reduce((a, b) -> a.to().getPrefixLength() >= b.to().getPrefixLength() ? a : b);
        if (route.isEmpty()) {
            return new Next.Dropped("routes of " + name, "no route to " + packet.destination(), List.of());
        }
        String why = "route " + route.get().to() + " -> " + route.get().next();
        if (route.get().next().equals("internet")) {
            return from.publicAddress()
                    .<Next>map(seen -> new Next.ToInternet(packet.withSource(seen), List.of(why)))
                    .orElseGet(() -> new Next.Dropped(why, from.id() + " has no public address", List.of()));
        }
        return toPort(packet, why, port -> port.id().equals(route.get().next()));
    }

    private Next toPort(Packet packet, String why, Predicate<Port> wanted) {
        return ports.stream()
                .filter(wanted)
                .findFirst()
                .<Next>map(port -> new Next.Deliver(port, packet, List.of(why)))
                .orElseGet(() -> new Next.Dropped(why, "nobody there", List.of()));
    }

    @Override
    public Next deliver(Port to, Packet packet) {
        boolean seen = to.publicAddress().filter(packet.destination()::equals).isPresent();
        Packet inside = seen ? packet.withDestination(to.privateAddress()) : packet;
        if (!inside.destination().equals(to.privateAddress()) && !forwarding.contains(to.id())) {
            return new Next.Dropped("destination check of " + to.id(), "not its own destination", List.of());
        }
        return rules.stream()
                .filter(rule -> rule.port().equals(to.id())
                        && rule.protocol() == packet.protocol()
                        && (rule.to() == 0 || rule.to() == packet.destinationPort())
                        && rule.from().contains(packet.source()))
                .findFirst()
                .<Next>map(
                        rule -> new Next.Deliver(to, inside, List.of("rules of " + to.id() + " allow " + rule.from())))
                .orElseGet(() -> new Next.Dropped("rules of " + to.id(), "none allows it", List.of()));
    }
}

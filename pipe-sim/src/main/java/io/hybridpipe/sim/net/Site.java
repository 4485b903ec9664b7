// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.sim.net;

import inet.ipaddr.IPAddress;
import inet.ipaddr.IPAddressString;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/**
 * A place with a plain LAN and no rules, such as on-premises: hosts with private addresses, some with a public one, and
 * routes to other networks through one of the hosts.
 *
 * <pre>{@code
 * Site site = Site.named("on-premises")
 *     .host("10.0.0.10", "app")
 *     .host("10.0.0.2", "198.51.100.2", "gateway")
 *     .route("10.1.0.0/16", "gateway");
 * }</pre>
 *
 * <p>Thread-safe.
 */
public final class Site implements CloudNetwork {

    private record Route(IPAddress to, String through) {}

    private final String name;
    private final List<Port> ports = new CopyOnWriteArrayList<>();
    private final List<Route> routes = new CopyOnWriteArrayList<>();

    private Site(String name) {
        this.name = Objects.requireNonNull(name, "name");
    }

    /** A site without hosts. */
    public static Site named(String name) {
        return new Site(name);
    }

    /** Adds a host that only its own LAN sees; {@code id} names its interface and its machine. */
    public Site host(String privateAddress, String id) {
        ports.add(new Port(id, address(privateAddress), Optional.empty(), id));
        return this;
    }

    /** Adds a host that the internet sees under a public address; {@code id} names its interface and its machine. */
    public Site host(String privateAddress, String publicAddress, String id) {
        ports.add(new Port(id, address(privateAddress), Optional.of(address(publicAddress)), id));
        return this;
    }

    /**
     * Sends what is for a network through one of the hosts; the longest prefix decides. That host itself sends such packets
     * to the internet, as it has nobody else to give them to.
     */
    public Site route(String cidr, String hostId) {
        routes.add(new Route(address(cidr).toPrefixBlock(), hostId));
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
        Optional<Port> neighbour = ports.stream()
                .filter(port -> port.privateAddress().equals(packet.destination()))
                .findFirst();
        if (neighbour.isPresent()) {
            return new Next.Deliver(neighbour.get(), packet, List.of("LAN of " + name));
        }
        Route best = best(from, packet.destination());
        if (best != null) {
            String why = "route of " + name + ": " + best.to() + " -> " + best.through();
            return ports.stream()
                    .filter(port -> port.id().equals(best.through()))
                    .findFirst()
                    .<Next>map(gateway -> new Next.Deliver(gateway, packet, List.of(why)))
                    .orElseGet(() -> new Next.Dropped(why, "there is no such host", List.of()));
        }
        if (from.publicAddress().isEmpty()) {
            return new Next.Dropped(
                    name, from.id() + " has no public address and no route to " + packet.destination(), List.of());
        }
        return new Next.ToInternet(
                packet.source().equals(from.privateAddress())
                        ? packet.withSource(from.publicAddress().get())
                        : packet,
                List.of("internet access of " + name));
    }

    @Override
    public Next deliver(Port to, Packet packet) {
        boolean translated =
                to.publicAddress().filter(packet.destination()::equals).isPresent();
        return new Next.Deliver(
                to, translated ? packet.withDestination(to.privateAddress()) : packet, List.of(name + " has no rules"));
    }

    private @Nullable Route best(Port from, IPAddress destination) {
        Route best = null;
        for (Route route : new ArrayList<>(routes)) {
            boolean longer = best == null || bits(route.to()) > bits(best.to());
            if (longer && !route.through().equals(from.id()) && route.to().contains(destination)) {
                best = route;
            }
        }
        return best;
    }

    private static int bits(IPAddress block) {
        return block.isPrefixed() ? block.getPrefixLength() : block.getBitCount();
    }

    private static IPAddress address(String text) {
        IPAddress address = new IPAddressString(text).getAddress();
        if (address == null) {
            throw new IllegalArgumentException("not an address: " + text);
        }
        return address;
    }
}

// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.sim.net;

import inet.ipaddr.IPAddress;
import io.hybridpipe.sim.net.World.Place;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * One packet under way. A step takes it one interface or machine further and returns the next step; a packet that comes to
 * the same place twice goes in a circle and is ended.
 */
final class Walk {

    /** Where the packet is, and what it is now; {@code sending}: it leaves the interface, else it has come in by it. */
    private record At(Place place, Packet packet, boolean sending) {}

    private final World world;
    private final Packet first;
    private final List<Trace.Hop> hops = new ArrayList<>();
    private final Set<At> seen = new HashSet<>();
    private final Set<IPAddress> outside;
    private int depth;
    private boolean leftForOutside;

    /**
     * @param outside addresses that are known to exist in the internet though nothing of this world has them
     */
    Walk(World world, Packet first, Set<IPAddress> outside) {
        this.world = world;
        this.first = first;
        this.outside = outside;
    }

    Trace from(Place place) {
        At start = new At(place, first, true);
        Optional<Machine> machine = world.machineAt(place.port());
        boolean arrived = machine.isPresent()
                ? forwarded(start, machine.get())
                : arrivedFrom(start).isPresent();
        return new Trace(first, hops, arrived || leftForOutside);
    }

    Trace fromInternet() {
        hop("internet", "a packet to " + first.destination() + " sets out", List.of());
        boolean arrived =
                overInternet(first).filter(at -> reached(at).isPresent()).isPresent();
        return new Trace(first, hops, arrived);
    }

    /** Sends a packet out of an interface and follows it until it has reached its destination. */
    private Optional<At> arrivedFrom(At start) {
        return sent(start).flatMap(this::reached);
    }

    /** Follows a packet that stands before an interface until it has reached its destination. */
    private Optional<At> reached(At before) {
        Optional<At> inside = takenIn(before);
        if (inside.isEmpty()) {
            return inside;
        }
        At at = inside.get();
        Optional<Machine> machine = world.machineAt(at.place().port());
        if (machine.isEmpty()) {
            if (at.packet().destination().equals(at.place().port().privateAddress())) {
                return Optional.of(at);
            }
            return ended(name(at.place()), "nothing behind this interface routes", List.of());
        }
        Forwarding decision = machine.get().forward(at.packet());
        if (decision instanceof Forwarding.Local local) {
            hop(machine.get().name(), "arrived", List.of(local.why()));
            return Optional.of(at);
        }
        return followed(at, machine.get(), decision);
    }

    private boolean forwarded(At start, Machine machine) {
        Forwarding decision = machine.forward(start.packet());
        return decision instanceof Forwarding.Local
                || followed(start, machine, decision).isPresent();
    }

    private Optional<At> followed(At at, Machine machine, Forwarding decision) {
        if (decision instanceof Forwarding.Dropped dropped) {
            return ended(machine.name(), "stopped by " + dropped.by(), List.of(dropped.why()));
        }
        if (decision instanceof Forwarding.IntoTunnel tunnel) {
            hop(machine.name(), "into " + tunnel.tunnel(), List.of(tunnel.why()));
            return throughTunnel(at, tunnel);
        }
        Forwarding.Out out = (Forwarding.Out) decision;
        hop(machine.name(), "out again", List.of(out.why()));
        return arrivedFrom(new At(at.place(), out.packet(), true));
    }

    private Optional<At> throughTunnel(At at, Forwarding.IntoTunnel tunnel) {
        Packet outer = new Packet(at.place().port().privateAddress(), tunnel.remoteGateway(), Protocol.UDP, 4500, 4500);
        depth++;
        Optional<At> arrived = arrivedFrom(new At(at.place(), outer, true));
        depth--;
        if (arrived.isEmpty()) {
            return arrived;
        }
        Place end = arrived.get().place();
        At unpacked = new At(end, tunnel.inner(), false);
        if (!seen.add(unpacked)) {
            return ended(name(end), "goes in a circle", List.of());
        }
        Optional<Machine> machine = world.machineAt(end.port());
        if (machine.isEmpty()) {
            return ended(name(end), "nothing behind this interface ends tunnels", List.of());
        }
        hop(machine.get().name(), "out of the tunnel", List.of());
        Forwarding decision = machine.get().forward(tunnel.inner());
        if (decision instanceof Forwarding.Local local) {
            hop(machine.get().name(), "arrived", List.of(local.why()));
            return Optional.of(unpacked);
        }
        return followed(unpacked, machine.get(), decision);
    }

    private Optional<At> sent(At from) {
        if (!seen.add(from)) {
            return ended(name(from.place()), "goes in a circle", List.of());
        }
        CloudNetwork cloud = from.place().cloud();
        Next next = cloud.send(from.place().port(), from.packet());
        if (next instanceof Next.Dropped dropped) {
            return ended(name(from.place()), "stopped by " + dropped.by() + ": " + dropped.why(), dropped.passed());
        }
        if (next instanceof Next.ToInternet out) {
            hop(
                    name(from.place()),
                    "sends it to the internet as " + out.packet().source(),
                    out.why());
            return overInternet(out.packet());
        }
        Next.Deliver hop = (Next.Deliver) next;
        hop(name(from.place()), "sends it to " + hop.to().label(), hop.why());
        return Optional.of(new At(placeOf(hop.to(), cloud), hop.packet(), false));
    }

    private Optional<At> overInternet(Packet packet) {
        Optional<Place> owner = world.publicOwner(packet.destination());
        if (owner.isPresent()) {
            return Optional.of(new At(owner.get(), packet, false));
        }
        if (depth == 0 && outside.contains(packet.destination())) {
            leftForOutside = true;
            return ended("internet", "arrived at " + packet.destination(), List.of());
        }
        return ended("internet", "nobody in this world has the public address " + packet.destination(), List.of());
    }

    private Optional<At> takenIn(At at) {
        Next next = at.place().cloud().deliver(at.place().port(), at.packet());
        if (next instanceof Next.Deliver in) {
            hop(name(at.place()), "takes it in", in.why());
            return Optional.of(new At(at.place(), in.packet(), false));
        }
        return next instanceof Next.Dropped dropped
                ? ended(name(at.place()), "stopped by " + dropped.by() + ": " + dropped.why(), dropped.passed())
                : ended(name(at.place()), "sent back to the internet", List.of());
    }

    /** A peered network's interface belongs to another cloud than the one that names it as next hop. */
    private Place placeOf(Port port, CloudNetwork sender) {
        if (sender.ports().contains(port)) {
            return new Place(sender, port);
        }
        return world.clouds().stream()
                .filter(cloud -> cloud.ports().contains(port))
                .findFirst()
                .map(cloud -> new Place(cloud, port))
                .orElse(new Place(sender, port));
    }

    private Optional<At> ended(String place, String what, List<String> why) {
        hop(place, what, why);
        return Optional.empty();
    }

    private void hop(String place, String what, List<String> why) {
        hops.add(new Trace.Hop(depth, place, what, why));
    }

    private static String name(Place place) {
        return place.port().label() + " in " + place.cloud().name();
    }
}

// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.sim.net;

import inet.ipaddr.IPAddress;
import java.util.Optional;
import java.util.Set;

/**
 * Follows packets over all stand-ins of a world and explains their way.
 *
 * <p>Nothing is sent: routes, rules and tunnels are asked, as they are at the moment. Each direction of a flow is a packet
 * of its own, so rules that would let an answer pass because they saw the question are not believed. Thread-safe.
 */
public final class PacketTracer {
    private final World world;

    private PacketTracer(World world) {
        this.world = world;
    }

    /** A tracer for a world, now and as it will be. */
    public static PacketTracer in(World world) {
        return new PacketTracer(world);
    }

    /**
     * Follows a packet from the interface that has its source address, or from the internet if none has.
     *
     * <p>A private address that several clouds use means the one in the cloud that was added to the world first; see
     * {@link #trace(CloudNetwork, Packet)}.
     */
    public Trace trace(Packet packet) {
        return trace(packet, Set.of());
    }

    private Trace trace(Packet packet, Set<IPAddress> outside) {
        return world.owner(packet.source())
                .map(place -> from(place, packet, outside))
                .orElseGet(() -> new Walk(world, packet, outside).fromInternet());
    }

    /**
     * Follows a packet that an interface of this cloud sends.
     *
     * @throws IllegalArgumentException if no interface of the cloud has the packet's source address
     */
    public Trace trace(CloudNetwork cloud, Packet packet) {
        Optional<Port> port = cloud.ports().stream()
                .filter(one -> one.privateAddress().equals(packet.source())
                        || one.publicAddress().filter(packet.source()::equals).isPresent())
                .findFirst();
        return from(
                new World.Place(
                        cloud,
                        port.orElseThrow(() -> new IllegalArgumentException(
                                "no interface of " + cloud.name() + " has " + packet.source()))),
                packet,
                Set.of());
    }

    /** Follows a packet and the answer to it, back to where the packet came from even if that is outside of the world. */
    public Trace.BothWays traceBothWays(Packet packet) {
        return new Trace.BothWays(trace(packet), trace(packet.reply(), Set.of(packet.source())));
    }

    private Trace from(World.Place place, Packet packet, Set<IPAddress> outside) {
        return new Walk(world, packet.withSource(place.port().privateAddress()), outside).from(place);
    }
}

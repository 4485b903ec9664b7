// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.sim.net;

import inet.ipaddr.IPAddress;
import io.hybridpipe.sim.SimClock;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * The stand-ins that make up one world: its clock, its clouds, and the machines that stand behind interfaces.
 *
 * <p>Public addresses are unique in a world; private ones and interface ids need not be. Thread-safe.
 */
public final class World {

    private final SimClock clock;
    private final List<CloudNetwork> clouds = new CopyOnWriteArrayList<>();
    private final Map<IPAddress, Machine> byAddress = new ConcurrentHashMap<>();
    private final Map<String, Machine> byPort = new ConcurrentHashMap<>();

    private World(SimClock clock) {
        this.clock = Objects.requireNonNull(clock, "clock");
    }

    /** An empty world with this time. */
    public static World on(SimClock clock) {
        return new World(clock);
    }

    /** The time of all its stand-ins. */
    public SimClock clock() {
        return clock;
    }

    /** Adds a cloud. */
    public void add(CloudNetwork cloud) {
        clouds.add(Objects.requireNonNull(cloud, "cloud"));
    }

    /** All clouds, in the order added. */
    public List<CloudNetwork> clouds() {
        return List.copyOf(clouds);
    }

    /** Puts a machine behind the interface with this public or private address, in place of one that was there. */
    public void attach(IPAddress address, Machine machine) {
        byAddress.put(address, machine);
    }

    /** Puts a machine behind the interface with this id, in place of one that was there. */
    public void attach(String portId, Machine machine) {
        byPort.put(portId, machine);
    }

    /** Takes a machine away from wherever it was attached. */
    public void detach(Machine machine) {
        byAddress.values().removeIf(attached -> attached == machine);
        byPort.values().removeIf(attached -> attached == machine);
    }

    /** The machine behind an interface: by its id, else its public, else its private address. */
    public Optional<Machine> machineAt(Port port) {
        return Optional.ofNullable(byPort.get(port.id()))
                .or(() -> port.publicAddress().map(byAddress::get))
                .or(() -> Optional.ofNullable(byAddress.get(port.privateAddress())));
    }

    /**
     * An interface and the cloud it is in.
     *
     * @param cloud the cloud
     * @param port the interface
     */
    public record Place(CloudNetwork cloud, Port port) {}

    /** The interface that has this public address. */
    public Optional<Place> publicOwner(IPAddress address) {
        return clouds.stream()
                .flatMap(cloud -> cloud.ports().stream()
                        .filter(port ->
                                port.publicAddress().filter(address::equals).isPresent())
                        .map(port -> new Place(cloud, port)))
                .findFirst();
    }

    /** The interface that has this address, public before private, in the first cloud that knows it. */
    public Optional<Place> owner(IPAddress address) {
        return publicOwner(address).or(() -> clouds.stream()
                .flatMap(cloud -> cloud.ports().stream()
                        .filter(port -> port.privateAddress().equals(address))
                        .map(port -> new Place(cloud, port)))
                .findFirst());
    }

    /**
     * Whether a packet from {@code caller} would reach the interface that owns {@code destination}. A caller whose address
     * belongs to an interface must first get the packet out of its own cloud; any other caller is somewhere in the internet.
     *
     * @param port the destination port; 0 for protocols without ports
     */
    public boolean admits(IPAddress caller, IPAddress destination, Protocol protocol, int port) {
        var sourcePort = port == 0 ? 0 : 49152;
        var packet = new Packet(caller, destination, protocol, sourcePort, port);
        return owner(caller).map(from -> admitsFrom(from, packet)).orElseGet(() -> admitsFromInternet(packet));
    }

    private boolean admitsFrom(Place from, Packet packet) {
        var sent = from.cloud().send(from.port(), packet.withSource(from.port().privateAddress()));
        if (sent instanceof Next.ToInternet out) {
            return admitsFromInternet(out.packet());
        }
        return sent instanceof Next.Deliver hop
                && hop.to().privateAddress().equals(packet.destination())
                && from.cloud().deliver(hop.to(), hop.packet()) instanceof Next.Deliver;
    }

    private boolean admitsFromInternet(Packet packet) {
        return publicOwner(packet.destination())
                .map(to -> to.cloud().deliver(to.port(), packet) instanceof Next.Deliver)
                .orElse(false);
    }
}

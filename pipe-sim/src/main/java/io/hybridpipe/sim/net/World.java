// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.sim.net;

import inet.ipaddr.IPAddress;
import inet.ipaddr.IPAddressString;
import io.hybridpipe.sim.SimClock;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;

/**
 * The stand-ins that make up one world: its clock, its clouds and sites, the machines that stand behind interfaces, and where
 * in it the program that is being tried out seems to be.
 *
 * <pre>{@code
 * World world = World.on(clock);
 * world.add(aws.network("111122223333", "us-east-1"));
 * world.add(Site.named("on-premises").host("10.0.0.2", "198.51.100.2", "gateway"));
 * world.caller("203.0.113.7");
 * }</pre>
 *
 * <p>Public addresses are unique in a world; private ones and interface ids need not be. Thread-safe.
 */
public final class World {

    /** Nothing ever listens here, so that an address that nobody has refuses connections. */
    private static final URI NOBODY = URI.create("https://127.0.0.1:1");

    private final SimClock clock;
    private final List<CloudNetwork> clouds = new CopyOnWriteArrayList<>();
    private final Map<IPAddress, Machine> byAddress = new ConcurrentHashMap<>();
    private final Map<String, Machine> byId = new ConcurrentHashMap<>();
    private volatile Optional<IPAddress> caller = Optional.empty();

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

    /** Adds a cloud or a site. */
    public void add(CloudNetwork cloud) {
        clouds.add(Objects.requireNonNull(cloud, "cloud"));
    }

    /** All clouds and sites, in the order added. */
    public List<CloudNetwork> clouds() {
        return List.copyOf(clouds);
    }

    /**
     * Says from which address all API calls seem to come: in truth they all come from loopback. Without one, the machines'
     * APIs let everybody in.
     */
    public void caller(IPAddress address) {
        this.caller = Optional.of(address);
    }

    /** The same for an address in text form. */
    public void caller(String address) {
        caller(address(address));
    }

    /** From where API calls seem to come; empty at first. */
    public Optional<IPAddress> caller() {
        return caller;
    }

    /** Puts a machine behind the interface with this public or private address, in place of one that was there. */
    public void attach(IPAddress address, Machine machine) {
        byAddress.put(address, machine);
    }

    /** Puts a machine behind the interfaces of this id, or of the instance or VM of this id, in place of one that was there. */
    public void attach(String id, Machine machine) {
        byId.put(id, machine);
    }

    /** Takes a machine away from wherever it was attached. */
    public void detach(Machine machine) {
        byAddress.values().removeIf(attached -> attached == machine);
        byId.values().removeIf(attached -> attached == machine);
    }

    /** The machine behind an interface: by its id, by its instance's id, else by its public, else its private address. */
    public Optional<Machine> machineAt(Port port) {
        return Optional.ofNullable(byId.get(port.id()))
                .or(() -> port.machine().isEmpty() ? Optional.empty() : Optional.ofNullable(byId.get(port.machine())))
                .or(() -> port.publicAddress().map(byAddress::get))
                .or(() -> Optional.ofNullable(byAddress.get(port.privateAddress())));
    }

    /** The machine behind the interface that has this address, public before private. */
    public Optional<Machine> machine(IPAddress address) {
        return owner(address).flatMap(place -> machineAt(place.port()));
    }

    /**
     * Where on loopback the API is that has this address in the world: what a client is given instead of
     * {@code https://ADDRESS:8000}. An address that no machine with an API has leads to a port that refuses connections.
     *
     * @throws IllegalArgumentException if the text is not an address
     */
    public URI uriOf(String address) {
        return machine(address(address)).flatMap(Machine::api).orElse(NOBODY);
    }

    /**
     * An interface and the cloud it is in.
     *
     * @param cloud the cloud
     * @param port the interface
     */
    public record Place(CloudNetwork cloud, Port port) {}

    /** The first interface that a machine stands behind. */
    public Optional<Place> place(Machine machine) {
        return places().filter(place -> machineAt(place.port())
                        .filter(found -> found == machine)
                        .isPresent())
                .findFirst();
    }

    /** The interface that has this public address. */
    public Optional<Place> publicOwner(IPAddress address) {
        return places().filter(place ->
                        place.port().publicAddress().filter(address::equals).isPresent())
                .findFirst();
    }

    /** The interface that has this address, public before private, in the first cloud that knows it. */
    public Optional<Place> owner(IPAddress address) {
        return publicOwner(address)
                .or(() -> places().filter(place -> place.port().privateAddress().equals(address))
                        .findFirst());
    }

    /**
     * Whether a packet from {@code caller} would reach the interface that owns {@code destination}. A caller whose address
     * belongs to an interface must first get the packet out of its own cloud; any other caller is somewhere in the internet.
     *
     * @param port the destination port; 0 for protocols without ports
     */
    public boolean admits(IPAddress caller, IPAddress destination, Protocol protocol, int port) {
        return obstacle(caller, destination, protocol, port).isEmpty();
    }

    /** What keeps a packet from arriving that {@link #admits} asks about; empty if nothing does. */
    public Optional<String> obstacle(IPAddress caller, IPAddress destination, Protocol protocol, int port) {
        // IKE comes from its own port; everything else from any
        int sourcePort = protocol == Protocol.UDP ? port : port == 0 ? 0 : 49152;
        Packet packet = new Packet(caller, destination, protocol, sourcePort, port);
        return owner(caller)
                .map(from -> obstacleFrom(from, packet))
                .orElseGet(() -> obstacleFromInternet(packet))
                .map(why -> protocol + (port == 0 ? "" : " " + port) + " from " + caller + " to " + destination + ": "
                        + why);
    }

    private Optional<String> obstacleFrom(Place from, Packet packet) {
        Next sent = from.cloud().send(from.port(), packet.withSource(from.port().privateAddress()));
        if (sent instanceof Next.ToInternet out) {
            return obstacleFromInternet(out.packet());
        }
        if (sent instanceof Next.Deliver hop) {
            return hop.to().privateAddress().equals(packet.destination())
                    ? obstacle(from.cloud().deliver(hop.to(), hop.packet()))
                    : Optional.of("the route leads to " + hop.to().id());
        }
        return obstacle(sent);
    }

    private Optional<String> obstacleFromInternet(Packet packet) {
        return publicOwner(packet.destination())
                .map(to -> obstacle(to.cloud().deliver(to.port(), packet)))
                .orElse(Optional.of("nobody has the public address " + packet.destination()));
    }

    private static Optional<String> obstacle(Next last) {
        return last instanceof Next.Dropped dropped
                ? Optional.of(dropped.by() + ": " + dropped.why())
                : Optional.empty();
    }

    private Stream<Place> places() {
        return clouds.stream().flatMap(cloud -> cloud.ports().stream().map(port -> new Place(cloud, port)));
    }

    private static IPAddress address(String text) {
        IPAddress address = new IPAddressString(text).getAddress();
        if (address == null) {
            throw new IllegalArgumentException("not an address: " + text);
        }
        return address;
    }
}

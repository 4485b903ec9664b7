// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.sim.vns3;

import com.fasterxml.jackson.databind.JsonNode;
import inet.ipaddr.IPAddress;
import inet.ipaddr.IPAddressString;
import io.hybridpipe.sim.CallLog;
import io.hybridpipe.sim.Faults;
import io.hybridpipe.sim.SimClock;
import io.hybridpipe.sim.SimServer;
import io.hybridpipe.sim.lab.Gateway;
import io.hybridpipe.sim.lab.IpsecLab;
import io.hybridpipe.sim.net.Forwarding;
import io.hybridpipe.sim.net.Machine;
import io.hybridpipe.sim.net.Packet;
import io.hybridpipe.sim.net.World;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A VNS3 controller: its HTTPS API on loopback under {@code /api}, and a machine that routes packets of its {@link World}.
 *
 * <pre>{@code
 * try (SimVns3 controller = SimVns3.builder().world(world).machine("i-0abc").password("i-0abc").start()) {
 *     client.connectTo(controller.uri(), controller.fingerprint());
 * }
 * }</pre>
 *
 * <p>In a world that has a {@linkplain World#caller() caller}, a request is answered only if the world's rules let the
 * caller reach TCP 8000 of the controller at that moment; otherwise it stays without an answer. Tunnels come up, some
 * seconds after both sides were told the same, when the world's rules let IKE and IPsec through in both directions.
 * Thread-safe.
 */
public final class SimVns3 implements Machine, AutoCloseable {
    /** The port of the API as the clouds' rules see it. */
    public static final int API_PORT = 8000;

    private final Housing housing;
    private final TlsIdentity identity;
    private final Configuration configuration;
    private final Forwarder forwarder;
    private final Optional<IkeByCharon> charon;
    private final Negotiator negotiator;
    private final Api api;
    private final SimServer server;

    private SimVns3(Builder builder) {
        Optional<World> world = Optional.ofNullable(builder.world);
        SimClock clock = Objects.requireNonNull(
                builder.clock != null ? builder.clock : world.map(World::clock).orElse(null), "clock or world");
        Housing.Location fallback = new Housing.Location(
                builder.machine.isEmpty() ? builder.name : builder.machine,
                builder.address,
                Optional.ofNullable(builder.publicAddress),
                builder.prefixLength);
        this.housing = new Housing(builder.name, builder.version, clock, world, fallback, this);
        this.identity = new TlsIdentity(SelfSigned.of(builder.name, certifiedAddresses(builder)));
        this.configuration = new Configuration(
                housing,
                builder.grant,
                builder.password,
                identity,
                this::sharedKeys,
                this::endpoints,
                this::negotiate,
                (endpoint, tunnel) -> negotiator().bounce(endpoint, tunnel));
        this.forwarder = configuration.forwarder();
        this.charon = Optional.ofNullable(builder.lab)
                .map(lab ->
                        new IkeByCharon(builder.name, lab, () -> housing.locked(configuration.routes()::intoTunnels)));
        this.negotiator =
                new Negotiator(this, housing, charon.<Ike>map(real -> real).orElseGet(Ike.ByRules::new));
        this.api = configuration.api();
        this.server = SimServer.of(new Front(housing, api), clock)
                .tls(identity.context())
                .faults(builder.faults)
                .log(builder.log)
                .closingConnections()
                .start();
        housing.powered(new Power(clock, server, builder.boot, this::wentDown, negotiator::soon));
    }

    /** Begins a controller; every setting has a default but the clock, which comes from the world or is given. */
    public static Builder builder() {
        return new Builder();
    }

    /** How a controller is made. Not thread-safe. */
    public static final class Builder {
        private String name = "vns3";
        private String machine = "";
        private String version = "6.0.0-20240101";
        private String password = "";
        private @Nullable SimClock clock;
        private @Nullable World world;
        private IPAddress address = loopback();
        private @Nullable IPAddress publicAddress;
        private int prefixLength = 24;
        private Boot boot = Boot.ofDefaults();
        private boolean running;
        private int place;
        private String keysetToken = "";
        private Licensing.Grant grant = Licensing.Grant.DEFAULT;
        private @Nullable IpsecLab lab;
        private Faults faults = new Faults();
        private CallLog log = new CallLog();

        private Builder() {}

        private static IPAddress loopback() {
            return parse("127.0.0.1");
        }

        private static IPAddress parse(String text) {
            return Objects.requireNonNull(new IPAddressString(text).getAddress(), () -> "no address: " + text);
        }

        /** What explanations call it; {@code vns3} by default. */
        public Builder name(String value) {
            this.name = Objects.requireNonNull(value, "name");
            return this;
        }

        /**
         * The instance or VM, or the interface, that it runs on in its world: its addresses are that one's, as they are at
         * each moment. By default it is found by its private address.
         */
        public Builder machine(String id) {
            this.machine = Objects.requireNonNull(id, "id");
            return this;
        }

        /**
         * What {@code GET /config} calls the software's version; {@code 6.0.0-20240101} by default. Operations that came
         * with a later version are unknown to it, and its answers lack what later ones brought.
         *
         * @throws IllegalArgumentException if it does not begin with numbers as in {@code 4.8.4-20191220}
         */
        public Builder version(String value) {
            SoftwareVersion.of(value);
            this.version = value;
            return this;
        }

        /** The API password; the machine's id by default, as on AWS. */
        public Builder password(String value) {
            this.password = Objects.requireNonNull(value, "password");
            return this;
        }

        /** The time of boot, keyset and negotiations; the world's by default. */
        public Builder clock(SimClock value) {
            this.clock = Objects.requireNonNull(value, "clock");
            return this;
        }

        /** The world it is part of; none by default: every caller is let in, and no tunnel finds another side. */
        public Builder world(World value) {
            this.world = Objects.requireNonNull(value, "world");
            return this;
        }

        /** Its private address where no interface of the world tells; 127.0.0.1 by default. */
        public Builder address(String value) {
            this.address = parse(value);
            return this;
        }

        /** Its public address where no interface of the world tells; none by default. */
        public Builder publicAddress(String value) {
            this.publicAddress = parse(value);
            return this;
        }

        /** The prefix length of the subnet it stands in, whose hosts are its neighbours; 24 by default. */
        public Builder prefixLength(int value) {
            this.prefixLength = value;
            return this;
        }

        /** How long it takes to boot; {@link Boot#ofDefaults()} by default. */
        public Builder boot(Boot value) {
            this.boot = Objects.requireNonNull(value, "boot");
            return this;
        }

        /** It has booted already; later reboots take their time. */
        public Builder running() {
            this.running = true;
            return this;
        }

        /**
         * It has booted already and has its license, the default addressing, a keyset whose token is its name, and place 1 in
         * its mesh, as a controller that has long been in service. {@link SimVns3#configure} adds the rest.
         */
        public Builder inService() {
            this.place = 1;
            return running();
        }

        /**
         * The same with another place in the mesh, and a keyset that all controllers of one token share.
         *
         * @param id from 1 to the number of controllers that the license grants
         * @param token the keyset's token
         */
        public Builder inService(int id, String token) {
            if (id < 1) {
                throw new IllegalArgumentException("places count from 1, was " + id);
            }
            this.place = id;
            this.keysetToken = Objects.requireNonNull(token, "token");
            return running();
        }

        /** What any license grants: controllers in the topology, IPsec endpoints, tunnels; 4, 64 and 256 by default. */
        public Builder licensedFor(int controllers, int endpoints, int tunnels) {
            this.grant = new Licensing.Grant(controllers, endpoints, tunnels);
            return this;
        }

        /**
         * Behind it stands a real gateway of this lab: its own namespace and strongSwan, which is told what the API is told, and
         * whose security associations are what {@code GET /status/ipsec} tells. By default rules alone decide. A peer must
         * be in the same lab. The lab stays the caller's, to be closed after the controller.
         */
        public Builder lab(IpsecLab value) {
            this.lab = Objects.requireNonNull(value, "lab");
            return this;
        }

        /** Fault rules shared with other stand-ins; by default its own. */
        public Builder faults(Faults shared) {
            this.faults = Objects.requireNonNull(shared, "faults");
            return this;
        }

        /** A call log shared with other stand-ins; by default its own. */
        public Builder log(CallLog shared) {
            this.log = Objects.requireNonNull(shared, "log");
            return this;
        }

        /** Switches it on. */
        public SimVns3 start() {
            if (password.isEmpty()) {
                password = machine.isEmpty() ? name : machine;
            }
            if (place > grant.controllers()) {
                throw new IllegalArgumentException(
                        "place " + place + " of a mesh of " + grant.controllers() + " controllers");
            }
            SimVns3 made = new SimVns3(this);
            if (place > 0) {
                made.configuration.inService(place, keysetToken.isEmpty() ? name : keysetToken);
            }
            if (running) {
                made.housing.power().alreadyUp();
            } else {
                made.housing.power().launch();
            }
            // last: until it has been launched, its server listens
            if (world != null && machine.isEmpty()) {
                world.attach(address, made);
            } else if (world != null) {
                world.attach(machine, made);
            }
            return made;
        }
    }

    /** The controller at an address of a world, public or private. */
    public static Optional<SimVns3> in(World world, IPAddress address) {
        return world.machine(address).filter(SimVns3.class::isInstance).map(SimVns3.class::cast);
    }

    /**
     * A license text that any controller accepts: PGP armour around the given content. What an upgrade adds is read from its
     * content, as in {@code controllers=2 clientpacks=10}.
     */
    public static String licenseText(String content) {
        return LicenseText.of(content);
    }

    @Override
    public String name() {
        return housing.name();
    }

    /** Where its API listens: {@code https://127.0.0.1:PORT}, the API is below {@code /api}; the same over reboots. */
    public URI uri() {
        return server.uri();
    }

    @Override
    public Optional<URI> api() {
        return Optional.of(uri());
    }

    /** Its certificate: self-signed for 127.0.0.1 and its own addresses, until its API was given another one. */
    public X509Certificate certificate() {
        return identity.certificate();
    }

    /** SHA-256 over its certificate in DER, as lower-case hex. */
    public String fingerprint() {
        return Certificates.fingerprint(certificate(), "SHA-256");
    }

    /** The calls that arrived; also those that a booting controller or a closed door left without a proper answer. */
    public CallLog calls() {
        return server.calls();
    }

    /** The rules for what shall go wrong; actions are named as {@code PUT /license/parameters}. */
    public Faults faults() {
        return server.faults();
    }

    /** Whether it has booted. */
    public boolean isUp() {
        return housing.isUp();
    }

    /**
     * The gateway that stands behind it, if it was given a lab; waits until its namespace is there, which is up to the moment
     * when the controller is closed.
     *
     * @throws IllegalStateException if it could not be made
     */
    public Optional<Gateway> gateway() {
        return charon.map(IkeByCharon::gateway);
    }

    /** Goes down at once and boots again. */
    public void reboot() {
        housing.power().goDown();
    }

    /** Why a tunnel is up or down, by the tunnel's id; what the controller itself would only log. */
    public String explain(int tunnelId) {
        return housing.locked(() -> configuration.ipsec().tunnel(tunnelId).isPresent()
                ? configuration.links().why(tunnelId)
                : "tunnel " + tunnelId + " does not exist");
    }

    /** Why a peer of the mesh is reachable or not, by the peer's id. */
    public String explainPeer(int id) {
        return housing.locked(() -> configuration.peering().obstacle(id).orElse("both sides reach each other"));
    }

    /**
     * Does what an authenticated call to its API would do, at once and without a trace in the log: for setting a scene.
     *
     * @param method such as {@code POST}
     * @param path below {@code /api}, such as {@code /ipsec/endpoints}
     * @param body JSON, or empty
     * @return what the answer has under {@code response}
     * @throws IllegalArgumentException with the controller's message, if it refuses
     */
    public JsonNode configure(String method, String path, String body) {
        return housing.locked(() -> api.perform(method, path, body));
    }

    /** What is configured on it now. */
    public Inventory inventory() {
        return housing.locked(configuration::inventory);
    }

    @Override
    public Forwarding forward(Packet packet) {
        if (!isUp()) {
            return new Forwarding.Dropped(name(), "it is down");
        }
        IPAddress own = housing.privateAddress();
        if (packet.destination().equals(own) || packet.destination().equals(housing.address())) {
            return new Forwarding.Local(name() + " itself");
        }
        IPAddress subnet = housing.subnet();
        Forwarding decision = housing.locked(() -> forwarder.forward(packet, own, subnet));
        if (decision instanceof Forwarding.IntoTunnel tunnel) {
            // without this one's lock, since two may send to each other at once
            housing.world()
                    .flatMap(world -> in(world, tunnel.remoteGateway()))
                    .ifPresent(peer -> peer.received(packet, this));
        }
        return decision;
    }

    private void received(Packet packet, SimVns3 sender) {
        IPAddress hidden = sender.housing.privateAddress();
        IPAddress seen = sender.housing.address();
        housing.locked(() -> {
            forwarder.received(packet, gateway -> gateway.equals(hidden) || gateway.equals(seen));
            return true;
        });
    }

    /** Switches it off for good and takes it out of its world. */
    @Override
    public void close() {
        housing.world().ifPresent(world -> world.detach(this));
        negotiator.stop();
        housing.power().close();
    }

    @Override
    public String toString() {
        return "SimVns3[" + name() + " at " + uri() + "]";
    }

    /** What it shares with controllers of its topology; needs no lock, since two may ask each other at once. */
    Optional<Keyset.Keys> sharedKeys() {
        return isUp() ? configuration.keyset().keys() : Optional.empty();
    }

    /** Its side of the mesh; needs no lock for the same reason. */
    Peering.Mesh mesh() {
        return configuration.peering().mesh();
    }

    List<Endpoint> endpoints() {
        return housing.locked(configuration.ipsec()::endpoints);
    }

    /** How others see it in a negotiation; empty while it does not answer. */
    Optional<Negotiation.Side> side() {
        if (!isUp()) {
            return Optional.empty();
        }
        IPAddress own = housing.privateAddress();
        IPAddress seen = housing.address();
        Ipsec ipsec = configuration.ipsec();
        return Optional.of(housing.locked(
                () -> new Negotiation.Side(name(), own, seen, ipsec.ikeAddress(own), ipsec.endpoints())));
    }

    /** This end of a tunnel has come up. */
    void associated(Tunnel tunnel, Association association) {
        housing.locked(() -> {
            configuration.links().associated(tunnel.id(), association);
            return true;
        });
    }

    /** The other end has, which names the tunnel by its own selectors. */
    void associated(List<Selectors> theirs, Association association) {
        housing.locked(() -> {
            configuration.ipsec().endpoints().stream()
                    .filter(endpoint -> endpoint.gateway().equals(association.there()))
                    .forEach(endpoint -> endpoint.tunnelsInOrder().stream()
                            .filter(tunnel -> Selectors.mirror(endpoint.selectors(tunnel), theirs))
                            .forEach(tunnel -> configuration.links().associated(tunnel.id(), association)));
            return true;
        });
    }

    /** Takes in what came of a negotiation unless the configuration is no longer the one that was negotiated. */
    boolean judged(Endpoint endpoint, Tunnel tunnel, Negotiation.Verdict verdict) {
        return housing.locked(() -> configuration.ipsec().endpoints().contains(endpoint)
                && configuration.links().judged(tunnel, verdict));
    }

    /** The operations that its version knows. */
    List<String> actions() {
        return api.actions();
    }

    Negotiator negotiator() {
        return negotiator;
    }

    private void negotiate() {
        negotiator.soon();
    }

    private void wentDown() {
        housing.locked(() -> {
            configuration.interrupted();
            return true;
        });
        negotiator.down();
    }

    private static List<InetAddress> certifiedAddresses(Builder builder) {
        List<InetAddress> addresses = new ArrayList<>();
        for (IPAddress one : new IPAddress[] {Builder.loopback(), builder.address, builder.publicAddress}) {
            try {
                if (one != null) {
                    addresses.add(InetAddress.getByAddress(one.getBytes()));
                }
            } catch (UnknownHostException impossible) {
                throw new IllegalStateException("4 or 16 bytes are always an address", impossible);
            }
        }
        return addresses;
    }
}

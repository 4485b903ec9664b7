// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.sim.vns3;

import inet.ipaddr.IPAddress;
import inet.ipaddr.IPAddressString;
import io.hybridpipe.sim.CallLog;
import io.hybridpipe.sim.Faults;
import io.hybridpipe.sim.Operation;
import io.hybridpipe.sim.SimClock;
import io.hybridpipe.sim.SimRequest;
import io.hybridpipe.sim.SimResponse;
import io.hybridpipe.sim.SimServer;
import io.hybridpipe.sim.SimService;
import io.hybridpipe.sim.net.Forwarding;
import io.hybridpipe.sim.net.Machine;
import io.hybridpipe.sim.net.Packet;
import io.hybridpipe.sim.net.Port;
import io.hybridpipe.sim.net.Protocol;
import io.hybridpipe.sim.net.World;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
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

    private static final Duration KEYSET_TIME = Duration.ofSeconds(10);

    private final String name;
    private final String machine;
    private final String version;
    private final SimClock clock;
    private final Optional<World> world;
    private final IPAddress address;
    private final Optional<IPAddress> publicAddress;

    /** Guards all configuration; no cloud waits for it, since clouds end machines while they hold locks of their own. */
    private final Object lock = new Object();

    private final SelfSigned certificate;
    private final SimServer server;
    private final Power power;
    private final Api api;
    private final Settings settings;
    private final Licensing licensing;
    private final Keyset keyset;
    private final Peering peering;
    private final Tokens tokens;
    private final Ipsec ipsec;
    private final Links links;
    private final Routes routes;
    private final Firewall firewall;
    private final Forwarder forwarder;
    private final Negotiator negotiator;

    /** A reboot that the answer to a request announces. */
    private record Announcement(SimRequest by, CompletableFuture<Void> answered) {}

    private @Nullable SimRequest answering;
    private volatile @Nullable Announcement announced;

    private SimVns3(Builder builder) {
        this.name = builder.name;
        this.machine = builder.machine.isEmpty() ? builder.name : builder.machine;
        this.version = builder.version;
        this.world = Optional.ofNullable(builder.world);
        this.clock = Objects.requireNonNull(
                builder.clock != null ? builder.clock : world.map(World::clock).orElse(null), "clock or world");
        this.address = builder.address;
        this.publicAddress = Optional.ofNullable(builder.publicAddress);

        Box box = new Self();
        this.licensing = new Licensing(box, builder.grant);
        this.peering = new Peering(box, licensing);
        this.settings = new Settings(box, licensing, peering, builder.password);
        this.keyset = new Keyset(box, settings, KEYSET_TIME);
        this.tokens = new Tokens(box);
        Tasks tasks = new Tasks(box);
        this.links = new Links(box, this::endpoints, this::configurationChanged);
        this.ipsec = new Ipsec(box, licensing, links, tasks);
        this.routes = new Routes(ipsec);
        this.firewall = new Firewall(tasks);
        this.forwarder = new Forwarder(name, ipsec, links, routes, firewall);
        this.negotiator = new Negotiator(this, box);

        Operations operations = new Operations();
        settings.register(operations);
        licensing.register(operations);
        keyset.register(operations);
        peering.register(operations);
        tokens.register(operations);
        tasks.register(operations);
        links.register(operations);
        ipsec.register(operations);
        routes.register(operations);
        firewall.register(operations);
        new Interfaces(box).register(operations);
        this.api = new Api(operations, settings, tokens, licensing);

        this.certificate = SelfSigned.of(name, certifiedAddresses(builder));
        this.server = SimServer.of(new Front(), clock)
                .tls(certificate.tls())
                .faults(builder.faults)
                .log(builder.log)
                .start();
        this.power = new Power(clock, server, builder.boot, this::wentDown, this::cameUp);
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
        private Boot boot = Boot.ofDefaults();
        private boolean running;
        private Licensing.Grant grant = Licensing.Grant.DEFAULT;
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

        /** What {@code GET /config} calls the software's version; {@code 6.0.0-20240101} by default. */
        public Builder version(String value) {
            this.version = Objects.requireNonNull(value, "version");
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

        /** What any license grants: controllers in the topology, IPsec endpoints, tunnels; 4, 64 and 256 by default. */
        public Builder licensedFor(int controllers, int endpoints, int tunnels) {
            this.grant = new Licensing.Grant(controllers, endpoints, tunnels);
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
            SimVns3 made = new SimVns3(this);
            made.world.ifPresent(in -> {
                if (machine.isEmpty()) {
                    in.attach(made.address, made);
                } else {
                    in.attach(machine, made);
                }
            });
            if (running) {
                made.power.alreadyUp();
            } else {
                made.power.launch();
            }
            return made;
        }
    }

    /** The controller at an address of a world, public or private. */
    public static Optional<SimVns3> in(World world, IPAddress address) {
        return world.machine(address).filter(SimVns3.class::isInstance).map(SimVns3.class::cast);
    }

    /** A license text that any controller accepts: PGP armour around the given content. */
    public static String licenseText(String content) {
        return LicenseText.of(content);
    }

    @Override
    public String name() {
        return name;
    }

    /** Where its API listens: {@code https://127.0.0.1:PORT}, the API is below {@code /api}; the same over reboots. */
    public URI uri() {
        return server.uri();
    }

    @Override
    public Optional<URI> api() {
        return Optional.of(uri());
    }

    /** Its self-signed certificate, for 127.0.0.1 and its own addresses. */
    public X509Certificate certificate() {
        return certificate.certificate();
    }

    /** SHA-256 over its certificate in DER, as lower-case hex. */
    public String fingerprint() {
        return certificate.fingerprint();
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
        return power.phase() == Power.Phase.UP;
    }

    /** Goes down at once and boots again. */
    public void reboot() {
        power.goDown();
    }

    /** Why a tunnel is up or down, by the tunnel's id; what the controller itself would only log. */
    public String explain(int tunnelId) {
        synchronized (lock) {
            return ipsec.tunnel(tunnelId).isPresent() ? links.why(tunnelId) : "tunnel " + tunnelId + " does not exist";
        }
    }

    /** What is configured on it now. */
    public Inventory inventory() {
        SortedMap<String, SortedMap<String, String>> all = new TreeMap<>();
        synchronized (lock) {
            all.put("config", new TreeMap<>(settings.inventory()));
            all.put("license", new TreeMap<>(licensing.inventory()));
            all.put("keyset", new TreeMap<>(keyset.inventory()));
            all.put("peering", new TreeMap<>(peering.inventory()));
            all.put("ipsec", new TreeMap<>(ipsec.localInventory()));
            all.put("endpoint", new TreeMap<>(ipsec.endpointInventory()));
            all.put("tunnel", new TreeMap<>(ipsec.tunnelInventory()));
            all.put("route", new TreeMap<>(routes.inventory()));
            all.put("firewall", new TreeMap<>(firewall.inventory()));
            all.put("token", new TreeMap<>(tokens.inventory()));
        }
        return new Inventory(all);
    }

    @Override
    public Forwarding forward(Packet packet) {
        if (!isUp()) {
            return new Forwarding.Dropped(name, "it is down");
        }
        Self self = new Self();
        IPAddress own = self.privateAddress();
        if (packet.destination().equals(own) || packet.destination().equals(self.address())) {
            return new Forwarding.Local(name + " itself");
        }
        synchronized (lock) {
            return forwarder.forward(packet, own);
        }
    }

    /** Switches it off for good and takes it out of its world. */
    @Override
    public void close() {
        world.ifPresent(in -> in.detach(this));
        negotiator.stop();
        power.close();
    }

    @Override
    public String toString() {
        return "SimVns3[" + name + " at " + uri() + "]";
    }

    /** What it shares with controllers of its topology; needs no lock, since two may ask each other at once. */
    Optional<Keyset.Keys> sharedKeys() {
        return isUp() ? keyset.keys() : Optional.empty();
    }

    List<Endpoint> endpoints() {
        synchronized (lock) {
            return ipsec.endpoints();
        }
    }

    /** How others see it in a negotiation; empty while it does not answer. */
    Optional<Negotiation.Side> side() {
        if (!isUp()) {
            return Optional.empty();
        }
        Self self = new Self();
        IPAddress own = self.privateAddress();
        IPAddress seen = self.address();
        synchronized (lock) {
            return Optional.of(new Negotiation.Side(name, own, seen, ipsec.ikeAddress(own), ipsec.endpoints()));
        }
    }

    /** Takes in what came of a negotiation unless the configuration is no longer the one that was negotiated. */
    boolean judged(Endpoint endpoint, Tunnel tunnel, Negotiation.Verdict verdict) {
        synchronized (lock) {
            return ipsec.endpoints().contains(endpoint) && links.judged(tunnel, verdict);
        }
    }

    Negotiator negotiator() {
        return negotiator;
    }

    private void configurationChanged() {
        negotiator.soon();
    }

    private void wentDown() {
        synchronized (lock) {
            keyset.interrupted();
            links.down();
        }
    }

    private void cameUp() {
        negotiator.soon();
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

    /** The API behind its phases and the world's rules. */
    private final class Front implements SimService {

        @Override
        public Operation identify(SimRequest request) {
            return api.identify(request);
        }

        @Override
        public SimResponse answer(SimRequest request) {
            if (!letIn()) {
                return SimResponse.silence();
            }
            return switch (power.phase()) {
                case UP -> answerNow(request);
                case NO_PASSWORD -> api.error(ApiError.unauthorized("Unauthorized"));
                case BAD_GATEWAY -> proxy(502, "Bad Gateway");
                case UNAVAILABLE -> proxy(503, "Service Unavailable");
                default -> SimResponse.dropped();
            };
        }

        @Override
        public SimResponse error(SimRequest request, String code, String message) {
            int status =
                    switch (code) {
                        case "APIArgumentError", "APIBadRequestError" -> 400;
                        case "UnauthorizedError" -> 401;
                        case "PrerequisiteError", "OperationNotAllowedError" -> 403;
                        case "APINotFoundError" -> 404;
                        default -> 500;
                    };
            return api.error(ApiError.of(status, code, message));
        }

        @Override
        public void answered(SimRequest request) {
            Announcement reboot = announced;
            if (reboot != null && reboot.by() == request) {
                reboot.answered().complete(null);
            }
        }

        private SimResponse answerNow(SimRequest request) {
            synchronized (lock) {
                answering = request;
                try {
                    return api.answer(request, caller().map(IPAddress::toString).orElse("127.0.0.1"));
                } finally {
                    answering = null;
                }
            }
        }

        private boolean letIn() {
            Self self = new Self();
            return world.flatMap(in -> in.caller()
                            .map(from -> in.admits(from, self.address(), Protocol.TCP, API_PORT)
                                    || in.admits(from, self.privateAddress(), Protocol.TCP, API_PORT)))
                    .orElse(true);
        }

        private Optional<IPAddress> caller() {
            return world.flatMap(World::caller);
        }

        private SimResponse proxy(int status, String text) {
            return SimResponse.of(
                    status,
                    "text/html",
                    "<html><head><title>" + status + " " + text + "</title></head><body><h1>" + status + " " + text
                            + "</h1></body></html>");
        }
    }

    private final class Self implements Box {

        @Override
        public String name() {
            return name;
        }

        @Override
        public String version() {
            return version;
        }

        @Override
        public String machine() {
            return machine;
        }

        @Override
        public SimClock clock() {
            return clock;
        }

        @Override
        public Optional<World> world() {
            return world;
        }

        @Override
        public IPAddress privateAddress() {
            return port().map(Port::privateAddress).orElse(address);
        }

        @Override
        public Optional<IPAddress> publicAddress() {
            return port().map(Port::publicAddress).orElse(publicAddress);
        }

        @Override
        public Instant startedAt() {
            return power.startedAt();
        }

        @Override
        public void reboot() {
            CompletableFuture<Void> answered = new CompletableFuture<>();
            SimRequest current = answering;
            if (current == null) {
                answered.complete(null);
            } else {
                announced = new Announcement(current, answered);
            }
            power.goDownSoon(answered);
        }

        @Override
        public void later(Duration delay, Runnable task) {
            int boot = power.boots();
            clock.after(delay, () -> {
                if (power.boots() == boot && isUp()) {
                    synchronized (lock) {
                        task.run();
                    }
                }
            });
        }

        private Optional<Port> port() {
            return world.flatMap(in -> in.place(SimVns3.this)).map(World.Place::port);
        }
    }
}

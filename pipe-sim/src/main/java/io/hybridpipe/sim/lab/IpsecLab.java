// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.sim.lab;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Stream;

/**
 * A wire with real IPsec gateways on it, and hosts behind them: Linux network namespaces and strongSwan, in this machine, out
 * of reach of its own network.
 *
 * <p>It needs root and some Debian packages; {@link #missing()} tells which. All names begin with a random prefix, so that
 * labs run beside each other. {@link #close()} ends all processes that it started and removes all namespaces and files; a JVM
 * that is killed before leaves them: {@code ip netns list} shows them as {@code hp…}.
 *
 * <p>Blocking. Thread-safe.
 */
public final class IpsecLab implements AutoCloseable {
    static final String BRIDGE = "wire0";

    private static final Path PLUGINS = Path.of("/usr/lib/ipsec/plugins");
    private static final Map<String, String> PACKAGES = Map.of(
            "ip", "iproute2",
            "sysctl", "procps",
            "setsid", "util-linux",
            "unshare", "util-linux",
            "tcpdump", "tcpdump",
            "ping", "iputils-ping",
            "nc", "netcat-openbsd");

    private final String prefix;
    private final Path folder;
    /** The wire first. */
    private final List<Namespace> namespaces = new ArrayList<>();

    private final List<Gateway> gateways = new ArrayList<>();
    private final List<Capture> captures = new ArrayList<>();
    private final Map<String, Host> hosts = new HashMap<>();
    private final Map<String, ReentrantLock> pairs = new ConcurrentHashMap<>();
    private final Object closing = new Object();
    private int made;
    private boolean closed;

    private IpsecLab(String prefix, Path folder) {
        this.prefix = prefix;
        this.folder = folder;
    }

    /** What this machine lacks, in words; empty if a lab can be opened. */
    public static Optional<String> missing() {
        List<String> missing = new ArrayList<>();
        try {
            if (!Files.isDirectory(Path.of("/proc/self"))
                    || !Integer.valueOf(0).equals(Files.getAttribute(Path.of("/proc/self"), "unix:uid"))) {
                return Optional.of("root on Linux");
            }
            PACKAGES.keySet().stream()
                    .sorted()
                    .filter(program -> !isOnPath(program))
                    .forEach(program -> missing.add(program + " (package " + PACKAGES.get(program) + ")"));
            missing(missing, Path.of(Charon.BINARY), "charon-systemd");
            missing(missing, PLUGINS.resolve("libstrongswan-vici.so"), "strongswan-swanctl");
            missing(missing, PLUGINS.resolve("libstrongswan-kernel-libipsec.so"), "libcharon-extra-plugins");
            missing(missing, PLUGINS.resolve("libstrongswan-openssl.so"), "libstrongswan-standard-plugins");
            missing(missing, PLUGINS.resolve("libstrongswan-curve25519.so"), "libstrongswan-extra-plugins");
            if (!Files.exists(Path.of("/dev/net/tun"))) {
                missing.add("/dev/net/tun");
            }
            if (missing.isEmpty()
                    && Program.outcome(List.of("unshare", "--net", "true"), "", Duration.ofSeconds(10))
                                    .exit()
                            != 0) {
                missing.add("the right to make network namespaces");
            }
        } catch (IOException | UnsupportedOperationException e) {
            missing.add("a machine that can be asked: " + e);
        }
        return missing.isEmpty() ? Optional.empty() : Optional.of(String.join(", ", missing));
    }

    private static void missing(List<String> missing, Path file, String debianPackage) {
        if (!Files.exists(file)) {
            missing.add(file + " (package " + debianPackage + ")");
        }
    }

    private static boolean isOnPath(String program) {
        String path = System.getenv("PATH");
        return path != null && Stream.of(path.split(":")).anyMatch(in -> Files.isExecutable(Path.of(in, program)));
    }

    /**
     * Makes the wire.
     *
     * @throws IllegalStateException if something is {@linkplain #missing() missing}
     * @throws UncheckedIOException if it cannot be made; nothing is left then
     */
    public static IpsecLab open() {
        Optional<String> missing = missing();
        if (missing.isPresent()) {
            throw new IllegalStateException("an IPsec lab needs " + missing.get());
        }
        String prefix = "hp" + UUID.randomUUID().toString().substring(0, 6).toLowerCase(Locale.ROOT);
        try {
            IpsecLab lab = new IpsecLab(prefix, Files.createTempDirectory(prefix));
            try {
                Namespace wire = lab.namespace(0, "wire");
                // a bridge that looks for multicast talks on the wire itself
                wire.ip("link add name " + BRIDGE + " type bridge mcast_snooping 0", "link set " + BRIDGE + " up");
            } catch (IOException e) {
                lab.close();
                throw e;
            }
            return lab;
        } catch (IOException e) {
            throw new UncheckedIOException("the lab's wire cannot be made", e);
        }
    }

    /** What the names of all its namespaces, and of its folder, begin with. */
    public String prefix() {
        return prefix;
    }

    /**
     * A gateway on the wire, down at first and without any address.
     *
     * @throws IOException if it cannot be made; what there is of it then goes with the lab
     */
    public Gateway gateway(String name) throws IOException {
        int number = next();
        Namespace namespace = namespace(number, name);
        Gateway gateway = Gateway.on(wire(), "port" + number, name, namespace, folder.resolve(String.valueOf(number)));
        synchronized (this) {
            gateways.add(gateway);
        }
        return gateway;
    }

    /**
     * The host of this address behind a gateway, made if it is not there yet; it lives until the lab is closed.
     *
     * @throws IOException if it cannot be made; what there is of it then goes with the lab
     */
    public Host host(String address, Gateway behind) throws IOException {
        synchronized (hosts) {
            String key = address + " behind " + behind;
            Host host = hosts.get(key);
            if (host == null) {
                Namespace namespace = namespace(next(), "host-" + address);
                behind.attach(namespace, address);
                host = new Host(address, namespace);
                hosts.put(key, host);
            }
            return host;
        }
    }

    /**
     * Begins to write down all that goes over the wire.
     *
     * @throws IOException if {@code tcpdump} cannot listen
     */
    public Capture capture() throws IOException {
        Capture capture = Capture.start(wire(), folder.resolve("wire-" + next() + ".pcap"));
        synchronized (this) {
            captures.add(capture);
        }
        return capture;
    }

    /**
     * The lock of two addresses on the wire, in either order: who holds it is the only one that negotiates between them. If
     * both ends began at once, they would make two associations and then end one.
     */
    public Lock between(String one, String other) {
        return pairs.computeIfAbsent(
                one.compareTo(other) < 0 ? one + " " + other : other + " " + one, pair -> new ReentrantLock());
    }

    /** Whether {@link #close()} has begun. */
    public synchronized boolean isClosed() {
        return closed;
    }

    private synchronized int next() {
        return ++made;
    }

    private synchronized Namespace wire() throws IOException {
        if (closed) {
            throw new IOException("the lab is closed");
        }
        return namespaces.get(0);
    }

    private synchronized Namespace namespace(int number, String name) throws IOException {
        if (closed) {
            throw new IOException("the lab is closed");
        }
        Namespace namespace = new Namespace(prefix + "-" + number + "-" + name.replaceAll("[^A-Za-z0-9.-]", "-"));
        // before it is made, so that a half-made one is removed too
        namespaces.add(namespace);
        namespace.create();
        return namespace;
    }

    /** Ends all that it started and removes all that it made, whatever fails on the way; idempotent. */
    @Override
    public void close() {
        // who comes second waits: a JVM that ends may have nobody else to wait for
        synchronized (closing) {
            removeAll();
        }
    }

    private void removeAll() {
        List<Closing> all = new ArrayList<>();
        synchronized (this) {
            if (closed) {
                return;
            }
            closed = true;
            captures.forEach(capture -> all.add(capture::close));
            // all are asked before the first is waited for
            gateways.forEach(gateway -> all.add(gateway::stop));
            gateways.forEach(gateway -> all.add(gateway::close));
            namespaces.forEach(namespace -> all.add(namespace::delete));
            all.add(this::deleteFolder);
        }
        IOException failure = null;
        boolean interrupted = false;
        for (Closing each : all) {
            // an interrupted thread waits for no program, and would leave all that is still there
            interrupted |= Thread.interrupted();
            try {
                each.close();
            } catch (IOException e) {
                if (failure == null) {
                    failure = e;
                } else {
                    failure.addSuppressed(e);
                }
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        if (failure != null) {
            throw new UncheckedIOException("not all of lab " + prefix + " could be removed", failure);
        }
    }

    @FunctionalInterface
    private interface Closing {
        void close() throws IOException;
    }

    private void deleteFolder() throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        }
    }

    @Override
    public String toString() {
        return "IpsecLab[" + prefix + "]";
    }
}

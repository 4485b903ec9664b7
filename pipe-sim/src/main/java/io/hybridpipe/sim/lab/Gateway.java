// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.sim.lab;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * A gateway of an {@link IpsecLab}: a network namespace on the wire, and in it, while it is up, a charon.
 *
 * <p>Nothing leads to private addresses but what is configured, so what has no tunnel goes nowhere and never over the wire in
 * clear. Blocking. Thread-safe.
 */
public final class Gateway implements AutoCloseable {
    /** Ordinary routes stand before it; without it, what has no tunnel would be asked for on the wire. */
    private static final List<String> NOWHERE = List.of("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16");

    private final String name;
    private final Namespace namespace;
    private final Path folder;
    private final Set<Setting> configured = new LinkedHashSet<>();
    private @Nullable Charon charon;
    private int hosts;
    private boolean closed;

    /** An address, route or rule: how it is set, and how it is taken back. */
    private record Setting(List<String> on, String off) {
        static Setting of(String line, String set) {
            return new Setting(List.of(line.formatted(set)), line.formatted("del"));
        }

        /**
         * An address that charon has, and that is nevertheless no address of this gateway, which would answer in place of a
         * host: only the table that charon sets its routes into, and that no packet is led to, knows that it is here.
         */
        static Setting borrowed(String address) {
            return new Setting(
                    List.of(
                            "address add " + address + "/32 dev lo",
                            "route del local " + address + " dev lo table local",
                            "route replace local " + address + " dev lo table " + Charon.TABLE),
                    "address del " + address + "/32 dev lo");
        }
    }

    Gateway(String name, Namespace namespace, Path folder) {
        this.name = name;
        this.namespace = namespace;
        this.folder = folder;
    }

    static Gateway on(Namespace wire, String port, String name, Namespace namespace, Path folder) throws IOException {
        wire.cable(port, namespace, "wan");
        wire.ip("link set " + port + " master " + IpsecLab.BRIDGE);
        // everybody on the wire is a neighbour, whatever the address
        List<String> routes = new ArrayList<>(List.of("route add default dev wan"));
        NOWHERE.forEach(block -> routes.add("route add unreachable " + block + " metric 4000"));
        namespace.ip(routes.toArray(String[]::new));
        Files.createDirectories(folder);
        return new Gateway(name, namespace, folder);
    }

    /** What it was named. */
    public String name() {
        return name;
    }

    /**
     * Sees to it that its charon runs.
     *
     * @return whether it had to be started, so that nothing is loaded in it yet
     * @throws IOException if it cannot be started, or the gateway is closed
     */
    public synchronized boolean up() throws IOException {
        if (closed) {
            throw new IOException("gateway " + name + " is closed");
        }
        if (charon != null && charon.isAlive()) {
            return false;
        }
        charon = Charon.start(namespace, folder);
        // the device of the last charon went with it, and so did the routes into it
        configured.removeIf(each -> each.off().contains(" dev ipsec0"));
        return true;
    }

    /** Ends its charon, which takes leave of its peers; nothing happens if none runs. */
    public synchronized void down() {
        if (charon != null) {
            charon.close();
            charon = null;
        }
    }

    /**
     * Its charon.
     *
     * @throws IOException if it is not up
     */
    public synchronized Vici vici() throws IOException {
        if (charon == null) {
            throw new IOException("gateway " + name + " is down");
        }
        return charon.vici();
    }

    /**
     * Sets its addresses and routes, in place of those set before.
     *
     * @param onWire its addresses on the wire
     * @param peers neighbours on the wire, for addresses that are private
     * @param behind blocks that it stands for; charon wants an address in each
     * @param intoTunnels blocks whose packets go to charon, which drops those that no tunnel takes
     * @throws IOException if one of them cannot be set
     */
    public synchronized void network(Set<String> onWire, Set<String> peers, Set<String> behind, Set<String> intoTunnels)
            throws IOException {
        Set<Setting> wanted = new LinkedHashSet<>();
        onWire.forEach(address -> {
            wanted.add(Setting.of("address %s " + address + "/32 dev wan", "replace"));
            // once its charon has ended, it would say of each late answer of a peer that nobody is there
            wanted.add(Setting.of("rule %s from " + address + " ipproto icmp pref 100 blackhole", "add"));
        });
        behind.forEach(block -> wanted.add(Setting.borrowed(block.replaceAll("/.*", ""))));
        peers.forEach(address -> wanted.add(Setting.of("route %s " + address + "/32 dev wan", "replace")));
        intoTunnels.forEach(block -> wanted.add(Setting.of("route %s " + block + " dev ipsec0", "replace")));
        set(wanted);
    }

    /** What fails is tried again by the next call, and keeps nothing else from being set. */
    private void set(Set<Setting> wanted) throws IOException {
        List<Setting> gone =
                configured.stream().filter(each -> !wanted.contains(each)).toList();
        List<Setting> missing =
                wanted.stream().filter(each -> !configured.contains(each)).toList();
        if (gone.isEmpty() && missing.isEmpty()) {
            return;
        }
        List<String> lines = new ArrayList<>();
        gone.forEach(each -> lines.add(each.off()));
        // an earlier attempt may have set it in part
        missing.forEach(each -> lines.add(each.off()));
        missing.forEach(each -> lines.addAll(each.on()));
        configured.retainAll(wanted);
        Set<String> failed = namespace.each(lines);
        List<String> notSet = new ArrayList<>();
        for (Setting each : missing) {
            if (each.on().stream().noneMatch(failed::contains)) {
                configured.add(each);
            } else {
                notSet.addAll(each.on());
            }
        }
        if (!notSet.isEmpty()) {
            throw new IOException("gateway " + name + " could not be given " + String.join("; ", notSet));
        }
    }

    /**
     * All that is loaded in its charon at this moment, in words: connections, pre-shared keys by their names, and security
     * associations; empty if it is down.
     *
     * @throws IOException if charon does not answer
     */
    public Set<String> loaded() throws IOException {
        Optional<Vici> asked = running();
        Set<String> loaded = new TreeSet<>();
        if (asked.isPresent()) {
            Vici vici = asked.get();
            vici.call("get-conns", ViciMessage.empty()).list("conns").forEach(each -> loaded.add("connection " + each));
            vici.call("get-shared", ViciMessage.empty()).list("keys").forEach(each -> loaded.add("key " + each));
            for (ViciMessage sa :
                    vici.stream("list-sas", "list-sa", ViciMessage.empty()).events()) {
                sa.sections()
                        .forEach((each, state) -> loaded.add(
                                "SA " + each + " " + state.text("state").orElse("")));
            }
        }
        return loaded;
    }

    private synchronized Optional<Vici> running() {
        return Optional.ofNullable(charon).map(Charon::vici);
    }

    /** A cable to a host behind it. */
    synchronized void attach(Namespace host, String address) throws IOException {
        String port = "lan" + ++hosts;
        namespace.cable(port, host, "eth0");
        String here = "169.254.1.1";
        namespace.ip("address add " + here + "/32 dev " + port, "route add " + address + "/32 dev " + port);
        host.ip(
                "address add " + address + "/32 dev eth0",
                "route add " + here + " dev eth0",
                "route add default via " + here);
    }

    synchronized void stop() {
        if (charon != null) {
            charon.stop();
        }
    }

    /** Ends its charon and removes its namespace; what fails on the way does not keep the rest from being removed. */
    @Override
    public synchronized void close() throws IOException {
        if (!closed) {
            closed = true;
            down();
            namespace.delete();
        }
    }

    @Override
    public String toString() {
        return "Gateway[" + name + " in " + namespace.name() + "]";
    }
}

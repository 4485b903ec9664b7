// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.sim.vns3;

import inet.ipaddr.IPAddress;
import io.hybridpipe.sim.lab.Vici;
import io.hybridpipe.sim.lab.ViciMessage;
import io.hybridpipe.sim.vns3.Negotiation.Side;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A controller's endpoints and tunnels in strongSwan's words, and the difference to what is loaded brought to its charon.
 *
 * <p>An endpoint is a connection with a pre-shared key, a tunnel is a child of it. What did not change stays up. Not
 * thread-safe.
 */
final class Connections {

    /** An endpoint in strongSwan's words. */
    private record Connection(ViciMessage ike, Map<String, ViciMessage> children, ViciMessage key) {

        ViciMessage toLoad() {
            ViciMessage all = ViciMessage.empty();
            for (Map.Entry<String, ViciMessage> child : children.entrySet()) {
                all = all.with(child.getKey(), child.getValue());
            }
            return ike.with("children", all);
        }
    }

    /** Equal to nothing that is wanted: nobody knows how much of it charon has. */
    private static final Connection UNSURE = new Connection(ViciMessage.empty(), Map.of(), ViciMessage.empty());

    private final Map<String, Connection> loaded = new TreeMap<>();

    static String nameOf(Endpoint endpoint) {
        return "endpoint-" + endpoint.id();
    }

    static String nameOf(Tunnel tunnel) {
        return "tunnel-" + tunnel.id();
    }

    /** Charon was started anew. */
    void forget() {
        loaded.clear();
    }

    /**
     * Loads what is new, unloads what is gone, and ends the associations of both.
     *
     * @param seenAs the address by which each peer sees this side
     * @return what charon refused to load, by the endpoint's id
     * @throws IOException if charon does not answer
     */
    Map<Integer, String> load(Side here, Map<Integer, IPAddress> seenAs, Vici vici) throws IOException {
        Map<String, Connection> wanted = new TreeMap<>();
        Map<Integer, String> refused = new TreeMap<>();
        for (Endpoint endpoint : here.endpoints()) {
            wanted.put(
                    nameOf(endpoint), connection(here, endpoint, seenAs.getOrDefault(endpoint.id(), here.address())));
        }
        for (Map.Entry<String, Connection> old : List.copyOf(loaded.entrySet())) {
            if (isOther(old.getValue(), wanted.get(old.getKey()))) {
                unload(old.getKey(), vici);
            }
        }
        for (Endpoint endpoint : here.endpoints()) {
            String name = nameOf(endpoint);
            Connection connection = wanted.get(name);
            if (connection != null && !connection.equals(loaded.get(name))) {
                try {
                    load(name, connection, vici);
                } catch (IOException e) {
                    unload(name, vici);
                    refused.put(endpoint.id(), String.valueOf(e.getMessage()));
                }
            }
        }
        return refused;
    }

    private static boolean isOther(Connection old, @Nullable Connection wanted) {
        return wanted == null || !old.ike().equals(wanted.ike()) || !old.key().equals(wanted.key());
    }

    private void load(String name, Connection connection, Vici vici) throws IOException {
        Connection old = loaded.put(name, UNSURE);
        vici.call("load-shared", connection.key());
        vici.call("load-conn", ViciMessage.empty().with(name, connection.toLoad()));
        if (old != null) {
            for (Map.Entry<String, ViciMessage> child : old.children().entrySet()) {
                if (!child.getValue().equals(connection.children().get(child.getKey()))) {
                    terminate(vici, ViciMessage.of("ike", name).with("child", child.getKey()));
                }
            }
        }
        loaded.put(name, connection);
    }

    private void unload(String name, Vici vici) throws IOException {
        loaded.put(name, UNSURE);
        // before its associations are ended, or it would be used for new ones at once; it may never have been loaded
        vici.ask("unload-conn", ViciMessage.of("name", name));
        vici.ask("unload-shared", ViciMessage.of("id", name));
        terminate(vici, ViciMessage.of("ike", name));
        loaded.remove(name);
    }

    /** Ends associations, with a word to the peer; there may be none. */
    static void terminate(Vici vici, ViciMessage which) throws IOException {
        vici.ask("terminate", which.with("timeout", "2000").with("force", "yes"));
    }

    private static Connection connection(Side here, Endpoint endpoint, IPAddress seenAs) {
        String self = endpoint.extra("local-peer-id").orElse(here.ikeAddress());
        String peer = endpoint.identity().orElse(endpoint.gateway()).toString();
        ViciMessage ike = ViciMessage.of("version", String.valueOf(endpoint.ikeVersion()))
                .with("local_addrs", List.of(seenAs.toString()))
                .with("remote_addrs", List.of(endpoint.gateway().toString()))
                .with("proposals", Algorithms.ike(endpoint))
                .with("encap", endpoint.natT() ? "yes" : "no")
                // a gateway has more addresses than the one on the wire, and must not offer them
                .with("mobike", "no")
                .with("keyingtries", "1")
                .with("dpd_delay", "5s")
                .with("unique", "replace")
                .with("local", ViciMessage.of("auth", "psk").with("id", self))
                .with("remote", ViciMessage.of("auth", "psk").with("id", peer));
        Map<String, ViciMessage> children = new TreeMap<>();
        for (Tunnel tunnel : endpoint.tunnelsInOrder()) {
            if (tunnel.enabled()) {
                children.put(nameOf(tunnel), child(endpoint, tunnel));
            }
        }
        ViciMessage key = ViciMessage.of("id", nameOf(endpoint))
                .with("type", "IKE")
                .with("data", endpoint.psk())
                .with("owners", new ArrayList<>(List.of(self, peer)));
        return new Connection(ike, children, key);
    }

    private static ViciMessage child(Endpoint endpoint, Tunnel tunnel) {
        return ViciMessage.of("mode", "tunnel")
                .with("local_ts", blocks(endpoint, tunnel, Selectors::local))
                .with("remote_ts", blocks(endpoint, tunnel, Selectors::remote))
                .with("esp_proposals", Algorithms.esp(endpoint))
                .with("start_action", "none");
    }

    private static List<String> blocks(Endpoint endpoint, Tunnel tunnel, Function<Selectors, IPAddress> side) {
        return endpoint.selectors(tunnel).stream()
                .map(side)
                .map(Addresses::text)
                .distinct()
                .toList();
    }
}

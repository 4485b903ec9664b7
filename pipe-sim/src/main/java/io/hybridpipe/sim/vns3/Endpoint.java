// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.sim.vns3;

import inet.ipaddr.IPAddress;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** What a controller was told about one remote gateway; immutable, and it never prints its pre-shared key. */
record Endpoint(
        int id,
        String name,
        String description,
        IPAddress gateway,
        String psk,
        boolean pfs,
        int ikeVersion,
        boolean natT,
        Optional<IPAddress> identity,
        List<String> extraConfig,
        VpnType type,
        RouteBased routeBased,
        Map<Integer, Tunnel> tunnels,
        Map<Integer, TrafficPair> pairs) {

    /** The addresses of a VTI or GRE endpoint, as the caller wrote them; the selectors stand in its tunnel too. */
    record RouteBased(String deviceAddress, String local, String remote, String greAddress) {
        boolean selectsAs(RouteBased other) {
            return local.equals(other.local) && remote.equals(other.remote);
        }
    }

    Endpoint {
        extraConfig = List.copyOf(extraConfig);
        tunnels = Map.copyOf(tunnels);
        pairs = Map.copyOf(pairs);
    }

    List<Tunnel> tunnelsInOrder() {
        return tunnels.values().stream()
                .sorted(Comparator.comparingInt(Tunnel::id))
                .toList();
    }

    List<TrafficPair> pairsInOrder() {
        return pairs.values().stream()
                .sorted(Comparator.comparingInt(TrafficPair::id))
                .toList();
    }

    /** What decides on a tunnel's packets: the enabled traffic pairs of a route-based endpoint, else the tunnel itself. */
    List<Selectors> selectors(Tunnel tunnel) {
        List<Selectors> enabled = pairsInOrder().stream()
                .filter(TrafficPair::enabled)
                .<Selectors>map(pair -> pair)
                .toList();
        return type == VpnType.POLICY || enabled.isEmpty() ? List.of(tunnel) : enabled;
    }

    Endpoint with(TrafficPair pair) {
        Map<Integer, TrafficPair> more = new TreeMap<>(pairs);
        more.put(pair.id(), pair);
        return with(tunnels, more);
    }

    Endpoint withoutPair(int pairId) {
        Map<Integer, TrafficPair> fewer = new TreeMap<>(pairs);
        fewer.remove(pairId);
        return with(tunnels, fewer);
    }

    Endpoint with(Tunnel tunnel) {
        Map<Integer, Tunnel> more = new TreeMap<>(tunnels);
        more.put(tunnel.id(), tunnel);
        return with(more, pairs);
    }

    Endpoint without(int tunnelId) {
        Map<Integer, Tunnel> fewer = new TreeMap<>(tunnels);
        fewer.remove(tunnelId);
        return with(fewer, pairs);
    }

    private Endpoint with(Map<Integer, Tunnel> otherTunnels, Map<Integer, TrafficPair> otherPairs) {
        return new Endpoint(
                id,
                name,
                description,
                gateway,
                psk,
                pfs,
                ikeVersion,
                natT,
                identity,
                extraConfig,
                type,
                routeBased,
                otherTunnels,
                otherPairs);
    }

    /** The value of one {@code key=value} word of the extra configuration. */
    Optional<String> extra(String key) {
        String prefix = key + "=";
        return extraConfig.stream()
                .filter(word -> word.startsWith(prefix))
                .map(word -> word.substring(prefix.length()))
                .findFirst();
    }

    @Override
    public String toString() {
        return "Endpoint[id=" + id + ", name=" + name + ", gateway=" + gateway + ", psk=***, ike=" + ikeVersion
                + ", type=" + type.wire() + ", tunnels=" + tunnelsInOrder() + "]";
    }
}

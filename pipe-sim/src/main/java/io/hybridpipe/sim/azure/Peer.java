// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.sim.azure;

import com.fasterxml.jackson.databind.node.ObjectNode;
import inet.ipaddr.IPAddress;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * A connected peering as packets of the virtual network that it belongs to meet it.
 *
 * @param name its name
 * @param network the identity of the other virtual network
 * @param networkName what the other is called
 * @param space the other's address space, as this side last heard of it
 * @param allowsAccess whether this network's machines may reach the other
 * @param allowsForwarded whether packets may come in from the other that were not sent by its own addresses
 * @param nextHopType what routes over it are called
 */
record Peer(
        String name,
        String network,
        String networkName,
        List<IPAddress> space,
        boolean allowsAccess,
        boolean allowsForwarded,
        String nextHopType) {

    static List<Peer> of(ObjectNode network, Estate estate) {
        return Peerings.in(network).stream()
                .filter(peering -> Peerings.state(peering).equals("Connected"))
                .map(peering -> of(network, peering, estate))
                .toList();
    }

    private static Peer of(ObjectNode network, ObjectNode peering, Estate estate) {
        var properties = peering.path("properties");
        var remote = Peerings.remote(peering);
        var here = network.path("location").asText();
        var isNear = ArmId.parse(remote)
                .flatMap(estate::top)
                .map(Resource::location)
                .filter(here::equals)
                .isPresent();
        return new Peer(
                peering.path("name").asText(),
                remote.toLowerCase(Locale.ROOT),
                remote.substring(remote.lastIndexOf('/') + 1),
                Peerings.blocks(properties.path("remoteAddressSpace"), remote),
                properties.path("allowVirtualNetworkAccess").asBoolean(),
                properties.path("allowForwardedTraffic").asBoolean(),
                isNear ? "VNetPeering" : "VNetGlobalPeering");
    }

    static Optional<Peer> covering(List<Peer> peers, IPAddress address) {
        return peers.stream().filter(peer -> peer.covers(address)).findFirst();
    }

    boolean covers(IPAddress address) {
        return space.stream().anyMatch(block -> block.contains(address));
    }

    String label() {
        return "virtual network peering " + name;
    }
}

// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.sim.azure;

import inet.ipaddr.IPAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Which addresses a service tag covers, seen from one interface. {@code VirtualNetwork} is the virtual network's space, that
 * of the connected peerings that allow access, and the prefixes of the subnet's user-defined routes, as
 * <a href="https://learn.microsoft.com/azure/virtual-network/service-tags-overview">Microsoft defines it</a>;
 * {@code Internet} is what is neither that nor private; {@code AzureLoadBalancer} is the probe's address.
 */
record ServiceTags(List<IPAddress> virtualNetwork) {

    private static final IPAddress LOAD_BALANCER =
            Addresses.address("168.63.129.16").orElseThrow();
    private static final List<IPAddress> PRIVATE = List.of(
            Addresses.prefix("10.0.0.0/8", ""),
            Addresses.prefix("172.16.0.0/12", ""),
            Addresses.prefix("192.168.0.0/16", ""),
            Addresses.prefix("100.64.0.0/10", ""));

    static ServiceTags seenFrom(Attachment place) {
        var blocks = new ArrayList<>(place.space());
        place.peers().stream().filter(Peer::allowsAccess).forEach(peer -> blocks.addAll(peer.space()));
        for (var route : place.userRoutes()) {
            blocks.add(Addresses.prefix(
                    route.path("properties").path("addressPrefix").asText(), place.networkName()));
        }
        return new ServiceTags(List.copyOf(blocks));
    }

    /** Whether what a rule writes as a prefix, be it a tag, a block, an address or a star, covers an address. */
    boolean covers(String written, IPAddress address) {
        return switch (written.toLowerCase(Locale.ROOT)) {
            case "*", "any" -> true;
            case "virtualnetwork" -> isInside(address) || address.equals(LOAD_BALANCER);
            case "internet" ->
                !isInside(address)
                        && !address.equals(LOAD_BALANCER)
                        && PRIVATE.stream().noneMatch(block -> block.contains(address));
            case "azureloadbalancer" -> address.equals(LOAD_BALANCER);
            default ->
                Addresses.block(written)
                        .map(block -> block.toPrefixBlock().contains(address))
                        .orElse(false);
        };
    }

    private boolean isInside(IPAddress address) {
        return virtualNetwork.stream().anyMatch(block -> block.contains(address));
    }
}

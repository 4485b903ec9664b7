// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.sim.aws;

import inet.ipaddr.IPAddress;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;

/**
 * What the regions of all accounts know of one another: which VPCs there are, and the peerings between them.
 *
 * <p>Guarded by its own monitor, which is taken last: whoever holds a region's monitor may take this one, whoever holds this
 * one takes no other, and nobody holds two regions' monitors. So no two calls can wait for each other.
 */
final class Exchange {

    private record Address(String account, String region, String vpc) {}

    private final Map<Address, IPAddress> vpcs = new LinkedHashMap<>();
    private final Map<String, Peering> peerings = new LinkedHashMap<>();

    synchronized void vpcMade(Region region, Model.Vpc vpc) {
        vpcs.put(new Address(region.account, region.name, vpc.id()), vpc.cidr());
    }

    synchronized void vpcGone(Region region, String vpc) {
        vpcs.remove(new Address(region.account, region.name, vpc));
    }

    synchronized Peering.Side side(String account, String region, String vpc) {
        return new Peering.Side(account, region, vpc, Optional.ofNullable(vpcs.get(new Address(account, region, vpc))));
    }

    synchronized Optional<Peering> find(String id) {
        return Optional.ofNullable(peerings.get(id));
    }

    synchronized List<Peering> where(Predicate<Peering> fits) {
        return peerings.values().stream().filter(fits).toList();
    }

    synchronized Peering put(Peering peering) {
        peerings.put(peering.id(), peering);
        return peering;
    }

    /** Changes a peering if it is still as expected. */
    synchronized void turn(String id, Predicate<Peering> expected, UnaryOperator<Peering> change) {
        find(id).filter(expected).map(change).ifPresent(this::put);
    }

    /** What puts everything back as it is now; for one who holds the monitor from now until then. */
    synchronized Runnable savepoint() {
        var vpcsNow = new LinkedHashMap<>(vpcs);
        var peeringsNow = new LinkedHashMap<>(peerings);
        return () -> {
            vpcs.clear();
            vpcs.putAll(vpcsNow);
            peerings.clear();
            peerings.putAll(peeringsNow);
        };
    }

    /** The peerings that a region sees now, by id. */
    synchronized Map<String, Peering> seenFrom(Region here, Instant now) {
        var seen = new LinkedHashMap<String, Peering>();
        peerings.forEach((id, peering) -> {
            if (peering.seenFrom(here, now)) {
                seen.put(id, peering);
            }
        });
        return seen;
    }
}

// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.sim.vns3;

import inet.ipaddr.IPAddress;
import java.util.List;

/** Two subnets between which packets may pass. */
interface Selectors {
    IPAddress local();

    IPAddress remote();

    default boolean selects(IPAddress source, IPAddress destination) {
        return local().contains(source) && remote().contains(destination);
    }

    default boolean mirrors(Selectors other) {
        return local().equals(other.remote()) && remote().equals(other.local());
    }

    default String selectors() {
        return Addresses.text(local()) + " <-> " + Addresses.text(remote());
    }

    /** Whether each of one side's has its mirror image at the other side, and the other way round. */
    static boolean mirror(List<? extends Selectors> ours, List<? extends Selectors> theirs) {
        return ours.stream().allMatch(one -> theirs.stream().anyMatch(one::mirrors))
                && theirs.stream().allMatch(one -> ours.stream().anyMatch(one::mirrors));
    }
}

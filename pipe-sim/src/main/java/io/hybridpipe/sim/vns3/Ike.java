// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.sim.vns3;

import inet.ipaddr.IPAddress;
import io.hybridpipe.sim.vns3.Negotiation.Side;
import io.hybridpipe.sim.vns3.Negotiation.Verdict;
import java.util.List;
import java.util.Optional;
import java.util.function.BiConsumer;

/** What brings a controller's tunnels up or not: the rules alone, or a real gateway. */
interface Ike {

    /**
     * A tunnel to be negotiated.
     *
     * @param seenAs the address by which the other side sees this one
     * @param there the other side, if it answers
     * @param obstacle what keeps the negotiation from beginning: the tunnel is off, nobody is there, or a rule of a cloud
     */
    record Case(Endpoint endpoint, Tunnel tunnel, IPAddress seenAs, Optional<Side> there, Optional<String> obstacle) {}

    /**
     * Takes in all that is configured and tells what comes of each tunnel; perhaps later, on another thread, and more than once.
     * Called by the clock, again and again; returns at once.
     *
     * @param cases one for each tunnel of {@code here}
     */
    void negotiate(Side here, List<Case> cases, BiConsumer<Case, Verdict> told);

    /** Ends what there is of a tunnel; it is negotiated anew. Returns at once. */
    default void bounce(Endpoint endpoint, Tunnel tunnel) {}

    /** The machine went down. */
    default void down() {}

    /** The machine was switched off for good. */
    default void close() {}

    /** Negotiations as configuration decides them, in no time. */
    final class ByRules implements Ike {
        @Override
        public void negotiate(Side here, List<Case> cases, BiConsumer<Case, Verdict> told) {
            for (Case each : cases) {
                told.accept(each, judge(here, each));
            }
        }

        private static Verdict judge(Side here, Case each) {
            return each.obstacle()
                    .map(Verdict::phase1Failed)
                    .orElseGet(() -> Negotiation.between(
                            here, each.endpoint(), each.tunnel(), each.there().orElseThrow()));
        }
    }
}

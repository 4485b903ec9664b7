// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.faults;

import io.hybridpipe.sim.Fault;
import java.util.concurrent.CompletableFuture;

/**
 * A mishap in force.
 *
 * @param struck completes when it has struck
 * @param moment completes when a run that it cancels is to be cancelled
 * @param release lets go what it holds until then
 */
public record Strike(CompletableFuture<?> struck, CompletableFuture<?> moment, Runnable release) {
    /** That of one rule. */
    public static Strike of(Fault fault) {
        // one future for both, or a run that is cancelled might have ended before it shows that the mishap has struck
        CompletableFuture<?> reached = fault.reached();
        return new Strike(reached, reached, fault::release);
    }
}

// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.journal;

import io.hybridpipe.event.RunId;
import java.time.Instant;

/**
 * Who holds the lease of a target.
 *
 * @param run the run for which it is held
 * @param host the machine
 * @param process the process's number there
 * @param since when it was taken
 * @param until when it expires unless it is renewed
 * @param fence how often the target has been taken so far; a later owner has a higher number
 */
public record Owner(RunId run, String host, long process, Instant since, Instant until, long fence) {
    /** For a message: run, process and host. */
    @Override
    public String toString() {
        return "run " + run + " in process " + process + " on " + host + " (since " + since + ", lease until " + until
                + ")";
    }
}

// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe;

import io.hybridpipe.retry.Backoff;

/**
 * How often and how long a look, an undo or a close is tried: as the step itself is tried again, since what is out then may be
 * out now; but four times at least, however little patience the step has.
 *
 * @param failed how many tries have failed so far
 * @param most tries in all
 * @param until no further try than the fourth starts later, in milliseconds of the run's scheduler
 */
record Tries(int failed, int most, long until) {
    private static final int LEAST = 4;

    static Tries as(Backoff again, long now) {
        long patience = Math.min(again.maxElapsed().toMillis(), Long.MAX_VALUE - now);
        return new Tries(0, Math.max(LEAST, again.maxAttempts() - 1), now + patience);
    }

    /** Where nothing can be there, or nothing more may be done, nobody is waited for. */
    static Tries once() {
        return new Tries(0, 1, Long.MAX_VALUE);
    }

    Tries afterFailure() {
        return new Tries(failed + 1, most, until);
    }

    boolean isOver(long now) {
        return failed >= most || failed >= LEAST && now >= until;
    }
}

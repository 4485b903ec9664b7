// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.journal;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.locks.LockSupport;

/** Waits for what another thread or process brings about; never for long. */
final class Waiting {
    private static final Duration BOUND = Duration.ofSeconds(60);

    private Waiting() {}

    static void until(String what, Callable<Boolean> holds) {
        long end = System.nanoTime() + BOUND.toNanos();
        while (!holds(holds)) {
            if (System.nanoTime() - end > 0) {
                throw new AssertionError("not within " + BOUND + ": " + what);
            }
            LockSupport.parkNanos(Duration.ofMillis(2).toNanos());
        }
    }

    private static boolean holds(Callable<Boolean> condition) {
        try {
            return condition.call();
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }
}

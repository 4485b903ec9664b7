// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import reactor.core.scheduler.Scheduler;

/** Tells schedulers that live in the wall clock's time from those of tests. */
final class WallClock {
    private static final long DAY = Duration.ofDays(1).toMillis();

    // the last one asked about: nearly always the same
    private static volatile @Nullable WallClock last;

    private final Scheduler scheduler;
    private final boolean real;

    private WallClock(Scheduler scheduler) {
        this.scheduler = scheduler;
        real = Math.abs(scheduler.now(TimeUnit.MILLISECONDS) - System.currentTimeMillis()) < DAY;
    }

    static boolean isOf(Scheduler scheduler) {
        WallClock known = last;
        if (known == null || known.scheduler != scheduler) {
            known = new WallClock(scheduler);
            last = known;
        }
        return known.real;
    }
}

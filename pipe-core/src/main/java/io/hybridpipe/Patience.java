// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;

/** How long an answer may take, the time that whoever gives it waits for permits aside. Thread-safe. */
final class Patience {
    /** While somebody waits, time does not run out; so often it is looked whether they still do. */
    private static final long LOOK = 1_000;

    private final Scheduler scheduler;
    private final long most;
    private long begun;
    private long spared;
    private long waitingSince;
    private int waiting;

    Patience(Scheduler scheduler, Duration most) {
        this.scheduler = scheduler;
        this.most = most.toMillis();
    }

    /** Completes with a value when the time is up, counted from its subscription; a second late at most if somebody waited. */
    Mono<Long> isOver() {
        return Mono.defer(() -> {
            begin();
            return Mono.defer(() -> Mono.delay(Duration.ofMillis(Math.max(left(), Math.min(LOOK, most))), scheduler))
                    .filter(tick -> left() <= 0)
                    .repeatWhenEmpty(Integer.MAX_VALUE, looks -> looks);
        });
    }

    /** The permit; waiting for it takes none of the time. */
    <T> Mono<T> sparedBy(Mono<T> permit) {
        return Mono.defer(() -> {
            pause();
            return permit.doFinally(signal -> goOn());
        });
    }

    /** How much of the time is used up. */
    Duration spent() {
        return Duration.ofMillis(most - left());
    }

    private synchronized void begin() {
        begun = now();
        spared = 0;
    }

    private synchronized void pause() {
        if (waiting++ == 0) {
            waitingSince = now();
        }
    }

    private synchronized void goOn() {
        if (--waiting == 0) {
            spared += now() - waitingSince;
        }
    }

    private synchronized long left() {
        long now = now();
        return most - (now - begun - spared - (waiting > 0 ? now - waitingSince : 0));
    }

    private long now() {
        return scheduler.now(TimeUnit.MILLISECONDS);
    }
}

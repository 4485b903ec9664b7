// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.aws;

import io.hybridpipe.sim.SimClock;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;
import reactor.test.scheduler.VirtualTimeScheduler;
import software.amazon.awssdk.http.async.AsyncExecuteRequest;
import software.amazon.awssdk.http.async.SdkAsyncHttpClient;

/**
 * One time for a stand-in and for the pace of those who call it, which stands still while any call is being answered: so that what
 * is counted against a limit is the limit's doing, however busy the machine is that all of them share.
 *
 * <p>Otherwise it goes by a fortieth of a second each real millisecond. Everybody else, the engine and the steps, is in real time.
 */
final class StillTime implements AutoCloseable {
    private static final Duration STEP = Duration.ofMillis(25);

    final SimClock clock = SimClock.manual(Instant.now());
    final VirtualTimeScheduler scheduler = VirtualTimeScheduler.create();
    private final AtomicInteger inFlight = new AtomicInteger();
    private final Scheduler ticker = Schedulers.newSingle("still-time", true);

    StillTime() {
        tickSoon();
    }

    /** Not at a fixed rate: what a pause of the machine has missed would be made up for at once, while the runs need real time. */
    private void tickSoon() {
        ticker.schedule(this::tick, 1, TimeUnit.MILLISECONDS);
    }

    private void tick() {
        if (inFlight.get() == 0) {
            clock.advance(STEP);
            scheduler.advanceTimeBy(STEP);
        }
        if (!ticker.isDisposed()) {
            tickSoon();
        }
    }

    /** The client, whose calls hold up this time; closed by whoever made it. */
    SdkAsyncHttpClient watching(SdkAsyncHttpClient client) {
        return new SdkAsyncHttpClient() {
            @Override
            public CompletableFuture<Void> execute(AsyncExecuteRequest request) {
                inFlight.incrementAndGet();
                return client.execute(request).whenComplete((done, failure) -> inFlight.decrementAndGet());
            }

            @Override
            public void close() {
                // it is not ours
            }
        };
    }

    @Override
    public void close() {
        ticker.dispose();
        clock.close();
    }
}

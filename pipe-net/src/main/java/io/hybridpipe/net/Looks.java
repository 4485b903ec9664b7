// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.net;

import io.hybridpipe.retry.FailureClass;
import io.hybridpipe.retry.StepFailure;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/** Looking again and again until there is something to see: what the waiting loops of step modules share. */
public final class Looks {
    private Looks() {}

    /**
     * The first thing that a look emits; an empty look is repeated.
     *
     * <p>Nothing happens before it is subscribed; cancel ends the look or the pause; waiting holds no thread. The last look is one
     * that ends when the time is up or later, so that a look that had to wait for a permit counts too; it has as long again.
     *
     * @param look looks once for each subscription
     * @param every from the end of one look to the next one
     * @param within for how long looks may begin
     * @param late what comes when the time is up
     */
    public static <T> Mono<T> until(Mono<T> look, Duration every, Duration within, Supplier<Mono<T>> late) {
        return Mono.defer(() -> {
            Scheduler time = Schedulers.parallel();
            long end = time.now(TimeUnit.MILLISECONDS) + within.toMillis();
            return look.repeatWhenEmpty(
                            Integer.MAX_VALUE, looks -> looks.map(looked -> end - time.now(TimeUnit.MILLISECONDS))
                                    .takeWhile(left -> left > 0)
                                    .concatMap(left -> Mono.delay(
                                            Duration.ofMillis(Math.max(1, Math.min(every.toMillis(), left))))))
                    .timeout(within.multipliedBy(2), Mono.empty())
                    .switchIfEmpty(Mono.defer(late));
        });
    }

    /**
     * The look, for which a passing fault counts as having seen nothing: looking again is what a waiting loop does anyway. What
     * asks for patience itself ({@link StepFailure#retryAfter}) gets it first.
     */
    public static <T> Mono<T> patient(Mono<T> look) {
        return look.onErrorResume(FailureClass::isPassing, failure -> Mono.justOrEmpty(retryAfter(failure))
                .flatMap(Mono::delay)
                .then(Mono.empty()));
    }

    private static Optional<Duration> retryAfter(Throwable failure) {
        return failure instanceof StepFailure known ? known.retryAfter() : Optional.empty();
    }

    /**
     * The duration.
     *
     * @param what what it is, for the message
     * @throws IllegalArgumentException if it is not positive
     */
    public static Duration positive(Duration duration, String what) {
        if (duration.isNegative() || duration.isZero()) {
            throw new IllegalArgumentException(what + " is " + duration + ", it must be positive");
        }
        return duration;
    }
}

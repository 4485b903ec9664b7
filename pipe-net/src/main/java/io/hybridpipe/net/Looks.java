// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.net;

import io.hybridpipe.retry.FailureClass;
import java.time.Duration;
import java.util.function.Supplier;
import reactor.core.publisher.Mono;

/** Looking again and again until there is something to see: what the waiting loops of step modules share. */
public final class Looks {
    private Looks() {}

    /**
     * The first thing that a look emits; an empty look is repeated.
     *
     * <p>Nothing happens before it is subscribed; cancel ends the look or the pause; waiting holds no thread.
     *
     * @param look looks once for each subscription
     * @param every from the end of one look to the next one
     * @param within how long all of it may take
     * @param late what comes when the time is up
     */
    public static <T> Mono<T> until(Mono<T> look, Duration every, Duration within, Supplier<Mono<T>> late) {
        return look.repeatWhenEmpty(Integer.MAX_VALUE, looks -> looks.delayElements(every))
                .timeout(within, Mono.defer(late));
    }

    /** The look, for which a passing fault counts as having seen nothing: looking again is what a waiting loop does anyway. */
    public static <T> Mono<T> patient(Mono<T> look) {
        return look.onErrorResume(FailureClass::isPassing, failure -> Mono.empty());
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

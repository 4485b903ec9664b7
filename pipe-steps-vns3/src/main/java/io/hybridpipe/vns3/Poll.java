// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.vns3;

import io.hybridpipe.retry.FailureClass;
import java.time.Duration;
import java.util.function.Supplier;
import reactor.core.publisher.Mono;

/** Looking again and again until there is something to see. */
final class Poll {
    private Poll() {}

    /**
     * The first thing that a look emits; looks follow each other at this distance, and {@code late} comes when the time is up.
     * Waiting holds no thread.
     */
    static <T> Mono<T> until(Mono<T> look, Duration every, Duration within, Supplier<Mono<T>> late) {
        return look.repeatWhenEmpty(Integer.MAX_VALUE, looks -> looks.delayElements(every))
                .timeout(within, Mono.defer(late));
    }

    /** The look, for which a passing fault of a read counts as having seen nothing. */
    static <T> Mono<T> patient(Mono<T> look) {
        return look.onErrorResume(Poll::isPassing, failure -> Mono.empty());
    }

    static boolean isPassing(Throwable failure) {
        FailureClass failureClass = FailureClass.of(failure);
        return failureClass == FailureClass.TRANSIENT || failureClass == FailureClass.THROTTLED;
    }

    static Duration positive(Duration duration, String what) {
        if (duration.isNegative() || duration.isZero()) {
            throw new IllegalArgumentException(what + " is " + duration + ", it must be positive");
        }
        return duration;
    }
}

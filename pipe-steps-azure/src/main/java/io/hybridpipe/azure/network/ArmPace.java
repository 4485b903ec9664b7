// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.azure.network;

import io.hybridpipe.StepOptions;
import io.hybridpipe.retry.Backoff;
import io.hybridpipe.retry.FailureClass;
import io.hybridpipe.retry.RetryPolicy;
import java.time.Duration;
import reactor.core.publisher.Mono;
import reactor.util.retry.Retry;

/** How patient steps on Azure networks are. */
final class ArmPace {
    /** One change of a parent locks out the others for seconds, so many short delays rather than the default five. */
    private static final Backoff BACKOFF =
            new Backoff(Duration.ofMillis(500), Duration.ofSeconds(15), 12, Duration.ofMinutes(15));

    private ArmPace() {}

    /** Attempts of at most ten minutes, twelve of them; what was accepted is seen within three seconds. */
    static StepOptions options() {
        return StepOptions.ofDefaults()
                .withAttemptTimeout(Duration.ofMinutes(10))
                .withRetry(RetryPolicy.ofAll(BACKOFF))
                .withVisibility(Duration.ofSeconds(3));
    }

    /** A look outside of every run that outlives passing failures for some seconds, since nobody else tries it again. */
    static <T> Mono<T> patiently(Mono<T> look) {
        return look.retryWhen(Retry.backoff(4, Duration.ofMillis(250))
                .filter(FailureClass::isPassing)
                .onRetryExhaustedThrow((spec, last) -> last.failure()));
    }
}

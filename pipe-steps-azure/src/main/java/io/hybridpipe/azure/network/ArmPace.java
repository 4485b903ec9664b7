// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.azure.network;

import io.hybridpipe.retry.FailureClass;
import java.time.Duration;
import reactor.core.publisher.Mono;
import reactor.util.retry.Retry;

/** How patient looks outside of every run are. */
final class ArmPace {
    private ArmPace() {}

    /** A look outside of every run that outlives passing failures for some seconds, since nobody else tries it again. */
    static <T> Mono<T> patiently(Mono<T> look) {
        return look.retryWhen(Retry.backoff(4, Duration.ofMillis(250))
                .filter(FailureClass::isPassing)
                .onRetryExhaustedThrow((spec, last) -> last.failure()));
    }
}

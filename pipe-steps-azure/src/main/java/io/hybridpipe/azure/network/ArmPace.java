// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.azure.network;

import io.hybridpipe.StepOptions;
import io.hybridpipe.retry.Backoff;
import io.hybridpipe.retry.RetryPolicy;
import java.time.Duration;

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
}

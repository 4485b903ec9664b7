// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.vns3;

import io.hybridpipe.StepOptions;
import io.hybridpipe.retry.Backoff;
import io.hybridpipe.retry.RetryPolicy;
import java.time.Duration;

/** How patient steps are with a controller. */
final class Patience {
    /**
     * A controller that reboots refuses connections for tens of seconds, and whoever else works on it may make it do so at any
     * moment. Going forward, the delays add up to some three minutes; looking and undoing, to five.
     */
    private static final Backoff BACKOFF =
            new Backoff(Duration.ofMillis(500), Duration.ofSeconds(10), 40, Duration.ofMinutes(5));

    private Patience() {}

    /** Outlasts a reboot; what was asked for and not answered takes effect within five seconds, or never. */
    static StepOptions options() {
        return StepOptions.ofDefaults().withRetry(RetryPolicy.ofAll(BACKOFF)).withVisibility(Duration.ofSeconds(5));
    }
}

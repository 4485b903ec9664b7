// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.retry;

import java.time.Duration;
import java.util.Objects;

/**
 * How often and how long apart one class of failure is tried again: exponential delays with full jitter.
 *
 * <p>The delay before attempt {@code n + 1} is a random part of {@code min(cap, first × 2^(n-1))}; a worked figure:
 * {@code first} 200 ms, third failure: between 0 and 800 ms.
 *
 * @param first upper bound of the delay after the first failure
 * @param cap no delay is longer
 * @param maxAttempts attempts in all, the first included; at least 1
 * @param maxElapsed no attempt starts later than this after the step's first one
 */
public record Backoff(Duration first, Duration cap, int maxAttempts, Duration maxElapsed) {
    /** Checks the figures. */
    public Backoff {
        Objects.requireNonNull(cap, "cap");
        Objects.requireNonNull(maxElapsed, "maxElapsed");
        if (first.isNegative()) {
            throw new IllegalArgumentException("first is " + first + ", it must not be negative");
        }
        if (maxAttempts < 1) {
            throw new IllegalArgumentException("maxAttempts is " + maxAttempts + ", it must be at least 1");
        }
    }

    /** Five attempts within ten minutes, the first delay up to 200 ms, none over 20 s. */
    public static Backoff ofDefaults() {
        return new Backoff(Duration.ofMillis(200), Duration.ofSeconds(20), 5, Duration.ofMinutes(10));
    }

    /** One attempt, never a second. */
    public static Backoff never() {
        return new Backoff(Duration.ZERO, Duration.ZERO, 1, Duration.ZERO);
    }

    /** A copy with other delays. */
    public Backoff withDelays(Duration first, Duration cap) {
        return new Backoff(first, cap, maxAttempts, maxElapsed);
    }

    /** A copy with another number of attempts, the first included. */
    public Backoff withMaxAttempts(int maxAttempts) {
        return new Backoff(first, cap, maxAttempts, maxElapsed);
    }

    /** A copy with another total time. */
    public Backoff withMaxElapsed(Duration maxElapsed) {
        return new Backoff(first, cap, maxAttempts, maxElapsed);
    }

    /**
     * The delay before the next attempt.
     *
     * @param failures how many attempts have failed so far, at least 1
     * @param jitter the random part, from 0 (inclusive) to 1 (exclusive)
     */
    public Duration delay(int failures, double jitter) {
        double bound = first.toMillis() * Math.pow(2, Math.min(failures - 1, 40));
        return Duration.ofMillis((long) (Math.min(bound, cap.toMillis()) * jitter));
    }
}

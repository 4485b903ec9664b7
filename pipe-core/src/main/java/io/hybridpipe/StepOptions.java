// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe;

import io.hybridpipe.retry.RetryPolicy;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;

/**
 * Timeouts and retries of one step or scope. Immutable.
 *
 * <p>The order round a step is {@code StepTimeout(Retry(Settle(AttemptTimeout(Interceptors(Step)))))}.
 */
public final class StepOptions {
    private static final Duration NONE = Duration.ZERO;
    private static final StepOptions DEFAULTS =
            new StepOptions(NONE, Duration.ofHours(1), RetryPolicy.ofDefaults(), NONE, Duration.ofMinutes(1), NONE);

    private final Duration attemptTimeout;
    private final Duration stepTimeout;
    private final RetryPolicy retry;
    private final Duration visibility;
    private final Duration reconcileTimeout;
    private final Duration undoTimeout;

    private StepOptions(
            Duration attemptTimeout,
            Duration stepTimeout,
            RetryPolicy retry,
            Duration visibility,
            Duration reconcileTimeout,
            Duration undoTimeout) {
        this.attemptTimeout = attemptTimeout;
        this.stepTimeout = stepTimeout;
        this.retry = retry;
        this.visibility = visibility;
        this.reconcileTimeout = reconcileTimeout;
        this.undoTimeout = undoTimeout;
    }

    /**
     * No attempt timeout, a step timeout of one hour, {@link RetryPolicy#ofDefaults()}, no visibility window, a reconcile
     * timeout of one minute, and an undo timeout that the run sets.
     */
    public static StepOptions ofDefaults() {
        return DEFAULTS;
    }

    /** A copy whose attempts end after this time, with an unknown outcome. Waiting for a permit does not count. */
    public StepOptions withAttemptTimeout(Duration timeout) {
        return new StepOptions(positive(timeout), stepTimeout, retry, visibility, reconcileTimeout, undoTimeout);
    }

    /** A copy whose retrying ends after this time, counted from the first attempt; default one hour. */
    public StepOptions withStepTimeout(Duration timeout) {
        return new StepOptions(attemptTimeout, positive(timeout), retry, visibility, reconcileTimeout, undoTimeout);
    }

    /** A copy with another retry policy. */
    public StepOptions withRetry(RetryPolicy retry) {
        return new StepOptions(
                attemptTimeout,
                stepTimeout,
                Objects.requireNonNull(retry, "retry"),
                visibility,
                reconcileTimeout,
                undoTimeout);
    }

    /** A copy with at most this many attempts in all, the first included, whatever the failure. */
    public StepOptions withMaxAttempts(int attempts) {
        return withRetry(retry.withEach(backoff -> backoff.withMaxAttempts(attempts)));
    }

    /**
     * A copy with another visibility window: how long the provider may take to show what was just made. Something that is
     * absent counts as absent only when it was not seen over this time. Default zero.
     */
    public StepOptions withVisibility(Duration window) {
        return new StepOptions(attemptTimeout, stepTimeout, retry, window, reconcileTimeout, undoTimeout);
    }

    /** A copy with another timeout for one look of reconcile; default one minute. */
    public StepOptions withReconcileTimeout(Duration timeout) {
        return new StepOptions(attemptTimeout, stepTimeout, retry, visibility, positive(timeout), undoTimeout);
    }

    /**
     * A copy with another timeout for one try of undo or close. The default of an undo is a quarter of what is left of the
     * run's undo deadline, that of a close one minute.
     */
    public StepOptions withUndoTimeout(Duration timeout) {
        return new StepOptions(attemptTimeout, stepTimeout, retry, visibility, reconcileTimeout, positive(timeout));
    }

    /** How long one attempt may take, if that is limited. */
    public Optional<Duration> attemptTimeout() {
        return attemptTimeout.isZero() ? Optional.empty() : Optional.of(attemptTimeout);
    }

    /** How long all attempts together may take. */
    public Duration stepTimeout() {
        return stepTimeout;
    }

    /** When to try again. */
    public RetryPolicy retry() {
        return retry;
    }

    /** How long the provider may take to show what was just made. */
    public Duration visibility() {
        return visibility;
    }

    /** How long one look of reconcile may take. */
    public Duration reconcileTimeout() {
        return reconcileTimeout;
    }

    /** How long one try of undo or close may take, if the step says so. */
    public Optional<Duration> undoTimeout() {
        return undoTimeout.isZero() ? Optional.empty() : Optional.of(undoTimeout);
    }

    /** Zero if it is not limited. */
    long attemptTimeoutMillis() {
        return attemptTimeout.toMillis();
    }

    private static Duration positive(Duration timeout) {
        if (timeout.isNegative() || timeout.isZero()) {
            throw new IllegalArgumentException("timeout is " + timeout + ", it must be positive");
        }
        return timeout;
    }
}

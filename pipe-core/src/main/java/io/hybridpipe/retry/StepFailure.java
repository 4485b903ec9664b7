// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.retry;

import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A failure with a class, which decides whether the engine tries again, looks first, or gives up.
 *
 * <p>Each step module has one translator that turns its provider's errors into these. Immutable.
 */
public final class StepFailure extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final FailureClass failureClass;
    private final @Nullable Duration retryAfter;

    private StepFailure(
            FailureClass failureClass, String message, @Nullable Throwable cause, @Nullable Duration retryAfter) {
        super(message, cause);
        this.failureClass = failureClass;
        this.retryAfter = retryAfter;
    }

    /** A failure of the given class with a message that says what and where, in one line. */
    public static StepFailure of(FailureClass failureClass, String message) {
        return new StepFailure(failureClass, message, null, null);
    }

    /** A failure of the given class with its cause. */
    public static StepFailure of(FailureClass failureClass, String message, Throwable cause) {
        return new StepFailure(failureClass, message, cause, null);
    }

    /** A {@link FailureClass#PERMANENT} failure. */
    public static StepFailure permanent(String message) {
        return of(FailureClass.PERMANENT, message);
    }

    /** An {@link FailureClass#UNKNOWN_OUTCOME} failure. */
    public static StepFailure unknownOutcome(String message) {
        return of(FailureClass.UNKNOWN_OUTCOME, message);
    }

    /** A {@link FailureClass#THROTTLED} failure; the next attempt starts no sooner than {@code retryAfter}. */
    public static StepFailure throttled(Duration retryAfter, String message, @Nullable Throwable cause) {
        return new StepFailure(FailureClass.THROTTLED, message, cause, retryAfter);
    }

    /** What this failure says about the call. */
    public FailureClass failureClass() {
        return failureClass;
    }

    /** How long the service asked to wait, when it did. */
    public Optional<Duration> retryAfter() {
        return Optional.ofNullable(retryAfter);
    }
}

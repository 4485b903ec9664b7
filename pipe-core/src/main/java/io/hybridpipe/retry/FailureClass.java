// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.retry;

/** What a failure says about the call that failed, and so what may be done next. */
public enum FailureClass {
    /** Nothing took effect and the next try may succeed: connection refused, a passing fault of the service. */
    TRANSIENT,
    /** The service asks to slow down; nothing took effect. */
    THROTTLED,
    /** Something that was just made is not seen yet by the part of the service that was asked. */
    NOT_YET_VISIBLE,
    /** Trying again would fail again. Every throwable that nobody classified is of this class. */
    PERMANENT,
    /** The call may or may not have taken effect: no answer, a cut connection, a timeout, a cancel. */
    UNKNOWN_OUTCOME;

    /**
     * The class of a throwable: that of the {@link StepFailure} it is or was caused by, else {@link #PERMANENT}.
     *
     * @param failure any throwable
     */
    public static FailureClass of(Throwable failure) {
        Throwable cause = failure;
        for (int depth = 0; cause != null && depth < 20; depth++, cause = cause.getCause()) {
            if (cause instanceof StepFailure classified) {
                return classified.failureClass();
            }
        }
        return PERMANENT;
    }

    /** Whether nothing took effect and the same call may succeed a little later: {@link #TRANSIENT} and {@link #THROTTLED}. */
    public static boolean isPassing(Throwable failure) {
        FailureClass failureClass = of(failure);
        return failureClass == TRANSIENT || failureClass == THROTTLED;
    }
}

// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.vns3.api;

import java.util.Optional;

/**
 * What a controller answered instead of doing what it was asked, in its own words.
 *
 * <p>It is the cause of the {@link io.hybridpipe.retry.StepFailure} that a {@link Vns3Client} signals; find it there by
 * {@link #in}. Immutable.
 */
public final class Vns3Error extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final int status;
    private final String name;
    private final String detail;
    private final String logId;

    Vns3Error(int status, String name, String detail, String logId) {
        super(status + (name.isEmpty() ? "" : " " + name) + (detail.isEmpty() ? "" : ": " + detail));
        this.status = status;
        this.name = name;
        this.detail = detail;
        this.logId = logId;
    }

    /** The controller's answer that a failure was caused by, if it was one. */
    public static Optional<Vns3Error> in(Throwable failure) {
        Throwable cause = failure;
        for (int depth = 0; cause != null && depth < 20; depth++, cause = cause.getCause()) {
            if (cause instanceof Vns3Error error) {
                return Optional.of(error);
            }
        }
        return Optional.empty();
    }

    /** The HTTP status; some controllers answer an error with 200. */
    public int status() {
        return status;
    }

    /** The error's name, such as {@code APIArgumentError}; empty if the answer had none. */
    public String name() {
        return name;
    }

    /** What the controller says, such as {@code endpoint_id does not exist}; one line. */
    public String detail() {
        return detail;
    }

    /** The number under which the controller logged it; empty if the answer had none. */
    public String logId() {
        return logId;
    }
}

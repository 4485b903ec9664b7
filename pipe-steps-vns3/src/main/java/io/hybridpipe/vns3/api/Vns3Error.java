// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.vns3.api;

import java.util.List;
import java.util.Optional;

/**
 * What a controller answered instead of doing what it was asked, in its own words.
 *
 * <p>It is the cause of the {@link io.hybridpipe.retry.StepFailure} that a {@link Vns3Client} signals; find it there by
 * {@link #in}. Immutable.
 */
public final class Vns3Error extends RuntimeException {
    private static final long serialVersionUID = 1;

    /** How older operations say in a 400 what newer ones say by 404. */
    private static final List<String> UNKNOWN_ID = List.of(
            "endpoint_id does not exist",
            "tunnel id does not exist",
            "route not found",
            "is invalid as controller id.");

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

    /** Whether a failure was caused by a controller's answer that there is nothing of that id, in the words of any operation. */
    public static boolean isNotFound(Throwable failure) {
        return in(failure)
                .filter(error -> error.status == 404 || UNKNOWN_ID.stream().anyMatch(error.detail::endsWith))
                .isPresent();
    }

    /** Whether a failure was caused by a controller's answer that it does not accept the credentials. */
    public static boolean isUnauthorized(Throwable failure) {
        return in(failure).filter(error -> error.status == 401).isPresent();
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

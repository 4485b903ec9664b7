// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe;

import io.hybridpipe.event.RunReport;
import org.jspecify.annotations.Nullable;

/**
 * A run that was refused, failed, was cancelled, or left a door open; its report says what became of what was made.
 *
 * <p>The cause is the primary failure, the first in time; failures of concurrent members are suppressed in it, in declared
 * order. Free of the run's secrets.
 */
public final class PipeFailedException extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final transient RunReport report;

    PipeFailedException(RunReport report, @Nullable Throwable cause) {
        super(message(report), cause);
        this.report = report;
    }

    /** How the run ended. */
    public RunReport report() {
        return report;
    }

    private static String message(RunReport report) {
        String failure =
                report.failure().map(it -> it.path() + ": " + it.message()).orElse("a scope could not be closed");
        String left = report.leftovers().isEmpty()
                ? ""
                : ", left over: "
                        + String.join(
                                ", ",
                                report.leftovers().stream()
                                        .map(it -> it.path().value())
                                        .toList());
        return "pipe '" + report.pipe() + "' " + report.outcome() + ": " + failure + left;
    }
}

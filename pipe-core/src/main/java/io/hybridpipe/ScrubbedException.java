// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe;

import org.jspecify.annotations.Nullable;

/** A copy of a throwable whose texts named a secret: class name, clean message, stack. */
final class ScrubbedException extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final String className;

    private ScrubbedException(String className, @Nullable String message, @Nullable Throwable cause) {
        super(message, cause);
        this.className = className;
    }

    static ScrubbedException of(Throwable failure, Secrets secrets, int depth) {
        Throwable cause = failure.getCause();
        ScrubbedException copy = new ScrubbedException(
                failure.getClass().getName(),
                failure.getMessage() == null ? null : secrets.scrub(failure.getMessage()),
                cause == null || depth > 20 ? null : of(cause, secrets, depth + 1));
        copy.setStackTrace(failure.getStackTrace());
        for (Throwable suppressed : failure.getSuppressed()) {
            if (depth <= 20) {
                copy.addSuppressed(of(suppressed, secrets, depth + 1));
            }
        }
        return copy;
    }

    @Override
    public String toString() {
        String message = getMessage();
        return message == null ? className : className + ": " + message;
    }
}

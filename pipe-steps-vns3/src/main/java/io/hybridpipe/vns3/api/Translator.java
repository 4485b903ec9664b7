// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.vns3.api;

import io.hybridpipe.retry.FailureClass;
import io.hybridpipe.retry.StepFailure;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.UnknownHostException;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpTimeoutException;
import java.nio.channels.UnresolvedAddressException;
import java.security.cert.CertificateException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLHandshakeException;

/**
 * The one place that says what a controller's answer, or its silence, means for the next try.
 *
 * <p>A call that only reads never took effect, so what is unknown of a change is transient of a read. 502 is of a front proxy
 * whose API process went away, perhaps in the middle of the change; 503 is of one that never passed the call on.
 */
final class Translator {
    private static final Duration DEFAULT_RETRY_AFTER = Duration.ofSeconds(5);

    private Translator() {}

    /** The class of an answer with this status; a good status stands for an error in a good answer. */
    static FailureClass classOf(int status, boolean changes) {
        switch (status) {
            case 429:
                return FailureClass.THROTTLED;
            case 408, 503:
                return FailureClass.TRANSIENT;
            case 500, 502, 504:
                return changes ? FailureClass.UNKNOWN_OUTCOME : FailureClass.TRANSIENT;
            default:
                return FailureClass.PERMANENT;
        }
    }

    static StepFailure answer(Call call, Vns3Error error, Optional<Duration> retryAfter) {
        String message = call + " answered " + error.getMessage()
                + (error.logId().isEmpty() ? "" : " (log " + error.logId() + ")");
        FailureClass failureClass = classOf(error.status(), call.changes());
        return failureClass == FailureClass.THROTTLED
                ? StepFailure.throttled(retryAfter.orElse(DEFAULT_RETRY_AFTER), message, error)
                : StepFailure.of(failureClass, message, error);
    }

    /** A good status with something else in it: some other server, or a change of which nobody knows what became. */
    static StepFailure notAController(Call call, int status) {
        return StepFailure.of(
                call.changes() ? FailureClass.UNKNOWN_OUTCOME : FailureClass.PERMANENT,
                call + " answered " + status + " with something that is not a controller's JSON");
    }

    /** No answer: what went wrong on the way there or back. */
    static Throwable noAnswer(Call call, Throwable failure) {
        Throwable cause =
                failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
        if (cause instanceof StepFailure || cause instanceof Error) {
            return cause;
        }
        Optional<CertificateException> certificate = find(cause, CertificateException.class);
        if (certificate.isPresent()) {
            return StepFailure.permanent(call + ": TLS certificate does not match: "
                    + Line.of(certificate.get().getMessage()));
        }
        if (find(cause, ConnectException.class).isPresent()
                || find(cause, NoRouteToHostException.class).isPresent()) {
            return StepFailure.of(FailureClass.TRANSIENT, call + ": connection refused", cause);
        }
        if (find(cause, HttpConnectTimeoutException.class).isPresent()) {
            return StepFailure.of(FailureClass.TRANSIENT, call + ": no connection in time", cause);
        }
        if (find(cause, UnknownHostException.class).isPresent()
                || find(cause, UnresolvedAddressException.class).isPresent()) {
            return StepFailure.of(FailureClass.TRANSIENT, call + ": the host's name is not known", cause);
        }
        if (find(cause, SSLHandshakeException.class).isPresent()) {
            return StepFailure.of(
                    FailureClass.TRANSIENT, call + ": TLS handshake broken off: " + Line.of(cause.getMessage()), cause);
        }
        boolean late = find(cause, HttpTimeoutException.class).isPresent() || cause instanceof TimeoutException;
        String what = late ? "no answer in time" : "the answer was lost: " + Line.of(cause.getMessage());
        return StepFailure.of(
                call.changes() ? FailureClass.UNKNOWN_OUTCOME : FailureClass.TRANSIENT, call + ": " + what, cause);
    }

    private static <T extends Throwable> Optional<T> find(Throwable failure, Class<T> type) {
        Throwable cause = failure;
        for (int depth = 0; cause != null && depth < 20; depth++, cause = cause.getCause()) {
            if (type.isInstance(cause)) {
                return Optional.of(type.cast(cause));
            }
        }
        return Optional.empty();
    }
}

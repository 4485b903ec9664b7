// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.aws;

import static io.hybridpipe.retry.FailureClass.PERMANENT;
import static io.hybridpipe.retry.FailureClass.THROTTLED;
import static io.hybridpipe.retry.FailureClass.TRANSIENT;
import static io.hybridpipe.retry.FailureClass.UNKNOWN_OUTCOME;

import io.hybridpipe.retry.FailureClass;
import io.hybridpipe.retry.StepFailure;
import java.io.IOException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.function.Predicate;
import javax.net.ssl.SSLHandshakeException;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.exception.SdkClientException;

/**
 * The one translator of AWS's errors: which class each has, and a line that says what, where and which code.
 *
 * <p>A read that fails on its way is
 * {@link FailureClass#TRANSIENT}; a change that fails after it may have been sent is {@link FailureClass#UNKNOWN_OUTCOME}.
 */
public final class AwsFailures {
    private static final String EXPIRED = "the credentials have expired, renew them";
    private static final String SESSION_OVER = "the role's session has expired, the next attempt has another one";
    private static final Set<String> EXPIRED_CODES = Set.of("ExpiredToken", "ExpiredTokenException", "RequestExpired");

    private AwsFailures() {}

    /** What the failure of a call that only reads means. */
    public static StepFailure ofRead(AwsAccount account, String what, Throwable failure) {
        return translate(account, what, failure, TRANSIENT);
    }

    /** What the failure of a call that changes something means. */
    public static StepFailure ofChange(AwsAccount account, String what, Throwable failure) {
        return translate(account, what, failure, UNKNOWN_OUTCOME);
    }

    /** The error code of a failure that AWS answered, seen through translations; empty if AWS did not answer. */
    public static Optional<String> code(Throwable failure) {
        return find(failure, AwsServiceException.class::isInstance)
                .map(AwsServiceException.class::cast)
                .map(AwsFailures::codeOf);
    }

    /** Whether AWS answered with one of these codes. */
    public static Predicate<Throwable> hasCode(String... codes) {
        return failure -> code(failure).filter(List.of(codes)::contains).isPresent();
    }

    /** Whether AWS answered that the credentials have expired; EC2 calls that RequestExpired. */
    static boolean saysExpired(Throwable failure) {
        return code(failure).filter(EXPIRED_CODES::contains).isPresent();
    }

    private static StepFailure translate(AwsAccount account, String what, Throwable thrown, FailureClass onTheWay) {
        Optional<Throwable> known = find(thrown, StepFailure.class::isInstance);
        if (known.isPresent()) {
            return (StepFailure) known.get();
        }
        Throwable failure = unwrapped(thrown);
        String where = what + " in " + account.where() + ": ";
        if (failure instanceof AwsServiceException answered) {
            return ofAnswer(account, where, answered, onTheWay);
        }
        Optional<Throwable> unsent = find(failure, AwsFailures::isBeforeSending);
        if (unsent.isPresent()) {
            String why = isPoolFull(unsent.get()) ? "no free connection in time" : line(unsent.get());
            return StepFailure.of(TRANSIENT, where + "cannot connect" + account.toEndpoint() + ": " + why, failure);
        }
        if (find(failure, SSLHandshakeException.class::isInstance).isPresent()) {
            return StepFailure.of(PERMANENT, where + "TLS handshake failed: " + line(deepest(failure)), failure);
        }
        if (find(failure, IOException.class::isInstance).isPresent()) {
            return StepFailure.of(onTheWay, where + "no answer: " + line(deepest(failure)), failure);
        }
        boolean mayBeSent =
                failure instanceof SdkClientException && onTheWay == UNKNOWN_OUTCOME && !isAboutKeys(failure);
        return StepFailure.of(mayBeSent ? UNKNOWN_OUTCOME : PERMANENT, where + line(failure), failure);
    }

    private static StepFailure ofAnswer(
            AwsAccount account, String where, AwsServiceException answer, FailureClass onTheWay) {
        String code = codeOf(answer);
        boolean renewed = account.renewsCredentials() && saysExpired(answer);
        FailureClass its = renewed ? TRANSIENT : ErrorCodes.toClass(code, answer.statusCode(), onTheWay);
        String hint = toHint(code, renewed).map(text -> text + ": ").orElse("");
        String said = answer.awsErrorDetails() == null
                ? null
                : answer.awsErrorDetails().errorMessage();
        String message = where + hint + code + (said == null || said.isBlank() ? "" : ": " + oneLine(said));
        Optional<Duration> wait = its == THROTTLED ? retryAfter(answer) : Optional.empty();
        return wait.map(delay -> StepFailure.throttled(delay, message, answer))
                .orElseGet(() -> StepFailure.of(its, message, answer));
    }

    private static Optional<String> toHint(String code, boolean renewed) {
        return EXPIRED_CODES.contains(code) ? Optional.of(renewed ? SESSION_OVER : EXPIRED) : ErrorCodes.toHint(code);
    }

    private static String codeOf(AwsServiceException answer) {
        String code = answer.awsErrorDetails() == null
                ? null
                : answer.awsErrorDetails().errorCode();
        return code == null || code.isBlank() ? "HTTP " + answer.statusCode() : code;
    }

    private static Optional<Duration> retryAfter(AwsServiceException answer) {
        if (answer.awsErrorDetails() == null || answer.awsErrorDetails().sdkHttpResponse() == null) {
            return Optional.empty();
        }
        return answer.awsErrorDetails()
                .sdkHttpResponse()
                .firstMatchingHeader("Retry-After")
                .filter(text -> text.matches("\\d{1,6}"))
                .map(text -> Duration.ofSeconds(Long.parseLong(text)));
    }

    private static boolean isBeforeSending(Throwable failure) {
        return failure instanceof ConnectException
                || failure instanceof UnknownHostException
                || failure instanceof NoRouteToHostException
                || isPoolFull(failure);
    }

    private static boolean isPoolFull(Throwable failure) {
        return String.valueOf(failure.getMessage()).startsWith("Acquire operation took longer");
    }

    private static boolean isAboutKeys(Throwable failure) {
        return String.valueOf(failure.getMessage()).startsWith("Unable to load credentials");
    }

    private static Optional<Throwable> find(Throwable failure, Predicate<Throwable> wanted) {
        Throwable each = failure;
        for (int depth = 0; each != null && depth < 20; depth++, each = each.getCause()) {
            if (wanted.test(each)) {
                return Optional.of(each);
            }
        }
        return Optional.empty();
    }

    private static Throwable unwrapped(Throwable failure) {
        Throwable cause = failure.getCause();
        boolean wrapper = failure instanceof CompletionException || failure instanceof ExecutionException;
        return wrapper && cause != null ? unwrapped(cause) : failure;
    }

    private static Throwable deepest(Throwable failure) {
        Throwable each = failure;
        for (int depth = 0; each.getCause() != null && depth < 20; depth++) {
            each = each.getCause();
        }
        return each;
    }

    private static String line(Throwable failure) {
        @Nullable String message = failure.getMessage();
        return message == null ? failure.getClass().getSimpleName() : oneLine(message);
    }

    /** Otherwise as it was said, and all of it: a secret that was cut or changed is not found any more by whoever scrubs it. */
    private static String oneLine(String text) {
        return text.replaceAll("\\R", " ");
    }
}

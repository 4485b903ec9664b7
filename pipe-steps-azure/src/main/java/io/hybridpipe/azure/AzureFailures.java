// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.azure;

import com.azure.core.exception.ClientAuthenticationException;
import com.azure.core.exception.HttpResponseException;
import com.azure.core.http.HttpHeaderName;
import com.azure.core.http.HttpResponse;
import com.azure.core.management.exception.ManagementError;
import com.azure.core.management.exception.ManagementException;
import io.hybridpipe.retry.FailureClass;
import io.hybridpipe.retry.StepFailure;
import java.io.IOException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeoutException;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.SSLPeerUnverifiedException;
import org.jspecify.annotations.Nullable;
import reactor.core.Exceptions;

/**
 * Turns what Azure Resource Manager and its SDK throw into failures with a class: the only place where that is decided.
 *
 * <p>An error code of the service decides before the HTTP status does. A failure on the way (a cut connection, no answer in
 * time, a 5xx) leaves the outcome of a call that changes something unknown, while a read may simply be tried again; so the
 * caller says which it was. Messages are one line: what was tried, code and message of the service, where. Immutable.
 */
public final class AzureFailures {
    private static final int LONGEST = 1_000;

    /** For so long an interface is kept for the machine that failed: its message says how long. */
    private static final String RESERVED = "NicReservedForAnotherVm";

    private static final Duration RESERVED_FOR = Duration.ofSeconds(180);
    private static final Pattern SECONDS = Pattern.compile("\\b([1-9][0-9]{0,3}) ?seconds");

    /** Codes whose meaning their HTTP status does not tell, or tells wrongly. */
    private static final Map<String, FailureClass> BY_CODE = Map.ofEntries(
            Map.entry("AnotherOperationInProgress", FailureClass.TRANSIENT),
            Map.entry("RetryableError", FailureClass.TRANSIENT),
            Map.entry("RetryableErrorDueToAnotherOperation", FailureClass.TRANSIENT),
            Map.entry("CanceledAndSupersededDueToAnotherOperation", FailureClass.TRANSIENT),
            Map.entry("ReferencedResourceNotProvisioned", FailureClass.TRANSIENT),
            // somebody changed the resource between a look and the change: the next look sees what
            Map.entry("PreconditionFailed", FailureClass.TRANSIENT),
            // what uses it is on its way out
            Map.entry("PublicIPAddressCannotBeDeleted", FailureClass.TRANSIENT),
            Map.entry("NicInUse", FailureClass.TRANSIENT),
            Map.entry(RESERVED, FailureClass.THROTTLED),
            // capacity comes and goes, and these are what Azure calls failures of its own while it makes a machine
            // (Microsoft Learn, Understand common error messages when you manage virtual machines in Azure)
            Map.entry("AllocationFailed", FailureClass.TRANSIENT),
            Map.entry("ZonalAllocationFailed", FailureClass.TRANSIENT),
            Map.entry("NetworkingInternalOperationError", FailureClass.TRANSIENT),
            Map.entry("OSProvisioningInternalError", FailureClass.TRANSIENT),
            Map.entry("VMStartTimedOut", FailureClass.TRANSIENT),
            Map.entry("InUseSubnetCannotBeDeleted", FailureClass.TRANSIENT),
            Map.entry("InUseRouteTableCannotBeDeleted", FailureClass.TRANSIENT),
            Map.entry("InUseNetworkSecurityGroupCannotBeDeleted", FailureClass.TRANSIENT),
            Map.entry("ResourceGroupBeingDeleted", FailureClass.TRANSIENT),
            Map.entry("ResourceGroupDeletionBlocked", FailureClass.TRANSIENT),
            Map.entry("DeploymentActive", FailureClass.TRANSIENT),
            Map.entry("TooManyRequests", FailureClass.THROTTLED),
            Map.entry("SubscriptionRequestsThrottled", FailureClass.THROTTLED));

    private final String where;

    private final String endpoint;

    /**
     * The translator for one account.
     *
     * @param where alias and subscription, for messages
     * @param endpoint the address that is called, for messages about connections
     */
    AzureFailures(String where, String endpoint) {
        this.where = where;
        this.endpoint = endpoint;
    }

    /**
     * The failure of a call that only reads.
     *
     * @param what what was tried, in a few words, such as {@code look at route table fed-routes}
     */
    public StepFailure ofRead(String what, Throwable failure) {
        return classified(what, failure, FailureClass.TRANSIENT);
    }

    /**
     * The failure of a call that changes something.
     *
     * @param what what was tried, in a few words, such as {@code add route to-orders}
     */
    public StepFailure ofChange(String what, Throwable failure) {
        return classified(what, failure, FailureClass.UNKNOWN_OUTCOME);
    }

    /**
     * The failure of a long-running operation that was accepted and then did not succeed.
     *
     * @param what what was tried, in a few words
     * @param code the error code of the operation
     * @param message what the service says about it
     */
    public StepFailure ofOperation(String what, String code, String message) {
        FailureClass known = BY_CODE.get(code);
        boolean passing = code.startsWith("InternalServerError") || code.equals("Canceled");
        String line = line(what, said(code, message), where);
        return known == FailureClass.THROTTLED
                ? StepFailure.throttled(patience(code, message).orElse(Duration.ZERO), line, null)
                : StepFailure.of(
                        known != null ? known : passing ? FailureClass.TRANSIENT : FailureClass.PERMANENT, line);
    }

    /** A failure of the same class, and with the same time to wait, that says something else. */
    public static StepFailure like(StepFailure known, String message, Throwable cause) {
        return known.retryAfter()
                .map(wait -> StepFailure.throttled(wait, message, cause))
                .orElseGet(() -> StepFailure.of(known.failureClass(), message, cause));
    }

    /** The error code that the service answered, or an empty text. */
    public static String code(Throwable failure) {
        ManagementError error = error(failure);
        return error == null || error.getCode() == null ? "" : error.getCode();
    }

    /** Whether the service answered that what was asked for, or what it would be part of, does not exist. */
    public static boolean isMissing(Throwable failure) {
        return cause(failure, HttpResponseException.class::isInstance)
                .map(http -> ((HttpResponseException) http).getResponse())
                .map(HttpResponse::getStatusCode)
                .filter(status -> status == 404)
                // of a subscription that is not there nobody can say what is in it
                .filter(status -> !code(failure).equals("SubscriptionNotFound"))
                .isPresent();
    }

    private StepFailure classified(String what, Throwable thrown, FailureClass unanswered) {
        Throwable failure = Exceptions.unwrap(thrown);
        if (failure instanceof StepFailure already) {
            return already;
        }
        Optional<Throwable> answer = cause(failure, HttpResponseException.class::isInstance);
        if (answer.isPresent()) {
            return ofAnswer(what, (HttpResponseException) answer.get(), unanswered);
        }
        if (cause(failure, AzureFailures::isBeforeSending).isPresent()) {
            return StepFailure.of(
                    FailureClass.TRANSIENT,
                    line(what, "cannot connect to " + endpoint + ": " + root(failure), where),
                    failure);
        }
        Optional<Throwable> distrust = cause(failure, AzureFailures::isDistrust);
        if (distrust.isPresent()) {
            return StepFailure.of(
                    FailureClass.PERMANENT,
                    line(
                            what,
                            "no TLS connection to " + endpoint + ": "
                                    + distrust.get().getMessage(),
                            where),
                    failure);
        }
        boolean onTheWay = cause(
                        failure,
                        it -> it instanceof IOException || it instanceof TimeoutException || it instanceof SSLException)
                .isPresent();
        return StepFailure.of(
                onTheWay ? unanswered : FailureClass.PERMANENT,
                line(what, (onTheWay ? "no answer from " + endpoint + ": " : "") + root(failure), where),
                failure);
    }

    private StepFailure ofAnswer(String what, HttpResponseException failure, FailureClass unanswered) {
        HttpResponse response = failure.getResponse();
        int status = response == null ? 0 : response.getStatusCode();
        if (failure instanceof ClientAuthenticationException && !(failure.getValue() instanceof ManagementError)) {
            return withoutToken(what, failure);
        }
        ManagementError error = error(failure);
        String said = error == null ? firstLine(failure) : said(error);
        String message = line(what, said, where + ", HTTP " + status);
        String code = code(failure);
        Optional<Duration> retryAfter =
                Optional.ofNullable(response).flatMap(AzureFailures::retryAfter).or(() -> patience(code, said));
        FailureClass failureClass = ofStatus(status, code, unanswered);
        boolean slowDown = failureClass == FailureClass.THROTTLED || (status == 429 && retryAfter.isPresent());
        return slowDown
                ? StepFailure.throttled(retryAfter.orElse(Duration.ZERO), message, failure)
                : StepFailure.of(failureClass, message, failure);
    }

    /** Nothing was sent without a token, so what keeps it from coming decides: a way that is cut may be whole again. */
    private StepFailure withoutToken(String what, HttpResponseException failure) {
        boolean distrust = cause(failure, AzureFailures::isDistrust).isPresent();
        boolean passing = cause(failure, AzureFailures::isPassingAnswer).isPresent()
                || (!distrust
                        && cause(failure, it -> it instanceof IOException || it instanceof TimeoutException)
                                .isPresent());
        String root = root(failure);
        String said = firstLine(failure);
        return StepFailure.of(
                passing ? FailureClass.TRANSIENT : FailureClass.PERMANENT,
                line(what, "no token: " + said + (said.contains(root) ? "" : ": " + root), where),
                failure);
    }

    private static boolean isPassingAnswer(Throwable failure) {
        HttpResponse response = failure instanceof HttpResponseException answer ? answer.getResponse() : null;
        return response != null && (response.getStatusCode() == 429 || response.getStatusCode() >= 500);
    }

    private static FailureClass ofStatus(int status, String code, FailureClass unanswered) {
        FailureClass known = BY_CODE.get(code);
        if (known != null) {
            return known;
        }
        if (status == 429) {
            return FailureClass.THROTTLED;
        }
        // an answer of success that cannot be read says nothing about what was done
        boolean unreadable = status >= 200 && status < 300;
        return status == 408 || status >= 500 || unreadable ? unanswered : FailureClass.PERMANENT;
    }

    /** What the {@code Retry-After} header asks for, when it is there and more than nothing. */
    static Optional<Duration> retryAfter(HttpResponse response) {
        return retryAfter(response.getHeaderValue(HttpHeaderName.RETRY_AFTER));
    }

    static Optional<Duration> retryAfter(@Nullable String header) {
        // ARM sends seconds; the date form of the header is not used by it
        return Optional.ofNullable(header)
                .map(String::trim)
                .filter(text -> text.matches("[1-9][0-9]{0,5}"))
                .map(text -> Duration.ofSeconds(Long.parseLong(text)));
    }

    private static boolean isBeforeSending(Throwable failure) {
        return failure instanceof ConnectException
                || failure instanceof UnknownHostException
                || failure instanceof NoRouteToHostException;
    }

    private static boolean isDistrust(Throwable failure) {
        return failure instanceof SSLHandshakeException || failure instanceof SSLPeerUnverifiedException;
    }

    /** How long what was refused is refused for, where the service says it without a header. */
    private static Optional<Duration> patience(String code, String message) {
        if (!code.equals(RESERVED)) {
            return Optional.empty();
        }
        Matcher seconds = SECONDS.matcher(message);
        return Optional.of(seconds.find() ? Duration.ofSeconds(Long.parseLong(seconds.group(1))) : RESERVED_FOR);
    }

    private static @Nullable ManagementError error(Throwable failure) {
        return cause(failure, ManagementException.class::isInstance)
                .map(it -> ((ManagementException) it).getValue())
                .orElse(null);
    }

    private static String said(ManagementError error) {
        List<? extends ManagementError> details = error.getDetails();
        String said = said(error.getCode(), error.getMessage());
        return details == null || details.isEmpty() ? said : said + " / " + said(details.get(0));
    }

    private static String said(@Nullable String code, @Nullable String message) {
        return (code == null ? "" : code) + (message == null || message.isEmpty() ? "" : ": " + message);
    }

    private static String line(String what, String said, String where) {
        String text = (what + ": " + said).replaceAll("\\s+", " ").trim();
        return (text.length() > LONGEST ? text.substring(0, LONGEST) + ".." : text) + " (" + where + ")";
    }

    private static String firstLine(Throwable failure) {
        String message = failure.getMessage();
        return message == null
                ? failure.getClass().getSimpleName()
                : message.strip().split("\\R", 2)[0];
    }

    private static String root(Throwable failure) {
        Throwable root = failure;
        for (int depth = 0; root.getCause() != null && depth < 20; depth++) {
            root = root.getCause();
        }
        return firstLine(root.getMessage() == null ? failure : root);
    }

    private static Optional<Throwable> cause(Throwable failure, Predicate<Throwable> wanted) {
        Throwable cause = failure;
        for (int depth = 0; cause != null && depth < 20; depth++, cause = cause.getCause()) {
            if (wanted.test(cause)) {
                return Optional.of(cause);
            }
        }
        return Optional.empty();
    }
}

// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.sim.aws;

import io.hybridpipe.sim.SimResponse;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/** A refusal as the service words it; the code decides the HTTP status. */
final class AwsError extends RuntimeException {

    private static final long serialVersionUID = 1;

    /** Statuses other than 400, as the services document them. */
    private static final Map<String, Integer> STATUS = Map.ofEntries(
            Map.entry("AuthFailure", 401),
            Map.entry("UnauthorizedOperation", 403),
            Map.entry("AccessDenied", 403),
            Map.entry("ExpiredToken", 403),
            Map.entry("InvalidClientTokenId", 403),
            Map.entry("SignatureDoesNotMatch", 403),
            Map.entry("MissingAuthenticationToken", 403),
            Map.entry("ChangeSetNotFound", 404),
            Map.entry("DryRunOperation", 412),
            Map.entry("InternalError", 500),
            Map.entry("InternalFailure", 500),
            Map.entry("InsufficientInstanceCapacity", 500),
            Map.entry("RequestLimitExceeded", 503),
            Map.entry("ServiceUnavailable", 503),
            Map.entry("Unavailable", 503));

    private static final Pattern WRITTEN = Pattern.compile("<Code>([^<]+)</Code>|\"__type\":\"([^\"]+)\"");

    private final String code;
    private final boolean conflict;

    private AwsError(String code, String message, boolean conflict) {
        super(message, null, false, false);
        this.code = code;
        this.conflict = conflict;
    }

    static AwsError of(String code, String message, Object... values) {
        return new AwsError(code, values.length == 0 ? message : message.formatted(values), false);
    }

    static AwsError missing(String parameter) {
        return of("MissingParameter", "The request must contain the parameter %s", parameter);
    }

    static AwsError invalid(String message, Object... values) {
        return of("InvalidParameterValue", message, values);
    }

    static AwsError dependency(String message, Object... values) {
        return of("DependencyViolation", message, values);
    }

    static AwsError notStabilized(String type, String id) {
        return of("NotStabilized", "Resource of type '%s' with identifier '%s' did not stabilize.", type, id);
    }

    /** The refusal itself, or that which the service answers when it meets a fault of its own. */
    static AwsError from(RuntimeException e) {
        return e instanceof AwsError refusal ? refusal : of("InternalFailure", "Internal failure: " + e);
    }

    /** The same, of a request that is right in itself but does not fit what there is now, whatever the code says. */
    AwsError asConflict() {
        return new AwsError(code, text(), true);
    }

    /** Whether the request is right in itself. */
    boolean conflict() {
        return conflict;
    }

    String code() {
        return code;
    }

    String text() {
        return String.valueOf(getMessage());
    }

    /** The code of an error as the services write it, in XML or JSON. */
    static Optional<String> codeIn(SimResponse answer) {
        return WRITTEN.matcher(answer.body())
                .results()
                .map(found -> found.group(1) == null ? found.group(2) : found.group(1))
                .findFirst();
    }

    static int status(String code) {
        return STATUS.getOrDefault(code, 400);
    }
}

// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.sim.azure;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Map;

/** A refusal in Resource Manager's form: a status, a code, a message. */
final class ArmError extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /** The status that goes with codes of other than status 400, for errors of which only the code is given. */
    private static final Map<String, Integer> STATUS = Map.ofEntries(
            Map.entry("TooManyRequests", 429),
            Map.entry("SubscriptionRequestsThrottled", 429),
            Map.entry("RetryableError", 429),
            Map.entry("OperationNotAllowed", 409),
            Map.entry("AnotherOperationInProgress", 409),
            Map.entry("Conflict", 409),
            Map.entry("Canceled", 409),
            Map.entry("ResourceGroupBeingDeleted", 409),
            Map.entry("AuthenticationFailed", 401),
            Map.entry("InvalidAuthenticationToken", 401),
            Map.entry("ExpiredAuthenticationToken", 401),
            Map.entry("AuthorizationFailed", 403),
            Map.entry("LinkedAuthorizationFailed", 403),
            Map.entry("RequestDisallowedByPolicy", 403),
            Map.entry("ResourceNotFound", 404),
            Map.entry("ResourceGroupNotFound", 404),
            Map.entry("ParentResourceNotFound", 404),
            Map.entry("NotFound", 404),
            Map.entry("PreconditionFailed", 412),
            Map.entry("InternalServerError", 500),
            Map.entry("ServerTimeout", 503),
            Map.entry("ServiceUnavailable", 503),
            Map.entry("GatewayTimeout", 504));

    private final int status;
    private final String code;
    private final transient List<ArmError> details;
    private final String target;

    ArmError(int status, String code, String message) {
        this(status, code, message, List.of());
    }

    ArmError(int status, String code, String message, List<ArmError> details) {
        this(status, code, message, details, "");
    }

    private ArmError(int status, String code, String message, List<ArmError> details, String target) {
        super(message, null, false, false);
        this.status = status;
        this.code = code;
        this.details = details;
        this.target = target;
    }

    /** The same error, which says what it is about. */
    ArmError at(String what) {
        return new ArmError(status, code, text(), details, what);
    }

    /** An error with the status that the service gives with its code. */
    static ArmError coded(String code, String message) {
        return new ArmError(STATUS.getOrDefault(code, 400), code, message);
    }

    static ArmError badRequest(String code, String message, Object... arguments) {
        return new ArmError(400, code, message.formatted(arguments));
    }

    static ArmError notFound(String code, String message, Object... arguments) {
        return new ArmError(404, code, message.formatted(arguments));
    }

    static ArmError conflict(String code, String message, Object... arguments) {
        return new ArmError(409, code, message.formatted(arguments));
    }

    int status() {
        return status;
    }

    String code() {
        return code;
    }

    String text() {
        return String.valueOf(getMessage());
    }

    /** The object that stands under {@code error} on the wire. */
    ObjectNode toJson() {
        var error = Json.object().put("code", code).put("message", text());
        if (!target.isEmpty()) {
            error.put("target", target);
        }
        var list = error.putArray("details");
        details.forEach(detail -> list.add(detail.toJson()));
        return error;
    }
}

// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.sim.azure;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;

/** A refusal in Resource Manager's form: a status, a code, a message. */
final class ArmError extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final int status;
    private final String code;
    private final transient List<ArmError> details;

    ArmError(int status, String code, String message) {
        this(status, code, message, List.of());
    }

    ArmError(int status, String code, String message, List<ArmError> details) {
        super(message, null, false, false);
        this.status = status;
        this.code = code;
        this.details = details;
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
        var list = error.putArray("details");
        details.forEach(detail -> list.add(detail.toJson()));
        return error;
    }
}

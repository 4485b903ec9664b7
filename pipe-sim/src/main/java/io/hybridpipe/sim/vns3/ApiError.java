// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.sim.vns3;

/** A refusal in the controller's own words: status, error name and message. */
final class ApiError extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final int status;
    private final String name;

    private ApiError(int status, String name, String message) {
        super(message, null, false, false);
        this.status = status;
        this.name = name;
    }

    static ApiError of(int status, String name, String message) {
        return new ApiError(status, name, message);
    }

    /** 400: also what the older resources answer for an unknown id. */
    static ApiError argument(String message) {
        return new ApiError(400, "APIArgumentError", message);
    }

    /** This refusal as the resources below {@code /v2} name it. */
    ApiError asBadRequest() {
        return status == 400 ? new ApiError(400, "APIBadRequestError", text()) : this;
    }

    static ApiError unauthorized(String message) {
        return new ApiError(401, "UnauthorizedError", message);
    }

    static ApiError prerequisite(String message) {
        return new ApiError(403, "PrerequisiteError", message);
    }

    static ApiError notAllowed(String message) {
        return new ApiError(403, "OperationNotAllowedError", message);
    }

    /** 404: unknown paths, and unknown ids of the newer resources. */
    static ApiError notFound(String message) {
        return new ApiError(404, "APINotFoundError", message);
    }

    int status() {
        return status;
    }

    String name() {
        return name;
    }

    String text() {
        return String.valueOf(getMessage());
    }
}

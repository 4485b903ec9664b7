// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.sim.azure;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.hybridpipe.sim.SimRequest;
import io.hybridpipe.sim.SimResponse;
import io.hybridpipe.sim.azure.Operations.Running;
import java.util.Collection;
import java.util.Optional;

/**
 * Resource Manager's answers: bodies, refusals, and the headers that lead to long-running operations.
 *
 * @param retryAfter whole seconds that a client is told to wait; with 0 the header is left out
 */
record Answers(int retryAfter) {

    SimResponse refusal(ArmError error) {
        var body = Json.object();
        body.set("error", error.toJson());
        var answer = SimResponse.json(error.status(), Json.write(body));
        return switch (error.status()) {
            case 401 ->
                answer.withHeader(
                        "WWW-Authenticate",
                        "Bearer authorization_uri=\"https://login.microsoftonline.com/\", error=\"invalid_token\","
                                + " error_description=\"" + error.text().replace('"', '\'') + "\"");
            case 429 -> answer.withHeader("Retry-After", String.valueOf(Math.max(1, retryAfter)));
            default -> answer;
        };
    }

    static SimResponse list(Collection<ObjectNode> items) {
        var body = Json.object();
        body.putArray("value").addAll(items);
        return ok(body);
    }

    static SimResponse ok(JsonNode body) {
        return json(200, body);
    }

    static SimResponse json(int status, JsonNode body) {
        var answer = SimResponse.json(status, Json.write(body));
        return Optional.ofNullable(Json.text(body, "etag"))
                .map(etag -> answer.withHeader("ETag", etag))
                .orElse(answer);
    }

    /** The answer with the time after which to ask again. */
    SimResponse hint(SimResponse answer) {
        return retryAfter == 0 ? answer : answer.withHeader("Retry-After", String.valueOf(retryAfter));
    }

    /** Where to ask how an operation goes: the end of a path of the given word below the operation's own. */
    static String uri(Running operation, String word, SimRequest request) {
        return uri(operation.path(), word, operation.id(), request);
    }

    /** The same for an operation that is known by its path and its id. */
    static String uri(String path, String word, String id, SimRequest request) {
        return endpoint(request) + path + "/" + word + "/" + id + "?api-version="
                + request.query("api-version").orElse("");
    }

    /** How an operation goes: always 200, with a body that says it. */
    SimResponse status(Running operation) {
        var answer = ok(operation.status());
        return operation.isRunning() ? hint(answer) : answer;
    }

    /** What an operation came to: 202 while it runs, then nothing or the error. */
    SimResponse result(Running operation, SimRequest request) {
        if (operation.isRunning()) {
            return hint(SimResponse.of(202)
                    .withHeader("Location", endpoint(request) + request.path() + "?" + request.rawQuery()));
        }
        return operation
                .error()
                .map(this::refusal)
                .orElseGet(() -> SimResponse.of(operation.path().contains("/providers/") ? 204 : 200));
    }

    /** The address that the client called, which is the one it can call again. */
    private static String endpoint(SimRequest request) {
        return "http://" + request.header("Host").orElse("127.0.0.1");
    }

    static ArmError notAllowed(SimRequest request) {
        return new ArmError(
                405,
                "HttpMethodNotAllowed",
                "The HTTP method '%s' is not supported at scope '%s'.".formatted(request.method(), request.path()));
    }

    static ArmError unknownRoute(SimRequest request) {
        return ArmError.notFound("NotFound", "No route matches the path '%s'.", request.path());
    }

    static boolean reads(SimRequest request) {
        return request.method().equals("GET") || request.method().equals("HEAD");
    }
}

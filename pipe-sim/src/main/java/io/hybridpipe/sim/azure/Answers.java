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
            case 429 -> answer.withHeader("Retry-After", String.valueOf(patience()));
            default -> answer;
        };
    }

    /** How many seconds a refused client is told to wait: never 0, which the SDK takes for its own default. */
    int patience() {
        return Math.max(1, retryAfter);
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

    /** The answer with the address at which to ask how an operation of a provider goes. */
    SimResponse withStatus(SimResponse answer, Running operation, SimRequest request) {
        return hint(answer.withHeader("Azure-AsyncOperation", uri(operation, "operations", request)));
    }

    /** The answer with the address at which to ask what an operation of a provider came to. */
    SimResponse withResult(SimResponse answer, Running operation, SimRequest request) {
        // as recorded: the compute provider has one address for both and tells them apart by a parameter
        var address = isCompute(operation)
                ? uri(operation, "operations", request).replace("?", "?monitor=true&")
                : uri(operation, "operationResults", request);
        return hint(answer.withHeader("Location", address));
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

    /** The answer at one of the addresses of a provider's operation. */
    SimResponse watch(Running operation, String word, SimRequest request) {
        return word.equalsIgnoreCase("operations") && request.query("monitor").isEmpty()
                ? status(operation)
                : result(operation, request);
    }

    /** How an operation goes: always 200, with a body that says it. */
    private SimResponse status(Running operation) {
        var body = operation.status();
        if (!isCompute(operation)) {
            body.retain("status", "error");
        }
        return operation.isRunning() ? hint(ok(body)) : ok(body);
    }

    private static boolean isCompute(Running operation) {
        return operation.path().contains("/providers/Microsoft.Compute/");
    }

    /** What an operation came to: 202 while it runs, then what it made, nothing or the error. */
    SimResponse result(Running operation, SimRequest request) {
        if (operation.isRunning()) {
            return hint(SimResponse.of(202)
                    .withHeader("Location", endpoint(request) + request.path() + "?" + request.rawQuery()));
        }
        return operation
                .error()
                .map(this::refusal)
                .or(() -> operation.made().map(Answers::ok))
                .orElseGet(() ->
                        SimResponse.of(operation.path().contains("/providers/") && !isCompute(operation) ? 204 : 200));
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

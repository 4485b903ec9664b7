// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.sim.vns3;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.TextNode;
import io.hybridpipe.sim.Operation;
import io.hybridpipe.sim.SimRequest;
import io.hybridpipe.sim.SimResponse;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;

/** The front of a controller's API: who calls, which operation, may it run now; and the envelope around its answer. */
final class Api {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String ROOT = "/api";

    private final Operations operations;
    private final Settings settings;
    private final Tokens tokens;
    private final Licensing licensing;
    private final Keyset keyset;
    private final AtomicLong lastLog = new AtomicLong(156_348_220L);

    Api(Operations operations, Settings settings, Tokens tokens, Licensing licensing, Keyset keyset) {
        this.operations = operations;
        this.settings = settings;
        this.tokens = tokens;
        this.licensing = licensing;
        this.keyset = keyset;
    }

    List<String> actions() {
        return operations.actions();
    }

    Operation identify(SimRequest request) {
        Optional<Operations.Match> found = find(request);
        return new Operation(
                "vns3",
                found.map(match -> match.operation().action()).orElse(request.method() + " " + request.path()),
                request.path(),
                request.header("Api-Token").isPresent()
                        ? "token"
                        : credentials(request).map(pair -> pair[0]).orElse(""),
                found.isPresent() && !request.method().equals("GET"));
    }

    /** Runs a call and puts its answer or its error into the envelope; called under the controller's lock. */
    SimResponse answer(SimRequest request, String caller) {
        try {
            authenticate(request, caller);
            return run(match(request), request, caller);
        } catch (ApiError refused) {
            return error(request.path().startsWith(ROOT + "/v2/") ? refused.asBadRequest() : refused);
        }
    }

    /** Runs a call of the scene's author; called under the controller's lock. */
    JsonNode perform(String method, String path, String body) {
        String[] parts = path.split("\\?", 2);
        SimRequest request = new SimRequest(method, ROOT + parts[0], parts.length > 1 ? parts[1] : "", Map.of(), body);
        try {
            SimResponse response = run(match(request), request, "127.0.0.1");
            boolean json = response.headers().getOrDefault("Content-Type", List.of()).stream()
                    .anyMatch(type -> type.startsWith("application/json"));
            return json ? JSON.readTree(response.body()).path("response") : TextNode.valueOf(response.body());
        } catch (ApiError refused) {
            throw new IllegalArgumentException(method + " " + path + ": " + refused.text(), refused);
        } catch (JsonProcessingException impossible) {
            throw new IllegalStateException("the answer was made of JSON", impossible);
        }
    }

    private Operations.Match match(SimRequest request) {
        return find(request)
                .orElseThrow(() -> ApiError.notFound(request.method() + " " + request.path() + " does not exist"));
    }

    private SimResponse run(Operations.Match match, SimRequest request, String caller) {
        Operations.Needs needs = match.operation().needs();
        if (needs != Operations.Needs.NOTHING && !licensing.present()) {
            throw ApiError.prerequisite("Must be licensed first.");
        }
        if (needs == Operations.Needs.KEYSET && keyset.keys().isEmpty()) {
            throw ApiError.prerequisite("Keyset is missing");
        }
        return match.operation().responder().apply(new ApiCall(request, match.values(), body(request), caller));
    }

    SimResponse error(ApiError refused) {
        String log = "%d%030d".formatted(lastLog.incrementAndGet(), Math.abs((long)
                refused.text().hashCode()));
        return SimResponse.json(
                refused.status(),
                Json.object()
                        .set(
                                "error",
                                Json.object()
                                        .put("name", refused.name())
                                        .put("log", log)
                                        .put("message", refused.text()))
                        .toString());
    }

    private void authenticate(SimRequest request, String caller) {
        boolean byToken = request.header("Api-Token")
                .filter(token -> tokens.accepts(token, caller))
                .isPresent();
        boolean byPassword = credentials(request)
                .filter(pair -> settings.accepts(pair[0], pair[1]))
                .isPresent();
        if (!byToken && !byPassword) {
            throw ApiError.unauthorized(
                    request.header("Api-Token").isPresent() ? "Invalid or expired token" : "Unauthorized");
        }
    }

    private Optional<Operations.Match> find(SimRequest request) {
        return request.path().startsWith(ROOT + "/")
                ? operations.find(request.method(), request.path().substring(ROOT.length()))
                : Optional.empty();
    }

    private static Optional<String[]> credentials(SimRequest request) {
        return request.header("Authorization")
                .filter(value -> value.startsWith("Basic "))
                .flatMap(value -> decode(value.substring("Basic ".length()).trim()))
                .map(text -> text.split(":", 2))
                .filter(pair -> pair.length == 2);
    }

    private static Optional<String> decode(String base64) {
        try {
            return Optional.of(new String(Base64.getDecoder().decode(base64), StandardCharsets.UTF_8));
        } catch (IllegalArgumentException notBase64) {
            return Optional.empty();
        }
    }

    private static Fields body(SimRequest request) {
        String type = request.header("Content-Type").orElse("application/json");
        if (request.body().isBlank() || type.startsWith("text/plain")) {
            return Fields.none();
        }
        try {
            JsonNode body = JSON.readTree(request.body());
            if (!body.isObject()) {
                throw ApiError.argument("the request body is not a JSON object");
            }
            return new Fields(body);
        } catch (JsonProcessingException notJson) {
            // a license or snapshot whose sender did not set the type
            if (request.method().equals("PUT") && request.body().startsWith("-----BEGIN")) {
                return Fields.none();
            }
            throw ApiError.argument("the request body is not valid JSON");
        }
    }
}

// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.sim.azure;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.hybridpipe.sim.Operation;
import io.hybridpipe.sim.SimRequest;
import io.hybridpipe.sim.SimResponse;
import io.hybridpipe.sim.SimService;
import io.hybridpipe.sim.azure.Operations.Running;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Resource Manager's wire protocol: which call a request is, what goes back for it, and in which headers. */
final class ArmService implements SimService {

    private static final Pattern VERSION = Pattern.compile("\\d{4}-\\d{2}-\\d{2}(-\\w+)?");
    private static final Pattern SUBSCRIPTION = Pattern.compile("\\p{XDigit}{8}(-\\p{XDigit}{4}){3}-\\p{XDigit}{12}");

    /** The status that goes with codes of other than status 400, for errors that a fault rule asks for. */
    private static final Map<String, Integer> STATUS = Map.ofEntries(
            Map.entry("TooManyRequests", 429),
            Map.entry("RetryableError", 429),
            Map.entry("OperationNotAllowed", 409),
            Map.entry("AnotherOperationInProgress", 409),
            Map.entry("Conflict", 409),
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

    private final Estate estate;
    private final Operations operations;
    private final ResourceGroups groups;
    private final Resources resources;
    private final @Nullable String token;
    private final int retryAfter;

    /**
     * @param token the bearer token to ask for, null for none
     * @param retryAfter whole seconds that a client is told to wait
     */
    ArmService(Estate estate, Operations operations, @Nullable String token, int retryAfter) {
        this.estate = estate;
        this.operations = operations;
        this.groups = new ResourceGroups(estate, operations);
        this.resources = new Resources(estate, operations);
        this.token = token;
        this.retryAfter = retryAfter;
    }

    @Override
    public Operation identify(SimRequest request) {
        return ActionNames.of(request);
    }

    @Override
    public SimResponse error(SimRequest request, String code, String message) {
        return refusal(new ArmError(STATUS.getOrDefault(code, 400), code, message));
    }

    private SimResponse refusal(ArmError error) {
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

    @Override
    public SimResponse answer(SimRequest request) {
        try {
            synchronized (estate) {
                return withTracing(route(request));
            }
        } catch (ArmError error) {
            return withTracing(refusal(error));
        }
    }

    private SimResponse withTracing(SimResponse answer) {
        var id = UUID.randomUUID().toString();
        return answer.withHeader("x-ms-request-id", id)
                .withHeader("x-ms-correlation-request-id", id)
                .withHeader("Cache-Control", "no-cache");
    }

    private SimResponse route(SimRequest request) {
        checkToken(request);
        checkVersion(request);
        var path = ArmPath.parse(request.path());
        if (path.subscription().isEmpty()) {
            if (path.endsWith("subscriptions") && reads(request)) {
                return list(estate.subscriptions().stream()
                        .map(Documents::subscription)
                        .toList());
            }
            throw ArmError.notFound(
                    "MissingSubscription",
                    "The request did not have a subscription or a valid tenant level resource provider.");
        }
        checkSubscription(path.subscription());
        if (path.namespace().isEmpty()) {
            return path.group().isEmpty() ? inSubscription(path, request) : group(path, request);
        }
        return inNamespace(path, request);
    }

    private void checkToken(SimRequest request) {
        if (token == null) {
            return;
        }
        var given = request.header("Authorization")
                .orElseThrow(() -> new ArmError(
                        401, "AuthenticationFailed", "Authentication failed. The 'Authorization' header is missing."));
        if (!given.equals("Bearer " + token)) {
            throw new ArmError(401, "InvalidAuthenticationToken", "The access token is invalid.");
        }
    }

    private static void checkVersion(SimRequest request) {
        var version = request.query("api-version")
                .orElseThrow(() -> ArmError.badRequest(
                        "MissingApiVersionParameter",
                        "The api-version query parameter (?api-version=) is required for all requests."));
        if (!VERSION.matcher(version).matches()) {
            throw ArmError.badRequest("InvalidApiVersionParameter", "The api-version '%s' is invalid.", version);
        }
    }

    private void checkSubscription(String id) {
        if (!SUBSCRIPTION.matcher(id).matches()) {
            throw ArmError.badRequest(
                    "InvalidSubscriptionId", "The provided subscription identifier '%s' is malformed or invalid.", id);
        }
        if (!estate.hasSubscription(id)) {
            throw ArmError.notFound("SubscriptionNotFound", "The subscription '%s' could not be found.", id);
        }
    }

    private SimResponse inSubscription(ArmPath path, SimRequest request) {
        var subscription = path.subscription();
        if (path.rest().size() == 2 && path.rest().get(0).equalsIgnoreCase("operationresults")) {
            return result(path.rest().get(1), request);
        }
        if (!reads(request)) {
            throw notAllowed(request);
        }
        if (path.rest().isEmpty()) {
            return ok(Documents.subscription(subscription));
        }
        if (path.endsWith("resourcegroups")) {
            return list(estate.groups(subscription));
        }
        if (path.endsWith("resources")) {
            return list(estate.resources(subscription).stream()
                    .map(Documents::brief)
                    .toList());
        }
        if (path.endsWith("locations")) {
            return list(Kinds.LOCATIONS.stream()
                    .map(name -> Documents.location(subscription, name))
                    .toList());
        }
        if (path.endsWith("providers")) {
            return list(Kinds.ALL.stream()
                    .map(Kind::namespace)
                    .distinct()
                    .map(namespace -> Documents.provider(subscription, namespace))
                    .toList());
        }
        throw unknownRoute(request);
    }

    private SimResponse group(ArmPath path, SimRequest request) {
        var subscription = path.subscription();
        var name = path.group();
        if (path.endsWith("resources") && reads(request)) {
            groups.get(subscription, name);
            return list(estate.resources(subscription, name).stream()
                    .map(Documents::brief)
                    .toList());
        }
        if (!path.rest().isEmpty()) {
            throw unknownRoute(request);
        }
        return switch (request.method()) {
            case "GET" -> ok(groups.get(subscription, name));
            case "HEAD" -> SimResponse.of(estate.group(subscription, name).isPresent() ? 204 : 404);
            case "PUT" -> {
                var isNew = estate.group(subscription, name).isEmpty();
                yield json(isNew ? 201 : 200, groups.put(subscription, name, Json.parse(request.body())));
            }
            case "PATCH" -> ok(groups.tag(subscription, name, Json.parse(request.body())));
            case "DELETE" -> {
                var operation = groups.delete(subscription, name);
                yield hint(
                        SimResponse.of(202).withHeader("Location", resultUri(operation, "operationresults", request)));
            }
            default -> throw notAllowed(request);
        };
    }

    private SimResponse inNamespace(ArmPath path, SimRequest request) {
        var namespace = Kinds.namespace(path.namespace())
                .orElseThrow(() -> ArmError.notFound(
                        "InvalidResourceNamespace", "The resource namespace '%s' is invalid.", path.namespace()));
        var rest = path.rest();
        if (path.group().isEmpty()) {
            if (rest.isEmpty() && reads(request)
                    || path.endsWith("register") && request.method().equals("POST")) {
                return ok(Documents.provider(path.subscription(), namespace));
            }
            if (rest.size() == 4 && rest.get(0).equalsIgnoreCase("locations")) {
                return rest.get(2).equalsIgnoreCase("operations") ? status(rest.get(3)) : result(rest.get(3), request);
            }
        }
        var kind = kind(path, request);
        var id = path.resource();
        return id.isPresent() ? resource(kind, id.get(), request) : list(kind, path, request);
    }

    private static Kind kind(ArmPath path, SimRequest request) {
        var types = path.types();
        return Kinds.find(path.namespace(), types.isEmpty() ? "" : types.get(0))
                .filter(kind -> types.size() == 1 || types.size() == 2 && isChild(kind, types.get(1)))
                .orElseThrow(() -> ArmError.notFound(
                        "InvalidResourceType",
                        "The resource type '%s' could not be found in the namespace '%s' for api version '%s'.",
                        String.join("/", types),
                        path.namespace(),
                        request.query("api-version").orElse("")));
    }

    private static boolean isChild(Kind kind, String type) {
        return kind.child().filter(child -> child.type().equalsIgnoreCase(type)).isPresent();
    }

    private SimResponse list(Kind kind, ArmPath path, SimRequest request) {
        if (!reads(request)) {
            throw notAllowed(request);
        }
        if (!path.group().isEmpty()) {
            groups.get(path.subscription(), path.group());
        }
        if (path.types().size() == 2) {
            var child = kind.child().orElseThrow();
            var parent = new ArmId(
                    path.subscription(),
                    path.group(),
                    kind.namespace(),
                    List.of(kind.type()),
                    List.of(path.rest().get(1)));
            return list(resources.children(parent, child));
        }
        return list(resources.list(kind, path.subscription(), path.group()));
    }

    private SimResponse resource(Kind kind, ArmId id, SimRequest request) {
        return switch (request.method()) {
            case "GET", "HEAD" -> {
                groups.get(id.subscription(), id.group());
                yield ok(resources.get(id));
            }
            case "PUT" -> {
                var accepted = resources.put(kind, id, Json.parse(request.body()), request);
                yield hint(json(accepted.created() ? 201 : 200, accepted.body())
                        .withHeader("Azure-AsyncOperation", statusUri(accepted.operation(), request)));
            }
            case "PATCH" -> {
                if (!id.isTop()) {
                    throw notAllowed(request);
                }
                groups.get(id.subscription(), id.group());
                yield ok(resources.tag(id, Json.parse(request.body())));
            }
            case "DELETE" ->
                resources
                        .delete(kind, id, request)
                        .map(operation -> hint(SimResponse.of(202)
                                .withHeader("Azure-AsyncOperation", statusUri(operation, request))
                                .withHeader("Location", resultUri(operation, "operationResults", request))))
                        .orElseGet(() -> SimResponse.of(204));
            default -> throw notAllowed(request);
        };
    }

    private String statusUri(Running operation, SimRequest request) {
        return resultUri(operation, "operations", request);
    }

    private String resultUri(Running operation, String word, SimRequest request) {
        return endpoint(request) + operation.path() + "/" + word + "/" + operation.id() + "?api-version="
                + request.query("api-version").orElse("");
    }

    /** How an operation goes: always 200, with a body that says it. */
    private SimResponse status(String id) {
        var operation = operation(id);
        var answer = ok(operation.status());
        return operation.isRunning() ? hint(answer) : answer;
    }

    /** What an operation came to: 202 while it runs, then nothing or the error. */
    private SimResponse result(String id, SimRequest request) {
        var operation = operation(id);
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

    private Running operation(String id) {
        return operations
                .find(id)
                .orElseThrow(() -> ArmError.notFound("NotFound", "The operation '%s' was not found.", id));
    }

    private SimResponse hint(SimResponse answer) {
        return retryAfter == 0 ? answer : answer.withHeader("Retry-After", String.valueOf(retryAfter));
    }

    private static boolean reads(SimRequest request) {
        return request.method().equals("GET") || request.method().equals("HEAD");
    }

    private static ArmError notAllowed(SimRequest request) {
        return new ArmError(
                405,
                "HttpMethodNotAllowed",
                "The HTTP method '%s' is not supported at scope '%s'.".formatted(request.method(), request.path()));
    }

    private static ArmError unknownRoute(SimRequest request) {
        return ArmError.notFound("NotFound", "No route matches the path '%s'.", request.path());
    }

    private static SimResponse list(Collection<ObjectNode> items) {
        var body = Json.object();
        body.putArray("value").addAll(items);
        return ok(body);
    }

    private static SimResponse ok(JsonNode body) {
        return json(200, body);
    }

    private static SimResponse json(int status, JsonNode body) {
        var answer = SimResponse.json(status, Json.write(body));
        return Optional.ofNullable(Json.text(body, "etag"))
                .map(etag -> answer.withHeader("ETag", etag))
                .orElse(answer);
    }
}

// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.sim.azure;

import io.hybridpipe.sim.Operation;
import io.hybridpipe.sim.RequestLimit;
import io.hybridpipe.sim.SimRequest;
import io.hybridpipe.sim.SimResponse;
import io.hybridpipe.sim.SimService;
import java.util.Locale;
import java.util.UUID;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Resource Manager's front door: who may come in, with which version, and whose call it is. */
final class ArmService implements SimService {

    private static final Pattern VERSION = Pattern.compile("\\d{4}-\\d{2}-\\d{2}(-\\w+)?");
    private static final Pattern SUBSCRIPTION = Pattern.compile("\\p{XDigit}{8}(-\\p{XDigit}{4}){3}-\\p{XDigit}{12}");

    private final Estate estate;
    private final GroupRoutes groups;
    private final ResourceRoutes resources;
    private final DeploymentRoutes deployments;
    private final Answers answers;
    private final RequestLimit limit;
    private final @Nullable String token;

    /**
     * @param token the bearer token to ask for, null for none
     */
    ArmService(Estate estate, Operations operations, Answers answers, RequestLimit limit, @Nullable String token) {
        this.estate = estate;
        this.groups = new GroupRoutes(estate, operations, answers);
        this.resources = new ResourceRoutes(estate, operations, new Resources(estate, operations), answers);
        this.deployments =
                new DeploymentRoutes(new Deployments(estate, operations, this::answerInside), operations, answers);
        this.answers = answers;
        this.limit = limit;
        this.token = token;
    }

    @Override
    public Operation identify(SimRequest request) {
        return ActionNames.of(request);
    }

    @Override
    public SimResponse error(SimRequest request, String code, String message) {
        return answers.refusal(ArmError.coded(code, message));
    }

    @Override
    public SimResponse answer(SimRequest request) {
        try {
            synchronized (estate) {
                checkToken(request);
                checkLimit(ArmPath.parse(request.path()).subscription(), request);
                return withTracing(route(request));
            }
        } catch (ArmError error) {
            return withTracing(answers.refusal(error));
        }
    }

    /** Answers a call that a deployment makes for the caller that it was admitted with. */
    private SimResponse answerInside(SimRequest request) {
        try {
            return route(request);
        } catch (ArmError error) {
            return answers.refusal(error);
        }
    }

    private static SimResponse withTracing(SimResponse answer) {
        var id = UUID.randomUUID().toString();
        return answer.withHeader("x-ms-request-id", id)
                .withHeader("x-ms-correlation-request-id", id)
                .withHeader("Cache-Control", "no-cache");
    }

    private SimResponse route(SimRequest request) {
        checkVersion(request);
        var path = ArmPath.parse(request.path());
        if (path.subscription().isEmpty()) {
            return groups.subscriptions(path, request);
        }
        checkSubscription(path.subscription());
        if (path.namespace().isEmpty() || path.namespace().equalsIgnoreCase(Deployments.NAMESPACE)) {
            ApiVersions.checkResourceManager(request);
        }
        if (DeploymentRoutes.covers(path)) {
            return deployments.answer(path, request);
        }
        if (Terms.covers(path)) {
            return estate.terms().answer(path, request);
        }
        if (!path.namespace().isEmpty()) {
            return resources.answer(path, request);
        }
        return path.group().isEmpty() ? groups.subscription(path, request) : groups.group(path, request);
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

    private void checkLimit(String subscription, SimRequest request) {
        if (!limit.admits(subscription.toLowerCase(Locale.ROOT))) {
            throw new ArmError(
                    429,
                    "SubscriptionRequestsThrottled",
                    "Number of requests for subscription '%s' and operation '%s' exceeded the backend storage limit. Please try"
                                    .formatted(
                                            subscription,
                                            ActionNames.of(request).action())
                            + " again after '" + answers.patience() + "' seconds.");
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
}

// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.sim.azure;

import io.hybridpipe.sim.SimRequest;
import io.hybridpipe.sim.SimResponse;
import java.util.List;
import java.util.Locale;

/** The calls about deployments, by the page "Deployments" of Resource Manager's REST reference. Guarded by the estate's monitor. */
final class DeploymentRoutes {

    private final Deployments deployments;
    private final Operations operations;
    private final Answers answers;

    DeploymentRoutes(Deployments deployments, Operations operations, Answers answers) {
        this.deployments = deployments;
        this.operations = operations;
        this.answers = answers;
    }

    /** Whether a path leads to deployments in a resource group. */
    static boolean covers(ArmPath path) {
        return !path.group().isEmpty()
                && path.namespace().equalsIgnoreCase(Deployments.NAMESPACE)
                && !path.rest().isEmpty()
                && path.rest().get(0).equalsIgnoreCase(Deployments.TYPE);
    }

    SimResponse answer(ArmPath path, SimRequest request) {
        var rest = path.rest();
        var id = new ArmId(
                path.subscription(),
                path.group(),
                Deployments.NAMESPACE,
                List.of(Deployments.TYPE),
                List.of(rest.size() > 1 ? rest.get(1) : "-"));
        return switch (rest.size()) {
            case 1 -> list(id, request);
            case 2 -> deployment(id, request);
            case 3 -> part(id, rest.get(2).toLowerCase(Locale.ROOT), request);
            case 4 -> part(id, rest.get(2).toLowerCase(Locale.ROOT), rest.get(3), request);
            default -> throw Answers.unknownRoute(request);
        };
    }

    private SimResponse list(ArmId any, SimRequest request) {
        if (!Answers.reads(request)) {
            throw Answers.notAllowed(request);
        }
        return Answers.list(
                deployments.list(any).stream().map(Deployment::toJson).toList());
    }

    private SimResponse deployment(ArmId id, SimRequest request) {
        return switch (request.method()) {
            case "GET" -> Answers.ok(deployments.get(id).toJson());
            case "HEAD" -> SimResponse.of(deployments.find(id).isPresent() ? 204 : 404);
            case "PUT" -> {
                var accepted = deployments.put(id, Json.parse(request.body()));
                var deployment = accepted.deployment();
                yield answers.hint(Answers.json(accepted.created() ? 201 : 200, deployment.toJson())
                        .withHeader(
                                "Azure-AsyncOperation",
                                Answers.uri(
                                        deployment.id().toString(),
                                        "operationStatuses",
                                        deployment.operation(),
                                        request)));
            }
            case "DELETE" ->
                deployments
                        .delete(id)
                        .map(operation -> answers.hint(SimResponse.of(202)
                                .withHeader("Location", Answers.uri(operation, "operationresults", request))))
                        .orElseGet(() -> SimResponse.of(204));
            default -> throw Answers.notAllowed(request);
        };
    }

    private SimResponse part(ArmId id, String word, SimRequest request) {
        return switch (request.method() + " " + word) {
            case "GET operations" -> Answers.list(deployments.get(id).operations());
            case "POST validate" -> Answers.ok(deployments.validate(id, Json.parse(request.body())));
            case "POST cancel" -> {
                deployments.cancel(id);
                yield SimResponse.of(204);
            }
            case "POST exporttemplate" ->
                Answers.ok(Json.object().set("template", deployments.get(id).template()));
            default -> throw Answers.unknownRoute(request);
        };
    }

    private SimResponse part(ArmId id, String word, String name, SimRequest request) {
        return switch (request.method() + " " + word) {
            case "GET operations" ->
                deployments.get(id).operations().stream()
                        .filter(operation ->
                                operation.path("operationId").asText().equals(name))
                        .findFirst()
                        .map(Answers::ok)
                        .orElseThrow(() -> ArmError.notFound(
                                "DeploymentOperationNotFound", "Deployment operation '%s' could not be found.", name));
            case "GET operationstatuses" -> {
                var deployment = deployments.get(id);
                if (!deployment.operation().equals(name)) {
                    throw ArmError.notFound("NotFound", "The operation '%s' was not found.", name);
                }
                var answer = Answers.ok(deployment.status());
                yield deployment.isActive() ? answers.hint(answer) : answer;
            }
            case "GET operationresults" -> answers.result(operations.get(name), request);
            default -> throw Answers.unknownRoute(request);
        };
    }
}

// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.sim.azure;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.hybridpipe.sim.SimRequest;
import io.hybridpipe.sim.SimResponse;
import java.util.List;
import java.util.Optional;

/** The calls to a resource provider: its resources, lists of them, and its operations. Guarded by the estate's monitor. */
final class ResourceRoutes {

    private final Estate estate;
    private final Operations operations;
    private final Resources resources;
    private final Machines machines;
    private final Answers answers;

    ResourceRoutes(Estate estate, Operations operations, Resources resources, Answers answers) {
        this.estate = estate;
        this.operations = operations;
        this.resources = resources;
        this.machines = new Machines(estate, resources, answers);
        this.answers = answers;
    }

    SimResponse answer(ArmPath path, SimRequest request) {
        var namespace = Optional.of(Deployments.NAMESPACE)
                .filter(path.namespace()::equalsIgnoreCase)
                .or(() -> Kinds.namespace(path.namespace()))
                .orElseThrow(() -> ArmError.notFound(
                        "InvalidResourceNamespace", "The resource namespace '%s' is invalid.", path.namespace()));
        var rest = path.rest();
        if (path.group().isEmpty()) {
            if (rest.isEmpty() && Answers.reads(request)
                    || path.endsWith("register") && request.method().equals("POST")) {
                return Answers.ok(Documents.provider(path.subscription(), namespace));
            }
            if (rest.size() == 4 && rest.get(0).equalsIgnoreCase("locations")) {
                var operation = operations.get(rest.get(3));
                return answers.watch(operation, rest.get(2), request);
            }
        }
        var kind = kind(path, request);
        var id = path.resource();
        ApiVersions.check(kind, path.types(), id.flatMap(estate::top).map(Resource::location), request);
        if (Machines.covers(path)) {
            return machines.answer(path, request);
        }
        return id.isPresent() ? resource(kind, id.get(), request) : list(kind, path, request);
    }

    private static Kind kind(ArmPath path, SimRequest request) {
        var types = path.types();
        return Kinds.find(path.namespace(), types.isEmpty() ? "" : types.get(0))
                .filter(kind -> types.size() == 1
                        || types.size() == 2 && kind.child(types.get(1)).isPresent()
                        || Machines.covers(path))
                .orElseThrow(() -> ArmError.notFound(
                        "InvalidResourceType",
                        "The resource type '%s' could not be found in the namespace '%s' for api version '%s'.",
                        String.join("/", types),
                        path.namespace(),
                        request.query("api-version").orElse("")));
    }

    private SimResponse list(Kind kind, ArmPath path, SimRequest request) {
        if (!Answers.reads(request)) {
            throw Answers.notAllowed(request);
        }
        if (!path.group().isEmpty()) {
            checkGroup(path.subscription(), path.group());
        }
        if (path.types().size() == 2) {
            var parent = new ArmId(
                    path.subscription(),
                    path.group(),
                    kind.namespace(),
                    List.of(kind.type()),
                    List.of(path.rest().get(1)));
            return Answers.list(
                    resources.children(parent, kind.child(path.types().get(1)).orElseThrow()));
        }
        return Answers.list(resources.list(kind, path.subscription(), path.group()));
    }

    private SimResponse resource(Kind kind, ArmId id, SimRequest request) {
        return switch (request.method()) {
            case "GET" -> {
                var body = resources.get(id);
                if (kind instanceof VirtualMachines
                        && request.query("$expand")
                                .filter("instanceView"::equalsIgnoreCase)
                                .isPresent()) {
                    machines.expand(id, body);
                }
                yield Answers.ok(body);
            }
            // the generic question whether something is there, of which only the status counts
            case "HEAD" -> {
                resources.get(id);
                yield SimResponse.of(204);
            }
            case "PUT" -> put(kind, id, Json.parse(request.body()), request);
            case "PATCH" -> {
                if (!id.isTop()) {
                    throw Answers.notAllowed(request);
                }
                var sent = Json.parse(request.body());
                // networks take tags only; what else is sent to a machine or disk is merged into what there is
                yield kind.namespace().equals("Microsoft.Network") || !sent.has("properties")
                        ? Answers.ok(resources.tag(id, sent))
                        : put(kind, id, Json.merged(resources.existing(id).body(), sent), request);
            }
            case "DELETE" ->
                resources
                        .delete(kind, id, request)
                        .map(operation -> answers.withResult(
                                answers.withStatus(SimResponse.of(202), operation, request), operation, request))
                        .orElseGet(() -> SimResponse.of(204));
            default -> throw Answers.notAllowed(request);
        };
    }

    private SimResponse put(Kind kind, ArmId id, ObjectNode body, SimRequest request) {
        var accepted = resources.put(kind, id, body, request);
        var operation = accepted.operation();
        if (kind.onlyAccepts()) {
            operation.makes(() -> resources.get(id));
            return answers.withResult(
                    answers.withStatus(Answers.json(202, accepted.body()), operation, request), operation, request);
        }
        return answers.withStatus(Answers.json(accepted.created() ? 201 : 200, accepted.body()), operation, request);
    }

    private void checkGroup(String subscription, String name) {
        if (estate.group(subscription, name).isEmpty()) {
            throw ArmError.notFound("ResourceGroupNotFound", "Resource group '%s' could not be found.", name);
        }
    }
}

// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.sim.azure;

import io.hybridpipe.sim.SimRequest;
import io.hybridpipe.sim.SimResponse;
import java.util.List;
import java.util.stream.Stream;

/** The calls to a subscription and to its resource groups. Guarded by the estate's monitor. */
final class GroupRoutes {

    private final Estate estate;
    private final Operations operations;
    private final ResourceGroups groups;
    private final Answers answers;

    GroupRoutes(Estate estate, Operations operations, Answers answers) {
        this.estate = estate;
        this.operations = operations;
        this.groups = new ResourceGroups(estate, operations);
        this.answers = answers;
    }

    SimResponse subscriptions(ArmPath path, SimRequest request) {
        if (path.endsWith("subscriptions") && Answers.reads(request)) {
            return Answers.list(
                    estate.subscriptions().stream().map(Documents::subscription).toList());
        }
        throw ArmError.notFound(
                "MissingSubscription",
                "The request did not have a subscription or a valid tenant level resource provider.");
    }

    SimResponse subscription(ArmPath path, SimRequest request) {
        var subscription = path.subscription();
        if (path.rest().size() == 2 && path.rest().get(0).equalsIgnoreCase("operationresults")) {
            return answers.result(operations.get(path.rest().get(1)), request);
        }
        if (!Answers.reads(request)) {
            throw Answers.notAllowed(request);
        }
        if (path.rest().isEmpty()) {
            return Answers.ok(Documents.subscription(subscription));
        }
        if (path.endsWith("resourcegroups")) {
            return Answers.list(ResourceFilter.apply(request, estate.groups(subscription)));
        }
        if (path.endsWith("resources")) {
            return brief(estate.resources(subscription), request);
        }
        if (path.endsWith("locations")) {
            return Answers.list(Kinds.LOCATIONS.stream()
                    .map(name -> Documents.location(subscription, name))
                    .toList());
        }
        if (path.endsWith("providers")) {
            return Answers.list(Stream.concat(
                            Stream.of(Deployments.NAMESPACE), Kinds.ALL.stream().map(Kind::namespace))
                    .distinct()
                    .map(namespace -> Documents.provider(subscription, namespace))
                    .toList());
        }
        throw Answers.unknownRoute(request);
    }

    private static SimResponse brief(List<Resource> resources, SimRequest request) {
        return Answers.list(ResourceFilter.apply(
                request, resources.stream().map(Documents::brief).toList()));
    }

    SimResponse group(ArmPath path, SimRequest request) {
        var subscription = path.subscription();
        var name = path.group();
        if (path.endsWith("resources") && Answers.reads(request)) {
            groups.get(subscription, name);
            return brief(estate.resources(subscription, name), request);
        }
        if (!path.rest().isEmpty()) {
            throw Answers.unknownRoute(request);
        }
        return switch (request.method()) {
            case "GET" -> Answers.ok(groups.get(subscription, name));
            case "HEAD" -> SimResponse.of(estate.group(subscription, name).isPresent() ? 204 : 404);
            case "PUT" -> {
                var isNew = estate.group(subscription, name).isEmpty();
                yield Answers.json(isNew ? 201 : 200, groups.put(subscription, name, Json.parse(request.body())));
            }
            case "PATCH" -> Answers.ok(groups.tag(subscription, name, Json.parse(request.body())));
            case "DELETE" -> {
                var operation = groups.delete(subscription, name);
                yield answers.hint(SimResponse.of(202)
                        .withHeader("Location", Answers.uri(operation, "operationresults", request)));
            }
            default -> throw Answers.notAllowed(request);
        };
    }
}

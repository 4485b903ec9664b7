// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.sim.azure;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.hybridpipe.sim.SimRequest;
import io.hybridpipe.sim.azure.Operations.Running;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What can be done with a resource, the same for all types: read, put, tag, delete. A child is put and deleted by changing
 * its parent, so each body passes the same checks whichever way it came.
 *
 * <p>Guarded by the estate's monitor.
 */
final class Resources {

    /**
     * An accepted change.
     *
     * @param created whether the resource was not there before
     * @param body the resource as it is right after
     */
    record Accepted(boolean created, ObjectNode body, Running operation) {}

    private final Estate estate;
    private final Operations operations;

    Resources(Estate estate, Operations operations) {
        this.estate = estate;
        this.operations = operations;
    }

    /** The resource as it is shown. */
    ObjectNode get(ArmId id) {
        var top = existing(id);
        return Estate.find(show(top), id.toString())
                .orElseThrow(() -> ArmError.notFound("NotFound", "Resource %s not found.", id));
    }

    /** The resources of one kind in a group or, with an empty group, in a subscription. */
    List<ObjectNode> list(Kind kind, String subscription, String group) {
        return estate.resources(subscription).stream()
                .filter(resource -> resource.kind() == kind)
                .filter(resource -> group.isEmpty() || resource.id().group().equalsIgnoreCase(group))
                .map(this::show)
                .toList();
    }

    /** The children of one resource. */
    List<ObjectNode> children(ArmId parent, Kind.Child child) {
        return Json.objects(get(parent).path("properties").path(child.type()));
    }

    ObjectNode show(Resource resource) {
        var body = resource.body().deepCopy();
        resource.kind().show(body, estate);
        return body;
    }

    Accepted put(Kind kind, ArmId asked, ObjectNode sent, SimRequest request) {
        var group = openGroup(asked);
        var top = estate.top(asked);
        if (!asked.isTop() && top.isEmpty()) {
            throw missingParent(asked);
        }
        var id = spelled(kind, asked, group, top);
        var before = top.map(Resource::body).orElse(null);
        var existing = before == null ? Optional.<ObjectNode>empty() : Estate.find(before, id.toString());
        checkCondition(request, existing);
        top.ifPresent(this::checkIdle);
        var after = asked.isTop()
                ? Bodies.whole(kind, id, sent, before, estate)
                : Bodies.withChild(kind, before(before), id, sent);
        var syncs = request.query("syncRemoteAddressSpace")
                .filter("true"::equalsIgnoreCase)
                .isPresent();
        kind.settle(new Kind.Change(id.top(), id, before, after, syncs, estate));
        new Pointers(estate, id).check(before, after);

        var resource = top.orElseGet(() -> new Resource(id.top(), kind, after));
        var created = existing.isEmpty();
        var state = created && id.isTop() ? kind.whileCreating() : "Updating";
        var atOnce = state.equals("Succeeded");
        Bodies.state(kind, after, id, state);
        Bodies.newEtag(after, estate);
        resource.body(after);
        estate.put(resource);
        var power = resource.power();
        kind.accepted(resource, estate);
        if (atOnce) {
            estate.takeEffect(resource);
        }
        Ripples.spread(estate);
        var operation = start(
                resource,
                id,
                "write",
                () -> {
                    if (!atOnce) {
                        succeed(resource);
                    }
                },
                () -> {
                    resource.power(power);
                    if (atOnce) {
                        estate.loseEffect(resource);
                    }
                });
        if (atOnce) {
            resource.busyWith(null);
        }
        return new Accepted(created, get(id), operation);
    }

    /** Replaces the tags of a resource, at once. */
    ObjectNode tag(ArmId id, ObjectNode sent) {
        var resource = estate.top(id).filter(top -> id.isTop()).orElseThrow(() -> missing(id));
        checkIdle(resource);
        if (sent.get("tags") instanceof ObjectNode tags) {
            resource.body().set("tags", tags.deepCopy());
            Bodies.newEtag(resource.body(), estate);
        }
        return show(resource);
    }

    /** Begins to delete a resource; empty if there is none. */
    Optional<Running> delete(Kind kind, ArmId asked, SimRequest request) {
        var group = openGroup(asked);
        var top = estate.top(asked);
        if (top.isEmpty()) {
            if (!asked.isTop()) {
                throw missingParent(asked);
            }
            return Optional.empty();
        }
        var resource = top.get();
        var id = spelled(kind, asked, group, top);
        var existing = Estate.find(resource.body(), id.toString());
        if (existing.isEmpty()) {
            return Optional.empty();
        }
        checkCondition(request, existing);
        checkIdle(resource);
        if (id.isTop()) {
            kind.release(new Kind.Change(id, id, resource.body(), null, false, estate));
            Bodies.state(kind, resource.body(), id, "Deleting");
            return Optional.of(start(
                    resource,
                    id,
                    "delete",
                    () -> {
                        estate.remove(resource);
                        kind.gone(resource, estate);
                        Ripples.spread(estate);
                    },
                    () -> {}));
        }
        var after = Bodies.withoutChild(resource.body(), id);
        kind.settle(new Kind.Change(id.top(), id, resource.body(), after, false, estate));
        Bodies.state(kind, resource.body(), id, "Deleting");
        return Optional.of(start(
                resource,
                id,
                "delete",
                () -> {
                    resource.body(Bodies.withoutChild(resource.body(), id));
                    succeed(resource);
                },
                () -> {}));
    }

    /** The resource of this id, which must be there. */
    Resource existing(ArmId id) {
        if (estate.group(id.subscription(), id.group()).isEmpty()) {
            throw ArmError.notFound("ResourceGroupNotFound", "Resource group '%s' could not be found.", id.group());
        }
        return estate.top(id).orElseThrow(() -> missing(id.top()));
    }

    /**
     * Begins an action on a resource.
     *
     * @param verb the action's name, such as {@code start/action}
     */
    Running act(Resource resource, String verb, Runnable succeed, Runnable fail) {
        openGroup(resource.id());
        checkIdle(resource);
        Bodies.state(resource.kind(), resource.body(), resource.id(), "Updating");
        return start(
                resource,
                resource.id(),
                verb,
                () -> {
                    succeed.run();
                    succeed(resource);
                },
                fail);
    }

    private Running start(Resource resource, ArmId id, String verb, Runnable succeed, Runnable fail) {
        var path = "/subscriptions/%s/providers/%s/locations/%s"
                .formatted(id.subscription(), id.namespace(), resource.location());
        resource.failure(null);
        var number = resource.begin();
        var operation = operations.start(id.type() + "/" + verb, path, succeed, error -> {
            if (!resource.isLatest(number)) {
                // what is in effect at once can be changed before its operation ends: that change decides
                return;
            }
            resource.busyWith(null);
            resource.failure(error);
            fail.run();
            Bodies.state(resource.kind(), resource.body(), id, "Failed");
            Ripples.spread(estate);
        });
        resource.busyWith(path + "/operations/" + operation.id());
        return operation;
    }

    private void succeed(Resource resource) {
        resource.busyWith(null);
        Bodies.settled(resource.kind(), resource.body());
        Bodies.newEtag(resource.body(), estate);
        resource.kind().inEffect(resource);
        estate.takeEffect(resource);
        Ripples.spread(estate);
    }

    /** The group, which must be there and stay. */
    private ObjectNode openGroup(ArmId id) {
        var group = estate.group(id.subscription(), id.group())
                .orElseThrow(() -> ArmError.notFound(
                        "ResourceGroupNotFound", "Resource group '%s' could not be found.", id.group()));
        if (group.path("properties").path("provisioningState").asText().equals("Deleting")) {
            throw ArmError.conflict(
                    "ResourceGroupBeingDeleted",
                    "The resource group '%s' is in deprovisioning state and cannot perform this operation.",
                    id.group());
        }
        return group;
    }

    /** The id with names spelled as they were at creation, and types as the service spells them. */
    private static ArmId spelled(Kind kind, ArmId asked, ObjectNode group, Optional<Resource> top) {
        var id = top.map(Resource::id)
                .orElseGet(() -> new ArmId(
                        asked.subscription(),
                        group.path("name").asText(),
                        kind.namespace(),
                        List.of(kind.type()),
                        asked.names().subList(0, 1)));
        if (asked.isTop()) {
            return id;
        }
        var child = id.child(kind.child(asked.types().get(1)).orElseThrow().type(), asked.name());
        return top.flatMap(parent -> Estate.find(parent.body(), child.toString()))
                .map(node -> id.child(child.types().get(1), node.path("name").asText()))
                .orElse(child);
    }

    private static ObjectNode before(@Nullable ObjectNode before) {
        if (before == null) {
            throw new IllegalStateException("a child was to be put into a parent that is not there");
        }
        return before;
    }

    private static ArmError missing(ArmId id) {
        return ArmError.notFound(
                "ResourceNotFound",
                "The Resource '%s/%s' under resource group '%s' was not found. For more details please go to"
                        + " https://aka.ms/ARMResourceNotFoundFix",
                id.type(),
                id.name(),
                id.group());
    }

    private static ArmError missingParent(ArmId id) {
        return ArmError.notFound(
                "ParentResourceNotFound",
                "Can not perform requested operation on nested resource. Parent resource '%s' not found.",
                id.top().name());
    }

    private void checkIdle(Resource resource) {
        if (resource.busyWith() != null) {
            throw ArmError.conflict(
                    resource.kind().whenBusy(),
                    "Another operation on this or dependent resource is in progress. To retrieve status of the operation use"
                            + " uri: %s",
                    resource.busyWith());
        }
    }

    private static void checkCondition(SimRequest request, Optional<ObjectNode> existing) {
        var etag = existing.map(node -> node.path("etag").asText()).orElse("");
        var wrongMatch = request.header("If-Match")
                .filter(wanted -> existing.isEmpty() || !(wanted.equals("*") || wanted.equals(etag)))
                .isPresent();
        var wrongNoneMatch = request.header("If-None-Match")
                .filter(unwanted -> existing.isPresent() && (unwanted.equals("*") || unwanted.equals(etag)))
                .isPresent();
        if (wrongMatch || wrongNoneMatch) {
            throw new ArmError(412, "PreconditionFailed", "The condition set by the request's headers was not met.");
        }
    }
}

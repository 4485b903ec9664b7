// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.sim.azure;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.hybridpipe.sim.azure.Operations.Running;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/** What can be done with a resource group. Guarded by the estate's monitor. */
final class ResourceGroups {

    static final int LONGEST_NAME = 90;
    private static final Pattern NAME =
            Pattern.compile("[-\\w._()]{0," + (LONGEST_NAME - 1) + "}[-\\w_()]", Pattern.UNICODE_CHARACTER_CLASS);

    private final Estate estate;
    private final Operations operations;

    ResourceGroups(Estate estate, Operations operations) {
        this.estate = estate;
        this.operations = operations;
    }

    ObjectNode get(String subscription, String name) {
        return estate.group(subscription, name)
                .orElseThrow(() ->
                        ArmError.notFound("ResourceGroupNotFound", "Resource group '%s' could not be found.", name));
    }

    /** Creates or updates; the state is Succeeded at once. */
    ObjectNode put(String subscription, String name, ObjectNode sent) {
        if (!NAME.matcher(name).matches()) {
            throw ArmError.badRequest(
                    "InvalidResourceGroup",
                    "The provided resource group name '%s' is not valid: it has up to 90 letters, digits and '-', '.', '(',"
                            + " ')' or '_', and does not end in a period.",
                    name);
        }
        var given = Json.text(sent, "location");
        if (given == null || given.isBlank()) {
            throw ArmError.badRequest("LocationRequired", "The location property is required for this definition.");
        }
        var location = Bodies.location(given)
                .orElseThrow(() -> ArmError.badRequest(
                        "LocationNotAvailableForResourceGroup",
                        "The provided location '%s' is not available for resource group. List of available regions is '%s'.",
                        given,
                        String.join(",", Kinds.LOCATIONS)));
        var before = estate.group(subscription, name);
        before.ifPresent(group -> {
            checkOpen(group);
            if (!location.equals(Json.text(group, "location"))) {
                throw ArmError.conflict(
                        "InvalidResourceGroupLocation",
                        "Invalid resource group location '%s'. The Resource group already exists in location '%s'.",
                        location,
                        group.path("location").asText());
            }
        });
        var spelled = before.map(group -> group.path("name").asText()).orElse(name);
        var body = Json.object()
                .put("id", "/subscriptions/" + subscription + "/resourceGroups/" + spelled)
                .put("name", spelled)
                .put("type", "Microsoft.Resources/resourceGroups")
                .put("location", location);
        for (var kept : List.of("tags", "managedBy")) {
            if (sent.hasNonNull(kept)) {
                body.set(kept, sent.get(kept).deepCopy());
            }
        }
        body.putObject("properties").put("provisioningState", "Succeeded");
        estate.putGroup(subscription, spelled, body);
        return body;
    }

    /** Replaces the tags, at once. */
    ObjectNode tag(String subscription, String name, ObjectNode sent) {
        var group = get(subscription, name);
        checkOpen(group);
        if (sent.get("tags") instanceof ObjectNode tags) {
            group.set("tags", tags.deepCopy());
        }
        return group;
    }

    private static void checkOpen(ObjectNode group) {
        if (Bodies.stateOf(group).equals("Deleting")) {
            throw ArmError.conflict(
                    "ResourceGroupBeingDeleted",
                    "The resource group '%s' is in deprovisioning state and cannot perform this operation.",
                    group.path("name").asText());
        }
    }

    /** Begins to delete a group with all that is in it. It fails at its end if something outside depends on what is inside. */
    Running delete(String subscription, String name) {
        var group = get(subscription, name);
        checkOpen(group);
        Json.objectIn(group, "properties").put("provisioningState", "Deleting");
        return operations.start(
                "Microsoft.Resources/subscriptions/resourceGroups/delete",
                "/subscriptions/" + subscription,
                () -> {
                    checkNotNeeded(subscription, name);
                    estate.removeGroup(subscription, name);
                    Ripples.spread(estate);
                },
                error -> Json.objectIn(group, "properties").put("provisioningState", "Succeeded"));
    }

    private void checkNotNeeded(String subscription, String name) {
        var blocked = new ArrayList<ArmError>();
        for (var resource : estate.resources(subscription, name)) {
            for (var owner : estate.resources()) {
                var inside = owner.id().subscription().equalsIgnoreCase(subscription)
                        && owner.id().group().equalsIgnoreCase(name);
                var needs = References.in(owner.body()).stream()
                        .filter(reference -> !Peerings.isPointer(reference.path()))
                        .anyMatch(reference ->
                                reference.to().equalsIgnoreCase(resource.id().toString())
                                        || reference
                                                .to()
                                                .toLowerCase(Locale.ROOT)
                                                .startsWith(resource.id().key() + "/"));
                if (!inside && needs) {
                    blocked.add(ArmError.badRequest(
                            "CannotDeleteResource",
                            "Resource %s is in use by %s and cannot be deleted.",
                            resource.id(),
                            owner.id()));
                }
            }
        }
        if (!blocked.isEmpty()) {
            throw new ArmError(
                    409,
                    "ResourceGroupDeletionBlocked",
                    "Deletion of resource group '%s' failed as resources with identifiers in it are in use."
                            .formatted(name),
                    blocked);
        }
    }
}

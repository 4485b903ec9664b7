// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.sim.azure;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.hybridpipe.sim.azure.References.Reference;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Checks what a body points to: written as an id, there, in the same place, and, if the pointer is new, settled. */
final class Pointers {

    private final Estate estate;
    private final ArmId owner;

    /**
     * @param owner the resource, or the child of one, that a call names
     */
    Pointers(Estate estate, ArmId owner) {
        this.estate = estate;
        this.owner = owner;
    }

    void check(@Nullable ObjectNode before, ObjectNode after) {
        var old = new HashSet<String>();
        if (before != null) {
            References.in(before).forEach(reference -> old.add(reference.to().toLowerCase(Locale.ROOT)));
        }
        for (var reference : References.in(after)) {
            var id = ArmId.parse(reference.to())
                    .orElseThrow(() -> ArmError.badRequest(
                            "LinkedInvalidPropertyId",
                            "Property id '%s' at path '%s' is invalid. Expect fully qualified resource Id that start with"
                                    + " '/subscriptions/{subscriptionId}' or '/providers/{resourceProviderNamespace}/'.",
                            reference.to(),
                            reference.path()));
            var known = Kinds.find(id.namespace(), id.types().get(0)).isPresent();
            if (!known && !owner.namespace().equals("Microsoft.Network")) {
                // images, disks and their kin: the stand-in has none, a virtual machine may name them all the same
                continue;
            }
            var isNew = old.add(id.key());
            if (Peerings.isPointer(reference.path())) {
                if (isNew || reference.from().equalsIgnoreCase(owner.toString())) {
                    checkPeering(reference, id);
                }
            } else {
                check(reference, id, after.path("location").asText(), isNew);
            }
        }
    }

    private void check(Reference reference, ArmId id, String location, boolean isNew) {
        var target = estate.node(id).flatMap(node -> estate.top(id));
        if (target.isEmpty() || !target.get().location().equals(location)) {
            throw ArmError.badRequest(
                    "InvalidResourceReference",
                    "Resource %s referenced by resource %s was not found. Please make sure that the referenced resource"
                            + " exists, and that both resources are in the same region.",
                    reference.to(),
                    owner);
        }
        if (isNew && target.get().busyWith() != null) {
            throw new ArmError(
                    429, "RetryableError", "A retryable error occurred.", List.of(unsettled(reference, target.get())));
        }
    }

    /** Peerings reach into other regions and subscriptions; the service refuses them with codes of their own. */
    private void checkPeering(Reference reference, ArmId id) {
        if (!estate.hasSubscription(id.subscription())) {
            throw new ArmError(
                    403,
                    "LinkedAuthorizationFailed",
                    "The client has permission to perform action 'Microsoft.Network/virtualNetworks/peer/action' on scope '%s',"
                                    .formatted(owner)
                            + " however the current tenant is not authorized to access linked subscription '%s'."
                                    .formatted(id.subscription()));
        }
        var target = estate.node(id)
                .flatMap(node -> estate.top(id))
                .orElseThrow(() -> ArmError.badRequest(
                        "InvalidGlobalResourceReference",
                        "Resource %s referenced by resource %s was not found. Please make sure that the referenced resource exists.",
                        reference.to(),
                        reference.from()));
        if (target.busyWith() != null && !target.id().key().equals(owner.top().key())) {
            throw unsettled(reference, target);
        }
    }

    private static ArmError unsettled(Reference reference, Resource target) {
        return ArmError.badRequest(
                "ReferencedResourceNotProvisioned",
                "Cannot proceed with operation because resource %s used by resource %s is not in Succeeded state. Resource is"
                        + " in %s state.",
                reference.to(),
                reference.from(),
                Bodies.stateOf(target.body()));
    }
}

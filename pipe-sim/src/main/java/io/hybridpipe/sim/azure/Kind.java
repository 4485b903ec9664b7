// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.sim.azure;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What one resource type demands of a body, adds to it and shows with it. Stateless. */
interface Kind {

    /**
     * A type of a kind's children, which are resources of their own and stand in their parent's body too.
     *
     * @param type such as {@code subnets}
     * @param derived what a client reads in a child and cannot write
     * @param stay whether they stay when a whole new body of the parent leaves out the list of them
     */
    record Child(String type, List<String> derived, boolean stay) {

        /** Those that go when a new body of the parent does not have them. */
        Child(String type, List<String> derived) {
            this(type, derived, false);
        }
    }

    /**
     * A body about to be stored, or, when {@code after} is null, a resource about to go.
     *
     * @param id the resource
     * @param asked what the call names: the resource or one of its children
     * @param before what was stored until now, null for a new resource
     * @param syncs whether the call wants what is known of other resources brought up to date
     */
    record Change(
            ArmId id,
            ArmId asked,
            @Nullable ObjectNode before,
            @Nullable ObjectNode after,
            boolean syncs,
            Estate estate) {

        /** Whether the call is about this part: it names it, or brings it in for the first time. */
        boolean asks(ObjectNode part) {
            var partId = part.path("id").asText();
            return asked.toString().equalsIgnoreCase(partId)
                    || before == null
                    || Estate.find(before, partId).isEmpty();
        }

        /** The properties of the body about to be stored. */
        ObjectNode properties() {
            return Json.objectIn(body(), "properties");
        }

        ObjectNode body() {
            if (after == null) {
                throw new IllegalStateException(id + " is about to go and has no new body");
            }
            return after;
        }
    }

    /** The namespace, such as {@code Microsoft.Network}. */
    String namespace();

    /** The type in its namespace, such as {@code virtualNetworks}. */
    String type();

    /** The types of children, if it has some; they stand in the list of properties that is named as their type. */
    default List<Child> children() {
        return List.of();
    }

    /** The children of this type, whatever the case. */
    default Optional<Child> child(String type) {
        return children().stream()
                .filter(child -> child.type().equalsIgnoreCase(type))
                .findFirst();
    }

    /** The properties that a client reads and cannot write; when sent they are ignored. */
    List<String> derived();

    /** The {@code provisioningState} of a new resource until its operation has ended. */
    default String whileCreating() {
        return "Updating";
    }

    /** Whether a {@code PUT} is answered with 202, and what came of it can be asked for at {@code Location} too. */
    default boolean onlyAccepts() {
        return false;
    }

    /** The code with which a second change is refused while one is under way. */
    default String whenBusy() {
        return "AnotherOperationInProgress";
    }

    /** Checks a body and completes it with defaults and with what the service allocates. */
    void settle(Change change);

    /** Refuses a deletion that others depend on. */
    void release(Change change);

    /** Adds to a copy of a body what the service derives from other resources. */
    void show(ObjectNode body, Estate estate);

    /** Makes what the service makes along with a resource whose body was stored. */
    default void accepted(Resource resource, Estate estate) {
        // most types come alone
    }

    /** Follows a resource that an operation has brought into effect. */
    default void inEffect(Resource resource) {
        // most types do nothing by themselves
    }

    /** Takes away what goes with a resource that is gone. */
    default void gone(Resource resource, Estate estate) {
        // most types go alone
    }
}

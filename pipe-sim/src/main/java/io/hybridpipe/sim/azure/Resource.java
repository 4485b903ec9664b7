// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.sim.azure;

import com.fasterxml.jackson.databind.node.ObjectNode;
import org.jspecify.annotations.Nullable;

/** One resource with its children. Guarded by its estate. */
final class Resource {

    private final ArmId id;
    private final Kind kind;
    private ObjectNode body;
    /** What packets meet: the body as of the last operation that succeeded; null until the first has. */
    private @Nullable ObjectNode effective;
    /** Where to ask for the operation that is changing it; null when none is. */
    private @Nullable String busyWith;

    Resource(ArmId id, Kind kind, ObjectNode body) {
        this.id = id;
        this.kind = kind;
        this.body = body;
    }

    ArmId id() {
        return id;
    }

    Kind kind() {
        return kind;
    }

    ObjectNode body() {
        return body;
    }

    void body(ObjectNode changed) {
        this.body = changed;
    }

    @Nullable
    ObjectNode effective() {
        return effective;
    }

    void takeEffect() {
        effective = body.deepCopy();
    }

    @Nullable
    String busyWith() {
        return busyWith;
    }

    void busyWith(@Nullable String operation) {
        this.busyWith = operation;
    }

    String location() {
        return body.path("location").asText();
    }
}

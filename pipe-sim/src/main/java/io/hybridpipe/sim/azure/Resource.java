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
    /** How many operations it has seen. */
    private int operations;
    /** What its last operation failed with; null if it did not. */
    private @Nullable ArmError failure;
    /** Whether a machine runs, in the words of its instance view; empty for all else and for a machine that never ran. */
    private String power = "";

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

    /** Takes back that packets meet it. */
    void loseEffect() {
        effective = null;
    }

    @Nullable
    String busyWith() {
        return busyWith;
    }

    void busyWith(@Nullable String operation) {
        this.busyWith = operation;
    }

    /** Counts an operation that begins, and gives its number. */
    int begin() {
        return ++operations;
    }

    /** Whether no other operation has begun since the one of this number. */
    boolean isLatest(int operation) {
        return operation == operations;
    }

    @Nullable
    ArmError failure() {
        return failure;
    }

    void failure(@Nullable ArmError error) {
        this.failure = error;
    }

    String power() {
        return power;
    }

    void power(String state) {
        this.power = state;
    }

    String location() {
        return body.path("location").asText();
    }
}

// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe;

import java.util.Optional;

/** What a step does to the world outside: nothing, something it can undo, or something it cannot. */
public sealed interface Effect {
    /** It changes nothing: after an unknown outcome it is simply tried again, and there is nothing to undo. */
    static Effect none() {
        return None.INSTANCE;
    }

    /** It changes something and its {@code undo} takes that back. */
    static Effect undoable() {
        return Undoable.INSTANCE;
    }

    /** It changes something that cannot be taken back; undo passes it by and the report lists it with this reason. */
    static Effect irreversible(String reason) {
        return new Irreversible(reason);
    }

    /** The reason, for an irreversible effect. */
    default Optional<String> irreversibleBecause() {
        return Optional.empty();
    }

    /** No effect. */
    enum None implements Effect {
        /** The only one. */
        INSTANCE
    }

    /** An effect that undo takes back. */
    enum Undoable implements Effect {
        /** The only one. */
        INSTANCE
    }

    /**
     * An effect that stays.
     *
     * @param reason why it cannot be taken back
     */
    record Irreversible(String reason) implements Effect {
        @Override
        public Optional<String> irreversibleBecause() {
            return Optional.of(reason);
        }
    }
}

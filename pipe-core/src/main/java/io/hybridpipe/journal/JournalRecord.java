// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.journal;

import io.hybridpipe.event.Path;
import org.jspecify.annotations.Nullable;

/**
 * One line of what a run intends and what came of it.
 *
 * @param kind what it says
 * @param path the element
 * @param generation how often the element was taken back before; part of its token
 * @param attempt the attempt
 * @param data what belongs to the kind: outputs, a resource, a message, the names of items; or nothing
 */
public record JournalRecord(
        Kind kind,
        Path path,
        int generation,
        int attempt,
        @Nullable Object data) {
    /** What a record says. */
    public enum Kind {
        /** The run starts. */
        RUN_STARTED,
        /** An attempt will be made; written before the step is called. */
        INTENT,
        /** The attempt succeeded with these outputs. */
        RESULT,
        /** The first failure turned the run round; written before anything is undone. */
        TURN,
        /** An undo or close will be made; written before it is called. */
        UNDO_INTENT,
        /** The undo or close is complete. */
        UNDO_RESULT,
        /** The undo or close failed for good. */
        UNDO_FAILED,
        /** A resource exists. */
        MADE,
        /** A resource is deleted. */
        GONE,
        /** The names of a fan-out's items; written before the first one starts. */
        ITEMS,
        /** Nothing is in flight any more. */
        SETTLED
    }
}

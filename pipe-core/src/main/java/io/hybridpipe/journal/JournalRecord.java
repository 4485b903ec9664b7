// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.journal;

import io.hybridpipe.event.Path;
import java.time.Instant;
import java.util.Map;

/**
 * One line of what a run intends and what came of it.
 *
 * @param kind what it says
 * @param at when
 * @param path the element
 * @param generation how often the element was taken back before; part of its token
 * @param attempt the attempt
 * @param data what belongs to the kind, as JSON has it: texts, numbers, booleans, null, and lists and maps of them
 */
public record JournalRecord(Kind kind, Instant at, Path path, int generation, int attempt, Map<String, Object> data) {
    /** What a record says. */
    public enum Kind {
        /** A process holds the run from here on; data: {@code target}, and the owner's fields. Written by the journal itself. */
        HELD,
        /**
         * The run starts, or goes on with an edited pipe; data: {@code pipe}, {@code outline} (path, kind and contract of each
         * element), {@code input}.
         */
        RUN_STARTED,
        /** An attempt will be made; written before the step is called. */
        INTENT,
        /** The attempt succeeded, or a lookup found it done; data: {@code outputs} by key name. */
        RESULT,
        /** The first failure turned the run round; written before anything is undone; data: {@code class}, {@code message}. */
        TURN,
        /** An undo or close will be made; written before it is called. */
        UNDO_INTENT,
        /** The undo or close is complete, or nothing was there. */
        UNDO_RESULT,
        /** The undo or close failed for good; data: {@code class}, {@code message}. */
        UNDO_FAILED,
        /** A resource exists; data: {@code kind}, {@code id}, {@code where}, {@code show}. */
        MADE,
        /** A resource is deleted; data as for {@code MADE}. */
        GONE,
        /** The items of a fan-out; written before the first one starts; data: {@code items}, each with {@code name} and {@code value}. */
        ITEMS,
        /** Whether a condition held; data: {@code holds}. */
        CHOICE,
        /** Nothing is in flight any more; data: {@code outcome}. */
        SETTLED
    }

    /** A record without data. */
    public static JournalRecord of(Kind kind, Instant at, Path path, int generation, int attempt) {
        return new JournalRecord(kind, at, path, generation, attempt, Map.of());
    }
}

// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe;

import io.hybridpipe.event.Path;
import io.hybridpipe.event.Resource;
import io.hybridpipe.event.RunId;
import io.hybridpipe.journal.Owner;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * What the journal says of one run. Immutable.
 *
 * @param run the run
 * @param pipe the name of its pipe
 * @param target what no other run may work on meanwhile
 * @param status how it is
 * @param owner who works on it now, or on another run with the same target
 * @param startedAt when it was started
 * @param lastAt when its last record was written
 * @param failure why it turned round, if it did
 * @param elements the elements that left a record, in the order of their first ones
 */
public record RunSummary(
        RunId run,
        String pipe,
        String target,
        Status status,
        Optional<Owner> owner,
        Instant startedAt,
        Instant lastAt,
        Optional<String> failure,
        List<Element> elements) {
    /** How a run is. */
    public enum Status {
        /** Its owner lives. */
        RUNNING,
        /** It has not settled, and its owner is gone: resume or undo it. */
        DEAD,
        /** It settled: all was done and every scope closed. */
        DONE,
        /** It settled: all that can be undone was undone. */
        UNDONE,
        /** It settled with what it made kept: resume or undo it. */
        KEPT,
        /** It settled with something left that should not be: resume or undo it. */
        LEFT_OVERS,
        /** It settled before anything was changed. */
        REFUSED;

        /** The name as people read it: {@code left-overs}. */
        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }
    }

    /**
     * One element.
     *
     * @param path where it stands
     * @param phase how far it got
     * @param attempts how many attempts were begun
     * @param made the resources that it made and that are not known to be gone
     */
    public record Element(Path path, Phase phase, int attempts, List<Resource> made) {}

    /** How far an element got. */
    public enum Phase {
        /** It was begun, and its outcome is not known. */
        BEGUN,
        /** It finished; a scope is open. */
        DONE,
        /** Its undo or close was begun, and its outcome is not known or it failed. */
        UNDOING,
        /** It was taken back, or closed, or never was there. */
        GONE,
        /** Its items or its condition are written; it does nothing itself. */
        PASSED;

        /** The name as people read it. */
        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }
}

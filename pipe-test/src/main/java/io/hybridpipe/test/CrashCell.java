// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.test;

import io.hybridpipe.StepInterceptor.Phase;
import io.hybridpipe.event.Path;
import io.hybridpipe.journal.JournalRecord;
import io.hybridpipe.journal.JournalRecord.Kind;
import java.util.Locale;

/**
 * One cell of a crash matrix: which call is disturbed, how and when, and what is done afterwards.
 *
 * @param row the call
 */
record CrashCell(Row row, Disturbance disturbance, Moment moment, Aftermath aftermath) {
    /**
     * One call of a run that goes forward, or of the undo of a run that is done.
     *
     * @param inUndo whether the run was done and is being undone
     */
    record Row(Path path, Phase phase, boolean inUndo) {
        /** Whether this record says how the call ended. */
        boolean isEndedBy(JournalRecord entry) {
            Kind end = phase == Phase.RUN || phase == Phase.OPEN ? Kind.RESULT : Kind.UNDO_RESULT;
            return entry.kind() == end && entry.path().equals(path);
        }

        /** Whether the call takes something back. */
        boolean takesBack() {
            return phase == Phase.UNDO || phase == Phase.CLOSE;
        }

        @Override
        public String toString() {
            return path + " " + phase.name().toLowerCase(Locale.ROOT)
                    + (inUndo && phase != Phase.UNDO ? " in undo" : "");
        }
    }

    /** The name by which it can be repeated alone. */
    @Override
    public String toString() {
        return row + ": " + disturbance + " " + moment + ", " + aftermath;
    }
}

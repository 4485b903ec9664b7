// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.journal;

import java.util.ArrayList;
import java.util.List;

/**
 * Keeps the records of one run in memory: for tests, and for runs that need not survive their process.
 *
 * <p>Written by one thread at a time; read it when the run has settled.
 */
public final class MemoryJournal implements Journal {
    private final List<JournalRecord> records = new ArrayList<>();

    @Override
    public void append(JournalRecord entry, Runnable written) {
        records.add(entry);
        written.run();
    }

    /** A copy of what was written so far, in order. */
    public List<JournalRecord> records() {
        return List.copyOf(records);
    }
}

// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.journal;

import java.util.ArrayList;
import java.util.List;

/** Keeps the records of one run in memory: for tests, and for runs that need not survive their process. */
public final class MemoryJournal implements Journal {
    private final List<JournalRecord> records = new ArrayList<>();

    @Override
    public synchronized void append(JournalRecord entry, Runnable written) {
        records.add(entry);
        written.run();
    }

    /** A copy of what was written so far, in order. */
    public synchronized List<JournalRecord> records() {
        return List.copyOf(records);
    }
}

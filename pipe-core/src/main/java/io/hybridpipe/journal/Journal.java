// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.journal;

/**
 * Where a run writes its records; the engine goes on only when a record is written.
 *
 * <p>Called by one thread at a time for one run.
 */
public interface Journal {
    /**
     * Writes a record, then continues.
     *
     * @param written called once the record is safe: at once on the same thread, or later on any thread
     */
    void append(JournalRecord entry, Runnable written);
}

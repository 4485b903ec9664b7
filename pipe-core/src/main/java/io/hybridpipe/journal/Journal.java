// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.journal;

import io.hybridpipe.event.RunId;
import java.util.List;
import java.util.Optional;
import reactor.core.publisher.Mono;

/**
 * Where runs are written down, so that another process can resume or undo them.
 *
 * <p>It also holds the leases of targets: of two runs on one target, in whatever process, only one goes on. Thread-safe. Each Mono
 * does its work when subscribed, off the subscriber's thread if it takes time, and fails with a {@link JournalException}.
 */
public interface Journal {
    /**
     * Takes the lease of the target and starts the log of a new run; its first record is {@link JournalRecord.Kind#HELD}.
     *
     * <p>Fails with {@code HELD} if a living owner holds the target, and with {@code EXISTS} if there is a log of this run.
     *
     * @param target what no two runs may work on at once
     */
    Mono<RunLog> create(RunId run, String target);

    /**
     * Takes the lease of the run's target and its log, for a run whose owner is gone; from then on the former owner can write
     * no record any more. Adds a record {@link JournalRecord.Kind#HELD}.
     *
     * <p>Fails with {@code HELD} if a living owner holds the target, {@code UNKNOWN_RUN} if there is no such log, {@code DAMAGED}
     * if the log is not what was once written.
     */
    Mono<RunLog> takeUp(RunId run);

    /** What is written of a run so far, in order; takes and changes nothing. Fails like {@link #takeUp}, but not with {@code HELD}. */
    Mono<List<JournalRecord>> read(RunId run);

    /** All runs that have a log, in the order in which they were created. */
    Mono<List<RunId>> runs();

    /** Who holds the target of this run now, for this run or another one; empty if nobody that lives does. */
    Mono<Optional<Owner>> owner(RunId run);
}

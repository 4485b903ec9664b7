// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.journal;

import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/**
 * The log of one run, open for writing under the lease of its target.
 *
 * <p>Appended to by one thread at a time; {@link #isHeld} and {@link #confirm} may be called on any.
 */
public interface RunLog {
    /** What was written before it was taken up, without the record that says so; empty for a new run. */
    List<JournalRecord> past();

    /** Whose lease was taken over because that owner had died or let it expire; empty if it was free. */
    Optional<Owner> takenFrom();

    /**
     * Writes a record, then continues; records are written in the order of the calls.
     *
     * @param written called once, with nothing when the record is safe (also from a power cut), else with the
     *     {@link JournalException}; at once on the same thread, or later on any thread. After a failure nothing more is written
     *     and each further append fails.
     */
    void append(JournalRecord entry, Consumer<@Nullable Throwable> written);

    /**
     * Whether the lease is known to be held at this moment, from memory only: cheap enough for each changing call. False does not
     * mean that it is lost; {@link #confirm} finds out.
     */
    boolean isHeld();

    /** Completes when the lease is held, renewed if need be; fails with {@code LOST} if another owner has taken it over. */
    Mono<Void> confirm();

    /** Ends the writing and gives the lease back, when subscribed; completes also if there is nothing to give back any more. */
    Mono<Void> close();
}

// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe;

import io.hybridpipe.event.RunId;
import io.hybridpipe.event.RunReport;
import reactor.core.publisher.Mono;

/** One execution of a pipe; it lives until it has settled, whoever listens. Thread-safe. */
public interface Run {
    /** Its id. */
    RunId id();

    /**
     * The final state, or a {@link PipeFailedException} with the report; replayed to each subscriber.
     *
     * <p>It comes when the run has settled. A cancel of this subscription does not touch the run.
     */
    Mono<State> result();

    /** The report, once nothing of the run is in flight any more; never an error; replayed to each subscriber. */
    Mono<RunReport> settled();

    /**
     * Asks the run to stop: what is running is told, then all is undone or kept as the options say. Returns at once; await
     * {@link #settled()}. Further calls change nothing.
     *
     * @param reason for events and the report, in a few words
     */
    void cancel(String reason);
}

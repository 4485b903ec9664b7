// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.test;

import io.hybridpipe.PipeFailedException;
import io.hybridpipe.State;
import io.hybridpipe.event.PipeEvent;
import io.hybridpipe.event.RunReport;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A run that met all expectations, for further assertions. Immutable.
 *
 * <pre>{@code
 * Verified run = PipeVerifier.of(pipe).input(input).verifyDone();
 * assertThat(run.state().get(GREETING)).isEqualTo("Hello, world");
 * }</pre>
 */
public final class Verified {
    private final RunReport report;
    private final List<PipeEvent> events;
    private final @Nullable State state;
    private final @Nullable PipeFailedException failure;

    Verified(RunReport report, List<PipeEvent> events, @Nullable State state, @Nullable PipeFailedException failure) {
        this.report = report;
        this.events = events;
        this.state = state;
        this.failure = failure;
    }

    /** How the run ended. */
    public RunReport report() {
        return report;
    }

    /** All its events, in order. */
    public List<PipeEvent> events() {
        return events;
    }

    /**
     * The final state.
     *
     * @throws IllegalStateException if the run has none because it was not done
     */
    public State state() {
        if (state == null) {
            throw new IllegalStateException(
                    "the run ended " + report.outcome() + ", so it has no final state", failure);
        }
        return state;
    }

    /** What the run's result failed with, unless it was done. */
    public Optional<PipeFailedException> failure() {
        return Optional.ofNullable(failure);
    }

    /** The events and the report, readable. */
    @Override
    public String toString() {
        return Telling.events(events, -1) + "\n" + Telling.report(report);
    }
}

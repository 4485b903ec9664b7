// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe;

import io.hybridpipe.event.PipeEvent;
import io.hybridpipe.event.RunId;
import io.hybridpipe.event.RunReport;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import reactor.test.scheduler.VirtualTimeScheduler;

/** One run in virtual time on the calling thread, and what it told. */
final class VirtualRun {
    static final Duration SOON = Duration.ofSeconds(60);

    final VirtualTimeScheduler time = VirtualTimeScheduler.create();
    final List<PipeEvent> events = new ArrayList<>();

    private final Run run;

    private VirtualRun(Pipe pipe, State input, UnaryOperator<RunOptions> options) {
        run = pipe.start(
                input,
                options.apply(RunOptions.ofDefaults()
                        .runId(RunId.of("run-1"))
                        .scheduler(time)
                        .listener(events::add)));
    }

    static VirtualRun of(Pipe pipe) {
        return of(pipe, State.empty());
    }

    static VirtualRun of(Pipe pipe, State input) {
        return of(pipe, input, UnaryOperator.identity());
    }

    static VirtualRun of(Pipe pipe, State input, UnaryOperator<RunOptions> options) {
        return new VirtualRun(pipe, input, options);
    }

    /** Lets this much time pass. */
    VirtualRun after(Duration duration) {
        time.advanceTimeBy(duration);
        return this;
    }

    void cancel(String reason) {
        run.cancel(reason);
    }

    RunReport report() {
        return run.settled().block(SOON);
    }

    /** The final state of a run that went well. */
    State state() {
        return run.result().block(SOON);
    }

    /** The failure of a run that did not. */
    PipeFailedException failure() {
        try {
            run.result().block(SOON);
        } catch (PipeFailedException e) {
            return e;
        }
        throw new AssertionError("the run went well");
    }

    /** The message of the failure that decided the run. */
    String message() {
        return report().failure().orElseThrow().message();
    }

    /** Each event as its type and path. */
    List<String> told() {
        return events.stream().map(event -> event.type() + " " + event.path()).toList();
    }

    /** The events of one type. */
    <E extends PipeEvent> List<E> told(Class<E> type) {
        return events.stream().filter(type::isInstance).map(type::cast).toList();
    }
}

// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe;

import io.hybridpipe.event.PipeEvent;
import io.hybridpipe.event.RunListener;
import io.hybridpipe.event.RunReport;
import io.hybridpipe.journal.JournalRecord;
import io.hybridpipe.journal.JournalRecord.Kind;
import io.hybridpipe.journal.MemoryJournal;
import io.hybridpipe.model.Mortal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.BiFunction;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.scheduler.Scheduler;

/** A run that is carried on by one process after the other; each may die at a record. */
final class Lives {
    final MemoryJournal journal = MemoryJournal.empty();
    final Trial trial;
    final List<Throwable> errors = new ArrayList<>();

    private Predicate<JournalRecord> last = record -> false;
    private boolean lastOneWritten = true;
    private @Nullable RunReport report;
    private @Nullable Mortal process;

    Lives(Trial trial) {
        this.trial = trial;
    }

    /** The next process dies at this record, such as {@code RESULT a}; the record is in the journal. */
    Lives dyingAfter(String record) {
        last = it -> record.equals(it.kind() + " " + it.path().name());
        lastOneWritten = true;
        return this;
    }

    /** The next process dies when it comes to this record; the record is not in the journal. */
    Lives dyingBefore(String record) {
        dyingAfter(record);
        lastOneWritten = false;
        return this;
    }

    Lives start(Pipe pipe, State input) {
        return live((runs, options) -> pipe.run(input, options));
    }

    Lives start(Element... elements) {
        return start(pipe(elements), State.empty());
    }

    static Pipe pipe(Element... elements) {
        Pipe.Builder builder = Pipe.named("p");
        for (Element each : elements) {
            builder.element(each);
        }
        return builder.build();
    }

    Lives resume(Pipe pipe, State secrets) {
        return live((runs, options) -> runs.resume(pipe, trial.options().runId, secrets, options));
    }

    Lives resume(Element... elements) {
        return resume(pipe(elements), State.empty());
    }

    Lives undo(Pipe pipe) {
        return live((runs, options) -> runs.undo(pipe, trial.options().runId, State.empty(), options));
    }

    Lives undo(Element... elements) {
        return undo(pipe(elements));
    }

    Lives sweep(Pipe pipe) {
        return live((runs, options) -> runs.sweep(pipe, State.empty(), options));
    }

    private Lives live(BiFunction<Runs, RunOptions, Publisher<?>> what) {
        Mortal next = new Mortal(journal, trial.time, last, lastOneWritten);
        process = next;
        last = record -> false;
        report = null;
        trial.calls.clear();
        trial.events.clear();
        errors.clear();
        RunOptions options = trial.options()
                .journal(next)
                .around(next)
                .scheduler(next.timers())
                .listener(new RunListener() {
                    @Override
                    public void on(PipeEvent event) {
                        // the trial notes them
                    }

                    @Override
                    public void settled(RunReport it) {
                        report = it;
                    }
                });
        Flux.from(what.apply(Runs.of(next), options)).subscribe(ok -> {}, errors::add);
        trial.pass(Duration.ofMinutes(5));
        return this;
    }

    Scheduler timers() {
        return Objects.requireNonNull(process).timers();
    }

    boolean isDead() {
        return Objects.requireNonNull(process).isDead();
    }

    RunReport report() {
        return Objects.requireNonNull(report, () -> "not settled; called " + trial.called() + ", " + errors);
    }

    List<JournalRecord> records() {
        return journal.records(trial.options().runId);
    }

    /** What was written, such as {@code INTENT a}, without who held it. */
    List<String> written() {
        return records().stream()
                .filter(it -> it.kind() != Kind.HELD)
                .map(it -> it.kind() + " " + it.path().name())
                .toList();
    }

    String refusal() {
        return report().failure().orElseThrow().message();
    }
}

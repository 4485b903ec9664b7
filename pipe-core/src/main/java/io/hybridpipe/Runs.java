// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe;

import io.hybridpipe.Resumption.Mode;
import io.hybridpipe.RunSummary.Element;
import io.hybridpipe.RunSummary.Phase;
import io.hybridpipe.RunSummary.Status;
import io.hybridpipe.event.RunId;
import io.hybridpipe.event.RunReport;
import io.hybridpipe.journal.Journal;
import io.hybridpipe.journal.JournalRecord;
import io.hybridpipe.journal.Owner;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * The runs that a journal knows: look at them, go on with them after a crash, take them back, close what they left open.
 *
 * <p>Immutable and thread-safe. Everything starts when subscribed. What is done here is done under the lease of the run's target:
 * while its owner lives, it is refused with a {@link PipeFailedException} that says who that is.
 */
public final class Runs {
    private final Journal journal;

    private Runs(Journal journal) {
        this.journal = Objects.requireNonNull(journal, "journal");
    }

    /** The runs of this journal. */
    public static Runs of(Journal journal) {
        return new Runs(journal);
    }

    // ---- to look at

    /**
     * All runs, in the order in which they were created; damaged logs are an error at the end, the first one with the rest suppressed
     * in it.
     */
    public Flux<RunSummary> list() {
        return toEnd(this::show);
    }

    /** One run after the other; what goes wrong with one is told when all others had their turn. */
    private <T> Flux<T> toEnd(Function<RunId, Mono<T>> each) {
        return Flux.defer(() -> {
            List<Throwable> failures = new CopyOnWriteArrayList<>();
            return journal.runs()
                    .flatMapMany(Flux::fromIterable)
                    .concatMap(run -> each.apply(run).onErrorResume(failure -> {
                        failures.add(failure);
                        return Mono.empty();
                    }))
                    .concatWith(Mono.defer(() -> failures.isEmpty() ? Mono.empty() : Mono.error(asOne(failures))));
        });
    }

    /** One run; a {@link io.hybridpipe.journal.JournalException} if there is none of this id or its log is damaged. */
    public Mono<RunSummary> show(RunId run) {
        // in this order: a run without an owner, whose log then lacks the end, is dead and has not just settled
        return journal.owner(run).flatMap(owner -> journal.read(run).map(records -> summary(run, records, owner)));
    }

    private static RunSummary summary(RunId run, List<JournalRecord> records, Optional<Owner> owner) {
        Past past = Past.of(records);
        List<Element> elements = new ArrayList<>();
        past.traces()
                .forEach((path, trace) ->
                        elements.add(new Element(path, phase(trace), trace.attempts, List.copyOf(trace.made))));
        JournalRecord started = past.started == null ? records.get(0) : past.started;
        JournalRecord last = records.get(records.size() - 1);
        return new RunSummary(
                run,
                past.pipe(),
                past.target,
                status(run, past, owner),
                owner,
                started.at(),
                last.at(),
                past.turn == null
                        ? Optional.empty()
                        : Optional.ofNullable(past.turnedBecause().getMessage()),
                List.copyOf(elements));
    }

    private static Status status(RunId run, Past past, Optional<Owner> owner) {
        if (owner.isPresent() && owner.get().run().equals(run)) {
            return Status.RUNNING;
        }
        return past.outcome == null ? Status.DEAD : Status.valueOf(past.outcome);
    }

    private static Phase phase(Past.Trace trace) {
        if (trace.attempts == 0) {
            return Phase.PASSED;
        }
        return !trace.begun ? Phase.GONE : trace.done ? Phase.DONE : trace.undoBegun ? Phase.UNDOING : Phase.BEGUN;
    }

    // ---- to go on with

    /** As {@link #resume(Pipe, RunId, State, RunOptions)} with the default options. */
    public Mono<State> resume(Pipe pipe, RunId run, State secrets) {
        return resume(pipe, run, secrets, RunOptions.ofDefaults());
    }

    /**
     * Goes on with a run in the direction that it had, and emits the final state.
     *
     * <p>Finished steps are not run again; what has an unknown outcome is looked for first, not before {@code cancelGrace} has
     * passed; scopes are opened again when something inside needs them; fan-outs have the items that were written. A run that was
     * being undone goes on being undone, one that was done is done. Attempt numbers and tokens go on; budgets and deadlines start
     * anew. Refused are a pipe that changed before the point reached, missing secrets, and a run whose owner lives. Cancel and
     * errors are those of {@link Pipe#run(State, RunOptions)}.
     *
     * @param secrets values for the keys that were not written, and for those of the input that have changed since
     * @param options how it goes on; the run id and the journal are set here. If a target is given, a run on another one is refused
     */
    public Mono<State> resume(Pipe pipe, RunId run, State secrets, RunOptions options) {
        return new RunMono(pipe, secrets, options.journal(journal).runId(run), Mode.RESUME);
    }

    /** As {@link #undo(Pipe, RunId, State, RunOptions)} with the default options. */
    public Mono<RunReport> undo(Pipe pipe, RunId run, State secrets) {
        return undo(pipe, run, secrets, RunOptions.ofDefaults());
    }

    /**
     * Takes back whatever a run did, also one that is done or was kept, and emits the report.
     *
     * <p>The report's outcome is undone, or left-overs with what is left. Refusals come as errors, as for {@link #resume}. Once begun,
     * it goes on to its end, even if the subscriber leaves.
     */
    public Mono<RunReport> undo(Pipe pipe, RunId run, State secrets, RunOptions options) {
        return takeBack(pipe, run, secrets, options, Mode.UNDO);
    }

    private Mono<RunReport> takeBack(Pipe pipe, RunId run, State secrets, RunOptions options, Mode mode) {
        return new RunMono(pipe, secrets, options.journal(journal).runId(run), mode)
                .<RunReport>then(Mono.empty())
                .onErrorResume(
                        PipeFailedException.class,
                        failed -> failed.report().outcome() == RunReport.Outcome.REFUSED
                                ? Mono.error(failed)
                                : Mono.just(failed.report()));
    }

    /** As {@link #sweep(Pipe, State, RunOptions)} with the default options. */
    public Flux<RunReport> sweep(Pipe pipe, State secrets) {
        return sweep(pipe, secrets, RunOptions.ofDefaults());
    }

    /**
     * Closes the scopes that dead runs of a pipe left open, one run after the other, and emits a report for each; all else stays for
     * a resume or undo. Runs on whose target somebody works are passed by, and so are those on another target if one is given.
     *
     * <p>A log that is damaged, or a run that is refused, does not stop the others: the failure is signalled at the end, the first
     * one with the rest suppressed in it.
     */
    public Flux<RunReport> sweep(Pipe pipe, State secrets, RunOptions options) {
        return toEnd(run -> show(run)
                .filter(it -> it.pipe().equals(pipe.name())
                        && mayBeOpen(it)
                        && (options.target == null || options.target.equals(it.target())))
                .flatMap(it -> takeBack(pipe, run, secrets, options, Mode.SWEEP)));
    }

    private static Throwable asOne(List<Throwable> failures) {
        Throwable first = failures.get(0);
        failures.stream().skip(1).forEach(first::addSuppressed);
        return first;
    }

    private static boolean mayBeOpen(RunSummary run) {
        return run.owner().isEmpty() && (run.status() == Status.DEAD || run.status() == Status.LEFT_OVERS);
    }
}

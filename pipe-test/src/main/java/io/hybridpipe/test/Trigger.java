// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.test;

import io.hybridpipe.Contract;
import io.hybridpipe.Run;
import io.hybridpipe.StepContext;
import io.hybridpipe.StepInterceptor;
import io.hybridpipe.journal.JournalRecord;
import io.hybridpipe.retry.FailureClass;
import io.hybridpipe.retry.StepFailure;
import io.hybridpipe.test.CrashCell.Row;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import reactor.core.Disposable;
import reactor.core.publisher.Mono;

/**
 * Stands between a process and its calls: knows which ones were made, cuts them off when the process has stopped, and disturbs
 * the one that a cell names, once. Thread-safe.
 */
final class Trigger implements StepInterceptor, ProcessJournal.Guard {
    private final ProcessLife life;
    private final @Nullable CrashCell cell;
    private final Runnable whenFired;
    private final boolean first;
    private final List<Row> calls = new ArrayList<>();
    private final AtomicReference<Run> run = new AtomicReference<>();
    private @Nullable Row called;
    private boolean fired;

    private Trigger(ProcessLife life, @Nullable CrashCell cell, boolean first, Runnable whenFired) {
        this.first = first;
        this.life = life;
        this.cell = cell;
        this.whenFired = whenFired;
    }

    static Trigger of(ProcessLife life, CrashCell cell, Runnable whenFired) {
        return new Trigger(life, cell, false, whenFired);
    }

    /** One that disturbs the process's first call, whichever that is, as the cell says. */
    static Trigger ofFirst(ProcessLife life, CrashCell cell, Runnable whenFired) {
        return new Trigger(life, cell, true, whenFired);
    }

    /** One that only looks on. */
    static Trigger none(ProcessLife life) {
        return new Trigger(life, null, false, () -> {});
    }

    /** The run that a cell may cancel; told before its first step can be called, if that waits for it. */
    void cancels(Run run) {
        this.run.set(run);
    }

    /** The calls so far that change something, each once, in order. */
    synchronized List<Row> calls() {
        return List.copyOf(calls);
    }

    synchronized boolean hasFired() {
        return fired;
    }

    // ---- round a call

    @Override
    public <T> Mono<T> around(Phase phase, Contract contract, StepContext context, Mono<T> next) {
        if (phase == Phase.RECONCILE) {
            return life.lets(next);
        }
        return Mono.defer(() -> {
            note(new Row(context.path(), phase, false));
            if (cell != null && isCalled(cell, phase, context)) {
                if (cell.moment() == Moment.BEFORE_THE_CALL && fires()) {
                    return disturbed(cell, next);
                }
                if (cell.moment() == Moment.IN_THE_CALL) {
                    return inTheCall(cell, next);
                }
                if (cell.moment() == Moment.ANSWER_LOST) {
                    return life.lets(next)
                            .materialize()
                            .flatMap(answer -> fires()
                                    ? disturbed(cell, Mono.just(answer).dematerialize())
                                    : Mono.just(answer).dematerialize());
                }
            }
            return life.lets(next);
        });
    }

    /** What has not ended by the time that subscribe returns is in flight: that a call answers at once cannot be disturbed. */
    private <T> Mono<T> inTheCall(CrashCell cell, Mono<T> call) {
        return Mono.create(sink -> {
            AtomicBoolean ended = new AtomicBoolean();
            Disposable inFlight = life.lets(call.doOnTerminate(() -> ended.set(true)))
                    .contextWrite(sink.contextView())
                    .subscribe(sink::success, sink::error, sink::success);
            sink.onDispose(inFlight);
            if (!ended.get() && fires()) {
                strike(cell);
                if (cell.disturbance() == Disturbance.FAIL) {
                    sink.error(failure(cell));
                }
            }
        });
    }

    private synchronized boolean isCalled(CrashCell cell, Phase phase, StepContext context) {
        Row row = new Row(context.path(), phase, cell.row().inUndo());
        boolean wanted = first ? called == null : cell.row().equals(row);
        if (wanted) {
            called = row;
        }
        return wanted;
    }

    private synchronized void note(Row row) {
        if (!calls.contains(row)) {
            calls.add(row);
        }
    }

    private synchronized boolean fires() {
        if (fired) {
            return false;
        }
        fired = true;
        return true;
    }

    /** @param rest what would happen next, of which a process that stops here gets nothing unless it goes on */
    private <T> Mono<T> disturbed(CrashCell cell, Mono<T> rest) {
        strike(cell);
        return switch (cell.disturbance()) {
            case FAIL -> Mono.error(failure(cell));
            case CRASH -> life.lets(rest);
            case HANG, CANCEL -> Mono.never();
        };
    }

    /** Told last, so that whoever waits for it finds the process stopped. */
    private void strike(CrashCell cell) {
        Run running = run.get();
        if (cell.disturbance() == Disturbance.CANCEL && running != null) {
            running.cancel("says the crash matrix");
        } else if (cell.disturbance() == Disturbance.CRASH) {
            life.stop();
        }
        whenFired.run();
    }

    private static StepFailure failure(CrashCell cell) {
        String text = cell.disturbance() + " " + cell.moment();
        if (cell.moment() == Moment.ANSWER_LOST || cell.moment() == Moment.IN_THE_CALL) {
            return StepFailure.unknownOutcome(text);
        }
        // a close that fails for good leaves an open door, and nobody could do anything about it
        return StepFailure.of(cell.row().takesBack() ? FailureClass.TRANSIENT : FailureClass.PERMANENT, text);
    }

    // ---- round a record

    @Override
    public synchronized boolean isAt(JournalRecord entry) {
        return called != null && !fired && cell != null && cell.moment().isInTheJournal() && called.isEndedBy(entry);
    }

    @Override
    public boolean before() {
        return at(Moment.BEFORE_THE_JOURNAL);
    }

    @Override
    public boolean after() {
        return at(Moment.AFTER_THE_JOURNAL);
    }

    /** False if the journal is to fail here. */
    private boolean at(Moment moment) {
        if (cell == null || cell.moment() != moment || !fires()) {
            return true;
        }
        strike(cell);
        return cell.disturbance() != Disturbance.FAIL;
    }
}

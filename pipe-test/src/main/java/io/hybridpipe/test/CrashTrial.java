// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.test;

import io.hybridpipe.Pipe;
import io.hybridpipe.PipeFailedException;
import io.hybridpipe.Run;
import io.hybridpipe.RunOptions;
import io.hybridpipe.RunOptions.OnFailure;
import io.hybridpipe.Runs;
import io.hybridpipe.event.PipeEvent;
import io.hybridpipe.event.RunListener;
import io.hybridpipe.event.RunReport;
import io.hybridpipe.event.RunReport.Outcome;
import io.hybridpipe.journal.JournalRecord;
import io.hybridpipe.journal.MemoryJournal;
import io.hybridpipe.test.CrashCell.Row;
import io.hybridpipe.test.CrashSetting.Time;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/** One fresh stand-in, and what the processes of one cell do to it. */
final class CrashTrial {
    /** How long, in real time, a call hangs before somebody loses patience and cancels the run. */
    private static final Duration PATIENCE = Duration.ofMillis(500);

    private static final Duration REAL_GRACE = Duration.ofMillis(200);

    /** How long, in real time, what a dead process had sent may need to take effect while virtual time stands. */
    private static final Duration LAST_EFFECTS = Duration.ofMillis(100);

    final List<String> before;

    private final CrashSetting setting;
    private final @Nullable VirtualTime time;
    private final Scheduler scheduler;
    private final Pipe pipe;
    private final MemoryJournal journal;
    private @Nullable RunReport undone;
    private final Object changed = new Object();
    private long changes;

    CrashTrial(CrashSetting setting) {
        this.setting = setting;
        time = setting.time() == Time.REAL ? null : new VirtualTime();
        scheduler = time == null ? Schedulers.parallel() : time;
        pipe = setting.fresh().apply(scheduler);
        journal = MemoryJournal.on(clock());
        before = setting.look();
    }

    private Clock clock() {
        return new Clock() {
            @Override
            public Instant instant() {
                return Instant.ofEpochMilli(scheduler.now(TimeUnit.MILLISECONDS));
            }

            @Override
            public ZoneId getZone() {
                return ZoneOffset.UTC;
            }

            @Override
            public Clock withZone(ZoneId zone) {
                return Clock.fixed(instant(), zone);
            }
        };
    }

    String pipeName() {
        return pipe.name();
    }

    /** What the runs of this trial have written down so far. */
    List<JournalRecord> records() {
        return journal.records(setting.runId());
    }

    // ---- without disturbance

    /** Runs the pipe to its end; the calls that it made. */
    List<Row> runs() {
        Process process = new Process(null);
        process.starts(OnFailure.UNDO);
        RunReport report = process.end();
        if (report.outcome() != Outcome.DONE) {
            throw new AssertionError("undisturbed, the run ended " + report.outcome() + ":\n" + Telling.report(report));
        }
        return process.trigger.calls();
    }

    /** Takes the run that is done back; the calls that this made. */
    List<Row> undoes() {
        Process process = new Process(null);
        process.undoes();
        undone = process.end();
        return process.trigger.calls().stream()
                .map(row -> new Row(row.path(), row.phase(), true))
                .toList();
    }

    /** What came of it. */
    CrashVerdict undone(List<String> all) {
        return verdict(Objects.requireNonNull(undone, "undo first"), all);
    }

    private CrashVerdict verdict(RunReport report, List<String> all) {
        List<String> doors = setting.doors().get();
        return doors.isEmpty() ? CrashVerdict.of(report, before, all, setting.look()) : CrashVerdict.isOpen(doors);
    }

    // ---- one cell

    /** @param all what is there after an undisturbed run */
    CrashVerdict play(CrashCell cell, List<String> all) {
        try {
            return judge(cell, all);
        } catch (NoEnd e) {
            return CrashVerdict.noGoodEnd(String.valueOf(e.getMessage()));
        }
    }

    private CrashVerdict judge(CrashCell cell, List<String> all) {
        if (cell.row().inUndo()) {
            runs();
        }
        Process first = new Process(cell);
        if (cell.row().inUndo()) {
            first.undoes();
        } else {
            first.starts(cell.aftermath() == Aftermath.ALONE ? OnFailure.UNDO : OnFailure.KEEP);
        }
        if (cell.disturbance() == Disturbance.HANG && time == null) {
            first.isCancelledWhenPatienceIsOver();
        }
        RunReport report = first.endOrStop();
        if (!first.trigger.hasFired()) {
            return CrashVerdict.doesNotOccur();
        }
        List<Process> dead = new ArrayList<>();
        if (report == null) {
            dead.add(first);
            if (cell.aftermath() == Aftermath.RESUMED_TWICE) {
                Process second = next(cell);
                second.resumes();
                report = second.endOrStop();
                if (report == null) {
                    dead.add(second);
                }
            }
        }
        if (report == null || cell.aftermath() != Aftermath.ALONE && isToGoOn(cell, report)) {
            Process last = next(null);
            if (cell.aftermath() == Aftermath.UNDONE) {
                last.undoes();
            } else {
                last.resumes();
            }
            report = last.end();
        }
        CrashVerdict verdict = verdict(report, all);
        return verdict.isFine() ? afterTheDeadWentOn(dead, verdict) : verdict;
    }

    /** The process that goes on with the run, whose owner has died. */
    private Process next(@Nullable CrashCell cell) {
        journal.ownersDie();
        return new Process(cell, true);
    }

    private CrashVerdict afterTheDeadWentOn(List<Process> dead, CrashVerdict verdict) {
        List<String> found = setting.look();
        for (Process each : dead) {
            each.life.goOn();
            each.end();
        }
        List<String> later = setting.look();
        return later.equals(found) ? verdict : CrashVerdict.stillActing(found, later);
    }

    /** A run that got over the disturbance by itself is done; all others have been kept. */
    private static boolean isToGoOn(CrashCell cell, RunReport report) {
        return cell.aftermath() == Aftermath.UNDONE || report.outcome() != Outcome.DONE;
    }

    /** One process that works on the run. */
    private final class Process {
        final ProcessLife life = new ProcessLife();
        final Trigger trigger;

        private final ProcessJournal ours;
        private final InFlight inFlight = new InFlight(time, CrashTrial.this::changed);
        private final AtomicReference<RunReport> report = new AtomicReference<>();
        private final AtomicReference<Throwable> refusal = new AtomicReference<>();
        private @Nullable Run run;

        Process(@Nullable CrashCell cell) {
            this(cell, false);
        }

        /** @param first whether the cell's disturbance is one of its first call, whichever that is */
        Process(@Nullable CrashCell cell, boolean first) {
            Runnable changed = CrashTrial.this::changed;
            trigger = cell == null
                    ? Trigger.none(life)
                    : first ? Trigger.ofFirst(life, cell, changed) : Trigger.of(life, cell, changed);
            ours = new ProcessJournal(journal, life, trigger);
        }

        private RunOptions options() {
            RunOptions options = RunOptions.ofDefaults()
                    .runId(setting.runId())
                    .scheduler(life.timers(scheduler))
                    .around(trigger)
                    .around(inFlight);
            return setting.options()
                    .apply(time == null ? options.cancelGrace(REAL_GRACE) : options)
                    .journal(ours)
                    .listener(new Settled());
        }

        void starts(OnFailure onFailure) {
            Run started = pipe.start(setting.input(), options().onFailure(onFailure));
            run = started;
            trigger.cancels(started);
            life.goOn();
        }

        void resumes() {
            goesOnWith(Runs.of(ours).resume(pipe, setting.runId(), setting.secrets(), options()));
        }

        void undoes() {
            goesOnWith(Runs.of(ours).undo(pipe, setting.runId(), setting.secrets(), options()));
        }

        private void goesOnWith(Mono<?> run) {
            run.subscribe(value -> {}, failure -> {
                if (!(failure instanceof PipeFailedException)) {
                    refusal.set(failure);
                }
                changed();
            });
            life.goOn();
        }

        private boolean until(BooleanSupplier condition, Duration realTime) {
            return CrashTrial.this.until(condition, realTime, inFlight);
        }

        private boolean isOver() {
            return report.get() != null || refusal.get() != null;
        }

        /** How it ended; nothing if it was stopped instead. */
        @Nullable
        RunReport endOrStop() {
            until(() -> isOver() || life.isStopped(), setting.within());
            if (!life.isStopped()) {
                return end();
            }
            if (setting.time() == Time.OF_THE_RUN) {
                until(() -> inFlight.calls().isEmpty(), LAST_EFFECTS);
            }
            return null;
        }

        RunReport end() {
            if (!until(this::isOver, setting.within())) {
                throw new NoEnd("the run has not settled within " + setting.within()
                        + (inFlight.calls().isEmpty() ? "" : "; in flight: " + String.join(", ", inFlight.calls())));
            }
            RunReport ended = report.get();
            if (ended == null) {
                throw new NoEnd("refused: " + refusal.get());
            }
            return ended;
        }

        void isCancelledWhenPatienceIsOver() {
            until(() -> isOver() || trigger.hasFired(), setting.within());
            Run hanging = run;
            if (!until(this::isOver, PATIENCE) && hanging != null) {
                hanging.cancel("a call hangs");
            }
        }

        private final class Settled implements RunListener {
            @Override
            public void on(PipeEvent event) {
                changed();
            }

            @Override
            public void settled(RunReport settled) {
                report.set(settled);
                changed();
            }
        }
    }

    /** A run that did not come to an end that can be judged. */
    private static final class NoEnd extends AssertionError {
        private static final long serialVersionUID = 1;

        NoEnd(String message) {
            super(message);
        }
    }

    // ---- time

    private void changed() {
        synchronized (changed) {
            changes++;
            changed.notifyAll();
        }
    }

    /** Lets time pass until the condition holds; false if that takes too much real time. */
    private boolean until(BooleanSupplier condition, Duration realTime, InFlight inFlight) {
        long deadline = System.nanoTime() + realTime.toNanos();
        while (true) {
            long seen;
            synchronized (changed) {
                seen = changes;
            }
            if (condition.getAsBoolean()) {
                return true;
            }
            if (System.nanoTime() > deadline) {
                return false;
            }
            boolean stands =
                    setting.time() == Time.OF_THE_RUN && !inFlight.calls().isEmpty();
            if (time == null || stands || !time.moveToNextTimer()) {
                await(seen, deadline);
            }
        }
    }

    private void await(long seen, long deadline) {
        synchronized (changed) {
            long left = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
            if (changes == seen && left >= 0) {
                try {
                    changed.wait(left + 1);
                } catch (InterruptedException e) {
                    throw new NoEnd("the test was interrupted");
                }
            }
        }
    }
}

// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.test;

import io.hybridpipe.Pipe;
import io.hybridpipe.PipeFailedException;
import io.hybridpipe.Run;
import io.hybridpipe.RunOptions;
import io.hybridpipe.State;
import io.hybridpipe.event.PipeEvent;
import io.hybridpipe.event.RunId;
import io.hybridpipe.event.RunListener;
import io.hybridpipe.event.RunReport;
import io.hybridpipe.event.RunReport.Outcome;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * One run under a verifier's script: compares events with expectations and moves the time on where nothing else happens.
 *
 * <p>It has a thread of its own, because in virtual time the engine and the steps run on the thread that moves the time, and
 * a step that never returns must not take the test with it.
 */
final class Verification {
    /** What the machine may need for the verifier's own work. */
    private static final Duration SLACK = Duration.ofMillis(1500);

    private static final Duration TO_CLEAN_UP = Duration.ofSeconds(10);

    private final List<Item> script;
    private final List<Item.Expected> never;
    private final boolean lenient;
    private final Outcome outcome;
    private final Duration within;
    private final @Nullable VirtualTime time;
    private final RecordingListener told = new RecordingListener();
    private final Object changed = new Object();
    private final InFlight inFlight;
    private volatile long changes;
    private volatile boolean cleaningUp;
    private long deadline;
    /** How many events have been compared. */
    private int compared;

    Verification(
            List<Item> script,
            List<Item.Expected> never,
            boolean lenient,
            Outcome outcome,
            Duration within,
            @Nullable VirtualTime time) {
        this.script = List.copyOf(script);
        this.never = List.copyOf(never);
        this.lenient = lenient;
        this.outcome = outcome;
        this.within = within;
        this.time = time;
        inFlight = new InFlight(time, this::changed);
    }

    Verified run(Pipe pipe, State input, UnaryOperator<RunOptions> options) {
        deadline = System.nanoTime() + within.toNanos();
        RunOptions ours = RunOptions.ofDefaults().runId(RunId.of("verified")).around(inFlight);
        RunOptions all = options.apply(time == null ? ours : ours.scheduler(time))
                .listener(told)
                .listener(new Waker());
        FutureTask<Verified> task = new FutureTask<>(() -> {
            Run run = pipe.start(input, all);
            try {
                return verify(run);
            } catch (Mismatch e) {
                cleanUp(run);
                throw failure(e.getMessage(), e.at);
            } catch (AssertionError | RuntimeException e) {
                cleanUp(run);
                e.addSuppressed(failure("the script's own code failed", -1));
                throw e;
            }
        });
        Thread thread = new Thread(task, "pipe-verifier");
        thread.setDaemon(true);
        thread.start();
        return result(task, thread);
    }

    private Verified result(FutureTask<Verified> task, Thread thread) {
        try {
            return answer(task);
        } catch (TimeoutException e) {
            AssertionError stuck = failure("the run does not come back within " + within + " of real time", -1);
            Throwable there = new Throwable("the engine's thread is here");
            there.setStackTrace(thread.getStackTrace());
            stuck.initCause(there);
            thread.interrupt();
            throw stuck;
        } catch (InterruptedException e) {
            thread.interrupt();
            Thread.currentThread().interrupt();
            throw failure("the test was interrupted", -1);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof Error error) {
                throw error;
            }
            if (e.getCause() instanceof RuntimeException exception) {
                throw exception;
            }
            throw new IllegalStateException(e.getCause());
        }
    }

    private Verified answer(FutureTask<Verified> task)
            throws InterruptedException, ExecutionException, TimeoutException {
        try {
            return task.get(within.plus(SLACK).toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            if (!cleaningUp) {
                throw e;
            }
            return task.get(TO_CLEAN_UP.plus(SLACK).toMillis(), TimeUnit.MILLISECONDS);
        }
    }

    // ---- the script

    private Verified verify(Run run) {
        for (Item item : script) {
            if (item instanceof Item.Expected expected) {
                expect(expected);
            } else if (item instanceof Item.Await await) {
                pass(await.time());
            } else if (item instanceof Item.Silence silence) {
                beSilent(silence.time());
            } else if (item instanceof Item.Cancel cancel) {
                run.cancel(cancel.reason());
            } else if (item instanceof Item.Action action) {
                action.code().run();
            }
        }
        while (told.report().isEmpty()) {
            comeOn("the run has not settled");
        }
        compareTheRest();
        return end(run);
    }

    private void expect(Item.Expected expected) {
        while (true) {
            List<PipeEvent> events = told.events();
            while (compared < events.size()) {
                PipeEvent event = events.get(compared);
                if (expected.fits(event)) {
                    compared++;
                    return;
                }
                if (!lenient && !mayBeLeftOut(event)) {
                    throw new Mismatch(
                            "expected " + expected + ", but came " + event.type() + " at " + event.path(), compared);
                }
                compared++;
            }
            // the report comes after the last event, so what is missing now will not come
            if (told.report().isPresent() && told.events().size() == compared) {
                throw new Mismatch("expected " + expected + ", but the run has settled", -1);
            }
            comeOn("expected " + expected + ", which has not come");
        }
    }

    private void compareTheRest() {
        List<PipeEvent> events = told.events();
        for (int i = 0; i < events.size(); i++) {
            PipeEvent event = events.get(i);
            for (Item.Expected unwanted : never) {
                if (unwanted.fits(event)) {
                    throw new Mismatch("expected never " + unwanted + ", but it came", i);
                }
            }
        }
        boolean any = script.stream().anyMatch(Item.Expected.class::isInstance);
        for (int i = compared; any && !lenient && i < events.size(); i++) {
            if (!mayBeLeftOut(events.get(i))) {
                throw new Mismatch(
                        "expected no further event, but came " + events.get(i).type() + " at "
                                + events.get(i).path(),
                        i);
            }
        }
    }

    private static boolean mayBeLeftOut(PipeEvent event) {
        return event instanceof PipeEvent.RunStarted || event instanceof PipeEvent.RunSettled;
    }

    private Verified end(Run run) {
        RunReport report = told.report().orElseThrow();
        if (report.outcome() != outcome) {
            throw new Mismatch("expected the run to end " + outcome + ", but it ended " + report.outcome(), -1);
        }
        State state = null;
        PipeFailedException failure = null;
        try {
            state = run.result().block(within);
        } catch (PipeFailedException e) {
            failure = e;
        }
        return new Verified(report, told.events(), state, failure);
    }

    // ---- time

    private void beSilent(Duration span) {
        int before = told.events().size();
        if (compared < before && !lenient) {
            throw new Mismatch("expected no event", compared);
        }
        pass(span);
        if (told.events().size() > before) {
            throw new Mismatch("expected no event for " + span, before);
        }
    }

    private void pass(Duration span) {
        if (time != null) {
            time.move(span);
            return;
        }
        long until = System.nanoTime() + span.toNanos();
        while (System.nanoTime() < until) {
            inTime("the script awaits " + span);
            await(changes, Math.min(until, deadline));
        }
    }

    /** Lets one more thing happen: a call on another thread ends, or the next timer is due. */
    private void comeOn(String expectation) {
        inTime(expectation);
        long seen = changes;
        if (time == null || !inFlight.calls().isEmpty() || !time.moveToNextTimer()) {
            if (told.report().isEmpty()) {
                await(seen, deadline);
            }
        }
    }

    private void inTime(String expectation) {
        if (System.nanoTime() < deadline) {
            return;
        }
        String calls = inFlight.calls().isEmpty()
                ? ""
                : "; waited for " + String.join(", ", inFlight.calls())
                        + (time == null ? "" : ", and virtual time does not move by itself meanwhile: see thenAwait");
        throw new Mismatch(expectation + " within " + within + " of real time" + calls, -1);
    }

    private void changed() {
        synchronized (changed) {
            changes++;
            changed.notifyAll();
        }
    }

    private void await(long seen, long until) {
        synchronized (changed) {
            long left = TimeUnit.NANOSECONDS.toMillis(until - System.nanoTime());
            if (changes == seen && left >= 0) {
                try {
                    changed.wait(left + 1);
                } catch (InterruptedException e) {
                    throw new Mismatch("the test was interrupted", -1);
                }
            }
        }
    }

    /** A run that disappointed is still brought to its end, so that the report can be shown and nothing runs on. */
    private void cleanUp(Run run) {
        cleaningUp = true;
        deadline = System.nanoTime() + TO_CLEAN_UP.toNanos();
        run.cancel("an expectation failed");
        while (told.report().isEmpty() && System.nanoTime() < deadline) {
            long seen = changes;
            if (time == null || !time.moveToNextTimer()) {
                await(seen, deadline);
            }
        }
    }

    private AssertionError failure(@Nullable String what, int marked) {
        List<PipeEvent> events = new ArrayList<>(told.events());
        return new AssertionError(what + "\nevents:\n" + Telling.events(events, marked) + "\n"
                + told.report()
                        .map(report -> "report:\n" + Telling.report(report))
                        .orElse("no report: the run has not settled"));
    }

    /** A failed expectation, before its message is completed. */
    private static final class Mismatch extends RuntimeException {
        private static final long serialVersionUID = 1;

        private final int at;

        Mismatch(String message, int at) {
            super(message);
            this.at = at;
        }
    }

    private final class Waker implements RunListener {
        @Override
        public void on(PipeEvent event) {
            changed();
        }

        @Override
        public void settled(RunReport report) {
            changed();
        }
    }
}

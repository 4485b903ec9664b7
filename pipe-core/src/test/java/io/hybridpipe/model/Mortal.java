// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.model;

import io.hybridpipe.Contract;
import io.hybridpipe.StepContext;
import io.hybridpipe.StepInterceptor;
import io.hybridpipe.journal.JournalRecord;
import io.hybridpipe.journal.MemoryJournal;
import io.hybridpipe.journal.RunLog;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;

/**
 * A process that dies at its nth record: from then on nothing comes back to it, neither the journal's answers nor those of the
 * cloud nor its own timers. What it had sent lives on.
 */
public final class Mortal extends WrappedJournal implements StepInterceptor {
    private final Scheduler time;
    private final Predicate<JournalRecord> last;
    private final boolean lastOneWritten;
    private LongSupplier latency = () -> 0;
    private boolean dead;

    /**
     * Dies when it comes to such a record.
     *
     * @param lastOneWritten whether that record is in the journal, though nobody heard of it
     */
    public Mortal(MemoryJournal journal, Scheduler time, Predicate<JournalRecord> last, boolean lastOneWritten) {
        super(journal);
        this.time = time;
        this.last = last;
        this.lastOneWritten = lastOneWritten;
    }

    /** Dies at its nth record. */
    static Mortal of(MemoryJournal journal, Scheduler time, int records, boolean lastOneWritten) {
        int[] left = {records};
        return new Mortal(journal, time, entry -> --left[0] <= 0, lastOneWritten);
    }

    /** The journal's answers come after so many milliseconds, each in its order. */
    Mortal answeringAfter(LongSupplier latency) {
        long[] latest = {0};
        this.latency = () -> {
            long now = time.now(TimeUnit.MILLISECONDS);
            latest[0] = Math.max(latest[0], now + latency.getAsLong());
            return latest[0] - now;
        };
        return this;
    }

    public boolean isDead() {
        return dead;
    }

    private void die() {
        dead = true;
        journal.ownersDie();
    }

    // ---- its journal

    @Override
    protected RunLog wrapped(RunLog log) {
        return new Log(log);
    }

    private final class Log extends WrappedLog {
        Log(RunLog log) {
            super(log);
        }

        @Override
        public void append(JournalRecord entry, Consumer<@Nullable Throwable> written) {
            if (dead) {
                return;
            }
            if (!last.test(entry)) {
                long wait = latency.getAsLong();
                log.append(
                        entry,
                        wait == 0
                                ? written
                                : failure ->
                                        timers().schedule(() -> written.accept(failure), wait, TimeUnit.MILLISECONDS));
                return;
            }
            if (lastOneWritten) {
                log.append(entry, nobody -> {});
            }
            die();
        }

        @Override
        public Mono<Void> confirm() {
            return dead ? Mono.never() : log.confirm();
        }

        @Override
        public Mono<Void> close() {
            return dead ? Mono.never() : log.close();
        }
    }

    // ---- the cloud's answers

    @Override
    public <T> Mono<T> around(Phase phase, Contract contract, StepContext context, Mono<T> next) {
        return next.transform(it -> dropped(it));
    }

    private <T> Mono<T> dropped(Publisher<T> answers) {
        return Mono.from(answers)
                .materialize()
                .filter(signal -> !dead)
                .switchIfEmpty(Mono.never())
                .dematerialize();
    }

    // ---- its timers

    public Scheduler timers() {
        return new Scheduler() {
            @Override
            public Disposable schedule(Runnable task) {
                return dead ? Disposables.disposed() : time.schedule(alive(task));
            }

            @Override
            public Disposable schedule(Runnable task, long delay, TimeUnit unit) {
                return dead ? Disposables.disposed() : time.schedule(alive(task), delay, unit);
            }

            @Override
            public long now(TimeUnit unit) {
                return time.now(unit);
            }

            @Override
            public Worker createWorker() {
                throw new IllegalStateException("the engine needs no worker");
            }
        };
    }

    private Runnable alive(Runnable task) {
        return () -> {
            if (!dead) {
                task.run();
            }
        };
    }
}

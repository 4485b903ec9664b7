// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.test;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;

/**
 * The life of a process that exists only in a test: while it is stopped, nothing that comes from outside gets into its run.
 *
 * <p>It is born stopped. Nothing is lost: continued, as a process that was suspended, it gets all that it missed. Thread-safe.
 */
final class ProcessLife {
    private enum Stage {
        STOPPED,
        CATCHING_UP,
        LIVING
    }

    private final Deque<Runnable> missed = new ArrayDeque<>();
    private Stage stage = Stage.STOPPED;

    synchronized boolean isStopped() {
        return stage == Stage.STOPPED;
    }

    synchronized void stop() {
        stage = Stage.STOPPED;
    }

    /** Lets it go on, with all that it missed first, until that stops it again. */
    void goOn() {
        synchronized (this) {
            stage = Stage.CATCHING_UP;
        }
        for (Runnable next = nextMissed(); next != null; next = nextMissed()) {
            next.run();
        }
    }

    /** With the last one it has caught up: what that leads to is the present. */
    private synchronized @Nullable Runnable nextMissed() {
        if (stage != Stage.CATCHING_UP) {
            return null;
        }
        Runnable next = missed.poll();
        if (missed.isEmpty()) {
            stage = Stage.LIVING;
        }
        return next;
    }

    /** Runs the task now, or not before the process goes on. */
    void lets(Runnable task) {
        synchronized (this) {
            if (stage != Stage.LIVING) {
                missed.add(task);
                return;
            }
        }
        task.run();
    }

    /** The call, made and answered only while the process lives. */
    <T> Mono<T> lets(Mono<T> call) {
        return Mono.create(sink -> lets(() -> sink.onDispose(call.contextWrite(sink.contextView())
                .subscribe(
                        value -> lets(() -> sink.success(value)),
                        failure -> lets(() -> sink.error(failure)),
                        () -> lets(sink::success)))));
    }

    /** Timers of this process on that scheduler. */
    Scheduler timers(Scheduler scheduler) {
        return new Timers(scheduler);
    }

    private final class Timers implements Scheduler {
        private final Scheduler scheduler;

        Timers(Scheduler scheduler) {
            this.scheduler = scheduler;
        }

        private Runnable held(Runnable task, Disposable.Swap timer) {
            return () -> lets(() -> {
                if (!timer.isDisposed()) {
                    task.run();
                }
            });
        }

        @Override
        public Disposable schedule(Runnable task) {
            return schedule(task, 0, TimeUnit.NANOSECONDS);
        }

        @Override
        public Disposable schedule(Runnable task, long delay, TimeUnit unit) {
            Disposable.Swap timer = Disposables.swap();
            timer.replace(scheduler.schedule(held(task, timer), delay, unit));
            return timer;
        }

        @Override
        public Disposable schedulePeriodically(Runnable task, long initialDelay, long period, TimeUnit unit) {
            Disposable.Swap timer = Disposables.swap();
            timer.replace(scheduler.schedulePeriodically(held(task, timer), initialDelay, period, unit));
            return timer;
        }

        @Override
        public Worker createWorker() {
            Worker worker = scheduler.createWorker();
            return new Worker() {
                @Override
                public Disposable schedule(Runnable task) {
                    return worker.schedule(() -> lets(task));
                }

                @Override
                public Disposable schedule(Runnable task, long delay, TimeUnit unit) {
                    return worker.schedule(() -> lets(task), delay, unit);
                }

                @Override
                public void dispose() {
                    worker.dispose();
                }
            };
        }

        @Override
        public long now(TimeUnit unit) {
            return scheduler.now(unit);
        }

        @Override
        public void dispose() {
            scheduler.dispose();
        }
    }
}

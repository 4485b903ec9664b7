// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.test;

import java.time.Duration;
import java.util.Iterator;
import java.util.NavigableSet;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.scheduler.Scheduler;
import reactor.test.scheduler.VirtualTimeScheduler;

/** A virtual time of one's own that knows when its next timer is due, so that it can move from timer to timer. */
final class VirtualTime implements Scheduler {
    private final VirtualTimeScheduler time = VirtualTimeScheduler.create();
    private final NavigableSet<Timer> pending = new ConcurrentSkipListSet<>();
    private final AtomicLong numbers = new AtomicLong();

    /** Moves to the next timer that is due and runs it; false if there is none. */
    boolean moveToNextTimer() {
        // by one look: another thread may end the only timer meanwhile
        Iterator<Timer> timers = pending.iterator();
        if (!timers.hasNext()) {
            return false;
        }
        move(Duration.ofNanos(Math.max(0, timers.next().due - now(TimeUnit.NANOSECONDS))));
        return true;
    }

    /** Moves by this much, running all timers on the way at their times. */
    void move(Duration by) {
        time.advanceTimeBy(by);
    }

    @Override
    public long now(TimeUnit unit) {
        return time.now(unit);
    }

    @Override
    public Disposable schedule(Runnable task) {
        return time.schedule(task);
    }

    @Override
    public Disposable schedule(Runnable task, long delay, TimeUnit unit) {
        Timer timer = new Timer(task, now(TimeUnit.NANOSECONDS) + Math.max(0, unit.toNanos(delay)));
        pending.add(timer);
        timer.handle.update(time.schedule(timer, Math.max(0, delay), unit));
        return timer;
    }

    @Override
    public Disposable schedulePeriodically(Runnable task, long initialDelay, long period, TimeUnit unit) {
        return time.schedulePeriodically(task, initialDelay, period, unit);
    }

    @Override
    public Worker createWorker() {
        return time.createWorker();
    }

    @Override
    public void dispose() {
        time.dispose();
    }

    private final class Timer implements Runnable, Disposable, Comparable<Timer> {
        private final Runnable task;
        private final long due;
        private final long number = numbers.incrementAndGet();
        private final Disposable.Swap handle = Disposables.swap();

        Timer(Runnable task, long due) {
            this.task = task;
            this.due = due;
        }

        @Override
        public void run() {
            if (pending.remove(this)) {
                task.run();
            }
        }

        @Override
        public void dispose() {
            pending.remove(this);
            handle.dispose();
        }

        @Override
        public boolean isDisposed() {
            return handle.isDisposed();
        }

        @Override
        public int compareTo(Timer other) {
            int byDue = Long.compare(due, other.due);
            return byDue != 0 ? byDue : Long.compare(number, other.number);
        }

        @Override
        public boolean equals(Object other) {
            return this == other;
        }

        @Override
        public int hashCode() {
            return Long.hashCode(number);
        }
    }
}

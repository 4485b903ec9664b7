// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.model;

import java.util.Comparator;
import java.util.PriorityQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import reactor.core.Disposable;
import reactor.core.scheduler.Scheduler;

/** Time that moves only when nothing is left to do at the present instant. For one thread. */
final class VirtualScheduler implements Scheduler {
    private static final int LIVELOCK = 500_000;

    private final PriorityQueue<Timer> timers =
            new PriorityQueue<>(Comparator.comparingLong(Timer::at).thenComparingLong(Timer::number));
    private long now;
    private long number;

    long now() {
        return now;
    }

    void after(long millis, Runnable task) {
        schedule(task, millis, TimeUnit.MILLISECONDS);
    }

    void runUntil(BooleanSupplier done) {
        for (int steps = 0; !done.getAsBoolean() && !timers.isEmpty(); steps++) {
            Timer next = timers.poll();
            now = Math.max(now, next.at);
            if (!next.cancelled[0]) {
                next.task.run();
            }
            if (steps > LIVELOCK) {
                throw new AssertionError("livelock");
            }
        }
    }

    @Override
    public Disposable schedule(Runnable task) {
        return schedule(task, 0, TimeUnit.MILLISECONDS);
    }

    @Override
    public Disposable schedule(Runnable task, long delay, TimeUnit unit) {
        Timer timer = new Timer(now + unit.toMillis(delay), number++, task, new boolean[1]);
        timers.add(timer);
        return () -> timer.cancelled[0] = true;
    }

    @Override
    public long now(TimeUnit unit) {
        return unit.convert(now, TimeUnit.MILLISECONDS);
    }

    @Override
    public Worker createWorker() {
        throw new IllegalStateException("the engine needs no worker");
    }

    private record Timer(long at, long number, Runnable task, boolean[] cancelled) {}
}

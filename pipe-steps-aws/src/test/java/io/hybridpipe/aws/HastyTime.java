// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.aws;

import java.util.concurrent.TimeUnit;
import reactor.core.Disposable;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/** The parallel scheduler in a time that runs faster: for code that must wait for seconds beside servers that take real time. */
final class HastyTime implements Scheduler {
    private final long factor;

    HastyTime(long factor) {
        this.factor = factor;
    }

    @Override
    public long now(TimeUnit unit) {
        return unit.convert(System.nanoTime() * factor, TimeUnit.NANOSECONDS);
    }

    @Override
    public Disposable schedule(Runnable task) {
        return Schedulers.parallel().schedule(task);
    }

    @Override
    public Disposable schedule(Runnable task, long delay, TimeUnit unit) {
        return Schedulers.parallel().schedule(task, unit.toNanos(delay) / factor, TimeUnit.NANOSECONDS);
    }

    @Override
    public Worker createWorker() {
        Worker worker = Schedulers.parallel().createWorker();
        return new Worker() {
            @Override
            public Disposable schedule(Runnable task) {
                return worker.schedule(task);
            }

            @Override
            public Disposable schedule(Runnable task, long delay, TimeUnit unit) {
                return worker.schedule(task, unit.toNanos(delay) / factor, TimeUnit.NANOSECONDS);
            }

            @Override
            public void dispose() {
                worker.dispose();
            }
        };
    }
}

// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe;

import java.util.Queue;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.util.concurrent.Queues;

/**
 * Through which everything that touches one run's state passes, one task at a time: lock, trampoline and order of events are
 * this one thing.
 */
final class Mailbox {
    private static final Logger LOG = LoggerFactory.getLogger(Mailbox.class);

    private final Queue<Runnable> tasks =
            Queues.<Runnable>unboundedMultiproducer().get();
    private final AtomicInteger waiting = new AtomicInteger();
    private final Executor executor;
    private final Runnable beforeEach;
    private volatile @Nullable Thread drainer;

    /**
     * @param executor runs the draining; one that runs it at once makes the poster's thread the engine's, as virtual time needs
     * @param beforeEach is called before each task
     */
    Mailbox(Executor executor, Runnable beforeEach) {
        this.executor = executor;
        this.beforeEach = beforeEach;
    }

    /** Has the task run by the engine, after those posted before. */
    void post(Runnable task) {
        tasks.add(task);
        if (waiting.getAndIncrement() == 0) {
            executor.execute(this::drain);
        }
    }

    /** Posts the first task and drains on the calling thread until there is nothing more to do at once. */
    void postHere(Runnable task) {
        tasks.add(task);
        if (waiting.getAndIncrement() == 0) {
            drain();
        }
    }

    /** Runs the task now when the engine itself is calling, for instance from inside a step's {@code run}; posts it else. */
    void runOrPost(Runnable task) {
        if (isHere()) {
            task.run();
        } else {
            post(task);
        }
    }

    /** Whether the engine itself is calling. */
    boolean isHere() {
        return drainer == Thread.currentThread();
    }

    private void drain() {
        int done = 1;
        do {
            drainer = Thread.currentThread();
            for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
                try {
                    beforeEach.run();
                    task.run();
                } catch (RuntimeException | Error e) {
                    LOG.error("the engine failed, please report this", e);
                }
            }
            drainer = null;
            done = waiting.addAndGet(-done);
        } while (done != 0);
    }
}

// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe;

import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * The small pool that all runs of this JVM share, and the one thread that keeps the JVM alive while a run is unsettled.
 *
 * <p>The pool's threads are daemons, so that an idle pool does not hold up the JVM's exit; the keeper is not, so that an
 * unsettled run does.
 */
final class EngineThreads {
    private static final AtomicInteger NUMBER = new AtomicInteger();
    private static final ThreadPoolExecutor POOL = pool();
    private static final Object LOCK = new Object();
    private static int unsettled;
    private static @Nullable Thread keeper;

    private EngineThreads() {}

    static Executor executor() {
        return POOL;
    }

    /** From now until {@link #settled()} the JVM does not end by itself. */
    static void unsettled() {
        synchronized (LOCK) {
            if (unsettled++ == 0 && keeper == null) {
                Thread thread = new Thread(EngineThreads::keep, "hybridpipe-keeper");
                thread.setDaemon(false);
                keeper = thread;
                thread.start();
            }
        }
    }

    static void settled() {
        synchronized (LOCK) {
            if (--unsettled == 0) {
                LOCK.notifyAll();
            }
        }
    }

    private static void keep() {
        synchronized (LOCK) {
            while (unsettled > 0) {
                try {
                    LOCK.wait();
                } catch (InterruptedException e) {
                    // nobody has a reason to interrupt this thread; the runs decide when it ends
                    continue;
                }
            }
            keeper = null;
        }
    }

    private static ThreadPoolExecutor pool() {
        int threads = Math.max(2, Runtime.getRuntime().availableProcessors());
        ThreadPoolExecutor pool =
                new ThreadPoolExecutor(threads, threads, 10, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), task -> {
                    Thread thread = new Thread(task, "hybridpipe-" + NUMBER.incrementAndGet());
                    thread.setDaemon(true);
                    return thread;
                });
        pool.allowCoreThreadTimeOut(true);
        return pool;
    }
}

// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The one shutdown hook of this JVM, registered only while runs that asked for it are unsettled. */
final class Shutdown {
    private static final Logger LOG = LoggerFactory.getLogger(Pipe.class);
    private static final Map<Execution, Duration> RUNS = new LinkedHashMap<>();
    private static @Nullable Thread hook;

    private Shutdown() {}

    static synchronized void register(Execution run, Duration grace) {
        if (RUNS.isEmpty()) {
            Thread thread = new Thread(Shutdown::close, "hybridpipe-shutdown");
            try {
                Runtime.getRuntime().addShutdownHook(thread);
            } catch (IllegalStateException e) {
                throw new IllegalStateException("the JVM is shutting down, no run can start", e);
            }
            hook = thread;
        }
        RUNS.put(run, grace);
    }

    static synchronized void settled(Execution run) {
        RUNS.remove(run);
        Shutdown.class.notifyAll();
        if (RUNS.isEmpty() && hook != null && Thread.currentThread() != hook) {
            try {
                Runtime.getRuntime().removeShutdownHook(hook);
            } catch (IllegalStateException e) {
                LOG.debug("the hook is running already and ends by itself");
            }
            hook = null;
        }
    }

    private static synchronized void close() {
        RUNS.keySet().forEach(run -> run.cancel("the JVM shuts down"));
        long start = System.nanoTime();
        while (!RUNS.isEmpty()) {
            long longest =
                    RUNS.values().stream().mapToLong(Duration::toNanos).max().orElse(0);
            long left = (longest - (System.nanoTime() - start)) / 1_000_000;
            if (left <= 0) {
                LOG.error("the JVM ends although {} runs have not settled", RUNS.size());
                return;
            }
            try {
                Shutdown.class.wait(left);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            }
        }
    }
}

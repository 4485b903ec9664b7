// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.samples.fednet;

import io.hybridpipe.Run;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Closes something when the JVM is told to end, whatever main is doing then: it gets no further. What a run still needs is
 * closed after the run has settled.
 */
final class Interruption implements AutoCloseable {
    private static final Duration SETTLES_WITHIN = Duration.ofMinutes(5);

    private final AtomicReference<Run> running = new AtomicReference<>();
    private final Runnable closing;
    private final Thread hook = new Thread(this::closeAtLast, "closing at the end of the JVM");

    private Interruption(Runnable closing) {
        this.closing = closing;
    }

    static Interruption closing(Runnable closing) {
        Interruption interruption = new Interruption(closing);
        Runtime.getRuntime().addShutdownHook(interruption.hook);
        return interruption;
    }

    /** From now on this run needs it. */
    void await(Run run) {
        running.set(run);
    }

    private void closeAtLast() {
        Run run = running.get();
        try {
            if (run != null) {
                run.settled().block(SETTLES_WITHIN);
            }
        } finally {
            closing.run();
        }
    }

    /** Main has come this far, and closes the thing itself. */
    @Override
    public void close() {
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException ending) {
            // the hook runs already
            return;
        }
    }
}

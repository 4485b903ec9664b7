// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.event;

/**
 * Is told what happens in a run.
 *
 * <p>Called for one event at a time, in sequence order, on the engine's thread: a slow listener slows the run (see
 * {@link #buffered}), one that throws is logged once and ignored.
 */
@FunctionalInterface
public interface RunListener {
    /** Something happened. */
    void on(PipeEvent event);

    /** The run has settled; called once, after the last event. */
    default void settled(RunReport report) {}

    /**
     * This listener behind a buffer: it is called on a thread of its own, and when {@code capacity} events wait already,
     * further ones are dropped and counted. The report is never dropped.
     */
    default BufferedListener buffered(int capacity) {
        return new BufferedListener(this, capacity);
    }
}

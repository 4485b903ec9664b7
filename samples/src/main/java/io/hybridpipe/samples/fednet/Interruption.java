// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.samples.fednet;

import io.hybridpipe.event.PipeEvent;
import io.hybridpipe.event.RunListener;
import io.hybridpipe.event.RunReport;

/** Closes something at the end of a run that was told to stop: the JVM may be shutting down, and then nobody else does. */
final class Interruption implements RunListener {
    private final AutoCloseable resource;
    private volatile boolean interrupted;

    private Interruption(AutoCloseable resource) {
        this.resource = resource;
    }

    static RunListener closing(AutoCloseable resource) {
        return new Interruption(resource);
    }

    @Override
    public void on(PipeEvent event) {
        if (event instanceof PipeEvent.RunCancelRequested) {
            interrupted = true;
        }
    }

    @Override
    public void settled(RunReport report) {
        if (interrupted) {
            try {
                resource.close();
            } catch (Exception e) {
                throw new IllegalStateException("could not be closed: " + resource, e);
            }
        }
    }
}

// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.event;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.scheduler.Schedulers;

/** A listener that never slows the run: see {@link RunListener#buffered}. Thread-safe. */
public final class BufferedListener implements RunListener {
    private static final Logger LOG = LoggerFactory.getLogger(BufferedListener.class);

    private final RunListener target;
    private final int capacity;
    private final Queue<Runnable> waiting = new ConcurrentLinkedQueue<>();
    private final AtomicInteger events = new AtomicInteger();
    private final AtomicInteger work = new AtomicInteger();
    private final AtomicLong dropped = new AtomicLong();
    private volatile boolean noisy;

    BufferedListener(RunListener target, int capacity) {
        if (capacity < 1) {
            throw new IllegalArgumentException("capacity is " + capacity + ", it must be at least 1");
        }
        this.target = target;
        this.capacity = capacity;
    }

    /** How many events were dropped so far. */
    public long dropped() {
        return dropped.get();
    }

    @Override
    public void on(PipeEvent event) {
        if (events.incrementAndGet() > capacity) {
            events.decrementAndGet();
            dropped.incrementAndGet();
            return;
        }
        later(() -> {
            events.decrementAndGet();
            target.on(event);
        });
    }

    @Override
    public void settled(RunReport report) {
        later(() -> target.settled(report));
    }

    private void later(Runnable delivery) {
        waiting.add(delivery);
        if (work.getAndIncrement() == 0) {
            Schedulers.boundedElastic().schedule(this::drain);
        }
    }

    private void drain() {
        int done = 1;
        do {
            for (Runnable delivery = waiting.poll(); delivery != null; delivery = waiting.poll()) {
                try {
                    delivery.run();
                } catch (RuntimeException | Error e) {
                    if (!noisy) {
                        noisy = true;
                        LOG.warn(
                                "listener {} threw; it is ignored, and further throws of it are not logged", target, e);
                    }
                }
            }
            done = work.addAndGet(-done);
        } while (done != 0);
    }
}

// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.sim;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.Comparator;
import java.util.Objects;
import java.util.PriorityQueue;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The time of all stand-ins of one world, and their agenda: what will happen when.
 *
 * <p>A {@linkplain #manual manual} clock stands still until {@link #advance} is called; a {@linkplain #scaled scaled} one runs
 * by itself, faster or slower than real time. Tasks run one at a time, in order of their time and, at the same time, in the
 * order in which they were put on the agenda. Thread-safe.
 */
public final class SimClock extends Clock implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(SimClock.class);

    private final Object lock = new Object();
    private final ReentrantLock turn = new ReentrantLock();
    private final PriorityQueue<Entry> agenda =
            new PriorityQueue<>(Comparator.comparing(Entry::due).thenComparingLong(Entry::order));

    private final Instant start;
    private final long startNanos = System.nanoTime();
    /** Simulated seconds for each real one; 0 for a manual clock. */
    private final double factor;

    private Instant manualNow;
    private long entries;
    private boolean closed;

    private SimClock(Instant start, double factor) {
        this.start = start;
        this.manualNow = start;
        this.factor = factor;
    }

    /**
     * A clock that moves only when {@link #advance} is called.
     *
     * @param start the time it shows at first
     */
    public static SimClock manual(Instant start) {
        return new SimClock(Objects.requireNonNull(start, "start"), 0);
    }

    /**
     * A clock that starts now and runs {@code factor} times as fast as real time; 1 is real time. One daemon thread runs the
     * agenda until {@link #close()}; a task that throws is logged and the next one runs.
     *
     * @throws IllegalArgumentException if the factor is not a positive, finite number
     */
    public static SimClock scaled(double factor) {
        if (!(factor > 0) || Double.isInfinite(factor)) {
            throw new IllegalArgumentException("factor must be positive and finite, was " + factor);
        }
        var clock = new SimClock(Instant.now(), factor);
        var ticker = new Thread(clock::tick, "sim-clock");
        ticker.setDaemon(true);
        ticker.start();
        return clock;
    }

    /** What was put on the agenda and can be taken off again. */
    @FunctionalInterface
    public interface Cancellable {
        /** Takes the task off the agenda; without effect when it has begun or was cancelled before. */
        void cancel();
    }

    /**
     * Puts a task on the agenda.
     *
     * @param delay simulated time from now; zero or less means at the next opportunity, never inside this call
     */
    public Cancellable after(Duration delay, Runnable task) {
        Objects.requireNonNull(task, "task");
        synchronized (lock) {
            var now = instant();
            var entry = new Entry(delay.isNegative() ? now : now.plus(delay), entries++, task);
            if (closed) {
                return () -> {};
            }
            agenda.add(entry);
            lock.notifyAll();
            return () -> {
                synchronized (lock) {
                    agenda.remove(entry);
                }
            };
        }
    }

    /**
     * Moves a manual clock forward and runs, on the caller's thread, all tasks that become due on the way, each at its own
     * time, those included that such tasks add. What a task throws comes out of this call, with the clock at that task's time.
     *
     * @throws IllegalStateException on a scaled clock, which moves by itself
     * @throws IllegalArgumentException if the duration is negative
     */
    public void advance(Duration duration) {
        if (factor != 0) {
            throw new IllegalStateException("a scaled clock moves by itself; only a manual one can be advanced");
        }
        if (duration.isNegative()) {
            throw new IllegalArgumentException("time does not go back: " + duration);
        }
        turn.lock();
        try {
            var goal = instant().plus(duration);
            for (var next = nextDueBy(goal); next != null; next = nextDueBy(goal)) {
                next.task().run();
            }
            synchronized (lock) {
                manualNow = goal.isAfter(manualNow) ? goal : manualNow;
            }
        } finally {
            turn.unlock();
        }
    }

    private @Nullable Entry nextDueBy(Instant goal) {
        synchronized (lock) {
            var next = agenda.peek();
            if (next == null || next.due().isAfter(goal)) {
                return null;
            }
            agenda.remove();
            manualNow = next.due().isAfter(manualNow) ? next.due() : manualNow;
            return next;
        }
    }

    private void tick() {
        for (var next = awaitNext(); next != null; next = awaitNext()) {
            try {
                next.task().run();
            } catch (RuntimeException | Error e) {
                LOG.error("a task on the stand-ins' agenda failed", e);
            }
        }
    }

    private @Nullable Entry awaitNext() {
        synchronized (lock) {
            while (!closed) {
                var next = agenda.peek();
                try {
                    if (next == null) {
                        lock.wait();
                        continue;
                    }
                    var nanos = realNanos(Duration.between(instant(), next.due()));
                    if (nanos <= 0) {
                        return agenda.remove();
                    }
                    // rounded up to a millisecond, or the wait for a fraction of one would spin
                    lock.wait(nanos / 1_000_000 + 1);
                } catch (InterruptedException e) {
                    return null;
                }
            }
            return null;
        }
    }

    private long realNanos(Duration simulated) {
        // in doubles, since nanoseconds of far-away times overflow a long
        var seconds = simulated.getSeconds() + simulated.getNano() / 1e9;
        return (long) Math.min(seconds / factor * 1e9, 3.6e12);
    }

    /**
     * How long the given simulated time lasts on the wall: what a client that polls in real time has to wait.
     *
     * @throws IllegalStateException on a manual clock, where no real time corresponds
     */
    public Duration real(Duration simulated) {
        if (factor == 0) {
            throw new IllegalStateException("no real time corresponds to the time of a manual clock");
        }
        return Duration.ofNanos((long) (simulated.toNanos() / factor));
    }

    @Override
    public Instant instant() {
        if (factor != 0) {
            return start.plusNanos((long) ((System.nanoTime() - startNanos) * factor));
        }
        synchronized (lock) {
            return manualNow;
        }
    }

    @Override
    public ZoneId getZone() {
        return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
        return new Zoned(this, zone);
    }

    /** Empties the agenda and stops the ticking thread; the time can still be read. */
    @Override
    public void close() {
        synchronized (lock) {
            closed = true;
            agenda.clear();
            lock.notifyAll();
        }
    }

    private record Entry(Instant due, long order, Runnable task) {}

    private static final class Zoned extends Clock {
        private final SimClock clock;
        private final ZoneId zone;

        Zoned(SimClock clock, ZoneId zone) {
            this.clock = clock;
            this.zone = zone;
        }

        @Override
        public Instant instant() {
            return clock.instant();
        }

        @Override
        public ZoneId getZone() {
            return zone;
        }

        @Override
        public Clock withZone(ZoneId other) {
            return new Zoned(clock, other);
        }
    }
}

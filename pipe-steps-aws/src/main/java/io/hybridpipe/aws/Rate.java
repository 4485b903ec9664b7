// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.aws;

/**
 * How many requests a second may be sent, and how many of them now: a bucket of requests that fills at a rate which follows what
 * the service refuses.
 *
 * <p>Multiplicative decrease, additive increase, as TCP does, since many who share a limit that nobody tells them then settle at
 * fair parts of it. Not thread-safe; times are milliseconds of a clock that never goes back.
 */
final class Rate {
    /** Of what was sent when it was refused; the service's bucket, which is empty then, can fill while the rate is this low. */
    private static final double FALLS_TO = 0.6;

    /** So much of the rate that was refused is added each second: after four seconds it is tried again. */
    private static final double RISES_BY = 0.1;

    /** Slower does not help anybody: even the actions that EC2 limits most, such as RunInstances, are refilled at this rate. */
    private static final double LEAST = 2;

    /** Without a refusal for so long, whatever made the service refuse has passed. */
    private static final long FORGOTTEN_AFTER = 60_000;

    /** What one answer may ask all steps of an account to wait; the step that got the answer waits as long as it says. */
    private static final long LONGEST_STOP = 60_000;

    /**
     * How much of a second's requests may be sent at once, when nothing was sent for a while. EC2's buckets hold what some seconds
     * bring (its guide, "Request throttling for the Amazon EC2 API"); a quarter leaves room for answers that overtake one another.
     */
    private static final double BURST = 0.25;

    private final double ceiling;
    private final Sent sent = new Sent();
    private double ready;
    private long readyAt;
    private double fallenTo = Double.POSITIVE_INFINITY;
    private double rise;
    private long fellAt;
    private long stoppedUntil;

    /**
     * @param ceiling requests a second, infinite if no limit is known
     */
    Rate(double ceiling) {
        this.ceiling = ceiling;
        ready = burst(ceiling);
    }

    double ceiling() {
        return ceiling;
    }

    /** Requests a second, infinite without a limit. */
    double perSecond(long now) {
        long since = now - fellAt;
        return fallenTo == Double.POSITIVE_INFINITY || since >= FORGOTTEN_AFTER
                ? ceiling
                : Math.min(ceiling, fallenTo + rise * since / 1000);
    }

    /** Milliseconds until a request may be sent, at least. */
    long untilNext(long now) {
        double perSecond = perSecond(now);
        fill(now, perSecond);
        long forOne = ready >= 1 ? 0 : (long) Math.ceil((1 - ready) * 1000 / perSecond);
        return Math.max(forOne, stoppedUntil - now);
    }

    /** A request is sent. */
    void take(long now) {
        ready -= 1;
        sent.one(now);
    }

    /** The service refused what it was sent. */
    void fall(long now) {
        double refused = Math.max(LEAST, Math.min(perSecond(now), sent.perSecond(now)));
        fallenTo = Math.max(LEAST, refused * FALLS_TO);
        rise = refused * RISES_BY;
        fellAt = now;
        ready = Math.min(ready, 0);
        readyAt = now;
    }

    /** The service asked not to be called for so long. */
    void stop(long now, long millis) {
        stoppedUntil = Math.max(stoppedUntil, now + Math.min(millis, LONGEST_STOP));
    }

    private void fill(long now, double perSecond) {
        double most = burst(perSecond);
        ready = most == Double.POSITIVE_INFINITY
                ? most
                : Math.min(most, Math.max(ready, 0) + perSecond * (now - readyAt) / 1000);
        readyAt = now;
    }

    private static double burst(double perSecond) {
        return Math.max(1, perSecond * BURST);
    }

    /** How much was sent in the last two seconds, by tenths of a second. */
    private static final class Sent {
        private static final int SLOTS = 20;
        private static final long SLOT = 100;

        private final int[] counts = new int[SLOTS];
        private long latest;

        void one(long now) {
            moveTo(now);
            counts[(int) (latest % SLOTS)]++;
        }

        double perSecond(long now) {
            moveTo(now);
            int all = 0;
            for (int count : counts) {
                all += count;
            }
            return all * 1000.0 / (SLOTS * SLOT);
        }

        private void moveTo(long now) {
            long slot = now / SLOT;
            for (long each = Math.max(latest + 1, slot - SLOTS + 1); each <= slot; each++) {
                counts[(int) (each % SLOTS)] = 0;
            }
            latest = slot;
        }
    }
}

// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.journal;

import io.hybridpipe.journal.JournalException.Reason;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Keeps leases from expiring, on one daemon thread that lives as long as there is any. Thread-safe. */
final class LeaseRenewal {
    private static final Logger LOG = LoggerFactory.getLogger(LeaseRenewal.class);

    private final Duration every;
    private final Set<Lease> leases = new LinkedHashSet<>();
    private @Nullable Thread thread;

    LeaseRenewal(Duration every) {
        this.every = every;
    }

    synchronized void add(Lease lease) {
        leases.add(lease);
        if (thread == null) {
            thread = new Thread(this::renewWhileThereAreAny, "hybridpipe-lease-renewal");
            thread.setDaemon(true);
            thread.start();
        }
    }

    synchronized void remove(Lease lease) {
        leases.remove(lease);
        if (leases.isEmpty()) {
            notifyAll();
        }
    }

    private void renewWhileThereAreAny() {
        for (List<Lease> due = due(); !due.isEmpty(); due = due()) {
            due.forEach(this::renew);
        }
    }

    /** All leases, when it is time; none, and the end of the thread, when there are none any more. */
    private synchronized List<Lease> due() {
        long end = System.nanoTime() + every.toNanos();
        for (long left = every.toNanos(); left > 0 && !leases.isEmpty(); left = end - System.nanoTime()) {
            try {
                TimeUnit.NANOSECONDS.timedWait(this, left);
            } catch (InterruptedException e) {
                // nobody has a reason to interrupt this thread, and the leases need it
                continue;
            }
        }
        if (leases.isEmpty()) {
            thread = null;
        }
        return List.copyOf(leases);
    }

    private void renew(Lease lease) {
        try {
            lease.renew(every);
        } catch (JournalException e) {
            if (e.reason() == Reason.LOST) {
                // the run hears of it when it looks at the lease before its next call
                remove(lease);
            } else {
                LOG.warn("{} was not renewed; next try in {}", lease, every, e);
            }
        } catch (RuntimeException e) {
            LOG.warn("{} was not renewed; next try in {}", lease, every, e);
        }
    }
}

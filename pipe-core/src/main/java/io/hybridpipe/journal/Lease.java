// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.journal;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The right of one run to work on a target, until it is released or lost. Thread-safe. */
final class Lease {
    private final Leases leases;
    private final LeaseFile file;
    private final @Nullable Owner before;
    private final long goodForNanos;
    private volatile Term term;
    private volatile boolean over;

    /** One stretch from a renewal to its expiry, by both clocks. */
    private record Term(Owner owner, long startedNanos, long endsMillis) {}

    Lease(Leases leases, LeaseFile file, Owner owner, long startedNanos, @Nullable Owner before) {
        this.leases = leases;
        this.file = file;
        this.before = before;
        goodForNanos = leases.length.minus(margin(leases.length)).toNanos();
        term = term(owner, startedNanos);
    }

    /**
     * How long before its expiry an owner itself takes a lease for expired: the difference of two machines' clocks that does no
     * harm, and the time from looking at the lease to the call that is sent under it. A tenth of the length.
     */
    static Duration margin(Duration length) {
        return length.dividedBy(10);
    }

    private Term term(Owner owner, long startedNanos) {
        return new Term(
                owner, startedNanos, owner.until().minus(margin(leases.length)).toEpochMilli());
    }

    /** Who holds it: this run in this process, with the expiry of the last renewal. */
    Owner owner() {
        return term.owner;
    }

    /** Whose it was, if that owner had not released it but died or let it expire. */
    Optional<Owner> takenFrom() {
        return Optional.ofNullable(before);
    }

    /** Whether it is held for certain at this moment; looks at memory and clocks only, so it is false soon after a long pause. */
    boolean isHeld() {
        Term now = term;
        // the wall clock, because others go by it; the other one, because the wall clock may be set back
        return !over && leases.clock.millis() < now.endsMillis && System.nanoTime() - now.startedNanos < goodForNanos;
    }

    /**
     * Renews it, also after its expiry if nobody has taken it since.
     *
     * @throws JournalException {@code LOST} if it was taken over or released, {@code DAMAGED}, or {@code FAILED} if that cannot
     *     be found out
     */
    void confirm() {
        renew(LeaseFile.PATIENCE);
    }

    void renew(Duration patience) {
        file.locked(patience, () -> {
            // both clocks are read under the lock and before the write: a process that is stopped in between gains
            // nothing
            long started = System.nanoTime();
            Instant now = leases.now();
            requireOurs();
            Owner it = term.owner;
            Owner renewed =
                    new Owner(it.run(), it.host(), it.process(), it.since(), now.plus(leases.length), it.fence());
            file.write(LeaseEntry.held(file.target(), renewed, LeaseProcess.current()));
            term = term(renewed, started);
            return renewed;
        });
    }

    /** Does something with files. */
    @FunctionalInterface
    interface Work<T> {
        T run() throws IOException;
    }

    /**
     * Does something short that must not come after a take-over: nobody can take the lease meanwhile.
     *
     * @throws JournalException {@code LOST} if it was taken over or released before; otherwise as {@link #confirm}
     */
    <T> T guard(Work<T> work) throws IOException {
        try {
            return file.locked(LeaseFile.PATIENCE, () -> {
                requireOurs();
                try {
                    return work.run();
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            });
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }

    /** Under the file's lock. */
    private void requireOurs() {
        LeaseEntry entry = file.read();
        boolean ours = isOurs(entry);
        if (over || !ours) {
            over = true;
            throw JournalException.lost(file.target(), ours ? null : entry.owner());
        }
    }

    private boolean isOurs(LeaseEntry entry) {
        // whoever takes it raises the fence, and it never falls
        return entry.owner() != null && entry.fence() == term.owner.fence();
    }

    /**
     * Gives it back, so that the next one need not wait; does nothing if it was lost or given back already.
     *
     * @throws JournalException {@code DAMAGED} or {@code FAILED}; it is given up here all the same, and expires by itself
     */
    void release() {
        over = true;
        leases.forget(this);
        file.locked(LeaseFile.PATIENCE, () -> {
            LeaseEntry entry = file.read();
            boolean ours = isOurs(entry);
            if (ours) {
                file.write(LeaseEntry.free(file.target(), entry.fence()));
            }
            return ours;
        });
    }

    @Override
    public String toString() {
        return "the lease of target " + file.target();
    }
}

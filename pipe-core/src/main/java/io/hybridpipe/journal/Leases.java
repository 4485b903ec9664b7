// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.journal;

import io.hybridpipe.event.RunId;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;

/**
 * The leases of all targets under one directory, one small file each, shared by all processes that use the directory.
 *
 * <p>An owner is taken for dead when its lease has expired, or when it is a process of this machine that is not there any more.
 * Of other machines, containers and earlier boots only the expiry counts. Two leases in one process exclude each other as those of
 * two processes do.
 *
 * <p>Assumed is a file system on which locks and the atomic rename work for all who share it, and clocks of machines that differ by
 * less than {@link Lease#margin a tenth of the length}. A step of one machine's clock is no danger on that machine.
 *
 * <p>A lease file that cannot be read as one is refused with {@code DAMAGED}, never taken over: it is only ever replaced as a whole, so
 * another hand or the disk changed it, and neither its owner nor its fence is known any more. Thread-safe; all methods block.
 */
final class Leases {
    private static final Duration SHORTEST = Duration.ofMillis(100);

    final Clock clock;
    final Duration length;
    private final Path directory;
    private final LeaseRenewal renewal;

    private Leases(Path directory, Clock clock, Duration length) {
        this.directory = directory;
        this.clock = clock;
        this.length = length;
        renewal = new LeaseRenewal(length.dividedBy(3));
    }

    /**
     * The leases in this directory, which is made when the first one is taken.
     *
     * @param length how long a lease is good for after its last renewal
     * @throws IllegalArgumentException if the length is under 100 ms
     */
    static Leases in(Path directory, Clock clock, Duration length) {
        if (length.compareTo(SHORTEST) < 0) {
            throw new IllegalArgumentException("a lease must last " + SHORTEST + " at least, not " + length);
        }
        return new Leases(directory, clock, length);
    }

    /**
     * Takes the lease of a target, and keeps it renewed until it is released or lost.
     *
     * @throws JournalException {@code HELD} if a living owner has it, {@code DAMAGED}, or {@code FAILED} if the file cannot be
     *     read, written or locked
     */
    Lease take(String target, RunId run) {
        LeaseFile file = new LeaseFile(directory, target);
        Lease taken = file.locked(LeaseFile.PATIENCE, () -> {
            long started = System.nanoTime();
            Instant now = now();
            LeaseEntry before = file.read();
            before.living(now).ifPresent(owner -> {
                throw JournalException.held(target, owner);
            });
            LeaseProcess here = LeaseProcess.current();
            Owner owner = new Owner(run, here.host(), here.number(), now, now.plus(length), before.fence() + 1);
            file.write(LeaseEntry.held(target, owner, here));
            // a power cut must not bring an older fence back
            file.fixName();
            return new Lease(this, file, owner, started, before.owner());
        });
        renewal.add(taken);
        return taken;
    }

    /**
     * Who has the lease of a target and lives.
     *
     * @throws JournalException {@code DAMAGED} or {@code FAILED}
     */
    Optional<Owner> owner(String target) {
        return new LeaseFile(directory, target).read().living(now());
    }

    Instant now() {
        return clock.instant().truncatedTo(ChronoUnit.MILLIS);
    }

    void forget(Lease lease) {
        renewal.remove(lease);
    }
}

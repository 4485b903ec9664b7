// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.journal;

import io.hybridpipe.event.RunId;
import io.hybridpipe.journal.JournalException.Reason;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import javax.crypto.SecretKey;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/**
 * Keeps logs as files, one a run: lines of JSON, only ever added to, each safe from a power cut before the run goes on.
 *
 * <p>{@code DIRECTORY/RUN.jsonl} has a first line that says which log it is, then one a record. Each line ends with a checksum over
 * the line before it and itself ({@code sum}, or with a key {@code mac}). A last line that was torn off is left out, whatever else is
 * damaged is refused with file and line. Records of several runs that are written at the same time share one sync: they are in
 * {@code group-*.log} too until the runs' files are synced. Only the owner of the files may read them.
 *
 * <p>The directory may be shared by the processes of one machine, and by machines if their file system has working locks, atomic
 * renames and hard links. It is opened at first use, and made if it is not there. {@link #close} it, or let the process end.
 * Thread-safe; the {@code with} methods give a copy that is not opened.
 */
public final class FileJournal implements Journal, AutoCloseable {
    private final Path directory;
    private final Checksum checksum;
    private final Duration lease;
    private final Clock clock;
    private final Disk.Channels channels;
    private @Nullable LogStore store;
    private boolean closed;

    private FileJournal(Path directory, Checksum checksum, Duration lease, Clock clock, Disk.Channels channels) {
        this.directory = Objects.requireNonNull(directory, "directory");
        this.checksum = checksum;
        this.lease = Objects.requireNonNull(lease, "lease");
        this.clock = Objects.requireNonNull(clock, "clock");
        this.channels = channels;
    }

    /** The journal in this directory; without a key, with leases of a minute, on the system's clock. */
    public static FileJournal in(Path directory) {
        return new FileJournal(
                directory, Checksum.with(null), Duration.ofMinutes(1), Clock.systemUTC(), FileChannel::open);
    }

    /**
     * Ties the lines together by an HMAC-SHA256 that nobody can make without the key, so that a log is refused if anybody has changed
     * it, or cut it off.
     *
     * <p>Not noticed is if a log and its {@code RUN.head} are both put back to what they were at an earlier time. A log that was
     * written with a key cannot be opened without it, nor the other way round.
     *
     * @throws IllegalArgumentException if the key is none for HMAC-SHA256
     */
    public FileJournal withKey(SecretKey key) {
        return new FileJournal(directory, Checksum.with(Objects.requireNonNull(key, "key")), lease, clock, channels);
    }

    /**
     * How long a run's lease on its target lasts unless it is renewed, which is done in time as long as the process lives: so long does it
     * take until a run whose machine is gone can be taken up. Those of a process that ended on the same machine can be at once.
     */
    public FileJournal withLease(Duration lease) {
        return new FileJournal(directory, checksum, lease, clock, channels);
    }

    /** The clock by which leases expire. */
    public FileJournal withClock(Clock clock) {
        return new FileJournal(directory, checksum, lease, clock, channels);
    }

    FileJournal withChannels(Disk.Channels channels) {
        return new FileJournal(directory, checksum, lease, clock, channels);
    }

    private synchronized LogStore store() throws IOException {
        if (closed) {
            throw JournalException.of(Reason.FAILED, directory + ": the journal is closed");
        }
        if (store == null) {
            Disk disk = Disk.in(directory, channels);
            store = new LogStore(disk, checksum, Leases.in(disk.directory().resolve("leases"), clock, lease), clock);
        }
        return store;
    }

    @Override
    public Mono<RunLog> create(RunId run, String target) {
        return this.<RunLog>work(() -> store().create(run, target))
                .doOnDiscard(FileRunLog.class, FileJournal::giveBack);
    }

    @Override
    public Mono<RunLog> takeUp(RunId run) {
        return this.<RunLog>work(() -> store().takeUp(run)).doOnDiscard(FileRunLog.class, FileJournal::giveBack);
    }

    private static void giveBack(FileRunLog log) {
        log.close().subscribe();
    }

    @Override
    public Mono<List<JournalRecord>> read(RunId run) {
        return work(() -> store().read(run));
    }

    @Override
    public Mono<List<RunId>> runs() {
        return work(() -> store().runs());
    }

    @Override
    public Mono<Optional<Owner>> owner(RunId run) {
        return work(() -> store().owner(run));
    }

    /** Not by {@code subscribeOn}: a cancel would interrupt the thread, and that closes the channels that it uses. */
    private <T> Mono<T> work(Callable<T> work) {
        return Mono.create(sink -> Schedulers.boundedElastic().schedule(() -> {
            try {
                sink.success(work.call());
            } catch (JournalException e) {
                sink.error(e);
            } catch (Exception e) {
                sink.error(JournalException.failed(directory + ": " + e, e));
            }
        }));
    }

    /**
     * Writes what was appended, ends the writing and gives all leases back; blocks until that is done.
     *
     * <p>Runs that have not settled can append no more.
     */
    @Override
    public void close() {
        LogStore open;
        synchronized (this) {
            closed = true;
            open = store;
            store = null;
        }
        try {
            if (open != null) {
                open.close();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}

// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.journal;

import io.hybridpipe.event.RunId;
import io.hybridpipe.journal.JournalException.Reason;
import io.hybridpipe.journal.JournalRecord.Kind;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Clock;
import java.time.Instant;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** An opened {@link FileJournal}: how logs are begun, taken up and read. Its methods block; thread-safe. */
final class LogStore {
    private static final Logger LOG = LoggerFactory.getLogger(LogStore.class);

    final Disk disk;
    final Scribe scribe;
    final Set<FileRunLog> open = ConcurrentHashMap.newKeySet();

    private final Checksum checksum;
    private final Leases leases;
    private final Clock clock;

    LogStore(Disk disk, Checksum checksum, Leases leases, Clock clock) {
        this.disk = disk;
        this.checksum = checksum;
        this.leases = leases;
        this.clock = clock;
        try {
            GroupLog.mergeDead(disk, checksum);
            disk.deleteOldTemporaries();
        } catch (IOException e) {
            // logs can be read all the same: also from a disk that is full or takes no writes
            LOG.warn("what processes that have ended left stays in {}: {}", disk.directory(), e.toString());
        }
        scribe = new Scribe(disk);
    }

    // ---- to write

    RunLog create(RunId run, String target) throws IOException {
        refuseExisting(run);
        Lease lease = leases.take(target, run);
        return orRelease(lease, () -> {
            refuseExisting(run);
            Chain chain = new Chain(checksum);
            byte[] first = chain.add(LineFormat.header(run, target, clock.instant()));
            return begin(run, target, lease, List.of(), chain, first, false, temporary -> {
                try {
                    // unlike a rename it never replaces what another process has made in the meantime
                    Files.createLink(disk.log(run), temporary);
                } catch (FileAlreadyExistsException e) {
                    throw exists(run);
                }
                Files.delete(temporary);
            });
        });
    }

    private void refuseExisting(RunId run) {
        if (Files.exists(disk.log(run))) {
            throw exists(run);
        }
    }

    private JournalException exists(RunId run) {
        return JournalException.of(Reason.EXISTS, "there is a log of run " + run + " already, " + disk.log(run));
    }

    /**
     * Puts a copy in place of the log: its former owner, if it was only stopped, goes on writing to a file that nobody reads any more,
     * and what it has in a group log does not go on from here.
     */
    RunLog takeUp(RunId run) throws IOException {
        String target = text(run).header().target();
        Lease lease = leases.take(target, run);
        return orRelease(lease, () -> {
            // once more, because the former owner may have written until now
            LogText text = text(run);
            boolean lost = Files.exists(disk.failed(run));
            RunLog log = begin(run, target, lease, text.records(), text.chain, text.all(), lost, temporary -> {
                Files.move(temporary, disk.log(run), StandardCopyOption.ATOMIC_MOVE);
            });
            Files.deleteIfExists(disk.failed(run));
            return log;
        });
    }

    /** Puts the file, which is safe, where the log belongs. */
    @FunctionalInterface
    private interface Placing {
        void place(Path temporary) throws IOException;
    }

    private static RunLog orRelease(Lease lease, Lease.Work<RunLog> work) throws IOException {
        boolean done = false;
        try {
            RunLog log = work.run();
            done = true;
            return log;
        } finally {
            if (!done) {
                lease.release();
            }
        }
    }

    private RunLog begin(
            RunId run,
            String target,
            Lease lease,
            List<JournalRecord> past,
            Chain chain,
            byte[] before,
            boolean lost,
            Placing placing)
            throws IOException {
        Path temporary = disk.temporary(disk.log(run));
        FileChannel channel = disk.make(temporary);
        try {
            Disk.write(channel, before);
            // a process that was stopped on the way here must not put its copy over the log of the next owner
            Optional<Head> head = lease.guard(() -> {
                Optional<Head> put = putHead(run, chain);
                try {
                    JournalRecord held = held(target, lease.owner(), lost);
                    Disk.write(channel, chain.add(LineFormat.entry(chain.length() + 1, held)));
                    channel.force(false);
                    placing.place(temporary);
                    disk.sync();
                    if (put.isPresent()) {
                        put.get().write(chain.length(), chain.last());
                    }
                    return put;
                } catch (IOException | RuntimeException e) {
                    if (put.isPresent()) {
                        put.get().close();
                    }
                    throw e;
                }
            });
            FileRunLog log = new FileRunLog(run, this, lease, past, chain, channel, head.orElse(null));
            open.add(log);
            return log;
        } catch (IOException | RuntimeException e) {
            channel.close();
            Files.deleteIfExists(temporary);
            throw e;
        }
    }

    /** The head is put before the log, and covers only what a former owner has written too: the log is never behind it. */
    private Optional<Head> putHead(RunId run, Chain chain) throws IOException {
        return checksum.isKeyed()
                ? Optional.of(Head.put(disk, disk.head(run), run.value(), chain, checksum))
                : Optional.empty();
    }

    private JournalRecord held(String target, Owner owner, boolean lost) {
        Map<String, Object> data = new LinkedHashMap<>();
        data.put("target", target);
        data.put("host", owner.host());
        data.put("process", owner.process());
        data.put("fence", owner.fence());
        if (lost) {
            data.put("lost", true);
        }
        return new JournalRecord(Kind.HELD, clock.instant(), io.hybridpipe.event.Path.of(""), 0, 0, data);
    }

    // ---- to read

    List<JournalRecord> read(RunId run) throws IOException {
        return text(run).records();
    }

    Optional<Owner> owner(RunId run) throws IOException {
        return leases.owner(text(run).header().target());
    }

    /** In this order: what is in a group log, or covered by a head, is in the file or was there before it. */
    private LogText text(RunId run) throws IOException {
        List<byte[]> grouped = GroupLog.linesOf(run, disk);
        byte[] head = checksum.isKeyed() ? Disk.content(disk.head(run)) : null;
        byte[] content;
        try {
            content = Disk.content(disk.log(run));
        } catch (IOException e) {
            throw JournalException.failed(disk.log(run) + ": it cannot be read: " + e, e);
        }
        if (content == null) {
            throw JournalException.of(Reason.UNKNOWN_RUN, "there is no log of run " + run + " in " + disk.directory());
        }
        LogText text = LogText.of(disk.log(run), run, content, grouped, checksum);
        if (checksum.isKeyed()) {
            Head.check(head, disk.head(run), run.value(), text, checksum);
        }
        return text;
    }

    List<RunId> runs() throws IOException {
        Map<RunId, Instant> created = new LinkedHashMap<>();
        for (RunId run : disk.runs()) {
            created.put(run, created(run));
        }
        return created.entrySet().stream()
                .sorted(Map.Entry.comparingByValue(Comparator.naturalOrder()))
                .map(Map.Entry::getKey)
                .toList();
    }

    /** When the run was created; those of which it cannot be known come last, reading them says why. */
    private Instant created(RunId run) {
        try (BufferedReader lines = Files.newBufferedReader(disk.log(run), StandardCharsets.ISO_8859_1)) {
            String first = lines.readLine();
            return first == null
                    ? Instant.MAX
                    : LineFormat.header(first.getBytes(StandardCharsets.ISO_8859_1))
                            .created();
        } catch (IOException | IllegalArgumentException e) {
            return Instant.MAX;
        }
    }

    /** Ends the writing of all logs and gives their leases back. */
    void close() throws InterruptedException {
        scribe.close();
        for (FileRunLog log : open) {
            try {
                log.end();
            } catch (JournalException e) {
                // the others are given back all the same, and this one expires
                LOG.warn("{}", e.getMessage());
            }
        }
    }
}

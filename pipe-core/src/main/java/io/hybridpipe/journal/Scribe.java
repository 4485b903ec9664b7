// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.journal;

import io.hybridpipe.event.RunId;
import io.hybridpipe.journal.JournalException.Reason;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.NoSuchFileException;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one thread that writes the records of all runs of a journal, as many at once as there are.
 *
 * <p>Records of one run go to its file and are made safe there. Records of several go to the group log, are made safe there with one
 * sync for all, and then to the runs' files without one; those are synced when the group log has grown.
 */
final class Scribe {
    private static final Logger LOG = LoggerFactory.getLogger(Scribe.class);

    /** How long at most to wait for runs that wrote a moment ago and so are likely to write again at once. */
    private static final long GATHERING_NANOS = Duration.ofMillis(2).toNanos();

    private static final long GROUP_LOG_BYTES = 4 << 20;

    /** How many grouped lines there must be for each file that they were written to before those files are synced. */
    private static final int GROUP_LOG_LINES_A_FILE = 200;

    /** From here on they are synced however few lines each got: many short runs would let it grow for ever. */
    private static final long GROUP_LOG_MOST_BYTES = 4 * GROUP_LOG_BYTES;

    /**
     * Something to write, or to do when all that was added before is written.
     *
     * @param line with its line break; none if there is nothing to write, or it cannot be
     */
    record Entry(FileRunLog log, byte @Nullable [] line, int n, String sum, Consumer<@Nullable Throwable> written) {}

    private final Disk disk;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition arrived = lock.newCondition();
    private final CountDownLatch ended = new CountDownLatch(1);
    private List<Entry> waiting = new ArrayList<>();
    private int wanted = 1;
    private boolean closed;

    // of the thread alone
    private final Map<FileRunLog, Long> busy = new LinkedHashMap<>();
    private final Set<FileRunLog> unsafe = new LinkedHashSet<>();
    private final List<GroupLog> left = new ArrayList<>();
    private @Nullable GroupLog group;

    Scribe(Disk disk) {
        this.disk = disk;
        Thread thread = new Thread(this::writeUntilClosed, "hybridpipe-journal");
        thread.setDaemon(true);
        thread.start();
    }

    void add(Entry entry) {
        lock.lock();
        try {
            if (!closed) {
                waiting.add(entry);
                if (waiting.size() >= wanted) {
                    arrived.signal();
                }
                return;
            }
        } finally {
            lock.unlock();
        }
        entry.log.fail(JournalException.of(Reason.FAILED, entry.log.file() + ": the journal is closed"));
        answer(entry);
    }

    /** Writes what was added before and ends; returns when that is done. */
    void close() throws InterruptedException {
        lock.lock();
        try {
            closed = true;
            arrived.signal();
        } finally {
            lock.unlock();
        }
        ended.await();
    }

    private void writeUntilClosed() {
        try {
            for (List<Entry> batch = next(); !batch.isEmpty(); batch = next()) {
                write(batch);
                batch.forEach(Scribe::answer);
            }
            endGroup();
            left.forEach(Scribe::leave);
        } finally {
            ended.countDown();
        }
    }

    /** What is to be written next; nothing when closed and all is written. */
    private List<Entry> next() {
        lock.lock();
        try {
            wanted = 1;
            while (waiting.isEmpty() && !closed) {
                arrived.awaitUninterruptibly();
            }
            wanted = busyRuns();
            long end = System.nanoTime() + GATHERING_NANOS;
            for (long left = GATHERING_NANOS; waiting.size() < wanted && !closed && left > 0; ) {
                left = await(end - System.nanoTime());
            }
            List<Entry> batch = waiting;
            waiting = new ArrayList<>();
            return batch;
        } finally {
            lock.unlock();
        }
    }

    private long await(long nanos) {
        try {
            return arrived.awaitNanos(nanos);
        } catch (InterruptedException e) {
            // nobody has a reason to interrupt this thread; it ends when it is closed
            return nanos;
        }
    }

    private int busyRuns() {
        long since = System.nanoTime() - GATHERING_NANOS;
        for (Iterator<Long> oldest = busy.values().iterator(); oldest.hasNext() && oldest.next() - since < 0; ) {
            oldest.remove();
        }
        return Math.max(1, busy.size());
    }

    private void write(List<Entry> batch) {
        Map<FileRunLog, List<Entry>> ready = new LinkedHashMap<>();
        for (Entry entry : batch) {
            if (entry.line != null) {
                ready.computeIfAbsent(entry.log, log -> new ArrayList<>()).add(entry);
            }
        }
        try {
            ready.keySet().removeIf(log -> !log.mayWrite());
            boolean safe = ready.size() > 1 && writeGroup(ready);
            ready.forEach((log, entries) -> writeRun(log, entries, safe));
        } catch (RuntimeException | Error e) {
            ready.keySet().forEach(log -> log.fail(log.failed(e)));
        }
        long now = System.nanoTime();
        for (FileRunLog log : ready.keySet()) {
            busy.remove(log);
            busy.put(log, now);
        }
    }

    private void writeRun(FileRunLog log, List<Entry> entries, boolean safe) {
        try {
            log.write(entries);
            if (safe) {
                unsafe.add(log);
            } else {
                log.sync();
                unsafe.remove(log);
            }
            log.reach(entries.get(entries.size() - 1));
        } catch (IOException e) {
            log.fail(log.failed(e));
        }
    }

    private static void answer(Entry entry) {
        try {
            boolean written = entry.line != null && entry.log.mayWrite();
            entry.written.accept(written ? null : entry.log.failure());
        } catch (RuntimeException | Error e) {
            LOG.error("what was to come after a record of run {} failed", entry.log.run(), e);
        }
    }

    // ---- the group log

    /** Whether the lines are safe in the group log; if not, each run has to do without. */
    private boolean writeGroup(Map<FileRunLog, List<Entry>> ready) {
        Map<RunId, List<byte[]>> lines = new LinkedHashMap<>();
        ready.forEach((log, entries) ->
                lines.put(log.run(), entries.stream().map(Entry::line).toList()));
        try {
            openGroup().append(lines);
            return true;
        } catch (IOException e) {
            LOG.warn("records are written for each run alone, the log for several at once failed: {}", e.toString());
            endGroup();
            return false;
        }
    }

    private GroupLog openGroup() throws IOException {
        GroupLog open = group;
        if (open != null
                && open.size() > GROUP_LOG_BYTES
                && (open.lines() > (long) GROUP_LOG_LINES_A_FILE * unsafe.size()
                        || open.size() > GROUP_LOG_MOST_BYTES)) {
            if (madeSafe()) {
                open.empty();
            } else {
                group = null;
                left.add(open);
            }
        }
        return group == null ? group = GroupLog.make(disk) : group;
    }

    /** Whether each line of the group log is safe in its run's file now. */
    private boolean madeSafe() {
        boolean all = true;
        for (FileRunLog log : unsafe) {
            // by its name: the log may be closed, or taken up by another process, which has then made a safe copy
            try (FileChannel channel = disk.open(log.file(), StandardOpenOption.WRITE)) {
                channel.force(false);
            } catch (NoSuchFileException e) {
                // somebody has deleted the run
                log.fail(log.failed(e));
            } catch (IOException e) {
                // another try might seem to work, but the system may have forgotten what it could not write
                log.fail(log.failed(e));
                all = false;
            }
        }
        unsafe.clear();
        return all;
    }

    /** After this there is no group log; what is not safe elsewhere stays for whoever opens the journal next. */
    private void endGroup() {
        GroupLog open = group;
        group = null;
        if (open == null) {
            return;
        }
        if (!madeSafe()) {
            left.add(open);
            return;
        }
        try {
            open.remove();
        } catch (IOException e) {
            LOG.warn("{} was not deleted: {}", open.file(), e.toString());
            left.add(open);
        }
    }

    private static void leave(GroupLog open) {
        try {
            open.leave();
        } catch (IOException e) {
            LOG.warn("{} was not closed: {}", open.file(), e.toString());
        }
    }
}

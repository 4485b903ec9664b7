// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.journal;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.hybridpipe.event.RunId;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Lines of many runs that were made safe at once, until each is safe in the file of its run too.
 *
 * <p>A line in it is the run's name, a tab, and the line as the run's file has it. While its owner lives, a lock file beside it is
 * locked. Not thread-safe.
 */
final class GroupLog {
    /**
     * The lock files that this JVM has open. On POSIX systems closing any channel to a file gives back all locks that the process has
     * on it, so no second one may be opened.
     */
    private static final Set<Path> OPEN_HERE = ConcurrentHashMap.newKeySet();

    private final Lock lock;
    private final Path file;
    private final FileChannel channel;
    private long size;
    private int lines;

    private GroupLog(Lock lock, Path file, FileChannel channel) {
        this.lock = lock;
        this.file = file;
        this.channel = channel;
    }

    static GroupLog make(Disk disk) throws IOException {
        Path file = disk.directory().resolve("group-" + UUID.randomUUID() + ".log");
        Lock lock = Lock.tryOn(file, disk);
        if (lock == null) {
            throw new IOException(file + " cannot be locked");
        }
        try {
            GroupLog made = new GroupLog(lock, file, disk.make(file));
            disk.sync();
            return made;
        } catch (IOException e) {
            Files.deleteIfExists(file);
            lock.remove();
            throw e;
        }
    }

    Path file() {
        return file;
    }

    /** How many bytes and lines were added since it was last emptied. */
    long size() {
        return size;
    }

    int lines() {
        return lines;
    }

    /** Adds lines, given with their line breaks; they are safe on return. */
    void append(Map<RunId, List<byte[]>> added) throws IOException {
        ByteArrayOutputStream text = new ByteArrayOutputStream();
        added.forEach((run, its) -> its.forEach(line -> {
            text.writeBytes((run + "\t").getBytes(US_ASCII));
            text.writeBytes(line);
            lines++;
        }));
        size += text.size();
        Disk.write(channel, text.toByteArray());
        channel.force(false);
    }

    /** Takes all lines out, when each is safe in the file of its run. */
    void empty() throws IOException {
        channel.truncate(0);
        channel.position(0);
        size = 0;
        lines = 0;
    }

    /** Deletes it, when each line is safe in the file of its run. */
    void remove() throws IOException {
        channel.close();
        Files.deleteIfExists(file);
        lock.remove();
    }

    /** Leaves it to whoever opens the journal next. */
    void leave() throws IOException {
        try (lock) {
            channel.close();
        }
    }

    // ---- reading

    /** The lines of this run in all group logs, without line breaks. */
    static List<byte[]> linesOf(RunId run, Disk disk) throws IOException {
        List<byte[]> found = new ArrayList<>();
        for (Path log : all(disk)) {
            found.addAll(read(log, run).getOrDefault(run.value(), List.of()));
        }
        return found;
    }

    private static List<Path> all(Disk disk) throws IOException {
        return disk.files("group-*.log");
    }

    /** The whole lines of each run, or of only one. */
    private static Map<String, List<byte[]>> read(Path log, @Nullable RunId only) throws IOException {
        byte[] content;
        try {
            content = Files.readAllBytes(log);
        } catch (NoSuchFileException e) {
            // its owner has made its lines safe in the runs' files, which are read after it
            return Map.of();
        }
        Map<String, List<byte[]>> found = new LinkedHashMap<>();
        int from = 0;
        int tab = -1;
        for (int i = 0; i < content.length; i++) {
            if (content[i] == '\t' && tab < 0) {
                tab = i;
            } else if (content[i] == '\n') {
                if (tab >= 0) {
                    String run = new String(content, from, tab - from, US_ASCII);
                    if (only == null || run.equals(only.value())) {
                        found.computeIfAbsent(run, name -> new ArrayList<>())
                                .add(Arrays.copyOfRange(content, tab + 1, i));
                    }
                }
                from = i + 1;
                tab = -1;
            }
        }
        return found;
    }

    // ---- those of the dead

    /** Makes the lines of all group logs whose owners are dead safe in the runs' files, and deletes those logs. */
    static void mergeDead(Disk disk, Checksum checksum) throws IOException {
        Map<Lock, Path> dead = new LinkedHashMap<>();
        try {
            Map<String, List<byte[]>> lines = new LinkedHashMap<>();
            for (Path log : all(disk)) {
                Lock lock = Lock.tryOn(log, disk);
                if (lock != null) {
                    dead.put(lock, log);
                    read(log, null).forEach((run, its) -> lines.computeIfAbsent(run, name -> new ArrayList<>())
                            .addAll(its));
                }
            }
            Set<String> kept = merge(lines, disk, checksum);
            for (Map.Entry<Lock, Path> each : dead.entrySet()) {
                if (Collections.disjoint(read(each.getValue(), null).keySet(), kept)) {
                    Files.deleteIfExists(each.getValue());
                    each.getKey().remove();
                }
            }
        } finally {
            for (Lock lock : dead.keySet()) {
                lock.close();
            }
        }
    }

    /** The runs whose lines could not be made safe: what is in the group log may be all that is left of them. */
    private static Set<String> merge(Map<String, List<byte[]>> lines, Disk disk, Checksum checksum) {
        Set<String> kept = new HashSet<>();
        lines.forEach((run, its) -> {
            try {
                merge(RunId.of(run), its, disk, checksum);
            } catch (IOException | JournalException | IllegalArgumentException e) {
                // a failing disk, a damaged log, another key, a name that is none
                kept.add(run);
            }
        });
        return kept;
    }

    /**
     * The file is changed in place: if another process is taking the run up, it has put, or will put, a copy in its place, and what
     * is written here does not count.
     */
    private static void merge(RunId run, List<byte[]> lines, Disk disk, Checksum checksum) throws IOException {
        Path file = disk.log(run);
        try (FileChannel channel = disk.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            ByteBuffer content = ByteBuffer.allocate(Math.toIntExact(channel.size()));
            int read = 0;
            while (read >= 0 && content.hasRemaining()) {
                read = channel.read(content);
            }
            LogText text = LogText.of(file, run, Arrays.copyOf(content.array(), content.position()), lines, checksum);
            byte[] missing = text.missing();
            if (missing.length > 0) {
                channel.truncate(text.validBytes());
                channel.position(text.validBytes());
                Disk.write(channel, missing);
            }
            channel.force(false);
        } catch (NoSuchFileException e) {
            // somebody has deleted the run
        }
    }

    /** A lock that tells the others that the owner of a group log lives. */
    private record Lock(Path path, FileChannel channel, FileLock held) implements AutoCloseable {
        static @Nullable Lock tryOn(Path log, Disk disk) throws IOException {
            Path path = log.resolveSibling(log.getFileName() + ".lock");
            if (!OPEN_HERE.add(path)) {
                return null;
            }
            FileChannel channel = null;
            FileLock held = null;
            try {
                channel = disk.makeOrOpen(path);
                held = channel.tryLock();
                return held == null ? null : new Lock(path, channel, held);
            } finally {
                if (held == null) {
                    if (channel != null) {
                        channel.close();
                    }
                    OPEN_HERE.remove(path);
                }
            }
        }

        void remove() throws IOException {
            Files.deleteIfExists(path);
            close();
        }

        @Override
        public void close() throws IOException {
            channel.close();
            OPEN_HERE.remove(path);
        }
    }
}

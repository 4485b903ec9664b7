// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.journal;

import io.hybridpipe.event.RunId;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The directory of a journal: which file is called what, and that only its owner may read it. Thread-safe. */
final class Disk {
    private static final String LOG = ".jsonl";
    private static final String TEMPORARY = ".tmp";

    /** How channels are opened; a test puts one that fails here. */
    @FunctionalInterface
    interface Channels {
        FileChannel open(Path file, Set<? extends OpenOption> options, FileAttribute<?>... attributes)
                throws IOException;
    }

    private final Path directory;
    private final Channels channels;
    private final boolean posix;
    private final AtomicLong asked = new AtomicLong();
    private long synced;
    private @Nullable IOException failure;

    private Disk(Path directory, Channels channels) {
        this.directory = directory;
        this.channels = channels;
        posix = isPosix(directory);
    }

    /** The directory, made if it is not there. */
    static Disk in(Path directory, Channels channels) throws IOException {
        if (!Files.isDirectory(directory)) {
            Path made = directory.toAbsolutePath();
            try {
                if (isPosix(made)) {
                    Files.createDirectories(
                            made, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
                } else {
                    Files.createDirectories(made);
                }
            } catch (FileAlreadyExistsException e) {
                throw JournalException.of(JournalException.Reason.FAILED, e.getFile() + ": it is not a directory");
            }
        }
        return new Disk(directory.toRealPath(), channels);
    }

    private static boolean isPosix(Path path) {
        return path.getFileSystem().supportedFileAttributeViews().contains("posix");
    }

    Path directory() {
        return directory;
    }

    Path log(RunId run) {
        return directory.resolve(run + LOG);
    }

    /** Up to where the log of a journal with a key is known to reach. */
    Path head(RunId run) {
        return directory.resolve(run + ".head");
    }

    /** Says that the log's last records could not be written. */
    Path failed(RunId run) {
        return directory.resolve(run + ".failed");
    }

    List<RunId> runs() throws IOException {
        return files("*" + LOG).stream()
                .map(file -> file.getFileName().toString())
                .map(name -> name.substring(0, name.length() - LOG.length()))
                .flatMap(Disk::run)
                .toList();
    }

    /** Nothing if somebody else has put a file here whose name is no run's. */
    private static Stream<RunId> run(String name) {
        try {
            return Stream.of(RunId.of(name));
        } catch (IllegalArgumentException e) {
            return Stream.empty();
        }
    }

    /** The files of the directory whose names fit, in the order of their names. */
    List<Path> files(String glob) throws IOException {
        try (Stream<Path> all = Files.list(directory)) {
            PathMatcher matcher = directory.getFileSystem().getPathMatcher("glob:" + glob);
            return all.filter(file -> matcher.matches(file.getFileName()))
                    .sorted()
                    .toList();
        }
    }

    /** A new file, empty. */
    FileChannel make(Path file) throws IOException {
        return open(file, Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE), "rw-------");
    }

    /** A file that need not be new. */
    FileChannel makeOrOpen(Path file) throws IOException {
        return open(file, Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE), "rw-------");
    }

    /** A file whose being there says something. */
    void mark(Path file) throws IOException {
        makeOrOpen(file).close();
        sync();
    }

    private FileChannel open(Path file, Set<? extends OpenOption> options, String permissions) throws IOException {
        return posix
                ? channels.open(
                        file,
                        options,
                        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(permissions)))
                : channels.open(file, options);
    }

    /** Where to make the file that will be this one by a rename. */
    Path temporary(Path file) {
        return file.resolveSibling(file.getFileName() + "." + Long.toHexString(System.nanoTime()) + TEMPORARY);
    }

    /** Deletes what processes that ended in the midst of making a file have left; nobody needs a day for that. */
    void deleteOldTemporaries() throws IOException {
        Instant before = Instant.now().minus(Duration.ofDays(1));
        for (Path file : files("*" + TEMPORARY)) {
            if (Files.getLastModifiedTime(file).toInstant().isBefore(before)) {
                Files.deleteIfExists(file);
            }
        }
    }

    FileChannel open(Path file, OpenOption... options) throws IOException {
        return channels.open(file, Set.of(options));
    }

    /**
     * Makes the names of files safe: a new file is not safe before its name is.
     *
     * <p>Those who ask while another one's sync is under way share the next one, and its failure: another try might seem to work.
     */
    void sync() throws IOException {
        long mine = asked.incrementAndGet();
        synchronized (asked) {
            if (mine > synced) {
                synced = asked.get();
                failure = null;
                try {
                    syncDirectory();
                } catch (IOException e) {
                    failure = e;
                }
            }
            if (failure != null) {
                throw new IOException(directory + " was not synced: " + failure.getMessage(), failure);
            }
        }
    }

    private void syncDirectory() throws IOException {
        if (posix) {
            try (FileChannel channel = open(directory, StandardOpenOption.READ)) {
                channel.force(true);
            }
        }
    }

    /** The file's content, or null if there is none. */
    static byte @Nullable [] content(Path file) throws IOException {
        try {
            return Files.readAllBytes(file);
        } catch (NoSuchFileException e) {
            return null;
        }
    }

    /** Appends all of it; a channel may write less than it is given. */
    static void write(FileChannel channel, byte[] bytes) throws IOException {
        for (ByteBuffer rest = ByteBuffer.wrap(bytes); rest.hasRemaining(); ) {
            if (channel.write(rest) <= 0) {
                throw new IOException("only " + rest.position() + " of " + bytes.length + " bytes were written");
            }
        }
    }
}

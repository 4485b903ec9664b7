// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.journal;

import io.hybridpipe.journal.JournalException.Reason;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import java.util.stream.Stream;

/** The file of one target's lease: always whole, and changed by one thread of one process at a time. */
final class LeaseFile {
    /** How long to wait for those who change the same file; each needs some milliseconds. */
    static final Duration PATIENCE = Duration.ofSeconds(10);

    private static final long LOOK_AGAIN_NANOS = Duration.ofMillis(2).toNanos();

    // a JVM's file locks do not hold among its own threads, and closing any channel of the file would end them
    private static final ReentrantLock[] IN_THIS_JVM =
            Stream.generate(ReentrantLock::new).limit(64).toArray(ReentrantLock[]::new);

    private final Path directory;
    private final String target;
    private final String name;

    LeaseFile(Path directory, String target) {
        this.directory = directory;
        this.target = target;
        name = name(target);
    }

    private static String name(String target) {
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(target.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(hash, 0, 16);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    String target() {
        return target;
    }

    private Path file() {
        return directory.resolve(name + ".json");
    }

    /**
     * Does something while nobody else changes the file.
     *
     * @throws JournalException {@code FAILED} if others change it for longer than the patience: a process that was stopped in the
     *     midst of it must be continued or ended first
     */
    <T> T locked(Duration patience, Supplier<T> work) {
        long end = System.nanoTime() + patience.toNanos();
        ReentrantLock here = IN_THIS_JVM[Math.floorMod(name.hashCode(), IN_THIS_JVM.length)];
        try {
            if (!here.tryLock(patience.toNanos(), TimeUnit.NANOSECONDS)) {
                throw busy(patience);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw failed("was not locked", e);
        }
        try {
            makeDirectory();
            try (FileChannel channel = FileChannel.open(
                    directory.resolve(name + ".lock"),
                    Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE),
                    onlyOurs(directory, "rw-------"))) {
                // known before each try: this process may be stopped after one for longer than others hold the lock
                boolean last = System.nanoTime() - end > 0;
                while (channel.tryLock() == null) {
                    if (last) {
                        throw busy(patience);
                    }
                    if (Thread.currentThread().isInterrupted()) {
                        throw new IOException("interrupted");
                    }
                    LockSupport.parkNanos(LOOK_AGAIN_NANOS);
                    last = System.nanoTime() - end > 0;
                }
                // closing the channel ends the lock
                return work.get();
            }
        } catch (IOException e) {
            throw failed("was not locked", e);
        } finally {
            here.unlock();
        }
    }

    private void makeDirectory() throws IOException {
        if (!Files.isDirectory(directory)) {
            Files.createDirectories(directory.toAbsolutePath(), onlyOurs(directory, "rwx------"));
        }
    }

    private static FileAttribute<?>[] onlyOurs(Path path, String permissions) {
        return path.getFileSystem().supportedFileAttributeViews().contains("posix")
                ? new FileAttribute<?>[] {
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(permissions))
                }
                : new FileAttribute<?>[0];
    }

    /** What it says now; needs no lock, since it is only ever replaced as a whole. */
    LeaseEntry read() {
        String line;
        try {
            line = Files.readString(file());
        } catch (NoSuchFileException e) {
            return LeaseEntry.free(target, 0);
        } catch (CharacterCodingException e) {
            throw damaged("not a text");
        } catch (IOException e) {
            throw failed("cannot be read", e);
        }
        LeaseEntry entry;
        try {
            entry = LeaseEntry.fromJson(line);
        } catch (RuntimeException e) {
            throw damaged(String.valueOf(e.getMessage()));
        }
        if (!entry.target().equals(target)) {
            throw damaged("it is of target " + entry.target());
        }
        return entry;
    }

    /** Replaces it; under the lock. */
    void write(LeaseEntry entry) {
        Path next = directory.resolve(name + ".next");
        try {
            Files.deleteIfExists(next);
            try (FileChannel channel = FileChannel.open(
                    next,
                    Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
                    onlyOurs(directory, "rw-------"))) {
                ByteBuffer bytes = ByteBuffer.wrap((entry.toJson() + "\n").getBytes(StandardCharsets.UTF_8));
                while (bytes.hasRemaining()) {
                    channel.write(bytes);
                }
                channel.force(true);
            }
            Files.move(next, file(), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw failed("cannot be written", e);
        }
    }

    /** Sees to it that a power cut cannot take the last {@link #write} back. */
    void fixName() {
        if (!directory.getFileSystem().supportedFileAttributeViews().contains("posix")) {
            // Windows lets nobody open a directory
            return;
        }
        try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
            channel.force(true);
        } catch (IOException e) {
            throw failed("cannot be written", e);
        }
    }

    private JournalException busy(Duration patience) {
        return JournalException.of(
                Reason.FAILED,
                "the lease of target " + target + " is being changed by others for more than " + patience + " ("
                        + file() + ")");
    }

    private JournalException failed(String what, Exception cause) {
        return JournalException.failed(
                "the lease of target " + target + " " + what + ": " + file() + ": " + cause, cause);
    }

    private JournalException damaged(String how) {
        return JournalException.of(
                Reason.DAMAGED,
                "the lease of target " + target + " cannot be read, so its owner is unknown: " + file() + ": " + how
                        + "; delete the file when no process works on the target");
    }
}

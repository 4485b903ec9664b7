// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.journal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Files;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

/** Real files on a disk that counts syncs, fails on demand, and knows what a power cut would leave. */
final class FaultyFiles implements Disk.Channels {
    enum Fault {
        FULL,
        SHORT_WRITE,
        SYNC_ERROR
    }

    final AtomicInteger syncs = new AtomicInteger();
    final AtomicInteger directorySyncs = new AtomicInteger();
    private final Map<String, Fault> faults = new ConcurrentHashMap<>();
    private final Map<Object, byte[]> safe = new ConcurrentHashMap<>();

    /** From now on files whose names begin like this fail. */
    void fail(Fault fault, String beginning) {
        faults.put(beginning, fault);
    }

    void mend() {
        faults.clear();
    }

    private boolean has(Fault fault, String name) {
        return faults.entrySet().stream().anyMatch(it -> it.getValue() == fault && name.startsWith(it.getKey()));
    }

    @Override
    public FileChannel open(Path file, Set<? extends OpenOption> options, FileAttribute<?>... attributes)
            throws IOException {
        boolean isNew = Files.notExists(file);
        if (isNew && has(Fault.FULL, file.getFileName().toString())) {
            throw full();
        }
        FileChannel channel = FileChannel.open(file, options, attributes);
        if (isNew) {
            safe.put(key(file), new byte[0]);
        }
        return Files.isDirectory(file) ? new Directory(file, channel) : new Channel(file, channel);
    }

    private static IOException full() {
        return new IOException("No space left on device");
    }

    private static Object key(Path file) throws IOException {
        return Files.readAttributes(file, BasicFileAttributes.class).fileKey();
    }

    /**
     * Copies the files as they are after a power cut: what was not synced is gone, or torn somewhere, or zeros stand where it should
     * be.
     */
    void afterPowerCut(Path from, Path to, Random random) throws IOException {
        Files.createDirectories(to);
        try (Stream<Path> files = Files.list(from)) {
            for (Path file : files.filter(Files::isRegularFile).sorted().toList()) {
                byte[] now = Files.readAllBytes(file);
                byte[] then = safe.getOrDefault(key(file), now);
                Files.write(to.resolve(file.getFileName()), torn(then, now, random));
            }
        }
    }

    private static byte[] torn(byte[] safe, byte[] now, Random random) {
        boolean appended = now.length > safe.length && Arrays.equals(safe, 0, safe.length, now, 0, safe.length);
        if (!appended) {
            return random.nextBoolean() ? safe : now;
        }
        int kept = safe.length + random.nextInt(now.length - safe.length + 1);
        byte[] torn = Arrays.copyOf(now, kept);
        if (random.nextBoolean()) {
            Arrays.fill(torn, safe.length + random.nextInt(kept - safe.length + 1), kept, (byte) 0);
        }
        return torn;
    }

    private final class Directory extends Channel {
        Directory(Path file, FileChannel real) throws IOException {
            super(file, real);
        }

        @Override
        public void force(boolean metaData) throws IOException {
            directorySyncs.incrementAndGet();
            real.force(metaData);
        }
    }

    /** Everything is the real channel's, but for writing and syncing. */
    private class Channel extends FileChannel {
        final FileChannel real;
        private final String name;
        private final FileChannel reader;
        private final Object key;

        Channel(Path file, FileChannel real) throws IOException {
            this.real = real;
            name = file.getFileName().toString();
            key = key(file);
            reader = FileChannel.open(file, StandardOpenOption.READ);
        }

        @Override
        public void force(boolean metaData) throws IOException {
            if (has(Fault.SYNC_ERROR, name)) {
                throw new IOException("Input/output error");
            }
            syncs.incrementAndGet();
            ByteBuffer content = ByteBuffer.allocate((int) reader.size());
            while (content.hasRemaining() && reader.read(content, content.position()) >= 0) {}
            safe.put(key, content.array());
            real.force(metaData);
        }

        @Override
        public int write(ByteBuffer bytes) throws IOException {
            if (has(Fault.SHORT_WRITE, name)) {
                if (bytes.position() > 0) {
                    throw full();
                }
                ByteBuffer half = bytes.duplicate().limit(bytes.remaining() / 2);
                int written = real.write(half);
                bytes.position(bytes.position() + written);
                return written;
            }
            if (has(Fault.FULL, name)) {
                throw full();
            }
            return real.write(bytes);
        }

        @Override
        public int write(ByteBuffer bytes, long position) throws IOException {
            if (has(Fault.FULL, name)) {
                throw full();
            }
            return real.write(bytes, position);
        }

        @Override
        protected void implCloseChannel() throws IOException {
            reader.close();
            real.close();
        }

        @Override
        public int read(ByteBuffer into) throws IOException {
            return real.read(into);
        }

        @Override
        public int read(ByteBuffer into, long position) throws IOException {
            return real.read(into, position);
        }

        @Override
        public long read(ByteBuffer[] into, int offset, int length) throws IOException {
            return real.read(into, offset, length);
        }

        @Override
        public long write(ByteBuffer[] bytes, int offset, int length) throws IOException {
            return real.write(bytes, offset, length);
        }

        @Override
        public long position() throws IOException {
            return real.position();
        }

        @Override
        public FileChannel position(long to) throws IOException {
            real.position(to);
            return this;
        }

        @Override
        public long size() throws IOException {
            return real.size();
        }

        @Override
        public FileChannel truncate(long size) throws IOException {
            real.truncate(size);
            return this;
        }

        @Override
        public long transferTo(long position, long count, WritableByteChannel target) throws IOException {
            return real.transferTo(position, count, target);
        }

        @Override
        public long transferFrom(ReadableByteChannel source, long position, long count) throws IOException {
            return real.transferFrom(source, position, count);
        }

        @Override
        public MappedByteBuffer map(MapMode mode, long position, long size) throws IOException {
            return real.map(mode, position, size);
        }

        @Override
        public FileLock lock(long position, long size, boolean shared) throws IOException {
            return real.lock(position, size, shared);
        }

        @Override
        public FileLock tryLock(long position, long size, boolean shared) throws IOException {
            return real.tryLock(position, size, shared);
        }
    }
}

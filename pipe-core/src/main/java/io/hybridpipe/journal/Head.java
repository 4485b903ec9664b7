// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.journal;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Up to which line the log of a journal with a key is known to reach: without it a log cut off between two lines looks whole.
 *
 * <p>It is written after the lines that it covers are safe, so it is never ahead of them. Two slots take turns, each in a disk
 * sector of its own: when the power fails in the middle of writing one, the other one holds.
 */
final class Head implements AutoCloseable {
    private static final int SLOT = 512;

    private final Checksum checksum;
    private final String run;
    private final FileChannel channel;
    private int slot;

    private Head(Checksum checksum, String run, FileChannel channel) {
        this.checksum = checksum;
        this.run = run;
        this.channel = channel;
    }

    private record Mark(int n, String sum) {}

    /** Puts a new file that covers the chain in place of the old one, to which a former owner may still hold a channel. */
    static Head put(Disk disk, Path file, String run, Chain chain, Checksum checksum) throws IOException {
        Path temporary = disk.temporary(file);
        FileChannel channel = disk.make(temporary);
        try {
            Head head = new Head(checksum, run, channel);
            head.write(chain.length(), chain.last());
            head.write(chain.length(), chain.last());
            channel.force(false);
            Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE);
            return head;
        } catch (IOException e) {
            channel.close();
            Files.deleteIfExists(temporary);
            throw e;
        }
    }

    /** Line n, which has this checksum, is safe. */
    void write(int n, String sum) throws IOException {
        String mark = String.format("%010d %s", n, sum);
        String text = mark + " " + checksum.of(run, mark.getBytes(US_ASCII));
        ByteBuffer rest = ByteBuffer.wrap((text + " ".repeat(SLOT - 1 - text.length()) + "\n").getBytes(US_ASCII));
        for (int start = slot * SLOT; rest.hasRemaining(); ) {
            if (channel.write(rest, start + (long) rest.position()) <= 0) {
                throw new IOException("line " + n + " was not marked as written");
            }
        }
        slot = 1 - slot;
    }

    /**
     * Checks that a log is not shorter than what was once written of it.
     *
     * @param content of the head's file, read before the log was; null if there is none
     * @throws JournalException {@code DAMAGED}
     */
    static void check(byte @Nullable [] content, Path file, String run, LogText log, Checksum checksum) {
        List<Mark> marks = new ArrayList<>();
        for (int at = 0; content != null && at < 2 * SLOT && content.length == 2 * SLOT; at += SLOT) {
            String[] fields = new String(content, at, SLOT, US_ASCII).trim().split(" ");
            if (fields.length == 3
                    && checksum.of(run, (fields[0] + " " + fields[1]).getBytes(US_ASCII))
                            .equals(fields[2])) {
                marks.add(new Mark(Integer.parseInt(fields[0]), fields[1]));
            }
        }
        int reached = log.chain.length();
        // a slot is torn only while a later line is marked, so the log goes beyond the slot that is whole
        boolean whole = marks.size() == 2 || marks.size() == 1 && marks.get(0).n() < reached;
        if (!whole) {
            throw JournalException.of(
                    JournalException.Reason.DAMAGED,
                    file + ": " + (content == null ? "it is missing" : "it is not what was written here")
                            + ", so it is not known how far the log went");
        }
        for (Mark mark : marks) {
            if (mark.n() > reached) {
                throw log.damaged(reached + 1, "it is missing, " + mark.n() + " lines were once written");
            }
            if (!log.sum(mark.n()).equals(mark.sum())) {
                throw log.damaged(mark.n(), "another line was once written here");
            }
        }
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}

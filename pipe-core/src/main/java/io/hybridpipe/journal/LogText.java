// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.journal;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.hybridpipe.event.RunId;
import io.hybridpipe.journal.JournalException.Reason;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** The lines of one run's log that are what was once written, found by their chain. */
final class LogText {
    final Chain chain;

    private final Path file;
    private final List<byte[]> lines = new ArrayList<>();
    private final List<String> sums = new ArrayList<>();
    private int fromFile;
    private int validBytes;

    private LogText(Path file, Checksum checksum) {
        this.file = file;
        chain = new Chain(checksum);
    }

    /**
     * Reads what the file holds, then those of the grouped lines that go on where it ends.
     *
     * <p>What follows the last whole line was never said to be written, so it is left out; that goes for any text after the point
     * at which a grouped line goes on, for then the file was cut by a power failure.
     *
     * @param grouped lines of this run out of group logs, without line breaks
     * @throws JournalException {@code DAMAGED}
     */
    static LogText of(Path file, RunId run, byte[] content, List<byte[]> grouped, Checksum checksum) {
        LogText text = new LogText(file, checksum);
        int from = 0;
        int end = lineEnd(content, from);
        text.checkHeader(run, Arrays.copyOf(content, Math.max(end, 0)), checksum);
        while (end >= 0 && text.take(Arrays.copyOfRange(content, from, end))) {
            from = end + 1;
            end = lineEnd(content, from);
        }
        text.fromFile = text.lines.size();
        text.validBytes = from;
        // again as long as there is more, because the lines of one group log may go on from those of another one
        for (int before = -1; before < text.lines.size(); ) {
            before = text.lines.size();
            grouped.forEach(text::take);
        }
        if (text.lines.isEmpty() || end >= 0 && text.lines.size() == text.fromFile) {
            throw text.damaged(
                    text.lines.size() + 1,
                    "it is not what was written here, its " + checksum.field() + " does not fit"
                            + (text.lines.isEmpty() && checksum.isKeyed() ? ", or the key is another one" : ""));
        }
        return text;
    }

    private static int lineEnd(byte[] content, int from) {
        for (int i = from; i < content.length; i++) {
            if (content[i] == '\n') {
                return i;
            }
        }
        return -1;
    }

    private boolean take(byte[] line) {
        if (!chain.accepts(line)) {
            return false;
        }
        lines.add(line);
        sums.add(chain.last());
        return true;
    }

    /** A log that another version or another key has written is told from a damaged one. */
    private void checkHeader(RunId run, byte[] line, Checksum checksum) {
        try {
            int version = LineFormat.version(line);
            if (version != LineFormat.VERSION) {
                throw damaged(1, "format " + version + " is not known here, only " + LineFormat.VERSION);
            }
            if (new Chain(checksum).accepts(line)
                    && !LineFormat.header(line).run().equals(run.value())) {
                throw damaged(
                        1, "it is the log of run " + LineFormat.header(line).run());
            }
            if (checksum.isKeyed() && new Chain(Checksum.with(null)).accepts(line)) {
                throw damaged(1, "the log was written without a key, so it cannot be opened with one");
            }
            if (!checksum.isKeyed() && ends(line, ",\"mac\":\"")) {
                throw damaged(1, "the log was written with a key and cannot be checked without it");
            }
        } catch (IllegalArgumentException e) {
            throw damaged(1, "it is not the first line of a log");
        }
    }

    private static boolean ends(byte[] line, String field) {
        int from = line.length - field.length() - Checksum.DIGITS - 2;
        return from > 0 && new String(line, from, field.length(), US_ASCII).equals(field);
    }

    LineFormat.Header header() {
        return LineFormat.header(lines.get(0));
    }

    List<JournalRecord> records() {
        List<JournalRecord> records = new ArrayList<>(lines.size());
        for (int i = 1; i < lines.size(); i++) {
            try {
                records.add(LineFormat.entry(i + 1, lines.get(i)));
            } catch (IllegalArgumentException e) {
                throw damaged(i + 1, "it cannot be understood, " + e.getMessage());
            }
        }
        return List.copyOf(records);
    }

    /** The checksum of the line with this number, or an empty text if there is no such line. */
    String sum(int n) {
        return n >= 1 && n <= sums.size() ? sums.get(n - 1) : "";
    }

    /** How many bytes of the file hold lines; what is behind them is worth nothing. */
    int validBytes() {
        return validBytes;
    }

    /** The lines that the file does not hold yet. */
    byte[] missing() {
        return joined(lines.subList(fromFile, lines.size()));
    }

    byte[] all() {
        return joined(lines);
    }

    private static byte[] joined(List<byte[]> lines) {
        byte[] all = new byte[lines.stream().mapToInt(line -> line.length + 1).sum()];
        int at = 0;
        for (byte[] line : lines) {
            System.arraycopy(line, 0, all, at, line.length);
            at += line.length;
            all[at++] = '\n';
        }
        return all;
    }

    JournalException damaged(int line, String why) {
        return JournalException.of(Reason.DAMAGED, file + " line " + line + ": " + why);
    }
}

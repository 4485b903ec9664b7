// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.journal;

import static io.hybridpipe.journal.Written.SOON;
import static io.hybridpipe.journal.Written.append;
import static io.hybridpipe.journal.Written.create;
import static io.hybridpipe.journal.Written.with;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import io.hybridpipe.event.RunId;
import io.hybridpipe.journal.JournalException.Reason;
import io.hybridpipe.journal.JournalRecord.Kind;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What opens of a damaged log is the beginning of the original one; else it is refused, with the line. */
class DamagedJournalTest {
    private static final int TRIALS = 3_400;
    private static final RunId RUN = RunId.of("r");

    @TempDir
    Path directory;

    private Path log() {
        return directory.resolve("r.jsonl");
    }

    private static void write(FileJournal journal) {
        try (journal) {
            RunLog log = create(journal, "r");
            for (int i = 1; i <= 10; i++) {
                append(log, with(Kind.RESULT, Map.of("outputs", Map.of("key" + i, "value of " + i))));
            }
        }
    }

    @Test
    void withoutAKeyTheBeginningUpToATornLineOpens() throws IOException {
        write(FileJournal.in(directory));
        byte[] original = Files.readAllBytes(log());

        try (FileJournal journal = FileJournal.in(directory)) {
            tryDamages(journal, original, 1);
        }
    }

    @Test
    void withAKeyNothingButTheOriginalOpens() throws IOException {
        write(FileJournal.in(directory).withKey(KeyedJournalTest.KEY));
        byte[] original = Files.readAllBytes(log());

        try (FileJournal journal = FileJournal.in(directory).withKey(KeyedJournalTest.KEY)) {
            tryDamages(journal, original, lines(original).size());
        }
    }

    @Test
    void withAKeyAndAHeadThatIsBehindTheLogOpensAsFarAsTheHeadKnowsAtLeast() throws IOException {
        FileJournal writing = FileJournal.in(directory).withKey(KeyedJournalTest.KEY);
        byte[] head;
        try (writing) {
            RunLog log = create(writing, "r");
            append(log, with(Kind.RESULT, Map.of("key", 1)), with(Kind.RESULT, Map.of("key", 2)));
            append(log, with(Kind.RESULT, Map.of("key", 3)));
            head = Files.readAllBytes(directory.resolve("r.head"));
            append(log, with(Kind.RESULT, Map.of("key", 4)), with(Kind.RESULT, Map.of("key", 5)));
        }
        Files.write(directory.resolve("r.head"), head);
        byte[] original = Files.readAllBytes(log());

        try (FileJournal journal = FileJournal.in(directory).withKey(KeyedJournalTest.KEY)) {
            tryDamages(journal, original, 5);
        }
    }

    /** @param needed how many lines must be there for a log to open */
    private void tryDamages(FileJournal journal, byte[] original, int needed) throws IOException {
        List<JournalRecord> all = journal.read(RUN).block(SOON);
        int opened = 0;
        for (int seed = 0; seed < TRIALS; seed++) {
            byte[] damaged = damage(original, new Random(seed));
            // a new file, because some systems sync one that is cut off and written again
            Files.delete(log());
            Files.write(log(), damaged);
            int good = sameLines(original, damaged);
            boolean torn = good == lines(damaged).size();
            List<JournalRecord> read;
            try {
                read = journal.read(RUN).block(SOON);
            } catch (JournalException e) {
                assertThat(e.reason()).as("seed %s", seed).isEqualTo(Reason.DAMAGED);
                assertThat(e).as("seed %s", seed).hasMessageStartingWith(log() + " line " + (good + 1) + ": ");
                assertThat(torn && good >= needed)
                        .as("seed %s is refused", seed)
                        .isFalse();
                continue;
            }
            opened++;
            if (!torn || good < needed) {
                fail("seed %s opens, after %s good lines", seed, good);
            }
            assertThat(read).as("seed %s", seed).isEqualTo(all.subList(0, good - 1));
        }
        assertThat(opened).isBetween(10, TRIALS / 2);
    }

    private static byte[] damage(byte[] original, Random random) {
        List<byte[]> lines = new ArrayList<>(lines(original));
        int one = random.nextInt(lines.size());
        int other = random.nextInt(lines.size());
        switch (random.nextInt(8)) {
            case 0, 1 -> {
                byte[] flipped = original.clone();
                for (int flips = 1 + random.nextInt(3); flips > 0; flips--) {
                    flipped[random.nextInt(flipped.length)] ^= (byte) (1 << random.nextInt(8));
                }
                return flipped;
            }
            case 2 -> {
                return Arrays.copyOf(original, random.nextInt(original.length + 1));
            }
            case 3 -> {
                byte[] zeroed = original.clone();
                Arrays.fill(zeroed, random.nextInt(original.length), original.length, (byte) 0);
                return zeroed;
            }
            case 4 -> Collections.swap(lines, one, other);
            case 5 -> lines.add(one, lines.get(other));
            case 6 -> lines.remove(one);
            default -> lines.subList(one, lines.size()).clear();
        }
        ByteArrayOutputStream joined = new ByteArrayOutputStream();
        lines.forEach(joined::writeBytes);
        return joined.toByteArray();
    }

    /** The whole lines, with their line breaks. */
    private static List<byte[]> lines(byte[] text) {
        List<byte[]> lines = new ArrayList<>();
        String all = new String(text, StandardCharsets.ISO_8859_1);
        for (int from = 0, end = all.indexOf('\n'); end >= 0; from = end + 1, end = all.indexOf('\n', from)) {
            lines.add(Arrays.copyOfRange(text, from, end + 1));
        }
        return lines;
    }

    private static int sameLines(byte[] original, byte[] damaged) {
        List<byte[]> before = lines(original);
        List<byte[]> now = lines(damaged);
        int same = 0;
        while (same < Math.min(before.size(), now.size()) && Arrays.equals(before.get(same), now.get(same))) {
            same++;
        }
        return same;
    }
}

// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.journal;

import static io.hybridpipe.journal.Written.SOON;
import static io.hybridpipe.journal.Written.append;
import static io.hybridpipe.journal.Written.create;
import static io.hybridpipe.journal.Written.intent;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hybridpipe.event.RunId;
import io.hybridpipe.journal.JournalException.Reason;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import javax.crypto.SecretKey;
import javax.crypto.spec.SecretKeySpec;
import org.assertj.core.api.AbstractThrowableAssert;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** With a key nobody without it can change a log, or cut it off, unnoticed. */
class KeyedJournalTest {
    static final SecretKey KEY = key("the key of the journal");

    @TempDir
    Path directory;

    private static SecretKey key(String text) {
        return new SecretKeySpec(text.getBytes(StandardCharsets.UTF_8), "HmacSHA256");
    }

    private FileJournal unkeyed() {
        return FileJournal.in(directory);
    }

    private FileJournal keyed() {
        return unkeyed().withKey(KEY);
    }

    private void write(FileJournal journal) {
        try (journal) {
            RunLog log = create(journal, "r");
            append(log, intent(1));
            append(log, intent(2));
        }
    }

    private static AbstractThrowableAssert<?, ?> assertRefused(FileJournal journal) {
        try (journal) {
            return assertThatThrownBy(() -> journal.read(RunId.of("r")).block(SOON))
                    .isInstanceOfSatisfying(JournalException.class, it -> assertThat(it.reason())
                            .isEqualTo(Reason.DAMAGED));
        }
    }

    private static void assertOpens(FileJournal journal) {
        try (journal) {
            assertThat(Written.read(journal, "r")).containsExactly(intent(1), intent(2));
        }
    }

    private Path log() {
        return directory.resolve("r.jsonl");
    }

    private Path head() {
        return directory.resolve("r.head");
    }

    @Test
    void aLogWithAKeyOpensWithThisKeyOnly() {
        write(keyed());

        assertOpens(keyed());
        assertRefused(unkeyed())
                .hasMessage(log() + " line 1: the log was written with a key and cannot be checked without it");
        assertRefused(unkeyed().withKey(key("another one")))
                .hasMessageContaining("r.jsonl line 1: ")
                .hasMessageEndingWith("or the key is another one");
    }

    @Test
    void aLogWithoutAKeyDoesNotOpenWithOne() {
        write(unkeyed());

        assertOpens(unkeyed());
        assertRefused(keyed())
                .hasMessage(log() + " line 1: the log was written without a key, so it cannot be opened with one");
    }

    @Test
    void aLineThatWasChangedAndSummedAgainIsNoticed() throws IOException {
        write(unkeyed());
        List<String> forged = Files.readAllLines(log());
        Files.delete(log());
        write(keyed());
        List<String> lines = Files.readAllLines(log());
        Files.write(log(), List.of(lines.get(0), lines.get(1), forged.get(2), lines.get(3)));

        assertRefused(keyed()).hasMessageContaining("r.jsonl line 3: ");
    }

    @Test
    void aTailThatWasCutOffBetweenTwoLinesIsNoticed() throws IOException {
        write(keyed());
        Files.write(log(), Files.readAllLines(log()).subList(0, 3));

        assertRefused(keyed()).hasMessage(log() + " line 4: it is missing, 4 lines were once written");
    }

    @Test
    void aHeadThatIsMissingOrChangedIsRefused() throws IOException {
        write(keyed());
        byte[] head = Files.readAllBytes(head());

        Files.delete(head());
        assertRefused(keyed()).hasMessageContaining("r.head: it is missing");
        for (byte[] other : List.of(new byte[0], new byte[head.length])) {
            Files.write(head(), other);
            assertRefused(keyed()).hasMessageContaining("r.head: it is not what was written here");
        }
        Files.write(head(), head);
        assertOpens(keyed());
    }

    @Test
    void aLineCannotBeCutOffByDamagingTheSlotThatCoversIt() throws IOException {
        write(keyed());
        byte[] head = Files.readAllBytes(head());
        Files.write(log(), Files.readAllLines(log()).subList(0, 3));
        for (int at : new int[] {0, head.length / 2}) {
            byte[] damaged = head.clone();
            damaged[at] ^= 1;
            Files.write(head(), damaged);

            assertRefused(keyed());
        }
    }

    @Test
    void aSlotThatAPowerCutTornDoesNoHarm() throws IOException {
        write(keyed());
        byte[] head = Files.readAllBytes(head());
        byte[] last = "0000000004".getBytes(StandardCharsets.US_ASCII);
        int slot =
                new String(head, 0, last.length, StandardCharsets.US_ASCII).equals("0000000004") ? 0 : head.length / 2;
        head[slot + 20] ^= 1;
        Files.write(head(), head);

        assertOpens(keyed());
    }

    @Test
    void theHeadOfAnotherRunIsRefused() throws IOException {
        write(keyed());
        try (FileJournal journal = keyed()) {
            append(create(journal, "other"), intent(1));
        }
        Files.copy(directory.resolve("other.head"), head(), java.nio.file.StandardCopyOption.REPLACE_EXISTING);

        assertRefused(keyed()).hasMessageContaining("r.head: it is not what was written here");
    }

    @Test
    void aLogUnderTheNameOfAnotherRunIsRefused() throws IOException {
        write(keyed());
        Files.copy(log(), directory.resolve("other.jsonl"));
        try (FileJournal journal = keyed()) {
            assertThatThrownBy(() -> journal.read(RunId.of("other")).block(SOON))
                    .hasMessage(directory.resolve("other.jsonl") + " line 1: it is the log of run r");
        }
    }
}

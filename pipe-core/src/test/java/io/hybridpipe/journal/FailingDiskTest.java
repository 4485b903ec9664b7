// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.journal;

import static io.hybridpipe.journal.Written.SOON;
import static io.hybridpipe.journal.Written.append;
import static io.hybridpipe.journal.Written.create;
import static io.hybridpipe.journal.Written.intent;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hybridpipe.event.RunId;
import io.hybridpipe.journal.FaultyFiles.Fault;
import io.hybridpipe.journal.JournalException.Reason;
import io.hybridpipe.journal.JournalRecord.Kind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.assertj.core.api.AbstractThrowableAssert;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What a disk refuses was not written, and who takes the run up hears that its end is lost. */
class FailingDiskTest {
    @TempDir
    Path temporary;

    private final FaultyFiles files = new FaultyFiles();
    private FileJournal journal;

    @BeforeEach
    void open() {
        journal = FileJournal.in(directory()).withChannels(files);
    }

    @AfterEach
    void close() {
        files.mend();
        journal.close();
    }

    private Path directory() {
        return temporary.resolve("journal");
    }

    private static AbstractThrowableAssert<?, ?> assertFails(RunLog log) {
        return assertThatThrownBy(() -> append(log, intent(9)))
                .isInstanceOfSatisfying(
                        JournalException.class, it -> assertThat(it.reason()).isEqualTo(Reason.FAILED))
                .hasMessageNotContaining("\n");
    }

    /** Ends the journal and takes the run up, as another process would. */
    private RunLog takenUp(String run) {
        files.mend();
        journal.close();
        open();
        return journal.takeUp(RunId.of(run)).block(SOON);
    }

    private Map<String, Object> lastHeld(String run) {
        List<JournalRecord> held = journal.read(RunId.of(run)).block(SOON).stream()
                .filter(it -> it.kind() == Kind.HELD)
                .toList();
        return held.get(held.size() - 1).data();
    }

    @ParameterizedTest
    @EnumSource(Fault.class)
    void whatCannotBeWrittenFailsAndSoDoesEverythingAfterIt(Fault fault) {
        RunLog log = create(journal, "a");
        append(log, intent(1));
        files.fail(fault, "a.");

        String device = fault == Fault.SYNC_ERROR ? "Input/output error" : "No space left on device";
        assertFails(log).hasMessageStartingWith(directory().resolve("a.jsonl") + " cannot be written: " + device);
        files.mend();
        assertFails(log).hasMessageContaining(device);
        assertThat(log.isHeld()).isTrue();
    }

    @ParameterizedTest
    @EnumSource(Fault.class)
    void otherRunsGoOn(Fault fault) {
        RunLog failing = create(journal, "a");
        RunLog other = create(journal, "b");
        files.fail(fault, "a.");

        assertFails(failing);
        append(other, intent(1));
        GroupCommitTest.atOnce(other, create(journal, "c"), intent(2));

        assertThat(Written.read(journal, "b")).containsExactly(intent(1), intent(2), intent(2));
    }

    @ParameterizedTest
    @EnumSource(
            value = Fault.class,
            names = {"SHORT_WRITE", "SYNC_ERROR"})
    void whoTakesTheRunUpHearsThatItsEndIsLost(Fault fault) {
        RunLog log = create(journal, "a");
        append(log, intent(1));
        files.fail(fault, "a.");
        assertFails(log);

        RunLog again = takenUp("a");

        assertThat(again.past()).element(1).isEqualTo(intent(1));
        assertThat(lastHeld("a")).containsEntry("lost", true);
        append(again, intent(2));
        takenUp("a");
        assertThat(lastHeld("a")).doesNotContainKey("lost");
        assertThat(Written.read(journal, "a")).startsWith(intent(1)).endsWith(intent(2));
    }

    @Test
    void ifEvenThatCannotBeNotedTheMessageSaysSo() {
        RunLog log = create(journal, "a");
        files.fail(Fault.FULL, "a.");

        assertFails(log)
                .hasMessageEndingWith(
                        "(nor could it be noted that the end of this log is lost: No space left on device)");
    }

    @Test
    void aRunThatCannotBeBegunLeavesNothingBehind() throws IOException {
        for (Fault fault : Fault.values()) {
            files.fail(fault, "a.");
            assertThatThrownBy(() -> create(journal, "a"))
                    .isInstanceOfSatisfying(JournalException.class, it -> assertThat(it.reason())
                            .isEqualTo(Reason.FAILED));
            files.mend();
        }
        try (Stream<Path> left = Files.list(directory())) {
            assertThat(left).extracting(it -> it.getFileName().toString()).containsExactly("leases");
        }
        append(create(journal, "a"), intent(1));
        assertThat(Written.read(journal, "a")).containsExactly(intent(1));
    }

    @ParameterizedTest
    @EnumSource(Fault.class)
    void ifOnlyTheGroupLogFailsEachRunIsWrittenAlone(Fault fault) throws IOException {
        RunLog one = create(journal, "a");
        RunLog other = create(journal, "b");
        GroupCommitTest.atOnce(one, other, intent(1));
        files.fail(fault, "group-");
        GroupCommitTest.atOnce(one, other, intent(2));
        GroupCommitTest.atOnce(one, other, intent(3));

        assertThat(Written.read(journal, "b")).containsExactly(intent(1), intent(2), intent(3));
        files.afterPowerCut(directory(), temporary.resolve("after"), new Random(1));
        try (FileJournal after = FileJournal.in(temporary.resolve("after"))) {
            assertThat(Written.read(after, "b")).containsExactly(intent(1), intent(2), intent(3));
        }
    }

    @Test
    void aGroupLogIsKeptIfAFileCannotBeSynced() throws IOException {
        RunLog one = create(journal, "a");
        RunLog other = create(journal, "b");
        GroupCommitTest.atOnce(one, other, intent(1));
        files.fail(Fault.SYNC_ERROR, "b.");
        journal.close();

        for (int seed = 0; seed < 10; seed++) {
            Path after = temporary.resolve("after" + seed);
            files.afterPowerCut(directory(), after, new Random(seed));
            try (FileJournal journal = FileJournal.in(after)) {
                assertThat(Written.read(journal, "a")).containsExactly(intent(1), intent(1));
                assertThat(Written.read(journal, "b")).containsExactly(intent(1));
            }
        }
    }

    @Test
    void whatADeadProcessLeftInAGroupLogIsReadAlsoIfItCannotBeMerged() throws IOException {
        RunLog one = create(journal, "a");
        GroupCommitTest.atOnce(one, create(journal, "b"), intent(1));
        Path after = temporary.resolve("after");
        files.afterPowerCut(directory(), after, new Random(1));
        Files.write(
                after.resolve("b.jsonl"),
                Files.readAllLines(after.resolve("b.jsonl")).subList(0, 2));

        files.fail(Fault.FULL, "");
        try (FileJournal journal = FileJournal.in(after).withChannels(files)) {
            assertThat(Written.read(journal, "b")).containsExactly(intent(1));
        }
        files.mend();
        try (FileJournal journal = FileJournal.in(after).withChannels(files)) {
            assertThat(Written.read(journal, "b")).containsExactly(intent(1));
        }
        try (Stream<Path> left = Files.list(after)) {
            assertThat(left).noneMatch(it -> it.getFileName().toString().startsWith("group-"));
        }
    }

    @Test
    void aRunWhoseLeaseCannotBeLookedAtFailsAndItsEndIsLost() throws IOException {
        SetClock clock = new SetClock();
        journal.close();
        journal = FileJournal.in(directory()).withClock(clock);
        RunLog log = create(journal, "a");
        Path lease = leaseFile();
        Files.writeString(lease, "not a lease");
        clock.passes(Duration.ofMinutes(2));

        assertFails(log).hasMessageContaining("a.jsonl cannot be written: the lease of target target of a");

        Files.delete(lease);
        takenUp("a");
        assertThat(lastHeld("a")).containsEntry("lost", true);
    }

    @Test
    void theEndIsLostTooIfTheLeaseCannotBeLookedAtBeforeACall() throws IOException {
        SetClock clock = new SetClock();
        journal.close();
        journal = FileJournal.in(directory()).withClock(clock);
        RunLog log = create(journal, "a");
        Path lease = leaseFile();
        Files.writeString(lease, "not a lease");
        clock.passes(Duration.ofMinutes(2));

        assertThatThrownBy(() -> log.confirm().block()).isInstanceOf(JournalException.class);

        Files.delete(lease);
        assertFails(log).hasMessageContaining("a.jsonl cannot be written: the lease of target target of a");
        takenUp("a");
        assertThat(lastHeld("a")).containsEntry("lost", true);
    }

    private Path leaseFile() throws IOException {
        try (Stream<Path> all = Files.list(directory().resolve("leases"))) {
            return all.filter(it -> it.toString().endsWith(".json")).findFirst().orElseThrow();
        }
    }
}

// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.journal;

import static io.hybridpipe.journal.Written.SOON;
import static io.hybridpipe.journal.Written.append;
import static io.hybridpipe.journal.Written.await;
import static io.hybridpipe.journal.Written.create;
import static io.hybridpipe.journal.Written.intent;
import static io.hybridpipe.journal.Written.start;
import static io.hybridpipe.journal.Written.with;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hybridpipe.event.RunId;
import io.hybridpipe.journal.JournalException.Reason;
import io.hybridpipe.journal.JournalRecord.Kind;
import io.hybridpipe.json.Json;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/** A run's records stand in a file of its own, and come back as they were. */
class FileJournalTest {
    @TempDir
    Path temporary;

    private final List<FileJournal> opened = new ArrayList<>();

    private Path directory() {
        return temporary.resolve("a/journal");
    }

    private FileJournal journal() {
        FileJournal journal = FileJournal.in(directory());
        opened.add(journal);
        return journal;
    }

    @AfterEach
    void close() {
        opened.forEach(FileJournal::close);
    }

    private static Map<String, Object> data() {
        Map<String, Object> data = new LinkedHashMap<>();
        data.put("text", "line\nbreak, \"quote\", tab\t, ü, \u2028, \ud83d\ude00");
        data.put("nothing", null);
        data.put("yes", true);
        data.put("number", 7);
        data.put("long", 1L << 40);
        data.put("exact", new BigDecimal("12345678901234567890.10"));
        data.put("list", List.of(1, "two", Map.of("three", List.of())));
        return data;
    }

    @Test
    void recordsOfEveryKindComeBackAsTheyWere() {
        List<JournalRecord> entries = Stream.of(Kind.values())
                .filter(kind -> kind != Kind.HELD)
                .flatMap(kind -> Stream.of(with(kind, data()), with(kind, Map.of())))
                .toList();
        FileJournal journal = journal();
        RunLog log = create(journal, "r");
        entries.forEach(entry -> append(log, entry));

        assertThat(Written.read(journal, "r")).isEqualTo(entries);
        log.close().block(SOON);
        assertThat(Written.read(journal(), "r")).isEqualTo(entries);
    }

    @Test
    void theFirstRecordSaysWhoHoldsTheRun() {
        FileJournal journal = journal();
        create(journal, "r");

        JournalRecord first = journal.read(RunId.of("r")).block(SOON).get(0);

        assertThat(first.kind()).isEqualTo(Kind.HELD);
        assertThat(first.data())
                .containsEntry("target", "target of r")
                .containsEntry("process", (int) ProcessHandle.current().pid())
                .containsKeys("host", "fence")
                .doesNotContainKey("lost");
    }

    @Test
    void eachLineIsJsonWithTheFieldsInAFixedOrder() throws IOException {
        RunLog log = create(journal(), "r");
        append(log, intent(1), with(Kind.MADE, Map.of("kind", "vpc")));

        List<String> lines = Files.readAllLines(directory().resolve("r.jsonl"));

        assertThat(lines)
                .hasSize(4)
                .allSatisfy(line -> assertThat(Json.compact().read(line)).isInstanceOf(Map.class));
        assertThat(lines.get(0)).startsWith("{\"format\":1,\"run\":\"r\",\"target\":\"target of r\",\"created\":\"20");
        assertThat(lines.get(1)).startsWith("{\"n\":2,\"at\":\"").contains("\"kind\":\"HELD\"");
        assertThat(lines.get(2))
                .matches("\\{\"n\":3,\"at\":\"2026-11-21T10:15:31.123456789Z\",\"kind\":\"INTENT\",\"path\":\"p/step\""
                        + ",\"generation\":0,\"attempt\":1,\"sum\":\"[0-9a-f]{32}\"}");
        assertThat(lines.get(3)).contains("\"generation\":2,\"attempt\":3,\"data\":{\"kind\":\"vpc\"},\"sum\":\"");
    }

    @Test
    void aFileWhereTheDirectoryShouldBeIsNamed() throws IOException {
        Path file = Files.createTempFile(Files.createDirectories(directory()), "file", "");

        assertThatThrownBy(() -> FileJournal.in(file).runs().block(SOON))
                .isInstanceOf(JournalException.class)
                .hasMessage(file + ": it is not a directory");
    }

    @Test
    void journalsThatAreOpenedAtOnceShareTheDirectoryThatOneOfThemMakes() {
        for (int round = 0; round < 20; round++) {
            Path shared = temporary.resolve("shared-" + round);
            List<FileJournal> all = Stream.generate(() -> FileJournal.in(shared))
                    .limit(8)
                    .peek(opened::add)
                    .toList();

            assertThat(Flux.fromIterable(all)
                            .flatMap(FileJournal::runs)
                            .collectList()
                            .block(SOON))
                    .hasSize(8);
        }
    }

    @Test
    void aLogThatCannotBeReadIsNamedAndHidesNoOther() throws IOException {
        FileJournal journal = journal();
        create(journal, "r").close().block(SOON);
        Path bad = Files.createDirectory(directory().resolve("bad.jsonl"));

        assertThat(journal.runs().block(SOON)).containsExactly(RunId.of("r"), RunId.of("bad"));
        assertThatThrownBy(() -> journal.read(RunId.of("bad")).block(SOON))
                .isInstanceOf(JournalException.class)
                .hasMessageContaining(bad + ": it cannot be read");
    }

    @Test
    void aRunHasOneLogOnly() {
        FileJournal journal = journal();
        create(journal, "r").close().block(SOON);

        assertThatThrownBy(() -> create(journal, "r"))
                .isInstanceOfSatisfying(
                        JournalException.class, it -> assertThat(it.reason()).isEqualTo(Reason.EXISTS));
        assertThat(journal.owner(RunId.of("r")).block(SOON)).isEmpty();
    }

    @Test
    void aRunWithoutALogIsUnknown() {
        FileJournal journal = journal();

        assertThat(Stream.of(journal.read(RunId.of("r")), journal.takeUp(RunId.of("r")), journal.owner(RunId.of("r"))))
                .allSatisfy(mono -> assertThatThrownBy(() -> mono.block(SOON))
                        .isInstanceOfSatisfying(JournalException.class, it -> assertThat(it.reason())
                                .isEqualTo(Reason.UNKNOWN_RUN))
                        .hasMessageContaining("r in " + directory()));
    }

    @Test
    void runsAreListedInTheOrderOfTheirCreation() throws IOException {
        FileJournal journal = journal();
        List<String> names = List.of("z", "a", "..", ".hidden", "m.jsonl");
        names.forEach(name -> create(journal, name).close().block(SOON));
        journal.takeUp(RunId.of("z")).block(SOON);
        Files.writeString(directory().resolve("a copy of z.jsonl"), "not ours");

        assertThat(journal.runs().block(SOON)).extracting(RunId::value).containsExactlyElementsOf(names);
    }

    @Test
    void aLogThatIsTakenUpGoesOnWhereItEnded() {
        FileJournal first = journal();
        append(create(first, "r"), intent(1), intent(2));
        first.close();

        RunLog log = journal().takeUp(RunId.of("r")).block(SOON);
        append(log, intent(3));

        assertThat(log.past()).extracting(JournalRecord::attempt).containsExactly(0, 1, 2);
        assertThat(journal().read(RunId.of("r")).block(SOON))
                .extracting(JournalRecord::kind)
                .containsExactly(Kind.HELD, Kind.INTENT, Kind.INTENT, Kind.HELD, Kind.INTENT);
    }

    @Test
    void twoJournalsOnOneDirectoryExcludeEachOther() {
        FileJournal one = journal();
        FileJournal other = journal();
        RunLog log = create(one, "r");

        assertThatThrownBy(() -> other.takeUp(RunId.of("r")).block(SOON))
                .isInstanceOfSatisfying(JournalException.class, it -> {
                    assertThat(it.reason()).isEqualTo(Reason.HELD);
                    assertThat(it.owner()).get().extracting(Owner::run).isEqualTo(RunId.of("r"));
                });
        append(log, intent(1));
        assertThat(Written.read(other, "r")).containsExactly(intent(1));
        assertThat(other.owner(RunId.of("r")).block(SOON)).isPresent();
    }

    @Test
    void onlyTheOwnerOfTheFilesMayReadThem() throws IOException {
        FileJournal journal = journal().withKey(KeyedJournalTest.KEY);
        opened.add(journal);
        RunLog one = create(journal, "a");
        RunLog other = create(journal, "b");
        GroupCommitTest.atOnce(one, other, intent(1));

        try (Stream<Path> all = Files.walk(directory())) {
            assertThat(all).hasSizeGreaterThan(7).allSatisfy(file -> assertThat(
                            PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                    .isEqualTo(Files.isDirectory(file) ? "rwx------" : "rw-------"));
        }
    }

    @Test
    void aRecordThatHasNoJsonFormEndsTheLog() {
        FileJournal journal = journal();
        RunLog log = create(journal, "r");
        append(log, intent(1));

        // from a thread that must not block, as the engine's: the mark that the end is lost is not made there
        // (BlockHound)
        CompletableFuture<Void> refused = Mono.fromCallable(
                        () -> start(log, with(Kind.RESULT, Map.of("x", new Object()))))
                .subscribeOn(Schedulers.parallel())
                .block(SOON);

        assertThatThrownBy(() -> await(refused))
                .isInstanceOf(JournalException.class)
                .hasMessageContaining("r.jsonl cannot be written: a value of")
                .hasMessageContaining("has no JSON form");
        assertThatThrownBy(() -> append(log, intent(2))).isInstanceOf(JournalException.class);
        assertThat(Written.read(journal, "r")).containsExactly(intent(1));
    }

    @Test
    void nothingIsWrittenAfterTheLogOrTheJournalIsClosed() {
        FileJournal journal = journal();
        RunLog closed = create(journal, "a");
        RunLog open = create(journal, "b");
        closed.close().block(SOON);
        closed.close().block(SOON);

        assertThatThrownBy(() -> append(closed, intent(1))).hasMessage("the log of run a is closed");
        journal.close();
        assertThatThrownBy(() -> append(open, intent(1))).hasMessageContaining("is closed");
        assertThatThrownBy(() -> create(journal, "c")).hasMessageContaining("the journal is closed");
        open.close().block(SOON);
        assertThat(journal().owner(RunId.of("b")).block(SOON)).isEmpty();
        assertThat(directory().resolve("b.failed")).doesNotExist();
    }

    @Test
    void aDirectoryThatCannotBeMadeIsSaidInOneLine() throws IOException {
        Files.writeString(temporary.resolve("a"), "a file");

        assertThatThrownBy(() -> create(journal(), "r"))
                .isInstanceOfSatisfying(
                        JournalException.class, it -> assertThat(it.reason()).isEqualTo(Reason.FAILED))
                .hasMessageContaining(directory().toString())
                .hasMessageNotContaining("\n");
    }

    @Test
    void whatADeadProcessLeftInTheMidstOfATakeOverIsDeletedAfterADay() throws IOException {
        create(journal(), "r").close().block(SOON);
        Path old = Files.writeString(directory().resolve("r.jsonl.1.tmp"), "{");
        Path recent = Files.writeString(directory().resolve("r.jsonl.2.tmp"), "{");
        Files.setLastModifiedTime(old, FileTime.from(Instant.now().minus(Duration.ofDays(2))));

        assertThat(journal().runs().block(SOON)).containsExactly(RunId.of("r"));

        assertThat(old).doesNotExist();
        assertThat(recent).exists();
    }
}

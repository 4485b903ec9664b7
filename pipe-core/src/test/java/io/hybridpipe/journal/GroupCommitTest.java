// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.journal;

import static io.hybridpipe.journal.Written.SOON;
import static io.hybridpipe.journal.Written.append;
import static io.hybridpipe.journal.Written.create;
import static io.hybridpipe.journal.Written.intent;
import static io.hybridpipe.journal.Written.with;
import static org.assertj.core.api.Assertions.assertThat;

import io.hybridpipe.event.RunId;
import io.hybridpipe.journal.JournalRecord.Kind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Flux;

/** Runs that write at the same time share a sync, and yet nothing that was said to be written is ever missing. */
@Execution(ExecutionMode.CONCURRENT)
class GroupCommitTest {
    /** Each of a thousand runs takes a lease and gives it back, which a busy disk may take its time for. */
    private static final Duration LONG = Duration.ofMinutes(2);

    @TempDir
    Path temporary;

    private final FaultyFiles files = new FaultyFiles();

    private Path directory() {
        return temporary.resolve("journal");
    }

    private FileJournal journal() {
        return FileJournal.in(directory()).withChannels(files);
    }

    /** Has both written in one batch. */
    static void atOnce(RunLog one, RunLog other, JournalRecord entry) {
        List<CompletableFuture<Void>> both = new ArrayList<>();
        whileHeldUp(one, entry, () -> {
            both.add(Written.start(one, entry));
            both.add(Written.start(other, entry));
        });
        both.forEach(Written::await);
    }

    /** What is added here comes in one batch: the journal's thread is held up by the answer to an entry of this log. */
    private static void whileHeldUp(RunLog log, JournalRecord entry, Runnable adding) {
        CountDownLatch added = new CountDownLatch(1);
        CompletableFuture<Void> holdUp = new CompletableFuture<>();
        log.append(entry, failure -> {
            try {
                holdUp.complete(null);
                assertThat(added.await(SOON.toSeconds(), TimeUnit.SECONDS)).isTrue();
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        });
        Written.await(holdUp);
        adding.run();
        added.countDown();
    }

    @Test
    void theGroupLogDoesNotGrowForEverWhenManyRunsWriteAFewLinesEach() throws Exception {
        JournalRecord entry = with(Kind.RESULT, Map.of("outputs", "x".repeat(500_000)));
        try (FileJournal journal = journal()) {
            for (int i = 0; i < 20; i++) {
                RunLog one = create(journal, "a" + i);
                RunLog other = create(journal, "b" + i);
                atOnce(one, other, entry);
                one.close().block();
                other.close().block();
            }

            try (Stream<Path> all = Files.list(directory())) {
                assertThat(all.filter(file -> file.toString().endsWith(".log")))
                        .singleElement()
                        .satisfies(group -> assertThat(Files.size(group)).isBetween(1L, 18_000_000L));
            }
        }
    }

    /** All begin at once, and each run writes its next record as soon as the one before is written. */
    private static void writeConcurrently(List<RunLog> logs, int records) throws InterruptedException {
        CountDownLatch written = new CountDownLatch(logs.size());
        AtomicReference<Throwable> failed = new AtomicReference<>();
        RunLog first = logs.get(0);
        whileHeldUp(first, intent(1), () -> {
            writeFrom(2, records, first, written, failed);
            logs.stream().skip(1).forEach(log -> writeFrom(1, records, log, written, failed));
        });
        assertThat(written.await(LONG.toSeconds(), TimeUnit.SECONDS)).isTrue();
        assertThat(failed.get()).isNull();
    }

    private static void writeFrom(
            int attempt, int records, RunLog log, CountDownLatch written, AtomicReference<Throwable> failed) {
        log.append(intent(attempt), failure -> {
            if (failure != null) {
                failed.set(failure);
            }
            if (failure != null || attempt == records) {
                written.countDown();
            } else {
                writeFrom(attempt + 1, records, log, written, failed);
            }
        });
    }

    private static List<JournalRecord> intents(int records) {
        return IntStream.rangeClosed(1, records).mapToObj(Written::intent).toList();
    }

    @Test
    void aRecordOfARunThatIsAloneIsSyncedInItsFile() throws IOException {
        try (FileJournal journal = journal()) {
            RunLog log = create(journal, "r");
            int before = files.syncs.get();
            for (int i = 1; i <= 10; i++) {
                append(log, intent(i));
            }

            assertThat(files.syncs.get() - before).isEqualTo(10);
            assertThat(groupLogs(directory())).isEmpty();
        }
    }

    @Test
    void aHundredRunsShareTheirSyncs() throws InterruptedException {
        int records = 100;
        try (FileJournal journal = journal()) {
            List<RunLog> logs = createAll(journal, 100);
            int before = files.syncs.get();
            writeConcurrently(logs, records);

            assertThat(files.syncs.get() - before).isLessThanOrEqualTo(100 * records / 50);
            assertThat(Written.read(journal, "r99")).isEqualTo(intents(records));
        }
    }

    @Test
    void aThousandRunsAreWrittenAtOnce() throws InterruptedException, IOException {
        try (FileJournal journal = FileJournal.in(directory())) {
            List<RunLog> logs = createAll(journal, 1000);
            writeConcurrently(logs, 10);
            assertThat(groupLogs(directory())).hasSize(1);
            Flux.fromIterable(logs).flatMap(RunLog::close, 64).blockLast(LONG);
        }
        assertThat(groupLogs(directory())).isEmpty();
        try (FileJournal journal = FileJournal.in(directory())) {
            assertThat(journal.runs().block(SOON)).hasSize(1000).allSatisfy(run -> assertThat(
                            Written.read(journal, run.value()))
                    .isEqualTo(intents(10)));
        }
    }

    @Test
    void theGroupLogIsEmptiedWhenItHasGrown() throws IOException {
        JournalRecord large = with(Kind.RESULT, Map.of("text", "x".repeat(25_000)));
        try (FileJournal journal = FileJournal.in(directory())) {
            RunLog one = create(journal, "a");
            RunLog other = create(journal, "b");
            long largest = 0;
            long last = 0;
            for (int i = 0; i < 210; i++) {
                atOnce(one, other, large);
                last = Files.size(groupLogs(directory()).get(0));
                largest = Math.max(largest, last);
            }

            assertThat(largest).isGreaterThan(4 << 20);
            assertThat(last).isLessThan(largest / 2);
            assertThat(Written.read(journal, "b")).hasSize(210).containsOnly(large);
        }
    }

    private static List<RunLog> createAll(FileJournal journal, int runs) {
        return Flux.range(0, runs)
                .flatMap(i -> journal.create(RunId.of("r" + i), "target " + i), 64)
                .collectList()
                .block(LONG);
    }

    private static List<Path> groupLogs(Path directory) throws IOException {
        try (Stream<Path> all = Files.list(directory)) {
            return all.filter(it -> it.getFileName().toString().startsWith("group-"))
                    .filter(it -> it.toString().endsWith(".log"))
                    .toList();
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void afterAPowerCutNothingIsMissingThatWasSaidToBeWritten(boolean keyed) throws Exception {
        for (int seed = 0; seed < 15; seed++) {
            Random random = new Random(seed);
            Path before = temporary.resolve("before" + seed);
            Path after = temporary.resolve("after" + seed);
            int runs = 1 + random.nextInt(4);
            int records = 1 + random.nextInt(8);
            try (FileJournal journal = keyed(FileJournal.in(before).withChannels(files), keyed)) {
                List<RunLog> logs = new ArrayList<>();
                for (int i = 0; i < runs; i++) {
                    logs.add(create(journal, "r" + i));
                    append(logs.get(i), intent(1));
                }
                for (int i = 2; i <= records; i++) {
                    if (random.nextInt(3) == 0) {
                        for (RunLog log : logs) {
                            append(log, intent(i));
                        }
                    } else {
                        writeTogether(logs, intent(i));
                    }
                }
                files.afterPowerCut(before, after, random);
            }

            try (FileJournal journal = keyed(FileJournal.in(after), keyed)) {
                for (int i = 0; i < runs; i++) {
                    RunLog log = journal.takeUp(RunId.of("r" + i)).block(SOON);
                    assertThat(log.past().subList(1, log.past().size()))
                            .as("seed %s, run %s", seed, i)
                            .isEqualTo(intents(records));
                    append(log, intent(records + 1));
                    assertThat(Written.read(journal, "r" + i)).isEqualTo(intents(records + 1));
                }
                assertThat(groupLogs(after)).isEmpty();
            }
        }
    }

    private static FileJournal keyed(FileJournal journal, boolean keyed) {
        return keyed ? journal.withKey(KeyedJournalTest.KEY) : journal;
    }

    private static void writeTogether(List<RunLog> logs, JournalRecord entry) {
        List<CompletableFuture<Void>> all =
                logs.stream().map(log -> Written.start(log, entry)).toList();
        all.forEach(Written::await);
    }
}

// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.journal;

import static org.assertj.core.api.Assertions.assertThat;

import io.hybridpipe.OtherJvm;
import io.hybridpipe.event.RunId;
import io.hybridpipe.journal.JournalException.Reason;
import io.hybridpipe.journal.JournalRecord.Kind;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.assertj.core.api.Condition;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import reactor.core.publisher.Mono;

/** Who may go on with a run, shown with JVMs of their own that are stopped, continued and killed. */
@Execution(ExecutionMode.CONCURRENT)
@DisabledOnOs(OS.WINDOWS)
class TwoProcessesTest {
    private static final RunId RUN = RunId.of("run-1");
    private static final Duration LONG = Duration.ofMinutes(5);
    private static final Duration SHORT = Duration.ofSeconds(1);

    @TempDir
    Path directory;

    private FileJournal journal;

    @BeforeEach
    void open() {
        journal = FileJournal.in(directory).withLease(LONG);
    }

    @AfterEach
    void close() {
        journal.close();
    }

    private static <T> T get(Mono<T> call) {
        return Objects.requireNonNull(call.block(Duration.ofSeconds(60)));
    }

    private static void append(RunLog log, String name) throws Exception {
        CompletableFuture<Boolean> written = new CompletableFuture<>();
        log.append(JournalProcess.entry(name), failure -> {
            if (failure == null) {
                written.complete(true);
            } else {
                written.completeExceptionally(failure);
            }
        });
        written.get(60, TimeUnit.SECONDS);
    }

    private List<String> lines() {
        return get(journal.read(RUN)).stream().map(TwoProcessesTest::line).toList();
    }

    private static String line(JournalRecord entry) {
        return entry.kind() == Kind.HELD
                ? "held by " + entry.data().get("process")
                : entry.path().value();
    }

    private static String heldBy(long process) {
        return "held by " + process;
    }

    /** Takes the run up as soon as its owner is no more taken for alive. */
    private RunLog takenUpWhenItsLeaseHasExpired() {
        Waiting.until("the lease has expired", () -> get(journal.owner(RUN)).isEmpty());
        return get(journal.takeUp(RUN));
    }

    @Test
    void ofTwoProcessesThatTakeUpARunAtOnceOneGetsItAndTheOtherSaysWhoDid() throws Exception {
        try (OtherJvm one = JournalProcess.in(directory, LONG);
                OtherJvm other = JournalProcess.in(directory, LONG)) {
            get(journal.create(RUN, "fednet")).close().block(Duration.ofSeconds(60));
            for (int round = 0; round < 10; round++) {
                one.tell("take run-1");
                other.tell("take run-1");
                String first = one.answer();
                String second = other.answer();

                OtherJvm winner = first.equals("ok") ? one : other;
                assertThat(List.of(first, second)).filteredOn("ok"::equals).hasSize(1);
                assertThat(winner == one ? second : first)
                        .startsWith("HELD target fednet is held by run run-1 in process " + winner.number() + " on "
                                + LeaseProcess.current().host());
                assertThat(get(journal.owner(RUN)).map(Owner::process)).contains(winner.number());
                assertThat(winner.ask("append round-" + round)).isEqualTo("ok");
                assertThat(winner.ask("close")).isEqualTo("ok");
            }
        }
        assertThat(lines()).filteredOn(it -> it.startsWith("round-")).hasSize(10);
    }

    @Test
    void theRunOfAKilledProcessIsTakenUpAtOnceAndSaysWhoseItWas() throws Exception {
        OtherJvm owner = JournalProcess.in(directory, LONG);
        assertThat(owner.ask("create run-1 fednet")).isEqualTo("ok");
        assertThat(owner.ask("append made")).isEqualTo("ok");
        assertThat(get(journal.takeUp(RUN)
                        .map(log -> "taken")
                        .onErrorResume(
                                JournalException.class,
                                e -> Mono.just(e.reason().toString()))))
                .isEqualTo("HELD");
        owner.kill();

        // the lease would last minutes more
        RunLog log = get(journal.takeUp(RUN));

        assertThat(log.takenFrom().map(Owner::process)).contains(owner.number());
        assertThat(log.takenFrom().orElseThrow().until()).isAfter(Instant.now());
        append(log, "resumed");
        assertThat(lines())
                .containsExactly(
                        heldBy(owner.number()),
                        "made",
                        heldBy(ProcessHandle.current().pid()),
                        "resumed");
    }

    @Test
    void ofTwoProcessesThatTakeUpAKilledOnesRunAtOnceOneGetsIt() throws Exception {
        try (OtherJvm one = JournalProcess.in(directory, LONG);
                OtherJvm other = JournalProcess.in(directory, LONG)) {
            OtherJvm owner = JournalProcess.in(directory, LONG);
            assertThat(owner.ask("create run-1 fednet")).isEqualTo("ok");
            owner.kill();

            one.tell("take run-1");
            other.tell("take run-1");

            assertThat(List.of(one.answer(), other.answer()))
                    .areExactly(1, new Condition<>("ok"::equals, "ok"))
                    .areExactly(1, new Condition<>(it -> it.startsWith("HELD"), "held"));
        }
    }

    @Test
    void aStoppedProcessIsTakenOverWhenItsLeaseHasExpiredAndOnceContinuedWritesNothing() throws Exception {
        try (OtherJvm owner = JournalProcess.in(directory, SHORT)) {
            assertThat(owner.ask("create run-1 fednet")).isEqualTo("ok");
            assertThat(owner.ask("append made")).isEqualTo("ok");
            owner.pauseOutsideOfLeases(directory);

            RunLog log = takenUpWhenItsLeaseHasExpired();
            assertThat(log.takenFrom().map(Owner::process)).contains(owner.number());
            assertThat(log.takenFrom().orElseThrow().until()).isBefore(Instant.now());
            List<String> atTakeOver = lines();
            // the first things that it does when it goes on
            owner.tell("held");
            owner.tell("append late");
            owner.tell("append later");
            owner.tell("confirm");
            owner.goOn();

            owner.hears("false");
            for (int i = 0; i < 3; i++) {
                assertThat(owner.answer())
                        .startsWith("LOST the lease of target fednet was taken over by run run-1 in process "
                                + ProcessHandle.current().pid());
            }
            assertThat(lines()).isEqualTo(atTakeOver);
            assertThat(log.isHeld()).isTrue();
            assertThat(owner.ask("close")).isEqualTo("ok");
            append(log, "resumed");
            assertThat(lines())
                    .containsExactly(
                            heldBy(owner.number()),
                            "made",
                            heldBy(ProcessHandle.current().pid()),
                            "resumed");
        }
    }

    @Test
    void whatAProcessWasToldIsWrittenIsInTheLogAlsoIfItIsStoppedInTheMidstOfWriting() throws Exception {
        try (OtherJvm owner = JournalProcess.in(directory, SHORT)) {
            assertThat(owner.ask("create run-1 fednet")).isEqualTo("ok");
            assertThat(owner.ask("flood")).isEqualTo("ok");
            Waiting.until("it writes", () -> lines().size() > 20);
            owner.pauseOutsideOfLeases(directory);

            RunLog log = takenUpWhenItsLeaseHasExpired();
            append(log, "resumed");
            owner.goOn();

            String[] told = owner.answer().split(" ", 3);
            int confirmed = Integer.parseInt(told[0]);
            assertThat(told[1]).isEqualTo(Reason.LOST.toString());
            List<String> lines = lines();
            List<String> flooded =
                    lines.stream().filter(it -> it.startsWith("flood-")).toList();
            assertThat(flooded).hasSizeBetween(confirmed, confirmed + 1);
            assertThat(flooded)
                    .isEqualTo(IntStream.range(0, flooded.size())
                            .mapToObj(i -> "flood-" + i)
                            .toList());
            assertThat(lines.subList(lines.size() - 2, lines.size()))
                    .containsExactly(heldBy(ProcessHandle.current().pid()), "resumed");
        }
    }

    @Test
    void aStoppedProcessThatNobodyTookOverGoesOn() throws Exception {
        try (OtherJvm owner = JournalProcess.in(directory, SHORT)) {
            assertThat(owner.ask("create run-1 fednet")).isEqualTo("ok");
            owner.pauseOutsideOfLeases(directory);
            Waiting.until("the lease has expired", () -> get(journal.owner(RUN)).isEmpty());
            owner.tell("confirm");
            owner.tell("append late");
            owner.goOn();

            owner.hears("ok");
            owner.hears("ok");
            Waiting.until("it is renewed again", () -> owner.ask("held").equals("true"));
            assertThat(lines()).containsExactly(heldBy(owner.number()), "late");
        }
    }
}

// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hybridpipe.event.RunId;
import io.hybridpipe.event.RunReport;
import io.hybridpipe.journal.FileJournal;
import io.hybridpipe.journal.JournalRecord;
import io.hybridpipe.journal.JournalRecord.Kind;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import reactor.core.publisher.Mono;

/** Design §5: of two processes on one run only one touches the clouds, also when the other one was stopped in the midst of a call. */
@Execution(ExecutionMode.CONCURRENT)
@DisabledOnOs(OS.WINDOWS)
class TakenOverTest {
    private static final RunId RUN = RunId.of("run-1");
    private static final Duration BOUND = Duration.ofSeconds(60);

    @TempDir
    Path directory;

    private static final class Thing implements Step {
        private final String name;
        private final HttpCloud.Client cloud;

        Thing(String name, HttpCloud.Client cloud) {
            this.name = name;
            this.cloud = cloud;
        }

        @Override
        public Contract contract() {
            return Contract.of("Thing");
        }

        @Override
        public Mono<Outputs> run(State state, StepContext context) {
            return cloud.make(name, context);
        }

        @Override
        public Mono<Found> reconcile(State state, StepContext context) {
            return cloud.look(name, context);
        }

        @Override
        public Mono<Void> undo(State state, Found found, StepContext context) {
            return cloud.delete(name, context);
        }
    }

    private static final class Door implements Scope {
        private final HttpCloud.Client cloud;

        Door(HttpCloud.Client cloud) {
            this.cloud = cloud;
        }

        @Override
        public Contract contract() {
            return Contract.of("Door");
        }

        @Override
        public Mono<Outputs> open(State state, StepContext context) {
            return cloud.make("door", context);
        }

        @Override
        public Mono<Found> reconcile(State state, StepContext context) {
            return cloud.look("door", context);
        }

        @Override
        public Mono<Void> close(State state, Found found, StepContext context) {
            return cloud.delete("door", context);
        }
    }

    private static Pipe pipe(int port) {
        HttpCloud.Client cloud = new HttpCloud.Client(port);
        return Pipe.named("net")
                .step("a", new Thing("a", cloud))
                .during("door", new Door(cloud), inside -> inside.step("b", new Thing("b", cloud))
                        .step("c", new Thing("c", cloud)))
                .step("d", new Thing("d", cloud))
                .build();
    }

    /** The main of the other process: one run, and what became of it. */
    static final class Child {
        private Child() {}

        public static void main(String[] args) {
            FileJournal journal = FileJournal.in(Path.of(args[0])).withLease(Duration.parse(args[2]));
            OtherJvm.say("ready");
            RunReport report = Objects.requireNonNull(pipe(Integer.parseInt(args[1]))
                    .start(
                            State.empty(),
                            RunOptions.ofDefaults().journal(journal).runId(RUN))
                    .settled()
                    .block());
            OtherJvm.say(report.outcome() + ": "
                    + report.failure().map(RunReport.FailureReport::message).orElse("no failure"));
            System.exit(0);
        }
    }

    private OtherJvm child(HttpCloud cloud, Duration lease) throws IOException {
        return OtherJvm.running(Child.class, directory.toString(), String.valueOf(cloud.port()), lease.toString());
    }

    private Mono<State> resume(FileJournal journal, HttpCloud cloud) {
        return Runs.of(journal)
                .resume(
                        pipe(cloud.port()),
                        RUN,
                        State.empty(),
                        RunOptions.ofDefaults().cancelGrace(Duration.ofMillis(100)));
    }

    @ParameterizedTest
    @CsvSource({
        // in the midst of a step, in the midst of opening, and before the close
        "make b,    make a+tag a+make door+tag door+make b",
        "make door, make a+tag a+make door",
        "tag c,     make a+tag a+make door+tag door+make b+tag b+make c+tag c"
    })
    void aProcessThatWasStoppedInACallAndTakenOverSendsNothingMoreAndSaysSo(String stoppedIn, String sent)
            throws Exception {
        try (HttpCloud cloud = new HttpCloud();
                FileJournal journal = FileJournal.in(directory)) {
            cloud.hold(stoppedIn);
            try (OtherJvm child = child(cloud, Duration.ofSeconds(1))) {
                cloud.awaitHeld();
                child.pauseOutsideOfLeases(directory);
                cloud.answer();
                awaitExpiry(journal);

                resume(journal, cloud).block(BOUND);
                List<String> inventory = cloud.inventory();
                List<JournalRecord> records = records(journal);
                child.goOn();

                assertThat(child.answer())
                        .isEqualTo(
                                // the next owner has given it back by now
                                "taken-over: another process goes on with this run: the lease of target net was taken over");
                assertThat(cloud.callsOf(child.number())).containsExactly(sent.split("\\+"));
                assertThat(cloud.inventory())
                        .isEqualTo(inventory)
                        .containsExactly("a tagged", "b tagged", "c tagged", "d tagged");
                assertThat(records(journal)).isEqualTo(records);
                assertThat(records.get(records.size() - 1).kind()).isEqualTo(Kind.SETTLED);
            }
        }
    }

    @Test
    void theRunOfALivingProcessIsRefusedAndThatOfAKilledOneIsTakenUpWithoutWaitingForItsLease() throws Exception {
        try (HttpCloud cloud = new HttpCloud();
                FileJournal journal = FileJournal.in(directory)) {
            cloud.hold("tag b");
            try (OtherJvm child = child(cloud, Duration.ofMinutes(5))) {
                cloud.awaitHeld();
                assertThatThrownBy(() -> resume(journal, cloud).block(BOUND))
                        .isInstanceOf(PipeFailedException.class)
                        .hasMessageContaining("is held by run run-1 in process " + child.number() + " on ");
                child.kill();
            }
            cloud.answer();

            resume(journal, cloud).block(BOUND);

            assertThat(cloud.inventory()).containsExactly("a tagged", "b tagged", "c tagged", "d tagged");
            assertThat(cloud.callsOf(ProcessHandle.current().pid()))
                    .containsExactly("make c", "tag c", "delete door", "make d", "tag d");
        }
    }

    private static void awaitExpiry(FileJournal journal) {
        long end = System.nanoTime() + BOUND.toNanos();
        while (Objects.requireNonNull(journal.owner(RUN).block(BOUND)).isPresent()) {
            assertThat(System.nanoTime() - end).as("the lease expires").isNegative();
            LockSupport.parkNanos(Duration.ofMillis(5).toNanos());
        }
    }

    private static List<JournalRecord> records(FileJournal journal) {
        return Objects.requireNonNull(journal.read(RUN).block(BOUND));
    }
}

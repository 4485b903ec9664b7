// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.aws.ec2;

import static io.hybridpipe.aws.TestAws.SOON;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import io.hybridpipe.Pipe;
import io.hybridpipe.Run;
import io.hybridpipe.RunOptions;
import io.hybridpipe.State;
import io.hybridpipe.Step;
import io.hybridpipe.aws.TestAws;
import io.hybridpipe.event.RunId;
import io.hybridpipe.event.RunReport;
import io.hybridpipe.retry.RetryPolicy;
import io.hybridpipe.sim.Fault;
import io.hybridpipe.sim.Faults;
import io.hybridpipe.sim.aws.Inventory;
import io.hybridpipe.test.StepContract;
import java.time.Duration;
import java.util.List;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;

/**
 * What every step that changes something on EC2 goes through in a real run: faults on the wire, things that are not seen yet,
 * cancel in mid-call; each on a stand-in of its own.
 *
 * @param action the call that makes the thing
 * @param toStep the step, given a stand-in and the network in it
 */
record StepTrials(String action, BiFunction<TestAws, TestAws.Network, Step> toStep) {
    private static final RetryPolicy QUICKLY = RetryPolicy.ofDefaults()
            .withEach(backoff -> backoff.withDelays(Duration.ofMillis(5), Duration.ofMillis(20)));
    private static final Pattern ID = Pattern.compile("([a-z]+)-[0-9a-f]{8,17}|(token)=[0-9a-f]{32}");

    Stream<DynamicTest> tests() {
        Stream<DynamicTest> contract = Stream.of(DynamicTest.dynamicTest(
                "keeps the contract of steps",
                () -> on(trial -> StepContract.of(trial.step)
                        .inventory(trial.aws::inventory)
                        .verify())));
        return Stream.concat(
                contract,
                Stream.of(
                        test("is tried again when it is throttled", this::throttled),
                        test("is made once when the answer is lost", this::lostAnswer),
                        test("is made once when the request is lost", this::lostRequest),
                        test("takes everything back when the call fails for good", this::failsForGood),
                        test("takes everything back when it is cancelled in mid-call", this::cancelled),
                        DynamicTest.dynamicTest("waits for what is not seen yet", this::unseen)));
    }

    private void throttled(Trial trial) {
        trial.faults().times(2).error("RequestLimitExceeded", "Request limit exceeded.");
        trial.finishes(RunReport.Outcome.DONE);
        assertThat(trial.all()).isEqualTo(trial.allAfterAPlainRun());
    }

    private void lostAnswer(Trial trial) {
        trial.faults().dropAfter();
        trial.finishes(RunReport.Outcome.DONE);
        assertThat(trial.all()).isEqualTo(trial.allAfterAPlainRun());
    }

    private void lostRequest(Trial trial) {
        trial.faults().dropBefore();
        trial.finishes(RunReport.Outcome.DONE);
        assertThat(trial.all()).isEqualTo(trial.allAfterAPlainRun());
    }

    private void failsForGood(Trial trial) {
        trial.faults().always().error("UnauthorizedOperation", "You are not authorized to perform this operation.");
        RunReport report = trial.finishes(RunReport.Outcome.UNDONE);
        assertThat(report.failure().orElseThrow().message())
                .startsWith(action)
                .contains("in account-a/eu-central-1: the credentials lack the permission: UnauthorizedOperation");
        assertThat(trial.aws.inventory()).isEqualTo(trial.before);
    }

    private void cancelled(Trial trial) {
        Fault held = trial.faults().holdAfter();
        Run run = trial.start();
        held.reached().orTimeout(20, SECONDS).join();
        run.cancel("enough");
        RunReport report = run.settled().block(SOON);
        held.release();
        assertThat(report.outcome()).isEqualTo(RunReport.Outcome.UNDONE);
        assertThat(trial.aws.inventory()).isEqualTo(trial.before);
    }

    private void unseen() {
        // thirty seconds of the stand-in's time, 30 ms of ours
        try (TestAws aws = TestAws.start(settings -> settings.visibleAfter(Duration.ofSeconds(30)))) {
            Trial trial = new Trial(aws);
            trial.finishes(RunReport.Outcome.DONE);
            assertThat(trial.all()).isEqualTo(trial.allAfterAPlainRun());
        }
    }

    private DynamicTest test(String name, Consumer<Trial> body) {
        return DynamicTest.dynamicTest(name, () -> on(body));
    }

    private void on(Consumer<Trial> body) {
        try (TestAws aws = TestAws.start()) {
            body.accept(new Trial(aws));
        }
    }

    private final class Trial {
        final TestAws aws;
        final Step step;
        final Inventory before;

        Trial(TestAws aws) {
            this.aws = aws;
            step = toStep.apply(aws, aws.network());
            before = aws.inventory();
        }

        /** For calls of the action that change something: a dry run before the run is none. */
        Faults.Rule faults() {
            return aws.faults().on(call -> call.action().equals(action) && call.changing());
        }

        Run start() {
            return Pipe.named("p")
                    .step("step", step, options -> options.withVisibility(Duration.ofMillis(50))
                            .withRetry(QUICKLY))
                    .build()
                    .start(
                            State.empty(),
                            RunOptions.ofDefaults().runId(RunId.of("run-1")).cancelGrace(Duration.ofMillis(50)));
        }

        RunReport finishes(RunReport.Outcome outcome) {
            RunReport report = start().settled().block(SOON);
            assertThat(report.outcome()).as(report::toString).isEqualTo(outcome);
            return report;
        }

        /** All that there is, but for ids and tokens, which are others after an undo. */
        List<String> all() {
            return aws.inventory()
                    .toString()
                    .lines()
                    .map(line -> ID.matcher(line).replaceAll("$1$2"))
                    .sorted()
                    .toList();
        }

        List<String> allAfterAPlainRun() {
            try (TestAws plain = TestAws.start()) {
                Trial trial = new Trial(plain);
                trial.finishes(RunReport.Outcome.DONE);
                return trial.all();
            }
        }
    }
}

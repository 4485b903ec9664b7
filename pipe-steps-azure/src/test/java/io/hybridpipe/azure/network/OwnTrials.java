// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.azure.network;

import static io.hybridpipe.azure.network.Cloud.SOON;
import static org.assertj.core.api.Assertions.assertThat;

import io.hybridpipe.Found;
import io.hybridpipe.Outputs;
import io.hybridpipe.State;
import io.hybridpipe.Step;
import io.hybridpipe.retry.FailureClass;
import io.hybridpipe.retry.StepFailure;
import io.hybridpipe.sim.Fault;
import io.hybridpipe.test.StepContract;
import io.hybridpipe.test.TestContext;
import java.time.Duration;
import java.util.Map;
import java.util.SortedMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import reactor.core.Disposable;
import reactor.core.publisher.Mono;

/**
 * What every step must get over that makes one resource by one PUT. Each trial leaves the stand-in as it was, so that one is
 * enough for all of them.
 *
 * @param noun kind and place of the resource, as messages call it
 * @param put the action that makes it
 */
record OwnTrials(Cloud cloud, Step step, State state, String noun, String put) {
    private static final Found NOTHING = Found.absent();

    /** One thing that happens to the step, with a context of its own. */
    private interface Trial {
        void of(TestContext context);
    }

    /** The contract of steps, and these trials. */
    Stream<DynamicTest> all() {
        Stream<DynamicTest> contract = StepContract.of(step).state(state).inventory(cloud::inventory).checks().stream()
                .map(check -> DynamicTest.dynamicTest(check.name(), check::run));
        return Stream.concat(
                contract,
                Stream.of(
                        test("what was made is found when the answer was lost, and gone on with", this::lostAnswer),
                        test(
                                "what came up when nobody looked any more is gone on with, and said to be made",
                                this::late),
                        test("an operation that goes on after a cancel is found and undone", this::cancelled),
                        test("what a failed operation leaves is undone", this::failedOperation),
                        test("a request to slow down says for how long", this::throttled),
                        test("another operation that is under way passes", this::busy),
                        test("what another run made is refused and not touched", this::foreign)));
    }

    private DynamicTest test(String name, Trial trial) {
        return DynamicTest.dynamicTest(name, () -> {
            cloud.faults().clear();
            cloud.calls().clear();
            SortedMap<String, Map<String, Object>> before = cloud.inventory();
            TestContext context = TestContext.at("machine/make").withRunId("run-1");
            trial.of(context);
            assertThat(cloud.inventory()).isEqualTo(before);
            assertThat(context.made()).isEmpty();
        });
    }

    private void lostAnswer(TestContext context) {
        cloud.faults().on(put).dropAfter();
        assertThat(Cloud.classOf(step.run(state, context))).isEqualTo(FailureClass.UNKNOWN_OUTCOME);

        Found found = step.reconcile(state, context).block(SOON);
        Outputs again = step.run(state, context).block(SOON);

        assertThat(found).isEqualTo(Found.done(again));
        assertThat(cloud.calls().of(put)).hasSize(1);
        step.undo(state, NOTHING, context).block(SOON);
    }

    private void late(TestContext context) {
        cloud.faults().on(put).dropAfter();
        assertThat(Cloud.classOf(step.run(state, context))).isEqualTo(FailureClass.UNKNOWN_OUTCOME);
        TestContext next = context.withAttempt(2);

        step.run(state, next).block(SOON);

        assertThat(next.made()).hasSize(1);
        assertThat(cloud.calls().of(put)).hasSize(1);
        step.undo(state, NOTHING, context).block(SOON);
    }

    private void cancelled(TestContext context) {
        Fault sent = cloud.faults().on(put).holdAfter();
        Disposable run = step.run(state, context).subscribe();
        Mono.fromFuture(sent.reached()).block(SOON);
        run.dispose();
        sent.release();
        context.settled().block(SOON);

        Found found = step.reconcile(state, context).block(SOON);
        step.undo(state, NOTHING, context).block(SOON);

        assertThat(found).isInstanceOf(Found.Done.class);
        assertThat(context.gone()).isNotEmpty();
    }

    private void failedOperation(TestContext context) {
        cloud.azure().failNextOperation(put, "InternalServerError", "An error occurred.");
        assertThat(Cloud.failureOf(step.run(state, context)))
                .hasMessageStartingWith("make " + noun + ": InternalServerError: An error occurred. (federation,");

        Found found = step.reconcile(state, context).block(SOON);
        step.undo(state, NOTHING, context).block(SOON);

        assertThat(found).isEqualTo(Found.partly(noun + " is Failed"));
    }

    private void throttled(TestContext context) {
        cloud.faults().on(put).error("TooManyRequests", "slow down");
        StepFailure failure = Cloud.failureOf(step.run(state, context));

        assertThat(failure.failureClass()).isEqualTo(FailureClass.THROTTLED);
        assertThat(failure.retryAfter()).contains(Duration.ofSeconds(1));
    }

    private void busy(TestContext context) {
        cloud.faults().on(put).error("AnotherOperationInProgress", "wait for it");
        assertThat(Cloud.classOf(step.run(state, context))).isEqualTo(FailureClass.TRANSIENT);

        assertThat(step.run(state, context).block(SOON)).isNotNull();
        step.undo(state, NOTHING, context).block(SOON);
        step.undo(state, NOTHING, context).block(SOON);
    }

    private void foreign(TestContext theirs) {
        step.run(state, theirs).block(SOON);
        SortedMap<String, Map<String, Object>> there = cloud.inventory();
        TestContext other = TestContext.at("machine/make").withRunId("run-2");

        assertThat(Cloud.failureOf(step.preflight(state, other)))
                .hasMessageStartingWith("make " + noun + ": it is there already, made by machine/make of run run-1")
                .extracting(FailureClass::of)
                .isEqualTo(FailureClass.PERMANENT);
        assertThat(Cloud.classOf(step.run(state, other))).isEqualTo(FailureClass.PERMANENT);
        assertThat(step.reconcile(state, other).block(SOON)).isEqualTo(NOTHING);
        step.undo(state, NOTHING, other).block(SOON);

        assertThat(cloud.inventory()).isEqualTo(there);
        step.undo(state, NOTHING, theirs).block(SOON);
    }
}

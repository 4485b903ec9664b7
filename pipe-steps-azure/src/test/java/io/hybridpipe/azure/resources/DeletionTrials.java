// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.azure.resources;

import static io.hybridpipe.azure.network.Cloud.SOON;
import static org.assertj.core.api.Assertions.assertThat;

import com.azure.core.http.rest.Response;
import io.hybridpipe.Effect;
import io.hybridpipe.Found;
import io.hybridpipe.Outputs;
import io.hybridpipe.State;
import io.hybridpipe.azure.ArmOperation;
import io.hybridpipe.azure.network.Cloud;
import io.hybridpipe.retry.FailureClass;
import io.hybridpipe.sim.Fault;
import io.hybridpipe.sim.SimResponse;
import io.hybridpipe.test.TestContext;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * What must hold for every step that deletes one thing.
 *
 * @param step deletes the thing
 * @param noun what messages call the kind of thing
 * @param what what messages call the thing
 * @param action the deletion, as the service calls it
 * @param make makes the thing with these tags, after what is left of it was deleted
 * @param elsewhere sends somebody else's deletion of the thing
 */
record DeletionTrials(
        Cloud cloud,
        DeletingStep<?> step,
        State state,
        String noun,
        String what,
        String action,
        Consumer<Map<String, String>> make,
        Supplier<Mono<Response<Flux<ByteBuffer>>>> elsewhere) {

    /** One thing that happens to the step, with a context of its own. */
    private interface Trial {
        void of(TestContext context);
    }

    Stream<DynamicTest> all() {
        return Stream.of(
                test("it is gone", this::isGone),
                test("what is not there is a success without a call", this::isNotThere),
                test("after a lost answer the deletion that goes on is waited for", this::lostAnswer),
                test("after a lost request it is deleted again", this::lostRequest),
                test("after a cancel in mid-operation the next attempt waits for it", this::cancelled),
                test("a deletion that somebody else began is waited for", this::begunElsewhere),
                test("another operation that is under way passes", this::busy),
                test("a lock is permanent", context -> denied(409, "ScopeLocked", context)),
                test("a denial is permanent", context -> denied(403, "AuthorizationFailed", context)),
                test("where only ours are deleted, others are left as they are", this::onlyOurs));
    }

    private DynamicTest test(String name, Trial trial) {
        return DynamicTest.dynamicTest(name, () -> {
            cloud.faults().clear();
            delete(TestContext.at("test/reset"));
            SortedMap<String, Map<String, Object>> without = cloud.inventory();
            make.accept(Map.of());
            cloud.calls().clear();
            TestContext context = TestContext.at("trial/clean-up");
            trial.of(context);
            cloud.faults().clear();
            delete(context);
            assertThat(cloud.inventory()).isEqualTo(without);
            assertThat(context.made()).isEmpty();
        });
    }

    private void delete(TestContext context) {
        step.run(state, context).block(SOON);
    }

    private void isGone(TestContext context) {
        assertThat(step.contract().effect())
                .isEqualTo(Effect.irreversible("a deleted " + noun + " cannot be brought back"));

        delete(context);

        assertThat(step.reconcile(state, context).block(SOON)).isEqualTo(Found.done(Outputs.none()));
        assertThat(cloud.calls().of(action)).hasSize(1);
    }

    private void isNotThere(TestContext context) {
        delete(context);
        cloud.calls().clear();

        delete(context);

        assertThat(cloud.calls().changing()).isEmpty();
    }

    private void lostAnswer(TestContext context) {
        cloud.faults().on(action).dropAfter();
        assertThat(Cloud.classOf(step.run(state, context))).isEqualTo(FailureClass.UNKNOWN_OUTCOME);

        assertThat(step.reconcile(state, context).block(SOON)).isEqualTo(Found.done(Outputs.none()));
        assertThat(cloud.calls().of(action)).hasSize(1);
    }

    private void lostRequest(TestContext context) {
        cloud.faults().on(action).dropBefore();
        assertThat(Cloud.classOf(step.run(state, context))).isEqualTo(FailureClass.UNKNOWN_OUTCOME);

        assertThat(step.reconcile(state, context).block(SOON)).isEqualTo(Found.absent());
    }

    private void cancelled(TestContext context) {
        Fault sent = cloud.faults().on(action).holdAfter();
        Disposable run = step.run(state, context).subscribe();
        Mono.fromFuture(sent.reached()).block(SOON);
        run.dispose();
        sent.release();
        context.settled().block(SOON);

        delete(context);

        assertThat(cloud.calls().of(action)).hasSize(1);
    }

    private void begunElsewhere(TestContext context) {
        ArmOperation.acceptedBy(elsewhere.get()).block(SOON);

        delete(context);

        assertThat(cloud.calls().of(action)).hasSize(1);
    }

    private void busy(TestContext context) {
        cloud.faults().on(action).error("AnotherOperationInProgress", "wait for it");

        assertThat(Cloud.classOf(step.run(state, context))).isEqualTo(FailureClass.TRANSIENT);
    }

    private void denied(int status, String code, TestContext context) {
        cloud.faults()
                .on(action)
                .answer(SimResponse.json(
                        status, "{\"error\": {\"code\": \"" + code + "\", \"message\": \"it says why\"}}"));

        assertThat(Cloud.failureOf(step.run(state, context)))
                .hasMessageStartingWith("delete " + what + ": " + code + ": it says why")
                .extracting(FailureClass::of)
                .isEqualTo(FailureClass.PERMANENT);
    }

    private void onlyOurs(TestContext context) {
        DeletingStep<?> careful = step.onlyOurs();
        SortedMap<String, Map<String, Object>> theirs = cloud.inventory();
        for (Mono<?> call : List.of(careful.preflight(state, context), careful.run(state, context))) {
            assertThat(Cloud.failureOf(call))
                    .hasMessage("delete " + what
                            + ": it does not bear the tags of a HybridPipe run, and is left as it is;"
                            + " leave out onlyOurs() to delete it all the same ("
                            + cloud.account().where() + ")")
                    .extracting(FailureClass::of)
                    .isEqualTo(FailureClass.PERMANENT);
        }
        assertThat(cloud.inventory()).isEqualTo(theirs);

        delete(context);
        make.accept(TestContext.at("other/one").withRunId("run-2").tags());
        careful.preflight(state, context).block(SOON);
        careful.run(state, context).block(SOON);

        assertThat(step.reconcile(state, context).block(SOON)).isEqualTo(Found.done(Outputs.none()));
    }
}

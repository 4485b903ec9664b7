// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.vns3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hybridpipe.Effect;
import io.hybridpipe.Found;
import io.hybridpipe.Input;
import io.hybridpipe.Outputs;
import io.hybridpipe.Secret;
import io.hybridpipe.State;
import io.hybridpipe.event.Resource;
import io.hybridpipe.net.Ip;
import io.hybridpipe.retry.FailureClass;
import io.hybridpipe.sim.Fault;
import io.hybridpipe.sim.SimResponse;
import io.hybridpipe.sim.vns3.Inventory;
import io.hybridpipe.sim.vns3.SimVns3;
import io.hybridpipe.test.TestContext;
import io.hybridpipe.vns3.api.Controller;
import io.hybridpipe.vns3.api.Keyset;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.Disposable;
import reactor.core.publisher.Mono;

@Timeout(180)
class FetchKeysetTest {
    private static final String PUT = "PUT /keyset";
    private static final Ip SOURCE = Ip.of("203.0.113.2");
    private static final Controller NEW = Controller.of("orders", Ip.of("203.0.113.1"), Lab.PASSWORD);
    private static final Controller FED = Controller.of("fed-1", SOURCE, Lab.PASSWORD);
    private static final String CHECK = ": check that TCP 8000 is open from orders (203.0.113.1) to 203.0.113.2 and its"
            + " peers, that the source has a keyset, and that the token is the one it was made from";

    private final Lab lab = new Lab();
    private final TestContext context = TestContext.at("pipe/step");
    private final FetchKeyset step = FetchKeyset.on(NEW)
            .from(SOURCE)
            .token(Input.value(Lab.KEYSET_TOKEN))
            .over(lab.access)
            .pollEvery(Lab.POLL)
            // of the controller's time, of which seconds pass while a thread waits for its turn
            .rebootStartsWithin(Duration.ofMinutes(10))
            .readyWithin(Duration.ofSeconds(20))
            .keysetWithin(Duration.ofSeconds(20));

    private SimVns3 controller;

    @BeforeEach
    void start() {
        controller = lab.licensed("orders", "10.1.0.10", "203.0.113.1");
        lab.start(lab.builder("fed-1", "10.2.0.10", "203.0.113.2").inService(1, Lab.KEYSET_TOKEN.reveal()));
        controller.calls().clear();
    }

    @AfterEach
    void close() {
        lab.close();
    }

    private Mono<Outputs> run(FetchKeyset step) {
        return step.run(State.empty(), context);
    }

    private Found reconcile() {
        return Lab.get(step.reconcile(State.empty(), context));
    }

    private Keyset keyset(Controller of) {
        return Lab.get(lab.access.client(of).keyset());
    }

    private void assertFetched() {
        assertThat(controller.isUp()).isTrue();
        assertThat(keyset(NEW).checksum()).isPresent().isEqualTo(keyset(FED).checksum());
    }

    private long accepted() {
        return controller.calls().all().stream()
                .filter(call -> call.action().equals(PUT) && call.status() == 200)
                .count();
    }

    @Test
    void theKeysetOfTheSourceIsThereAndTheControllerHasRebootedAndIsUp() {
        Lab.get(run(step));
        assertFetched();
        assertThat(Lab.get(lab.access.client(NEW).systemStatus()).uptime().orElseThrow())
                .isLessThan(Duration.ofMinutes(30));
        assertThat(accepted()).isOne();
        assertThat(context.made())
                .containsExactly(Resource.of("VNS3::Keyset", "203.0.113.1", "orders (203.0.113.1)")
                        .withShow("curl -k -u api https://203.0.113.1:8000/api/keyset"));
    }

    @Test
    void theControllerIsUpAgainWhenTheStepEnds() {
        Lab.get(run(step.sourceController(Input.value(FED))));
        for (int look = 0; look < 20; look++) {
            assertThat(Lab.get(lab.access.client(NEW).config()).licensed()).isTrue();
        }
        assertFetched();
    }

    @Test
    void aSecondSubscriptionLooksAgainAndFetchesNothingTwice() {
        Mono<Outputs> run = run(step);
        assertThat(controller.calls().all()).isEmpty();
        Lab.get(run);
        Lab.get(run);
        assertThat(accepted()).isOne();
    }

    @Test
    void afterALostAnswerReconcileWaitsForTheFetchingThatIsUnderWay() {
        controller.faults().on(PUT).dropAfter();
        Lab.failure(run(step), FailureClass.UNKNOWN_OUTCOME);
        assertThat(reconcile()).isEqualTo(Found.done(Outputs.none()));
        assertFetched();
    }

    @Test
    void aCallThatWasLostBeforeItTookEffectIsAbsentAndTheNextAttemptSucceeds() {
        controller.faults().on(PUT).dropBefore();
        Lab.failure(run(step), FailureClass.UNKNOWN_OUTCOME);
        assertThat(reconcile()).isEqualTo(Found.absent());
        Lab.get(run(step));
        assertFetched();
    }

    @ParameterizedTest
    @ValueSource(strings = {PUT, "GET /config", "GET /keyset"})
    void aPassingFaultIsFollowedByASuccess(String action) {
        controller.faults().on(action).status(503);
        Mono<Outputs> run = run(step);
        Lab.get(action.equals(PUT) ? run.onErrorResume(busy -> run) : run);
        assertFetched();
    }

    @ParameterizedTest
    @ValueSource(strings = {"Keyset setup in progress.", "Keyset already exists."})
    void whatAControllerSaysToASecondRequestIsNoFailure(String message) {
        controller.faults().on(PUT).error("APIArgumentError", message);
        Lab.get(run(step));
        assertFetched();
    }

    @Test
    void otherRefusalsArePermanent() {
        controller.faults().on(PUT).error("APIArgumentError", "token is missing");
        assertThat(Lab.failure(run(step), FailureClass.PERMANENT)).hasMessageContaining("token is missing");
    }

    @Test
    void fetchingThatFailsIsSaidAndTriedAgain() {
        controller
                .faults()
                .on(PUT)
                .answer(SimResponse.json(200, "{\"response\":{\"in_progress\":true,\"started_at_i\":7}}"));
        Lab.get(run(step));
        assertFetched();
        assertThat(context.progress())
                .extracting(TestContext.Progress::text)
                .contains("fetching the keyset from 203.0.113.2", "fetching failed; again from 203.0.113.2");
    }

    @Test
    void anotherTokenThanTheSourcesIsGivenUpAfterSomeTriesWithWhatToCheck() {
        FetchKeyset mistaken = step.token(Input.value(Secret.of("other-canary-1")));
        assertThat(Lab.failure(run(mistaken), FailureClass.PERMANENT))
                .hasMessage("orders (203.0.113.1) tried 3 times to fetch the keyset from 203.0.113.2 in vain" + CHECK);
        assertThat(accepted()).isEqualTo(3);
        assertThat(reconcile()).isEqualTo(Found.absent());
    }

    @Test
    void anUnreachableSourceIsGivenUpAfterAsManyTriesAsAreSaid() {
        FetchKeyset mistaken = step.from(Ip.of("203.0.113.77")).tries(1);
        assertThat(Lab.failure(run(mistaken), FailureClass.PERMANENT))
                .hasMessageStartingWith("orders (203.0.113.1) tried 1 times to fetch the keyset from 203.0.113.77");
        assertThat(accepted()).isOne();
    }

    @Test
    void aControllerThatHidesThatFetchingFailedIsAskedAgain() {
        // it tells a fetching that began long ago, whatever became of it
        controller
                .faults()
                .on("GET /keyset")
                .times(12)
                .answer(SimResponse.json(200, "{\"response\":{\"in_progress\":true,\"started_at_i\":7}}"));
        controller
                .faults()
                .on(PUT)
                .answer(SimResponse.json(200, "{\"response\":{\"in_progress\":true,\"started_at_i\":7}}"));
        Lab.get(run(step));
        assertFetched();
    }

    @Test
    void aKeysetThatNeverComesIsGivenUpInTime() {
        controller
                .faults()
                .on("GET /keyset")
                .always()
                .answer(SimResponse.json(200, "{\"response\":{\"in_progress\":true,\"started_at_i\":7}}"));
        assertThat(Lab.failure(run(step.keysetWithin(Duration.ofMillis(300))), FailureClass.PERMANENT))
                .hasMessage("orders (203.0.113.1) has no keyset from 203.0.113.2 after PT0.3S" + CHECK);
        assertThat(Lab.get(step.keysetWithin(Duration.ofMillis(300)).reconcile(State.empty(), context)))
                .isEqualTo(Found.partly("orders (203.0.113.1) is still fetching a keyset after PT0.3S"));
    }

    @Test
    void anotherKeysetThanTheSourcesCannotBeReplaced() {
        lab.start(lab.builder("fed-9", "10.2.0.19", "203.0.113.9").inService(2, "third"));
        Controller other = Controller.of("fed-9", Ip.of("203.0.113.9"), Lab.PASSWORD);
        FetchKeyset compared = step.from(other.address()).sourceController(Input.value(other));
        Lab.get(run(step));
        String message =
                "orders (203.0.113.1) has another keyset than 203.0.113.9, and a keyset cannot be replaced: launch"
                        + " the controller anew";
        assertThat(Lab.failure(run(compared), FailureClass.PERMANENT)).hasMessage(message);
        assertThat(Lab.get(compared.reconcile(State.empty(), context))).isEqualTo(Found.unknown(message));
    }

    @Test
    void aSourceWithoutAKeysetIsFoundBeforeAnythingIsAskedFor() {
        lab.licensed("fed-3", "10.2.0.13", "203.0.113.3");
        Controller bare = Controller.of("fed-3", Ip.of("203.0.113.3"), Lab.PASSWORD);
        FetchKeyset mistaken = step.from(bare.address()).sourceController(Input.value(bare));
        assertThat(Lab.failure(run(mistaken), FailureClass.PERMANENT))
                .hasMessage("controller 203.0.113.3, the source, has no keyset");
        assertThat(accepted()).isZero();
    }

    @Test
    void anUnlicensedControllerIsPermanent() {
        lab.start(lab.builder("bare", "10.1.0.11", "203.0.113.5").running());
        Controller bare = Controller.of("bare", Ip.of("203.0.113.5"), Lab.PASSWORD);
        assertThat(Lab.failure(
                        FetchKeyset.on(bare)
                                .from(SOURCE)
                                .token(Input.value(Lab.KEYSET_TOKEN))
                                .over(lab.access)
                                .pollEvery(Lab.POLL)
                                .run(State.empty(), context),
                        FailureClass.PERMANENT))
                .hasMessageContaining("Must be licensed first.");
    }

    @Test
    void cancelInMidCallLetsTheCallEndAndAResumeFindsTheKeyset() {
        Fault held = controller.faults().on(PUT).holdAfter();
        boolean[] signalled = new boolean[1];
        Disposable run = run(step).subscribe(done -> signalled[0] = true, failure -> signalled[0] = true);
        Lab.get(held.reached());
        run.dispose();
        held.release();
        Lab.await(context.settled());
        assertThat(signalled[0]).isFalse();
        assertThat(reconcile()).isEqualTo(Found.done(Outputs.none()));
        assertFetched();
    }

    @Test
    void anUnansweredCallEndsAfterTheRequestTimeout() {
        Fault held = controller.faults().on(PUT).holdAfter();
        FetchKeyset hasty = step.over(lab.access.withRequestTimeout(Duration.ofSeconds(2)));
        assertThat(Lab.failure(run(hasty), FailureClass.UNKNOWN_OUTCOME))
                // its reboot may cut the connection before
                .hasMessageStartingWith("PUT /api/keyset on 203.0.113.1: ");
        held.release();
        assertThat(reconcile()).isEqualTo(Found.done(Outputs.none()));
    }

    @Test
    void undoTakesNothingBackAndHoldsUpNothing() {
        Lab.get(run(step));
        Inventory after = controller.inventory();
        Lab.await(step.undo(State.empty(), Found.done(Outputs.none()), context));
        Lab.await(step.undo(State.empty(), Found.absent(), context));
        assertThat(controller.inventory()).isEqualTo(after);
    }

    @Test
    void aWrongPasswordIsRefusedBeforeTheRun() {
        FetchKeyset mistaken = FetchKeyset.on(NEW.withPassword(Secret.of("canary")))
                .from(SOURCE)
                .token(Input.value(Lab.KEYSET_TOKEN))
                .over(lab.access);
        assertThat(Lab.failure(mistaken.preflight(State.empty(), context), FailureClass.PERMANENT))
                .hasMessageContaining("on 203.0.113.1 answered 401");
        Lab.await(step.sourceController(Input.value(FED)).preflight(State.empty(), context));
    }

    @Test
    void itSaysWhatItNeedsAndWhatItLeaves() {
        assertThat(step.contract().effect()).isEqualTo(Effect.undoable());
        assertThat(step.onStandingController().contract().effect().irreversibleBecause())
                .contains("a keyset stays on its controller");
        assertThatThrownBy(() -> FetchKeyset.on(NEW).contract()).hasMessage("FetchKeyset.on(..) needs .from(..)");
        assertThatThrownBy(() -> FetchKeyset.on(NEW).from(SOURCE).contract())
                .hasMessage("FetchKeyset.on(..) needs .token(..)");
        assertThatThrownBy(() -> step.tries(0)).hasMessage("tries is 0, it must be at least 1");
    }
}

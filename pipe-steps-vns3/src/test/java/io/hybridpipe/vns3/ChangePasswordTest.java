// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.vns3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hybridpipe.Found;
import io.hybridpipe.Input;
import io.hybridpipe.Key;
import io.hybridpipe.Outputs;
import io.hybridpipe.Secret;
import io.hybridpipe.State;
import io.hybridpipe.TypeRef;
import io.hybridpipe.event.Resource;
import io.hybridpipe.net.Ip;
import io.hybridpipe.retry.FailureClass;
import io.hybridpipe.sim.Fault;
import io.hybridpipe.sim.vns3.Inventory;
import io.hybridpipe.sim.vns3.SimVns3;
import io.hybridpipe.test.ResumeContract;
import io.hybridpipe.test.StepContract;
import io.hybridpipe.test.TestContext;
import io.hybridpipe.vns3.api.Controller;
import io.hybridpipe.vns3.api.Credentials;
import java.time.Duration;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.Timeout;
import reactor.core.Disposable;
import reactor.core.publisher.Mono;

@Timeout(180)
class ChangePasswordTest {
    private static final String CHANGE = "PUT /api_password";
    private static final Key<Controller> KEY = Key.of("controller", Controller.class);
    private static final Ip ADDRESS = Ip.of("203.0.113.1");
    private static final Secret<String> NEW = Secret.of("new-canary-2201");
    private static final Secret<String> THIRD = Secret.of("third-canary-3302");
    private static final Controller BEFORE = Controller.of("orders", ADDRESS, Lab.PASSWORD);
    private static final Controller AFTER = BEFORE.withChangedPassword(NEW);
    private static final Resource MADE = Resource.of("VNS3::ApiPassword", "203.0.113.1", "orders (203.0.113.1)")
            .withShow("curl -k -u api https://203.0.113.1:8000/api/config");

    private final Lab lab = new Lab();
    private final TestContext context = TestContext.at("pipe/step");
    private final State state = State.of(KEY, BEFORE);
    private final ChangePassword step = newStep();

    private SimVns3 controller;
    private Inventory before;

    private ChangePassword newStep() {
        return ChangePassword.on(KEY)
                .to(Input.value(NEW))
                .over(lab.newAccess())
                .pollEvery(Lab.POLL)
                .settledWithin(Duration.ofSeconds(10));
    }

    @BeforeEach
    void start() {
        controller = lab.licensed("orders", "10.1.0.10", "203.0.113.1");
        before = controller.inventory();
        controller.calls().clear();
    }

    @AfterEach
    void close() {
        lab.close();
    }

    private Mono<Outputs> run() {
        return step.run(state, context);
    }

    private Found reconcile() {
        return Lab.get(step.reconcile(state, context));
    }

    private Mono<Void> undo(Found found, Controller latest) {
        return step.undo(State.of(KEY, latest), found, context);
    }

    private boolean accepts(Secret<String> password) {
        return Lab.get(lab.access
                .client(ADDRESS, Credentials.password(password))
                .config()
                .thenReturn(true)
                .onErrorReturn(false));
    }

    private void somebodySets(Secret<String> from, Secret<String> to) {
        Lab.await(lab.access.client(ADDRESS, Credentials.password(from)).changePassword(to));
    }

    @Test
    void theNewPasswordIsInForceAtOnceAndTheKeyBearsIt() {
        Outputs outputs = Lab.get(run());
        assertThat(outputs).isEqualTo(Outputs.of(KEY, AFTER));
        assertThat(outputs.get(KEY).formerPassword()).contains(Lab.PASSWORD);
        assertThat(accepts(NEW)).isTrue();
        assertThat(accepts(Lab.PASSWORD)).isFalse();
        assertThat(context.made()).containsExactly(MADE);
    }

    @Test
    void theTokenOfAControllerIsKeptAndNotUsedForTheChange() {
        Controller withToken = BEFORE.withToken(Secret.of("no-such-token-canary"));
        Outputs outputs = Lab.get(step.run(State.of(KEY, withToken), context));
        assertThat(outputs.get(KEY)).isEqualTo(AFTER.withToken(Secret.of("no-such-token-canary")));
        assertThat(accepts(NEW)).isTrue();
    }

    @Test
    void aSecondSubscriptionLooksAgainAndChangesNothingTwice() {
        Mono<Outputs> run = run();
        assertThat(controller.calls().all()).isEmpty();
        Outputs first = Lab.get(run);
        assertThat(Lab.get(run)).isEqualTo(first);
        assertThat(Lab.changes(controller)).isEqualTo(Map.of(CHANGE, 1L));
    }

    @Test
    void aPassingFaultIsFollowedByASuccess() {
        controller.faults().on(CHANGE).status(503);
        Lab.failure(run(), FailureClass.TRANSIENT);
        assertThat(Lab.get(run()).get(KEY)).isEqualTo(AFTER);
    }

    @Test
    void anApiThatStartsAnewAfterTheChangeIsWaitedFor() {
        controller.faults().on("GET /config").nth(2).status(502);
        controller.faults().on("GET /config").nth(3).dropBefore();
        assertThat(Lab.get(run()).get(KEY)).isEqualTo(AFTER);
    }

    @Test
    void aPasswordThatTheControllerRefusesIsPermanentAndNotRepeated() {
        controller.faults().on(CHANGE).error("APIArgumentError", "Invalid password");
        assertThat(Lab.failure(run(), FailureClass.PERMANENT))
                .hasMessageStartingWith(
                        "PUT /api/api_password on 203.0.113.1 answered 400 APIArgumentError: Invalid password");
        assertThat(reconcile()).isEqualTo(Found.absent());
        assertThat(accepts(Lab.PASSWORD)).isTrue();
    }

    @Test
    void anEmptyPasswordIsRefusedBeforeAnyCall() {
        ChangePassword mistaken = step.to(Input.value(Secret.of(" ")));
        assertThat(Lab.failure(mistaken.preflight(State.empty(), context), FailureClass.PERMANENT))
                .hasMessage("the new API password is empty");
        assertThat(Lab.failure(mistaken.run(state, context), FailureClass.PERMANENT))
                .hasMessage("the new API password is empty");
        assertThat(controller.calls().all()).isEmpty();
    }

    @Test
    void theSamePasswordIsNoChange() {
        Controller same = Controller.of("orders", ADDRESS, NEW);
        Outputs outputs = Lab.get(step.run(State.of(KEY, same), context));
        assertThat(outputs.get(KEY)).isEqualTo(same);
        assertThat(controller.calls().all()).isEmpty();
    }

    @Test
    void aChangeThatWasMadeBeforeThisRunIsTakenOverAndNotTakenBack() {
        somebodySets(Lab.PASSWORD, NEW);
        Lab.await(step.preflight(state, context));
        Outputs outputs = Lab.get(run());
        assertThat(outputs.get(KEY)).isEqualTo(Controller.of("orders", ADDRESS, NEW));
        assertThat(context.made()).isEmpty();
        Lab.await(undo(Found.done(outputs), outputs.get(KEY)));
        assertThat(accepts(NEW)).isTrue();
    }

    @Test
    void aControllerThatAcceptsNeitherIsRefusedBeforeTheRunAndInIt() {
        somebodySets(Lab.PASSWORD, THIRD);
        assertThat(Lab.failure(step.preflight(state, context), FailureClass.PERMANENT))
                .hasMessageContaining("answered 401");
        ChangePassword hasty = step.settledWithin(Duration.ofSeconds(1));
        assertThat(Lab.failure(hasty.run(state, context), FailureClass.PERMANENT))
                .hasMessage(
                        "orders (203.0.113.1) accepts neither the former nor the new API password: somebody else has"
                                + " changed it");
    }

    @Test
    void afterALostAnswerReconcileFindsTheNewPasswordInForce() {
        controller.faults().on(CHANGE).dropAfter();
        Lab.failure(run(), FailureClass.UNKNOWN_OUTCOME);
        assertThat(reconcile()).isEqualTo(Found.done(Outputs.of(KEY, AFTER)));
    }

    @Test
    void aCallThatWasLostBeforeItTookEffectIsAbsentAndTheNextAttemptSucceeds() {
        controller.faults().on(CHANGE).dropBefore();
        Lab.failure(run(), FailureClass.UNKNOWN_OUTCOME);
        assertThat(reconcile()).isEqualTo(Found.absent());
        assertThat(Lab.get(run()).get(KEY)).isEqualTo(AFTER);
    }

    @Test
    void anAttemptThatSentNothingIsAbsentWhateverIsInForce() {
        somebodySets(Lab.PASSWORD, NEW);
        assertThat(reconcile()).isEqualTo(Found.absent());
    }

    @Test
    void ofAControllerThatAcceptsNeitherAfterAChangeTheStateIsUnknownAndUndoSaysSo() {
        Outputs outputs = Lab.get(run());
        somebodySets(NEW, THIRD);
        String neither = "orders (203.0.113.1) accepts neither the former nor the new API password: somebody else has"
                + " changed it";
        ChangePassword hasty = step.settledWithin(Duration.ofSeconds(1));
        assertThat(Lab.get(hasty.reconcile(state, context))).isEqualTo(Found.unknown(neither));
        assertThat(Lab.failure(hasty.undo(state, Found.unknown(neither), context), FailureClass.PERMANENT))
                .hasMessage(neither);
        assertThat(Lab.failure(hasty.undo(State.of(KEY, AFTER), Found.done(outputs), context), FailureClass.PERMANENT))
                .hasMessage(neither);
        assertThat(accepts(THIRD)).isTrue();
    }

    @Test
    void aControllerThatDoesNotAnswerIsLookedAtAgain() {
        Lab.get(run());
        controller.faults().on("GET /config").always().status(503);
        ChangePassword hasty = step.settledWithin(Duration.ofMillis(100));
        assertThat(Lab.failure(hasty.reconcile(state, context), FailureClass.TRANSIENT))
                .hasMessage("orders (203.0.113.1) gave no answer for PT0.1S");
    }

    @Test
    void anUnansweredCallEndsAfterTheRequestTimeout() {
        controller.faults().on(CHANGE).holdAfter();
        ChangePassword hasty = step.over(lab.access.withRequestTimeout(Duration.ofSeconds(2)));
        assertThat(Lab.failure(hasty.run(state, context), FailureClass.UNKNOWN_OUTCOME))
                .hasMessage("PUT /api/api_password on 203.0.113.1: no answer in time");
        assertThat(reconcile()).isEqualTo(Found.done(Outputs.of(KEY, AFTER)));
    }

    @Test
    void cancelInMidCallLetsTheCallEndAndUndoSetsTheFormerPasswordAgain() {
        Fault held = controller.faults().on(CHANGE).holdAfter();
        boolean[] signalled = new boolean[1];
        Disposable run = run().subscribe(done -> signalled[0] = true, failure -> signalled[0] = true);
        Lab.get(held.reached());
        run.dispose();
        held.release();
        Lab.await(context.settled());
        assertThat(signalled[0]).isFalse();
        Lab.await(undo(Found.unknown("nobody looked"), BEFORE));
        assertThat(controller.inventory()).isEqualTo(before);
    }

    @Test
    void undoSetsTheFormerPasswordWithTheNewOneAndMayComeTwice() {
        Found done = Found.done(Lab.get(run()));
        Lab.await(undo(done, AFTER));
        assertThat(controller.inventory()).isEqualTo(before);
        assertThat(context.made()).isEmpty();
        Lab.await(undo(done, AFTER));
        assertThat(Lab.changes(controller)).isEqualTo(Map.of(CHANGE, 2L));
    }

    @Test
    void anUndoOfUnknownOutcomeThatWasCutOffSetsTheFormerPasswordAlthoughTheKeyHasTheNewOne() {
        Lab.get(run());
        Lab.await(undo(Found.unknown("nobody could look"), AFTER));
        assertThat(accepts(Lab.PASSWORD)).isTrue();
        assertThat(controller.inventory()).isEqualTo(before);
        assertThat(context.made()).isEmpty();
    }

    @Test
    void aControllerThatRefusesBothPasswordsWhileItStartsIsWaitedFor() {
        controller.faults().on("GET /config").nth(1).status(401);
        controller.faults().on("GET /config").nth(2).status(401);
        assertThat(Lab.get(run()).get(KEY)).isEqualTo(AFTER);
    }

    @Test
    void undoLocksNobodyOutWhenALaterChangeIsStillInForce() {
        Found done = Found.done(Lab.get(run()));
        somebodySets(NEW, THIRD);
        assertThat(Lab.failure(undo(done, AFTER.withChangedPassword(THIRD)), FailureClass.PERMANENT))
                .hasMessage("the API password of orders (203.0.113.1) was changed again later, and that change is still"
                        + " in force");
        assertThat(accepts(THIRD)).isTrue();
    }

    @TestFactory
    Stream<DynamicTest> itKeepsWhatTheEngineReliesOn() {
        return StepContract.of(step).state(state).inventory(controller::inventory).checks().stream()
                .map(check -> DynamicTest.dynamicTest(check.name(), check::run));
    }

    @Test
    void aFreshInstanceGoesOnOrTakesBackWhatADeadOneChanged() {
        ResumeContract contract = ResumeContract.of(this::newStep).state(state).inventory(controller::inventory);
        contract.goesOn();
        contract.isTakenBack();
    }

    @Test
    void itSaysWhatItNeeds() {
        assertThat(step.contract().updates()).containsExactly(KEY);
        Key<Secret<String>> later = Key.of("later", new TypeRef<Secret<String>>() {});
        assertThat(step.to(later).contract().reads()).containsExactly(later);
        Lab.await(step.to(later).preflight(State.empty(), context));
        assertThatThrownBy(() -> ChangePassword.on(KEY).contract()).hasMessage("ChangePassword.on(..) needs .to(..)");
    }
}

// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.vns3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hybridpipe.Found;
import io.hybridpipe.Key;
import io.hybridpipe.Outputs;
import io.hybridpipe.Secret;
import io.hybridpipe.State;
import io.hybridpipe.event.Resource;
import io.hybridpipe.net.Cidr;
import io.hybridpipe.net.Ip;
import io.hybridpipe.retry.FailureClass;
import io.hybridpipe.sim.Fault;
import io.hybridpipe.sim.SimResponse;
import io.hybridpipe.sim.vns3.Inventory;
import io.hybridpipe.sim.vns3.SimVns3;
import io.hybridpipe.test.ResumeContract;
import io.hybridpipe.test.StepContract;
import io.hybridpipe.test.TestContext;
import io.hybridpipe.vns3.api.ApiToken;
import io.hybridpipe.vns3.api.Controller;
import java.time.Duration;
import java.util.List;
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
class CreateTokenTest {
    private static final String CREATE = "POST /access/token";
    private static final String DELETE = "DELETE /access/token/{token_id}";
    private static final Key<Controller> KEY = Key.of("controller", Controller.class);
    private static final Controller CONTROLLER = Controller.of("orders", Ip.of("203.0.113.1"), Lab.PASSWORD);

    private final Lab lab = new Lab();
    private final TestContext context = TestContext.at("pipe/step");
    private final State state = State.of(KEY, CONTROLLER);
    private final CreateToken step = newStep();

    private SimVns3 controller;
    private Inventory before;

    private CreateToken newStep() {
        return CreateToken.on(KEY)
                .named("orders rollout")
                .lifetime(Duration.ofDays(300))
                .over(lab.newAccess())
                .pollEvery(Lab.POLL);
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

    private Mono<Void> undo() {
        return step.undo(state, reconcile(), context);
    }

    private List<ApiToken> tokens() {
        return Lab.get(lab.client("203.0.113.1").tokens());
    }

    /** From now on the list of tokens does not show their values. */
    private void hideValues() {
        ApiToken made = tokens().get(0);
        controller
                .faults()
                .on("GET /access/tokens")
                .answer(SimResponse.json(
                        200, "{\"response\":[{\"id\":" + made.id() + ",\"name\":\"" + made.name() + "\"}]}"));
    }

    @Test
    void theKeyBearsATokenThatOpensTheApiAndIsNamedByTheRunsTags() {
        Controller after = Lab.get(run()).get(KEY);
        ApiToken made = tokens().get(0);
        assertThat(after).isEqualTo(CONTROLLER.withToken(made.token()));
        assertThat(made.name())
                .isEqualTo("hybridpipe:token=" + context.token()
                        + " hybridpipe:pipe=pipe hybridpipe:run=test hybridpipe:step=pipe/step orders rollout");
        assertThat(context.made())
                .containsExactly(Resource.of("VNS3::ApiToken", String.valueOf(made.id()), "orders (203.0.113.1)")
                        .withShow("curl -k -u api https://203.0.113.1:8000/api/access/token/" + made.id()));
        assertThat(made.refreshes()).isFalse();
    }

    @Test
    void laterStepsSpeakByTheTokenAndNotByThePassword() {
        Controller after = Lab.get(run()).get(KEY).withPassword(Secret.of("no-password-canary"));
        AddRoute later = AddRoute.on(after)
                .to(Cidr.of("10.9.0.0/16"))
                .via("eth0", Ip.of("10.1.0.1"))
                .over(lab.access);
        Lab.get(later.run(State.empty(), TestContext.at("pipe/later")));
        assertThat(controller.inventory().of("route")).hasSize(2);
    }

    @Test
    void whenTheTokenHasEndedThePasswordIsUsedAgain() {
        Controller after = Lab.get(run()).get(KEY);
        Lab.await(lab.client("203.0.113.1").expireToken(tokens().get(0).id()));
        assertThat(Lab.get(lab.access.client(after).config()).licensed()).isTrue();
        assertThat(Lab.failure(
                        lab.access
                                .client(after.withPassword(Secret.of("no-password-canary")))
                                .config(),
                        FailureClass.PERMANENT))
                .hasMessageContaining("answered 401");
    }

    @Test
    void aLifetimeMayBeginAnewAtEachUse() {
        Lab.get(step.refreshedByUse().run(state, context));
        assertThat(tokens()).singleElement().satisfies(token -> assertThat(token.refreshes())
                .isTrue());
    }

    @Test
    void aSecondSubscriptionLooksAgainAndMakesNothingTwice() {
        Mono<Outputs> run = run();
        assertThat(controller.calls().all()).isEmpty();
        Outputs first = Lab.get(run);
        assertThat(Lab.get(run)).isEqualTo(first);
        assertThat(Lab.changes(controller)).isEqualTo(Map.of(CREATE, 1L));
    }

    @Test
    void afterALostAnswerATokenWhoseValueIsShownIsUsed() {
        controller.faults().on(CREATE).dropAfter();
        Lab.failure(run(), FailureClass.UNKNOWN_OUTCOME);
        assertThat(reconcile())
                .isEqualTo(Found.done(
                        Outputs.of(KEY, CONTROLLER.withToken(tokens().get(0).token()))));
        assertThat(context.made()).hasSize(1);
    }

    @Test
    void aTokenWhoseValueNobodyHeardIsHalfOfTheWorkAndDeletedForAnotherOne() {
        controller.faults().on(CREATE).dropAfter();
        Lab.failure(run(), FailureClass.UNKNOWN_OUTCOME);
        hideValues();
        assertThat(reconcile())
                .isEqualTo(Found.partly(
                        "a token of this step's is on orders (203.0.113.1), but nobody has heard its value"));
        hideValues();
        Outputs outputs = Lab.get(run());
        assertThat(tokens()).singleElement().satisfies(token -> assertThat(token.token())
                .isEqualTo(outputs.get(KEY).token().orElseThrow()));
        assertThat(Lab.changes(controller)).isEqualTo(Map.of(CREATE, 2L, DELETE, 1L));
    }

    @Test
    void aTokenToWhichTheApiDoesNotOpenIsHalfOfTheWork() {
        Lab.get(run());
        Lab.await(lab.client("203.0.113.1").expireToken(tokens().get(0).id()));
        assertThat(reconcile()).isInstanceOf(Found.Partly.class);
    }

    @Test
    void aCallThatWasLostBeforeItTookEffectIsAbsentAndTheNextAttemptSucceeds() {
        controller.faults().on(CREATE).dropBefore();
        Lab.failure(run(), FailureClass.UNKNOWN_OUTCOME);
        assertThat(reconcile()).isEqualTo(Found.absent());
        Lab.get(run());
        assertThat(tokens()).hasSize(1);
    }

    @Test
    void aPassingFaultIsFollowedByASuccess() {
        controller.faults().on(CREATE).status(503);
        Lab.failure(run(), FailureClass.TRANSIENT);
        Lab.get(run());
        assertThat(tokens()).hasSize(1);
    }

    @Test
    void aRefusalIsPermanent() {
        controller.faults().on(CREATE).error("APIArgumentError", "expires range must be between 60 and 31,536,000");
        assertThat(Lab.failure(run(), FailureClass.PERMANENT)).hasMessageContaining("400 APIArgumentError: expires");
    }

    @Test
    void anAnswerWithoutATokenIsPermanentAndUndone() {
        controller.faults().on(CREATE).answer(SimResponse.json(201, "{\"response\":{\"id\":7}}"));
        assertThat(Lab.failure(run(), FailureClass.PERMANENT))
                .hasMessage("orders (203.0.113.1) made a token without telling its value");
    }

    @Test
    void anUnansweredCallEndsAfterTheRequestTimeout() {
        controller.faults().on(CREATE).holdAfter();
        CreateToken hasty = step.over(lab.access.withRequestTimeout(Duration.ofSeconds(2)));
        assertThat(Lab.failure(hasty.run(state, context), FailureClass.UNKNOWN_OUTCOME))
                .hasMessage("POST /api/access/token on 203.0.113.1: no answer in time");
        assertThat(reconcile()).isInstanceOf(Found.Done.class);
    }

    @Test
    void cancelInMidCallLetsTheCallEndAndUndoTakesWhatItMade() {
        Fault held = controller.faults().on(CREATE).holdAfter();
        boolean[] signalled = new boolean[1];
        Disposable run = run().subscribe(done -> signalled[0] = true, failure -> signalled[0] = true);
        Lab.get(held.reached());
        run.dispose();
        held.release();
        Lab.await(context.settled());
        assertThat(signalled[0]).isFalse();
        assertThat(context.made()).hasSize(1);
        Lab.await(undo());
        assertThat(controller.inventory()).isEqualTo(before);
    }

    @Test
    void undoDeletesTheTokenByThePasswordAndMayComeTwice() {
        Outputs outputs = Lab.get(run());
        Lab.await(lab.client("203.0.113.1").expireToken(tokens().get(0).id()));
        State latest = State.of(KEY, outputs.get(KEY));
        Lab.await(step.undo(latest, Found.done(outputs), context));
        assertThat(controller.inventory()).isEqualTo(before);
        assertThat(context.made()).isEmpty();
        Lab.await(step.undo(latest, Found.done(outputs), context));
        assertThat(Lab.changes(controller)).containsEntry(DELETE, 1L);
    }

    @Test
    void undoOfATokenThatSomebodyDeletedMeanwhileIsNoError() {
        Lab.get(run());
        controller.faults().on(DELETE).error("APINotFoundError", "Requested api token does not exist");
        Lab.await(undo());
        assertThat(controller.inventory()).isEqualTo(before);
    }

    @Test
    void tokensOfOthersStay() {
        Lab.get(lab.client("203.0.113.1").createToken("of somebody else", Duration.ofDays(300), false));
        Lab.get(step.run(state, context.withRunId("other")));
        Inventory others = controller.inventory();
        Lab.get(run());
        Lab.await(undo());
        assertThat(controller.inventory()).isEqualTo(others);
    }

    @Test
    void aWrongPasswordIsRefusedBeforeTheRun() {
        State mistaken = State.of(KEY, CONTROLLER.withPassword(Secret.of("canary")));
        assertThat(Lab.failure(step.preflight(mistaken, context), FailureClass.PERMANENT))
                .hasMessageContaining("on 203.0.113.1 answered 401");
        Lab.await(step.preflight(state, context));
        Lab.await(step.preflight(State.empty(), context));
    }

    @TestFactory
    Stream<DynamicTest> itKeepsWhatTheEngineReliesOn() {
        return StepContract.of(step).state(state).inventory(controller::inventory).checks().stream()
                .map(check -> DynamicTest.dynamicTest(check.name(), check::run));
    }

    @Test
    void aFreshInstanceGoesOnOrTakesBackWhatADeadOneMade() {
        ResumeContract contract = ResumeContract.of(this::newStep)
                .state(state)
                .inventory(() -> controller.inventory().of("token").values());
        contract.goesOn();
        contract.isTakenBack();
    }

    @Test
    void aLifetimeOutsideOfWhatControllersTakeIsRefusedAtOnce() {
        assertThatThrownBy(() -> step.lifetime(Duration.ofSeconds(59)))
                .hasMessage("lifetime is PT59S, it must be between 60 and 31536000 seconds");
        assertThatThrownBy(() -> step.lifetime(Duration.ofDays(366))).isInstanceOf(IllegalArgumentException.class);
        assertThat(step.lifetime(Duration.ofSeconds(60))
                        .lifetime(Duration.ofDays(365))
                        .contract()
                        .updates())
                .containsExactly(KEY);
    }
}

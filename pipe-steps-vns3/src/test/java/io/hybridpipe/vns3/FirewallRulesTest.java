// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.vns3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import io.hybridpipe.Effect;
import io.hybridpipe.Found;
import io.hybridpipe.Input;
import io.hybridpipe.Key;
import io.hybridpipe.Outputs;
import io.hybridpipe.Pipe;
import io.hybridpipe.RunOptions;
import io.hybridpipe.Secret;
import io.hybridpipe.State;
import io.hybridpipe.Step;
import io.hybridpipe.event.RunReport;
import io.hybridpipe.event.RunReport.Outcome;
import io.hybridpipe.net.Ip;
import io.hybridpipe.retry.FailureClass;
import io.hybridpipe.sim.Call;
import io.hybridpipe.sim.Fault;
import io.hybridpipe.sim.SimResponse;
import io.hybridpipe.sim.vns3.Inventory;
import io.hybridpipe.sim.vns3.SimVns3;
import io.hybridpipe.test.ResumeContract;
import io.hybridpipe.test.StepContract;
import io.hybridpipe.test.TestContext;
import io.hybridpipe.vns3.api.Controller;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.Disposable;
import reactor.core.publisher.Mono;

/** On a controller of version 5, whose rules are known by their position and whose changes are tasks. */
@Timeout(180)
class FirewallRulesTest {
    private static final String ADD = "POST /firewall/rules";
    private static final String DELETE = "DELETE /firewall/rules/{position}";
    private static final Controller CONTROLLER =
            new Controller("orders", Ip.of("203.0.113.1"), Ip.of("10.1.0.10"), Lab.PASSWORD);
    private static final String HIDE = "MACRO_CUST -o eth0 -s 10.9.0.0/16 -j MASQUERADE";
    private static final String ADMIT = "FORWARD_CUST -s 10.9.0.0/16 -j ACCEPT";
    private static final String ALSO = "FORWARD_CUST -s 10.8.0.0/16 -j ACCEPT";
    private static final String SHUT = "FORWARD_CUST -j DROP";

    private final Lab lab = new Lab();
    private final TestContext context = TestContext.at("pipe/step");
    private final FirewallRules step = FirewallRules.on(CONTROLLER)
            .rules(List.of(ADMIT, ALSO, SHUT))
            .over(lab.access)
            .pollEvery(Lab.POLL);

    private final SimVns3 controller = start("5.2.1-20230401");
    private final Inventory before = controller.inventory();

    private SimVns3 start(String version) {
        SimVns3 started = lab.start(lab.builder("orders", "10.1.0.10", "203.0.113.1")
                .version(version)
                .inService());
        for (String rule : List.of(HIDE, ADMIT, SHUT)) {
            started.configure("POST", "/firewall/rules", "{\"rule\":\"" + rule + "\"}");
        }
        return started;
    }

    @AfterEach
    void close() {
        lab.close();
    }

    private Mono<Outputs> run() {
        return step.run(State.empty(), context);
    }

    private Found reconcile() {
        return Lab.get(step.reconcile(State.empty(), context));
    }

    private Mono<Void> undo() {
        return step.undo(State.empty(), reconcile(), context);
    }

    private List<String> rules() {
        return Lab.get(lab.client("203.0.113.1").firewall().rules());
    }

    @Test
    void whatIsMissingIsInsertedInItsPlaceAndThenWhatIsNotWantedIsDeleted() {
        Lab.get(run());
        assertThat(rules()).containsExactly(ADMIT, ALSO, SHUT);
        assertThat(controller.calls().changing())
                .extracting(Call::action, call -> call.request().body())
                .containsExactly(tuple(ADD, "{\"rule\":\"" + ALSO + "\",\"position\":2}"), tuple(DELETE, ""));
        assertThat(controller.calls().changing().get(1).target()).isEqualTo("/api/firewall/rules/0");
    }

    @Test
    void eachChangeIsWaitedForBeforeTheNext() {
        Lab.get(run());
        List<String> actions =
                controller.calls().all().stream().map(Call::action).distinct().toList();
        assertThat(actions).containsSubsequence(ADD, "GET /status/task", DELETE);
        assertThat(controller.calls().of("GET /status/task")).last().satisfies(call -> assertThat(call.wire())
                .contains("finished_ok"));
    }

    @Test
    void theRulesThatStoodThereAreWrittenDownBeforeTheFirstChange() {
        Lab.get(run());
        assertThat(context.made())
                .singleElement()
                .hasToString("VNS3::FirewallRules formerly [\"" + HIDE + "\",\"" + ADMIT + "\",\"" + SHUT
                        + "\"] in orders (203.0.113.1)");
    }

    @Test
    void aSecondSubscriptionLooksAgainAndChangesNothing() {
        Mono<Outputs> run = run();
        assertThat(controller.calls().all()).isEmpty();
        Lab.get(run);
        Lab.get(run);
        assertThat(Lab.changes(controller)).isEqualTo(Map.of(ADD, 1L, DELETE, 1L));
    }

    @Test
    void rulesThatStandThereAlreadyAreLeftAndThereIsNothingToTakeBack() {
        FirewallRules same = step.rules(List.of(HIDE, "FORWARD_CUST  -s 10.9.0.0/16 -j ACCEPT", SHUT));
        Lab.get(same.run(State.empty(), context));
        assertThat(context.made()).isEmpty();
        Lab.await(same.undo(State.empty(), Found.done(Outputs.none()), context));
        assertThat(Lab.changes(controller)).isEmpty();
    }

    @Test
    void driftIsMendedByARunOfItsOwn() {
        Lab.get(run());
        controller.configure("DELETE", "/firewall/rules/0", "");
        controller.configure("POST", "/firewall/rules", "{\"rule\":\"" + HIDE + "\"}");
        controller.calls().clear();
        Lab.get(step.run(State.empty(), context.withRunId("later")));
        assertThat(rules()).containsExactly(ADMIT, ALSO, SHUT);
        assertThat(Lab.changes(controller)).isEqualTo(Map.of(ADD, 1L, DELETE, 1L));
    }

    @ParameterizedTest
    @ValueSource(strings = {ADD, DELETE})
    void afterALostAnswerReconcileTellsHowFarItIsAndTheNextAttemptGoesOn(String action) {
        controller.faults().on(action).dropAfter();
        Lab.failure(run(), FailureClass.UNKNOWN_OUTCOME);
        assertThat(reconcile())
                .isEqualTo(
                        action.equals(DELETE)
                                ? Found.done(Outputs.none())
                                : Found.partly(
                                        "the firewall of orders (203.0.113.1) is 1 edit away from the wanted rules"));
        Lab.get(run());
        assertThat(rules()).containsExactly(ADMIT, ALSO, SHUT);
        assertThat(Lab.changes(controller)).isEqualTo(Map.of(ADD, 1L, DELETE, 1L));
        Lab.await(undo());
        assertThat(controller.inventory()).isEqualTo(before);
    }

    @Test
    void aPassingFaultIsFollowedByASuccess() {
        controller.faults().on(ADD).status(503);
        Lab.failure(run(), FailureClass.TRANSIENT);
        assertThat(reconcile()).isEqualTo(Found.absent());
        Lab.get(run());
        assertThat(rules()).containsExactly(ADMIT, ALSO, SHUT);
    }

    @Test
    void anUnansweredCallEndsAfterTheRequestTimeout() {
        assertThat(reconcile()).isEqualTo(Found.absent());
        controller.faults().on(ADD).holdBefore();
        FirewallRules hasty = step.over(lab.access.withRequestTimeout(Duration.ofSeconds(2)));
        assertThat(Lab.failure(hasty.run(State.empty(), context), FailureClass.UNKNOWN_OUTCOME))
                .hasMessage("POST /api/firewall/rules on 203.0.113.1: no answer in time");
        assertThat(reconcile()).isEqualTo(Found.absent());
    }

    @Test
    void aRuleThatIsRefusedIsNamedWithTheControllersWordsAndTheRunEndsWithTheOldRules() {
        FirewallRules mistaken = step.rules(List.of(ALSO, "FORWARD_CUST -s 10.199.2.0. -j DROP", SHUT));
        assertThat(Lab.failure(mistaken.run(State.empty(), context), FailureClass.PERMANENT))
                .hasMessageContaining("firewall rule 2 of 3 'FORWARD_CUST -s 10.199.2.0. -j DROP': POST"
                        + " /api/firewall/rules on 203.0.113.1 answered 400 APIArgumentError: Parse Error - iptables")
                .hasMessageContaining("host/network `10.199.2.0.' not found");
        Lab.await(undo());
        assertThat(controller.inventory()).isEqualTo(before);
        RunReport report = Pipe.named("firewall")
                .step("rules", mistaken)
                .build()
                .start(State.empty(), RunOptions.ofDefaults())
                .settled()
                .block(Lab.SOON);
        assertThat(report.outcome()).isEqualTo(Outcome.UNDONE);
        assertThat(controller.inventory()).isEqualTo(before);
    }

    @Test
    void anEmptyRuleAndOneOfTwoLinesAreRefusedBeforeAnyCall() {
        assertThat(Lab.failure(
                        step.rules(List.of(ADMIT, " ")).preflight(State.empty(), context), FailureClass.PERMANENT))
                .hasMessage("firewall rule 2 of 2 is empty");
        assertThat(Lab.failure(
                        step.rules(List.of(ADMIT + "\n" + SHUT)).run(State.empty(), context), FailureClass.PERMANENT))
                .hasMessage("firewall rule 1 of 1 is more than one line");
        assertThat(controller.calls().all()).isEmpty();
    }

    @Test
    void aTaskThatFailsIsPermanentAndSaysHowItEnded() {
        controller
                .faults()
                .on("GET /status/task")
                .answer(SimResponse.json(200, "{\"response\":{\"task_status\":\"finished_failed\"}}"));
        assertThat(Lab.failure(run(), FailureClass.PERMANENT))
                .hasMessage("firewall rule 2 of 3 '" + ALSO
                        + "': a change of the firewall of 203.0.113.1 was taken on and ended as 'finished_failed'");
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aRuleThatSomebodyAddsMeanwhileIsTakenOutToo(boolean undoing) {
        if (undoing) {
            Lab.get(run());
        }
        Fault held = controller.faults().on(ADD).holdBefore();
        CompletableFuture<?> running = undoing ? undo().toFuture() : run().toFuture();
        Lab.get(held.reached());
        controller.configure("POST", "/firewall/rules", "{\"rule\":\"FORWARD_CUST -s 10.6.0.0/16 -j ACCEPT\"}");
        held.release();
        running.orTimeout(Lab.SOON.toMillis(), TimeUnit.MILLISECONDS).join();
        assertThat(rules()).isEqualTo(undoing ? List.of(HIDE, ADMIT, SHUT) : List.of(ADMIT, ALSO, SHUT));
    }

    @Test
    void aListThatNoEditBringsNearerIsGivenUp() {
        controller.faults().on(ADD).always().answer(SimResponse.json(200, "{\"response\":{\"status\":\"submitted\"}}"));
        assertThat(Lab.failure(run(), FailureClass.PERMANENT))
                .hasMessage("the firewall of orders (203.0.113.1) does not become as wanted: rule '" + ALSO
                        + "' was inserted and is not there; it writes rules otherwise, or somebody else changes them"
                        + " too; it has ['" + HIDE + "', '" + ADMIT + "', '" + SHUT + "']");
        assertThat(Lab.changes(controller)).isEqualTo(Map.of(ADD, 1L));
    }

    @Test
    void cancelInMidCallLetsTheCallEndAndUndoRestoresTheOldRules() {
        Fault held = controller.faults().on(ADD).holdAfter();
        boolean[] signalled = new boolean[1];
        Disposable run = run().subscribe(done -> signalled[0] = true, failure -> signalled[0] = true);
        Lab.get(held.reached());
        run.dispose();
        held.release();
        Lab.await(context.settled());
        assertThat(signalled[0]).isFalse();
        assertThat(rules()).hasSize(4);
        Lab.await(undo());
        assertThat(controller.inventory()).isEqualTo(before);
    }

    @Test
    void undoRestoresTheOldRulesInTheirOrderAndMayComeTwice() {
        Lab.get(step.rules(List.of(SHUT, ALSO)).run(State.empty(), context));
        assertThat(rules()).containsExactly(SHUT, ALSO);
        Lab.await(undo());
        assertThat(rules()).containsExactly(HIDE, ADMIT, SHUT);
        assertThat(controller.inventory()).isEqualTo(before);
        assertThat(context.made()).isEmpty();
        Lab.await(undo());
        assertThat(controller.inventory()).isEqualTo(before);
    }

    @Test
    void aLaterStepThatFailsBringsTheOldRulesBack() {
        Key<Integer> never = Key.of("never", Integer.class);
        Pipe pipe = Pipe.named("firewall")
                .step("rules", step)
                .step("fails", Step.mapping(Input.value(1), never, one -> {
                    throw new IllegalStateException("no");
                }))
                .build();
        RunReport report =
                pipe.start(State.empty(), RunOptions.ofDefaults()).settled().block(Lab.SOON);
        assertThat(report.outcome()).isEqualTo(Outcome.UNDONE);
        assertThat(report.leftovers()).isEmpty();
        assertThat(controller.inventory()).isEqualTo(before);
        assertThat(Lab.changes(controller)).isEqualTo(Map.of(ADD, 2L, DELETE, 2L));
    }

    @Test
    void onAControllerThatTellsNothingOfTasksTheListTells() {
        controller.close();
        SimVns3 old = lab.start(lab.builder("older", "10.1.0.11", "203.0.113.2")
                .version("4.8.4-20191220")
                .inService());
        Controller older = new Controller("older", Ip.of("203.0.113.2"), Ip.of("10.1.0.11"), Lab.PASSWORD);
        FirewallRules onOld = FirewallRules.on(older)
                .rules(List.of(ADMIT, SHUT))
                .over(lab.access)
                .pollEvery(Lab.POLL);
        Lab.get(onOld.run(State.empty(), context));
        assertThat(Lab.get(lab.client("203.0.113.2").firewall().rules())).containsExactly(ADMIT, SHUT);
        assertThat(old.calls().of("GET /status/task")).isEmpty();
    }

    @Test
    void aWrongPasswordIsRefusedBeforeTheRun() {
        FirewallRules mistaken = FirewallRules.on(CONTROLLER.withPassword(Secret.of("canary")))
                .rules(List.of())
                .over(lab.access);
        assertThat(Lab.failure(mistaken.preflight(State.empty(), context), FailureClass.PERMANENT))
                .hasMessageContaining("on 203.0.113.1 answered 401");
        Lab.await(step.preflight(State.empty(), context));
    }

    @TestFactory
    Stream<DynamicTest> itKeepsWhatTheEngineReliesOn() {
        return StepContract.of(step).inventory(controller::inventory).checks().stream()
                .map(check -> DynamicTest.dynamicTest(check.name(), check::run));
    }

    @Test
    void aFreshInstanceGoesOnWithWhatADeadOneBeganOrTakesItBack() {
        ResumeContract resume = ResumeContract.of(() -> FirewallRules.on(CONTROLLER)
                        .rules(List.of(ADMIT, ALSO, SHUT))
                        .over(lab.newAccess())
                        .pollEvery(Lab.POLL))
                .inventory(controller::inventory);
        resume.goesOn();
        resume.isTakenBack();
    }

    @Test
    void itSaysWhatItNeeds() {
        assertThat(step.contract().effect()).isEqualTo(Effect.undoable());
        assertThatThrownBy(FirewallRules.on(CONTROLLER)::contract).hasMessage("FirewallRules.on(..) needs .rules(..)");
    }
}

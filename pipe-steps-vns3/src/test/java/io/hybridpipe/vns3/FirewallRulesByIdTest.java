// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.vns3;

import static org.assertj.core.api.Assertions.assertThat;

import io.hybridpipe.Found;
import io.hybridpipe.Outputs;
import io.hybridpipe.Pipe;
import io.hybridpipe.Run;
import io.hybridpipe.RunOptions;
import io.hybridpipe.Runs;
import io.hybridpipe.State;
import io.hybridpipe.event.RunReport;
import io.hybridpipe.event.RunReport.Outcome;
import io.hybridpipe.journal.MemoryJournal;
import io.hybridpipe.net.Ip;
import io.hybridpipe.retry.FailureClass;
import io.hybridpipe.sim.Call;
import io.hybridpipe.sim.Fault;
import io.hybridpipe.sim.vns3.Inventory;
import io.hybridpipe.sim.vns3.SimVns3;
import io.hybridpipe.test.ResumeContract;
import io.hybridpipe.test.StepContract;
import io.hybridpipe.test.TestContext;
import io.hybridpipe.vns3.api.Controller;
import io.hybridpipe.vns3.api.FirewallRule;
import io.hybridpipe.vns3.api.Vns3Access;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
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

/** On a controller of version 6, whose rules have ids, comments and groups. */
@Timeout(180)
class FirewallRulesByIdTest {
    private static final String ADD = "POST /v2/firewall/rules";
    private static final String DELETE = "DELETE /v2/firewall/rules/{id}";
    private static final Controller CONTROLLER =
            new Controller("orders", Ip.of("203.0.113.1"), Ip.of("10.1.0.10"), Lab.PASSWORD);
    private static final String HIDE = "POSTROUTING -o eth0 -s 10.9.0.0/16 -j MASQUERADE";
    private static final String ADMIT = "FORWARD -s 10.9.0.0/16 -j ACCEPT";
    private static final String ALSO = "FORWARD -s 10.8.0.0/16 -j ACCEPT";
    private static final String SHUT = "FORWARD -j DROP";

    private final Lab lab = new Lab();
    private final TestContext context = TestContext.at("pipe/step");
    private final FirewallRules step = FirewallRules.on(CONTROLLER)
            .rules(List.of(ADMIT, ALSO, SHUT))
            .over(lab.access)
            .pollEvery(Lab.POLL);
    private final SimVns3 controller = start();
    private final Inventory before = controller.inventory();

    private SimVns3 start() {
        SimVns3 started =
                lab.start(lab.builder("orders", "10.1.0.10", "203.0.113.1").inService());
        started.configure("PUT", "/v2/firewall/rules", "{\"rules\":[]}");
        started.configure(
                "POST",
                "/v2/firewall/rules",
                "{\"rule\":\"" + HIDE + "\",\"comment\":\"hide orders\",\"groups\":[\"nat\",\"orders\"]}");
        started.configure(
                "POST", "/v2/firewall/rules", "{\"rule\":\"" + ALSO + "\",\"comment\":\"later\",\"disabled\":true}");
        started.configure("POST", "/v2/firewall/rules", "{\"rule\":\"" + ADMIT + "\",\"comment\":\"kept\"}");
        started.configure("POST", "/v2/firewall/rules", "{\"rule\":\"" + SHUT + "\"}");
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

    private List<FirewallRule> rules() {
        return Lab.get(lab.client("203.0.113.1").firewallV2().rules());
    }

    @Test
    void whatIsMissingIsInsertedWithTheRunsTagsAndWhatIsNotWantedIsDeletedFromBackToFront() {
        String kept = rules().get(2).id();
        controller.calls().clear();
        Lab.get(run());
        assertThat(rules()).extracting(FirewallRule::rule).containsExactly(ADMIT, ALSO, SHUT);
        assertThat(rules().get(0)).satisfies(admit -> {
            assertThat(admit.id()).isEqualTo(kept);
            assertThat(admit.comment()).isEqualTo("kept");
        });
        assertThat(rules().get(1)).satisfies(also -> {
            assertThat(also.disabled()).isFalse();
            assertThat(also.comment()).startsWith("hybridpipe:token=" + context.token());
        });
        assertThat(controller.calls().changing()).extracting(Call::action).containsExactly(ADD, DELETE, DELETE);
    }

    @Test
    void aSecondSubscriptionLooksAgainAndChangesNothing() {
        Mono<Outputs> run = run();
        assertThat(controller.calls().all()).isEmpty();
        Lab.get(run);
        Lab.get(run);
        assertThat(Lab.changes(controller)).isEqualTo(Map.of(ADD, 1L, DELETE, 2L));
    }

    @Test
    void undoRestoresOrderCommentsGroupsAndWhatWasDisabledAndMayComeTwice() {
        Lab.get(run());
        Lab.await(undo());
        assertThat(controller.inventory()).isEqualTo(before);
        assertThat(rules().get(0).groups()).containsExactly("nat", "orders");
        assertThat(context.made()).isEmpty();
        Lab.await(undo());
        assertThat(controller.inventory()).isEqualTo(before);
    }

    @ParameterizedTest
    @ValueSource(strings = {ADD, DELETE})
    void afterALostAnswerReconcileTellsHowFarItIsAndUndoRestores(String action) {
        controller.faults().on(action).dropAfter();
        Lab.failure(run(), FailureClass.UNKNOWN_OUTCOME);
        assertThat(reconcile())
                .isEqualTo(Found.partly("the firewall of orders (203.0.113.1) is "
                        + (action.equals(ADD) ? "2 edits" : "1 edit") + " away from the wanted rules"));
        Lab.await(undo());
        assertThat(controller.inventory()).isEqualTo(before);
    }

    @Test
    void aRuleThatSomebodyDeletedMeanwhileIsNoError() {
        Fault held = controller.faults().on(DELETE).holdBefore();
        var running = run().toFuture();
        controller.configure("DELETE", Lab.get(held.reached()).target().substring("/api".length()), "");
        held.release();
        Lab.get(running);
        assertThat(rules()).extracting(FirewallRule::rule).containsExactly(ADMIT, ALSO, SHUT);
    }

    @Test
    void aRuleThatIsRefusedIsNamedWithTheControllersWords() {
        FirewallRules mistaken = step.rules(List.of(ALSO, "FORWARD -s 10.199.2.0. -j DROP", SHUT));
        assertThat(Lab.failure(mistaken.run(State.empty(), context), FailureClass.PERMANENT))
                .hasMessageContaining("firewall rule 2 of 3 'FORWARD -s 10.199.2.0. -j DROP': POST"
                        + " /api/v2/firewall/rules on 203.0.113.1 answered 400 APIBadRequestError: Parse Error");
        Lab.await(undo());
        assertThat(controller.inventory()).isEqualTo(before);
    }

    /** The former rules are in the journal before the first of them is touched. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aRunWhoseProcessDiesBetweenTwoEditsIsUndoneOrGoesOnFromItsJournal(boolean undone) {
        MemoryJournal journal = MemoryJournal.empty();
        RunOptions options = RunOptions.ofDefaults().journal(journal).cancelGrace(Duration.ofMillis(50));
        AtomicBoolean dead = new AtomicBoolean();
        // on the call's own thread, before its answer is lost: a dead process does not look into it
        CompletableFuture<Void> died = controller
                .faults()
                .on(DELETE)
                .dropAfter()
                .reached()
                .thenRun(() -> {
                    dead.set(true);
                    journal.ownersDie();
                });
        Run run = pipe(lab.mortalAccess(dead)).start(State.empty(), options);
        Lab.get(died.thenApply(dying -> true));
        assertThat(rules()).hasSize(4).extracting(FirewallRule::rule).isNotEqualTo(List.of(HIDE, ALSO, ADMIT, SHUT));

        Pipe fresh = pipe(lab.newAccess());
        if (undone) {
            RunReport report = Lab.get(Runs.of(journal).undo(fresh, run.id(), State.empty(), options));
            assertThat(report.outcome()).isEqualTo(Outcome.UNDONE);
            assertThat(report.leftovers()).isEmpty();
            assertThat(controller.inventory()).isEqualTo(before);
        } else {
            Lab.get(Runs.of(journal).resume(fresh, run.id(), State.empty(), options));
            assertThat(rules()).extracting(FirewallRule::rule).containsExactly(ADMIT, ALSO, SHUT);
        }
    }

    private static Pipe pipe(Vns3Access access) {
        FirewallRules rules = FirewallRules.on(CONTROLLER)
                .rules(List.of(ADMIT, ALSO, SHUT))
                .over(access)
                .pollEvery(Lab.POLL);
        return Pipe.named("firewall").step("rules", rules, Stage::hastened).build();
    }

    @Test
    void aPassingFaultIsFollowedByASuccess() {
        controller.faults().on(ADD).status(503);
        Lab.failure(run(), FailureClass.TRANSIENT);
        Lab.get(run());
        assertThat(rules()).extracting(FirewallRule::rule).containsExactly(ADMIT, ALSO, SHUT);
    }

    @Test
    void cancelInMidCallLetsTheCallEndAndUndoRestoresTheOldRules() {
        Fault held = controller.faults().on(DELETE).holdAfter();
        boolean[] signalled = new boolean[1];
        Disposable run = run().subscribe(done -> signalled[0] = true, failure -> signalled[0] = true);
        Lab.get(held.reached());
        run.dispose();
        held.release();
        Lab.await(context.settled());
        assertThat(signalled[0]).isFalse();
        Lab.await(undo());
        assertThat(controller.inventory()).isEqualTo(before);
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
}

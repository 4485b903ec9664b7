// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.vns3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hybridpipe.Effect;
import io.hybridpipe.Found;
import io.hybridpipe.Input;
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
import io.hybridpipe.test.StepContract;
import io.hybridpipe.test.TestContext;
import io.hybridpipe.vns3.api.Controller;
import io.hybridpipe.vns3.api.Route;
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
class AddRouteTest {
    private static final String DELETE = "DELETE /routes/{route_id}";
    private static final Controller CONTROLLER =
            new Controller("orders", Ip.of("203.0.113.1"), Ip.of("10.1.0.10"), Lab.PASSWORD);

    private final Lab lab = new Lab();
    private final TestContext context = TestContext.at("pipe/step");
    private final AddRoute step = AddRoute.on(CONTROLLER)
            .to(Cidr.of("10.9.0.0/16"))
            .via("eth0", Ip.of("10.1.0.1"))
            .advertised()
            .metric(7)
            .over(lab.access)
            .pollEvery(Lab.POLL);

    private SimVns3 controller;
    private Inventory before;

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
        return step.run(State.empty(), context);
    }

    private Found reconcile() {
        return Lab.get(step.reconcile(State.empty(), context));
    }

    private Mono<Void> undo() {
        return step.undo(State.empty(), reconcile(), context);
    }

    private List<Route> ours() {
        return Lab.get(lab.client("203.0.113.1").routes()).stream()
                .filter(route -> route.cidr().equals("10.9.0.0/16"))
                .toList();
    }

    @Test
    void theRouteIsMadeWithTheRunsTagsAndKnownByItsOwnId() {
        Lab.get(run());
        assertThat(ours()).singleElement().satisfies(route -> {
            assertThat(route.id()).isEqualTo(2);
            assertThat(route.description())
                    .isEqualTo("hybridpipe:token=" + context.token()
                            + " hybridpipe:pipe=pipe hybridpipe:run=test hybridpipe:step=pipe/step");
            assertThat(route.device()).contains("eth0");
            assertThat(route.gateway()).contains("10.1.0.1");
            assertThat(route.tunnel()).isEmpty();
            assertThat(route.advertise()).isTrue();
            assertThat(route.metric()).isEqualTo(7);
            assertThat(route.table()).isEqualTo("main");
        });
        assertThat(context.made())
                .containsExactly(Resource.of("VNS3::Route", "2", "orders (203.0.113.1)")
                        .withShow("curl -k -u api https://203.0.113.1:8000/api/routes"));
    }

    @Test
    void aSecondSubscriptionLooksAgainAndMakesNothingTwice() {
        Mono<Outputs> run = run();
        assertThat(controller.calls().all()).isEmpty();
        Lab.get(run);
        Lab.get(run);
        assertThat(ours()).hasSize(1);
        assertThat(Lab.changes(controller)).isEqualTo(Map.of("POST /routes", 1L));
    }

    @Test
    void afterALostAnswerReconcileFindsTheRoute() {
        controller.faults().on("POST /routes").dropAfter();
        Lab.failure(run(), FailureClass.UNKNOWN_OUTCOME);
        assertThat(reconcile()).isEqualTo(Found.done(Outputs.none()));
        assertThat(context.made()).hasSize(1);
    }

    @Test
    void aCallThatWasLostBeforeItTookEffectIsAbsentAndTheNextAttemptSucceeds() {
        controller.faults().on("POST /routes").dropBefore();
        Lab.failure(run(), FailureClass.UNKNOWN_OUTCOME);
        assertThat(reconcile()).isEqualTo(Found.absent());
        Lab.get(run());
        assertThat(ours()).hasSize(1);
    }

    @Test
    void aRouteThatIsNotThereAfterItsCallIsNotDone() {
        controller.faults().on("POST /routes").answer(SimResponse.json(200, "{\"response\":{}}"));
        assertThat(Lab.failure(run(), FailureClass.PERMANENT))
                .hasMessage("orders (203.0.113.1) answered that it has made a route to 10.9.0.0/16, and has none that"
                        + " bears this run's mark in its description");
        assertThat(context.made()).isEmpty();
        Lab.get(run());
        assertThat(ours()).hasSize(1);
    }

    @Test
    void aPassingFaultIsFollowedByASuccess() {
        controller.faults().on("POST /routes").status(503);
        Lab.failure(run(), FailureClass.TRANSIENT);
        Lab.get(run());
        assertThat(ours()).hasSize(1);
    }

    @Test
    void aRefusalIsPermanentAndSaysWhereAndWhy() {
        AddRoute unknown = AddRoute.on(CONTROLLER)
                .to(Cidr.of("10.9.0.0/16"))
                .over(lab.access)
                .through(Input.value(new Tunnel(
                        new Tunnel.Side(
                                "fed-1", Ip.of("203.0.113.2"), 1, List.of(new Tunnel.End(1, Cidr.of("10.0.0.0/16")))),
                        new Tunnel.Side(
                                "orders",
                                CONTROLLER.address(),
                                1,
                                List.of(new Tunnel.End(99, Cidr.of("10.1.0.0/16")))))));
        assertThat(Lab.failure(unknown.run(State.empty(), context), FailureClass.PERMANENT))
                .hasMessageStartingWith("POST /api/routes on 203.0.113.1 answered 400 APIArgumentError: Validation"
                        + " failed: Ipsec tunnel bad tunnel ID");
    }

    @Test
    void aRouteOfSomebodyElseByTheSameWayIsNeitherTakenOverNorRemoved() {
        Lab.get(run());
        Inventory made = controller.inventory();
        TestContext other = context.withRunId("other");
        assertThat(Lab.failure(step.run(State.empty(), other), FailureClass.PERMANENT))
                .hasMessage("a route to 10.9.0.0/16 (id 2) is on orders (203.0.113.1) already, and this run did not"
                        + " make it");
        Lab.await(step.undo(State.empty(), Found.absent(), other));
        assertThat(controller.inventory()).isEqualTo(made);
    }

    @Test
    void anUnansweredCallEndsAfterTheRequestTimeout() {
        controller.faults().on("POST /routes").holdAfter();
        AddRoute hasty = step.over(lab.access.withRequestTimeout(Duration.ofSeconds(2)));
        assertThat(Lab.failure(hasty.run(State.empty(), context), FailureClass.UNKNOWN_OUTCOME))
                .hasMessage("POST /api/routes on 203.0.113.1: no answer in time");
        assertThat(reconcile()).isEqualTo(Found.done(Outputs.none()));
    }

    @Test
    void cancelInMidCallLetsTheCallEndAndUndoTakesWhatItMade() {
        Fault held = controller.faults().on("POST /routes").holdAfter();
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
    void undoDeletesTheRouteAndMayComeTwice() {
        Lab.get(run());
        Lab.await(undo());
        assertThat(controller.inventory()).isEqualTo(before);
        assertThat(context.made()).isEmpty();
        Lab.await(undo());
        assertThat(Lab.changes(controller)).isEqualTo(Map.of("POST /routes", 1L, DELETE, 1L));
    }

    @Test
    void undoOfARouteThatSomebodyDeletedMeanwhileIsNoError() {
        Lab.get(run());
        controller.faults().on(DELETE).error("APIArgumentError", "bad route id or route not found");
        Lab.await(undo());
        assertThat(controller.inventory()).isEqualTo(before);
    }

    @Test
    void aWrongPasswordIsRefusedBeforeTheRun() {
        AddRoute mistaken = AddRoute.on(CONTROLLER.withPassword(Secret.of("canary")))
                .to(Cidr.of("10.9.0.0/16"))
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
    void itSaysWhatItNeeds() {
        assertThat(step.contract().effect()).isEqualTo(Effect.undoable());
        AddRoute bare = AddRoute.on(CONTROLLER);
        assertThatThrownBy(bare.via("eth0")::contract).hasMessage("AddRoute.on(..) needs .to(..)");
        assertThatThrownBy(bare.to(Cidr.of("10.9.0.0/16"))::contract)
                .hasMessage("AddRoute.on(..) needs either .via(..) or .through(..)");
        assertThatThrownBy(step.through(Key.of("tunnel", Tunnel.class))::contract)
                .hasMessage("AddRoute.on(..) needs either .via(..) or .through(..)");
    }

    @Test
    void aPeeringOfSeveralTunnelsIsNoWayOut() {
        Tunnel several = new Tunnel(
                new Tunnel.Side(
                        "orders",
                        CONTROLLER.address(),
                        1,
                        List.of(new Tunnel.End(1, Cidr.of("10.1.0.0/16")), new Tunnel.End(2, Cidr.of("10.2.0.0/16")))),
                new Tunnel.Side(
                        "fed-1",
                        Ip.of("203.0.113.2"),
                        1,
                        List.of(new Tunnel.End(1, Cidr.of("10.0.0.0/16")), new Tunnel.End(2, Cidr.of("10.0.0.0/16")))));
        AddRoute mistaken = AddRoute.on(CONTROLLER)
                .to(Cidr.of("10.9.0.0/16"))
                .over(lab.access)
                .through(Input.value(several));
        assertThat(Lab.failure(mistaken.run(State.empty(), context), FailureClass.PERMANENT))
                .hasMessage("the peering orders 10.1.0.0/16, 10.2.0.0/16 <-> 10.0.0.0/16, 10.0.0.0/16 fed-1 has several"
                        + " tunnels; a route goes into a route-based one");
    }
}

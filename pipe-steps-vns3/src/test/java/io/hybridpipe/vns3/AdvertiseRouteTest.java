// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.vns3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hybridpipe.Effect;
import io.hybridpipe.Found;
import io.hybridpipe.Outputs;
import io.hybridpipe.Secret;
import io.hybridpipe.State;
import io.hybridpipe.net.Cidr;
import io.hybridpipe.net.Ip;
import io.hybridpipe.retry.FailureClass;
import io.hybridpipe.sim.Fault;
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
class AdvertiseRouteTest {
    private static final Controller CONTROLLER =
            new Controller("orders", Ip.of("203.0.113.1"), Ip.of("10.1.0.10"), Lab.PASSWORD);

    private final Lab lab = new Lab();
    private final TestContext context = TestContext.at("pipe/step");
    private final AdvertiseRoute step = AdvertiseRoute.on(CONTROLLER)
            .to(Cidr.of("10.1.0.0/24"))
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

    private List<Route> ours() {
        return Lab.get(lab.client("203.0.113.1").routes()).stream()
                .filter(route -> route.cidr().equals("10.1.0.0/24"))
                .toList();
    }

    @Test
    void theNetworkIsAnnouncedWithoutAWayOut() {
        Lab.get(run());
        assertThat(ours()).singleElement().satisfies(route -> {
            assertThat(route.advertise()).isTrue();
            assertThat(route.device()).isEmpty();
            assertThat(route.gateway()).isEmpty();
            assertThat(route.tunnel()).isEmpty();
            assertThat(route.description()).contains(context.token());
        });
        assertThat(context.made()).singleElement().hasToString("VNS3::Route 2 in orders (203.0.113.1)");
    }

    @Test
    void aSecondSubscriptionLooksAgainAndAnnouncesNothingTwice() {
        Mono<Outputs> run = run();
        assertThat(controller.calls().all()).isEmpty();
        Lab.get(run);
        Lab.get(run);
        assertThat(ours()).hasSize(1);
        assertThat(Lab.changes(controller)).isEqualTo(Map.of("POST /routes", 1L));
    }

    @Test
    void afterALostAnswerReconcileFindsIt() {
        controller.faults().on("POST /routes").dropAfter();
        Lab.failure(run(), FailureClass.UNKNOWN_OUTCOME);
        assertThat(reconcile()).isEqualTo(Found.done(Outputs.none()));
    }

    @Test
    void aPassingFaultIsFollowedByASuccess() {
        controller.faults().on("POST /routes").status(503);
        Lab.failure(run(), FailureClass.TRANSIENT);
        assertThat(reconcile()).isEqualTo(Found.absent());
        Lab.get(run());
        assertThat(ours()).hasSize(1);
    }

    @Test
    void aRefusalIsPermanentAndSaysWhereAndWhy() {
        controller.faults().on("POST /routes").error("APIArgumentError", "cidr is invalid");
        assertThat(Lab.failure(run(), FailureClass.PERMANENT))
                .hasMessageStartingWith(
                        "POST /api/routes on 203.0.113.1 answered 400 APIArgumentError: cidr is invalid");
    }

    @Test
    void anUnansweredCallEndsAfterTheRequestTimeout() {
        controller.faults().on("POST /routes").holdBefore();
        // with a connection that is there already
        assertThat(reconcile()).isEqualTo(Found.absent());
        AdvertiseRoute hasty = step.over(lab.access.withRequestTimeout(Duration.ofSeconds(2)));
        assertThat(Lab.failure(hasty.run(State.empty(), context), FailureClass.UNKNOWN_OUTCOME))
                .hasMessage("POST /api/routes on 203.0.113.1: no answer in time");
        assertThat(reconcile()).isEqualTo(Found.absent());
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
        Lab.await(step.undo(State.empty(), reconcile(), context));
        assertThat(controller.inventory()).isEqualTo(before);
        Lab.await(step.undo(State.empty(), reconcile(), context));
        assertThat(controller.inventory()).isEqualTo(before);
        assertThat(context.made()).isEmpty();
    }

    @Test
    void anAnnouncementOfSomebodyElseIsRefusedButARouteToTheSameNetworkIsNot() {
        controller.configure(
                "POST", "/routes", "{\"cidr\":\"10.1.0.0/24\",\"interface\":\"eth0\",\"gateway\":\"10.1.0.1\"}");
        Lab.get(run());
        Inventory made = controller.inventory();
        TestContext other = context.withRunId("other");
        assertThat(Lab.failure(step.run(State.empty(), other), FailureClass.PERMANENT))
                .hasMessage("a route to 10.1.0.0/24 (id 3) is on orders (203.0.113.1) already, and this run did not"
                        + " make it");
        Lab.await(step.undo(State.empty(), Found.absent(), other));
        assertThat(controller.inventory()).isEqualTo(made);
    }

    @Test
    void aWrongPasswordIsRefusedBeforeTheRun() {
        AdvertiseRoute mistaken = AdvertiseRoute.on(CONTROLLER.withPassword(Secret.of("canary")))
                .to(Cidr.of("10.1.0.0/24"))
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
        assertThatThrownBy(AdvertiseRoute.on(CONTROLLER)::contract).hasMessage("AdvertiseRoute.on(..) needs .to(..)");
    }
}

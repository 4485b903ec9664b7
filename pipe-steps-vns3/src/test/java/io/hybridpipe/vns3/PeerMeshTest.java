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
import io.hybridpipe.test.ResumeContract;
import io.hybridpipe.test.StepContract;
import io.hybridpipe.test.TestContext;
import io.hybridpipe.vns3.api.Controller;
import io.hybridpipe.vns3.api.Peering;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
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
class PeerMeshTest {
    private static final String ADD = "POST /peering/peers";
    private static final String REMOVE = "DELETE /peering/peers/{peer_id}";

    private final Lab lab = new Lab();
    private final TestContext context = TestContext.at("pipe/step");
    private final List<SimVns3> boxes = new ArrayList<>();
    private final List<Controller> three = List.of(controller(1), controller(2), controller(3));

    private List<Inventory> before;

    private static Controller controller(int n) {
        return Controller.of("fed-" + n, Ip.of("203.0.113." + n), Lab.PASSWORD);
    }

    private PeerMesh mesh(List<Controller> controllers) {
        return PeerMesh.of(Input.value(controllers))
                .over(lab.newAccess())
                .pollEvery(Lab.POLL)
                .reachableWithin(Duration.ofSeconds(5));
    }

    @BeforeEach
    void start() {
        for (int n = 1; n <= 3; n++) {
            boxes.add(lab.start(
                    lab.builder("fed-" + n, "10.2.0.1" + n, "203.0.113." + n).inService(n, "shared")));
        }
        before = inventory();
    }

    @AfterEach
    void close() {
        lab.close();
    }

    private List<Inventory> inventory() {
        return boxes.stream().map(SimVns3::inventory).toList();
    }

    private SimVns3 box(int n) {
        return boxes.get(n - 1);
    }

    private Peering peering(int n) {
        return Lab.get(lab.client("203.0.113." + n).peering());
    }

    private Mono<Outputs> run() {
        return mesh(three).run(State.empty(), context);
    }

    private Found reconcile() {
        return Lab.get(mesh(three).reconcile(State.empty(), context));
    }

    private Mono<Void> undo(Found found) {
        return mesh(three).undo(State.empty(), found, context);
    }

    private void assertMesh(int... ids) {
        for (int one : ids) {
            for (int other : ids) {
                Peering.Member member = peering(one).controller(other).orElseThrow();
                assertThat(member.self() || member.reachable().orElse(false))
                        .as(one + " to " + other + ": " + box(one).explainPeer(other))
                        .isTrue();
            }
        }
    }

    private long adds() {
        return boxes.stream()
                .mapToLong(box -> Lab.changes(box).getOrDefault(ADD, 0L))
                .sum();
    }

    @Test
    void allControllersReachEachOtherAndWhatWasMadeIsTold() {
        Lab.get(run());
        assertMesh(1, 2, 3);
        assertThat(adds()).isEqualTo(6);
        assertThat(context.made())
                .hasSize(6)
                .contains(Resource.of("VNS3::Peer", "203.0.113.1/2", "fed-1 (203.0.113.1)")
                        .withShow("curl -k -u api https://203.0.113.1:8000/api/peering"));
    }

    @Test
    void theMtuOfTheLinksCanBeChosen() {
        Lab.get(mesh(three).overlayMtu(1400).run(State.empty(), context));
        assertThat(peering(2).controller(3).orElseThrow().mtu()).contains(1400);
        assertThatThrownBy(() -> mesh(three).overlayMtu(499))
                .hasMessage("overlay MTU is 499, it must be between 500 and 4800");
    }

    @Test
    void aSecondSubscriptionLooksAgainAndMakesNothingTwice() {
        Mono<Outputs> run = run();
        assertThat(adds()).isZero();
        Lab.get(run);
        Lab.get(run);
        assertThat(adds()).isEqualTo(6);
    }

    @Test
    void aMeshGrowsAndUndoTakesBackOnlyWhatThisRunMade() {
        Lab.get(mesh(three.subList(0, 2)).run(State.empty(), context.withRunId("earlier")));
        List<Inventory> two = inventory();
        Lab.get(run());
        assertMesh(1, 2, 3);
        assertThat(context.made()).hasSize(4);
        Lab.await(undo(Found.done(Outputs.none())));
        assertThat(inventory()).isEqualTo(two);
        assertMesh(1, 2);
    }

    @Test
    void aMeshThatIsThereAlreadyIsLeftAsItIs() {
        Lab.get(mesh(three).run(State.empty(), context.withRunId("earlier")));
        List<Inventory> meshed = inventory();
        assertThat(reconcile()).isEqualTo(Found.absent());
        Lab.get(run());
        assertThat(context.made()).isEmpty();
        Lab.await(undo(Found.done(Outputs.none())));
        assertThat(inventory()).isEqualTo(meshed);
    }

    @Test
    void aPeerAtAnotherAddressIsRefusedBeforeAnythingIsMadeAndKept() {
        Lab.get(lab.client("203.0.113.2").addPeer(3, "198.51.100.7", Optional.empty()));
        List<Inventory> foreign = inventory();
        assertThat(Lab.failure(run(), FailureClass.PERMANENT))
                .hasMessage(
                        "fed-2 (203.0.113.2) has peer 3 at 198.51.100.7 with MTU 1500 already, wanted is 203.0.113.3,"
                                + " and this run did not make it");
        Lab.await(undo(reconcile()));
        assertThat(inventory()).isEqualTo(foreign);
    }

    @Test
    void aPeerWithAnotherMtuIsRefused() {
        Lab.get(lab.client("203.0.113.2").addPeer(3, "203.0.113.3", Optional.of(1300)));
        assertThat(Lab.failure(mesh(three).overlayMtu(1400).run(State.empty(), context), FailureClass.PERMANENT))
                .hasMessageContaining("at 203.0.113.3 with MTU 1300 already, wanted is 203.0.113.3 with MTU 1400");
    }

    @Test
    void aControllerWithoutAnIdOrTwoWithTheSameAreRefusedBeforeAnythingIsMade() {
        SimVns3 fresh = lab.licensed("new", "10.2.0.19", "203.0.113.9");
        List<Controller> withFresh = List.of(controller(1), Controller.of("new", Ip.of("203.0.113.9"), Lab.PASSWORD));
        assertThat(Lab.failure(mesh(withFresh).run(State.empty(), context), FailureClass.PERMANENT))
                .hasMessage("new (203.0.113.9) has no id in its topology yet, which its peers would call it by");
        Lab.get(lab.client("203.0.113.9").setPeerId(1));
        assertThat(Lab.failure(mesh(withFresh).run(State.empty(), context), FailureClass.PERMANENT))
                .hasMessage("fed-1 (203.0.113.1) and new (203.0.113.9) both have the id 1 in their topology");
        assertThat(adds()).isZero();
        assertThat(Lab.changes(fresh)).doesNotContainKey(ADD);
    }

    @Test
    void aPairThatIsNotReachableIsNamedWithItsDirectionAndWhatToCheck() {
        SimVns3 other =
                lab.start(lab.builder("fed-4", "10.2.0.14", "203.0.113.4").inService(4, "other"));
        List<Controller> mixed = List.of(controller(1), controller(4));
        PeerMesh hasty = mesh(mixed).reachableWithin(Duration.ofMillis(500));
        assertThat(Lab.failure(hasty.run(State.empty(), context), FailureClass.PERMANENT))
                .hasMessage(
                        "after PT0.5S fed-1 (203.0.113.1) does not reach fed-4 (203.0.113.4), fed-4 (203.0.113.4) does"
                                + " not reach fed-1 (203.0.113.1): check that UDP 1195-1203 is open between them in both"
                                + " directions, and that they have the same keyset");
        Found found = Lab.get(hasty.reconcile(State.empty(), context));
        assertThat(found).isInstanceOf(Found.Partly.class);
        Lab.await(hasty.undo(State.empty(), found, context));
        assertThat(inventory()).isEqualTo(before);
        assertThat(other.inventory().of("peering")).hasSize(1);
    }

    @Test
    void aControllerThatDoesNotAnswerWhileTheMeshComesUpIsNamed() {
        boxes.get(1).faults().on("GET /peering").nth(2).status(503);
        Lab.get(run());
        assertMesh(1, 2, 3);
    }

    @Test
    void afterALostAnswerReconcileFindsHalfOfTheMeshAndUndoTakesItBack() {
        box(2).faults().on(ADD).dropAfter();
        Lab.failure(run(), FailureClass.UNKNOWN_OUTCOME);
        Lab.await(context.settled());
        Found found = reconcile();
        assertThat(found).isInstanceOf(Found.Partly.class);
        Lab.await(undo(found));
        assertThat(inventory()).isEqualTo(before);
        assertThat(context.made()).isEmpty();
    }

    @Test
    void afterTheLastAnswerWasLostReconcileFindsTheWholeMesh() {
        Lab.get(mesh(three.subList(0, 2)).run(State.empty(), context.withRunId("earlier")));
        Lab.get(lab.client("203.0.113.3").addPeer(1, "203.0.113.1", Optional.empty()));
        Lab.get(lab.client("203.0.113.3").addPeer(2, "203.0.113.2", Optional.empty()));
        Lab.get(lab.client("203.0.113.1").addPeer(3, "203.0.113.3", Optional.empty()));
        box(2).faults().on(ADD).dropAfter();
        Lab.failure(run(), FailureClass.UNKNOWN_OUTCOME);
        assertThat(reconcile()).isEqualTo(Found.done(Outputs.none()));
    }

    @Test
    void aCallThatWasLostBeforeItTookEffectIsMadeAgain() {
        box(1).faults().on(ADD).dropBefore();
        Lab.failure(run(), FailureClass.UNKNOWN_OUTCOME);
        Lab.await(context.settled());
        Lab.get(run());
        assertMesh(1, 2, 3);
    }

    @Test
    void aPassingFaultIsFollowedByASuccess() {
        box(3).faults().on(ADD).nth(2).status(503);
        Lab.failure(run(), FailureClass.TRANSIENT);
        Lab.await(context.settled());
        Lab.get(run());
        assertMesh(1, 2, 3);
    }

    @Test
    void aRefusalIsPermanent() {
        box(3).faults().on(ADD).error("APIArgumentError", "2 is an invalid controller id");
        assertThat(Lab.failure(run(), FailureClass.PERMANENT)).hasMessageContaining("2 is an invalid controller id");
    }

    @Test
    void anUnansweredCallEndsAfterTheRequestTimeout() {
        box(3).faults().on(ADD).holdAfter();
        PeerMesh hasty = mesh(three).over(lab.access.withRequestTimeout(Duration.ofSeconds(2)));
        assertThat(Lab.failure(hasty.run(State.empty(), context), FailureClass.UNKNOWN_OUTCOME))
                .hasMessage("POST /api/peering/peers on 203.0.113.3: no answer in time");
    }

    @Test
    void cancelInMidCallLetsTheCallEndAndUndoTakesWhatItMade() {
        Fault held = box(2).faults().on(ADD).holdAfter();
        boolean[] signalled = new boolean[1];
        Disposable run = run().subscribe(done -> signalled[0] = true, failure -> signalled[0] = true);
        Lab.get(held.reached());
        run.dispose();
        held.release();
        Lab.await(context.settled());
        assertThat(signalled[0]).isFalse();
        Lab.await(undo(Found.unknown("nobody looked")));
        assertThat(inventory()).isEqualTo(before);
    }

    @Test
    void undoMayComeTwiceAndWhatSomebodyTookAwayMeanwhileIsNoError() {
        Lab.get(run());
        Found done = Found.done(Outputs.none());
        box(1).faults().on(REMOVE).error("APIArgumentError", "2 is invalid as controller id.");
        Lab.await(undo(done));
        assertThat(inventory()).isEqualTo(before);
        assertThat(context.made()).isEmpty();
        Lab.await(undo(done));
        assertThat(Lab.changes(box(2))).isEqualTo(Map.of(ADD, 2L, REMOVE, 2L));
    }

    @Test
    void aPeerThatSomebodySentElsewhereMeanwhileStays() {
        Lab.get(run());
        Lab.get(lab.client("203.0.113.1").updatePeer(2, Optional.of("198.51.100.7"), Optional.empty()));
        Lab.await(undo(Found.done(Outputs.none())));
        assertThat(box(1).inventory().of("peering")).containsKey("peer 2").doesNotContainKey("peer 3");
        assertThat(box(2).inventory()).isEqualTo(before.get(1));
    }

    @Test
    void aSideThatCannotBeUndoneDoesNotKeepTheOthersFromIt() {
        Lab.get(run());
        box(2).faults().on("GET /peering").always().status(403);
        assertThat(Lab.failure(undo(Found.done(Outputs.none())), FailureClass.PERMANENT))
                .hasMessageContaining("GET /api/peering on 203.0.113.2 answered 403");
        assertThat(box(1).inventory()).isEqualTo(before.get(0));
        assertThat(box(3).inventory()).isEqualTo(before.get(2));
    }

    @Test
    void ofSeveralSidesThatCannotBeUndoneOneThatMayPassDecides() {
        Lab.get(run());
        box(1).faults().on("GET /peering").status(403);
        box(3).faults().on(REMOVE).answer(SimResponse.of(502));
        Lab.failure(undo(Found.done(Outputs.none())), FailureClass.UNKNOWN_OUTCOME);
        Lab.await(undo(Found.done(Outputs.none())));
        assertThat(inventory()).isEqualTo(before);
    }

    @Test
    void aWrongPasswordIsRefusedBeforeTheRun() {
        PeerMesh mistaken = mesh(List.of(controller(1), controller(2).withPassword(Secret.of("canary"))));
        assertThat(Lab.failure(mistaken.preflight(State.empty(), context), FailureClass.PERMANENT))
                .hasMessageContaining("on 203.0.113.2 answered 401");
        Lab.await(mesh(three).preflight(State.empty(), context));
    }

    @TestFactory
    Stream<DynamicTest> itKeepsWhatTheEngineReliesOn() {
        return StepContract.of(mesh(three)).inventory(this::inventory).checks().stream()
                .map(check -> DynamicTest.dynamicTest(check.name(), check::run));
    }

    @Test
    void aFreshInstanceGoesOnOrTakesBackWhatADeadOneMade() {
        ResumeContract contract =
                ResumeContract.of(() -> mesh(three.subList(0, 2))).inventory(this::inventory);
        contract.goesOn();
        contract.isTakenBack();
    }

    @Test
    void itsEffectCanBeUndone() {
        assertThat(mesh(three).contract().effect()).isEqualTo(Effect.undoable());
    }
}

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
import io.hybridpipe.TypeRef;
import io.hybridpipe.net.Cidr;
import io.hybridpipe.net.Ip;
import io.hybridpipe.retry.FailureClass;
import io.hybridpipe.sim.Fault;
import io.hybridpipe.sim.Faults;
import io.hybridpipe.sim.SimResponse;
import io.hybridpipe.sim.vns3.Boot;
import io.hybridpipe.sim.vns3.Inventory;
import io.hybridpipe.sim.vns3.SimVns3;
import io.hybridpipe.test.TestContext;
import io.hybridpipe.vns3.api.Controller;
import io.hybridpipe.vns3.api.LicenseParameters;
import io.hybridpipe.vns3.api.Vns3Client;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.Disposable;
import reactor.core.publisher.Mono;

@Timeout(180)
class SetUpControllerTest {
    private static final String ADDRESS = "203.0.113.1";
    private static final Key<Controller> CONTROLLER = Key.of("controller", Controller.class);
    private static final Map<String, Long> EACH_ONCE = Map.of(
            "PUT /config", 1L,
            "PUT /license", 1L,
            "PUT /license/parameters", 1L,
            "PUT /keyset", 1L,
            "PUT /peering/self", 1L);

    private final Lab lab = new Lab();
    private final TestContext context = TestContext.at("pipe/step");
    private final SetUpController step = newStep();

    private SetUpController newStep() {
        return SetUpController.at(Ip.of(ADDRESS))
                .password(Input.value(Lab.PASSWORD))
                .license(Input.value(Lab.LICENSE))
                .keysetToken(Input.value(Lab.KEYSET_TOKEN))
                .topology("fednet")
                .named("orders")
                .into(CONTROLLER)
                .over(lab.newAccess())
                .pollEvery(Lab.POLL)
                .readyWithin(Duration.ofSeconds(15));
    }

    @AfterEach
    void close() {
        lab.close();
    }

    private Mono<Outputs> run(SetUpController step) {
        return step.run(State.empty(), context);
    }

    private Found reconcile() {
        return Lab.get(step.reconcile(State.empty(), context));
    }

    private SimVns3 running() {
        return lab.start(lab.builder("c", "10.1.0.10", ADDRESS).running());
    }

    private void assertSetUp() {
        Vns3Client client = lab.client(ADDRESS);
        assertThat(Lab.get(client.license()).finalized()).isTrue();
        assertThat(Lab.get(client.keyset()).present()).isTrue();
        assertThat(Lab.get(client.peering()).id()).contains(1);
        assertThat(Lab.get(client.config()).topologyName()).contains("fednet");
        assertThat(Lab.get(client.config()).controllerName()).contains("orders");
    }

    @Test
    void aLaunchedControllerIsWaitedForAndSetUpThroughItsRebootDoingEachThingOnce() {
        SimVns3 controller = lab.launch("c", "10.1.0.10", ADDRESS);
        assertThat(Lab.get(run(step)).get(CONTROLLER))
                .isEqualTo(new Controller("orders", Ip.of(ADDRESS), Ip.of("10.1.0.10"), Lab.PASSWORD));
        assertSetUp();
        assertThat(Lab.changes(controller)).isEqualTo(EACH_ONCE);
    }

    @Test
    void itsSetupIsToldOnceWithTheCommandThatShowsItUnlessItWasThereBefore() {
        running();
        Lab.get(run(step));
        assertThat(context.made()).singleElement().satisfies(made -> {
            assertThat(made.id()).isEqualTo(ADDRESS);
            assertThat(made.show()).isEqualTo("curl -k -u api https://" + ADDRESS + ":8000/api/config");
        });
        Lab.get(run(step));
        assertThat(context.made()).hasSize(1);
    }

    @Test
    void whatAnEarlierAttemptAskedForAndThisOneFindsIsTold() {
        running();
        Lab.get(run(step));
        TestContext later = TestContext.at("p/set-up").withAttempt(2);
        Lab.get(step.run(State.empty(), later));
        assertThat(later.made()).singleElement().satisfies(made -> assertThat(made.id())
                .isEqualTo(ADDRESS));
    }

    @Test
    void aSecondSubscriptionLooksAgainAndChangesNothing() {
        SimVns3 controller = running();
        Mono<Outputs> run = run(step);
        assertThat(controller.calls().all()).isEmpty();
        Outputs first = Lab.get(run);
        int calls = controller.calls().all().size();
        assertThat(Lab.get(run)).isEqualTo(first);
        assertThat(controller.calls().all()).hasSizeGreaterThan(calls);
        assertThat(Lab.changes(controller)).isEqualTo(EACH_ONCE);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"PUT /config", "PUT /license", "PUT /license/parameters", "PUT /keyset", "PUT /peering/self"})
    void afterALostAnswerReconcileLooksAndTheNextAttemptDoesNotDoItAgain(String action) {
        SimVns3 controller = running();
        Fault lost = controller.faults().on(action).dropAfter();
        boolean reboots = action.equals("PUT /license/parameters");
        CompletableFuture<BooleanSupplier> goesDown =
                reboots ? Lab.goesDownAfter(lost, controller) : CompletableFuture.completedFuture(() -> true);
        Lab.failure(run(step), FailureClass.UNKNOWN_OUTCOME);
        // a look whose controller goes down in the middle of it fails, and is the engine's to repeat
        Lab.until(Lab.get(goesDown));
        Found found = reconcile();
        assertThat(found.<String>fold(a -> "absent", d -> "done", p -> "partly", u -> "unknown"))
                .isEqualTo(
                        switch (action) {
                            case "PUT /config" -> "absent";
                            case "PUT /peering/self" -> "done";
                            default -> "partly";
                        });
        Lab.get(run(step.rebootStartsWithin(Duration.ofMillis(300))));
        assertSetUp();
        assertThat(Lab.changes(controller)).isEqualTo(EACH_ONCE);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"PUT /config", "PUT /license", "PUT /license/parameters", "PUT /keyset", "PUT /peering/self"})
    void aPassingFaultAnywhereIsFollowedByASuccessThatRepeatsNothingElse(String action) {
        SimVns3 controller = running();
        controller.faults().on(action).status(503);
        Lab.failure(run(step), FailureClass.TRANSIENT);
        Lab.get(run(step));
        assertSetUp();
        assertThat(Lab.changes(controller)).containsEntry(action, 2L).hasSize(5);
        assertThat(Lab.changes(controller).values().stream()
                        .mapToLong(count -> count)
                        .sum())
                .isEqualTo(6);
    }

    @Test
    void cancelInMidCallLeavesAStateFromWhichTheNextAttemptGoesOn() {
        SimVns3 controller = running();
        Fault held = controller.faults().on("PUT /license").holdAfter();
        boolean[] signalled = new boolean[1];
        Disposable run = run(step).subscribe(done -> signalled[0] = true, failure -> signalled[0] = true);
        Lab.get(held.reached());
        run.dispose();
        held.release();
        Lab.await(context.settled());
        assertThat(signalled[0]).isFalse();
        assertThat(reconcile()).isEqualTo(Found.partly("license without parameters, keyset missing, peer id not set"));
        Lab.get(run(step));
        assertSetUp();
        assertThat(Lab.changes(controller)).isEqualTo(EACH_ONCE);
    }

    @ParameterizedTest
    @CsvSource({"1, absent", "2, partly", "3, partly", "4, partly", "5, done"})
    void aFreshInstanceReconcilesWhatADeadOneMadeAndGoesOnWhereItWasKilled(int call, String seen) {
        SimVns3 controller = running();
        Fault parameters = controller.faults().on("PUT /license/parameters").delay(Duration.ZERO);
        CompletableFuture<BooleanSupplier> goesDown = Lab.goesDownAfter(parameters, controller);
        TestContext dying = context.holdingTheAnswerOf(call);
        Disposable process = newStep().run(State.empty(), dying).subscribe(done -> {}, failure -> {});
        Lab.await(dying.held());
        dying.stop();
        process.dispose();
        Lab.await(dying.settled());
        if (call == 3) {
            Lab.until(Lab.get(goesDown));
        }
        TestContext resumed = context.withAttempt(2);
        Found found = Lab.get(newStep().reconcile(State.empty(), resumed));
        assertThat(found.<String>fold(a -> "absent", d -> "done", p -> "partly", u -> "unknown"))
                .isEqualTo(seen);
        Outputs outputs = found instanceof Found.Done done
                ? done.outputs()
                : Lab.get(newStep().run(State.empty(), resumed));
        assertThat(outputs.get(CONTROLLER))
                .isEqualTo(new Controller("orders", Ip.of(ADDRESS), Ip.of("10.1.0.10"), Lab.PASSWORD));
        assertSetUp();
        assertThat(Lab.changes(controller)).isEqualTo(EACH_ONCE);
        Lab.await(newStep().undo(State.empty(), found, resumed));
        Lab.await(newStep().undo(State.empty(), Found.unknown("nobody looked"), resumed));
    }

    @Test
    void whatIsNoSignOfARebootEndsTheWaitForIt() {
        SimVns3 controller = running();
        controller.faults().on("GET /status/system").nth(2).status(404);
        assertThat(Lab.failure(run(step), FailureClass.PERMANENT))
                .hasMessageStartingWith("GET /api/status/system on 203.0.113.1 answered 404");
    }

    @ParameterizedTest
    @ValueSource(ints = {401, 429, 502})
    void whatAControllerAnswersRoundItsRebootIsWaitedOut(int status) {
        SimVns3 controller = running();
        controller.faults().on("GET /status/system").nth(2).status(status);
        Lab.get(run(step));
        assertSetUp();
        assertThat(Lab.changes(controller)).isEqualTo(EACH_ONCE);
    }

    /** It goes down long after it was asked, and is busy before that. */
    @ParameterizedTest
    @ValueSource(ints = {0, 401, 429, 502, 503})
    void aFailedLookIsNotTakenForTheReboot(int status) {
        SimVns3 controller = lab.start(lab.builder("c", "10.1.0.10", ADDRESS)
                .running()
                .boot(new Boot(Duration.ofSeconds(80), Duration.ofSeconds(20), Duration.ofSeconds(6), Duration.ZERO)));
        Faults.Rule second = controller.faults().on("GET /status/system").nth(2);
        Fault busy = status == 0 ? second.dropAfter() : second.status(status);
        Lab.get(run(step));
        assertThat(busy.reached()).isCompleted();
        assertSetUp();
        assertThat(Lab.changes(controller)).isEqualTo(EACH_ONCE);
    }

    @Test
    void ofAControllerThatTellsNoTimeOfItsStartSilenceIsTheSignOfItsReboot() {
        SimVns3 controller = running();
        controller
                .faults()
                .on("GET /status/system")
                .nth(1)
                .answer(SimResponse.json(200, "{\"response\":{\"loadavg\":[]}}"));
        Lab.get(run(step));
        assertSetUp();
        assertThat(Lab.changes(controller)).isEqualTo(EACH_ONCE);
    }

    @Test
    void aRebootTooShortToBeSeenIsNotWaitedForLongerThanSaid() {
        SimVns3 controller = lab.start(lab.builder("c", "10.1.0.10", ADDRESS)
                .running()
                .boot(new Boot(Duration.ZERO, Duration.ZERO, Duration.ZERO, Duration.ZERO)));
        Lab.get(run(step.rebootStartsWithin(Duration.ofMillis(200))));
        assertSetUp();
        assertThat(Lab.changes(controller)).isEqualTo(EACH_ONCE);
    }

    @Test
    void aKeysetThatSomebodyElseBeganMeanwhileIsWaitedFor() {
        SimVns3 controller = running();
        controller
                .faults()
                .on("PUT /keyset")
                .answer(SimResponse.json(
                        400,
                        "{\"error\":{\"name\":\"APIArgumentError\",\"log\":\"1\",\"message\":\"Keyset setup in"
                                + " progress.\"}}"));
        Lab.get(run(step));
        assertSetUp();
    }

    @Test
    void aKeysetThatIsNeverMadeIsGivenUp() {
        SimVns3 controller = running();
        controller
                .faults()
                .on("GET /keyset")
                .always()
                .answer(SimResponse.json(200, "{\"response\":{\"in_progress\":true,\"running\":3}}"));
        assertThat(Lab.failure(run(step.keysetWithin(Duration.ofMillis(100))), FailureClass.PERMANENT))
                .hasMessage("controller 203.0.113.1 has no keyset after PT0.1S");
    }

    @Test
    void aBadLicenseIsPermanentAndItsTextIsNotRepeated() {
        running();
        SetUpController mistaken = step.license(Input.value(Secret.of("no-license-canary")));
        assertThat(Lab.failure(run(mistaken), FailureClass.PERMANENT))
                .hasMessageStartingWith("PUT /api/license on 203.0.113.1 answered 400 APIArgumentError: Bad license");
    }

    @Test
    void aWrongPasswordIsPermanent() {
        running();
        SetUpController mistaken =
                step.password(Input.value(Secret.of("canary"))).unauthorizedGrace(Duration.ofMillis(50));
        assertThat(Lab.failure(run(mistaken), FailureClass.PERMANENT)).hasMessageContaining("401 UnauthorizedError");
    }

    @Test
    void anotherPeerIdThanTheWantedOneIsNotOverwritten() {
        SimVns3 controller = running();
        Lab.get(run(step));
        assertThat(Lab.failure(run(step.peerId(2)), FailureClass.PERMANENT))
                .hasMessage("controller 203.0.113.1 has peer id 1 already, wanted is 2");
        assertThat(Lab.changes(controller)).isEqualTo(EACH_ONCE);
    }

    @Test
    void aControllerThatNeverComesUpIsGivenUpInTime() {
        lab.start(lab.builder("c", "10.1.0.10", ADDRESS)
                .boot(new Boot(Duration.ZERO, Duration.ofHours(1), Duration.ZERO, Duration.ZERO)));
        assertThat(Lab.failure(run(step.readyWithin(Duration.ofMillis(100))), FailureClass.PERMANENT))
                .hasMessageContaining("is not ready after PT0.1S");
    }

    @Test
    void ofAControllerThatNeverComesUpReconcileSaysSoOnceAndForAll() {
        lab.start(lab.builder("c", "10.1.0.10", ADDRESS)
                .boot(new Boot(Duration.ZERO, Duration.ofHours(1), Duration.ZERO, Duration.ZERO)));
        Found found = Lab.get(step.readyWithin(Duration.ofMillis(100)).reconcile(State.empty(), context));
        assertThat(found).isInstanceOfSatisfying(Found.Unknown.class, unknown -> assertThat(unknown.why())
                .contains("is not ready after PT0.1S"));
        Lab.await(step.undo(State.empty(), found, context));
    }

    @Test
    void chosenOverlayAddressesAreSet() {
        running();
        Lab.get(run(step.parameters(LicenseParameters.of(
                Cidr.of("172.31.1.0/24"),
                List.of(Ip.of("172.31.1.1"), Ip.of("172.31.1.2")),
                List.of(65001L, 65002L),
                "172.31.1.10-172.31.1.20",
                Ip.of("172.31.1.250")))));
        assertThat(Lab.get(lab.client(ADDRESS).license()).overlaySubnet()).contains("172.31.1.0/24");
    }

    @Test
    void undoTakesNothingBackAndHoldsUpNothing() {
        SimVns3 controller = running();
        Outputs outputs = Lab.get(run(step));
        Inventory before = controller.inventory();
        Lab.await(step.undo(State.empty(), Found.done(outputs), context));
        Lab.await(step.undo(State.empty(), Found.absent(), context));
        assertThat(controller.inventory()).isEqualTo(before);
    }

    @Test
    void onAControllerThatNoStepLaunchedTheEffectIsIrreversible() {
        assertThat(step.contract().effect()).isEqualTo(Effect.undoable());
        assertThat(step.onStandingController().contract().effect().irreversibleBecause())
                .contains("a license stays on its controller");
    }

    @Test
    void anEmptyLicenseIsRefusedBeforeTheRun() {
        SetUpController mistaken = step.license(Input.value(Secret.of(" ")));
        assertThat(Lab.failure(mistaken.preflight(State.empty(), context), FailureClass.PERMANENT))
                .hasMessage("the license of the controller is empty");
        Key<Secret<String>> later = Key.of("later", new TypeRef<Secret<String>>() {});
        Lab.await(step.license(later).preflight(State.empty(), context));
    }

    @Test
    void itSaysWhatItNeeds() {
        assertThatThrownBy(() -> SetUpController.at(Ip.of(ADDRESS)).contract())
                .hasMessage("SetUpController.at(..) needs .password(..)");
        assertThatThrownBy(() -> step.peerId(0)).hasMessage("peer id is 0, it must be at least 1");
        assertThat(step.contract().writes()).containsExactly(CONTROLLER);
    }
}

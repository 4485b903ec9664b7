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
import io.hybridpipe.retry.StepFailure;
import io.hybridpipe.sim.Fault;
import io.hybridpipe.sim.SimResponse;
import io.hybridpipe.sim.vns3.Inventory;
import io.hybridpipe.sim.vns3.SimVns3;
import io.hybridpipe.test.StepContract;
import io.hybridpipe.test.TestContext;
import io.hybridpipe.vns3.api.Controller;
import io.hybridpipe.vns3.api.Ipsec;
import io.hybridpipe.vns3.api.IpsecEndpoint;
import io.hybridpipe.vns3.api.NewEndpoint;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.Disposable;
import reactor.core.publisher.Mono;

@Timeout(180)
class IpsecPeerTest {
    private static final String ENDPOINT = "POST /ipsec/endpoints";
    private static final String TUNNEL = "POST /ipsec/endpoints/{endpoint_id}/tunnels";
    private static final Key<Tunnel> OUT = Key.of("tunnel", Tunnel.class);
    private static final Secret<String> PSK = Secret.of("psk-canary-1190");
    private static final Controller HERE =
            new Controller("orders", Ip.of("203.0.113.1"), Ip.of("10.1.0.10"), Lab.PASSWORD);
    private static final Controller THERE =
            new Controller("fed-1", Ip.of("203.0.113.2"), Ip.of("10.2.0.10"), Lab.PASSWORD);

    private final Lab lab = new Lab();
    private final TestContext context = TestContext.at("pipe/step");
    private final IpsecPeer step = IpsecPeer.between(Input.value(HERE), Input.value(THERE))
            .psk(Input.value(PSK))
            .subnets(Cidr.of("10.1.0.0/16"), Cidr.of("10.0.0.0/16"))
            .into(OUT)
            .over(lab.access)
            .pollEvery(Lab.POLL)
            .connectedWithin(Duration.ofSeconds(5));

    private SimVns3 here;
    private SimVns3 there;
    private Inventory hereBefore;
    private Inventory thereBefore;

    @BeforeEach
    void start() {
        here = lab.licensed("orders", "10.1.0.10", "203.0.113.1");
        there = lab.licensed("fed-1", "10.2.0.10", "203.0.113.2");
        hereBefore = here.inventory();
        thereBefore = there.inventory();
        here.calls().clear();
        there.calls().clear();
    }

    @AfterEach
    void close() {
        lab.close();
    }

    private IpsecPeer routeBased() {
        return IpsecPeer.between(Input.value(HERE), Input.value(THERE))
                .psk(Input.value(PSK))
                .routeBased(Cidr.of("169.254.10.0/30"))
                .into(OUT)
                .over(lab.access)
                .pollEvery(Lab.POLL)
                .connectedWithin(Duration.ofSeconds(5));
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

    private void assertOnePeering() {
        for (String address : new String[] {"203.0.113.1", "203.0.113.2"}) {
            Ipsec seen = Lab.get(lab.client(address).ipsec());
            assertThat(seen.endpoints()).singleElement().satisfies(endpoint -> assertThat(endpoint.tunnels())
                    .hasSize(1));
        }
    }

    private void assertNothingLeft() {
        assertThat(here.inventory()).isEqualTo(hereBefore);
        assertThat(there.inventory()).isEqualTo(thereBefore);
        assertThat(context.made()).isEmpty();
    }

    private SimVns3 side(String name) {
        return name.equals("here") ? here : there;
    }

    @Test
    void bothSidesAreConfiguredAndConnected() {
        Tunnel tunnel = Lab.get(run()).get(OUT);
        assertThat(tunnel.local().controller()).isEqualTo("orders");
        assertThat(tunnel.local().ends()).extracting(Tunnel.End::subnet).containsExactly(Cidr.of("10.1.0.0/16"));
        assertThat(tunnel.remote().controller()).isEqualTo("fed-1");
        assertThat(tunnel.remote().address()).isEqualTo(THERE.address());
        assertThat(tunnel).hasToString("orders 10.1.0.0/16 <-> 10.0.0.0/16 fed-1");
        assertThat(here.explain(tunnel.local().ends().get(0).tunnel())).isEqualTo("both sides agree");
        assertThat(Lab.changes(here)).isEqualTo(Map.of(ENDPOINT, 1L, TUNNEL, 1L));
        assertThat(Lab.changes(there)).isEqualTo(Map.of(ENDPOINT, 1L, TUNNEL, 1L));
    }

    @Test
    void whatIsMadeBearsTheRunsTagsAndTheOthersPrivateAddressAsItsIdentity() {
        Lab.get(run());
        IpsecEndpoint made =
                Lab.get(lab.client("203.0.113.1").ipsec()).endpoints().get(0);
        assertThat(made.name()).isEqualTo("to-fed-1");
        assertThat(made.gateway()).isEqualTo("203.0.113.2");
        assertThat(made.identity()).contains("10.2.0.10");
        assertThat(made.description())
                .isEqualTo("hybridpipe:token=" + context.token()
                        + " hybridpipe:pipe=pipe hybridpipe:run=test hybridpipe:step=pipe/step");
        assertThat(made.tunnels().get(0).description()).isEqualTo(made.description());
        assertThat(context.made())
                .extracting(Resource::toString)
                .containsExactlyInAnyOrder(
                        "VNS3::IpsecEndpoint 1 in orders (203.0.113.1)",
                        "VNS3::IpsecTunnel 1/1 in orders (203.0.113.1)",
                        "VNS3::IpsecEndpoint 1 in fed-1 (203.0.113.2)",
                        "VNS3::IpsecTunnel 1/1 in fed-1 (203.0.113.2)");
        assertThat(context.made())
                .extracting(Resource::show)
                .contains("curl -k -u api https://203.0.113.1:8000/api/ipsec/endpoints/1");
    }

    @Test
    void aSecondSubscriptionLooksAgainAndMakesNothingTwice() {
        Mono<Outputs> run = run();
        assertThat(here.calls().all()).isEmpty();
        Outputs first = Lab.get(run);
        int calls = here.calls().all().size();
        assertThat(Lab.get(run)).isEqualTo(first);
        assertThat(here.calls().all()).hasSizeGreaterThan(calls);
        assertOnePeering();
    }

    @ParameterizedTest
    @CsvSource({
        "here, " + ENDPOINT,
        "here, " + TUNNEL,
        "there, " + ENDPOINT,
        "there, " + TUNNEL,
    })
    void afterALostAnswerReconcileFindsTheHalfUndoTakesItAndTheNextAttemptSucceeds(String side, String action) {
        side(side).faults().on(action).dropAfter();
        Lab.failure(run(), FailureClass.UNKNOWN_OUTCOME);
        Lab.await(context.settled());
        Found found = Lab.get(step.connectedWithin(Duration.ofSeconds(1)).reconcile(State.empty(), context));
        assertThat(found).isNotEqualTo(Found.absent()).isNotInstanceOf(Found.Unknown.class);
        Lab.await(step.undo(State.empty(), found, context));
        assertNothingLeft();
        Lab.get(run());
        assertOnePeering();
    }

    @ParameterizedTest
    @ValueSource(strings = {"here", "there"})
    void aHalfMadePeeringIsCompletedByTheNextAttempt(String side) {
        side(side).faults().on(TUNNEL).status(503);
        Lab.failure(run(), FailureClass.TRANSIENT);
        Lab.await(context.settled());
        assertThat(reconcile()).isInstanceOf(Found.Partly.class);
        Lab.get(run());
        assertOnePeering();
    }

    @Test
    void aReadThatFailsInPassingChangesNothing() {
        there.faults().on("GET /ipsec").status(502);
        assertThat(Lab.failure(run(), FailureClass.TRANSIENT)).hasMessage("GET /api/ipsec on 203.0.113.2 answered 502");
        assertThat(Lab.changes(here)).isEmpty();
        assertThat(reconcile()).isEqualTo(Found.absent());
        Lab.get(run());
        assertOnePeering();
    }

    @Test
    void aRefusalIsPermanentAndSaysWhereAndWhy() {
        there.faults().on(ENDPOINT).error("OperationNotAllowedError", "Max number of endpoints reached");
        assertThat(Lab.failure(run(), FailureClass.PERMANENT))
                .hasMessageStartingWith("POST /api/ipsec/endpoints on 203.0.113.2 answered 403"
                        + " OperationNotAllowedError: Max number of endpoints reached");
    }

    @Test
    void reconcileSeesACompletePeeringAsDoneWithTheSameOutputs() {
        assertThat(reconcile()).isEqualTo(Found.absent());
        Outputs outputs = Lab.get(run());
        assertThat(reconcile()).isEqualTo(Found.done(outputs));
    }

    @ParameterizedTest
    @CsvSource({
        "'{\"secret\":\"another key\"}', 'phase 1 (IKE) is down: check addresses, pre-shared key, phase1 proposals and UDP"
                + " 500 and 4500'",
        "'{\"pfs\":false}', 'phase 2 (ESP) is down: check that the subnets of both sides mirror each other, perfect forward"
                + " secrecy and phase2 proposals'",
    })
    void aTunnelThatDoesNotComeUpSaysWhichPhaseIsDownOnWhichSide(String change, String down) {
        assertThat(failureWhenSomebodyElseChanges(step, "/ipsec/endpoints/1", change, 1))
                .hasMessageMatching(Pattern.quote("tunnel orders 10.1.0.0/16 <-> 10.0.0.0/16 fed-1 is not connected"
                                + " after PT2S: orders (203.0.113.1) says " + down)
                        + " \\((never up|last up at \\S+Z)\\); "
                        + Pattern.quote("fed-1 (203.0.113.2) says " + down)
                        + " \\((never up|last up at \\S+Z)\\)");
    }

    /** Of a run whose remote side is changed while it waits for its tunnels. */
    private StepFailure failureWhenSomebodyElseChanges(IpsecPeer step, String path, String change, int tunnel) {
        Fault waiting = here.faults().on("GET /status/ipsec").holdBefore();
        CompletableFuture<Outputs> running = step.connectedWithin(Duration.ofSeconds(2))
                .run(State.empty(), context)
                .toFuture();
        Lab.get(waiting.reached());
        there.configure("PUT", path, change);
        Lab.until(() ->
                Stream.of(here, there).noneMatch(side -> side.explain(tunnel).equals("both sides agree")));
        waiting.release();
        return Lab.failure(Mono.fromFuture(running), FailureClass.PERMANENT);
    }

    @Test
    void eachPairOfSubnetsGetsATunnelUnderOneEndpoint() {
        IpsecPeer two = step.subnets(Cidr.of("10.1.0.0/16"), Cidr.of("10.7.0.0/16"));
        Tunnel tunnel = Lab.get(two.run(State.empty(), context)).get(OUT);
        assertThat(tunnel).hasToString("orders 10.1.0.0/16, 10.1.0.0/16 <-> 10.0.0.0/16, 10.7.0.0/16 fed-1");
        assertThat(Lab.changes(here)).isEqualTo(Map.of(ENDPOINT, 1L, TUNNEL, 2L));
        assertThat(Lab.changes(there)).isEqualTo(Map.of(ENDPOINT, 1L, TUNNEL, 2L));
        for (int end = 0; end < 2; end++) {
            assertThat(here.explain(tunnel.local().ends().get(end).tunnel())).isEqualTo("both sides agree");
            assertThat(there.explain(tunnel.remote().ends().get(end).tunnel())).isEqualTo("both sides agree");
        }
        Lab.await(two.undo(State.empty(), Found.absent(), context));
        assertNothingLeft();
    }

    @Test
    void ofSeveralTunnelsTheOneThatIsDownIsNamed() {
        IpsecPeer two = step.subnets(Cidr.of("10.1.0.0/16"), Cidr.of("10.7.0.0/16"));
        assertThat(failureWhenSomebodyElseChanges(two, "/ipsec/endpoints/1/tunnels/2", "{\"enabled\":false}", 2))
                .hasMessageContaining(
                        "orders (203.0.113.1) of 10.1.0.0/16 <-> 10.7.0.0/16 says phase 2 (ESP) is down: check")
                .hasMessageContaining(
                        "fed-1 (203.0.113.2) of 10.7.0.0/16 <-> 10.1.0.0/16 says phase 1 (IKE) is down: check");
    }

    @Test
    void anEndpointOfThisStepWithAnotherKeyIsPartlyAndMadeAnew() {
        Lab.get(run());
        there.calls().clear();
        IpsecPeer resumed = step.psk(Input.value(Secret.of("psk-canary-2290")));
        assertThat(Lab.get(resumed.reconcile(State.empty(), context)))
                .isEqualTo(Found.partly("orders (203.0.113.1) has a part, or something else, fed-1 (203.0.113.2) has a"
                        + " part, or something else"));
        Lab.get(resumed.run(State.empty(), context));
        assertOnePeering();
        assertThat(Lab.changes(there))
                .isEqualTo(Map.of("DELETE /ipsec/endpoints/{endpoint_id}", 1L, ENDPOINT, 1L, TUNNEL, 1L));
        Lab.await(undo());
        assertNothingLeft();
    }

    @Test
    void theDevicesOfARouteBasedPeeringNeedTwoAddresses() {
        assertThat(Lab.failure(
                        routeBased().routeBased(Cidr.of("169.254.10.4/32")).run(State.empty(), context),
                        FailureClass.PERMANENT))
                .hasMessage("the devices of a route-based peering need two addresses, 169.254.10.4/32 has 1");
        Lab.get(routeBased().routeBased(Cidr.of("169.254.10.4/31")).run(State.empty(), context));
        assertThat(Lab.get(lab.client("203.0.113.2").ipsec()).endpoints().get(0).deviceAddress())
                .contains("169.254.10.5/31");
    }

    @Test
    void aTunnelThatWentDownSaysWhenItWasUpLastAndAMuteHistoryHidesNothing() {
        Lab.get(run());
        there.configure("PUT", "/ipsec/endpoints/1", "{\"secret\":\"another key\"}");
        Lab.until(() -> !here.explain(1).equals("both sides agree"));
        there.faults().on("GET /status/link_history").always().status(502);
        Found found =
                Lab.get(step.connectedWithin(Duration.ofSeconds(1)).reconcile(State.empty(), context.withAttempt(2)));
        // the other side's endpoint is not as wanted any more, so only a peering that is shows its state
        assertThat(found).isInstanceOf(Found.Partly.class);
        there.configure("PUT", "/ipsec/endpoints/1", "{\"secret\":\"psk-canary-1190\"}");
        there.configure("PUT", "/ipsec/endpoints/1/tunnels/1", "{\"enabled\":false}");
        Lab.until(() ->
                !there.explain(1).equals("both sides agree") && !here.explain(1).equals("both sides agree"));
        assertThat(Lab.get(step.connectedWithin(Duration.ofSeconds(1)).reconcile(State.empty(), context)))
                .isInstanceOfSatisfying(Found.Partly.class, partly -> assertThat(partly.detail())
                        .matches("is not connected after PT1S: orders \\(203.0.113.1\\) says phase . .* \\(last up at"
                                + " \\S+Z\\); fed-1 \\(203.0.113.2\\) says phase .*[^)]"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"pfs\":false}",
                "{\"ike_version\":1}",
                "{\"nat_t_enabled\":false}",
                "{\"extra_config\":\"phase1=aes128\"}",
                "{\"ipaddress\":\"203.0.113.77\"}",
                "{\"private_ipaddress\":\"10.77.0.1\"}",
            })
    void anEndpointOfThisStepThatSomebodyChangedIsMadeAnew(String change) {
        Lab.get(run());
        there.configure("PUT", "/ipsec/endpoints/1", change);
        assertThat(reconcile())
                .isEqualTo(Found.partly(
                        "orders (203.0.113.1) is configured, fed-1 (203.0.113.2) has a part, or something else"));
        Lab.get(run());
        assertOnePeering();
    }

    @Test
    void anEndpointOfThisStepWithATunnelThatIsNotWantedIsMadeAnew() {
        Lab.get(step.subnets(Cidr.of("10.1.0.0/16"), Cidr.of("10.7.0.0/16")).run(State.empty(), context));
        assertThat(reconcile()).isInstanceOf(Found.Partly.class);
        Lab.get(run());
        assertOnePeering();
    }

    @Test
    void ofTwoEndpointsThatLateCallsMadeOneIsKept() {
        NewEndpoint twin = NewEndpoint.of("twin", THERE.address(), PSK)
                .withDescription(Mark.of(context).text());
        Lab.get(lab.client("203.0.113.1").createEndpoint(twin));
        Lab.get(lab.client("203.0.113.1").createEndpoint(twin));
        Lab.get(run());
        assertOnePeering();
    }

    @Test
    void reconcileOfAConfiguredTunnelThatStaysDownIsPartlyWithTheReason() {
        Lab.get(run());
        there.faults().on("GET /status/ipsec").always().answer(SimResponse.json(200, "{\"response\":{}}"));
        assertThat(Lab.get(step.connectedWithin(Duration.ofSeconds(2)).reconcile(State.empty(), context)))
                .isEqualTo(Found.partly("is not connected after PT2S: orders (203.0.113.1) says connected;"
                        + " fed-1 (203.0.113.2) does not list it"));
    }

    @Test
    void cancelInMidCallLetsTheCallEndAndUndoTakesWhatItMade() {
        Fault held = here.faults().on(ENDPOINT).holdAfter();
        boolean[] signalled = new boolean[1];
        Disposable run = run().subscribe(done -> signalled[0] = true, failure -> signalled[0] = true);
        Lab.get(held.reached());
        run.dispose();
        held.release();
        Lab.await(context.settled());
        assertThat(signalled[0]).isFalse();
        assertThat(context.made()).isNotEmpty();
        Lab.await(undo());
        assertNothingLeft();
    }

    @Test
    void anUnansweredCallEndsAfterTheRequestTimeout() {
        assertThat(reconcile()).isEqualTo(Found.absent());
        there.faults().on(ENDPOINT).holdAfter();
        IpsecPeer hasty = step.over(lab.access.withRequestTimeout(Duration.ofSeconds(2)));
        assertThat(Lab.failure(hasty.run(State.empty(), context), FailureClass.UNKNOWN_OUTCOME))
                .hasMessage("POST /api/ipsec/endpoints on 203.0.113.2: no answer in time");
        Lab.await(context.settled());
        Lab.await(undo());
        assertNothingLeft();
    }

    @Test
    void undoTakesBothSidesAndMayComeTwice() {
        Lab.get(run());
        Lab.await(undo());
        assertNothingLeft();
        Lab.await(undo());
        assertNothingLeft();
    }

    @Test
    void undoOfOneSideDoesNotWaitForTheOther() {
        Lab.get(run());
        here.faults().on("DELETE /ipsec/endpoints/{endpoint_id}").error("APIArgumentError", "not now");
        Lab.failure(undo(), FailureClass.PERMANENT);
        assertThat(there.inventory()).isEqualTo(thereBefore);
        Lab.await(undo());
        assertNothingLeft();
    }

    @Test
    void whenBothSidesFailTheOneThatMayPassIsToldSoThatUndoIsTriedAgain() {
        String delete = "DELETE /ipsec/endpoints/{endpoint_id}";
        Lab.get(run());
        here.faults().on(delete).error("APIArgumentError", "not now");
        there.faults().on(delete).status(503);
        assertThat(Lab.failure(undo(), FailureClass.TRANSIENT).getSuppressed())
                .singleElement()
                .satisfies(other -> assertThat(other).hasMessageContaining("on 203.0.113.1 answered 400"));
        here.faults().on(delete).status(503);
        there.faults().on(delete).status(503);
        Lab.failure(undo(), FailureClass.TRANSIENT);
        Lab.await(undo());
        assertNothingLeft();
    }

    @Test
    void undoAfterALostDeleteFindsItGone() {
        Lab.get(run());
        here.faults().on("DELETE /ipsec/endpoints/{endpoint_id}").dropAfter();
        Lab.failure(undo(), FailureClass.UNKNOWN_OUTCOME);
        Lab.await(undo());
        assertNothingLeft();
    }

    @Test
    void undoLeavesWhatAnotherStepMade() {
        TestContext other = context.withRunId("other");
        Lab.get(run());
        Inventory made = here.inventory();
        Lab.await(step.undo(State.empty(), Found.absent(), other));
        assertThat(here.inventory()).isEqualTo(made);
    }

    @Test
    void aTunnelOfSomebodyElseWithTheSameEndsIsRefused() {
        Lab.get(run());
        Inventory made = here.inventory();
        TestContext other = context.withRunId("other");
        assertThat(Lab.failure(step.run(State.empty(), other), FailureClass.PERMANENT)
                        .getMessage())
                .contains("has a tunnel ", " already, and this run did not make it");
        assertThat(here.inventory()).isEqualTo(made);
    }

    @Test
    void aRouteBasedTunnelOfSomebodyElseIsRefusedHoweverItsSelectorsAreWritten() {
        here.configure(
                "POST",
                "/ipsec/endpoints",
                "{\"name\":\"by-hand\",\"ipaddress\":\"203.0.113.2\",\"secret\":\"x\",\"vpn_type\":\"vti\","
                        + "\"route_based_local\":\"10.1.0.0/16\",\"route_based_remote\":\"10.0.0.0/16\"}");
        Inventory made = here.inventory();
        assertThat(Lab.failure(routeBased().run(State.empty(), context), FailureClass.PERMANENT))
                .hasMessage("endpoint 1 'by-hand' on orders (203.0.113.1) has a route-based tunnel to fed-1"
                        + " (203.0.113.2) already, and this run did not make it");
        assertThat(here.inventory()).isEqualTo(made);
    }

    @Test
    void whatAControllerTellsInOneTextOrNotAtAllIsNoDifference() {
        IpsecPeer worded = routeBased().extraConfig("phase1=aes256-sha2_256-dh14 phase2=aes256-sha2_256");
        Outputs outputs = Lab.get(worded.run(State.empty(), context));
        String told = "{\"response\":" + here.configure("GET", "/ipsec", "") + "}";
        String inOneText = told.replace("phase1=aes256-sha2_256-dh14\",\"phase2", "phase1=aes256-sha2_256-dh14 phase2");
        String withoutDevice = inOneText.replace("\"route_based_int_address\":\"169.254.10.1/30\",", "");
        String withoutWords = told.replace("[\"phase1=aes256-sha2_256-dh14\",\"phase2=aes256-sha2_256\"]", "[]");
        assertThat(Set.of(told, inOneText, withoutDevice, withoutWords)).hasSize(4);
        for (String each : List.of(told, inOneText, withoutDevice, withoutWords)) {
            here.faults().on("GET /ipsec").answer(SimResponse.json(200, each));
            assertThat(Lab.get(worded.reconcile(State.empty(), context)))
                    .as(each)
                    .isEqualTo(Found.done(outputs));
        }
    }

    @Test
    void aRouteBasedPeeringTakesTheTunnelThatComesWithItsEndpoint() {
        Tunnel tunnel = Lab.get(routeBased().run(State.empty(), context)).get(OUT);
        assertThat(tunnel).hasToString("orders 0.0.0.0/0 <-> 0.0.0.0/0 fed-1");
        assertThat(Lab.get(lab.client("203.0.113.1").ipsec()).endpoints().get(0).deviceAddress())
                .contains("169.254.10.1/30");
        assertThat(Lab.get(lab.client("203.0.113.2").ipsec()).endpoints().get(0).deviceAddress())
                .contains("169.254.10.2/30");
        assertThat(Lab.get(routeBased().reconcile(State.empty(), context)))
                .isEqualTo(Found.done(Outputs.of(OUT, tunnel)));
        assertThat(Lab.changes(here)).isEqualTo(Map.of(ENDPOINT, 1L));
        assertThat(tunnel.local().ends().get(0).tunnel()).isPositive();
        Lab.await(undo());
        assertNothingLeft();
    }

    @Test
    void aWrongPasswordIsRefusedBeforeTheRunAndSilenceIsNot() {
        Controller mistaken = HERE.withPassword(Secret.of("canary"));
        assertThat(Lab.failure(
                        IpsecPeer.between(Input.value(mistaken), Input.value(THERE))
                                .psk(Input.value(PSK))
                                .over(lab.access)
                                .preflight(State.empty(), context),
                        FailureClass.PERMANENT))
                .hasMessageContaining("on 203.0.113.1 answered 401");
        Lab.await(step.preflight(State.empty(), context));
        here.close();
        Lab.await(step.preflight(State.empty(), context));
    }

    @TestFactory
    Stream<DynamicTest> itKeepsWhatTheEngineReliesOn() {
        // both sides send at once; the checks that count calls are made for one at a time, and have tests of their own
        // here
        return StepContract.of(step).inventory(() -> List.of(here.inventory(), there.inventory())).checks().stream()
                .filter(check ->
                        !check.name().startsWith("each ") && !check.name().equals("nothing is changed outside mutate"))
                .map(check -> DynamicTest.dynamicTest(check.name(), check::run));
    }

    @Test
    void itSaysWhatItNeeds() {
        assertThat(step.contract().effect()).isEqualTo(Effect.undoable());
        assertThatThrownBy(() ->
                        IpsecPeer.between(Input.value(HERE), Input.value(THERE)).contract())
                .hasMessage("IpsecPeer.between(..) needs either .subnets(..) or .routeBased(..)");
        assertThatThrownBy(routeBased().subnets(Cidr.of("10.1.0.0/16"), Cidr.of("10.0.0.0/16"))::contract)
                .hasMessage("IpsecPeer.between(..) needs either .subnets(..) or .routeBased(..)");
        assertThatThrownBy(() -> IpsecPeer.between(Input.value(HERE), Input.value(THERE))
                        .subnets(Cidr.of("10.1.0.0/16"), Cidr.of("10.0.0.0/16"))
                        .contract())
                .hasMessage("IpsecPeer.between(..) needs .psk(..)");
        assertThat(Lab.failure(
                        step.psk(Input.value(Secret.of(""))).preflight(State.empty(), context), FailureClass.PERMANENT))
                .hasMessage("the pre-shared key is empty");
    }
}

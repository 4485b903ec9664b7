// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.vns3;

import static org.assertj.core.api.Assertions.assertThat;

import io.hybridpipe.Each;
import io.hybridpipe.Input;
import io.hybridpipe.Key;
import io.hybridpipe.Pipe;
import io.hybridpipe.PipeFailedException;
import io.hybridpipe.Run;
import io.hybridpipe.RunOptions;
import io.hybridpipe.Secret;
import io.hybridpipe.State;
import io.hybridpipe.Step;
import io.hybridpipe.TypeRef;
import io.hybridpipe.event.PipeEvent;
import io.hybridpipe.event.RunReport;
import io.hybridpipe.event.RunReport.Outcome;
import io.hybridpipe.net.Cidr;
import io.hybridpipe.net.Ip;
import io.hybridpipe.sim.Fault;
import io.hybridpipe.sim.vns3.Inventory;
import io.hybridpipe.sim.vns3.SimVns3;
import io.hybridpipe.vns3.api.Controller;
import io.hybridpipe.vns3.api.Ipsec;
import io.hybridpipe.vns3.api.IpsecEndpoint;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The VNS3 half of the main job: a new controller is set up and joined with two standing ones, then routes. */
@Timeout(180)
class StepsInPipesTest {
    private static final Key<Secret<String>> PSK =
            Key.of("psk", new TypeRef<Secret<String>>() {}).secret();
    private static final Key<Secret<String>> LICENSE =
            Key.of("license", new TypeRef<Secret<String>>() {}).secret();
    private static final Key<List<Controller>> FEDERATION = Key.listOf("federation", Controller.class);
    private static final Key<Controller> PEER = Key.of("peer", Controller.class);
    private static final Key<Controller> NEW = Key.of("new-controller", Controller.class);
    private static final Key<Tunnel> TUNNEL = Key.of("tunnel", Tunnel.class);
    private static final Key<List<Tunnel>> TUNNELS = Key.listOf("tunnels", Tunnel.class);
    private static final Duration SOON = Duration.ofSeconds(60);
    private static final String PSK_TEXT = "psk-canary-1190";

    private final Lab lab = new Lab();
    private final List<PipeEvent> events = new CopyOnWriteArrayList<>();
    private final RunOptions options = RunOptions.ofDefaults().listener(events::add);
    private final State input = State.of(PSK, Secret.of(PSK_TEXT))
            .with(LICENSE, Lab.LICENSE)
            .with(
                    FEDERATION,
                    List.of(
                            Controller.of("fed-1", Ip.of("203.0.113.1"), Lab.PASSWORD),
                            Controller.of("fed-2", Ip.of("203.0.113.2"), Lab.PASSWORD)));

    private SimVns3 fresh;
    private SimVns3 first;
    private SimVns3 second;
    private Inventory firstBefore;
    private Inventory secondBefore;

    @BeforeEach
    void start() {
        fresh = lab.launch("orders", "10.1.0.10", "203.0.113.9");
        first = lab.licensed("fed-1", "10.2.0.10", "203.0.113.1");
        second = lab.licensed("fed-2", "10.2.0.11", "203.0.113.2");
        firstBefore = first.inventory();
        secondBefore = second.inventory();
    }

    @AfterEach
    void close() {
        lab.close();
    }

    private Pipe pipe(Step last) {
        return Pipe.named("vns3")
                .needs(PSK, LICENSE, FEDERATION)
                .step(
                        "set-up-controller",
                        SetUpController.at(Ip.of("203.0.113.9"))
                                .password(Input.value(Lab.PASSWORD))
                                .license(LICENSE)
                                .keysetToken(Input.value(Lab.KEYSET_TOKEN))
                                .named("orders")
                                .topology("fednet")
                                .over(lab.access)
                                .pollEvery(Lab.POLL)
                                .into(NEW))
                .forEach(
                        "ipsec-peer",
                        Each.of(FEDERATION, PEER, Controller::name).atMost(8).collect(TUNNEL, TUNNELS),
                        peer -> peer.step(
                                "tunnel",
                                IpsecPeer.between(NEW, PEER)
                                        .psk(PSK)
                                        .subnets(Cidr.of("10.1.0.0/16"), Cidr.of("10.0.0.0/16"))
                                        .over(lab.access)
                                        .pollEvery(Lab.POLL)
                                        .into(TUNNEL)))
                .step(
                        "route",
                        AddRoute.on(NEW)
                                .to(Cidr.of("10.8.0.0/16"))
                                .via("eth0", Ip.of("10.1.0.1"))
                                .over(lab.access)
                                .pollEvery(Lab.POLL))
                .step("last", last)
                .build();
    }

    private static Step nothing() {
        return Step.using(NEW, controller -> {});
    }

    private State done(Pipe pipe) {
        return pipe.run(input, options).blockOptional(SOON).orElseThrow();
    }

    private RunReport failed(Pipe pipe) {
        Run run = pipe.start(input, options);
        RunReport report = run.settled().blockOptional(SOON).orElseThrow();
        assertThat(report.failure()).isPresent();
        return report;
    }

    private void assertFederationAsBefore() {
        assertThat(first.inventory()).isEqualTo(firstBefore);
        assertThat(second.inventory()).isEqualTo(secondBefore);
    }

    private void assertTwoTunnelsAndOneRoute() {
        Ipsec seen = Lab.get(lab.client("203.0.113.9").ipsec());
        assertThat(seen.endpoints()).extracting(IpsecEndpoint::name).containsExactlyInAnyOrder("to-fed-1", "to-fed-2");
        for (String address : List.of("203.0.113.1", "203.0.113.2")) {
            assertThat(Lab.get(lab.client(address).ipsec()).endpoints()).hasSize(1);
            assertThat(Lab.get(lab.client(address).tunnelStatus()))
                    .singleElement()
                    .satisfies(tunnel -> assertThat(tunnel.connected()).isTrue());
        }
        assertThat(Lab.get(lab.client("203.0.113.9").routes()))
                .filteredOn(route -> route.cidr().equals("10.8.0.0/16"))
                .hasSize(1);
    }

    @Test
    void aNewControllerIsSetUpAndJoinedWithBothOthers() {
        List<Tunnel> tunnels = done(pipe(nothing())).get(TUNNELS);
        assertThat(tunnels)
                .extracting(Tunnel::toString)
                .containsExactly(
                        "orders 10.1.0.0/16 <-> 10.0.0.0/16 fed-1", "orders 10.1.0.0/16 <-> 10.0.0.0/16 fed-2");
        assertTwoTunnelsAndOneRoute();
    }

    @ParameterizedTest
    @CsvSource({
        "fresh, PUT /license/parameters",
        "fresh, PUT /keyset",
        "first, POST /ipsec/endpoints",
        "second, POST /ipsec/endpoints/{endpoint_id}/tunnels",
        "fresh, POST /routes",
    })
    void aLostAnswerAnywhereIsLookedIntoAndTheRunEndsWithOneOfEverything(String side, String action) {
        SimVns3 controller =
                Map.of("fresh", fresh, "first", first, "second", second).get(side);
        Fault lost = controller.faults().on(action).dropAfter();
        done(pipe(nothing()));
        assertThat(lost.reached()).isCompleted();
        assertTwoTunnelsAndOneRoute();
        assertThat(Lab.changes(fresh))
                .containsEntry("PUT /license", 1L)
                .containsEntry("PUT /license/parameters", 1L)
                .containsEntry("PUT /keyset", 1L);
    }

    @ParameterizedTest
    @ValueSource(strings = {"PUT /license", "POST /ipsec/endpoints", "GET /ipsec"})
    void aPassingFaultIsRetried(String action) {
        Fault busy = fresh.faults().on(action).times(2).status(503);
        done(pipe(nothing()));
        assertThat(busy.reached()).isCompleted();
        assertTwoTunnelsAndOneRoute();
    }

    @Test
    void whenALaterStepFailsEverythingOnStandingControllersIsUndone() {
        RunReport report = failed(pipe(Step.using(NEW, controller -> {
            throw new IllegalStateException("no");
        })));
        assertThat(report.outcome()).isEqualTo(Outcome.UNDONE);
        assertThat(report.notUndone()).isEmpty();
        assertFederationAsBefore();
        assertThat(Lab.get(lab.client("203.0.113.9").ipsec()).endpoints()).isEmpty();
        assertThat(first.calls().changing()).hasSizeGreaterThan(2);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void cancelWhileAnEndpointIsBeingMadeLeavesNothing(boolean takesEffect) {
        Fault held = takesEffect
                ? first.faults().on("POST /ipsec/endpoints").holdAfter()
                : first.faults().on("POST /ipsec/endpoints").holdBefore();
        Run run = pipe(nothing()).start(input, options);
        Lab.get(held.reached());
        run.cancel("enough");
        held.release();
        RunReport report = run.settled().blockOptional(SOON).orElseThrow();
        assertThat(report.outcome()).as(report.toString()).isEqualTo(Outcome.UNDONE);
        assertFederationAsBefore();
    }

    @Test
    void noSecretIsInAnyEventReportOrFailureWhileTheWireHasThemAll() {
        fresh.faults().on("POST /routes").error("APIArgumentError", "gateway is invalid");
        RunReport report = failed(pipe(nothing()));
        Throwable failure = catchFailure();
        String told = report.fields() + " " + events + " " + failure + " "
                + events.stream().map(PipeEvent::fields).toList();
        String basic =
                Base64.getEncoder().encodeToString(("api:" + Lab.PASSWORD.reveal()).getBytes(StandardCharsets.UTF_8));
        assertThat(told).doesNotContain("canary").doesNotContain(basic).contains("gateway is invalid");
        assertThat(fresh.calls().wire())
                .contains(PSK_TEXT)
                .contains(Lab.KEYSET_TOKEN.reveal())
                .contains(basic);
    }

    private Throwable catchFailure() {
        fresh.faults().on("POST /routes").error("APIArgumentError", "gateway is invalid");
        try {
            done(pipe(nothing()));
            throw new AssertionError("it did not fail");
        } catch (PipeFailedException e) {
            return e;
        }
    }
}

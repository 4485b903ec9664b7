// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.azure.network;

import static io.hybridpipe.azure.network.Cloud.SOON;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.InstanceOfAssertFactories.STRING;

import com.azure.core.http.HttpPipelineBuilder;
import com.azure.core.http.rest.Response;
import com.azure.core.management.AzureEnvironment;
import com.azure.core.management.SubResource;
import com.azure.core.management.profile.AzureProfile;
import com.azure.resourcemanager.network.fluent.models.VirtualNetworkInner;
import com.azure.resourcemanager.network.fluent.models.VirtualNetworkPeeringInner;
import com.azure.resourcemanager.network.models.AddressSpace;
import com.azure.resourcemanager.network.models.VirtualNetworkPeeringState;
import com.azure.resourcemanager.resources.fluent.models.ResourceGroupInner;
import io.hybridpipe.Found;
import io.hybridpipe.Key;
import io.hybridpipe.Outputs;
import io.hybridpipe.State;
import io.hybridpipe.azure.ArmOperation;
import io.hybridpipe.azure.AzureAccount;
import io.hybridpipe.retry.FailureClass;
import io.hybridpipe.retry.StepFailure;
import io.hybridpipe.sim.Fault;
import io.hybridpipe.sim.SimResponse;
import io.hybridpipe.sim.azure.SimAzure;
import io.hybridpipe.test.StepContract;
import io.hybridpipe.test.TestContext;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.Timeout;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** A hub in one subscription is peered with a spoke in another. */
@Timeout(180)
class PeerVnetsTest {
    private static final String HERE = "00000000-0000-4000-8000-00000000aaaa";
    private static final String THERE = "00000000-0000-4000-8000-00000000bbbb";
    private static final String HUB = id(HERE, "hub");
    private static final String SPOKE = id(THERE, "spoke");
    private static final Key<String> SPOKE_ID = Key.of("spoke", String.class);
    private static final Key<AzurePeering> PEERING = Key.of("peering", AzurePeering.class);
    private static final State STATE = State.of(SPOKE_ID, SPOKE);
    private static final String PUT = "Microsoft.Network/virtualNetworks/virtualNetworkPeerings/write";
    private static final String DELETE = "Microsoft.Network/virtualNetworks/virtualNetworkPeerings/delete";
    private static final String READ = "Microsoft.Network/virtualNetworks/virtualNetworkPeerings/read";

    private static SimAzure azure;
    private static AzureAccount here;
    private static AzureAccount there;

    private final TestContext context = TestContext.at("hub/peer").withRunId("run-1");
    private final PeerVnets step =
            PeerVnets.between(here, HUB).and(there, SPOKE_ID).named("to-spoke").into(PEERING);
    private List<Object> before;

    @BeforeAll
    static void start() {
        azure = SimAzure.builder().subscription(HERE).subscription(THERE).start();
        here = account("hub", HERE);
        there = account("spokes", THERE);
        for (AzureAccount account : List.of(here, there)) {
            account.resources()
                    .getResourceGroups()
                    .createOrUpdateAsync("net", new ResourceGroupInner().withLocation("westeurope"))
                    .block(SOON);
        }
        network(here, "hub", "10.2.0.0/16");
        network(there, "spoke", "10.3.0.0/16");
    }

    @AfterAll
    static void stop() {
        azure.close();
    }

    @BeforeEach
    void look() {
        azure.faults().clear();
        azure.calls().clear();
        before = inventory();
    }

    @AfterEach
    void leavesNothing() {
        azure.faults().clear();
        List<Object> after = inventory();
        for (TestContext each : List.of(context, context.withNextToken(), otherRun())) {
            step.undo(STATE, Found.absent(), each).block(SOON);
        }
        assertThat(after).isEqualTo(before);
    }

    @TestFactory
    Stream<DynamicTest> keepsTheContractOfSteps() {
        return StepContract.of(step).state(STATE).inventory(PeerVnetsTest::inventory).checks().stream()
                .map(check -> DynamicTest.dynamicTest(check.name(), check::run));
    }

    @Test
    void bothSidesAreConnectedAndLetOnlyOwnTrafficThrough() {
        AzurePeering peering = run().get(PEERING);

        assertThat(peering.near()).isEqualTo(HUB + "/virtualNetworkPeerings/to-spoke-" + context.token());
        assertThat(peering.far()).isEqualTo(SPOKE + "/virtualNetworkPeerings/to-spoke-" + context.token());
        for (VirtualNetworkPeeringInner side : List.of(side(here, "hub"), side(there, "spoke"))) {
            assertThat(side.peeringState()).isEqualTo(VirtualNetworkPeeringState.CONNECTED);
            assertThat(side.allowVirtualNetworkAccess()).isTrue();
            assertThat(side.allowForwardedTraffic()).isFalse();
            assertThat(side.allowGatewayTransit()).isFalse();
            assertThat(side.useRemoteGateways()).isFalse();
        }
        assertThat(context.made()).extracting("id").containsExactly(peering.near(), peering.far());
        assertThat(context.made())
                .extracting("show")
                .first()
                .isEqualTo("az network vnet peering show --ids " + peering.near());
        undo();
        undo();
        assertThat(context.made()).isEmpty();
    }

    @Test
    void forwardedTrafficPassesBothWaysWhenAskedFor() {
        step.allowForwardedTraffic().run(STATE, context).block(SOON);

        assertThat(side(here, "hub").allowForwardedTraffic()).isTrue();
        assertThat(side(there, "spoke").allowForwardedTraffic()).isTrue();
        undo();
    }

    @Test
    void whenTheAnswerOfEitherSideIsLostTheStepSeesWhichOneLacks() {
        azure.faults().on(PUT).dropAfter();
        assertThat(Cloud.classOf(step.run(STATE, context))).isEqualTo(FailureClass.UNKNOWN_OUTCOME);
        assertThat(reconcile())
                .isEqualTo(Found.partly("virtual network peering net/hub/to-spoke-" + context.token() + " is Initiated,"
                        + " virtual network peering net/spoke/to-spoke-" + context.token() + " is missing"));

        azure.faults().on(PUT).dropAfter();
        assertThat(Cloud.classOf(step.run(STATE, context))).isEqualTo(FailureClass.UNKNOWN_OUTCOME);
        assertThat(reconcile()).isEqualTo(Found.done(run()));

        assertThat(azure.calls().of(PUT)).hasSize(2);
        undo();
    }

    @Test
    void anOperationThatGoesOnAfterACancelIsFoundAndUndone() throws Exception {
        Fault sent = azure.faults().on(PUT).nth(2).holdAfter();
        Disposable run = step.run(STATE, context).subscribe();
        sent.reached().get(60, TimeUnit.SECONDS);
        run.dispose();
        sent.release();
        context.settled().block(SOON);

        assertThat(reconcile()).isInstanceOf(Found.Done.class);
        undo();
        assertThat(context.gone()).extracting("id").hasSize(2).doesNotHaveDuplicates();
    }

    @Test
    void aSideWhoseOperationFailedIsMadeAgain() {
        azure.failNextOperation(PUT, "InternalServerError", "An error occurred.");
        assertThat(Cloud.failureOf(step.run(STATE, context)))
                .hasMessageStartingWith("make virtual network peering net/hub/to-spoke-" + context.token()
                        + ": InternalServerError: An error occurred. (hub, ");
        assertThat(reconcile()).isInstanceOf(Found.Partly.class);

        run();

        assertThat(side(here, "hub").peeringState()).isEqualTo(VirtualNetworkPeeringState.CONNECTED);
        undo();
    }

    @Test
    void aSideThatLostItsPartnerIsDeletedAndBothAreMadeAnew() {
        run();
        now(there, there.network().getVirtualNetworkPeerings().deleteWithResponseAsync("net", "spoke", own()));
        assertThat(side(here, "hub").peeringState()).isEqualTo(VirtualNetworkPeeringState.DISCONNECTED);
        assertThat(reconcile()).isInstanceOf(Found.Partly.class);

        run();

        assertThat(side(here, "hub").peeringState()).isEqualTo(VirtualNetworkPeeringState.CONNECTED);
        assertThat(side(there, "spoke").peeringState()).isEqualTo(VirtualNetworkPeeringState.CONNECTED);
        undo();
    }

    @Test
    void aRequestToSlowDownSaysForHowLong() {
        azure.faults().on(PUT).error("TooManyRequests", "slow down");

        StepFailure failure = Cloud.failureOf(step.run(STATE, context));

        assertThat(failure.failureClass()).isEqualTo(FailureClass.THROTTLED);
        assertThat(failure.retryAfter()).contains(Duration.ofSeconds(1));
    }

    @Test
    void aChangeOfEitherNetworkThatSomebodyElseHasUnderWayPasses() {
        azure.faults().on(PUT).error("AnotherOperationInProgress", "wait for it");
        assertThat(Cloud.classOf(step.run(STATE, context))).isEqualTo(FailureClass.TRANSIENT);

        azure.faults().on(PUT).error("ReferencedResourceNotProvisioned", "the spoke is Updating");
        assertThat(Cloud.classOf(step.run(STATE, context))).isEqualTo(FailureClass.TRANSIENT);
    }

    @Test
    void aLookThatFailsInPassingWhileTheSidesConnectIsRepeated() {
        azure.faults().on(READ).nth(7).status(503);

        assertThat(run().get(PEERING)).isNotNull();
        undo();
    }

    @Test
    void spokesOfOneHubDoNotGetInEachOthersWay() {
        IntStream.range(0, 4).forEach(i -> network(there, "spoke-" + i, "10.4" + i + ".0.0/16"));
        List<Object> built = inventory();
        List<PeerVnets> all = IntStream.range(0, 4)
                .mapToObj(i -> i % 2 == 0
                        ? PeerVnets.between(here, HUB).and(there, id(THERE, "spoke-" + i))
                        : PeerVnets.between(there, id(THERE, "spoke-" + i)).and(here, HUB))
                .toList();
        List<TestContext> contexts = IntStream.range(0, 4)
                .mapToObj(i -> TestContext.at("hub/peer-" + i))
                .toList();

        each(i -> all.get(i).run(State.empty(), contexts.get(i)));
        assertThat(azure.calls().of(PUT)).as("none was refused").hasSize(8);
        each(i -> all.get(i).undo(State.empty(), Found.absent(), contexts.get(i)));

        assertThat(azure.calls().of(DELETE)).hasSize(8);
        assertThat(inventory()).isEqualTo(built);
        IntStream.range(0, 4)
                .forEach(i ->
                        now(there, there.network().getVirtualNetworks().deleteWithResponseAsync("net", "spoke-" + i)));
    }

    private static void each(IntFunction<Mono<?>> call) {
        Mono.when(IntStream.range(0, 4).mapToObj(call).toList()).block(SOON);
    }

    @Test
    void aPeeringOfAnotherRunIsNamedAndNotTouched() {
        step.run(STATE, otherRun()).block(SOON);
        List<Object> theirs = inventory();
        azure.calls().clear();

        for (Mono<?> call : List.of(step.preflight(STATE, context), step.run(STATE, context))) {
            assertThat(Cloud.failureOf(call))
                    .hasMessage(
                            "peer virtual network net/hub with virtual network net/spoke: they are peered already by "
                                    + HUB
                                    + "/virtualNetworkPeerings/to-spoke-"
                                    + otherRun().token()
                                    + ", which another step or run made, and which is left as it is (" + here.where()
                                    + ")")
                    .extracting(FailureClass::of)
                    .isEqualTo(FailureClass.PERMANENT);
        }
        assertThat(reconcile()).isEqualTo(Found.absent());
        undo();
        assertThat(inventory()).isEqualTo(theirs);
        assertThat(azure.calls().changing()).isEmpty();
        step.undo(STATE, Found.absent(), otherRun()).block(SOON);
    }

    @Test
    void aSideThatSomebodyMadeByHandInTheFarNetworkIsNamedBeforeAnythingIsMade() {
        now(
                there,
                there.network()
                        .getVirtualNetworkPeerings()
                        .createOrUpdateWithResponseAsync(
                                "net",
                                "spoke",
                                "by-hand",
                                new VirtualNetworkPeeringInner()
                                        .withRemoteVirtualNetwork(new SubResource().withId(HUB)),
                                null));
        azure.calls().clear();

        assertThat(Cloud.failureOf(step.run(STATE, context)))
                .hasMessageContaining(SPOKE + "/virtualNetworkPeerings/by-hand, which no run made");
        assertThat(azure.calls().changing()).isEmpty();
        now(there, there.network().getVirtualNetworkPeerings().deleteWithResponseAsync("net", "spoke", "by-hand"));
    }

    @Test
    void whatCannotBePeeredIsRefusedBeforeTheRun() {
        network(there, "twin", "10.2.128.0/17");
        PeerVnets.First hub = PeerVnets.between(here, HUB);

        assertThat(refused(hub.and(there, id(THERE, "twin"))))
                .isEqualTo("peer virtual network net/hub with virtual network net/twin: their address spaces overlap:"
                        + " 10.2.0.0/16 and 10.2.128.0/17 (" + here.where() + ")");
        assertThat(refused(hub.and(there, id(THERE, "nowhere"))))
                .isEqualTo("peer virtual network net/hub with virtual network net/nowhere:"
                        + " virtual network net/nowhere is not there (" + there.where() + ")");
        PeerVnets keyed = hub.and(here, SPOKE_ID);
        assertThat(refused(keyed, State.of(SPOKE_ID, HUB)))
                .isEqualTo("PeerVnets: peer " + HUB + " with itself: give two virtual networks");
        assertThat(refused(keyed, STATE))
                .startsWith(
                        "PeerVnets: '" + SPOKE + "' is not the id of a virtual network in hub, subscription " + HERE);
        step.preflight(State.empty(), context).block(SOON);
        now(there, there.network().getVirtualNetworks().deleteWithResponseAsync("net", "twin"));
    }

    @Test
    void aThirdNetworkThatOverlapsIsPermanentWithWhatAzureSays() {
        network(here, "other", "10.3.0.0/16");
        run();

        PeerVnets third = PeerVnets.between(here, HUB).and(here, id(HERE, "other"));
        StepFailure failure = Cloud.failureOf(third.run(State.empty(), otherRun()));

        assertThat(failure.failureClass()).isEqualTo(FailureClass.PERMANENT);
        assertThat(failure).hasMessageContaining("VnetAddressSpaceOverlapsWithAlreadyPeeredVnet: ");
        third.undo(State.empty(), Found.absent(), otherRun()).block(SOON);
        undo();
        now(here, here.network().getVirtualNetworks().deleteWithResponseAsync("net", "other"));
    }

    @Test
    void theSideThatIsLeftIsUndoneWhenTheOtherNetworkIsGone() {
        network(there, "short-lived", "10.5.0.0/16");
        State state = State.of(SPOKE_ID, id(THERE, "short-lived"));
        step.run(state, context).block(SOON);
        now(there, there.network().getVirtualNetworks().deleteWithResponseAsync("net", "short-lived"));

        assertThat(step.reconcile(state, context).block(SOON)).isInstanceOf(Found.Partly.class);
        step.undo(state, Found.absent(), context).block(SOON);

        assertThat(context.made()).isEmpty();
    }

    @Test
    void theFarSideIsUndoneAlsoWhenTheNearOneCannotBe() {
        run();
        azure.faults().on(DELETE).error("ScopeLocked", "it is locked");

        assertThat(Cloud.failureOf(step.undo(STATE, Found.absent(), context)))
                .hasMessageStartingWith("delete virtual network peering net/hub/")
                .hasMessageContaining("ScopeLocked");

        assertThat(context.gone()).extracting("id").containsExactly(SPOKE + "/virtualNetworkPeerings/" + own());
        undo();
    }

    @Test
    void whenBothSidesAreRefusedTheFailureOfEitherIsKept() {
        SimResponse denied = SimResponse.json(403, """
                {"error": {"code": "AuthorizationFailed", "message": "not you"}}""");
        azure.faults().on(READ).always().answer(denied);

        StepFailure unseen = Cloud.failureOf(step.reconcile(STATE, context));
        assertThat(unseen).hasMessageStartingWith("look at virtual network peering net/hub/");
        assertThat(unseen.getSuppressed())
                .singleElement()
                .extracting(Throwable::getMessage, STRING)
                .startsWith("look at virtual network peering net/spoke/");

        azure.faults().clear();
        run();
        azure.faults().on(DELETE).always().answer(denied);
        StepFailure left = Cloud.failureOf(step.undo(STATE, Found.absent(), context));
        assertThat(left).hasMessageStartingWith("delete virtual network peering net/hub/");
        assertThat(left.getSuppressed())
                .singleElement()
                .extracting(Throwable::getMessage, STRING)
                .startsWith("delete virtual network peering net/spoke/");
        azure.faults().clear();
        undo();
    }

    @Test
    void anUndoIsTriedAgainWhenOneSideMayYetGo() {
        run();
        azure.faults().on(DELETE).error("ScopeLocked", "it is locked");
        azure.faults().on(DELETE).nth(2).error("AnotherOperationInProgress", "wait for it");

        StepFailure failure = Cloud.failureOf(step.undo(STATE, Found.absent(), context));

        assertThat(failure.failureClass()).isEqualTo(FailureClass.TRANSIENT);
        assertThat(failure).hasMessageStartingWith("delete virtual network peering net/spoke/");
        assertThat(failure.getSuppressed())
                .singleElement()
                .extracting(Throwable::getMessage, STRING)
                .startsWith("delete virtual network peering net/hub/");
        undo();
    }

    private String refused(PeerVnets peering) {
        return refused(peering, State.empty());
    }

    private String refused(PeerVnets peering, State state) {
        StepFailure failure = Cloud.failureOf(peering.preflight(state, context));
        assertThat(failure.failureClass()).isEqualTo(FailureClass.PERMANENT);
        return failure.getMessage();
    }

    private Outputs run() {
        return step.run(STATE, context).block(SOON);
    }

    private Found reconcile() {
        return step.reconcile(STATE, context).block(SOON);
    }

    private void undo() {
        step.undo(STATE, Found.absent(), context).block(SOON);
    }

    private static TestContext otherRun() {
        return TestContext.at("hub/peer").withRunId("run-2");
    }

    private String own() {
        return "to-spoke-" + context.token();
    }

    private VirtualNetworkPeeringInner side(AzureAccount account, String network) {
        return account.network()
                .getVirtualNetworkPeerings()
                .getAsync("net", network, own())
                .block(SOON);
    }

    private static List<Object> inventory() {
        return List.of(azure.inventory(HERE), azure.inventory(THERE));
    }

    private static String id(String subscription, String network) {
        return "/subscriptions/" + subscription + "/resourceGroups/net/providers/Microsoft.Network/virtualNetworks/"
                + network;
    }

    private static AzureAccount account(String alias, String subscription) {
        AzureEnvironment environment = new AzureEnvironment(Map.of(
                "resourceManagerEndpointUrl", azure.endpoint() + "/",
                "managementEndpointUrl", azure.endpoint() + "/",
                "activeDirectoryEndpointUrl", azure.endpoint() + "/"));
        return AzureAccount.of(
                        alias, new AzureProfile(null, subscription, environment), new HttpPipelineBuilder().build())
                .pollEvery(Duration.ofMillis(5));
    }

    private static void network(AzureAccount account, String name, String block) {
        VirtualNetworkInner body =
                new VirtualNetworkInner().withAddressSpace(new AddressSpace().withAddressPrefixes(List.of(block)));
        body.withLocation("westeurope");
        now(account, account.network().getVirtualNetworks().createOrUpdateWithResponseAsync("net", name, body));
    }

    private static void now(AzureAccount account, Mono<Response<Flux<ByteBuffer>>> call) {
        ArmOperation.acceptedBy(call)
                .flatMap(operation -> operation.finished(account, "furnish"))
                .block(SOON);
    }
}

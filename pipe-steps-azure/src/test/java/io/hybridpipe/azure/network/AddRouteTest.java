// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.azure.network;

import static io.hybridpipe.azure.network.Cloud.SOON;
import static io.hybridpipe.azure.network.Cloud.classOf;
import static io.hybridpipe.azure.network.Cloud.failureOf;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.azure.resourcemanager.network.fluent.models.RouteInner;
import com.azure.resourcemanager.network.models.RouteNextHopType;
import io.hybridpipe.Found;
import io.hybridpipe.Key;
import io.hybridpipe.Outputs;
import io.hybridpipe.State;
import io.hybridpipe.net.Cidr;
import io.hybridpipe.net.Ip;
import io.hybridpipe.retry.FailureClass;
import io.hybridpipe.retry.StepFailure;
import io.hybridpipe.sim.Fault;
import io.hybridpipe.test.StepContract;
import java.time.Duration;
import java.util.Map;
import java.util.SortedMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.Timeout;
import reactor.core.Disposable;
import reactor.core.publisher.Mono;

@Timeout(180)
class AddRouteTest {
    private static final Key<Cidr> VPC = Key.of("vpc", Cidr.class);
    private static final Key<String> TABLE = Key.of("table", String.class);
    private static final State STATE = State.of(VPC, Cidr.of("10.1.0.0/16"));
    private static final String PUT = "Microsoft.Network/routeTables/routes/write";
    private static final String DELETE = "Microsoft.Network/routeTables/routes/delete";
    private static final String OWN = "to-vpc-" + "1".repeat(32);

    private final Cloud cloud;
    private final AddRoute step;
    private final Attempt context = Attempt.of(1);
    private SortedMap<String, Map<String, Object>> before;

    AddRouteTest() throws Exception {
        cloud = new Cloud();
        before = cloud.inventory();
        step = AddRoute.in(cloud.account())
                .resourceGroup("fed")
                .table("routes")
                .named("to-vpc")
                .to(VPC)
                .viaAppliance(Ip.of("10.2.0.4"));
    }

    @AfterEach
    void close() {
        cloud.close();
    }

    @TestFactory
    Stream<DynamicTest> keepsTheContractOfSteps() {
        return StepContract.of(step).state(STATE).inventory(cloud::inventory).checks().stream()
                .map(check -> DynamicTest.dynamicTest(check.name(), check::run));
    }

    @Test
    void theRouteLeadsThePrefixToTheAppliance() {
        run();

        assertThat(cloud.routes()).singleElement().satisfies(route -> {
            assertThat(route.name()).isEqualTo(OWN);
            assertThat(route.addressPrefix()).isEqualTo("10.1.0.0/16");
            assertThat(route.nextHopType()).isEqualTo(RouteNextHopType.VIRTUAL_APPLIANCE);
            assertThat(route.nextHopIpAddress()).isEqualTo("10.2.0.4");
            assertThat(route.provisioningState()).hasToString("Succeeded");
        });
        assertThat(context.resources()).singleElement().satisfies(resource -> {
            assertThat(resource.id()).isEqualTo(cloud.routes().get(0).id());
            assertThat(resource.show()).isEqualTo("az network route-table route show --ids " + resource.id());
        });
    }

    @Test
    void whileAnotherOperationHoldsTheTableTheStepIsTransientAndSucceedsAfterIt() {
        cloud.faults().on(PUT).error("AnotherOperationInProgress", "wait for it");

        assertThat(classOf(step.run(STATE, context))).isEqualTo(FailureClass.TRANSIENT);
        assertThat(cloud.routes()).isEmpty();
        run();
        assertThat(cloud.routes()).hasSize(1);
    }

    @Test
    void whenAskedToSlowDownTheStepSaysForHowLong() {
        cloud.faults().on(PUT).error("TooManyRequests", "slow down");

        StepFailure failure = failureOf(step.run(STATE, context));

        assertThat(failure.failureClass()).isEqualTo(FailureClass.THROTTLED);
        assertThat(failure.retryAfter()).contains(Duration.ofSeconds(1));
    }

    @Test
    void aTableThatIsNotThereIsPermanentAndNamed() {
        StepFailure failure = failureOf(step.table("rutes").run(STATE, context));

        assertThat(failure.failureClass()).isEqualTo(FailureClass.PERMANENT);
        assertThat(failure)
                .hasMessageContaining("look at route table fed/rutes: ResourceNotFound")
                .hasMessageContaining("federation");
    }

    @Test
    void aForeignRouteForThePrefixIsNeverOverwritten() {
        cloud.addForeign("old-vpn", toVpc(RouteNextHopType.VIRTUAL_APPLIANCE, "10.2.0.99"));
        before = cloud.inventory();

        StepFailure failure = failureOf(step.run(STATE, context));

        assertThat(failure.failureClass()).isEqualTo(FailureClass.PERMANENT);
        assertThat(failure)
                .hasMessageContaining(
                        "already has route 'old-vpn' (10.1.0.0/16 to VirtualAppliance 10.2.0.99), which no"
                                + " run made");
        assertThat(cloud.inventory()).isEqualTo(before);
    }

    @Test
    void aForeignRouteForAWiderPrefixIsNoObstacle() {
        cloud.addForeign("wider", toVpc(RouteNextHopType.NONE, null).withAddressPrefix("10.0.0.0/8"));

        run();
        assertThat(cloud.routes()).hasSize(2);
    }

    @Test
    void aForeignRouteOfTheNameIsNeverOverwritten() {
        RouteInner elsewhere = toVpc(RouteNextHopType.NONE, null).withAddressPrefix("192.0.2.0/24");
        cloud.addForeign("to-vpc", elsewhere);

        assertThat(failureOf(step.run(STATE, context))).hasMessageContaining("already has route 'to-vpc'");
    }

    @Test
    void aRouteOfAnotherRunIsForeignAndSaidToBeThatRuns() {
        run();

        assertThat(failureOf(step.run(STATE, Attempt.of(2))))
                .hasMessageContaining("already has route '" + OWN + "'")
                .hasMessageContaining("which another step or run made");
    }

    @Test
    void aLostAnswerIsUnknownAndReconcileFindsTheRoute() {
        cloud.faults().on(PUT).dropAfter();

        assertThat(classOf(step.run(STATE, context))).isEqualTo(FailureClass.UNKNOWN_OUTCOME);
        assertThat(reconcile()).isEqualTo(Found.done(Outputs.none()));
        assertThat(context.resources()).hasSize(1);
    }

    @Test
    void aLostCallIsUnknownAndReconcileFindsNothing() {
        cloud.faults().on(PUT).dropBefore();

        assertThat(classOf(step.run(STATE, context))).isEqualTo(FailureClass.UNKNOWN_OUTCOME);
        assertThat(reconcile()).isEqualTo(Found.absent());
        assertThat(cloud.calls().of(PUT))
                .as("calls that change something are sent once")
                .hasSize(1);
    }

    @Test
    void anOperationThatFailsSaysWhyAndWhatItLeftIsFoundAndUndone() {
        cloud.azure().failNextOperation(PUT, "NextHopNotReachable", "no such appliance");

        StepFailure failure = failureOf(step.run(STATE, context));

        assertThat(failure).hasMessageContaining("NextHopNotReachable: no such appliance");
        assertThat(reconcile()).isNotEqualTo(Found.done(Outputs.none()));
        undo();
        assertThat(cloud.inventory()).isEqualTo(before);
        assertThat(context.resources()).isEmpty();
    }

    @Test
    void anAttemptThatTimesOutInMidCallIsFoundAndUndoneOnceItsCallHasEnded() throws Exception {
        Fault held = cloud.faults().on(PUT).holdBefore();
        // the attempt's timeout strikes as soon as the call has arrived
        Mono<?> arrived = Mono.fromFuture(held.reached(), true);
        assertThat(step.run(STATE, context)
                        .timeout(arrived)
                        .then(Mono.<Throwable>empty())
                        .onErrorResume(Mono::just)
                        .block(SOON))
                .isInstanceOf(TimeoutException.class);

        held.release();
        context.settled().block(SOON);
        assertThat(context.resources())
                .as("told although nobody waited any more")
                .hasSize(1);
        assertThat(reconcile()).isEqualTo(Found.done(Outputs.none()));
        undo();
        assertThat(cloud.inventory()).isEqualTo(before);
    }

    @Test
    void whatGoesOnAfterACancelIsFoundAndUndone() throws Exception {
        Fault held =
                cloud.faults().on("Microsoft.Network/locations/operations/read").holdBefore();
        Disposable attempt = step.run(STATE, context).subscribe();
        held.reached().get(60, TimeUnit.SECONDS);
        attempt.dispose();

        held.release();
        context.settled().block(SOON);
        assertThat(reconcile()).isEqualTo(Found.done(Outputs.none()));
        undo();
        assertThat(cloud.inventory()).isEqualTo(before);
    }

    @Test
    void aCancelBeforeAnythingWasSentLeavesNothing() throws Exception {
        Fault held = cloud.faults().on("Microsoft.Network/routeTables/read").holdBefore();
        Disposable attempt = step.run(STATE, context).subscribe();
        held.reached().get(60, TimeUnit.SECONDS);
        attempt.dispose();
        held.release();

        assertThat(reconcile()).isEqualTo(Found.absent());
        assertThat(cloud.calls().changing()).isEmpty();
    }

    @Test
    void undoDeletesOnlyTheOwnRouteAndASecondUndoIsNoError() {
        cloud.addForeign("other", toVpc(RouteNextHopType.NONE, null).withAddressPrefix("192.0.2.0/24"));
        before = cloud.inventory();
        run();
        undo();
        undo();

        assertThat(cloud.inventory()).isEqualTo(before);
        assertThat(context.resources()).isEmpty();
        assertThat(cloud.calls().of(DELETE)).hasSize(1);
    }

    @Test
    void anUndoWhoseAnswerIsLostIsUnknownAndTheNextOneFindsItDone() {
        run();
        cloud.faults().on(DELETE).dropAfter();

        assertThat(classOf(step.undo(STATE, Found.done(Outputs.none()), context)))
                .isEqualTo(FailureClass.UNKNOWN_OUTCOME);
        undo();
        assertThat(cloud.inventory()).isEqualTo(before);
    }

    @Test
    void undoOfARouteWhoseTableIsGoneIsDone() {
        run();
        cloud.now(cloud.network().getRouteTables().deleteWithResponseAsync("fed", "routes"));

        undo();
        assertThat(context.resources()).isEmpty();
    }

    @Test
    void aSecondSubscriptionIsAFreshAttempt() {
        Mono<Outputs> attempt = step.run(STATE, context);
        assertThat(cloud.calls().all()).isEmpty();
        attempt.block(SOON);
        attempt.block(SOON);

        assertThat(cloud.calls().of(PUT)).hasSize(2);
        assertThat(cloud.routes()).hasSize(1);
    }

    @Test
    void theTableMayBeGivenByItsId() {
        String id = cloud.network()
                .getRouteTables()
                .getByResourceGroupAsync("fed", "routes")
                .block(SOON)
                .id();
        AddRoute byId = AddRoute.in(cloud.account()).tableId(TABLE).to(VPC).viaAppliance(Ip.of("10.2.0.4"));
        byId.run(STATE.with(TABLE, id), context).block(SOON);

        assertThat(cloud.routes()).hasSize(1);
        assertThat(byId.contract().reads()).containsExactlyInAnyOrder(VPC, TABLE);
        assertThat(failureOf(byId.run(STATE.with(TABLE, "routes"), context)))
                .hasMessageStartingWith(
                        "AddRoute: 'routes' is not the id of a route table in federation, subscription");
    }

    @Test
    void preflightRefusesATableThatIsNotThere() {
        step.preflight(State.empty(), context).block(SOON);

        assertThat(failureOf(step.table("rutes").preflight(State.empty(), context)))
                .hasMessageContaining("look at route table fed/rutes: ResourceNotFound")
                .hasMessageEndingWith("; if this pipe makes it, use tableId(..)");
    }

    @Test
    void preflightChecksTheCredentialWhileTheTableIsNotKnown() {
        step.table(TABLE).preflight(State.empty(), context).block(SOON);
        cloud.faults().on("Microsoft.Resources/subscriptions/read").error("ExpiredAuthenticationToken", "log in again");

        assertThat(failureOf(step.table(TABLE).preflight(State.empty(), context)))
                .hasMessageContaining("check the credential: ExpiredAuthenticationToken: log in again");
    }

    @Test
    void theContractReadsWhatTheInputsRead() {
        assertThat(step.table(TABLE).contract().reads()).containsExactlyInAnyOrder(VPC, TABLE);
    }

    @Test
    void aPartThatWasNotGivenIsNamedWhenTheStepIsPutIntoAPipe() {
        assertThatThrownBy(
                        () -> AddRoute.in(cloud.account()).resourceGroup("fed").contract())
                .hasMessage("AddRoute: call table(..)");
    }

    private void run() {
        step.run(STATE, context).block(SOON);
    }

    private Found reconcile() {
        return step.reconcile(STATE, context).block(SOON);
    }

    private void undo() {
        step.undo(STATE, Found.unknown("test"), context).block(SOON);
    }

    private static RouteInner toVpc(RouteNextHopType type, String hop) {
        return new RouteInner()
                .withAddressPrefix("10.1.0.0/16")
                .withNextHopType(type)
                .withNextHopIpAddress(hop);
    }
}

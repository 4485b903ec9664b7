// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.aws.ec2;

import static io.hybridpipe.aws.TestAws.POLL;
import static io.hybridpipe.aws.TestAws.SOON;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hybridpipe.Found;
import io.hybridpipe.Input;
import io.hybridpipe.Key;
import io.hybridpipe.Outputs;
import io.hybridpipe.Pipe;
import io.hybridpipe.Run;
import io.hybridpipe.RunOptions;
import io.hybridpipe.State;
import io.hybridpipe.Step;
import io.hybridpipe.aws.TestAws;
import io.hybridpipe.event.RunReport;
import io.hybridpipe.net.Cidr;
import io.hybridpipe.net.Looks;
import io.hybridpipe.retry.FailureClass;
import io.hybridpipe.retry.StepFailure;
import io.hybridpipe.sim.Fault;
import io.hybridpipe.sim.aws.Inventory;
import io.hybridpipe.test.TestContext;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import reactor.core.Disposable;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;
import software.amazon.awssdk.retries.api.BackoffStrategy;
import software.amazon.awssdk.services.ec2.model.Instance;
import software.amazon.awssdk.services.ec2.model.Route;
import software.amazon.awssdk.services.ec2.model.RouteState;

class AddRouteTest {
    private static final Cidr ON_PREM = Cidr.of("10.0.0.0/16");

    private final TestContext context = TestContext.at("fednet/vpc-routes").withRunId("run-1");
    private TestAws aws;
    private TestAws.Network network;
    private AddRoute step;
    private Inventory before;

    @BeforeEach
    void start() {
        aws = TestAws.start();
        network = aws.network();
        step = AddRoute.in(aws.account())
                .table(network.table())
                .to(ON_PREM)
                .viaInterface(network.eni())
                .pollEvery(POLL);
        before = aws.inventory();
    }

    @AfterEach
    void stop() {
        aws.close();
    }

    @Test
    void addsTheRouteAndSaysSo() {
        assertThat(step.run(State.empty(), context).block(SOON)).isEqualTo(Outputs.none());
        assertThat(routes()).extracting(Route::networkInterfaceId).containsExactly(network.eni());
        assertThat(context.made()).singleElement().satisfies(route -> {
            assertThat(route.id()).isEqualTo(network.table() + "|10.0.0.0/16");
            assertThat(route.where()).isEqualTo("account-a/eu-central-1");
            assertThat(route.show())
                    .isEqualTo("aws ec2 describe-route-tables --route-table-ids " + network.table()
                            + " --region eu-central-1");
        });
    }

    @Test
    void aRouteMayLeadToAGateway() {
        String gateway = aws.account()
                .ec2()
                .createInternetGateway()
                .join()
                .internetGateway()
                .internetGatewayId();
        aws.account()
                .ec2()
                .attachInternetGateway(r -> r.vpcId(network.vpc()).internetGatewayId(gateway))
                .join();
        assertRouteIsMadeFoundAndTakenBack(step.viaGateway(Input.value(gateway)));
        assertThat(step.viaGateway(Input.value(gateway))
                        .run(State.empty(), context)
                        .block(SOON))
                .isEqualTo(Outputs.none());
        assertThat(routes()).extracting(Route::gatewayId).containsExactly(gateway);
    }

    @Test
    void aRouteMayLeadToAnInstanceAndThenGoesToItsInterface() {
        Instance instance = runningInstance();
        assertRouteIsMadeFoundAndTakenBack(step.viaInstance(Input.value(instance.instanceId())));
        step.viaInstance(Input.value(instance.instanceId()))
                .run(State.empty(), context)
                .block(SOON);
        assertThat(routes())
                .extracting(Route::networkInterfaceId)
                .containsExactly(instance.networkInterfaces().get(0).networkInterfaceId());
    }

    private void assertRouteIsMadeFoundAndTakenBack(AddRoute towards) {
        Inventory furnished = aws.inventory();
        TestContext own = context.withRunId("run-2");
        assertThat(towards.reconcile(State.empty(), own).block(SOON)).isEqualTo(Found.absent());
        towards.run(State.empty(), own).block(SOON);
        assertThat(towards.reconcile(State.empty(), own).block(SOON)).isEqualTo(Found.done(Outputs.none()));
        towards.undo(State.empty(), Found.done(Outputs.none()), own).block(SOON);
        assertThat(aws.inventory()).isEqualTo(furnished);
    }

    @Test
    void readsItsInputsFromTheState() {
        Key<String> table = Key.of("table", String.class);
        Key<Cidr> cidr = Key.of("cidr", Cidr.class);
        Key<String> eni = Key.of("eni", String.class);
        AddRoute keyed = AddRoute.in(aws.account()).table(table).to(cidr).viaInterface(eni);
        assertThat(keyed.contract().reads()).isEqualTo(Set.of(table, cidr, eni));
        keyed.preflight(State.empty(), context).block(SOON);
        assertThat(aws.calls("CreateRoute")).isEmpty();
        keyed.run(State.of(table, network.table()).with(cidr, ON_PREM).with(eni, network.eni()), context)
                .block(SOON);
        assertThat(routes()).hasSize(1);
    }

    @Test
    void aThrottledAttemptIsFollowedByOneThatSucceeds() {
        aws.faults().on("CreateRoute").times(2).error("RequestLimitExceeded", "Request limit exceeded.");
        assertThat(runInPipe().outcome()).isEqualTo(RunReport.Outcome.DONE);
        assertThat(routes()).hasSize(1);
        assertThat(aws.calls("CreateRoute")).hasSize(4); // the dry run first
    }

    @Test
    void aTableThatIsNotThereIsSaidWithItsPlace() {
        StepFailure failure = failure(step.table("rtb-00000000000000000"));
        assertThat(failure.failureClass()).isEqualTo(FailureClass.NOT_YET_VISIBLE);
        assertThat(failure)
                .hasMessageStartingWith("DescribeRouteTables rtb-00000000000000000 in account-a/eu-central-1:"
                        + " InvalidRouteTableID.NotFound: ");
    }

    @Test
    void anInterfaceThatIsNotThereFailsAndLeavesNothing() {
        RunReport report =
                runInPipe(step.viaInterface(Input.from(Input.value("eni-0000000"), LATE, (eni, late) -> eni + late)));
        assertThat(report.outcome()).isEqualTo(RunReport.Outcome.UNDONE);
        assertThat(report.failure().orElseThrow().message()).contains("InvalidNetworkInterfaceID.NotFound");
        assertThat(aws.inventory()).isEqualTo(before);
    }

    @Test
    void aRouteToAnotherTargetIsNotOverwrittenButNamed() {
        addForeign(network.otherEni());
        Inventory foreign = aws.inventory();
        StepFailure failure = failure(step);
        assertThat(failure.failureClass()).isEqualTo(FailureClass.PERMANENT);
        assertThat(failure)
                .hasMessage(network.table() + " in account-a/eu-central-1 has a route to 10.0.0.0/16 via "
                        + network.otherEni() + " already (blackhole, not made by HybridPipe); it is not overwritten"
                        + " with " + network.eni());
        assertThat(aws.inventory()).isEqualTo(foreign);
    }

    @Test
    void aRouteOfAnotherRunIsRefusedWithTheNamesOfRunAndStep() {
        TestContext other = TestContext.at("orders/there").withRunId("run-2");
        step.viaInterface(network.otherEni()).run(State.empty(), other).block(SOON);
        Inventory theirs = aws.inventory();
        assertThat(failure(step))
                .hasMessageContaining("via " + network.otherEni()
                        + " already (blackhole, made by orders/there of run run-2); it is not overwritten");
        step.undo(State.empty(), Found.absent(), context).block(SOON);
        assertThat(aws.inventory()).isEqualTo(theirs);
    }

    @Test
    void twoRunsThatWantTheSameRouteDoNotTakeEachOthersMark() {
        TestContext other = context.withRunId("run-2");
        Fault held = aws.faults().on("CreateRoute").holdBefore();
        var theirs = step.run(State.empty(), other).toFuture();
        join(held);
        step.run(State.empty(), context).block(SOON);
        held.release();
        theirs.orTimeout(60, SECONDS).join();
        step.undo(State.empty(), Found.absent(), other).block(SOON);
        assertThat(routes()).hasSize(1);
        step.undo(State.empty(), Found.absent(), context).block(SOON);
        assertThat(aws.inventory()).isEqualTo(before);
    }

    @Test
    void undoDeletesARouteThatIsABlackholeSinceItsInstanceIsGone() {
        Instance instance = runningInstance();
        Inventory furnished = aws.inventory();
        AddRoute towards = step.viaInstance(Input.value(instance.instanceId()));
        towards.run(State.empty(), context).block(SOON);
        aws.account()
                .ec2()
                .terminateInstances(r -> r.instanceIds(instance.instanceId()))
                .join();
        waitFor(() -> routes().get(0).state() == RouteState.BLACKHOLE);
        towards.undo(State.empty(), Found.done(Outputs.none()), context).block(SOON);
        assertThat(routes()).isEmpty();
        assertThat(aws.inventory().kinds().get("route-table"))
                .isEqualTo(furnished.kinds().get("route-table"));
    }

    @Test
    void aRouteThatWasThereBeforeIsEnoughAndStaysAfterUndo() {
        addForeign(network.eni());
        Inventory foreign = aws.inventory();
        step.run(State.empty(), context).block(SOON);
        assertThat(context.made()).isEmpty();
        assertThat(step.reconcile(State.empty(), context).block(SOON)).isEqualTo(Found.absent());
        step.undo(State.empty(), Found.done(Outputs.none()), context).block(SOON);
        assertThat(aws.inventory()).isEqualTo(foreign);
    }

    @Test
    void aRouteThatSomebodyElseAddsInBetweenIsNotTakenForOurs() {
        Fault held = aws.faults().on("CreateRoute").holdBefore();
        var run = step.run(State.empty(), context).toFuture();
        join(held);
        addForeign(network.eni());
        Inventory foreign = aws.inventory();
        held.release();
        assertThat(run.orTimeout(60, SECONDS).join()).isEqualTo(Outputs.none());
        step.undo(State.empty(), Found.done(Outputs.none()), context).block(SOON);
        assertThat(routes()).hasSize(1);
        assertThat(foreign).isNotEqualTo(aws.inventory()); // the step's tag is gone, the route is there
    }

    @Test
    void afterALostAnswerItsOwnRouteIsFoundAndNotMadeTwice() {
        aws.faults().on("CreateRoute").nth(2).dropAfter(); // the first is the dry run
        assertThat(runInPipe().outcome()).isEqualTo(RunReport.Outcome.DONE);
        assertThat(routes()).hasSize(1);
        assertThat(aws.calls("CreateRoute")).hasSize(2);
    }

    @Test
    void aRequestThatNeverArrivedIsSentAgain() {
        aws.faults().on("CreateRoute").nth(2).dropBefore();
        assertThat(runInPipe().outcome()).isEqualTo(RunReport.Outcome.DONE);
        assertThat(routes()).hasSize(1);
    }

    @Test
    void anAttemptThatComesThroughLateIsTheStepsOwn() {
        aws.faults().on("CreateRoute").dropAfter();
        assertThat(failure(step).failureClass()).isEqualTo(FailureClass.UNKNOWN_OUTCOME);
        step.run(State.empty(), context).block(SOON);
        assertThat(context.made()).hasSize(1);
        assertThat(step.reconcile(State.empty(), context).block(SOON)).isEqualTo(Found.done(Outputs.none()));
    }

    @Test
    void anAttemptTimeoutLeavesNothing() {
        Fault held = aws.faults().on("CreateRoute").nth(2).holdAfter();
        Pipe pipe = Pipe.named("p")
                .step("route", step, o -> TestAws.hastened(o).withAttemptTimeout(Duration.ofSeconds(2)))
                .build();
        Run run = pipe.start(State.empty(), RunOptions.ofDefaults().cancelGrace(Duration.ofMillis(50)));
        RunReport report = run.settled().block(SOON);
        held.release();
        // the answer never came, but the route was there: found, so the step is done
        assertThat(report.outcome()).isEqualTo(RunReport.Outcome.DONE);
        assertThat(routes()).hasSize(1);
        assertThat(aws.calls("CreateRoute")).hasSize(2); // the dry run first
    }

    @Test
    void cancelInMidCallTakesTheRouteBack() {
        Fault held = aws.faults().on("CreateRoute").nth(2).holdAfter();
        Run run = pipe(step).start(State.empty(), RunOptions.ofDefaults().cancelGrace(Duration.ofMillis(50)));
        join(held);
        run.cancel("enough");
        RunReport report = run.settled().block(SOON);
        held.release();
        assertThat(report.outcome()).isEqualTo(RunReport.Outcome.UNDONE);
        assertThat(aws.inventory()).isEqualTo(before);
    }

    @Test
    void cancelReachesTheCall() {
        Fault held = aws.faults().on("DescribeRouteTables").holdBefore();
        Disposable run = step.run(State.empty(), context).subscribe();
        join(held);
        run.dispose();
        held.release();
        step.preflight(State.empty(), context).block(SOON);
        assertThat(aws.calls("CreateTags")).isEmpty();
    }

    @Test
    void undoTakesBackWhatItMadeAndMayBeCalledAgain() {
        step.run(State.empty(), context).block(SOON);
        step.undo(State.empty(), Found.done(Outputs.none()), context).block(SOON);
        assertThat(aws.inventory()).isEqualTo(before);
        assertThat(context.made()).isEmpty();
        assertThat(context.gone()).hasSize(1);
        step.undo(State.empty(), Found.done(Outputs.none()), context).block(SOON);
        assertThat(aws.calls("DeleteRoute")).hasSize(1);
    }

    @Test
    void undoLeavesARouteThatLeadsElsewhereByNow() {
        step.run(State.empty(), context).block(SOON);
        aws.account()
                .ec2()
                .deleteRoute(r -> r.routeTableId(network.table()).destinationCidrBlock("10.0.0.0/16"))
                .join();
        addForeign(network.otherEni());
        step.undo(State.empty(), Found.done(Outputs.none()), context).block(SOON);
        assertThat(routes()).extracting(Route::networkInterfaceId).containsExactly(network.otherEni());
    }

    @Test
    void undoOfARouteWhoseTableIsGoneIsDone() {
        step.run(State.empty(), context).block(SOON);
        aws.account()
                .ec2()
                .deleteRouteTable(r -> r.routeTableId(network.table()))
                .join();
        step.undo(State.empty(), Found.done(Outputs.none()), context).block(SOON);
        assertThat(aws.calls("DeleteRoute")).isEmpty();
    }

    @Test
    void eachSubscriptionIsAFreshRun() {
        Mono<Outputs> run = step.run(State.empty(), context);
        assertThat(aws.inventory()).isEqualTo(before);
        run.block(SOON);
        step.undo(State.empty(), Found.done(Outputs.none()), context).block(SOON);
        run.block(SOON);
        assertThat(routes()).hasSize(1);
    }

    @Test
    void preflightRefusesWhatTheCallerMayNotDo() {
        try (TestAws strict = TestAws.start(b -> b.deny("111122223333", "CreateRoute"))) {
            TestAws.Network there = strict.network();
            AddRoute denied = AddRoute.in(strict.account())
                    .table(there.table())
                    .to(ON_PREM)
                    .viaInterface(there.eni());
            assertThatThrownBy(() -> denied.preflight(State.empty(), context).block(SOON))
                    .hasMessageStartingWith("CreateRoute " + there.table() + " to 10.0.0.0/16 via " + there.eni()
                            + " (dry run) in account-a/eu-central-1: the credentials lack the permission:"
                            + " UnauthorizedOperation");
        }
        step.preflight(State.empty(), context).block(SOON);
        assertThat(routes()).isEmpty();
    }

    @Test
    void preflightRefusesADescriptionThatIsNotComplete() {
        AddRoute incomplete = AddRoute.in(aws.account()).table(network.table()).viaInterface(network.eni());
        assertThatThrownBy(() -> incomplete.preflight(State.empty(), context).block(SOON))
                .hasMessage("the description is not complete: call to(..)");
    }

    private static final Key<String> LATE = Key.of("late", String.class);

    /** In a real pipe; a step before it writes a key that is not known to the preflight. */
    private RunReport runInPipe(Step... steps) {
        return pipe(steps.length == 0 ? step : steps[0])
                .start(State.empty(), RunOptions.ofDefaults())
                .settled()
                .block(SOON);
    }

    private static Pipe pipe(Step step) {
        return Pipe.named("p")
                .step("late", Step.mapping(Input.value("0000000000"), LATE, text -> text))
                .step("route", step, TestAws::hastened)
                .build();
    }

    private StepFailure failure(Step failing) {
        return failing.run(State.empty(), context)
                .map(done -> StepFailure.permanent("no failure"))
                .onErrorResume(StepFailure.class, Mono::just)
                .block(SOON);
    }

    private Instance runningInstance() {
        Instance instance = aws.account()
                .ec2()
                .runInstances(
                        r -> r.imageId(TestAws.IMAGE).minCount(1).maxCount(1).subnetId(network.subnet()))
                .join()
                .instances()
                .get(0);
        aws.account()
                .ec2()
                .waiter()
                .waitUntilInstanceRunning(
                        r -> r.instanceIds(instance.instanceId()),
                        w -> w.backoffStrategyV2(BackoffStrategy.fixedDelay(POLL)))
                .join();
        return instance;
    }

    private static void waitFor(BooleanSupplier wanted) {
        Looks.until(
                        Mono.fromSupplier(wanted::getAsBoolean)
                                .subscribeOn(Schedulers.boundedElastic())
                                .filter(is -> is),
                        POLL,
                        SOON,
                        () -> Mono.error(new AssertionError("not within " + SOON)))
                .block(SOON.plusSeconds(1));
    }

    private void addForeign(String eni) {
        aws.account()
                .ec2()
                .createRoute(r -> r.routeTableId(network.table())
                        .destinationCidrBlock("10.0.0.0/16")
                        .networkInterfaceId(eni))
                .join();
    }

    private List<Route> routes() {
        return aws
                .account()
                .ec2()
                .describeRouteTables(r -> r.routeTableIds(network.table()))
                .join()
                .routeTables()
                .get(0)
                .routes()
                .stream()
                .filter(route -> "10.0.0.0/16".equals(route.destinationCidrBlock()))
                .toList();
    }

    private static void join(Fault fault) {
        fault.reached().orTimeout(60, SECONDS).join();
    }
}

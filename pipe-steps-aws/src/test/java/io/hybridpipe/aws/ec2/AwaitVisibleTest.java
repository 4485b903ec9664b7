// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.aws.ec2;

import static io.hybridpipe.aws.TestAws.POLL;
import static io.hybridpipe.aws.TestAws.SOON;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hybridpipe.Effect;
import io.hybridpipe.Key;
import io.hybridpipe.Outputs;
import io.hybridpipe.State;
import io.hybridpipe.aws.TestAws;
import io.hybridpipe.retry.FailureClass;
import io.hybridpipe.sim.Fault;
import io.hybridpipe.sim.SimResponse;
import io.hybridpipe.test.TestContext;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import reactor.core.Disposable;
import software.amazon.awssdk.retries.api.BackoffStrategy;
import software.amazon.awssdk.services.ec2.Ec2AsyncClient;

@Timeout(180)
class AwaitVisibleTest {
    private static final Key<String> VPC = Key.of("vpc", String.class);

    private final TestContext context = TestContext.at("orders/await").withRunId("run-1");
    private TestAws aws;
    private AwaitVisible step;

    @BeforeEach
    void start() {
        aws = TestAws.start(settings -> settings.visibleAfter(Duration.ofSeconds(5)));
        step = AwaitVisible.in(aws.account()).id(VPC).pollEvery(POLL);
    }

    @AfterEach
    void stop() {
        aws.close();
    }

    @Test
    void waitsUntilWhatWasJustMadeIsSeenAndSaysSo() {
        String vpc = vpc();
        aws.faults()
                .on("DescribeVpcs")
                .answer(SimResponse.xml(
                        200,
                        "<DescribeVpcsResponse xmlns=\"http://ec2.amazonaws.com/doc/2016-11-15/\"><vpcSet/>"
                                + "</DescribeVpcsResponse>"));
        assertThat(step.run(State.of(VPC, vpc), context).block(SOON)).isEqualTo(Outputs.none());
        assertThat(aws.account().ec2().describeVpcs().join().vpcs())
                .anyMatch(seen -> seen.vpcId().equals(vpc));
        assertThat(context.progress())
                .containsExactly(
                        new TestContext.Progress(0, 1, vpc + " is not seen"),
                        new TestContext.Progress(1, 1, vpc + " is seen"));
    }

    @Test
    void changesNothing() {
        assertThat(step.contract().effect()).isEqualTo(Effect.none());
        step.run(State.of(VPC, vpc()), context).block(SOON);
        assertThat(context.mutations()).isZero();
    }

    @Test
    void knowsTheKindOfEachIdAndAsksOnceForEachKind() {
        try (TestAws quick = TestAws.start()) {
            Ec2AsyncClient ec2 = quick.account().ec2();
            TestAws.Network network = quick.publicNetwork();
            String gateway = ec2.describeInternetGateways()
                    .join()
                    .internetGateways()
                    .get(0)
                    .internetGatewayId();
            String address = ec2.allocateAddress().join().allocationId();
            String instance = ec2.runInstances(r ->
                            r.imageId(TestAws.IMAGE).minCount(1).maxCount(1).subnetId(network.subnet()))
                    .join()
                    .instances()
                    .get(0)
                    .instanceId();
            String peer =
                    ec2.createVpc(r -> r.cidrBlock("10.9.0.0/16")).join().vpc().vpcId();
            String peering = ec2.createVpcPeeringConnection(
                            r -> r.vpcId(network.vpc()).peerVpcId(peer))
                    .join()
                    .vpcPeeringConnection()
                    .vpcPeeringConnectionId();
            quick.sim().calls().clear();
            AwaitVisible.in(quick.account())
                    .id(network.vpc())
                    .id(network.subnet())
                    .id(network.table())
                    .id(network.group())
                    .id(network.eni())
                    .id(network.otherEni())
                    .id(gateway)
                    .id(address)
                    .id(instance)
                    .id(peering)
                    .run(State.empty(), context)
                    .block(SOON);
            assertThat(quick.sim().calls().all())
                    .extracting(call -> call.action())
                    .containsExactlyInAnyOrder(
                            "DescribeVpcs",
                            "DescribeSubnets",
                            "DescribeRouteTables",
                            "DescribeSecurityGroups",
                            "DescribeNetworkInterfaces",
                            "DescribeInternetGateways",
                            "DescribeAddresses",
                            "DescribeInstances",
                            "DescribeVpcPeeringConnections");
        }
    }

    @Test
    void aLookThatSeesNothingBeginsTheRowAnew() {
        try (TestAws quick = TestAws.start()) {
            String vpc = quick.network().vpc();
            quick.faults().on("DescribeVpcs").nth(2).error("RequestLimitExceeded", "Request limit exceeded.");
            AwaitVisible.in(quick.account())
                    .id(vpc)
                    .inARow(3)
                    .pollEvery(POLL)
                    .run(State.empty(), context)
                    .block(SOON);
            assertThat(quick.calls("DescribeVpcs")).hasSize(2 + 3);
        }
    }

    @Test
    void whatIsNotSeenInTimeIsPermanentAndNamed() {
        AwaitVisible impatient = AwaitVisible.in(aws.account())
                .id("vpc-0000000000000bad1")
                .id("eni-0000000000000bad2")
                .within(Duration.ofMillis(200))
                .pollEvery(POLL);
        assertThatThrownBy(() -> impatient.run(State.empty(), context).block(SOON))
                .hasMessage("eni-0000000000000bad2, vpc-0000000000000bad1 are not seen in account-a/eu-central-1 within"
                        + " PT0.2S")
                .extracting(FailureClass::of)
                .isEqualTo(FailureClass.PERMANENT);
    }

    @Test
    void aLookThatIsNotAnsweredInTimeNamesAllThatIsWaitedFor() {
        Fault held = aws.faults().on("DescribeVpcs").holdBefore();
        AwaitVisible impatient = AwaitVisible.in(aws.account())
                .id("vpc-0000000000000bad1")
                .within(Duration.ofMillis(200))
                .pollEvery(POLL);
        assertThatThrownBy(() -> impatient.run(State.empty(), context).block(SOON))
                .hasMessage("vpc-0000000000000bad1 is not seen in account-a/eu-central-1 within PT0.2S");
        held.release();
    }

    @Test
    void aTerminatedInstanceIsNotSeen() {
        try (TestAws quick = TestAws.start()) {
            Ec2AsyncClient ec2 = quick.account().ec2();
            String instance = ec2.runInstances(r -> r.imageId(TestAws.IMAGE)
                            .minCount(1)
                            .maxCount(1)
                            .subnetId(quick.network().subnet()))
                    .join()
                    .instances()
                    .get(0)
                    .instanceId();
            ec2.terminateInstances(r -> r.instanceIds(instance)).join();
            // until then it is shown as shutting down
            ec2.waiter()
                    .waitUntilInstanceTerminated(
                            r -> r.instanceIds(instance), w -> w.backoffStrategyV2(BackoffStrategy.fixedDelay(POLL)))
                    .join();
            AwaitVisible gone = AwaitVisible.in(quick.account())
                    .id(instance)
                    .inARow(1000)
                    .within(Duration.ofMillis(500))
                    .pollEvery(POLL);
            assertThatThrownBy(() -> gone.run(State.empty(), context).block(SOON))
                    .hasMessageStartingWith(instance + " is not seen");
        }
    }

    @Test
    void anIdOfAnotherKindIsRefusedBeforeTheRun() {
        assertThatThrownBy(() -> AwaitVisible.in(aws.account())
                        .id("vol-0123456789abcdef0")
                        .preflight(State.empty(), context)
                        .block(SOON))
                .hasMessage("'vol-0123456789abcdef0' is not the id of a kind that is known; known are those that begin"
                        + " with eipalloc-, eni-, i-, igw-, pcx-, rtb-, sg-, subnet-, vpc-")
                .extracting(FailureClass::of)
                .isEqualTo(FailureClass.PERMANENT);
        step.preflight(State.empty(), context).block(SOON);
    }

    @Test
    void cancelEndsTheLookAndNoOtherOneFollows() {
        String vpc = vpc();
        Fault held = aws.faults().on("DescribeVpcs").holdBefore();
        Disposable running = step.run(State.of(VPC, vpc), context).subscribe();
        held.reached().orTimeout(60, TimeUnit.SECONDS).join();
        running.dispose();
        held.release();
        aws.account().identity().block(SOON);
        assertThat(aws.calls("DescribeVpcs")).hasSize(1);
    }

    private String vpc() {
        return aws.account()
                .ec2()
                .createVpc(r -> r.cidrBlock("10.8.0.0/16"))
                .join()
                .vpc()
                .vpcId();
    }
}

// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.aws.ec2;

import static io.hybridpipe.aws.TestAws.POLL;
import static io.hybridpipe.aws.TestAws.REGION;
import static io.hybridpipe.aws.TestAws.SOON;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import io.hybridpipe.Found;
import io.hybridpipe.Input;
import io.hybridpipe.Key;
import io.hybridpipe.Outputs;
import io.hybridpipe.State;
import io.hybridpipe.aws.AwsAccount;
import io.hybridpipe.aws.TestAws;
import io.hybridpipe.event.Resource;
import io.hybridpipe.net.Cidr;
import io.hybridpipe.retry.FailureClass;
import io.hybridpipe.sim.Fault;
import io.hybridpipe.sim.aws.Inventory;
import io.hybridpipe.sim.net.Packet;
import io.hybridpipe.sim.net.PacketTracer;
import io.hybridpipe.sim.net.World;
import io.hybridpipe.test.StepContract;
import io.hybridpipe.test.TestContext;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.Timeout;
import software.amazon.awssdk.services.ec2.Ec2AsyncClient;
import software.amazon.awssdk.services.ec2.model.Filter;
import software.amazon.awssdk.services.ec2.model.Tag;
import software.amazon.awssdk.services.ec2.model.VpcPeeringConnection;

/** Two accounts in two regions. */
@Timeout(180)
class PeerVpcsTest {
    private static final String A = "111122223333";
    private static final String B = "444455556666";
    private static final String FAR = "us-east-1";
    private static final Cidr CIDR_A = Cidr.of("10.1.0.0/16");
    private static final Cidr CIDR_B = Cidr.of("10.2.0.0/16");
    private static final Key<String> VPC_A = Key.of("vpc-a", String.class);
    private static final Key<String> TABLE_A = Key.of("table-a", String.class);
    private static final Key<String> PEERING = Key.of("peering", String.class);

    private final TestContext context = TestContext.at("orders/peer").withRunId("run-1");
    private TestAws aws;
    private AwsAccount near;
    private AwsAccount far;
    private Vpc here;
    private Vpc there;
    private State state;
    private PeerVpcs step;

    @BeforeEach
    void start() {
        aws = TestAws.start(settings -> settings.account(A, "AKIATEST000000000001", "secret-of-" + A)
                .account(B, "AKIATEST000000000002", "secret-of-" + B));
        near = aws.account();
        far = aws.account("AKIATEST000000000002", "secret-of-" + B)
                .named("account-b")
                .region(FAR);
        here = vpc(near.ec2(), CIDR_A);
        there = vpc(far.ec2(), CIDR_B);
        state = State.of(VPC_A, here.id).with(TABLE_A, here.table);
        step = PeerVpcs.between(near, VPC_A)
                .and(far, there.id)
                .routeThere(TABLE_A, Input.value(CIDR_B))
                .routesBack(Input.value(List.of(there.table)), Input.value(CIDR_A))
                .into(PEERING)
                .pollEvery(POLL);
    }

    @AfterEach
    void stop() {
        far.close();
        aws.close();
    }

    @TestFactory
    Stream<DynamicTest> keepsTheContractOfSteps() {
        return StepContract.of(step).state(state).inventory(this::inventory).within(SOON).checks().stream()
                .map(check -> DynamicTest.dynamicTest(check.name(), check::run));
    }

    @Test
    void aPeeringThatTheCreateCallAnsweredIsItsOwnEvenIfItsTagsAreSeenLate() {
        Fault answered = aws.faults().on("CreateVpcPeeringConnection").holdAfter();
        answered.reached().thenRun(() -> {
            near.ec2()
                    .describeVpcPeeringConnections()
                    .join()
                    .vpcPeeringConnections()
                    .forEach(made -> near.ec2()
                            .deleteTags(r -> r.resources(made.vpcPeeringConnectionId()))
                            .join());
            answered.release();
        });
        step.run(state, context).block(SOON);
        assertThat(only(far).status().codeAsString()).isEqualTo("active");
    }

    @Test
    void packetsPassBothWaysOnceItIsDoneAndNoFurther() {
        host(near.ec2(), here, "10.1.0.0/24", "10.1.0.10");
        host(far.ec2(), there, "10.2.0.0/24", "10.2.0.10");
        Vpc third = vpc(far.ec2(), Cidr.of("10.3.0.0/16"));
        host(far.ec2(), third, "10.3.0.0/24", "10.3.0.10");
        World world = World.on(aws.clock());
        world.add(aws.sim().network(A, REGION));
        world.add(aws.sim().network(B, FAR));
        PacketTracer tracer = PacketTracer.in(world);
        Packet packet = Packet.icmp("10.1.0.10", "10.2.0.10");
        assertThat(tracer.trace(packet).passed()).isFalse();

        step.run(state, context).block(SOON);
        PeerVpcs.between(far, there.id)
                .and(far, third.id)
                .routeThere(Input.value(there.table), Input.value(Cidr.of("10.3.0.0/16")))
                .routeBack(Input.value(third.table), Input.value(Cidr.of("10.0.0.0/14")))
                .pollEvery(POLL)
                .run(State.empty(), TestContext.at("orders/peer-third"))
                .block(SOON);
        assertThat(tracer.traceBothWays(packet).passed())
                .as(tracer.traceBothWays(packet).toString())
                .isTrue();
        assertThat(tracer.traceBothWays(Packet.icmp("10.2.0.10", "10.1.0.10")).passed())
                .isTrue();
        assertThat(tracer.traceBothWays(Packet.icmp("10.2.0.10", "10.3.0.10")).passed())
                .isTrue();
        assertThat(tracer.trace(Packet.icmp("10.1.0.10", "10.3.0.10")).passed()).isFalse();

        step.undo(state, Found.done(Outputs.none()), context).block(SOON);
        assertThat(tracer.trace(packet).passed()).isFalse();
    }

    @Test
    void theOnePeeringIsActiveAndTaggedOnBothSidesWhenTheStepEnds() {
        String id = step.run(state, context).block(SOON).get(PEERING);
        for (AwsAccount side : List.of(near, far)) {
            VpcPeeringConnection seen = only(side);
            assertThat(seen.vpcPeeringConnectionId()).isEqualTo(id);
            assertThat(seen.status().codeAsString()).isEqualTo("active");
            assertThat(seen.tags())
                    .containsExactlyInAnyOrderElementsOf(context.tags().entrySet().stream()
                            .map(tag -> Tag.builder()
                                    .key(tag.getKey())
                                    .value(tag.getValue())
                                    .build())
                            .toList());
        }
        assertThat(context.made())
                .extracting(Resource::kind, Resource::id, Resource::where)
                .contains(
                        tuple("AWS::EC2::VPCPeeringConnection", id, "account-a/eu-central-1"),
                        tuple("AWS::EC2::Route", here.table + "|10.2.0.0/16", "account-a/eu-central-1"),
                        tuple("AWS::EC2::Route", there.table + "|10.1.0.0/16", "account-b/us-east-1"));
    }

    @Test
    void twoVpcsOfOneAccountInOneRegionArePeeredToo() {
        Vpc beside = vpc(near.ec2(), CIDR_B);
        PeerVpcs inside = PeerVpcs.between(near, here.id)
                .and(near, beside.id)
                .into(PEERING)
                .pollEvery(POLL);
        Outputs outputs = inside.run(State.empty(), context).block(SOON);
        assertThat(only(near).status().codeAsString()).isEqualTo("active");
        assertThat(inside.reconcile(State.empty(), context).block(SOON)).isEqualTo(Found.done(outputs));
        assertThat(aws.calls("CreateTags")).isEmpty();
    }

    @Test
    void aRequestWhoseAnswerWasLostIsFoundAndGoneOnWith() {
        aws.faults().on("CreateVpcPeeringConnection").dropAfter();
        assertThatThrownBy(() -> step.run(state, context).block(SOON))
                .extracting(FailureClass::of)
                .isEqualTo(FailureClass.UNKNOWN_OUTCOME);
        assertThat(step.reconcile(state, context).block(SOON)).isInstanceOf(Found.Partly.class);
        Outputs again = step.run(state, context).block(SOON);
        assertThat(step.reconcile(state, context).block(SOON)).isEqualTo(Found.done(again));
        assertThat(aws.calls("CreateVpcPeeringConnection")).hasSize(1);
    }

    @Test
    void anAcceptWhoseAnswerWasLostIsSeenByTheNextLook() {
        aws.faults().on("AcceptVpcPeeringConnection").dropAfter();
        step.run(state, context).block(SOON);
        assertThat(aws.calls("AcceptVpcPeeringConnection")).hasSize(1);
    }

    @Test
    void aRequestThatTheAcceptersRegionDoesNotKnowYetIsAcceptedLater() {
        aws.faults()
                .on("AcceptVpcPeeringConnection")
                .times(2)
                .error("InvalidVpcPeeringConnectionID.NotFound", "The vpcPeeringConnection ID does not exist");
        step.run(state, context).block(SOON);
        assertThat(aws.calls("AcceptVpcPeeringConnection")).hasSize(3);
    }

    @Test
    void whatIsMissingAfterAnInterruptedAttemptIsSaid() {
        String id = step.run(state, context).block(SOON).get(PEERING);
        far.ec2()
                .deleteRoute(r -> r.routeTableId(there.table).destinationCidrBlock("10.1.0.0/16"))
                .join();
        assertThat(step.reconcile(state, context).block(SOON).toString())
                .contains(id + " is active, but not all routes are there")
                .contains(there.table);
        far.ec2()
                .deleteTags(r -> r.resources(id)
                        .tags(Tag.builder().key("hybridpipe:token").build()))
                .join();
        assertThat(step.reconcile(state, context).block(SOON).toString())
                .contains(id + " bears no tags of the step in account-b/us-east-1");
    }

    @Test
    void blocksThatOverlapArePermanentInTheWordsOfEc2AndNothingIsLeft() {
        Vpc overlapping = vpc(far.ec2(), Cidr.of("10.1.128.0/17"));
        PeerVpcs wrong =
                PeerVpcs.between(near, here.id).and(far, overlapping.id).pollEvery(POLL);
        assertThatThrownBy(() -> wrong.run(State.empty(), context).block(SOON))
                .hasMessageMatching("pcx-[0-9a-f]+ between account-a/eu-central-1 and account-b/us-east-1 will not be"
                        + " active: it is failed: Failed due to .*overlapping CIDR range.*")
                .extracting(FailureClass::of)
                .isEqualTo(FailureClass.PERMANENT);
        assertThat(context.made()).isEmpty();
        assertThat(wrong.reconcile(State.empty(), context).block(SOON)).isEqualTo(Found.absent());
        wrong.undo(State.empty(), Found.absent(), context).block(SOON);
        assertThat(aws.calls("DeleteVpcPeeringConnection")).isEmpty();
    }

    @Test
    void aRequestThatSomebodyRejectsIsPermanent() {
        Fault held = aws.faults().on("AcceptVpcPeeringConnection").holdBefore();
        var run = step.run(state, context).toFuture();
        held.reached().orTimeout(60, SECONDS).join();
        String id = only(far).vpcPeeringConnectionId();
        far.ec2().rejectVpcPeeringConnection(r -> r.vpcPeeringConnectionId(id)).join();
        held.release();
        assertThatThrownBy(() -> run.orTimeout(60, SECONDS).join())
                .hasMessageContaining("it is rejected: Rejected by " + B)
                .extracting(FailureClass::of)
                .isEqualTo(FailureClass.PERMANENT);
    }

    @Test
    void aPeeringThatSomebodyElseMadeIsNamedAndLeftAsItIs() {
        step.run(state, context).block(SOON);
        Object before = inventory();
        TestContext other = TestContext.at("orders/peer").withRunId("run-2");
        assertThatThrownBy(() -> step.run(state, other).block(SOON))
                .hasMessage("the VPCs are peered by " + only(near).vpcPeeringConnectionId()
                        + " in account-a/eu-central-1 already (active, made by orders/peer of run run-1); it is left as"
                        + " it is")
                .extracting(FailureClass::of)
                .isEqualTo(FailureClass.PERMANENT);
        step.undo(state, Found.absent(), other).block(SOON);
        assertThat(other.made()).isEmpty();
        assertThat(inventory()).isEqualTo(before);
    }

    @Test
    void undoAfterSomebodyDeletedThePeeringTakesTheRoutesAway() {
        List<Inventory> before = inventory();
        String id = step.run(state, context).block(SOON).get(PEERING);
        far.ec2().deleteVpcPeeringConnection(r -> r.vpcPeeringConnectionId(id)).join();
        step.undo(state, Found.unknown("resumed"), context).block(SOON);
        assertThat(inventory()).isEqualTo(before);
    }

    @Test
    void theAcceptersSideDeletesItIfTheRequestersMayNot() {
        try (TestAws strict = TestAws.start(settings -> settings.account(A, "AKIATEST000000000001", "secret-of-" + A)
                        .account(B, "AKIATEST000000000002", "secret-of-" + B)
                        .deny(A, "DeleteVpcPeeringConnection"));
                AwsAccount strictFar = strict.account("AKIATEST000000000002", "secret-of-" + B)) {
            PeerVpcs bound = PeerVpcs.between(
                            strict.account(), vpc(strict.account().ec2(), CIDR_A).id)
                    .and(strictFar, vpc(strictFar.ec2(), CIDR_B).id)
                    .pollEvery(POLL);
            bound.run(State.empty(), context).block(SOON);
            bound.undo(State.empty(), Found.done(Outputs.none()), context).block(SOON);
            assertThat(context.made()).isEmpty();
            assertThat(strict.inventory().ids("vpc-peering-connection")).isEmpty();
        }
    }

    @Test
    void thePreflightChecksBothHandlesAndAsksWhetherTheRequestIsPermitted() {
        step.preflight(State.empty(), context).block(SOON);
        assertThat(aws.calls("CreateVpcPeeringConnection")).isEmpty();
        step.preflight(state, context).block(SOON);
        assertThat(aws.calls("CreateVpcPeeringConnection")).hasSize(1);
        assertThat(inventory().get(0).ids("vpc-peering-connection")).isEmpty();
        try (AwsAccount stranger =
                aws.account("AKIATEST000000000002", "wrong").named("account-b").region(FAR)) {
            PeerVpcs refused = PeerVpcs.between(near, VPC_A).and(stranger, there.id);
            assertThatThrownBy(() -> refused.preflight(State.empty(), context).block(SOON))
                    .hasMessageStartingWith("GetCallerIdentity in account-b/us-east-1: ");
        }
    }

    private List<Inventory> inventory() {
        return List.of(aws.sim().inventory(A, REGION), aws.sim().inventory(B, FAR));
    }

    private static VpcPeeringConnection only(AwsAccount side) {
        List<VpcPeeringConnection> all =
                side.ec2().describeVpcPeeringConnections().join().vpcPeeringConnections();
        assertThat(all).hasSize(1);
        return all.get(0);
    }

    private record Vpc(String id, String table) {}

    private static Vpc vpc(Ec2AsyncClient ec2, Cidr block) {
        String id =
                ec2.createVpc(r -> r.cidrBlock(block.toString())).join().vpc().vpcId();
        Filter inVpc = Filter.builder().name("vpc-id").values(id).build();
        String table = ec2.describeRouteTables(r -> r.filters(inVpc))
                .join()
                .routeTables()
                .get(0)
                .routeTableId();
        return new Vpc(id, table);
    }

    /** An interface whose group lets ICMP in. */
    private static void host(Ec2AsyncClient ec2, Vpc vpc, String subnetBlock, String address) {
        String subnet = ec2.createSubnet(r -> r.vpcId(vpc.id).cidrBlock(subnetBlock))
                .join()
                .subnet()
                .subnetId();
        String group = ec2.createSecurityGroup(
                        r -> r.vpcId(vpc.id).groupName("ping").description("ping"))
                .join()
                .groupId();
        ec2.authorizeSecurityGroupIngress(r -> r.groupId(group)
                        .ipProtocol("icmp")
                        .fromPort(-1)
                        .toPort(-1)
                        .cidrIp("10.0.0.0/8"))
                .join();
        ec2.createNetworkInterface(
                        r -> r.subnetId(subnet).privateIpAddress(address).groups(group))
                .join();
    }
}

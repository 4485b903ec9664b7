// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.sim.aws;

import static io.hybridpipe.sim.aws.Aws.of;
import static io.hybridpipe.sim.aws.Aws.refusal;
import static org.assertj.core.api.Assertions.assertThat;

import io.hybridpipe.sim.net.Packet;
import io.hybridpipe.sim.net.PacketTracer;
import io.hybridpipe.sim.net.World;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.ec2.Ec2AsyncClient;
import software.amazon.awssdk.services.ec2.model.ResourceType;
import software.amazon.awssdk.services.ec2.model.Route;
import software.amazon.awssdk.services.ec2.model.Tag;
import software.amazon.awssdk.services.ec2.model.VpcPeeringConnection;

/** Two accounts in two regions that peer their VPCs. */
class PeeringTest {

    private static final String ONE = "111111111111";
    private static final String TWO = "222222222222";
    private static final String FAR = "us-east-1";

    private final Aws aws = new Aws(SimAws.builder()
            .account(ONE, "AKIAONE0000000000001", "secret-one")
            .account(TWO, "AKIATWO0000000000002", "secret-two"));
    private final Ec2AsyncClient near = aws.ec2;
    private final Ec2AsyncClient far = aws.ec2(aws.sim.accounts().get(1), FAR);

    @AfterEach
    void close() {
        far.close();
        aws.close();
    }

    private static String vpc(Ec2AsyncClient ec2, String cidr) {
        return of(ec2.createVpc(r -> r.cidrBlock(cidr))).vpc().vpcId();
    }

    private VpcPeeringConnection request(String vpc, String farVpc) {
        return of(near.createVpcPeeringConnection(r -> r.vpcId(vpc)
                        .peerOwnerId(TWO)
                        .peerRegion(FAR)
                        .peerVpcId(farVpc)
                        .tagSpecifications(Aws.tagged(ResourceType.VPC_PEERING_CONNECTION, "token", "t-1"))))
                .vpcPeeringConnection();
    }

    private static List<VpcPeeringConnection> all(Ec2AsyncClient ec2) {
        return of(ec2.describeVpcPeeringConnections()).vpcPeeringConnections();
    }

    private static VpcPeeringConnection only(Ec2AsyncClient ec2) {
        assertThat(all(ec2)).hasSize(1);
        return all(ec2).get(0);
    }

    private static String state(Ec2AsyncClient ec2) {
        return only(ec2).status().codeAsString();
    }

    private void pass(Duration time) {
        aws.clock.advance(time);
    }

    /** An active peering of 10.1.0.0/16 here with 10.2.0.0/16 there. */
    private String active(String vpc, String farVpc) {
        var id = request(vpc, farVpc).vpcPeeringConnectionId();
        pass(Peerings.STEP);
        of(far.acceptVpcPeeringConnection(r -> r.vpcPeeringConnectionId(id)));
        pass(Peerings.STEP);
        return id;
    }

    @Test
    void aRequestIsAcceptedByTheOtherAccountInItsRegionAndBothSeeOneIdWithTheirOwnTags() {
        var made = request(vpc(near, "10.1.0.0/16"), vpc(far, "10.2.0.0/16"));
        var id = made.vpcPeeringConnectionId();
        assertThat(made.status().codeAsString()).isEqualTo("initiating-request");
        assertThat(made.expirationTime()).isEqualTo(aws.clock.instant().plus(Duration.ofDays(7)));
        assertThat(all(far)).isEmpty();

        pass(Peerings.STEP);
        assertThat(state(near)).isEqualTo("pending-acceptance");
        assertThat(only(far).vpcPeeringConnectionId()).isEqualTo(id);
        assertThat(only(far).tags()).isEmpty();
        assertThat(only(near).tags())
                .containsExactly(Tag.builder().key("token").value("t-1").build());
        assertThat(only(near).requesterVpcInfo().region()).isEqualTo(Aws.REGION);

        var accepted = of(far.acceptVpcPeeringConnection(r -> r.vpcPeeringConnectionId(id)))
                .vpcPeeringConnection();
        assertThat(accepted.status().codeAsString()).isEqualTo("provisioning");
        assertThat(accepted.accepterVpcInfo().cidrBlock()).isEqualTo("10.2.0.0/16");
        pass(Peerings.STEP);
        assertThat(state(near)).isEqualTo("active");
        assertThat(of(far.describeVpcPeeringConnections(r -> r.filters(
                                Aws.filter("status-code", "active"),
                                Aws.filter("requester-vpc-info.cidr-block", "10.1.*"))))
                        .vpcPeeringConnections())
                .hasSize(1);
        assertThat(aws.sim.inventory(ONE, Aws.REGION).ids("vpc-peering-connection"))
                .containsExactlyElementsOf(aws.sim.inventory(TWO, FAR).ids("vpc-peering-connection"))
                .containsExactly(id);
    }

    @Test
    void theSameRequestAgainIsAnsweredWithTheOneThatExists() {
        var vpc = vpc(near, "10.1.0.0/16");
        var farVpc = vpc(far, "10.2.0.0/16");
        var id = active(vpc, farVpc);
        assertThat(request(vpc, farVpc).vpcPeeringConnectionId()).isEqualTo(id);
        assertThat(all(near)).hasSize(1);

        var reversed = of(far.createVpcPeeringConnection(r ->
                        r.vpcId(farVpc).peerOwnerId(ONE).peerRegion(Aws.REGION).peerVpcId(vpc)))
                .vpcPeeringConnection()
                .vpcPeeringConnectionId();
        assertThat(reversed).isNotEqualTo(id);
        pass(Peerings.STEP);
        assertThat(refusal(near.acceptVpcPeeringConnection(r -> r.vpcPeeringConnectionId(reversed))))
                .isEqualTo("VpcPeeringConnectionAlreadyExists");
    }

    @Test
    void onlyTheAccepterAnswersAndOnlyInItsRegionAndOnlyOnce() {
        var id = request(vpc(near, "10.1.0.0/16"), vpc(far, "10.2.0.0/16")).vpcPeeringConnectionId();
        assertThat(refusal(far.acceptVpcPeeringConnection(r -> r.vpcPeeringConnectionId(id))))
                .isEqualTo("InvalidVpcPeeringConnectionID.NotFound");
        pass(Peerings.STEP);
        assertThat(refusal(near.acceptVpcPeeringConnection(r -> r.vpcPeeringConnectionId(id))))
                .isEqualTo("OperationNotPermitted");
        assertThat(refusal(near.rejectVpcPeeringConnection(r -> r.vpcPeeringConnectionId(id))))
                .isEqualTo("OperationNotPermitted");
        assertThat(refusal(far.deleteVpcPeeringConnection(r -> r.vpcPeeringConnectionId(id))))
                .isEqualTo("InvalidStateTransition");
        of(far.rejectVpcPeeringConnection(r -> r.vpcPeeringConnectionId(id)));
        assertThat(state(near)).isEqualTo("rejected");
        assertThat(refusal(far.acceptVpcPeeringConnection(r -> r.vpcPeeringConnectionId(id))))
                .isEqualTo("InvalidStateTransition");
        assertThat(refusal(near.deleteVpcPeeringConnection(r -> r.vpcPeeringConnectionId(id))))
                .isEqualTo("InvalidStateTransition");

        var elsewhere = aws.ec2(aws.sim.accounts().get(0), FAR);
        var sameAccount = of(near.createVpcPeeringConnection(r ->
                        r.vpcId(vpc(near, "10.3.0.0/16")).peerRegion(FAR).peerVpcId(vpc(elsewhere, "10.4.0.0/16"))))
                .vpcPeeringConnection()
                .vpcPeeringConnectionId();
        pass(Peerings.STEP);
        assertThat(refusal(near.acceptVpcPeeringConnection(r -> r.vpcPeeringConnectionId(sameAccount))))
                .isEqualTo("OperationNotPermitted");
        of(elsewhere.acceptVpcPeeringConnection(r -> r.vpcPeeringConnectionId(sameAccount)));
        elsewhere.close();
    }

    @Test
    void overlappingBlocksAndUnknownPeersFailAfterTheRequestWasTaken() {
        var vpc = vpc(near, "10.1.0.0/16");
        request(vpc, vpc(far, "10.1.128.0/17"));
        pass(Peerings.STEP);
        assertThat(state(near)).isEqualTo("failed");
        assertThat(only(near).status().message()).contains("overlapping CIDR range");
        assertThat(all(far)).isEmpty();
        request(vpc, "vpc-00000000000000000");
        pass(Peerings.STEP);
        assertThat(all(near)).extracting(one -> one.status().codeAsString()).containsExactly("failed", "failed");
        pass(Duration.ofHours(2));
        assertThat(all(near)).isEmpty();
        assertThat(refusal(near.createVpcPeeringConnection(r -> r.vpcId(vpc).peerVpcId("vpc-00000000000000000"))))
                .isEqualTo("InvalidVpcID.NotFound");
        assertThat(refusal(near.createVpcPeeringConnection(r -> r.vpcId(vpc)))).isEqualTo("MissingParameter");
        assertThat(refusal(near.describeVpcPeeringConnections(r -> r.vpcPeeringConnectionIds("pcx"))))
                .isEqualTo("InvalidVpcPeeringConnectionId.Malformed");
    }

    @Test
    void aRequestThatNobodyAnswersExpiresAfterSevenDays() {
        var id = request(vpc(near, "10.1.0.0/16"), vpc(far, "10.2.0.0/16")).vpcPeeringConnectionId();
        pass(Duration.ofDays(7));
        assertThat(state(near)).isEqualTo("expired");
        assertThat(state(far)).isEqualTo("expired");
        assertThat(refusal(far.acceptVpcPeeringConnection(r -> r.vpcPeeringConnectionId(id))))
                .isEqualTo("InvalidStateTransition");
        pass(Duration.ofDays(2));
        assertThat(all(near)).isEmpty();
    }

    @Test
    void aRouteFollowsThePeeringFromBlackholeToActiveToBlackhole() {
        var vpc = vpc(near, "10.1.0.0/16");
        var stranger = vpc(near, "10.9.0.0/16");
        var id = request(vpc, vpc(far, "10.2.0.0/16")).vpcPeeringConnectionId();
        var table = table(near, vpc);
        of(near.createRoute(
                r -> r.routeTableId(table).destinationCidrBlock("10.2.0.0/16").vpcPeeringConnectionId(id)));
        assertThat(route(table).vpcPeeringConnectionId()).isEqualTo(id);
        assertThat(route(table).stateAsString()).isEqualTo("blackhole");
        assertThat(refusal(near.createRoute(r -> r.routeTableId(table(near, stranger))
                        .destinationCidrBlock("10.2.0.0/16")
                        .vpcPeeringConnectionId(id))))
                .isEqualTo("InvalidParameterValue");
        pass(Peerings.STEP);
        of(far.acceptVpcPeeringConnection(r -> r.vpcPeeringConnectionId(id)));
        pass(Peerings.STEP);
        assertThat(route(table).stateAsString()).isEqualTo("active");
        assertThat(refusal(near.deleteVpc(r -> r.vpcId(vpc)))).isEqualTo("DependencyViolation");

        of(far.deleteVpcPeeringConnection(r -> r.vpcPeeringConnectionId(id)));
        assertThat(route(table).stateAsString()).isEqualTo("blackhole");
        pass(Peerings.STEP);
        assertThat(state(near)).isEqualTo("deleted");
        assertThat(refusal(near.deleteVpcPeeringConnection(r -> r.vpcPeeringConnectionId(id))))
                .isEqualTo("InvalidStateTransition");
        assertThat(refusal(near.createRoute(r -> r.routeTableId(table)
                        .destinationCidrBlock("10.3.0.0/16")
                        .vpcPeeringConnectionId(id))))
                .isEqualTo("InvalidVpcPeeringConnectionID.NotFound");
        assertThat(aws.sim.inventory(ONE, Aws.REGION).ids("vpc-peering-connection"))
                .isEmpty();
    }

    private static String table(Ec2AsyncClient ec2, String vpc) {
        return of(ec2.describeRouteTables(r -> r.filters(Aws.filter("vpc-id", vpc)))).routeTables().stream()
                .findFirst()
                .orElseThrow()
                .routeTableId();
    }

    private Route route(String table) {
        return of(near.describeRouteTables(r -> r.routeTableIds(table))).routeTables().get(0).routes().stream()
                .filter(route -> route.destinationCidrBlock().equals("10.2.0.0/16"))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void aVpcTakesItsOwnOpenRequestsAlongButNotThoseOfOthers() {
        var vpc = vpc(near, "10.1.0.0/16");
        var farVpc = vpc(far, "10.2.0.0/16");
        request(vpc, farVpc);
        pass(Peerings.STEP);
        assertThat(refusal(far.deleteVpc(r -> r.vpcId(farVpc)))).isEqualTo("DependencyViolation");
        of(near.deleteVpc(r -> r.vpcId(vpc)));
        pass(Peerings.STEP);
        assertThat(state(far)).isEqualTo("deleted");
        of(far.deleteVpc(r -> r.vpcId(farVpc)));
    }

    @Test
    void packetsPassAnActivePeeringWithRoutesAndRulesOnBothSidesAndNoFurther() {
        var vpc = vpc(near, "10.1.0.0/16");
        var farVpc = vpc(far, "10.2.0.0/16");
        var third = vpc(far, "10.3.0.0/16");
        var id = active(vpc, farVpc);
        var chained = of(far.createVpcPeeringConnection(r -> r.vpcId(farVpc).peerVpcId(third)))
                .vpcPeeringConnection()
                .vpcPeeringConnectionId();
        pass(Peerings.STEP);
        of(far.acceptVpcPeeringConnection(r -> r.vpcPeeringConnectionId(chained)));
        pass(Peerings.STEP);
        host(near, vpc, "10.1.0.0/24", "10.1.0.10");
        host(far, farVpc, "10.2.0.0/24", "10.2.0.10");
        host(far, third, "10.3.0.0/24", "10.3.0.10");
        of(near.createRoute(r -> r.routeTableId(table(near, vpc))
                .destinationCidrBlock("10.2.0.0/15")
                .vpcPeeringConnectionId(id)));
        of(far.createRoute(r -> r.routeTableId(table(far, farVpc))
                .destinationCidrBlock("10.3.0.0/16")
                .vpcPeeringConnectionId(chained)));

        var world = World.on(aws.clock);
        world.add(aws.sim.network(ONE, Aws.REGION));
        world.add(aws.sim.network(TWO, FAR));
        var there = PacketTracer.in(world).trace(Packet.icmp("10.1.0.10", "10.2.0.10"));
        assertThat(there.passed()).as(there.toString()).isTrue();
        assertThat(there.toString()).contains("10.2.0.0/15 -> " + id);
        var back = PacketTracer.in(world).traceBothWays(Packet.icmp("10.1.0.10", "10.2.0.10"));
        assertThat(back.passed()).as("no route back").isFalse();
        of(far.createRoute(r -> r.routeTableId(table(far, farVpc))
                .destinationCidrBlock("10.1.0.0/16")
                .vpcPeeringConnectionId(id)));
        assertThat(PacketTracer.in(world)
                        .traceBothWays(Packet.icmp("10.1.0.10", "10.2.0.10"))
                        .passed())
                .isTrue();

        var beyond = PacketTracer.in(world).trace(Packet.icmp("10.1.0.10", "10.3.0.10"));
        assertThat(beyond.passed()).isFalse();
        assertThat(beyond.toString()).contains("no interface of the peer " + farVpc + " has 10.3.0.10");
        of(near.deleteVpcPeeringConnection(r -> r.vpcPeeringConnectionId(id)));
        assertThat(PacketTracer.in(world)
                        .trace(Packet.icmp("10.1.0.10", "10.2.0.10"))
                        .passed())
                .isFalse();
    }

    /** An interface whose group lets ICMP in. */
    private static void host(Ec2AsyncClient ec2, String vpc, String cidr, String address) {
        var subnet =
                of(ec2.createSubnet(r -> r.vpcId(vpc).cidrBlock(cidr))).subnet().subnetId();
        var group = of(ec2.createSecurityGroup(
                        r -> r.groupName("ping").description("ping").vpcId(vpc)))
                .groupId();
        of(ec2.authorizeSecurityGroupIngress(
                r -> r.groupId(group).ipProtocol("icmp").fromPort(-1).toPort(-1).cidrIp("10.0.0.0/8")));
        of(ec2.createNetworkInterface(
                r -> r.subnetId(subnet).privateIpAddress(address).groups(group)));
    }

    @Test
    void twoRegionsThatPeerWithEachOtherAtOnceDoNotWaitForEachOther() {
        var here = IntStream.range(0, 4)
                .mapToObj(i -> vpc(near, "10." + i + ".0.0/16"))
                .toList();
        var there = IntStream.range(0, 4)
                .mapToObj(i -> vpc(far, "10." + (10 + i) + ".0.0/16"))
                .toList();
        var calls = IntStream.range(0, 64)
                .mapToObj(i -> i % 2 == 0
                        ? near.createVpcPeeringConnection(r -> r.vpcId(here.get(i / 2 % 4))
                                .peerOwnerId(TWO)
                                .peerRegion(FAR)
                                .peerVpcId(there.get(i / 8 % 4)))
                        : far.createVpcPeeringConnection(r -> r.vpcId(there.get(i / 2 % 4))
                                .peerOwnerId(ONE)
                                .peerRegion(Aws.REGION)
                                .peerVpcId(here.get(i / 8 % 4))))
                .toList();
        of(CompletableFuture.allOf(calls.toArray(CompletableFuture[]::new)));
        pass(Peerings.STEP);
        assertThat(all(near)).hasSize(32).hasSameSizeAs(all(far));
    }
}

// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.sim.aws;

import static io.hybridpipe.sim.aws.Aws.of;
import static io.hybridpipe.sim.aws.Aws.refusal;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.ec2.model.AssociateAddressRequest;
import software.amazon.awssdk.services.ec2.model.Route;

class Ec2Test {

    private final Aws aws = new Aws();

    @AfterEach
    void close() {
        aws.close();
    }

    private String vpc() {
        return of(aws.ec2.createVpc(r -> r.cidrBlock("10.1.0.0/16"))).vpc().vpcId();
    }

    private String subnet(String vpc) {
        return of(aws.ec2.createSubnet(r -> r.vpcId(vpc).cidrBlock("10.1.0.0/24")))
                .subnet()
                .subnetId();
    }

    private String card(String subnet) {
        return of(aws.ec2.createNetworkInterface(r -> r.subnetId(subnet)))
                .networkInterface()
                .networkInterfaceId();
    }

    private String launch(String card) {
        return of(aws.ec2.runInstances(
                        r -> r.imageId(Aws.IMAGE).minCount(1).maxCount(1).networkInterfaces(Aws.primary(card))))
                .instances()
                .get(0)
                .instanceId();
    }

    private String state(String instance) {
        return of(aws.ec2.describeInstances(r -> r.instanceIds(instance)))
                .reservations()
                .get(0)
                .instances()
                .get(0)
                .state()
                .nameAsString();
    }

    @Test
    void aVpcComesWithAMainTableAndADefaultGroupAndTakesThemAlong() {
        var vpc = vpc();
        assertThat(of(aws.ec2.describeRouteTables(r -> r.filters(Aws.filter("association.main", "true"))))
                        .routeTables())
                .singleElement()
                .satisfies(table -> assertThat(table.vpcId()).isEqualTo(vpc));
        assertThat(aws.inventory().ids("security-group")).hasSize(1);
        of(aws.ec2.deleteVpc(r -> r.vpcId(vpc)));
        assertThat(aws.inventory().isEmpty()).isTrue();
    }

    @Test
    void hostBitsAreDroppedFromBlocks() {
        assertThat(of(aws.ec2.createVpc(r -> r.cidrBlock("10.1.2.3/16"))).vpc().cidrBlock())
                .isEqualTo("10.1.0.0/16");
    }

    @Test
    void aRouteToAnInterfaceTurnsIntoABlackholeWhenItsTargetIsGone() {
        var vpc = vpc();
        var card = card(subnet(vpc));
        var instance = launch(card);
        var table = of(aws.ec2.createRouteTable(r -> r.vpcId(vpc))).routeTable().routeTableId();
        of(aws.ec2.createRoute(
                r -> r.routeTableId(table).destinationCidrBlock("10.0.0.0/16").networkInterfaceId(card)));
        assertThat(route(table).stateAsString()).isEqualTo("active");
        assertThat(route(table).instanceId()).isEqualTo(instance);
        of(aws.ec2.terminateInstances(r -> r.instanceIds(instance)));
        aws.await(() -> state(instance), "terminated"::equals);
        assertThat(route(table).stateAsString()).isEqualTo("blackhole");
        assertThat(route(table).networkInterfaceId()).isEqualTo(card);
    }

    private Route route(String table) {
        return of(aws.ec2.describeRouteTables(r -> r.routeTableIds(table))).routeTables().get(0).routes().stream()
                .filter(route -> route.destinationCidrBlock().equals("10.0.0.0/16"))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void anInstanceRunsBootsAndEndsByTheClockAndListenersFollow() {
        var seen = new ArrayList<InstanceEvent>();
        aws.sim.onInstance(seen::add);
        var vpc = vpc();
        var card = card(subnet(vpc));
        var instance = launch(card);
        assertThat(state(instance)).isEqualTo("pending");
        aws.clock.advance(Duration.ofSeconds(10));
        assertThat(state(instance)).isEqualTo("running");
        assertThat(health(instance)).isEqualTo("initializing");
        aws.clock.advance(Duration.ofSeconds(60));
        assertThat(health(instance)).isEqualTo("ok");

        var gateway = of(aws.ec2.createInternetGateway()).internetGateway().internetGatewayId();
        of(aws.ec2.attachInternetGateway(r -> r.internetGatewayId(gateway).vpcId(vpc)));
        var address = of(aws.ec2.allocateAddress());
        of(aws.ec2.associateAddress(r -> r.allocationId(address.allocationId()).networkInterfaceId(card)));
        of(aws.ec2.terminateInstances(r -> r.instanceIds(instance)));
        assertThat(state(instance)).isEqualTo("shutting-down");
        aws.clock.advance(Duration.ofSeconds(10));
        assertThat(state(instance)).isEqualTo("terminated");
        assertThat(aws.inventory().ids("instance")).isEmpty();

        assertThat(seen)
                .extracting(InstanceEvent::kind)
                .containsExactly(
                        InstanceEvent.Kind.RUNNING, InstanceEvent.Kind.ADDRESS_CHANGED, InstanceEvent.Kind.TERMINATED);
        assertThat(seen.get(0).publicAddress()).isEmpty();
        assertThat(seen.get(0).port()).isEqualTo(card);
        assertThat(seen.get(0).image().name()).isEqualTo("vns3-controller");
        assertThat(seen.get(1).publicAddress().map(Object::toString)).contains(address.publicIp());
        assertThat(seen.get(1).instance()).isEqualTo(instance);
    }

    @Test
    void anAddressThatMovesIsToldToItsOldOwnerTooAndToNobodyWhenOnlyAskedDry() {
        var vpc = vpc();
        var subnet = subnet(vpc);
        var gateway = of(aws.ec2.createInternetGateway()).internetGateway().internetGatewayId();
        of(aws.ec2.attachInternetGateway(r -> r.internetGatewayId(gateway).vpcId(vpc)));
        var from = card(subnet);
        var to = card(subnet);
        launch(from);
        launch(to);
        aws.clock.advance(Duration.ofSeconds(10));
        var address = of(aws.ec2.allocateAddress());
        of(aws.ec2.associateAddress(r -> r.allocationId(address.allocationId()).networkInterfaceId(from)));
        aws.clock.advance(Duration.ofSeconds(1));
        var seen = new ArrayList<InstanceEvent>();
        aws.sim.onInstance(seen::add);
        var move = AssociateAddressRequest.builder()
                .allocationId(address.allocationId())
                .networkInterfaceId(to)
                .allowReassociation(true);

        assertThat(refusal(aws.ec2.associateAddress(move.dryRun(true).build()))).isEqualTo("DryRunOperation");
        aws.clock.advance(Duration.ofSeconds(1));
        assertThat(seen).isEmpty();
        of(aws.ec2.associateAddress(move.dryRun(false).build()));
        aws.clock.advance(Duration.ofSeconds(1));
        assertThat(seen)
                .extracting(InstanceEvent::kind)
                .containsExactly(InstanceEvent.Kind.ADDRESS_CHANGED, InstanceEvent.Kind.ADDRESS_CHANGED);
        assertThat(seen).extracting(InstanceEvent::port).containsExactly(from, to);
        assertThat(seen.get(0).publicAddress()).isEmpty();
        assertThat(seen.get(1).publicAddress().map(Object::toString)).contains(address.publicIp());
    }

    private String health(String instance) {
        return of(aws.ec2.describeInstanceStatus(r -> r.instanceIds(instance)))
                .instanceStatuses()
                .get(0)
                .instanceStatus()
                .statusAsString();
    }

    @Test
    void aClientTokenUsedAgainLaunchesNothingNew() {
        var subnet = subnet(vpc());
        var first = of(aws.ec2.runInstances(r ->
                r.imageId(Aws.IMAGE).minCount(1).maxCount(1).subnetId(subnet).clientToken("t")));
        var second = of(aws.ec2.runInstances(r ->
                r.imageId(Aws.IMAGE).minCount(1).maxCount(1).subnetId(subnet).clientToken("t")));
        assertThat(second.instances().get(0).instanceId())
                .isEqualTo(first.instances().get(0).instanceId());
        assertThat(aws.inventory().ids("instance")).hasSize(1);
    }

    @Test
    void aRuleIsAddedWithItsDescriptionAndRevokedById() {
        var group = of(aws.ec2.createSecurityGroup(
                        r -> r.groupName("api").description("api").vpcId(vpc())))
                .groupId();
        var before = aws.inventory();
        var rule = of(aws.ec2.authorizeSecurityGroupIngress(r -> r.groupId(group)
                        .ipPermissions(Aws.tcp(8000, "203.0.113.7/32", "hybridpipe until 2026-01-01T00:10:00Z"))))
                .securityGroupRules()
                .get(0);
        var shown = of(aws.ec2.describeSecurityGroups(r -> r.groupIds(group)))
                .securityGroups()
                .get(0)
                .ipPermissions()
                .get(0);
        assertThat(shown.fromPort()).isEqualTo(8000);
        assertThat(shown.ipRanges().get(0).description()).isEqualTo("hybridpipe until 2026-01-01T00:10:00Z");
        assertThat(of(aws.ec2.describeSecurityGroupRules(r -> r.filters(Aws.filter("group-id", group))))
                        .securityGroupRules())
                .anySatisfy(one -> assertThat(one.securityGroupRuleId()).isEqualTo(rule.securityGroupRuleId()));
        of(aws.ec2.revokeSecurityGroupIngress(r -> r.groupId(group).securityGroupRuleIds(rule.securityGroupRuleId())));
        assertThat(aws.inventory()).isEqualTo(before);
    }

    @Test
    void describeGivesPages() {
        var vpc = vpc();
        IntStream.range(0, 7)
                .forEach(i -> of(aws.ec2.createSubnet(r -> r.vpcId(vpc).cidrBlock("10.1." + i + ".0/24"))));
        var first = of(aws.ec2.describeSubnets(r -> r.maxResults(5)));
        var second = of(aws.ec2.describeSubnets(r -> r.maxResults(5).nextToken(first.nextToken())));
        assertThat(first.subnets()).hasSize(5);
        assertThat(second.subnets()).hasSize(2);
        assertThat(second.nextToken()).isNull();
        assertThat(refusal(aws.ec2.describeSubnets(r -> r.nextToken("5")))).isEqualTo("InvalidPaginationToken");
        assertThat(refusal(aws.ec2.describeVpcs(r -> r.nextToken(first.nextToken()))))
                .as("a token of another list")
                .isEqualTo("InvalidPaginationToken");
        assertThat(refusal(aws.ec2.describeSubnets(r -> r.maxResults(4)))).isEqualTo("InvalidParameterValue");
    }
}

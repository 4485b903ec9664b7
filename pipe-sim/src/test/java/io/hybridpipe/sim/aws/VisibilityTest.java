// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.sim.aws;

import static io.hybridpipe.sim.aws.Aws.of;
import static io.hybridpipe.sim.aws.Aws.refusal;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.ec2.model.ResourceType;
import software.amazon.awssdk.services.ec2.model.Route;
import software.amazon.awssdk.services.ec2.model.Tag;

/** What is seen when, four seconds after it was made. */
class VisibilityTest {

    private final Aws aws = new Aws(SimAws.builder().visibleAfter(Duration.ofSeconds(4)));

    @AfterEach
    void close() {
        aws.close();
    }

    private void seconds(int n) {
        aws.clock.advance(Duration.ofSeconds(n));
    }

    private String vpc() {
        return of(aws.ec2.createVpc(
                        r -> r.cidrBlock("10.1.0.0/16").tagSpecifications(Aws.tagged(ResourceType.VPC, "token", "t"))))
                .vpc()
                .vpcId();
    }

    private int vpcsByTag() {
        return of(aws.ec2.describeVpcs(r -> r.filters(Aws.filter("tag:token", "t"))))
                .vpcs()
                .size();
    }

    @Test
    void aResourceIsAnsweredWithItsTagsThenUnknownThenKnownByIdThenListedWithItsTags() {
        var made = of(aws.ec2.createVpc(
                        r -> r.cidrBlock("10.1.0.0/16").tagSpecifications(Aws.tagged(ResourceType.VPC, "token", "t"))))
                .vpc();
        assertThat(made.tags()).hasSize(1);
        var vpc = made.vpcId();
        assertThat(refusal(aws.ec2.describeVpcs(r -> r.vpcIds(vpc)))).isEqualTo("InvalidVpcID.NotFound");
        assertThat(refusal(aws.ec2.createSubnet(r -> r.vpcId(vpc).cidrBlock("10.1.0.0/24"))))
                .isEqualTo("InvalidVpcID.NotFound");
        assertThat(of(aws.ec2.describeSubnets(r -> r.filters(Aws.filter("vpc-id", vpc))))
                        .subnets())
                .as("a filter does not have to exist")
                .isEmpty();
        assertThat(of(aws.ec2.describeSecurityGroups()).securityGroups())
                .as("what comes along")
                .isEmpty();

        seconds(2);
        assertThat(of(aws.ec2.describeVpcs(r -> r.vpcIds(vpc))).vpcs().get(0).tags())
                .isEmpty();
        assertThat(of(aws.ec2.describeVpcs()).vpcs()).isEmpty();
        assertThat(vpcsByTag()).isZero();
        of(aws.ec2.createSubnet(r -> r.vpcId(vpc).cidrBlock("10.1.0.0/24")));

        seconds(2);
        assertThat(vpcsByTag()).isOne();
        assertThat(of(aws.ec2.describeTags()).tags()).hasSize(1);
        assertThat(of(aws.ec2.describeSecurityGroups()).securityGroups()).hasSize(1);
    }

    @Test
    void aTagGivenLaterIsSeenLaterAndAChangedOneAtOnce() {
        var vpc = vpc();
        seconds(4);
        of(aws.ec2.createTags(r -> r.resources(vpc)
                .tags(
                        Tag.builder().key("run").value("r").build(),
                        Tag.builder().key("token").value("u").build())));
        assertThat(of(aws.ec2.describeVpcs()).vpcs().get(0).tags())
                .containsExactly(Tag.builder().key("token").value("u").build());
        seconds(4);
        assertThat(of(aws.ec2.describeVpcs()).vpcs().get(0).tags()).hasSize(2);
    }

    @Test
    void aRouteAnAssociationAndARuleAreThereBeforeTheyAreSeen() {
        var vpc = vpc();
        seconds(4);
        var subnet = of(aws.ec2.createSubnet(r -> r.vpcId(vpc).cidrBlock("10.1.0.0/24")))
                .subnet()
                .subnetId();
        var table = of(aws.ec2.createRouteTable(r -> r.vpcId(vpc))).routeTable().routeTableId();
        var gateway = of(aws.ec2.createInternetGateway()).internetGateway().internetGatewayId();
        var group = of(aws.ec2.createSecurityGroup(
                        r -> r.groupName("web").description("web").vpcId(vpc)))
                .groupId();
        seconds(4);
        of(aws.ec2.attachInternetGateway(r -> r.internetGatewayId(gateway).vpcId(vpc)));
        of(aws.ec2.createRoute(
                r -> r.routeTableId(table).destinationCidrBlock("0.0.0.0/0").gatewayId(gateway)));
        of(aws.ec2.associateRouteTable(r -> r.routeTableId(table).subnetId(subnet)));
        var rule = of(aws.ec2.authorizeSecurityGroupIngress(
                        r -> r.groupId(group).ipPermissions(Aws.tcp(443, "203.0.113.7/32", ""))))
                .securityGroupRules()
                .get(0)
                .securityGroupRuleId();

        var now = of(aws.ec2.describeRouteTables(r -> r.routeTableIds(table)))
                .routeTables()
                .get(0);
        assertThat(now.routes()).extracting(Route::destinationCidrBlock).containsExactly("10.1.0.0/16");
        assertThat(now.associations()).isEmpty();
        assertThat(of(aws.ec2.describeSecurityGroups(r -> r.groupIds(group)))
                        .securityGroups()
                        .get(0)
                        .ipPermissions())
                .isEmpty();
        assertThat(refusal(aws.ec2.describeSecurityGroupRules(r -> r.securityGroupRuleIds(rule))))
                .isEqualTo("InvalidSecurityGroupRuleId.NotFound");
        assertThat(refusal(aws.ec2.createRoute(r ->
                        r.routeTableId(table).destinationCidrBlock("0.0.0.0/0").gatewayId(gateway))))
                .isEqualTo("RouteAlreadyExists");
        assertThat(refusal(aws.ec2.authorizeSecurityGroupIngress(
                        r -> r.groupId(group).ipPermissions(Aws.tcp(443, "203.0.113.7/32", "")))))
                .isEqualTo("InvalidPermission.Duplicate");

        seconds(4);
        var later = of(aws.ec2.describeRouteTables(r -> r.routeTableIds(table)))
                .routeTables()
                .get(0);
        assertThat(later.routes()).hasSize(2);
        assertThat(later.associations()).hasSize(1);
        assertThat(of(aws.ec2.describeSecurityGroupRules(r -> r.securityGroupRuleIds(rule)))
                        .securityGroupRules())
                .hasSize(1);
    }

    @Test
    void aStacksResourcesAreSeenAtOnce() {
        aws.create("network", Aws.template("one-vpc.json"), Map.of());
        var gateway = Aws.outputs(aws.settled("network")).get("GatewayId");
        assertThat(of(aws.ec2.describeInternetGateways(r -> r.internetGatewayIds(gateway)))
                        .internetGateways()
                        .get(0)
                        .tags())
                .isNotEmpty();
    }
}

// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.sim.aws;

import static io.hybridpipe.sim.aws.Aws.of;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Every EC2 action asked dry, in a network where it would succeed. */
class DryRunTest {

    /** The two actions whose requests have no {@code DryRun}, in the SDK's model and in the API reference. */
    private static final Set<String> WITHOUT = Set.of("ModifyVpcAttribute", "ModifySubnetAttribute");

    private static Aws aws;
    private static Map<String, String> names;

    @BeforeAll
    static void furnish() {
        aws = new Aws(SimAws.builder().deny(Aws.ACCOUNT, "DeleteKeyPair"));
        var ec2 = aws.ec2;
        var vpc = of(ec2.createVpc(r -> r.cidrBlock("10.1.0.0/16"))).vpc().vpcId();
        var other = of(ec2.createVpc(r -> r.cidrBlock("10.2.0.0/16"))).vpc().vpcId();
        var subnet = of(ec2.createSubnet(r -> r.vpcId(vpc).cidrBlock("10.1.0.0/24")))
                .subnet()
                .subnetId();
        var empty = of(ec2.createSubnet(r -> r.vpcId(vpc).cidrBlock("10.1.1.0/24")))
                .subnet()
                .subnetId();
        var gateway = of(ec2.createInternetGateway()).internetGateway().internetGatewayId();
        of(ec2.attachInternetGateway(r -> r.internetGatewayId(gateway).vpcId(vpc)));
        var loose = of(ec2.createInternetGateway()).internetGateway().internetGatewayId();
        var table = of(ec2.createRouteTable(r -> r.vpcId(vpc))).routeTable().routeTableId();
        var spareTable =
                of(ec2.createRouteTable(r -> r.vpcId(vpc))).routeTable().routeTableId();
        var association = of(ec2.associateRouteTable(r -> r.routeTableId(table).subnetId(subnet)))
                .associationId();
        of(ec2.createRoute(
                r -> r.routeTableId(table).destinationCidrBlock("10.9.0.0/16").gatewayId(gateway)));
        var group = of(ec2.createSecurityGroup(
                        r -> r.groupName("web").description("web").vpcId(vpc)))
                .groupId();
        var rule = of(ec2.authorizeSecurityGroupIngress(
                        r -> r.groupId(group).ipPermissions(Aws.tcp(443, "203.0.113.7/32", ""))))
                .securityGroupRules()
                .get(0)
                .securityGroupRuleId();
        var card = card(subnet);
        var second = card(subnet);
        var loosened = card(subnet);
        var spareAddress = of(ec2.allocateAddress()).allocationId();
        var address = of(ec2.allocateAddress()).allocationId();
        var bound = of(ec2.associateAddress(r -> r.allocationId(address).networkInterfaceId(second)))
                .associationId();
        var instance = of(ec2.runInstances(
                        r -> r.imageId(Aws.IMAGE).minCount(1).maxCount(1).networkInterfaces(Aws.primary(card))))
                .instances()
                .get(0)
                .instanceId();
        aws.clock.advance(Duration.ofSeconds(10));
        var attachment = of(ec2.attachNetworkInterface(
                        r -> r.networkInterfaceId(second).instanceId(instance).deviceIndex(1)))
                .attachmentId();
        var active = peering(vpc, other, true);
        var third = of(ec2.createVpc(r -> r.cidrBlock("10.3.0.0/16"))).vpc().vpcId();
        var pending = peering(vpc, third, false);
        var fourth = of(ec2.createVpc(r -> r.cidrBlock("10.4.0.0/16"))).vpc().vpcId();
        names = Map.ofEntries(
                Map.entry("$vpc", vpc),
                Map.entry("$empty", empty),
                Map.entry("$subnet", subnet),
                Map.entry("$gateway", gateway),
                Map.entry("$loose", loose),
                Map.entry("$table", table),
                Map.entry("$spareTable", spareTable),
                Map.entry("$association", association),
                Map.entry("$group", group),
                Map.entry("$rule", rule),
                Map.entry("$card", loosened),
                Map.entry("$second", second),
                Map.entry("$spareAddress", spareAddress),
                Map.entry("$bound", bound),
                Map.entry("$instance", instance),
                Map.entry("$attachment", attachment),
                Map.entry("$active", active),
                Map.entry("$pending", pending),
                Map.entry("$fourth", fourth));
    }

    private static String card(String subnet) {
        return of(aws.ec2.createNetworkInterface(r -> r.subnetId(subnet)))
                .networkInterface()
                .networkInterfaceId();
    }

    private static String peering(String vpc, String peer, boolean accepted) {
        var id = of(aws.ec2.createVpcPeeringConnection(r -> r.vpcId(vpc).peerVpcId(peer)))
                .vpcPeeringConnection()
                .vpcPeeringConnectionId();
        aws.clock.advance(Peerings.STEP);
        if (accepted) {
            of(aws.ec2.acceptVpcPeeringConnection(r -> r.vpcPeeringConnectionId(id)));
            aws.clock.advance(Peerings.STEP);
        }
        return id;
    }

    @AfterAll
    static void close() {
        aws.close();
    }

    private static final String CALLS = """
            CreateVpc&CidrBlock=10.9.0.0/16
            DeleteVpc&VpcId=$fourth
            DescribeVpcs
            DescribeVpcAttribute&VpcId=$vpc&Attribute=enableDnsSupport
            CreateSubnet&VpcId=$vpc&CidrBlock=10.1.7.0/24
            DeleteSubnet&SubnetId=$empty
            DescribeSubnets
            DescribeAvailabilityZones
            CreateInternetGateway
            AttachInternetGateway&InternetGatewayId=$loose&VpcId=$fourth
            DetachInternetGateway&InternetGatewayId=$gateway&VpcId=$vpc
            DeleteInternetGateway&InternetGatewayId=$loose
            DescribeInternetGateways
            CreateRouteTable&VpcId=$vpc&ClientToken=t
            DeleteRouteTable&RouteTableId=$spareTable
            DescribeRouteTables
            AssociateRouteTable&RouteTableId=$spareTable&SubnetId=$empty
            DisassociateRouteTable&AssociationId=$association
            ReplaceRouteTableAssociation&AssociationId=$association&RouteTableId=$spareTable
            CreateRoute&RouteTableId=$table&DestinationCidrBlock=0.0.0.0/0&GatewayId=$gateway
            ReplaceRoute&RouteTableId=$table&DestinationCidrBlock=10.9.0.0/16&NetworkInterfaceId=$card
            DeleteRoute&RouteTableId=$table&DestinationCidrBlock=10.9.0.0/16
            CreateSecurityGroup&GroupName=new&GroupDescription=new&VpcId=$vpc
            DeleteSecurityGroup&GroupId=$group
            DescribeSecurityGroups
            AuthorizeSecurityGroupIngress&GroupId=$group&IpProtocol=tcp&FromPort=1&ToPort=2&CidrIp=10.0.0.0/8
            AuthorizeSecurityGroupEgress&GroupId=$group&IpProtocol=tcp&FromPort=1&ToPort=2&CidrIp=10.0.0.0/8
            RevokeSecurityGroupIngress&GroupId=$group&SecurityGroupRuleId.1=$rule
            RevokeSecurityGroupEgress&GroupId=$group&IpProtocol=-1&CidrIp=0.0.0.0/0
            DescribeSecurityGroupRules
            ModifySecurityGroupRules&GroupId=$group&SecurityGroupRule.1.SecurityGroupRuleId=$rule\
            &SecurityGroupRule.1.SecurityGroupRule.FromPort=444&SecurityGroupRule.1.SecurityGroupRule.ToPort=444
            CreateNetworkInterface&SubnetId=$subnet&ClientToken=t
            DeleteNetworkInterface&NetworkInterfaceId=$card
            DescribeNetworkInterfaces
            ModifyNetworkInterfaceAttribute&NetworkInterfaceId=$card&SourceDestCheck.Value=false
            DescribeNetworkInterfaceAttribute&NetworkInterfaceId=$card&Attribute=description
            AttachNetworkInterface&NetworkInterfaceId=$card&InstanceId=$instance&DeviceIndex=2
            DetachNetworkInterface&AttachmentId=$attachment
            AllocateAddress
            AssociateAddress&AllocationId=$spareAddress&NetworkInterfaceId=$card
            DisassociateAddress&AssociationId=$bound
            ReleaseAddress&AllocationId=$spareAddress
            DescribeAddresses
            RunInstances&ImageId=ami-00000000000000001&MinCount=1&MaxCount=1&SubnetId=$subnet&ClientToken=t
            DescribeInstances
            DescribeInstanceStatus
            TerminateInstances&InstanceId.1=$instance
            StopInstances&InstanceId.1=$instance
            StartInstances&InstanceId.1=$instance
            ModifyInstanceAttribute&InstanceId=$instance&DisableApiTermination.Value=true
            DescribeInstanceAttribute&InstanceId=$instance&Attribute=instanceType
            CreateKeyPair&KeyName=new&KeyType=ed25519
            DescribeKeyPairs
            DescribeImages
            CreateTags&ResourceId.1=$vpc&Tag.1.Key=a&Tag.1.Value=b
            DeleteTags&ResourceId.1=$vpc
            DescribeTags
            CreateVpcPeeringConnection&VpcId=$vpc&PeerVpcId=$fourth
            AcceptVpcPeeringConnection&VpcPeeringConnectionId=$pending
            RejectVpcPeeringConnection&VpcPeeringConnectionId=$pending
            DeleteVpcPeeringConnection&VpcPeeringConnectionId=$active
            DescribeVpcPeeringConnections
            """;

    private static String answer(String line) throws Exception {
        var query = line;
        for (var name : names.entrySet()) {
            query = query.replaceAll("\\" + name.getKey() + "\\b", name.getValue());
        }
        return aws.post("ec2", "Action=" + query + "&DryRun=true&Version=2016-11-15");
    }

    @Test
    void everyActionIsPermittedAndNothingHappensNeitherNowNorLater() throws Exception {
        var before = aws.inventory();
        var asked = new LinkedHashSet<String>();
        for (var line : CALLS.lines().toList()) {
            assertThat(answer(line)).as(line).contains("<Code>DryRunOperation</Code>");
            asked.add(line.replaceAll("&.*", ""));
        }
        aws.clock.advance(Duration.ofMinutes(1));
        assertThat(aws.inventory()).isEqualTo(before);
        assertThat(AwsService.actions().get("ec2"))
                .filteredOn(action -> !WITHOUT.contains(action) && !action.equals("DeleteKeyPair"))
                .containsExactlyInAnyOrderElementsOf(asked);
    }

    @Test
    void aTokenOfADryCallIsNotUsedUp() throws Exception {
        assertThat(answer("CreateRouteTable&VpcId=$vpc&ClientToken=dry")).contains("DryRunOperation");
        assertThat(answer("CreateRouteTable&VpcId=$fourth&ClientToken=dry")).contains("DryRunOperation");
    }

    @Test
    void aBadRequestIsToldAndAMissingPermissionBeforeIt() throws Exception {
        assertThat(answer("CreateVpc")).contains("<Code>MissingParameter</Code>");
        assertThat(answer("CreateVpc&CidrBlock=10.0.0.0/8")).contains("<Code>InvalidVpc.Range</Code>");
        assertThat(answer("DeleteVpc&VpcId=vpc")).contains("<Code>InvalidVpcID.Malformed</Code>");
        assertThat(answer("DeleteVpc&VpcId=vpc-00000000000000000")).contains("<Code>InvalidVpcID.NotFound</Code>");
        assertThat(answer("DeleteKeyPair")).contains("<Code>UnauthorizedOperation</Code>");
    }

    @Test
    void conflictsAndDependenciesAreNotForetold() throws Exception {
        assertThat(answer("DeleteVpc&VpcId=$vpc")).contains("<Code>DryRunOperation</Code>");
        assertThat(answer("CreateSubnet&VpcId=$vpc&CidrBlock=10.1.0.0/24")).contains("<Code>DryRunOperation</Code>");
        assertThat(answer("DeleteRoute&RouteTableId=$table&DestinationCidrBlock=10.77.0.0/16"))
                .contains("<Code>DryRunOperation</Code>");
    }

    @Test
    void conflictsThatAreAnsweredAsInvalidParametersAreNotForetoldEither() throws Exception {
        for (var call : List.of(
                "DeleteNetworkInterface&NetworkInterfaceId=$second",
                "AttachNetworkInterface&NetworkInterfaceId=$card&InstanceId=$instance&DeviceIndex=1",
                "AttachInternetGateway&InternetGatewayId=$loose&VpcId=$vpc",
                "ReplaceRoute&RouteTableId=$table&DestinationCidrBlock=10.77.0.0/16&NetworkInterfaceId=$card")) {
            assertThat(answer(call)).as(call).contains("<Code>DryRunOperation</Code>");
        }
    }
}

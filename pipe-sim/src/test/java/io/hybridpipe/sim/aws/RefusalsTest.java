// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.sim.aws;

import static io.hybridpipe.sim.aws.Aws.of;
import static io.hybridpipe.sim.aws.Aws.refusal;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import software.amazon.awssdk.services.cloudformation.CloudFormationAsyncClient;
import software.amazon.awssdk.services.ec2.Ec2AsyncClient;
import software.amazon.awssdk.services.ec2.model.IpPermission;
import software.amazon.awssdk.services.ec2.model.ResourceType;
import software.amazon.awssdk.services.ec2.model.Tag;
import software.amazon.awssdk.services.ec2.model.UserIdGroupPair;

/** One line for each code: what is called, what is given, how it is refused. */
class RefusalsTest {

    private static Aws aws;
    private static Inventory before;
    private static String vpc;
    private static String subnet;
    private static String gateway;
    private static String table;
    private static String group;
    private static String card;
    private static String spare;
    private static String address;
    private static String attachment;
    private static String otherVpc;
    private static String otherGroup;

    @BeforeAll
    static void furnish() {
        aws = new Aws(SimAws.builder().vpcLimit(2).addressLimit(1).deny(Aws.ACCOUNT, "DeleteTags", "ListStacks"));
        var ec2 = aws.ec2;
        vpc = of(ec2.createVpc(r -> r.cidrBlock("10.1.0.0/16"))).vpc().vpcId();
        otherVpc = of(ec2.createVpc(r -> r.cidrBlock("10.2.0.0/16"))).vpc().vpcId();
        otherGroup = of(ec2.createSecurityGroup(
                        r -> r.groupName("other").description("other").vpcId(otherVpc)))
                .groupId();
        subnet = of(ec2.createSubnet(r -> r.vpcId(vpc).cidrBlock("10.1.0.0/24")))
                .subnet()
                .subnetId();
        gateway = of(ec2.createInternetGateway()).internetGateway().internetGatewayId();
        of(ec2.attachInternetGateway(r -> r.internetGatewayId(gateway).vpcId(vpc)));
        table = of(ec2.createRouteTable(r -> r.vpcId(vpc).clientToken("table-1")))
                .routeTable()
                .routeTableId();
        of(ec2.associateRouteTable(r -> r.routeTableId(table).subnetId(subnet)));
        of(ec2.createRoute(
                r -> r.routeTableId(table).destinationCidrBlock("0.0.0.0/0").gatewayId(gateway)));
        group = of(ec2.createSecurityGroup(
                        r -> r.groupName("web").description("web").vpcId(vpc)))
                .groupId();
        of(ec2.authorizeSecurityGroupIngress(r -> r.groupId(group).ipPermissions(https("203.0.113.7/32", ""))));
        card = of(ec2.createNetworkInterface(r -> r.subnetId(subnet).groups(group)))
                .networkInterface()
                .networkInterfaceId();
        spare = of(ec2.createNetworkInterface(r -> r.subnetId(subnet)))
                .networkInterface()
                .networkInterfaceId();
        address = of(ec2.allocateAddress()).allocationId();
        of(ec2.associateAddress(r -> r.allocationId(address).networkInterfaceId(card)));
        of(ec2.createKeyPair(r -> r.keyName("key").keyType("ed25519")));
        attachment = of(ec2.runInstances(r -> r.imageId(Aws.IMAGE)
                        .minCount(1)
                        .maxCount(1)
                        .clientToken("run-1")
                        .networkInterfaces(Aws.primary(card))))
                .instances()
                .get(0)
                .networkInterfaces()
                .get(0)
                .attachment()
                .attachmentId();
        aws.create("network", Aws.template("one-vpc.json"), Map.of());
        aws.settled("network");
        before = aws.inventory();
    }

    @AfterAll
    static void close() {
        aws.close();
    }

    private static IpPermission https(String cidr, String description) {
        return Aws.tcp(443, cidr, description);
    }

    private static Arguments ec2(String given, String code, Function<Ec2AsyncClient, CompletableFuture<?>> call) {
        return Arguments.of(given, code, (Function<Aws, CompletableFuture<?>>) on -> call.apply(on.ec2));
    }

    private static Arguments stack(
            String given, String code, Function<CloudFormationAsyncClient, CompletableFuture<?>> call) {
        return Arguments.of(given, code, (Function<Aws, CompletableFuture<?>>) on -> call.apply(on.cloudFormation));
    }

    private static Arguments template(String given, String body) {
        return stack(
                given,
                "ValidationError",
                c -> c.createStack(r -> r.stackName("bad").templateBody(body)));
    }

    static Stream<Arguments> refusals() {
        return Stream.of(
                ec2("CreateVpc /8", "InvalidVpc.Range", c -> c.createVpc(r -> r.cidrBlock("10.0.0.0/8"))),
                ec2("CreateVpc no CIDR", "InvalidParameterValue", c -> c.createVpc(r -> r.cidrBlock("ten"))),
                ec2("AllocateAddress one too many", "AddressLimitExceeded", c -> c.allocateAddress()),
                ec2(
                        "CreateTags 51",
                        "TagLimitExceeded",
                        c -> c.createTags(r -> r.resources(vpc)
                                .tags(IntStream.range(0, 51)
                                        .mapToObj(i -> Tag.builder()
                                                .key("k" + i)
                                                .value("")
                                                .build())
                                        .toList()))),
                ec2(
                        "CreateSecurityGroup reserved name",
                        "InvalidParameterValue",
                        c -> c.createSecurityGroup(
                                r -> r.groupName("default").description("d").vpcId(vpc))),
                ec2(
                        "CreateSecurityGroup bad description",
                        "InvalidParameterValue",
                        c -> c.createSecurityGroup(
                                r -> r.groupName("b").description("<b>").vpcId(vpc))),
                ec2(
                        "Authorize the same twice in one call",
                        "InvalidParameterValue",
                        c -> c.authorizeSecurityGroupIngress(r -> r.groupId(group)
                                .ipPermissions(https("203.0.113.8/32", ""), https("203.0.113.8/32", "x")))),
                ec2(
                        "Authorize 61",
                        "RulesPerSecurityGroupLimitExceeded",
                        c -> c.authorizeSecurityGroupIngress(r -> r.groupId(group)
                                .ipPermissions(IntStream.range(0, 60)
                                        .mapToObj(i -> https("198.51.100." + i + "/32", ""))
                                        .toList()))),
                ec2(
                        "Authorize from an unknown group",
                        "InvalidGroup.NotFound",
                        c -> c.authorizeSecurityGroupIngress(r -> r.groupId(group)
                                .ipPermissions(IpPermission.builder()
                                        .ipProtocol("-1")
                                        .userIdGroupPairs(UserIdGroupPair.builder()
                                                .groupId("sg-00000000000000000")
                                                .build())
                                        .build()))),
                ec2(
                        "CreateNetworkInterface group of another VPC",
                        "InvalidParameter",
                        c -> c.createNetworkInterface(r -> r.subnetId(subnet).groups(otherGroup))),
                ec2(
                        "ModifyNetworkInterfaceAttribute two at once",
                        "InvalidParameterCombination",
                        c -> c.modifyNetworkInterfaceAttribute(r -> r.networkInterfaceId(spare)
                                .sourceDestCheck(value -> value.value(false))
                                .description(value -> value.value("x")))),
                ec2(
                        "DetachNetworkInterface primary",
                        "OperationNotPermitted",
                        c -> c.detachNetworkInterface(r -> r.attachmentId(attachment))),
                ec2(
                        "AssociateAddress of somebody else",
                        "AuthFailure",
                        c -> c.associateAddress(r -> r.publicIp("192.0.2.1").networkInterfaceId(spare))),
                ec2(
                        "AssociateAddress to both",
                        "InvalidParameterCombination",
                        c -> c.associateAddress(r -> r.allocationId(address)
                                .networkInterfaceId(spare)
                                .instanceId("i-00000000000000000"))),
                ec2(
                        "RunInstances subnet beside interfaces",
                        "InvalidParameterCombination",
                        c -> c.runInstances(r -> r.imageId(Aws.IMAGE)
                                .minCount(1)
                                .maxCount(1)
                                .subnetId(subnet)
                                .networkInterfaces(Aws.primary(spare)))),
                ec2(
                        "RunInstances no type",
                        "InvalidParameterValue",
                        c -> c.runInstances(r -> r.imageId(Aws.IMAGE)
                                .minCount(1)
                                .maxCount(1)
                                .subnetId(subnet)
                                .instanceType("huge"))),
                ec2(
                        "CreateRouteTable token with other parameters",
                        "IdempotentParameterMismatch",
                        c -> c.createRouteTable(r -> r.vpcId(otherVpc).clientToken("table-1"))),
                ec2(
                        "CreateRoute two targets",
                        "InvalidParameterCombination",
                        c -> c.createRoute(r -> r.routeTableId(table)
                                .destinationCidrBlock("10.0.0.0/16")
                                .gatewayId(gateway)
                                .networkInterfaceId(card))),
                ec2(
                        "DescribeAvailabilityZones unknown",
                        "InvalidParameterValue",
                        c -> c.describeAvailabilityZones(r -> r.zoneNames("mars-1a"))),
                ec2("CreateVpc nothing given", "MissingParameter", c -> c.createVpc(r -> {})),
                ec2("CreateVpc one too many", "VpcLimitExceeded", c -> c.createVpc(r -> r.cidrBlock("10.9.0.0/16"))),
                ec2(
                        "CreateVpc dry",
                        "DryRunOperation",
                        c -> c.createVpc(r -> r.cidrBlock("10.9.0.0/16").dryRun(true))),
                ec2(
                        "CreateVpc tags of another kind",
                        "InvalidParameterValue",
                        c -> c.createVpc(r -> r.cidrBlock("10.9.0.0/16")
                                .tagSpecifications(Aws.tagged(ResourceType.SUBNET, "a", "b")))),
                ec2(
                        "DeleteTags dry, denied",
                        "UnauthorizedOperation",
                        c -> c.deleteTags(r -> r.resources(vpc).dryRun(true))),
                ec2(
                        "DescribeVpcs unknown",
                        "InvalidVpcID.NotFound",
                        c -> c.describeVpcs(r -> r.vpcIds("vpc-00000000000000000"))),
                ec2("DescribeVpcs malformed", "InvalidVpcID.Malformed", c -> c.describeVpcs(r -> r.vpcIds("vpc"))),
                ec2(
                        "DescribeVpcs bad filter",
                        "InvalidParameterValue",
                        c -> c.describeVpcs(r -> r.filters(Aws.filter("colour", "red")))),
                ec2("DeleteVpc in use", "DependencyViolation", c -> c.deleteVpc(r -> r.vpcId(vpc))),
                ec2(
                        "CreateSubnet outside",
                        "InvalidSubnet.Range",
                        c -> c.createSubnet(r -> r.vpcId(vpc).cidrBlock("10.3.0.0/24"))),
                ec2(
                        "CreateSubnet overlapping",
                        "InvalidSubnet.Conflict",
                        c -> c.createSubnet(r -> r.vpcId(vpc).cidrBlock("10.1.0.128/25"))),
                ec2(
                        "CreateSubnet bad zone",
                        "InvalidParameterValue",
                        c -> c.createSubnet(
                                r -> r.vpcId(vpc).cidrBlock("10.1.9.0/24").availabilityZone("mars-1a"))),
                ec2("DeleteSubnet in use", "DependencyViolation", c -> c.deleteSubnet(r -> r.subnetId(subnet))),
                ec2(
                        "DeleteSubnet unknown",
                        "InvalidSubnetID.NotFound",
                        c -> c.deleteSubnet(r -> r.subnetId("subnet-00000000000000000"))),
                ec2(
                        "AttachInternetGateway twice",
                        "Resource.AlreadyAssociated",
                        c -> c.attachInternetGateway(
                                r -> r.internetGatewayId(gateway).vpcId(vpc))),
                ec2(
                        "DetachInternetGateway with addresses",
                        "DependencyViolation",
                        c -> c.detachInternetGateway(
                                r -> r.internetGatewayId(gateway).vpcId(vpc))),
                ec2(
                        "DeleteInternetGateway attached",
                        "DependencyViolation",
                        c -> c.deleteInternetGateway(r -> r.internetGatewayId(gateway))),
                ec2(
                        "DeleteInternetGateway unknown",
                        "InvalidInternetGatewayID.NotFound",
                        c -> c.deleteInternetGateway(r -> r.internetGatewayId("igw-00000000000000000"))),
                ec2(
                        "AssociateRouteTable again",
                        "Resource.AlreadyAssociated",
                        c -> c.associateRouteTable(r -> r.routeTableId(table).subnetId(subnet))),
                ec2(
                        "DisassociateRouteTable unknown",
                        "InvalidAssociationID.NotFound",
                        c -> c.disassociateRouteTable(r -> r.associationId("rtbassoc-00000000000000000"))),
                ec2(
                        "DeleteRouteTable associated",
                        "DependencyViolation",
                        c -> c.deleteRouteTable(r -> r.routeTableId(table))),
                ec2(
                        "DeleteRouteTable unknown",
                        "InvalidRouteTableID.NotFound",
                        c -> c.deleteRouteTable(r -> r.routeTableId("rtb-00000000000000000"))),
                ec2(
                        "CreateRoute exists with another target",
                        "RouteAlreadyExists",
                        c -> c.createRoute(r -> r.routeTableId(table)
                                .destinationCidrBlock("0.0.0.0/0")
                                .networkInterfaceId(card))),
                ec2(
                        "CreateRoute to the VPC itself",
                        "RouteAlreadyExists",
                        c -> c.createRoute(r -> r.routeTableId(table)
                                .destinationCidrBlock("10.1.0.0/16")
                                .networkInterfaceId(card))),
                ec2(
                        "CreateRoute without target",
                        "MissingParameter",
                        c -> c.createRoute(r -> r.routeTableId(table).destinationCidrBlock("10.0.0.0/16"))),
                ec2(
                        "CreateRoute to unknown interface",
                        "InvalidNetworkInterfaceID.NotFound",
                        c -> c.createRoute(r -> r.routeTableId(table)
                                .destinationCidrBlock("10.0.0.0/16")
                                .networkInterfaceId("eni-00000000000000000"))),
                ec2(
                        "ReplaceRoute missing",
                        "InvalidParameterValue",
                        c -> c.replaceRoute(r -> r.routeTableId(table)
                                .destinationCidrBlock("10.0.0.0/16")
                                .networkInterfaceId(card))),
                ec2(
                        "DeleteRoute missing",
                        "InvalidRoute.NotFound",
                        c -> c.deleteRoute(r -> r.routeTableId(table).destinationCidrBlock("10.0.0.0/16"))),
                ec2(
                        "DeleteRoute local",
                        "InvalidParameterValue",
                        c -> c.deleteRoute(r -> r.routeTableId(table).destinationCidrBlock("10.1.0.0/16"))),
                ec2(
                        "CreateSecurityGroup same name",
                        "InvalidGroup.Duplicate",
                        c -> c.createSecurityGroup(
                                r -> r.groupName("web").description("again").vpcId(vpc))),
                ec2(
                        "CreateSecurityGroup without VPC",
                        "VPCIdNotSpecified",
                        c -> c.createSecurityGroup(r -> r.groupName("other").description("other"))),
                ec2(
                        "DescribeSecurityGroups unknown",
                        "InvalidGroup.NotFound",
                        c -> c.describeSecurityGroups(r -> r.groupIds("sg-00000000000000000"))),
                ec2(
                        "DescribeSecurityGroups malformed",
                        "InvalidGroupId.Malformed",
                        c -> c.describeSecurityGroups(r -> r.groupIds("web"))),
                ec2(
                        "DeleteSecurityGroup in use",
                        "DependencyViolation",
                        c -> c.deleteSecurityGroup(r -> r.groupId(group))),
                ec2(
                        "Authorize again, other description",
                        "InvalidPermission.Duplicate",
                        c -> c.authorizeSecurityGroupIngress(
                                r -> r.groupId(group).ipPermissions(https("203.0.113.7/32", "other")))),
                ec2(
                        "Authorize bad description",
                        "InvalidParameterValue",
                        c -> c.authorizeSecurityGroupIngress(
                                r -> r.groupId(group).ipPermissions(https("203.0.113.8/32", "<b>")))),
                ec2(
                        "Authorize bad CIDR",
                        "InvalidParameterValue",
                        c -> c.authorizeSecurityGroupIngress(
                                r -> r.groupId(group).ipPermissions(https("203.0.113.8/33", "")))),
                ec2(
                        "Revoke what is not there",
                        "InvalidPermission.NotFound",
                        c -> c.revokeSecurityGroupIngress(
                                r -> r.groupId(group).ipPermissions(https("203.0.113.9/32", "")))),
                ec2(
                        "Revoke unknown rule",
                        "InvalidSecurityGroupRuleId.NotFound",
                        c -> c.revokeSecurityGroupIngress(
                                r -> r.groupId(group).securityGroupRuleIds("sgr-00000000000000000"))),
                ec2(
                        "CreateNetworkInterface address taken",
                        "InvalidIPAddress.InUse",
                        c -> c.createNetworkInterface(r -> r.subnetId(subnet).privateIpAddress("10.1.0.4"))),
                ec2(
                        "DeleteNetworkInterface attached",
                        "InvalidParameterValue",
                        c -> c.deleteNetworkInterface(r -> r.networkInterfaceId(card))),
                ec2(
                        "ReleaseAddress associated",
                        "InvalidIPAddress.InUse",
                        c -> c.releaseAddress(r -> r.allocationId(address))),
                ec2(
                        "ReleaseAddress unknown",
                        "InvalidAllocationID.NotFound",
                        c -> c.releaseAddress(r -> r.allocationId("eipalloc-00000000000000000"))),
                ec2(
                        "AssociateAddress elsewhere",
                        "Resource.AlreadyAssociated",
                        c -> c.associateAddress(r -> r.allocationId(address).networkInterfaceId(spare))),
                ec2(
                        "DisassociateAddress unknown",
                        "InvalidAssociationID.NotFound",
                        c -> c.disassociateAddress(r -> r.associationId("eipassoc-00000000000000000"))),
                ec2(
                        "RunInstances unknown image",
                        "InvalidAMIID.NotFound",
                        c -> c.runInstances(r -> r.imageId("ami-0000000000000dead")
                                .minCount(1)
                                .maxCount(1)
                                .subnetId(subnet))),
                ec2(
                        "RunInstances unknown key",
                        "InvalidKeyPair.NotFound",
                        c -> c.runInstances(r -> r.imageId(Aws.IMAGE)
                                .minCount(1)
                                .maxCount(1)
                                .subnetId(subnet)
                                .keyName("none"))),
                ec2(
                        "RunInstances interface taken",
                        "InvalidNetworkInterface.InUse",
                        c -> c.runInstances(r ->
                                r.imageId(Aws.IMAGE).minCount(1).maxCount(1).networkInterfaces(Aws.primary(card)))),
                ec2(
                        "RunInstances token with other parameters",
                        "IdempotentParameterMismatch",
                        c -> c.runInstances(r -> r.imageId(Aws.IMAGE)
                                .minCount(1)
                                .maxCount(1)
                                .subnetId(subnet)
                                .clientToken("run-1"))),
                ec2(
                        "TerminateInstances unknown",
                        "InvalidInstanceID.NotFound",
                        c -> c.terminateInstances(r -> r.instanceIds("i-00000000000000000"))),
                ec2(
                        "TerminateInstances nothing given",
                        "InvalidParameterCombination",
                        c -> c.terminateInstances(r -> {})),
                ec2("CreateKeyPair again", "InvalidKeyPair.Duplicate", c -> c.createKeyPair(r -> r.keyName("key"))),
                ec2(
                        "CreateTags unknown id",
                        "InvalidVpcID.NotFound",
                        c -> c.createTags(r -> r.resources("vpc-00000000000000000")
                                .tags(Tag.builder().key("a").value("b").build()))),
                ec2(
                        "CreateTags reserved",
                        "InvalidParameterValue",
                        c -> c.createTags(r -> r.resources(vpc)
                                .tags(Tag.builder().key("aws:x").value("b").build()))),
                ec2("an action it does not know", "InvalidAction", c -> c.describeVpnGateways()),
                stack(
                        "CreateStack same name",
                        "AlreadyExistsException",
                        c -> c.createStack(r -> r.stackName("network").templateBody(Aws.template("one-vpc.json")))),
                stack("DescribeStacks unknown", "ValidationError", c -> c.describeStacks(r -> r.stackName("none"))),
                stack(
                        "UpdateStack without change",
                        "ValidationError",
                        c -> c.updateStack(r -> r.stackName("network").usePreviousTemplate(true))),
                stack(
                        "ExecuteChangeSet unknown",
                        "ChangeSetNotFound",
                        c -> c.executeChangeSet(r -> r.stackName("network").changeSetName("none"))),
                stack("ListStacks denied", "AccessDenied", c -> c.listStacks()),
                stack("an action it does not know", "InvalidAction", c -> c.listStackSets()),
                template("not a map", "- a"),
                template("not YAML", "Resources: {"),
                template("not JSON", "{\"Resources\": "),
                template("no resources", "Description: nothing"),
                template("unknown type", "Resources: {A: {Type: 'AWS::EC2::Spaceship'}}"),
                template(
                        "Ref to nothing",
                        "Resources: {A: {Type: 'AWS::EC2::RouteTable', Properties: {VpcId: !Ref B}}}"),
                template("unknown attribute", """
                        Resources:
                          A: {Type: 'AWS::EC2::InternetGateway'}
                        Outputs:
                          X: {Value: !GetAtt A.Colour}
                        """),
                template("circle", """
                        Resources:
                          A: {Type: 'AWS::EC2::InternetGateway', DependsOn: B}
                          B: {Type: 'AWS::EC2::InternetGateway', DependsOn: A}
                        """),
                template("parameter without value", """
                        Parameters: {P: {Type: String}}
                        Resources: {A: {Type: 'AWS::EC2::InternetGateway'}}
                        """),
                template("value not allowed", """
                        Parameters: {P: {Type: String, AllowedValues: [a, b], Default: c}}
                        Resources: {A: {Type: 'AWS::EC2::InternetGateway'}}
                        """));
    }

    @ParameterizedTest(name = "{0}: {1}")
    @MethodSource("refusals")
    void isRefusedAndChangesNothing(String given, String code, Function<Aws, CompletableFuture<?>> call) {
        assertThat(refusal(call.apply(aws))).isEqualTo(code);
        assertThat(aws.inventory()).isEqualTo(before);
    }
}

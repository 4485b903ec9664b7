// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.sim.aws;

import static io.hybridpipe.sim.aws.Aws.of;
import static io.hybridpipe.sim.aws.Aws.outputs;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Collections;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.cloudformation.model.StackEvent;
import software.amazon.awssdk.services.ssm.model.ParameterType;

class ResourceTypesTest {

    private static final SimAws.Account HERE = SimAws.DEFAULT_ACCOUNT;
    private static final SimAws.Account THERE =
            new SimAws.Account("444455556666", "AKIASIMULATED0000002", "simulated-secret-key-of-444455556666");

    private final Aws aws = new Aws(SimAws.builder()
            .account(HERE.id(), HERE.accessKey(), HERE.secretKey())
            .account(THERE.id(), THERE.accessKey(), THERE.secretKey()));

    @AfterEach
    void close() {
        aws.close();
    }

    private String make(String template) {
        aws.create("net", template, Map.of());
        return aws.settled("net").stackStatusAsString();
    }

    private String update(String template) {
        of(aws.cloudFormation.updateStack(request -> request.stackName("net").templateBody(template)));
        return aws.settled("net").stackStatusAsString();
    }

    private void delete() {
        of(aws.cloudFormation.deleteStack(request -> request.stackName("net")));
        aws.await(() -> aws.inventory().ids("stack"), Set::isEmpty);
    }

    private String firstReason(String status) {
        var events = aws.events("net");
        Collections.reverse(events);
        return events.stream()
                .filter(event -> event.resourceStatusAsString().equals(status))
                .map(StackEvent::resourceStatusReason)
                .findFirst()
                .orElse("no event " + status);
    }

    @Test
    void aPeeringInOneAccountIsAcceptedByTheStackAndLeadsRoutes() {
        var before = aws.inventory();
        assertThat(make("""
                Resources:
                  Vpc: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.1.0.0/16}}
                  Other: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.2.0.0/16}}
                  Peering:
                    Type: AWS::EC2::VPCPeeringConnection
                    Properties: {VpcId: !Ref Vpc, PeerVpcId: !Ref Other, Tags: [{Key: Name, Value: both}]}
                  Routes: {Type: AWS::EC2::RouteTable, Properties: {VpcId: !Ref Vpc}}
                  Route:
                    Type: AWS::EC2::Route
                    Properties:
                      RouteTableId: !Ref Routes
                      DestinationCidrBlock: 10.2.0.0/16
                      VpcPeeringConnectionId: !Ref Peering
                Outputs:
                  Peering: {Value: !GetAtt Peering.Id}
                """)).isEqualTo("CREATE_COMPLETE");
        var id = outputs(aws.describe("net")).get("Peering");
        var peering = of(aws.ec2.describeVpcPeeringConnections(request -> request.vpcPeeringConnectionIds(id)))
                .vpcPeeringConnections()
                .get(0);
        assertThat(peering.status().codeAsString()).isEqualTo("active");
        assertThat(peering.tags()).anySatisfy(tag -> assertThat(tag.value()).isEqualTo("both"));
        delete();
        assertThat(aws.inventory().ids("vpc")).isEqualTo(before.ids("vpc"));
    }

    @Test
    void aPeeringWithAnotherAccountNeedsThatAccountsRole() {
        try (var ec2 = aws.ec2(THERE, Aws.REGION)) {
            var vpc = of(ec2.createVpc(request -> request.cidrBlock("10.3.0.0/16")))
                    .vpc()
                    .vpcId();
            var template = """
                    Resources:
                      Vpc: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.1.0.0/16}}
                      Peering:
                        Type: AWS::EC2::VPCPeeringConnection
                        Properties: {VpcId: !Ref Vpc, PeerVpcId: %s, PeerOwnerId: "%s"%s}
                    """;
            assertThat(make(template.formatted(vpc, THERE.id(), ""))).isEqualTo("ROLLBACK_COMPLETE");
            assertThat(firstReason("CREATE_FAILED")).contains("PeerRoleArn");
            delete();
            var role = ", PeerRoleArn: \"arn:aws:iam::" + THERE.id() + ":role/peer\"";
            assertThat(make(template.formatted(vpc, THERE.id(), role))).isEqualTo("CREATE_COMPLETE");
            assertThat(of(ec2.describeVpcPeeringConnections())
                            .vpcPeeringConnections()
                            .get(0)
                            .status()
                            .codeAsString())
                    .isEqualTo("active");
        }
    }

    @Test
    void aPeeringThatCannotBeDoesNotStabilize() {
        assertThat(make("""
                Resources:
                  Vpc: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.1.0.0/16}}
                  Same: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.1.0.0/16}}
                  Peering:
                    Type: AWS::EC2::VPCPeeringConnection
                    Properties: {VpcId: !Ref Vpc, PeerVpcId: !Ref Same}
                """)).isEqualTo("ROLLBACK_COMPLETE");
        assertThat(firstReason("CREATE_FAILED"))
                .contains("Resource of type 'AWS::EC2::VPCPeeringConnection' with identifier")
                .contains("HandlerErrorCode: NotStabilized");
    }

    @Test
    void aStoredParameterIsMadeChangedAndDeleted() {
        var template = """
                Resources:
                  Config:
                    Type: AWS::SSM::Parameter
                    Properties: {Name: /net/config, Type: %s, Value: "%s", Tags: {team: net}}
                Outputs:
                  Name: {Value: !Ref Config}
                  Value: {Value: !GetAtt Config.Value}
                """;
        try (var ssm = aws.ssm(Aws.credentials(HERE))) {
            assertThat(make(template.formatted("String", "one"))).isEqualTo("CREATE_COMPLETE");
            assertThat(outputs(aws.describe("net")))
                    .containsEntry("Name", "/net/config")
                    .containsEntry("Value", "one");
            assertThat(update(template.formatted("String", "two"))).isEqualTo("UPDATE_COMPLETE");
            var parameter =
                    of(ssm.getParameter(request -> request.name("/net/config"))).parameter();
            assertThat(parameter.value()).isEqualTo("two");
            assertThat(parameter.version()).isEqualTo(2);
            delete();
            assertThat(Aws.refusal(ssm.getParameter(request -> request.name("/net/config"))))
                    .isEqualTo("ParameterNotFound");
            of(ssm.putParameter(request ->
                    request.name("/net/config").type(ParameterType.STRING).value("foreign")));
            assertThat(make(template.formatted("String", "one"))).isEqualTo("ROLLBACK_COMPLETE");
            assertThat(firstReason("CREATE_FAILED"))
                    .contains("(Service: Ssm, Status Code: 400, Request ID: ")
                    .contains("HandlerErrorCode: AlreadyExists");
            assertThat(of(ssm.getParameter(request -> request.name("/net/config")))
                            .parameter()
                            .value())
                    .isEqualTo("foreign");
        }
    }

    @Test
    void whatHasAGivenNameIsNotReplacedByItself() {
        assertThat(make("Resources: {Key: {Type: AWS::EC2::KeyPair, Properties: {KeyName: k, KeyType: ed25519}}}"))
                .isEqualTo("CREATE_COMPLETE");
        assertThat(update("Resources: {Key: {Type: AWS::EC2::KeyPair, Properties: {KeyName: k, KeyType: rsa}}}"))
                .isEqualTo("UPDATE_ROLLBACK_COMPLETE");
        assertThat(firstReason("UPDATE_FAILED"))
                .isEqualTo(
                        "CloudFormation cannot update a stack when a custom-named resource requires replacing. Rename k"
                                + " and update the stack again.");
    }

    @Test
    void anAssociationAndAnAttachmentMoveInPlace() {
        var template = """
                Resources:
                  Vpc: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.1.0.0/16}}
                  Subnet: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Vpc, CidrBlock: 10.1.1.0/24}}
                  One: {Type: AWS::EC2::RouteTable, Properties: {VpcId: !Ref Vpc}}
                  Two: {Type: AWS::EC2::RouteTable, Properties: {VpcId: !Ref Vpc}}
                  Association:
                    Type: AWS::EC2::SubnetRouteTableAssociation
                    Properties: {SubnetId: !Ref Subnet, RouteTableId: !Ref %1$s}
                  GatewayOne: {Type: AWS::EC2::InternetGateway}
                  GatewayTwo: {Type: AWS::EC2::InternetGateway}
                  Attachment:
                    Type: AWS::EC2::VPCGatewayAttachment
                    Properties: {VpcId: !Ref Vpc, InternetGatewayId: !Ref Gateway%1$s}
                Outputs:
                  Table: {Value: !Ref %1$s}
                  Gateway: {Value: !Ref Gateway%1$s}
                  Subnet: {Value: !Ref Subnet}
                """;
        assertThat(make(template.formatted("One"))).isEqualTo("CREATE_COMPLETE");
        assertThat(update(template.formatted("Two"))).isEqualTo("UPDATE_COMPLETE");
        var outputs = outputs(aws.describe("net"));
        assertThat(of(aws.ec2.describeRouteTables(
                                request -> request.filters(Aws.filter("association.subnet-id", outputs.get("Subnet")))))
                        .routeTables())
                .singleElement()
                .satisfies(table -> assertThat(table.routeTableId()).isEqualTo(outputs.get("Table")));
        assertThat(of(aws.ec2.describeInternetGateways(request -> request.internetGatewayIds(outputs.get("Gateway"))))
                        .internetGateways()
                        .get(0)
                        .attachments())
                .hasSize(1);
        delete();
    }

    @Test
    void anInstanceGetsASecondCardAndTheGroupsThatAnUpdateWants() {
        var template = """
                Resources:
                  Vpc: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.1.0.0/16}}
                  Subnet: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Vpc, CidrBlock: 10.1.1.0/24}}
                  A: {Type: AWS::EC2::SecurityGroup, Properties: {GroupDescription: a, VpcId: !Ref Vpc}}
                  B: {Type: AWS::EC2::SecurityGroup, Properties: {GroupDescription: b, VpcId: !Ref Vpc}}
                  Machine:
                    Type: AWS::EC2::Instance
                    Properties: {ImageId: %2$s, SubnetId: !Ref Subnet, SecurityGroupIds: [!Ref %1$s]}
                  Card: {Type: AWS::EC2::NetworkInterface, Properties: {SubnetId: !Ref Subnet}}
                  Plug:
                    Type: AWS::EC2::NetworkInterfaceAttachment
                    Properties: {DeviceIndex: 1, InstanceId: !Ref Machine, NetworkInterfaceId: !Ref Card}
                  Handle: {Type: AWS::CloudFormation::WaitConditionHandle}
                Outputs:
                  Machine: {Value: !Ref Machine}
                  Group: {Value: !GetAtt B.GroupId}
                """;
        assertThat(make(template.formatted("A", Aws.IMAGE)))
                .as(() -> firstReason("CREATE_FAILED"))
                .isEqualTo("CREATE_COMPLETE");
        var machine = outputs(aws.describe("net")).get("Machine");
        assertThat(update(template.formatted("B", Aws.IMAGE))).isEqualTo("UPDATE_COMPLETE");
        var instance = of(aws.ec2.describeInstances(request -> request.instanceIds(machine)))
                .reservations()
                .get(0)
                .instances()
                .get(0);
        assertThat(instance.networkInterfaces()).hasSize(2);
        assertThat(instance.securityGroups()).singleElement().satisfies(group -> assertThat(group.groupId())
                .isEqualTo(outputs(aws.describe("net")).get("Group")));
        delete();
        assertThat(aws.inventory().ids("network-interface")).isEmpty();
    }

    @Test
    void anInstanceThatWasTerminatedOutsideFailsItsUpdateAndLetsItsStackBeDeleted() {
        var template = """
                Resources:
                  Vpc: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.1.0.0/16}}
                  Subnet: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Vpc, CidrBlock: 10.1.1.0/24}}
                  Machine:
                    Type: AWS::EC2::Instance
                    Properties: {ImageId: %2$s, SubnetId: !Ref Subnet, InstanceType: %1$s}
                Outputs:
                  Machine: {Value: !Ref Machine}
                  Address: {Value: !GetAtt Machine.PrivateIp}
                """;
        assertThat(make(template.formatted("t3.small", Aws.IMAGE))).isEqualTo("CREATE_COMPLETE");
        var machine = outputs(aws.describe("net")).get("Machine");
        assertThat(update(template.formatted("t3.large", Aws.IMAGE))).isEqualTo("UPDATE_COMPLETE");
        assertThat(of(aws.ec2.describeInstances(request -> request.instanceIds(machine)))
                        .reservations()
                        .get(0)
                        .instances()
                        .get(0)
                        .instanceTypeAsString())
                .isEqualTo("t3.large");
        of(aws.ec2.terminateInstances(request -> request.instanceIds(machine)));
        aws.clock.advance(Duration.ofMinutes(2));
        assertThat(update(template.formatted("t3.small", Aws.IMAGE))).isEqualTo("UPDATE_ROLLBACK_FAILED");
        delete();
        assertThat(aws.inventory().ids("subnet")).isEmpty();
    }

    @Test
    void propertiesThatATypeDoesNotHaveAreAllNamed() {
        assertThat(make("""
                Resources:
                  Group:
                    Type: AWS::EC2::SecurityGroup
                    Properties:
                      GroupDescription: web
                      Colour: blue
                      SecurityGroupIngress: [{IpProtocol: tcp, FromPort: 1, ToPort: 1, Cidr: 0.0.0.0/0}]
                """)).isEqualTo("ROLLBACK_COMPLETE");
        assertThat(firstReason("CREATE_FAILED")).isEqualTo("""
                        Properties validation failed for resource Group with message:
                        #: extraneous key [Colour] is not permitted
                        #: required key [VpcId] not found
                        #/SecurityGroupIngress/0: extraneous key [Cidr] is not permitted""");
    }

    @Test
    void theFirstFailureIsToldInTheWordsOfEc2AndTheOthersAreCancelled() {
        assertThat(make("""
                Resources:
                  Vpc: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.1.0.0/16}}
                  Bad: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Vpc, CidrBlock: 10.9.0.0/24}}
                  Good: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Vpc, CidrBlock: 10.1.9.0/24}}
                """)).isEqualTo("ROLLBACK_COMPLETE");
        assertThat(firstReason("CREATE_FAILED"))
                .matches(
                        "Resource handler returned message: \"The CIDR '10.9.0.0/24' is invalid. \\(Service: Ec2, Status"
                                + " Code: 400, Request ID: [-0-9a-f]{36}\\) \\(SDK Attempt Count: 1\\)\" \\(RequestToken:"
                                + " [-0-9a-f]{36}, HandlerErrorCode: InvalidRequest\\)");
        assertThat(aws.events("net")).anySatisfy(event -> {
            assertThat(event.logicalResourceId()).isEqualTo("Good");
            assertThat(event.resourceStatusReason()).isEqualTo("Resource creation cancelled");
        });
        assertThat(firstReason("ROLLBACK_IN_PROGRESS"))
                .isEqualTo("The following resource(s) failed to create: [Bad, Good]. Rollback requested by user.");
    }
}

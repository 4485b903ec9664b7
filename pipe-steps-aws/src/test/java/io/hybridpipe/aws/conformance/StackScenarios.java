// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.aws.conformance;

import static io.hybridpipe.aws.conformance.Scenario.ok;
import static io.hybridpipe.aws.conformance.Scenario.refused;

import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import software.amazon.awssdk.services.cloudformation.model.ChangeSetType;
import software.amazon.awssdk.services.cloudformation.model.DescribeChangeSetResponse;
import software.amazon.awssdk.services.cloudformation.model.Parameter;

/** CloudFormation: stacks and change sets. */
@SuppressWarnings("unchecked") // the SDK takes several lambdas as varargs
final class StackScenarios {
    static final String ONE_GATEWAY = "Resources: {Gateway: {Type: 'AWS::EC2::InternetGateway'}}";

    private static final String TWO_GATEWAYS = """
            Resources:
              Gateway: {Type: AWS::EC2::InternetGateway}
              Second: {Type: AWS::EC2::InternetGateway}
            """;

    private static final String NETWORK = """
            Description: a small network
            Parameters:
              VpcCidr: {Type: String, Default: 10.1.0.0/16, Description: of the VPC}
              Secret: {Type: String, Default: hidden, NoEcho: true}
            Resources:
              Vpc:
                Type: AWS::EC2::VPC
                Properties: {CidrBlock: !Ref VpcCidr, Tags: [{Key: pipe, Value: fednet}]}
              Subnet:
                Type: AWS::EC2::Subnet
                Properties:
                  VpcId: !Ref Vpc
                  CidrBlock: 10.1.1.0/24
                  AvailabilityZone: !Select [0, !GetAZs ""]
              Table: {Type: AWS::EC2::RouteTable, Properties: {VpcId: !Ref Vpc}}
              TableOfSubnet:
                Type: AWS::EC2::SubnetRouteTableAssociation
                Properties: {SubnetId: !Ref Subnet, RouteTableId: !Ref Table}
              Gateway: {Type: AWS::EC2::InternetGateway}
              Attachment:
                Type: AWS::EC2::VPCGatewayAttachment
                Properties: {VpcId: !Ref Vpc, InternetGatewayId: !Ref Gateway}
              DefaultRoute:
                Type: AWS::EC2::Route
                DependsOn: Attachment
                Properties: {RouteTableId: !Ref Table, DestinationCidrBlock: 0.0.0.0/0, GatewayId: !Ref Gateway}
              Group:
                Type: AWS::EC2::SecurityGroup
                Properties:
                  GroupName: controller
                  GroupDescription: for the controller
                  VpcId: !Ref Vpc
                  SecurityGroupIngress: [{IpProtocol: udp, FromPort: 500, ToPort: 500, CidrIp: 0.0.0.0/0}]
              Eni:
                Type: AWS::EC2::NetworkInterface
                Properties:
                  SubnetId: !Ref Subnet
                  GroupSet: [!Ref Group]
                  SourceDestCheck: false
                  Description: controller
            Outputs:
              Group: {Value: !GetAtt Group.GroupId, Description: of the controller}
              Vpc: {Value: !Ref Vpc}
            """;

    /** The third resource cannot be made: its block lies outside of the VPC. */
    private static final String FAILING = """
            Resources:
              Gateway: {Type: AWS::EC2::InternetGateway}
              Vpc: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.1.0.0/16}}
              Subnet: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Vpc, CidrBlock: 10.9.0.0/24}}
            """;

    private StackScenarios() {}

    static List<Scenario> all() {
        return Stream.of(create(), update(), delete(), look(), changeSets(), templates())
                .flatMap(List::stream)
                .toList();
    }

    private static List<Scenario> create() {
        return List.of(
                ok("CreateStack", "a network", g -> g.cloudFormation()
                        .createStack(r -> r.stackName("network").templateBody(NETWORK))),
                ok("CreateStack", "a block by Fn::Cidr", g -> g.cloudFormation()
                        .createStack(r -> r.stackName("network").templateBody("""
                                Resources:
                                  Vpc: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.1.0.0/16}}
                                  Subnet:
                                    Type: AWS::EC2::Subnet
                                    Properties:
                                      VpcId: !Ref Vpc
                                      CidrBlock: !Select [1, !Cidr [!GetAtt Vpc.CidrBlock, 4, 8]]
                                      AvailabilityZone: !Select [0, !GetAZs ""]
                                """))),
                ok("CreateStack", "the same client token twice", g -> {
                    g.cloudFormation()
                            .createStack(r -> r.stackName("network")
                                    .templateBody(ONE_GATEWAY)
                                    .clientRequestToken("once"))
                            .join();
                    return g.cloudFormation().createStack(r -> r.stackName("network")
                            .templateBody(ONE_GATEWAY)
                            .clientRequestToken("once"));
                }),
                refused("CreateStack", "AlreadyExistsException", "a used name", g -> {
                    g.stack("network", ONE_GATEWAY);
                    return g.cloudFormation()
                            .createStack(r -> r.stackName("network").templateBody(ONE_GATEWAY));
                }),
                refused("CreateStack", "ValidationError", "a Ref to nothing", g -> g.cloudFormation()
                        .createStack(r -> r.stackName("network")
                                .templateBody("Resources: {T: {Type: 'AWS::EC2::RouteTable', Properties: {VpcId: !Ref"
                                        + " Vpc}}}"))),
                refused("CreateStack", "ValidationError", "a parameter without a value", g -> g.cloudFormation()
                        .createStack(r -> r.stackName("network")
                                .templateBody("Parameters: {P: {Type: String}}\n" + ONE_GATEWAY))),
                refused("CreateStack", "ValidationError", "a parameter that there is not", g -> g.cloudFormation()
                        .createStack(r -> r.stackName("network")
                                .templateBody(ONE_GATEWAY)
                                .parameters(parameter("Colour", "red")))),
                refused("CreateStack", "ValidationError", "an unknown type", g -> g.cloudFormation()
                        .createStack(r ->
                                r.stackName("network").templateBody("Resources: {A: {Type: 'AWS::EC2::Spaceship'}}"))),
                refused("CreateStack", "ValidationError", "no resources", g -> g.cloudFormation()
                        .createStack(r -> r.stackName("network").templateBody("Description: nothing"))),
                refused("CreateStack", "ValidationError", "a name with a blank", g -> g.cloudFormation()
                        .createStack(r -> r.stackName("my network").templateBody(ONE_GATEWAY))),
                ok("CreateStack", "with a failing resource", g -> g.cloudFormation()
                        .createStack(r -> r.stackName("network").templateBody(FAILING))));
    }

    private static List<Scenario> update() {
        return List.of(
                ok("UpdateStack", "one resource more", g -> {
                    g.stack("network", ONE_GATEWAY);
                    return g.cloudFormation()
                            .updateStack(r -> r.stackName("network").templateBody(TWO_GATEWAYS));
                }),
                ok("UpdateStack", "a parameter that replaces the VPC", g -> {
                    g.stack("network", """
                            Parameters: {Cidr: {Type: String, Default: 10.1.0.0/16}}
                            Resources: {Vpc: {Type: 'AWS::EC2::VPC', Properties: {CidrBlock: !Ref Cidr}}}
                            """);
                    return g.cloudFormation().updateStack(r -> r.stackName("network")
                            .usePreviousTemplate(true)
                            .parameters(parameter("Cidr", "10.2.0.0/16")));
                }),
                refused("UpdateStack", "ValidationError", "no change", g -> {
                    g.stack("network", ONE_GATEWAY);
                    return g.cloudFormation()
                            .updateStack(r -> r.stackName("network").templateBody(ONE_GATEWAY));
                }),
                refused("UpdateStack", "ValidationError", "unknown", g -> g.cloudFormation()
                        .updateStack(r -> r.stackName("network").templateBody(ONE_GATEWAY))));
    }

    private static List<Scenario> delete() {
        return List.of(
                ok("DeleteStack", "a network", g -> {
                    g.stack("network", NETWORK);
                    return g.cloudFormation().deleteStack(r -> r.stackName("network"));
                }),
                ok("DeleteStack", "one gateway", g -> {
                    g.stack("network", ONE_GATEWAY);
                    return g.cloudFormation().deleteStack(r -> r.stackName("network"));
                }),
                ok("DeleteStack", "with a retained resource", g -> {
                    g.stack("network", """
                            Resources:
                              Gateway: {Type: AWS::EC2::InternetGateway, DeletionPolicy: Retain}
                              Second: {Type: AWS::EC2::InternetGateway}
                            """);
                    return g.cloudFormation().deleteStack(r -> r.stackName("network"));
                }),
                ok("DeleteStack", "unknown", g -> g.cloudFormation().deleteStack(r -> r.stackName("network"))),
                ok("DescribeStacks", "a deleted one, by id", g -> {
                    String id = g.stack("network", ONE_GATEWAY);
                    g.cloudFormation().deleteStack(r -> r.stackName("network")).join();
                    g.awaitStack(id);
                    return g.cloudFormation().describeStacks(r -> r.stackName(id));
                }));
    }

    private static List<Scenario> look() {
        return List.of(
                ok("DescribeStacks", "a network", g -> {
                            g.stack("network", NETWORK);
                            return g.cloudFormation().describeStacks(r -> r.stackName("network"));
                        })
                        .showing("stacks[0].stackStatus", "CREATE_COMPLETE"),
                ok("DescribeStacks", "made through a change set", g -> {
                            g.cloudFormation()
                                    .createChangeSet(r -> r.stackName("network")
                                            .changeSetName("first")
                                            .changeSetType(ChangeSetType.CREATE)
                                            .templateBody(ONE_GATEWAY + "\nOutputs: {Gateway: {Value: !Ref Gateway}}"))
                                    .join();
                            g.pass(Duration.ofMinutes(1));
                            g.cloudFormation()
                                    .executeChangeSet(
                                            r -> r.stackName("network").changeSetName("first"))
                                    .join();
                            g.awaitStack("network");
                            return g.cloudFormation().describeStacks(r -> r.stackName("network"));
                        })
                        .showing("stacks[0].outputs.size", "1"),
                ok("DescribeStacks", "with a failing resource", g -> {
                            g.cloudFormation()
                                    .createStack(r -> r.stackName("network").templateBody(FAILING))
                                    .handle((made, failed) -> "moto answers the resource's error")
                                    .join();
                            g.pass(Duration.ofMinutes(2));
                            return g.cloudFormation().describeStacks(r -> r.stackName("network"));
                        })
                        .showing("stacks[0].stackStatus", "ROLLBACK_COMPLETE"),
                refused("DescribeStacks", "ValidationError", "unknown", g -> g.cloudFormation()
                        .describeStacks(r -> r.stackName("network"))),
                refused("DescribeStacks", "ValidationError", "a deleted one, by name", g -> {
                    String id = g.stack("network", ONE_GATEWAY);
                    g.cloudFormation().deleteStack(r -> r.stackName("network")).join();
                    g.awaitStack(id);
                    return g.cloudFormation().describeStacks(r -> r.stackName("network"));
                }),
                ok("ListStacks", "all that are there", g -> {
                    g.stack("network", ONE_GATEWAY);
                    return g.cloudFormation().listStacks(r -> r.stackStatusFiltersWithStrings("CREATE_COMPLETE"));
                }),
                ok("DescribeStackEvents", "of one gateway", g -> {
                            g.stack("network", ONE_GATEWAY);
                            return g.cloudFormation().describeStackEvents(r -> r.stackName("network"));
                        })
                        .leaving(".*eventId"),
                refused("DescribeStackEvents", "ValidationError", "unknown", g -> g.cloudFormation()
                        .describeStackEvents(r -> r.stackName("network"))),
                ok("DescribeStackResources", "of a network", g -> {
                            g.stack("network", NETWORK);
                            return g.cloudFormation().describeStackResources(r -> r.stackName("network"));
                        })
                        .leaving(".*\\[.*"),
                ok("DescribeStackResources", "of one gateway", g -> {
                    g.stack("network", ONE_GATEWAY);
                    return g.cloudFormation().describeStackResources(r -> r.stackName("network"));
                }),
                refused("DescribeStackResources", "ValidationError", "unknown", g -> g.cloudFormation()
                        .describeStackResources(r -> r.stackName("network"))),
                ok("ListStackResources", "of one gateway", g -> {
                    g.stack("network", ONE_GATEWAY);
                    return g.cloudFormation().listStackResources(r -> r.stackName("network"));
                }),
                refused("ListStackResources", "ValidationError", "unknown", g -> g.cloudFormation()
                        .listStackResources(r -> r.stackName("network"))),
                ok("GetTemplate", "as it was given", g -> {
                    g.stack("network", ONE_GATEWAY);
                    return g.cloudFormation().getTemplate(r -> r.stackName("network"));
                }),
                refused("GetTemplate", "ValidationError", "unknown", g -> g.cloudFormation()
                        .getTemplate(r -> r.stackName("network"))));
    }

    private static List<Scenario> changeSets() {
        return List.of(
                ok("CreateChangeSet", "for a new stack", g -> g.cloudFormation()
                        .createChangeSet(r -> r.stackName("network")
                                .changeSetName("first")
                                .changeSetType(ChangeSetType.CREATE)
                                .templateBody(NETWORK))),
                ok("CreateChangeSet", "for a stack that is there", g -> {
                    g.stack("network", ONE_GATEWAY);
                    return g.cloudFormation().createChangeSet(r -> r.stackName("network")
                            .changeSetName("second")
                            .templateBody(TWO_GATEWAYS));
                }),
                ok("CreateChangeSet", "the same again", g -> {
                    changeSet(g);
                    return g.cloudFormation().createChangeSet(r -> r.stackName("network")
                            .changeSetName("first")
                            .changeSetType(ChangeSetType.CREATE)
                            .templateBody(ONE_GATEWAY));
                }),
                refused("CreateChangeSet", "AlreadyExistsException", "a used name, another template", g -> {
                    changeSet(g);
                    return g.cloudFormation().createChangeSet(r -> r.stackName("network")
                            .changeSetName("first")
                            .changeSetType(ChangeSetType.CREATE)
                            .templateBody(TWO_GATEWAYS));
                }),
                refused(
                        "CreateChangeSet",
                        "ValidationError",
                        "to update a stack that there is not",
                        g -> g.cloudFormation().createChangeSet(r -> r.stackName("network")
                                .changeSetName("first")
                                .changeSetType(ChangeSetType.UPDATE)
                                .templateBody(ONE_GATEWAY))),
                ok("DescribeChangeSet", "for a new stack", g -> {
                    changeSet(g);
                    return g.cloudFormation()
                            .describeChangeSet(r -> r.stackName("network").changeSetName("first"));
                }),
                ok("DescribeChangeSet", "without any change", g -> {
                            g.stack("network", ONE_GATEWAY);
                            g.cloudFormation()
                                    .createChangeSet(r -> r.stackName("network")
                                            .changeSetName("nothing")
                                            .templateBody(ONE_GATEWAY))
                                    .join();
                            g.pass(Duration.ofSeconds(10));
                            return g.cloudFormation().describeChangeSet(r -> r.stackName("network")
                                    .changeSetName("nothing"));
                        })
                        .showing("status", "FAILED"),
                refused("DescribeChangeSet", "ChangeSetNotFound", "unknown", g -> {
                    g.stack("network", ONE_GATEWAY);
                    return g.cloudFormation()
                            .describeChangeSet(r -> r.stackName("network").changeSetName("none"));
                }),
                ok("ListChangeSets", "for a new stack", g -> {
                    changeSet(g);
                    return g.cloudFormation().listChangeSets(r -> r.stackName("network"));
                }),
                ok("ExecuteChangeSet", "for a new stack", g -> {
                    changeSet(g);
                    return g.cloudFormation()
                            .executeChangeSet(r -> r.stackName("network").changeSetName("first"));
                }),
                refused("ExecuteChangeSet", "ChangeSetNotFound", "unknown", g -> {
                    g.stack("network", ONE_GATEWAY);
                    return g.cloudFormation()
                            .executeChangeSet(r -> r.stackName("network").changeSetName("none"));
                }),
                ok("DeleteChangeSet", "for a new stack", g -> {
                    changeSet(g);
                    return g.cloudFormation()
                            .deleteChangeSet(r -> r.stackName("network").changeSetName("first"));
                }));
    }

    private static void changeSet(Ground g) {
        g.cloudFormation()
                .createChangeSet(r -> r.stackName("network")
                        .changeSetName("first")
                        .changeSetType(ChangeSetType.CREATE)
                        .templateBody(ONE_GATEWAY))
                .join();
        g.await(
                () -> g.cloudFormation()
                        .describeChangeSet(r -> r.stackName("network").changeSetName("first")),
                (DescribeChangeSetResponse seen) -> seen.statusAsString().equals("CREATE_COMPLETE"));
    }

    private static List<Scenario> templates() {
        return List.of(
                ok("ValidateTemplate", "a network", g -> g.cloudFormation()
                        .validateTemplate(r -> r.templateBody(NETWORK))),
                refused("ValidateTemplate", "ValidationError", "no resources", g -> g.cloudFormation()
                        .validateTemplate(r -> r.templateBody("Description: nothing"))),
                refused("ValidateTemplate", "ValidationError", "broken JSON", g -> g.cloudFormation()
                        .validateTemplate(r -> r.templateBody("{\"Resources\": "))));
    }

    private static Parameter parameter(String key, String value) {
        return Parameter.builder().parameterKey(key).parameterValue(value).build();
    }
}

// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.aws.faults;

import io.hybridpipe.Input;
import io.hybridpipe.Key;
import io.hybridpipe.Scope;
import io.hybridpipe.Step;
import io.hybridpipe.aws.cloudformation.DeleteStack;
import io.hybridpipe.aws.cloudformation.DeployStack;
import io.hybridpipe.aws.cloudformation.TemporaryStack;
import io.hybridpipe.aws.ec2.AddRoute;
import io.hybridpipe.aws.ec2.AllocateAddress;
import io.hybridpipe.aws.ec2.AllowIngress;
import io.hybridpipe.aws.ec2.AttachInternetGateway;
import io.hybridpipe.aws.ec2.AwsSubnets;
import io.hybridpipe.aws.ec2.CreateNetworkInterface;
import io.hybridpipe.aws.ec2.CreateRouteTable;
import io.hybridpipe.aws.ec2.CreateSecurityGroup;
import io.hybridpipe.aws.ec2.CreateSubnets;
import io.hybridpipe.aws.ec2.CreateVpc;
import io.hybridpipe.aws.ec2.DisableSourceDestCheck;
import io.hybridpipe.aws.ec2.IngressRule;
import io.hybridpipe.aws.ec2.LaunchController;
import io.hybridpipe.aws.ec2.LaunchedController;
import io.hybridpipe.aws.ec2.PeerVpcs;
import io.hybridpipe.aws.ec2.TemporaryIngress;
import io.hybridpipe.faults.Scene;
import io.hybridpipe.net.Cidr;
import io.hybridpipe.net.Ip;
import java.util.List;

/** Each step and scope of the module in a small pipe. */
final class Scenes {
    private static final Key<String> ID = Key.of("id", String.class);
    private static final Cidr THERE = Cidr.of("10.0.0.0/16");
    private static final String FORMER_TEMPLATE = """
            Resources:
              Vpc: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.8.0.0/16}}
            """;
    private static final String TEMPLATE = """
            Resources:
              Vpc: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.8.0.0/16}}
              Table: {Type: AWS::EC2::RouteTable, Properties: {VpcId: !Ref Vpc}}
              Group: {Type: AWS::EC2::SecurityGroup, Properties: {VpcId: !Ref Vpc, GroupDescription: controller}}
            Outputs:
              Vpc: {Value: !Ref Vpc}
            """;

    private Scenes() {}

    /** One for each step and scope that changes something. */
    static List<Scene<AwsStage>> all() {
        return List.of(
                Scene.step("CreateVpc", Scenes::createVpc),
                Scene.step("CreateSubnets", Scenes::createSubnets),
                Scene.step("AttachInternetGateway", Scenes::attachInternetGateway),
                Scene.step("CreateRouteTable", Scenes::createRouteTable),
                Scene.step("AddRoute", Scenes::addRoute),
                Scene.step("CreateNetworkInterface", Scenes::createNetworkInterface),
                Scene.step("AllocateAddress", Scenes::allocateAddress),
                Scene.step("LaunchController", Scenes::launchController),
                Scene.step("PeerVpcs", Scenes::peerVpcs),
                Scene.step("DisableSourceDestCheck", Scenes::disableSourceDestCheck),
                Scene.step("CreateSecurityGroup", Scenes::createSecurityGroup),
                Scene.step("AllowIngress", Scenes::allowIngress),
                Scene.scope("TemporaryIngress", Scenes::temporaryIngress),
                Scene.step("DeployStack", Scenes::deployStack),
                Scene.step("DeployStack-directly", stage -> deployStack(stage).creatingDirectly()),
                Scene.step("DeployStack-updating", Scenes::updateStack),
                Scene.scope("TemporaryStack", Scenes::temporaryStack),
                Scene.irreversible("DeleteStack", Scenes::deleteStack));
    }

    private static Step createVpc(AwsStage stage) {
        return CreateVpc.in(stage.account())
                .cidr(Cidr.of("10.8.0.0/16"))
                .into(ID)
                .pollEvery(AwsStage.POLL);
    }

    private static Step createSubnets(AwsStage stage) {
        return CreateSubnets.in(stage.account())
                .vpc(stage.network().vpc())
                .blocks(Cidr.of("10.1.2.0/24"), Cidr.of("10.1.3.0/24"))
                .publicIps()
                .into(Key.of("subnets", AwsSubnets.class))
                .pollEvery(AwsStage.POLL);
    }

    private static Step attachInternetGateway(AwsStage stage) {
        return AttachInternetGateway.in(stage.account())
                .vpc(stage.network().vpc())
                .into(ID)
                .pollEvery(AwsStage.POLL);
    }

    private static Step createRouteTable(AwsStage stage) {
        AwsStage.Network network = stage.network();
        return CreateRouteTable.in(stage.account())
                .vpc(network.vpc())
                .associate(network.subnet())
                .into(ID)
                .pollEvery(AwsStage.POLL);
    }

    private static Step addRoute(AwsStage stage) {
        AwsStage.Network network = stage.network();
        return AddRoute.in(stage.account())
                .table(network.table())
                .to(THERE)
                .viaInterface(network.eni())
                .pollEvery(AwsStage.POLL);
    }

    private static Step createNetworkInterface(AwsStage stage) {
        AwsStage.Network network = stage.network();
        return CreateNetworkInterface.in(stage.account())
                .subnet(network.subnet())
                .group(network.group())
                .sourceDestCheck(false)
                .into(ID)
                .pollEvery(AwsStage.POLL);
    }

    private static Step allocateAddress(AwsStage stage) {
        return AllocateAddress.in(stage.account())
                .toInterface(stage.publicNetwork().eni())
                .into(ID, Key.of("address", Ip.class))
                .pollEvery(AwsStage.POLL);
    }

    private static Step launchController(AwsStage stage) {
        AwsStage.Network network = stage.publicNetwork();
        return LaunchController.in(stage.account())
                .image(AwsStage.IMAGE)
                .instanceType("t3.medium")
                .subnet(network.subnet())
                .group(network.group())
                .into(Key.of("controller", LaunchedController.class))
                .pollEvery(AwsStage.POLL);
    }

    private static Step peerVpcs(AwsStage stage) {
        AwsStage.Network here = stage.network();
        AwsStage.Network there = stage.otherNetwork();
        return PeerVpcs.between(stage.account(), here.vpc())
                .and(stage.otherAccount(), there.vpc())
                .routeThere(Input.value(here.table()), Input.value(Cidr.of("10.2.0.0/16")))
                .routeBack(Input.value(there.table()), Input.value(Cidr.of("10.1.0.0/16")))
                .into(ID)
                .pollEvery(AwsStage.POLL);
    }

    private static Step disableSourceDestCheck(AwsStage stage) {
        return DisableSourceDestCheck.in(stage.account())
                .networkInterface(stage.network().eni())
                .pollEvery(AwsStage.POLL);
    }

    private static Step createSecurityGroup(AwsStage stage) {
        AwsStage.Network network = stage.network();
        return CreateSecurityGroup.in(stage.account())
                .vpc(network.vpc())
                .named("web")
                .ingress(
                        IngressRule.tcp(443).from(Cidr.of("0.0.0.0/0")),
                        IngressRule.all().fromGroup(network.group()))
                .into(ID)
                .pollEvery(AwsStage.POLL);
    }

    private static Step allowIngress(AwsStage stage) {
        return AllowIngress.in(stage.account())
                .group(stage.network().group())
                .udp(500)
                .from(Cidr.of("203.0.113.7/32"))
                .pollEvery(AwsStage.POLL);
    }

    private static Scope temporaryIngress(AwsStage stage) {
        return TemporaryIngress.in(stage.account())
                .group(stage.network().group())
                .tcp(8000)
                .from(Cidr.of("203.0.113.7/32"))
                .pollEvery(AwsStage.POLL);
    }

    private static Step updateStack(AwsStage stage) {
        stage.stack("orders-vpc", FORMER_TEMPLATE);
        return deployStack(stage).updating();
    }

    private static DeployStack deployStack(AwsStage stage) {
        return DeployStack.in(stage.account())
                .named("orders-vpc")
                .template(TEMPLATE)
                .output("Vpc", Key.of("vpc", String.class))
                .pollEvery(AwsStage.POLL);
    }

    private static Scope temporaryStack(AwsStage stage) {
        return TemporaryStack.in(stage.account())
                .named("orders-bootstrap")
                .template(TEMPLATE)
                .pollEvery(AwsStage.POLL);
    }

    private static Step deleteStack(AwsStage stage) {
        stage.stack("orders-vpc", TEMPLATE);
        return DeleteStack.in(stage.account()).named("orders-vpc").pollEvery(AwsStage.POLL);
    }
}

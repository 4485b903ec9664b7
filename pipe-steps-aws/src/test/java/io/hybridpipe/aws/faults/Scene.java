// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.aws.faults;

import io.hybridpipe.Input;
import io.hybridpipe.Key;
import io.hybridpipe.Pipe;
import io.hybridpipe.Scope;
import io.hybridpipe.Step;
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
import io.hybridpipe.net.Cidr;
import io.hybridpipe.net.Ip;
import io.hybridpipe.test.StepContract;
import java.util.List;
import java.util.function.Function;

/**
 * A step, or a scope, in a small pipe.
 *
 * @param name the step's name
 * @param work prepares the accounts and says what is done in them
 */
record Scene(String name, Function<Stage, Work> work) {
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

    /** A step or a scope. */
    interface Work {
        Pipe.Builder addTo(Pipe.Builder pipe);

        StepContract contract();

        static Work of(Step step) {
            return new Work() {
                @Override
                public Pipe.Builder addTo(Pipe.Builder pipe) {
                    return pipe.step("work", step, Stage::hastened);
                }

                @Override
                public StepContract contract() {
                    return StepContract.of(step);
                }
            };
        }

        static Work of(Scope scope) {
            return new Work() {
                @Override
                public Pipe.Builder addTo(Pipe.Builder pipe) {
                    return pipe.holding("work", new Hastened(scope));
                }

                @Override
                public StepContract contract() {
                    return StepContract.of(scope);
                }
            };
        }
    }

    /** One for each step and scope that changes something. */
    static List<Scene> all() {
        return List.of(
                step("CreateVpc", Scene::createVpc),
                step("CreateSubnets", Scene::createSubnets),
                step("AttachInternetGateway", Scene::attachInternetGateway),
                step("CreateRouteTable", Scene::createRouteTable),
                step("AddRoute", Scene::addRoute),
                step("CreateNetworkInterface", Scene::createNetworkInterface),
                step("AllocateAddress", Scene::allocateAddress),
                step("LaunchController", Scene::launchController),
                step("PeerVpcs", Scene::peerVpcs),
                step("DisableSourceDestCheck", Scene::disableSourceDestCheck),
                step("CreateSecurityGroup", Scene::createSecurityGroup),
                step("AllowIngress", Scene::allowIngress),
                scope("TemporaryIngress", Scene::temporaryIngress),
                step("DeployStack", Scene::deployStack),
                step("DeployStack-directly", stage -> deployStack(stage).creatingDirectly()),
                step("DeployStack-updating", Scene::updateStack),
                scope("TemporaryStack", Scene::temporaryStack));
    }

    private static Scene step(String name, Function<Stage, Step> step) {
        return new Scene(name, stage -> Work.of(step.apply(stage)));
    }

    private static Scene scope(String name, Function<Stage, Scope> scope) {
        return new Scene(name, stage -> Work.of(scope.apply(stage)));
    }

    private static Step createVpc(Stage stage) {
        return CreateVpc.in(stage.account())
                .cidr(Cidr.of("10.8.0.0/16"))
                .into(ID)
                .pollEvery(Stage.POLL);
    }

    private static Step createSubnets(Stage stage) {
        return CreateSubnets.in(stage.account())
                .vpc(stage.network().vpc())
                .blocks(Cidr.of("10.1.2.0/24"), Cidr.of("10.1.3.0/24"))
                .publicIps()
                .into(Key.of("subnets", AwsSubnets.class))
                .pollEvery(Stage.POLL);
    }

    private static Step attachInternetGateway(Stage stage) {
        return AttachInternetGateway.in(stage.account())
                .vpc(stage.network().vpc())
                .into(ID)
                .pollEvery(Stage.POLL);
    }

    private static Step createRouteTable(Stage stage) {
        Stage.Network network = stage.network();
        return CreateRouteTable.in(stage.account())
                .vpc(network.vpc())
                .associate(network.subnet())
                .into(ID)
                .pollEvery(Stage.POLL);
    }

    private static Step addRoute(Stage stage) {
        Stage.Network network = stage.network();
        return AddRoute.in(stage.account())
                .table(network.table())
                .to(THERE)
                .viaInterface(network.eni())
                .pollEvery(Stage.POLL);
    }

    private static Step createNetworkInterface(Stage stage) {
        Stage.Network network = stage.network();
        return CreateNetworkInterface.in(stage.account())
                .subnet(network.subnet())
                .group(network.group())
                .sourceDestCheck(false)
                .into(ID)
                .pollEvery(Stage.POLL);
    }

    private static Step allocateAddress(Stage stage) {
        return AllocateAddress.in(stage.account())
                .toInterface(stage.publicNetwork().eni())
                .into(ID, Key.of("address", Ip.class))
                .pollEvery(Stage.POLL);
    }

    private static Step launchController(Stage stage) {
        Stage.Network network = stage.publicNetwork();
        return LaunchController.in(stage.account())
                .image(Stage.IMAGE)
                .instanceType("t3.medium")
                .subnet(network.subnet())
                .group(network.group())
                .into(Key.of("controller", LaunchedController.class))
                .pollEvery(Stage.POLL);
    }

    private static Step peerVpcs(Stage stage) {
        Stage.Network here = stage.network();
        Stage.Network there = stage.otherNetwork();
        return PeerVpcs.between(stage.account(), here.vpc())
                .and(stage.otherAccount(), there.vpc())
                .routeThere(Input.value(here.table()), Input.value(Cidr.of("10.2.0.0/16")))
                .routeBack(Input.value(there.table()), Input.value(Cidr.of("10.1.0.0/16")))
                .into(ID)
                .pollEvery(Stage.POLL);
    }

    private static Step disableSourceDestCheck(Stage stage) {
        return DisableSourceDestCheck.in(stage.account())
                .networkInterface(stage.network().eni())
                .pollEvery(Stage.POLL);
    }

    private static Step createSecurityGroup(Stage stage) {
        Stage.Network network = stage.network();
        return CreateSecurityGroup.in(stage.account())
                .vpc(network.vpc())
                .named("web")
                .ingress(
                        IngressRule.tcp(443).from(Cidr.of("0.0.0.0/0")),
                        IngressRule.all().fromGroup(network.group()))
                .into(ID)
                .pollEvery(Stage.POLL);
    }

    private static Step allowIngress(Stage stage) {
        return AllowIngress.in(stage.account())
                .group(stage.network().group())
                .udp(500)
                .from(Cidr.of("203.0.113.7/32"))
                .pollEvery(Stage.POLL);
    }

    private static Scope temporaryIngress(Stage stage) {
        return TemporaryIngress.in(stage.account())
                .group(stage.network().group())
                .tcp(8000)
                .from(Cidr.of("203.0.113.7/32"))
                .pollEvery(Stage.POLL);
    }

    private static Step updateStack(Stage stage) {
        stage.stack("orders-vpc", FORMER_TEMPLATE);
        return deployStack(stage).updating();
    }

    private static DeployStack deployStack(Stage stage) {
        return DeployStack.in(stage.account())
                .named("orders-vpc")
                .template(TEMPLATE)
                .output("Vpc", Key.of("vpc", String.class))
                .pollEvery(Stage.POLL);
    }

    private static Scope temporaryStack(Stage stage) {
        return TemporaryStack.in(stage.account())
                .named("orders-bootstrap")
                .template(TEMPLATE)
                .pollEvery(Stage.POLL);
    }

    @Override
    public String toString() {
        return name;
    }
}

// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.aws.conformance;

import io.hybridpipe.Input;
import io.hybridpipe.Key;
import io.hybridpipe.Pipe;
import io.hybridpipe.RunOptions;
import io.hybridpipe.State;
import io.hybridpipe.Step;
import io.hybridpipe.aws.AwsAccount;
import io.hybridpipe.aws.TestAws;
import io.hybridpipe.aws.cloudformation.DeployStack;
import io.hybridpipe.aws.ec2.AddRoute;
import io.hybridpipe.aws.ec2.AllocateAddress;
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
import io.hybridpipe.aws.ec2.TemporaryIngress;
import io.hybridpipe.event.RunReport;
import io.hybridpipe.net.Cidr;
import io.hybridpipe.net.Ip;
import io.hybridpipe.net.Subnets;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * The AWS half of the main job, once with the CloudFormation template that the samples ship, once with a step for each thing.
 * Either one makes the VPC with its controller and the route to on-premises, and opens the controller's API for a moment.
 */
enum AwsHalf {
    BY_TEMPLATE {
        @Override
        Pipe pipe(AwsAccount account, boolean failing) {
            return ended(
                    begun("by-template")
                            .step(
                                    "create-new-vpc",
                                    DeployStack.in(account)
                                            .named("orders-vpc")
                                            .template(template())
                                            .parameter("VpcCidr", VPC_CIDR.toString())
                                            .parameter(
                                                    "ControllerCidr",
                                                    SUBNETS.cidr("controller").toString())
                                            .parameter(
                                                    "AppCidr",
                                                    SUBNETS.cidr("app").toString())
                                            .parameter("AppAddress", APP_ADDRESS.toString())
                                            .parameter("KeyName", KEY_NAME)
                                            .parameter("Image", Ground.IMAGE)
                                            .output("ControllerEni", CONTROLLER_CARD)
                                            .output("ControllerGroup", CONTROLLER_GROUP)
                                            .output("RouteTable", APP_TABLE)
                                            // moto knows no outputs of stacks that are made through change sets
                                            .creatingDirectly()
                                            .pollEvery(POLL))
                            .step(
                                    "let-controller-forward",
                                    DisableSourceDestCheck.in(account)
                                            .networkInterface(CONTROLLER_CARD)
                                            .pollEvery(POLL)),
                    CONTROLLER_CARD,
                    account,
                    failing);
        }
    },
    STEP_BY_STEP {
        @Override
        Pipe pipe(AwsAccount account, boolean failing) {
            Pipe.Builder network = begun("step-by-step")
                    .step("vpc", CreateVpc.in(account).cidr(VPC_CIDR).into(VPC).pollEvery(POLL))
                    .step(
                            "subnets",
                            CreateSubnets.in(account)
                                    .vpc(VPC)
                                    .subnets(Input.value(SUBNETS))
                                    .zones(Ground.ZONE)
                                    .into(MADE_SUBNETS)
                                    .pollEvery(POLL))
                    .step(
                            "gateway",
                            AttachInternetGateway.in(account)
                                    .vpc(VPC)
                                    .into(GATEWAY)
                                    .pollEvery(POLL))
                    .step("controller-table", table(account, "controller", CONTROLLER_TABLE))
                    .step("app-table", table(account, "app", APP_TABLE))
                    .step(
                            "to-internet",
                            AddRoute.in(account)
                                    .table(CONTROLLER_TABLE)
                                    .to(Cidr.of("0.0.0.0/0"))
                                    .viaGateway(GATEWAY)
                                    .pollEvery(POLL));
            return ended(
                    machines(groups(network, account), account),
                    CONTROLLER.map(LaunchedController::networkInterface),
                    account,
                    failing);
        }
    };

    static final String KEY_NAME = "fednet";

    private static final Duration POLL = Duration.ofMillis(20);
    private static final Path TEMPLATE =
            Path.of("..", "samples", "src", "main", "resources", "fednet", "orders-vpc.yaml");
    private static final Cidr VPC_CIDR = Cidr.of("10.1.0.0/16");
    private static final Cidr ON_PREMISES = Cidr.of("10.0.0.0/16");
    private static final Subnets SUBNETS =
            Subnets.of(Map.of("controller", Cidr.of("10.1.0.0/24"), "app", Cidr.of("10.1.1.0/24")));
    private static final Ip APP_ADDRESS = Ip.of("10.1.1.10");

    private static final Key<Cidr> MY_IP = Key.of("my-ip", Cidr.class);
    private static final Key<String> VPC = Key.of("vpc", String.class);
    private static final Key<AwsSubnets> MADE_SUBNETS = Key.of("subnets", AwsSubnets.class);
    private static final Key<String> GATEWAY = Key.of("gateway", String.class);
    private static final Key<String> CONTROLLER_TABLE = Key.of("controller-table", String.class);
    private static final Key<String> APP_TABLE = Key.of("app-table", String.class);
    private static final Key<String> CONTROLLER_GROUP = Key.of("controller-group", String.class);
    private static final Key<String> APP_GROUP = Key.of("app-group", String.class);
    private static final Key<String> CONTROLLER_CARD = Key.of("controller-card", String.class);
    private static final Key<String> APP_CARD = Key.of("app-card", String.class);
    private static final Key<String> ALLOCATION = Key.of("allocation", String.class);
    private static final Key<Ip> CONTROLLER_IP = Key.of("controller-ip", Ip.class);
    private static final Key<LaunchedController> CONTROLLER = Key.of("controller", LaunchedController.class);

    /** The pipe; a failing one fails at its end, when everything is made. */
    abstract Pipe pipe(AwsAccount account, boolean failing);

    /** Runs it to its end. */
    RunReport run(AwsAccount account, boolean failing, RunOptions options) {
        RunReport report = pipe(account, failing)
                .start(State.of(MY_IP, Cidr.of("203.0.113.7/32")), options)
                .settled()
                .block(Duration.ofMinutes(5));
        if (report == null) {
            throw new IllegalStateException("a run settles with a report");
        }
        return report;
    }

    /** A stand-in that has its image. */
    static TestAws standIn() {
        return TestAws.start(sim -> sim.image(Ground.IMAGE, "controller", Duration.ofSeconds(1)));
    }

    /** An inventory without the tags that say who made what, and without stacks: what is left is the network. */
    static List<String> withoutOwners(List<String> inventory) {
        return inventory.stream()
                .filter(line -> !line.startsWith("stack "))
                .map(line -> line.replaceAll(", \\{[^{}]*}$", ""))
                .sorted()
                .toList();
    }

    private static Pipe.Builder begun(String name) {
        return Pipe.named(name).needs(MY_IP);
    }

    private static Pipe ended(Pipe.Builder network, Input<String> controllerCard, AwsAccount account, boolean failing) {
        Pipe.Builder whole = network.step(
                        "vpc-routes",
                        AddRoute.in(account)
                                .table(APP_TABLE)
                                .to(ON_PREMISES)
                                .viaInterface(controllerCard)
                                .pollEvery(POLL))
                .during(
                        "vpc-api-access",
                        TemporaryIngress.in(account)
                                .group(CONTROLLER_GROUP)
                                .tcp(8000)
                                .from(MY_IP)
                                .pollEvery(POLL),
                        inside -> inside.step("set-up", Step.using(MY_IP, ip -> {})));
        return failing
                ? whole.step("fail", Step.using(MY_IP, ip -> {
                            throw new IllegalStateException("this run shall fail");
                        }))
                        .build()
                : whole.build();
    }

    private static CreateRouteTable table(AwsAccount account, String subnet, Key<String> into) {
        return CreateRouteTable.in(account)
                .vpc(VPC)
                .associate(MADE_SUBNETS.map(made -> List.of(made.named(subnet).id())))
                .into(into)
                .pollEvery(POLL);
    }

    private static Pipe.Builder groups(Pipe.Builder network, AwsAccount account) {
        Cidr world = Cidr.of("0.0.0.0/0");
        Cidr inside = Cidr.of("10.0.0.0/8");
        return network.step(
                        "controller-group",
                        CreateSecurityGroup.in(account)
                                .vpc(VPC)
                                .named("controller")
                                .description(
                                        "The orders controller - IPsec from anywhere, all from the networks it routes for")
                                .ingress(
                                        IngressRule.udp(500).from(world),
                                        IngressRule.udp(4500).from(world),
                                        IngressRule.tcp(0, 65535).from(VPC_CIDR),
                                        IngressRule.udp(0, 65535).from(VPC_CIDR),
                                        IngressRule.icmp().from(VPC_CIDR))
                                .into(CONTROLLER_GROUP)
                                .pollEvery(POLL))
                .step(
                        "app-group",
                        CreateSecurityGroup.in(account)
                                .vpc(VPC)
                                .named("app")
                                .description("The orders application - all from private networks")
                                .ingress(
                                        IngressRule.tcp(0, 65535).from(inside),
                                        IngressRule.udp(0, 65535).from(inside),
                                        IngressRule.icmp().from(inside))
                                .into(APP_GROUP)
                                .pollEvery(POLL));
    }

    private static Pipe.Builder machines(Pipe.Builder network, AwsAccount account) {
        return network.step(
                        "app-interface",
                        CreateNetworkInterface.in(account)
                                .subnet(MADE_SUBNETS.map(
                                        made -> made.named("app").id()))
                                .group(APP_GROUP)
                                .privateIp(APP_ADDRESS)
                                .into(APP_CARD)
                                .pollEvery(POLL))
                .step(
                        "controller-address",
                        AllocateAddress.in(account)
                                .into(ALLOCATION, CONTROLLER_IP)
                                .pollEvery(POLL))
                .step(
                        "controller",
                        LaunchController.in(account)
                                .image(Ground.IMAGE)
                                .instanceType("t3.small")
                                .subnet(MADE_SUBNETS.map(
                                        made -> made.named("controller").id()))
                                .group(CONTROLLER_GROUP)
                                .address(ALLOCATION)
                                .keyName(KEY_NAME)
                                .into(CONTROLLER)
                                .pollEvery(POLL));
    }

    private static String template() {
        try {
            return Files.readString(TEMPLATE);
        } catch (IOException failed) {
            throw new IllegalStateException("no template " + TEMPLATE.toAbsolutePath(), failed);
        }
    }
}

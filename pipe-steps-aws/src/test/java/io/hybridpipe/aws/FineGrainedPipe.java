// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.aws;

import static io.hybridpipe.Element.step;

import io.hybridpipe.Key;
import io.hybridpipe.Pipe;
import io.hybridpipe.State;
import io.hybridpipe.aws.ec2.AddRoute;
import io.hybridpipe.aws.ec2.AttachInternetGateway;
import io.hybridpipe.aws.ec2.AwsSubnets;
import io.hybridpipe.aws.ec2.CreateRouteTable;
import io.hybridpipe.aws.ec2.CreateSecurityGroup;
import io.hybridpipe.aws.ec2.CreateSubnets;
import io.hybridpipe.aws.ec2.CreateVpc;
import io.hybridpipe.aws.ec2.IngressRule;
import io.hybridpipe.aws.ec2.LaunchController;
import io.hybridpipe.aws.ec2.LaunchedController;
import io.hybridpipe.aws.ec2.TemporaryIngress;
import io.hybridpipe.net.Cidr;
import java.time.Duration;
import java.util.List;
import java.util.function.UnaryOperator;

/** The pipe of {@code docs/aws-steps.md}: a network with a controller, without a template. */
public final class FineGrainedPipe {
    // snippet: keys
    public static final Key<Cidr> VPC_CIDR = Key.of("vpc-cidr", Cidr.class);
    public static final Key<List<Cidr>> SUBNET_CIDRS = Key.listOf("subnet-cidrs", Cidr.class);
    public static final Key<Cidr> ON_PREMISES = Key.of("on-premises", Cidr.class);
    public static final Key<Cidr> MY_IP = Key.of("my-ip", Cidr.class);
    public static final Key<String> IMAGE = Key.of("image", String.class);

    public static final Key<String> VPC = Key.of("vpc", String.class);
    public static final Key<String> GATEWAY = Key.of("gateway", String.class);
    public static final Key<AwsSubnets> SUBNETS = Key.of("subnets", AwsSubnets.class);
    public static final Key<String> ROUTES = Key.of("routes", String.class);
    public static final Key<String> CONTROLLER_GROUP = Key.of("controller-group", String.class);
    public static final Key<LaunchedController> CONTROLLER = Key.of("controller", LaunchedController.class);
    // end

    /** All that it needs but the image. */
    public static final State INPUT = State.of(VPC_CIDR, Cidr.of("10.1.0.0/16"))
            .with(SUBNET_CIDRS, List.of(Cidr.of("10.1.1.0/24"), Cidr.of("10.1.2.0/24")))
            .with(ON_PREMISES, Cidr.of("10.0.0.0/16"))
            .with(MY_IP, Cidr.of("203.0.113.7/32"));

    private FineGrainedPipe() {}

    /**
     * The pipe.
     *
     * @param look how often it looks whether the controller is ready
     * @param setUp what is done while the controller admits its caller
     */
    // snippet: pipe
    public static Pipe in(AwsAccount account, Duration look, UnaryOperator<Pipe.Builder> setUp) {
        return Pipe.named("orders-network")
                .needs(VPC_CIDR, SUBNET_CIDRS, ON_PREMISES, MY_IP, IMAGE)
                .step("vpc", CreateVpc.in(account).cidr(VPC_CIDR).into(VPC))
                .concurrently(
                        "inside",
                        step(
                                "gateway",
                                AttachInternetGateway.in(account).vpc(VPC).into(GATEWAY)),
                        step(
                                "subnets",
                                CreateSubnets.in(account)
                                        .vpc(VPC)
                                        .blocks(SUBNET_CIDRS)
                                        .into(SUBNETS)),
                        step(
                                "group",
                                CreateSecurityGroup.in(account)
                                        .vpc(VPC)
                                        .named("controller")
                                        .ingress(
                                                IngressRule.udp(500).from(ON_PREMISES),
                                                IngressRule.udp(4500).from(ON_PREMISES))
                                        .into(CONTROLLER_GROUP)))
                .step(
                        "routes",
                        CreateRouteTable.in(account)
                                .vpc(VPC)
                                .associate(SUBNETS.map(AwsSubnets::ids))
                                .into(ROUTES))
                .step(
                        "to-the-world",
                        AddRoute.in(account)
                                .table(ROUTES)
                                .to(Cidr.of("0.0.0.0/0"))
                                .viaGateway(GATEWAY))
                .step(
                        "controller",
                        LaunchController.in(account)
                                .image(IMAGE)
                                .instanceType("t3.medium")
                                .subnet(SUBNETS.map(
                                        subnets -> subnets.all().get(0).id()))
                                .group(CONTROLLER_GROUP)
                                .name("controller")
                                .pollEvery(look)
                                .into(CONTROLLER))
                .step(
                        "to-on-premises",
                        AddRoute.in(account)
                                .table(ROUTES)
                                .to(ON_PREMISES)
                                .viaInterface(CONTROLLER.map(LaunchedController::networkInterface)))
                .during(
                        "api-access",
                        TemporaryIngress.in(account)
                                .group(CONTROLLER_GROUP)
                                .tcp(8000)
                                .from(MY_IP),
                        setUp)
                .build();
    }
    // end
}

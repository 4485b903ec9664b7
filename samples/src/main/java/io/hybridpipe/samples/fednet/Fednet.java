// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.samples.fednet;

import static io.hybridpipe.Element.step;

import io.hybridpipe.Each;
import io.hybridpipe.Input;
import io.hybridpipe.Key;
import io.hybridpipe.Pipe;
import io.hybridpipe.Secret;
import io.hybridpipe.Step;
import io.hybridpipe.TypeRef;
import io.hybridpipe.aws.AwsAccount;
import io.hybridpipe.aws.cloudformation.DeployStack;
import io.hybridpipe.aws.cloudformation.TemporaryStack;
import io.hybridpipe.aws.ec2.AddRoute;
import io.hybridpipe.aws.ec2.DisableSourceDestCheck;
import io.hybridpipe.aws.ec2.TemporaryIngress;
import io.hybridpipe.azure.AzureAccount;
import io.hybridpipe.azure.network.TemporarySecurityRule;
import io.hybridpipe.net.AllocateSubnets;
import io.hybridpipe.net.Cidr;
import io.hybridpipe.net.FetchNetworkConfig;
import io.hybridpipe.net.Ip;
import io.hybridpipe.net.NetworkConfig;
import io.hybridpipe.net.RefuseOverlaps;
import io.hybridpipe.net.Subnets;
import io.hybridpipe.vns3.api.Controller;
import io.hybridpipe.vns3.IpsecPeer;
import io.hybridpipe.vns3.SetUpController;
import io.hybridpipe.vns3.Tunnel;
import io.hybridpipe.vns3.api.Vns3Access;
import java.time.Duration;
import java.util.List;

/**
 * The pipe of the main job: cloud X is AWS account A with the new VPC, cloud Y is Azure account B with the federation.
 */
final class Fednet {
    static final Key<String> NETWORK_NAME = Key.of("network-name", String.class);
    static final Key<Cidr> MY_IP = Key.of("my-ip", Cidr.class);
    static final Key<String> IMAGE = Key.of("controller-image", String.class);
    static final Key<Secret<String>> PSK = Key.of("psk", new TypeRef<Secret<String>>() {}).secret();
    static final Key<Secret<String>> LICENSE = Key.of("license", new TypeRef<Secret<String>>() {}).secret();
    static final Key<Secret<String>> KEYSET_TOKEN = Key.of("keyset-token", new TypeRef<Secret<String>>() {}).secret();
    static final Key<List<Controller>> FEDERATION_CONTROLLERS = Key.listOf("federation-controllers", Controller.class);

    static final Key<NetworkConfig> NETWORK = Key.of("network", NetworkConfig.class);
    static final Key<Subnets> SUBNETS = Key.of("subnets", Subnets.class);
    static final Key<String> KEY_NAME = Key.of("key-name", String.class);
    static final Key<Ip> CONTROLLER_IP = Key.of("controller-ip", Ip.class);
    static final Key<String> CONTROLLER_INSTANCE = Key.of("controller-instance", String.class);
    static final Key<String> CONTROLLER_ENI = Key.of("controller-eni", String.class);
    static final Key<String> CONTROLLER_GROUP = Key.of("controller-group", String.class);
    static final Key<String> VPC_ROUTES = Key.of("vpc-routes", String.class);
    static final Key<Controller> NEW_CONTROLLER = Key.of("new-controller", Controller.class);
    static final Key<Controller> FEDERATION = Key.of("federation-controller", Controller.class);
    static final Key<Tunnel> TUNNEL = Key.of("tunnel", Tunnel.class);
    static final Key<List<Tunnel>> TUNNELS = Key.listOf("tunnels", Tunnel.class);

    static final Input<Cidr> VPC_CIDR = NETWORK.map(NetworkConfig::cidr);
    static final Input<Cidr> ON_PREMISES = NETWORK.map(network -> network.onPremises().get(0));

    private Fednet() {}

    /** How often the steps look, and how soon they may expect an answer: fast on stand-ins, as usual elsewhere. */
    record Pace(Duration poll, Duration connected) {
        static final Pace FAST = new Pace(Duration.ofMillis(50), Duration.ofMinutes(5));
        static final Pace USUAL = new Pace(Duration.ofSeconds(2), Duration.ofMinutes(5));
    }

    /**
     * The pipe.
     *
     * @param source where the network's config is read: a file, {@code classpath:} or a URL
     */
    static Pipe pipe(
            String source, Federation federation, AwsAccount accountA, AzureAccount accountB, Vns3Access vns3, Pace pace) {
        return Pipe.named("fednet")
                .needs(NETWORK_NAME, MY_IP, IMAGE, PSK, LICENSE, KEYSET_TOKEN, FEDERATION_CONTROLLERS)
                .step("fetch-network-config", FetchNetworkConfig.from(source).named(NETWORK_NAME).into(NETWORK))
                .step("refuse-overlaps", RefuseOverlaps.between(NETWORK, Input.value(List.of(federation.cidr()))))
                .step("allocate-subnets", AllocateSubnets.of(NETWORK).into(SUBNETS))
                .holding("bootstrap", bootstrap(accountA, pace))
                .step("create-new-vpc", newVpc(accountA, pace))
                .step("let-controller-forward", letControllerForward(accountA, pace))
                .concurrently("routes",
                        step("fednet-routes", fednetRoutes(federation, accountB, pace)),
                        step("vpc-routes", vpcRoutes(accountA, pace)))
                .during("vpc-api-access", vpcApiAccess(accountA, pace), vpc -> vpc
                    .during("fednet-api-access", fednetApiAccess(federation, accountB, pace), api -> api
                        .step("set-up-controller", setUpController(vns3, pace))
                        .forEach("ipsec-peer",
                                Each.of(FEDERATION_CONTROLLERS, FEDERATION, Controller::name).atMost(8).collect(TUNNEL, TUNNELS),
                                peer -> peer.step("tunnel", IpsecPeer.between(NEW_CONTROLLER, FEDERATION)
                                        .over(vns3).psk(PSK)
                                        .subnets(VPC_CIDR, ON_PREMISES)
                                        .into(TUNNEL).pollEvery(pace.poll).connectedWithin(pace.connected)))))
                .build();
    }

    /** The AWS half of it, for an account or emulator where no controller answers: all that needs neither Azure nor VNS3. */
    static Pipe awsHalf(String source, AwsAccount accountA, Pace pace) {
        return Pipe.named("fednet")
                .needs(NETWORK_NAME, MY_IP, IMAGE, KEY_NAME)
                .step("fetch-network-config", FetchNetworkConfig.from(source).named(NETWORK_NAME).into(NETWORK))
                .step("allocate-subnets", AllocateSubnets.of(NETWORK).into(SUBNETS))
                .step("create-new-vpc", newVpc(accountA, pace))
                .step("let-controller-forward", letControllerForward(accountA, pace))
                .step("vpc-routes", vpcRoutes(accountA, pace))
                .during("vpc-api-access", vpcApiAccess(accountA, pace), vpc -> vpc
                    .step("controller", Step.using(CONTROLLER_IP, ip -> {})))
                .build();
    }

    private static TemporaryStack bootstrap(AwsAccount accountA, Pace pace) {
        return TemporaryStack.in(accountA)
                .named(NETWORK_NAME.map(name -> name + "-bootstrap"))
                .template(Resources.text("orders-bootstrap.yaml"))
                .parameter("Name", NETWORK_NAME)
                .output("KeyName", KEY_NAME)
                .pollEvery(pace.poll);
    }

    private static DeployStack newVpc(AwsAccount accountA, Pace pace) {
        return DeployStack.in(accountA)
                .named(NETWORK_NAME.map(name -> name + "-vpc"))
                .template(Resources.text("orders-vpc.yaml"))
                .parameter("VpcCidr", VPC_CIDR)
                .parameter("ControllerCidr", SUBNETS.map(subnets -> subnets.cidr("controller")))
                .parameter("AppCidr", SUBNETS.map(subnets -> subnets.cidr("app")))
                .parameter("AppAddress", SUBNETS.map(subnets -> subnets.cidr("app").address(10)))
                .parameter("KeyName", KEY_NAME)
                .parameter("Image", IMAGE)
                .output("ControllerIp", CONTROLLER_IP, Ip::of)
                .output("ControllerInstance", CONTROLLER_INSTANCE)
                .output("ControllerEni", CONTROLLER_ENI)
                .output("ControllerGroup", CONTROLLER_GROUP)
                .output("RouteTable", VPC_ROUTES)
                // in one call: on moto a stack that is made through a change set has no outputs
                .creatingDirectly()
                .pollEvery(pace.poll);
    }

    private static io.hybridpipe.azure.network.AddRoute fednetRoutes(
            Federation federation, AzureAccount accountB, Pace pace) {
        return io.hybridpipe.azure.network.AddRoute.in(accountB)
                .resourceGroup(federation.resourceGroup())
                .table(federation.routeTable())
                .named("to-new-vpc")
                .to(VPC_CIDR)
                .viaAppliance(FEDERATION_CONTROLLERS.map(all -> all.get(0).privateAddress()))
                .pollEvery(pace.poll);
    }

    private static TemporarySecurityRule fednetApiAccess(Federation federation, AzureAccount accountB, Pace pace) {
        return TemporarySecurityRule.in(accountB)
                .resourceGroup(federation.resourceGroup())
                .securityGroup(federation.securityGroup())
                .tcp(8000).from(MY_IP)
                .pollEvery(pace.poll);
    }

    private static SetUpController setUpController(Vns3Access vns3, Pace pace) {
        return SetUpController.at(CONTROLLER_IP)
                .over(vns3)
                .password(CONTROLLER_INSTANCE.map(Secret::of))
                .license(LICENSE)
                .keysetToken(KEYSET_TOKEN)
                .named(NETWORK_NAME)
                .topology("fednet")
                .into(NEW_CONTROLLER)
                .pollEvery(pace.poll);
    }

    private static DisableSourceDestCheck letControllerForward(AwsAccount accountA, Pace pace) {
        return DisableSourceDestCheck.in(accountA).networkInterface(CONTROLLER_ENI).pollEvery(pace.poll);
    }

    private static AddRoute vpcRoutes(AwsAccount accountA, Pace pace) {
        return AddRoute.in(accountA).table(VPC_ROUTES).to(ON_PREMISES).viaInterface(CONTROLLER_ENI).pollEvery(pace.poll);
    }

    private static TemporaryIngress vpcApiAccess(AwsAccount accountA, Pace pace) {
        return TemporaryIngress.in(accountA).group(CONTROLLER_GROUP).tcp(8000).from(MY_IP).pollEvery(pace.poll);
    }
}

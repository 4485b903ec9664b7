// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.sim.aws;

import static io.hybridpipe.sim.aws.Aws.of;
import static io.hybridpipe.sim.aws.Aws.outputs;
import static org.assertj.core.api.Assertions.assertThat;

import inet.ipaddr.IPAddress;
import inet.ipaddr.IPAddressString;
import io.hybridpipe.sim.net.CloudNetwork;
import io.hybridpipe.sim.net.Next;
import io.hybridpipe.sim.net.Packet;
import io.hybridpipe.sim.net.Port;
import io.hybridpipe.sim.net.Protocol;
import io.hybridpipe.sim.net.World;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The main job's VPC, with an application in its subnet and the route to on-premises through the controller. */
class AwsNetworkTest {

    private static final IPAddress WORLD = ip("198.51.100.9");

    private static Aws aws;
    private static CloudNetwork network;
    private static Map<String, String> stack;
    private static Port app;
    private static Port controller;

    @BeforeAll
    static void build() {
        aws = new Aws();
        of(aws.ec2.createKeyPair(r -> r.keyName("orders").keyType("ed25519")));
        aws.create(
                "orders-vpc",
                Aws.template("orders-vpc.yaml"),
                Map.of("VpcCidr", "10.1.0.0/16", "KeyName", "orders", "ControllerImage", Aws.IMAGE));
        stack = outputs(aws.settled("orders-vpc"));
        of(aws.ec2.createRoute(r -> r.routeTableId(stack.get("RouteTable"))
                .destinationCidrBlock("10.0.0.0/16")
                .networkInterfaceId(stack.get("ControllerEni"))));
        var subnet = of(aws.ec2.describeSubnets(r -> r.filters(Aws.filter("cidr-block", "10.1.1.0/24"))))
                .subnets()
                .get(0)
                .subnetId();
        var card = of(aws.ec2.createNetworkInterface(r -> r.subnetId(subnet).privateIpAddress("10.1.1.10")))
                .networkInterface()
                .networkInterfaceId();
        network = aws.sim.network(Aws.ACCOUNT, Aws.REGION);
        app = port(card);
        controller = port(stack.get("ControllerEni"));
    }

    @AfterAll
    static void close() {
        aws.close();
    }

    private static Port port(String id) {
        return network.ports().stream()
                .filter(port -> port.id().equals(id))
                .findFirst()
                .orElseThrow();
    }

    private static IPAddress ip(String text) {
        return new IPAddressString(text).getAddress();
    }

    private static Packet packet(String from, String to, Protocol protocol, int port) {
        return new Packet(ip(from), ip(to), protocol, port == 0 ? 0 : 49152, port);
    }

    @Test
    void anInterfaceIsAPortWithItsAddressesAndInstance() {
        assertThat(controller.machine()).isEqualTo(stack.get("ControllerId"));
        assertThat(controller.publicAddress()).contains(ip(stack.get("ControllerIp")));
        assertThat(app.publicAddress()).isEmpty();
    }

    @Test
    void theApplicationsPacketForOnPremisesGoesToTheControllerWhichTakesItIn() {
        var packet = packet("10.1.1.10", "10.0.0.10", Protocol.ICMP, 0);
        var sent = network.send(app, packet);
        assertThat(sent).isInstanceOfSatisfying(Next.Deliver.class, hop -> {
            assertThat(hop.to()).isEqualTo(controller);
            assertThat(hop.why())
                    .last()
                    .isEqualTo("route table %s: 10.0.0.0/16 -> %s"
                            .formatted(stack.get("RouteTable"), stack.get("ControllerEni")));
        });
        assertThat(network.deliver(controller, packet))
                .isInstanceOfSatisfying(Next.Deliver.class, hop -> assertThat(hop.why())
                        .containsExactly(
                                "security group %s (orders-controller) allows everything from 10.1.0.0/16"
                                        .formatted(stack.get("ControllerGroup")),
                                "source/dest check of %s is off".formatted(stack.get("ControllerEni"))));
    }

    @Test
    void thePacketFromOnPremisesReachesTheApplicationByTheLocalRoute() {
        var sent = network.send(controller, packet("10.0.0.10", "10.1.1.10", Protocol.ICMP, 0));
        assertThat(sent).isInstanceOfSatisfying(Next.Deliver.class, hop -> assertThat(hop.to())
                .isEqualTo(app));
        // the application is in the default group, which lets in its own members only
        assertThat(network.deliver(app, packet("10.0.0.10", "10.1.1.10", Protocol.ICMP, 0)))
                .isInstanceOfSatisfying(Next.Dropped.class, end -> {
                    assertThat(end.by()).startsWith("security group sg-").endsWith("(default)");
                    assertThat(end.why()).isEqualTo("no ingress rule allows icmp from 10.0.0.10");
                });
    }

    @Test
    void theWorldReachesIkeOnTheControllerButNotItsApi() {
        var toController = controller.publicAddress().orElseThrow();
        var ike = network.deliver(controller, new Packet(WORLD, toController, Protocol.UDP, 500, 500));
        assertThat(ike).isInstanceOfSatisfying(Next.Deliver.class, hop -> assertThat(
                        hop.packet().destination())
                .isEqualTo(controller.privateAddress()));
        var api = network.deliver(controller, new Packet(WORLD, toController, Protocol.TCP, 49152, 8000));
        assertThat(api).isInstanceOfSatisfying(Next.Dropped.class, end -> {
            assertThat(end.by())
                    .isEqualTo("security group %s (orders-controller)".formatted(stack.get("ControllerGroup")));
            assertThat(end.why()).isEqualTo("no ingress rule allows tcp 8000 from 198.51.100.9");
        });
    }

    @Test
    void aTemporaryRuleAdmitsTheCallerToTheApiOnlyWhileItIsThere() {
        var world = World.on(aws.clock);
        world.add(network);
        var address = controller.publicAddress().orElseThrow();
        assertThat(world.admits(WORLD, address, Protocol.TCP, 8000)).isFalse();
        of(aws.ec2.authorizeSecurityGroupIngress(r -> r.groupId(stack.get("ControllerGroup"))
                .ipProtocol("tcp")
                .fromPort(8000)
                .toPort(8000)
                .cidrIp("198.51.100.9/32")));
        assertThat(world.admits(WORLD, address, Protocol.TCP, 8000)).isTrue();
        assertThat(world.admits(ip("198.51.100.10"), address, Protocol.TCP, 8000))
                .isFalse();
        of(aws.ec2.revokeSecurityGroupIngress(r -> r.groupId(stack.get("ControllerGroup"))
                .ipProtocol("tcp")
                .fromPort(8000)
                .toPort(8000)
                .cidrIp("198.51.100.9/32")));
        assertThat(world.admits(WORLD, address, Protocol.TCP, 8000)).isFalse();
    }

    @Test
    void theInternetIsReachedUnderThePublicAddressAndOnlyByThoseThatHaveOne() {
        var out = network.send(controller, packet("10.1.0.4", "198.51.100.9", Protocol.UDP, 500));
        assertThat(out).isInstanceOfSatisfying(Next.ToInternet.class, hop -> assertThat(
                        hop.packet().source())
                .isEqualTo(controller.publicAddress().orElseThrow()));
        assertThat(network.send(app, packet("10.1.1.10", "198.51.100.9", Protocol.TCP, 443)))
                .isInstanceOfSatisfying(
                        Next.Dropped.class, end -> assertThat(end.why()).isEqualTo("no route to 198.51.100.9"));
    }

    @Test
    void anInterfaceWithSourceDestCheckSendsOnlyItsOwnPackets() {
        assertThat(network.send(app, packet("10.9.9.9", "10.1.0.4", Protocol.ICMP, 0)))
                .isInstanceOfSatisfying(
                        Next.Dropped.class, end -> assertThat(end.by()).isEqualTo("source/dest check of " + app.id()));
    }
}

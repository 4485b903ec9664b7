// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.sim.aws;

import static io.hybridpipe.sim.aws.Aws.of;
import static org.assertj.core.api.Assertions.assertThat;

import inet.ipaddr.IPAddress;
import inet.ipaddr.IPAddressString;
import io.hybridpipe.sim.net.CloudNetwork;
import io.hybridpipe.sim.net.Packet;
import io.hybridpipe.sim.net.PacketTracer;
import io.hybridpipe.sim.net.Port;
import io.hybridpipe.sim.net.Protocol;
import io.hybridpipe.sim.net.World;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.ec2.model.InstanceNetworkInterfaceSpecification;
import software.amazon.awssdk.services.ec2.model.SummaryStatus;

/** What packets meet at an instance in each of its states: one that forwards, in a subnet with two bare interfaces. */
class RunningInstancesTest {

    private static final Duration STATE_CHANGE = Duration.ofSeconds(10);

    private final Aws aws = new Aws();
    private final CloudNetwork network = aws.sim.network(Aws.ACCOUNT, Aws.REGION);
    private final World world = World.on(aws.clock);
    private String vpc;
    private String subnet;
    private String instance;
    private Port card;
    private Port other;

    @BeforeEach
    void launch() {
        world.add(network);
        vpc = of(aws.ec2.createVpc(r -> r.cidrBlock("10.1.0.0/16"))).vpc().vpcId();
        subnet = of(aws.ec2.createSubnet(r -> r.vpcId(vpc).cidrBlock("10.1.0.0/24")))
                .subnet()
                .subnetId();
        other = made("10.1.0.20");
        card = made("10.1.0.10");
        of(aws.ec2.modifyNetworkInterfaceAttribute(
                r -> r.networkInterfaceId(card.id()).sourceDestCheck(check -> check.value(false))));
        instance = of(aws.ec2.runInstances(r -> r.imageId(Aws.IMAGE)
                        .minCount(1)
                        .maxCount(1)
                        .networkInterfaces(InstanceNetworkInterfaceSpecification.builder()
                                .deviceIndex(0)
                                .networkInterfaceId(card.id())
                                .deleteOnTermination(false)
                                .build())))
                .instances()
                .get(0)
                .instanceId();
    }

    @AfterEach
    void close() {
        aws.close();
    }

    private Port made(String address) {
        var id = of(aws.ec2.createNetworkInterface(r -> r.subnetId(subnet).privateIpAddress(address)))
                .networkInterface()
                .networkInterfaceId();
        return network.ports().stream()
                .filter(port -> port.id().equals(id))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void anInstanceTakesAndSendsPacketsOnlyWhileItRuns() {
        assertStopped("pending");
        aws.clock.advance(STATE_CHANGE);
        assertPasses();

        of(aws.ec2.stopInstances(r -> r.instanceIds(instance)));
        assertStopped("stopping");
        aws.clock.advance(STATE_CHANGE);
        assertStopped("stopped");

        of(aws.ec2.startInstances(r -> r.instanceIds(instance)));
        assertStopped("pending");
        aws.clock.advance(STATE_CHANGE);
        assertPasses();

        of(aws.ec2.terminateInstances(r -> r.instanceIds(instance)));
        assertStopped("shutting-down");
    }

    @Test
    void anInterfaceThatItsInstanceLeavesBehindTakesWhatItsGroupsLetIn() {
        aws.clock.advance(STATE_CHANGE);
        of(aws.ec2.terminateInstances(r -> r.instanceIds(instance)));
        aws.clock.advance(STATE_CHANGE);

        assertPasses();
    }

    @Test
    void packetsPassBeforeTheStatusChecksDo() {
        aws.clock.advance(STATE_CHANGE);

        var status = of(aws.ec2.describeInstanceStatus(r -> r.instanceIds(instance)))
                .instanceStatuses()
                .get(0);
        assertThat(status.instanceStatus().status()).isEqualTo(SummaryStatus.INITIALIZING);
        assertPasses();
    }

    @Test
    void anInstanceThatIsStoppedForwardsNothing() {
        aws.clock.advance(STATE_CHANGE);
        routeThroughIt();
        var packet = packet("10.1.0.20", "10.0.0.10");
        assertThat(end(packet)).isEqualTo(card.id() + ": nothing behind this interface routes");

        of(aws.ec2.stopInstances(r -> r.instanceIds(instance)));
        aws.clock.advance(STATE_CHANGE);

        assertThat(end(packet)).isEqualTo(card.id() + ": stopped by instance " + instance + ": it is stopped");
    }

    @Test
    void nobodyIsAdmittedToAnInstanceThatIsStopped() {
        var home = ip("203.0.113.7");
        aws.clock.advance(STATE_CHANGE);
        var address = ip(madePublic());
        assertThat(world.admits(home, address, Protocol.TCP, 8000)).isTrue();

        of(aws.ec2.stopInstances(r -> r.instanceIds(instance)));
        aws.clock.advance(STATE_CHANGE);

        assertThat(world.obstacle(home, address, Protocol.TCP, 8000).orElseThrow())
                .endsWith("instance " + instance + ": it is stopped");
    }

    private void routeThroughIt() {
        var table = of(aws.ec2.describeRouteTables(r -> r.filters(Aws.filter("vpc-id", vpc))))
                .routeTables()
                .get(0)
                .routeTableId();
        of(aws.ec2.createRoute(
                r -> r.routeTableId(table).destinationCidrBlock("10.0.0.0/16").networkInterfaceId(card.id())));
    }

    private String madePublic() {
        var gateway = of(aws.ec2.createInternetGateway()).internetGateway().internetGatewayId();
        of(aws.ec2.attachInternetGateway(r -> r.internetGatewayId(gateway).vpcId(vpc)));
        var group = of(aws.ec2.describeSecurityGroups(r -> r.filters(Aws.filter("vpc-id", vpc))))
                .securityGroups()
                .get(0)
                .groupId();
        of(aws.ec2.authorizeSecurityGroupIngress(
                r -> r.groupId(group).ipPermissions(List.of(Aws.tcp(8000, "203.0.113.0/24", "")))));
        var address = of(aws.ec2.allocateAddress(r -> r.domain("vpc")));
        of(aws.ec2.associateAddress(r -> r.allocationId(address.allocationId()).networkInterfaceId(card.id())));
        return address.publicIp();
    }

    private void assertStopped(String state) {
        var end = card.id() + ": stopped by instance " + instance + ": it is " + state;
        assertThat(end(packet("10.1.0.20", "10.1.0.10"))).isEqualTo(end);
        assertThat(end(packet("10.1.0.10", "10.1.0.20"))).isEqualTo(end);
    }

    private void assertPasses() {
        assertThat(end(packet("10.1.0.20", "10.1.0.10"))).isEqualTo(card.id() + ": takes it in");
        assertThat(end(packet("10.1.0.10", "10.1.0.20"))).isEqualTo(other.id() + ": takes it in");
    }

    private static Packet packet(String from, String to) {
        return new Packet(ip(from), ip(to), Protocol.TCP, 49152, 443);
    }

    private static IPAddress ip(String text) {
        return new IPAddressString(text).getAddress();
    }

    /** Where a packet ends, without the name of the cloud. */
    private String end(Packet packet) {
        var end = PacketTracer.in(world).trace(packet).end();
        return end.place().replace(" in " + network.name(), "") + ": " + end.what();
    }
}

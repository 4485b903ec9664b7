// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.sim.azure;

import static org.assertj.core.api.Assertions.assertThat;

import inet.ipaddr.IPAddressString;
import io.hybridpipe.sim.SimClock;
import io.hybridpipe.sim.net.Forwarding;
import io.hybridpipe.sim.net.Machine;
import io.hybridpipe.sim.net.Packet;
import io.hybridpipe.sim.net.PacketTracer;
import io.hybridpipe.sim.net.Protocol;
import io.hybridpipe.sim.net.Trace;
import io.hybridpipe.sim.net.World;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Packets between a hub, in one subscription, and two spokes in another, over peerings. */
class PeeringPacketsTest {

    private static final String HERE = "00000000-0000-4000-8000-00000000aaaa";
    private static final String THERE = "00000000-0000-4000-8000-00000000bbbb";
    private static final String OPEN = "'allowVirtualNetworkAccess':true,'allowForwardedTraffic':false";

    private final SimClock clock = SimClock.manual(Instant.parse("2026-11-21T08:00:00Z"));
    private final SimAzure azure = SimAzure.builder()
            .clock(clock)
            .subscription(HERE)
            .subscription(THERE)
            .start();
    private final ArmClient arm = new ArmClient(azure);
    private final World world = World.on(clock);

    /** Lets the gate of the hub forward whatever it gets. */
    private record Gate() implements Machine {
        @Override
        public String name() {
            return "gate";
        }

        @Override
        public Forwarding forward(Packet packet) {
            return packet.destination().toString().equals("10.1.1.4")
                    ? new Forwarding.Local("its own address")
                    : new Forwarding.Out(packet, "forwards everything");
        }
    }

    @BeforeEach
    void buildHubAndSpokes() {
        world.add(azure.network(HERE));
        world.add(azure.network(THERE));
        put("/subscriptions/" + HERE + "/resourceGroups/rg", "{'location':'eastus'}");
        put("/subscriptions/" + THERE + "/resourceGroups/rg", "{'location':'eastus'}");
        network(HERE, "hub", "10.1", "");
        nic(HERE, "hub", "gate", true);
        network(THERE, "one", "10.2", "");
        nic(THERE, "one", "app", false);
        network(THERE, "two", "10.3", "");
        nic(THERE, "two", "data", false);
        world.attach(id(HERE, "networkInterfaces/gate"), new Gate());
    }

    @AfterEach
    void close() {
        azure.close();
        clock.close();
    }

    @Test
    void packetsPassOnceBothSidesAreThere() {
        peer(HERE, "hub", THERE, "one", OPEN);
        assertThat(end("10.2.1.4", "10.1.1.4")).contains("stopped by system route");

        peer(THERE, "one", HERE, "hub", OPEN);
        var trace = trace("10.2.1.4", "10.1.1.4");
        assertThat(trace.passed()).as(trace.toString()).isTrue();
        assertThat(trace.toString())
                .contains(
                        "system route of virtual network peering to-hub to virtual network hub: 10.1.0.0/16 -> VNetPeering");
        assertThat(trace("10.1.1.4", "10.2.1.4").passed()).isTrue();

        arm.delete(id(HERE, "virtualNetworks/hub/virtualNetworkPeerings/to-one"));
        clock.advance(Duration.ofMinutes(1));
        assertThat(trace("10.2.1.4", "10.1.1.4").passed()).isFalse();
    }

    @Test
    void peeringsAreNotTransitive() {
        peerAll(OPEN);

        assertThat(trace("10.2.1.4", "10.1.1.4").passed()).isTrue();
        assertThat(trace("10.1.1.4", "10.3.1.4").passed()).isTrue();
        assertThat(end("10.2.1.4", "10.3.1.4")).contains("stopped by system route", "None");
    }

    @Test
    void aRouteToAnApplianceInAPeeredNetworkNeedsForwardedTrafficWhereItArrives() {
        peerAll(OPEN);
        put(
                id(THERE, "routeTables/over"),
                "{'location':'eastus','properties':{'routes':[{'name':'all','properties':{'addressPrefix':'10.0.0.0/8',"
                        + "'nextHopType':'VirtualAppliance','nextHopIpAddress':'10.1.1.4'}}]}}");
        network(THERE, "one", "10.2", "'routeTable':{'id':'" + id(THERE, "routeTables/over") + "'},");

        assertThat(end("10.2.1.4", "10.3.1.4"))
                .contains("stopped by virtual network peering to-hub of virtual network two")
                .contains("10.2.1.4 is not an address of virtual network hub, and forwarded traffic is not allowed");

        peer(THERE, "two", HERE, "hub", "'allowVirtualNetworkAccess':true,'allowForwardedTraffic':true");
        assertThat(trace("10.2.1.4", "10.3.1.4").passed()).isTrue();

        nic(HERE, "hub", "gate", false);
        assertThat(end("10.2.1.4", "10.3.1.4")).contains("its IP forwarding is off");
    }

    @Test
    void aPeeringWithoutAccessEndsPacketsAndTakesTheOtherSpaceOutOfTheTag() {
        peerAll(OPEN);
        put(id(THERE, "networkSecurityGroups/guard"), "{'location':'eastus'}");
        network(
                THERE,
                "one",
                "10.2",
                "'networkSecurityGroup':{'id':'" + id(THERE, "networkSecurityGroups/guard") + "'},");
        assertThat(trace("10.1.1.4", "10.2.1.4").toString()).contains("rule AllowVnetInBound");
        assertThat(trace("10.1.1.4", "10.2.1.4").passed()).isTrue();

        peer(THERE, "one", HERE, "hub", "'allowVirtualNetworkAccess':false,'allowForwardedTraffic':false");

        assertThat(end("10.1.1.4", "10.2.1.4")).contains("rule DenyAllInBound");
        network(THERE, "one", "10.2", "");
        assertThat(end("10.2.1.4", "10.1.1.4"))
                .contains("stopped by virtual network peering to-hub: it does not allow access to virtual network hub");
        assertThat(trace("10.1.1.4", "10.2.1.4").passed()).isTrue();
    }

    @Test
    void anAddressThatNobodyHasInThePeeredNetworkEndsThere() {
        peerAll(OPEN);

        assertThat(end("10.2.1.4", "10.1.1.77"))
                .contains("virtual network hub", "no network interface has the address");
    }

    private void peerAll(String settings) {
        for (var spoke : new String[] {"one", "two"}) {
            peer(HERE, "hub", THERE, spoke, settings);
            peer(THERE, spoke, HERE, "hub", settings);
        }
    }

    private void peer(String subscription, String network, String otherSubscription, String other, String settings) {
        put(
                id(subscription, "virtualNetworks/" + network + "/virtualNetworkPeerings/to-" + other),
                "{'properties':{" + settings + ",'remoteVirtualNetwork':{'id':'"
                        + id(otherSubscription, "virtualNetworks/" + other) + "'}}}");
    }

    private void network(String subscription, String name, String start, String more) {
        put(
                id(subscription, "virtualNetworks/" + name),
                "{'location':'eastus','properties':{'addressSpace':{'addressPrefixes':['" + start
                        + ".0.0/16']},'subnets':[{'name':'s','properties':{" + more + "'addressPrefix':'" + start
                        + ".1.0/24'}}]}}");
    }

    private void nic(String subscription, String network, String name, boolean forwards) {
        put(
                id(subscription, "networkInterfaces/" + name),
                "{'location':'eastus','properties':{'enableIPForwarding':" + forwards
                        + ",'ipConfigurations':[{'name':'one','properties':{'subnet':{'id':'"
                        + id(subscription, "virtualNetworks/" + network + "/subnets/s") + "'}}}]}}");
    }

    private static String id(String subscription, String typesAndNames) {
        return "/subscriptions/" + subscription + "/resourceGroups/rg/providers/Microsoft.Network/" + typesAndNames;
    }

    private void put(String path, String body) {
        var answer = arm.put(path, body);
        assertThat(answer.status()).as(answer.response().body()).isIn(200, 201);
        clock.advance(Duration.ofMinutes(1));
    }

    private Trace trace(String from, String to) {
        return PacketTracer.in(world)
                .trace(new Packet(
                        new IPAddressString(from).getAddress(),
                        new IPAddressString(to).getAddress(),
                        Protocol.TCP,
                        50000,
                        443));
    }

    private String end(String from, String to) {
        var trace = trace(from, to);
        assertThat(trace.passed()).as(trace.toString()).isFalse();
        return trace.toString();
    }
}

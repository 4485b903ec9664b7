// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.sim.azure;

import static org.assertj.core.api.Assertions.assertThat;

import inet.ipaddr.IPAddress;
import inet.ipaddr.IPAddressString;
import io.hybridpipe.sim.SimClock;
import io.hybridpipe.sim.net.Forwarding;
import io.hybridpipe.sim.net.Machine;
import io.hybridpipe.sim.net.Packet;
import io.hybridpipe.sim.net.PacketTracer;
import io.hybridpipe.sim.net.Site;
import io.hybridpipe.sim.net.World;
import java.time.Duration;
import java.time.Instant;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Packets between a virtual network and an on-premises site, through an appliance with a tunnel. */
class FederationTraceTest {

    private record Router(String name, Function<Packet, Forwarding> decision) implements Machine {
        @Override
        public Forwarding forward(Packet packet) {
            return decision.apply(packet);
        }
    }

    private final SimClock clock = SimClock.manual(Instant.parse("2026-11-21T08:00:00Z"));
    private final SimAzure azure = SimAzure.builder().clock(clock).start();
    private final ArmClient arm = new ArmClient(azure);
    private final World world = World.on(clock);
    private final PacketTracer tracer = PacketTracer.in(world);
    private String federation = "";

    @BeforeEach
    void buildBothEnds() {
        put(arm.group("rg"), "{'location':'eastus'}");
        put(
                arm.network("routeTables/up"),
                "{'location':'eastus','properties':{'routes':[{'name':'on-premises','properties':{'addressPrefix':'10.0.0.0/16',"
                        + "'nextHopType':'VirtualAppliance','nextHopIpAddress':'10.2.2.4'}}]}}");
        put(arm.network("networkSecurityGroups/fed"), "{'location':'eastus'}");
        put(
                arm.network("virtualNetworks/v"),
                "{'location':'eastus','properties':{'addressSpace':{'addressPrefixes':['10.2.0.0/16']},'subnets':["
                        + "{'name':'apps','properties':{'addressPrefix':'10.2.1.0/24','routeTable':{'id':'"
                        + arm.network("routeTables/up") + "'}}},"
                        + "{'name':'gates','properties':{'addressPrefix':'10.2.2.0/24','networkSecurityGroup':{'id':'"
                        + arm.network("networkSecurityGroups/fed") + "'}}}]}}");
        put(
                arm.network("publicIPAddresses/fed"),
                "{'location':'eastus','sku':{'name':'Standard'},'properties':{'publicIPAllocationMethod':'Static'}}");
        put(
                arm.network("networkInterfaces/fed"),
                nic("gates", "'publicIPAddress':{'id':'" + arm.network("publicIPAddresses/fed") + "'},"));
        put(arm.network("networkInterfaces/app"), nic("apps", ""));
        federation = arm.get(arm.network("publicIPAddresses/fed"))
                .body()
                .at("/properties/ipAddress")
                .asText();

        world.add(azure.network(azure.subscription()));
        world.add(Site.named("on-premises")
                .host("10.0.0.10", "host")
                .host("10.0.0.2", "203.0.113.2", "gateway")
                .route("10.2.0.0/16", "gateway"));
        world.attach(
                arm.network("networkInterfaces/fed"),
                new Router("fed", packet -> tunnel(packet, "10.2.0.0/16", "203.0.113.2")));
        world.attach("gateway", new Router("gateway", packet -> tunnel(packet, "10.0.0.0/16", federation)));
    }

    /** What is for the own side goes out of the interface, all else into the tunnel; the tunnel's own packets end here. */
    private static Forwarding tunnel(Packet packet, String ownSide, String farEnd) {
        if (packet.destinationPort() == 4500) {
            return new Forwarding.Local("tunnel packet");
        }
        return ip(ownSide).contains(packet.destination())
                ? new Forwarding.Out(packet, "own side")
                : new Forwarding.IntoTunnel("t", ip(farEnd), packet, "far side");
    }

    @AfterEach
    void close() {
        azure.close();
        clock.close();
    }

    @Test
    void packetsPassBothWaysOnceTheSecurityGroupLetsTheTunnelIn() {
        var closed = tracer.traceBothWays(question());
        assertThat(closed.there().passed()).as(closed.toString()).isFalse();
        assertThat(closed.there().end().toString())
                .contains("stopped by network security group fed: rule DenyAllInBound (priority 65500) denies tcp");

        allow("natt", "Udp", "4500", "203.0.113.2", 200);
        allow("inside", "*", "*", "10.0.0.0/8", 210);
        // what an appliance forwards has a source outside of the virtual network, which the default rules do not let
        // out
        allow("Outbound", "forwarded", "*", "*", "10.0.0.0/16", 220);
        var open = tracer.traceBothWays(question());

        assertThat(open.passed()).as(open.toString()).isTrue();
        assertThat(open.there().toString())
                .contains(
                        "app in azure " + azure.subscription()
                                + ": sends it to fed [route table up, route on-premises: 10.0.0.0/16 -> VirtualAppliance 10.2.2.4]")
                .contains("public IP address fed: source 10.2.2.4 -> " + federation);
        assertThat(open.back().toString())
                .contains(
                        "network security group fed: rule natt (priority 200) allows udp 4500 from 203.0.113.2 to 10.2.2.4")
                .contains("rule forwarded (priority 220)");
    }

    @Test
    void packetsStopWhereIpForwardingIsTurnedOff() {
        allow("natt", "Udp", "4500", "203.0.113.2", 200);
        allow("inside", "*", "*", "10.0.0.0/8", 210);
        put(
                arm.network("networkInterfaces/fed"),
                nic("gates", "'publicIPAddress':{'id':'" + arm.network("publicIPAddresses/fed") + "'},")
                        .replace("'enableIPForwarding':true", "'enableIPForwarding':false"));

        var trace = tracer.trace(question());

        assertThat(trace.passed()).isFalse();
        assertThat(trace.end().toString()).contains("network interface fed").contains("its IP forwarding is off");
    }

    @Test
    void theWorldDoesNotReachTheAppliancesApi() {
        allow("natt", "Udp", "4500", "203.0.113.2", 200);

        var trace = tracer.trace(Packet.tcp("203.0.113.99", federation, 8000));

        assertThat(trace.passed()).isFalse();
        assertThat(trace.end().toString()).contains("network security group fed: rule DenyAllInBound");
    }

    private static Packet question() {
        return Packet.tcp("10.2.1.4", "10.0.0.10", 443);
    }

    private void allow(String name, String protocol, String port, String source, int priority) {
        allow("Inbound", name, protocol, port, source, priority);
    }

    private void allow(String direction, String name, String protocol, String port, String source, int priority) {
        put(
                arm.network("networkSecurityGroups/fed/securityRules/" + name),
                ("{'properties':{'priority':%d,'access':'Allow','direction':'%s','protocol':'%s','sourceAddressPrefix':'%s',"
                                + "'destinationPortRange':'%s','sourcePortRange':'*','destinationAddressPrefix':'*'}}")
                        .formatted(priority, direction, protocol, source, port));
    }

    private String nic(String subnet, String more) {
        return "{'location':'eastus','properties':{'enableIPForwarding':true,'ipConfigurations':[{'name':'one','properties':{"
                + more + "'subnet':{'id':'" + arm.network("virtualNetworks/v/subnets/" + subnet) + "'}}}]}}";
    }

    private void put(String path, String body) {
        var answer = arm.put(path, body);
        assertThat(answer.status()).as(answer.response().body()).isIn(200, 201);
        clock.advance(Duration.ofSeconds(3));
    }

    private static IPAddress ip(String text) {
        return new IPAddressString(text).getAddress();
    }
}

// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.sim.net;

import static io.hybridpipe.sim.net.SmallCloud.ip;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hybridpipe.sim.SimClock;
import java.time.Instant;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

class PacketTracerTest {
    private final World world = World.on(SimClock.manual(Instant.EPOCH));
    private final PacketTracer tracer = PacketTracer.in(world);
    private final SmallCloud cloud = SmallCloud.named("x", "10.1.0.0/16")
            .port("app", "10.1.1.10", "")
            .port("db", "10.1.1.20", "")
            .port("router", "10.1.0.10", "203.0.113.1")
            .route("0.0.0.0/0", "internet")
            .route("10.0.0.0/16", "router");

    PacketTracerTest() {
        world.add(cloud);
    }

    private record Router(String name, Function<Packet, Forwarding> decision) implements Machine {
        @Override
        public Forwarding forward(Packet packet) {
            return decision.apply(packet);
        }
    }

    @Test
    void aPacketToANeighbourPassesWhereTheNeighboursRulesLetItIn() {
        cloud.open("db", Protocol.TCP, 5432, "10.1.1.0/24");
        assertThat(tracer.trace(Packet.tcp("10.1.1.10", "10.1.1.20", 5432))).hasToString("""
                        tcp 10.1.1.10 -> 10.1.1.20:5432 passes
                          app in x: sends it to db [local]
                          db in x: takes it in [rules of db allow 10.1.1.0/24]
                        """);
        Trace refused = tracer.trace(Packet.tcp("10.1.1.10", "10.1.1.20", 22));
        assertThat(refused.passed()).isFalse();
        assertThat(refused.end()).hasToString("db in x: stopped by rules of db: none allows it");
    }

    @Test
    void theInternetReachesOnlyPublicAddressesAndOnlyThroughTheirRules() {
        assertThat(tracer.trace(Packet.tcp("198.51.100.9", "203.0.113.1", 8000)).end())
                .hasToString("router in x: stopped by rules of router: none allows it");
        cloud.open("router", Protocol.TCP, 8000, "198.51.100.9/32");
        Trace.BothWays open = tracer.traceBothWays(Packet.tcp("198.51.100.9", "203.0.113.1", 8000));
        assertThat(open.there().passed()).isTrue();
        assertThat(open.back().passed()).isTrue();
        assertThat(open.back().end()).hasToString("internet: arrived at 198.51.100.9");
        assertThat(tracer.trace(Packet.tcp("198.51.100.9", "10.1.1.10", 8000)).end())
                .hasToString("internet: nobody in this world has the public address 10.1.1.10");
    }

    @Test
    void anInterfaceThatDoesNotForwardStopsWhatIsNotItsOwn() {
        assertThat(tracer.trace(Packet.icmp("10.1.1.10", "10.0.0.10")).end())
                .hasToString("router in x: stopped by destination check of router: not its own destination");
        cloud.forwards("router").openToAll("router");
        assertThat(tracer.trace(Packet.icmp("10.1.1.10", "10.0.0.10")).end())
                .hasToString("router in x: nothing behind this interface routes");
    }

    @Test
    void aPacketThatGoesInACircleIsEnded() {
        cloud.forwards("router").openToAll("router");
        world.attach("router", new Router("r", packet -> new Forwarding.Out(packet, "always out")));
        Trace trace = tracer.trace(Packet.icmp("10.1.1.10", "10.0.0.10"));
        assertThat(trace.passed()).isFalse();
        assertThat(trace.end()).hasToString("router in x: goes in a circle");
        assertThat(trace.hops()).hasSizeLessThan(10);
    }

    @Test
    void aTunnelsOuterPacketMustGetThroughBeforeTheInnerOneGoesOn() {
        cloud.forwards("router").openToAll("router");
        Site site = Site.named("y").host("10.0.0.2", "203.0.113.2", "gateway").host("10.0.0.10", "host");
        world.add(site);
        Function<Packet, Forwarding> far = packet -> packet.destination().equals(ip("10.0.0.2"))
                ? new Forwarding.Local("mine")
                : new Forwarding.Out(packet, "LAN");
        world.attach("gateway", new Router("g", far));
        world.attach(
                "machine-router",
                new Router("r", packet -> new Forwarding.IntoTunnel("t1", ip("203.0.113.2"), packet, "selectors")));
        assertThat(tracer.trace(Packet.icmp("10.1.1.10", "10.0.0.10"))).hasToString("""
                        icmp 10.1.1.10 -> 10.0.0.10 passes
                          app in x: sends it to router [route 10.0.0.0/16 -> router]
                          router in x: takes it in [rules of router allow 0.0.0.0/0]
                          r: into t1 [selectors]
                            router in x: sends it to the internet as 203.0.113.1 [route 0.0.0.0/0 -> internet]
                            gateway in y: takes it in [y has no rules]
                            g: arrived [mine]
                          g: out of the tunnel
                          g: out again [LAN]
                          gateway in y: sends it to host [LAN of y]
                          host in y: takes it in [y has no rules]
                        """);
        world.attach(
                "machine-router",
                new Router("r", packet -> new Forwarding.IntoTunnel("t1", ip("203.0.113.9"), packet, "selectors")));
        Trace lost = tracer.trace(Packet.icmp("10.1.1.10", "10.0.0.10"));
        assertThat(lost.passed()).isFalse();
        assertThat(lost.end()).hasToString("  internet: nobody in this world has the public address 203.0.113.9");
    }

    @Test
    void anAddressThatTwoCloudsUseIsTracedInTheCloudThatIsNamed() {
        Site other = Site.named("z").host("10.1.1.10", "twin").host("10.1.1.20", "twin-db");
        world.add(other);
        Packet packet = Packet.tcp("10.1.1.10", "10.1.1.20", 5432);
        assertThat(tracer.trace(packet).passed()).isFalse();
        assertThat(tracer.trace(other, packet).passed()).isTrue();
        assertThatThrownBy(() -> tracer.trace(other, Packet.icmp("10.1.0.10", "10.1.1.20")))
                .hasMessage("no interface of z has 10.1.0.10");
    }

    @Test
    void aSitesHostsReachOtherNetworksThroughTheHostThatTheirRouteNames() {
        Site site = Site.named("y")
                .host("10.0.0.2", "203.0.113.2", "gateway")
                .host("10.0.0.10", "host")
                .route("10.1.0.0/16", "gateway");
        world.add(site);
        world.attach("gateway", new Router("g", packet -> new Forwarding.Dropped("g", "not today")));
        assertThat(tracer.trace(Packet.icmp("10.0.0.10", "10.1.1.10")).end())
                .hasToString("g: stopped by g [not today]");
        assertThat(tracer.trace(Packet.icmp("10.0.0.10", "10.9.1.10")).end())
                .hasToString("host in y: stopped by y: host has no public address and no route to 10.9.1.10");
    }
}

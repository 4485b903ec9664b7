// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.sim.vns3;

import static org.assertj.core.api.Assertions.assertThat;

import io.hybridpipe.sim.SimClock;
import io.hybridpipe.sim.net.Packet;
import io.hybridpipe.sim.net.PacketTracer;
import io.hybridpipe.sim.net.Protocol;
import io.hybridpipe.sim.net.Site;
import io.hybridpipe.sim.net.SmallCloud;
import io.hybridpipe.sim.net.Trace;
import io.hybridpipe.sim.net.World;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A new network joins a federation that already reaches on-premises: three places, four controllers. */
class FederationTest {
    private static final Packet APP_TO_ON_PREMISES = Packet.icmp("10.1.1.10", "10.0.0.10");

    private final SimClock clock = SimClock.manual(Instant.parse("2026-11-21T08:00:00Z"));
    private final World world = World.on(clock);
    private final PacketTracer tracer = PacketTracer.in(world);
    private final List<SimVns3> controllers = new ArrayList<>();
    private final SmallCloud x = SmallCloud.named("x", "10.1.0.0/16")
            .port("app", "10.1.1.10", "")
            .openToAll("app")
            .port("new", "10.1.0.10", "203.0.113.1")
            .forwards("new")
            .open("new", Protocol.ICMP, 0, "10.0.0.0/8")
            .open("new", Protocol.UDP, 500, "0.0.0.0/0")
            .open("new", Protocol.UDP, 4500, "0.0.0.0/0")
            .route("0.0.0.0/0", "internet");
    private final SmallCloud y = federation("fed-1", "10.2.0.11", "203.0.113.11");
    private final Site onPremises = Site.named("on-premises")
            .host("10.0.0.10", "host")
            .host("10.0.0.2", "198.51.100.2", "gateway")
            .route("10.0.0.0/8", "gateway");
    private final SimVns3 added;
    private final SimVns3 first;
    private final SimVns3 gateway;

    FederationTest() {
        world.add(x);
        world.add(y);
        world.add(onPremises);
        added = controller("new");
        first = controller("fed-1");
        gateway = controller("gateway");
        connectOnPremises();
    }

    private static SmallCloud federation(String id, String privateAddress, String publicAddress) {
        return SmallCloud.named("y", "10.2.0.0/16")
                .port(id, privateAddress, publicAddress)
                .forwards(id)
                .open(id, Protocol.ICMP, 0, "10.0.0.0/8")
                .open(id, Protocol.UDP, 500, "0.0.0.0/0")
                .open(id, Protocol.UDP, 4500, "0.0.0.0/0")
                .port("fed-host", "10.2.1.10", "")
                .openToAll("fed-host")
                .route("10.0.0.0/16", id)
                .route("0.0.0.0/0", "internet");
    }

    private SimVns3 controller(String port) {
        SimVns3 controller = SimVns3.builder()
                .world(world)
                .name(port)
                .machine(port)
                .inService()
                .start();
        controllers.add(controller);
        return controller;
    }

    private void connectOnPremises() {
        String vti = "{'name': '%s', 'ipaddress': '%s', 'secret': 'old', 'vpn_type': 'vti', 'ike_version': 2}";
        TwoSides.post(first, "/ipsec/endpoints", vti.formatted("on-premises", "198.51.100.2"));
        TwoSides.post(first, "/routes", "{'cidr': '10.0.0.0/16', 'tunnel': 1, 'advertise': true}");
        TwoSides.post(gateway, "/ipsec/endpoints", vti.formatted("federation", "203.0.113.11"));
        TwoSides.post(gateway, "/routes", "{'cidr': '10.0.0.0/8', 'tunnel': 1}");
        clock.advance(Duration.ofSeconds(10));
    }

    private void peer(SimVns3 one, String name, String address, String local, String remote) {
        String id = TwoSides.post(
                one,
                "/ipsec/endpoints",
                "{'name': '%s', 'ipaddress': '%s', 'secret': 'new', 'ike_version': 2}".formatted(name, address));
        TwoSides.post(
                one,
                "/ipsec/endpoints/" + id + "/tunnels",
                "{'local_subnet': '%s', 'remote_subnet': '%s'}".formatted(local, remote));
    }

    @AfterEach
    void close() {
        controllers.forEach(SimVns3::close);
        clock.close();
    }

    @Test
    void theFederationReachesOnPremisesBeforeAnythingIsAdded() {
        assertThat(tracer.traceBothWays(Packet.icmp("10.2.1.10", "10.0.0.10"))
                        .back()
                        .end())
                .hasToString("fed-host in y: takes it in [rules of fed-host allow 0.0.0.0/0]");
        assertThat(tracer.trace(APP_TO_ON_PREMISES).passed()).isFalse();
    }

    @Test
    void theNewNetworkReachesOnPremisesThroughTwoTunnelsOnceItIsPeeredAndRouted() {
        peer(added, "fed-1", "203.0.113.11", "10.1.0.0/16", "10.0.0.0/16");
        peer(first, "new", "203.0.113.1", "10.0.0.0/16", "10.1.0.0/16");
        clock.advance(Duration.ofSeconds(5));
        assertThat(tracer.trace(APP_TO_ON_PREMISES).end().what())
                .isEqualTo("stopped by route 0.0.0.0/0 -> internet: app has no public address");
        x.route("10.0.0.0/16", "new");
        Trace.BothWays passed = tracer.traceBothWays(APP_TO_ON_PREMISES);
        assertThat(passed.passed()).as("%s", passed).isTrue();
        assertThat(passed.there().hops()).extracting(Trace.Hop::place).contains("new", "fed-1", "gateway");
        assertThat(passed.there().hops()).filteredOn(hop -> hop.depth() == 1).hasSize(6);
    }

    @Test
    void theWorldIsStoppedAtTheControllersApiByTheRulesOfItsInterface() {
        assertThat(tracer.trace(Packet.tcp("192.0.2.1", "203.0.113.1", 8000)).end())
                .hasToString("new in x: stopped by rules of new: none allows it");
    }

    @Test
    void ofTwoTunnelsWithTheSameSelectorsTheOneThatIsUpCarriesTheTraffic() {
        peer(added, "elsewhere", "203.0.113.99", "10.1.0.0/16", "10.0.0.0/16");
        peer(added, "fed-1", "203.0.113.11", "10.1.0.0/16", "10.0.0.0/16");
        peer(first, "new", "203.0.113.1", "10.0.0.0/16", "10.1.0.0/16");
        x.route("10.0.0.0/16", "new");
        clock.advance(Duration.ofSeconds(5));
        assertThat(tracer.trace(APP_TO_ON_PREMISES).toString()).contains("into tunnel 2 of new to fed-1");
    }
}

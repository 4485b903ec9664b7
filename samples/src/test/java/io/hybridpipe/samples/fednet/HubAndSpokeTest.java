// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.samples.fednet;

import static io.hybridpipe.Element.step;
import static org.assertj.core.api.Assertions.assertThat;

import io.hybridpipe.Input;
import io.hybridpipe.Key;
import io.hybridpipe.Pipe;
import io.hybridpipe.RunOptions;
import io.hybridpipe.Secret;
import io.hybridpipe.State;
import io.hybridpipe.azure.AzureAccount;
import io.hybridpipe.azure.network.AddRoute;
import io.hybridpipe.azure.network.AllowInbound;
import io.hybridpipe.azure.network.AzureInterface;
import io.hybridpipe.azure.network.AzureVnet;
import io.hybridpipe.azure.network.CreateNetworkInterface;
import io.hybridpipe.azure.network.CreatePublicAddress;
import io.hybridpipe.azure.network.CreateRouteTable;
import io.hybridpipe.azure.network.CreateSecurityGroup;
import io.hybridpipe.azure.network.CreateVnet;
import io.hybridpipe.azure.network.InboundRule;
import io.hybridpipe.azure.network.PeerVnets;
import io.hybridpipe.azure.network.TemporarySecurityRule;
import io.hybridpipe.azure.resources.EnsureResourceGroup;
import io.hybridpipe.event.PipeEvent;
import io.hybridpipe.event.RunReport;
import io.hybridpipe.event.RunReport.Outcome;
import io.hybridpipe.net.Cidr;
import io.hybridpipe.net.Ip;
import io.hybridpipe.sim.SimClock;
import io.hybridpipe.sim.azure.SimAzure;
import io.hybridpipe.sim.net.Packet;
import io.hybridpipe.sim.net.PacketTracer;
import io.hybridpipe.sim.net.Site;
import io.hybridpipe.sim.net.Trace;
import io.hybridpipe.sim.net.World;
import io.hybridpipe.sim.vns3.SimVns3;
import io.hybridpipe.vns3.IpsecPeer;
import io.hybridpipe.vns3.Tunnel;
import io.hybridpipe.vns3.api.Controller;
import io.hybridpipe.vns3.api.Vns3Access;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Steps build a hub with a controller and, in another subscription, a spoke whose route leads cloud X to that controller over
 * the peering; packets are traced from a workload in the spoke to one in cloud X and back.
 */
@Timeout(180)
class HubAndSpokeTest {
    private static final String HUBS = "00000000-0000-4000-8000-0000000000aa";
    private static final String SPOKES = "00000000-0000-4000-8000-0000000000bb";
    private static final String CALLER = "198.51.100.7";
    private static final String GATEWAY = "203.0.113.2";
    private static final Cidr CLOUD_X = Cidr.of("10.1.0.0/16");
    private static final Cidr SPOKE_SPACE = Cidr.of("10.3.0.0/16");
    private static final Secret<String> PSK = Secret.of("psk-of-hub-and-spoke-7719");

    private static final Secret<String> PASSWORD = Secret.of("password-of-the-controllers");
    private static final Duration SOON = Duration.ofSeconds(60);
    /** How long a tunnel is waited for that stays down. */
    private static final Duration DOWN = Duration.ofSeconds(5);

    private static final Key<String> HUB_GROUP = Key.of("hub-group", String.class);
    private static final Key<String> SPOKE_GROUP = Key.of("spoke-group", String.class);
    private static final Key<AzureVnet> HUB = Key.of("hub", AzureVnet.class);
    private static final Key<AzureVnet> SPOKE = Key.of("spoke", AzureVnet.class);
    private static final Key<String> DOORS = Key.of("doors", String.class);
    private static final Key<String> ADDRESS_ID = Key.of("address-id", String.class);
    private static final Key<Ip> ADDRESS = Key.of("address", Ip.class);
    private static final Key<Tunnel> TUNNEL = Key.of("tunnel", Tunnel.class);
    private static final Key<AzureInterface> CONTROLLER = Key.of("controller", AzureInterface.class);

    private final SimClock clock = SimClock.scaled(100);
    private final SimAzure azure = SimAzure.builder()
            .clock(clock)
            .subscription(HUBS)
            .subscription(SPOKES)
            .start();
    private final World world = World.on(clock);
    private final PacketTracer tracer = PacketTracer.in(world);
    private final AzureAccount hubs = account(HUBS);
    private final AzureAccount spokes = account(SPOKES);
    private final List<SimVns3> controllers = new CopyOnWriteArrayList<>();
    private final Vns3Access access = Vns3Access.over(CertificatesOf.client(
                    () -> controllers.stream().map(SimVns3::certificate).toList()))
            .withUris(ip -> world.uriOf(ip.toString()));

    private AzureAccount account(String subscription) {
        return Clouds.azure(azure.endpoint(), subscription, "tenant", null).pollEvery(Duration.ofMillis(10));
    }

    @BeforeEach
    void addCloudX() {
        world.caller(CALLER);
        world.add(azure.network(HUBS));
        world.add(azure.network(SPOKES));
        world.add(Site.named("cloud-x")
                .host("10.1.1.10", "orders")
                .host("10.1.0.4", GATEWAY, "gateway")
                .route("10.3.0.0/16", "gateway"));
    }

    @AfterEach
    void close() {
        controllers.forEach(SimVns3::close);
        azure.close();
        clock.close();
    }

    @Test
    void packetsPassBothWaysOverPeeringControllerAndTunnel() {
        State built = run(network(InboundRule.udp(500, 4500), peer().allowForwardedTraffic()));
        startControllers(built);
        run(tunnel(built, SOON));

        Trace.BothWays traces = tracer.traceBothWays(question());

        assertThat(traces.passed()).as("%s", traces).isTrue();
        assertThat(traces.there().toString())
                .contains("[route table to-cloud-x, route cloud-x-")
                .contains("10.1.0.0/16 -> VirtualAppliance 10.2.0.4]")
                .contains("tunnel 1 of hub to")
                .contains("orders in cloud-x: takes it in");
        assertThat(traces.back().toString()).contains("tunnel 1 of gateway to", "workload");
        Trace aside = tracer.trace(Packet.tcp("192.0.2.66", address(built), SimVns3.API_PORT));
        assertThat(aside.end().toString()).contains("network security group doors: rule DenyAllInBound");
    }

    @Test
    void withoutForwardedTrafficTheAnswerStopsAtThePeering() {
        State built = run(network(InboundRule.udp(500, 4500), peer()));
        startControllers(built);
        run(tunnel(built, SOON));

        Trace.BothWays traces = tracer.traceBothWays(question());

        assertThat(traces.passed()).as("%s", traces).isFalse();
        assertThat(traces.back().end().toString()).contains("forwarded traffic is not allowed");
    }

    @ParameterizedTest
    @ValueSource(ints = {500, 4500})
    void aSecurityGroupThatForgetsAPortOfIpsecKeepsTheTunnelDownUntilItIsRepaired(int forgotten) {
        State built = run(network(InboundRule.udp(5000 - forgotten), peer().allowForwardedTraffic()));
        startControllers(built);
        List<String> seen = new CopyOnWriteArrayList<>();

        RunReport report = settled(tunnel(built, DOWN), event -> {
            if (event instanceof PipeEvent.StepFailed failed) {
                seen.add(failed.message());
                seen.add(controllers.get(0).explain(1));
                seen.add(tracer.trace(question()).end().toString());
            }
        });

        String why = "UDP " + forgotten + " from " + GATEWAY + " to " + address(built)
                + ": network security group doors: rule DenyAllInBound (priority 65500) denies udp " + forgotten;
        assertThat(report.outcome()).as("%s", report).isEqualTo(Outcome.UNDONE);
        assertThat(seen).hasSize(3);
        assertThat(seen.get(0)).contains("hub (" + address(built) + ") says phase 1 (IKE) is down");
        assertThat(seen.get(1)).startsWith(why);
        assertThat(seen.get(2)).contains("tunnel 1 of hub to ").contains("it is down: " + why);

        run(Pipe.named("repair")
                .step(
                        "door",
                        AllowInbound.in(hubs)
                                .securityGroupId(built.get(DOORS))
                                .named("ipsec")
                                .udp(forgotten)
                                .from(Cidr.of("0.0.0.0/0")))
                .build());
        run(tunnel(built, SOON));

        Trace.BothWays repaired = tracer.traceBothWays(question());
        assertThat(repaired.passed()).as("%s", repaired).isTrue();
    }

    private static Packet question() {
        return Packet.tcp("10.3.1.4", "10.1.1.10", 443);
    }

    private PeerVnets peer() {
        return PeerVnets.between(hubs, HUB.map(AzureVnet::id)).and(spokes, SPOKE.map(AzureVnet::id));
    }

    private Pipe network(InboundRule ike, PeerVnets peer) {
        return Pipe.named("hub-and-spoke")
                .concurrently(
                        "groups",
                        step(
                                "hubs",
                                EnsureResourceGroup.in(hubs)
                                        .named("net")
                                        .location("westeurope")
                                        .into(HUB_GROUP)),
                        step(
                                "spokes",
                                EnsureResourceGroup.in(spokes)
                                        .named("net")
                                        .location("westeurope")
                                        .into(SPOKE_GROUP)))
                .concurrently(
                        "ground",
                        step(
                                "hub",
                                CreateVnet.in(hubs)
                                        .resourceGroup(HUB_GROUP)
                                        .named("hub")
                                        .location("westeurope")
                                        .space(Cidr.of("10.2.0.0/16"))
                                        .subnet("controllers", Cidr.of("10.2.0.0/24"))
                                        .into(HUB)),
                        step(
                                "spoke",
                                CreateVnet.in(spokes)
                                        .resourceGroup(SPOKE_GROUP)
                                        .named("spoke")
                                        .location("westeurope")
                                        .space(SPOKE_SPACE)
                                        .subnet("workloads", Cidr.of("10.3.1.0/24"))
                                        .into(SPOKE)),
                        step(
                                "doors",
                                CreateSecurityGroup.in(hubs)
                                        .resourceGroup(HUB_GROUP)
                                        .named("doors")
                                        .location("westeurope")
                                        .inbound("ike", ike.from(Cidr.of("0.0.0.0/0")))
                                        .into(DOORS)),
                        step(
                                "address",
                                CreatePublicAddress.in(hubs)
                                        .resourceGroup(HUB_GROUP)
                                        .named("controller")
                                        .location("westeurope")
                                        .into(ADDRESS_ID, ADDRESS)))
                .concurrently(
                        "links",
                        step("peer", peer),
                        step(
                                "controller",
                                CreateNetworkInterface.in(hubs)
                                        .resourceGroup(HUB_GROUP)
                                        .named("controller")
                                        .location("westeurope")
                                        .subnet(HUB.map(hub -> hub.subnet("controllers")))
                                        .privateIp(Ip.of("10.2.0.4"))
                                        .publicAddress(ADDRESS_ID)
                                        .securityGroup(DOORS)
                                        .forwardingIp()
                                        .into(CONTROLLER)),
                        step(
                                "workload",
                                CreateNetworkInterface.in(spokes)
                                        .resourceGroup(SPOKE_GROUP)
                                        .named("workload")
                                        .location("westeurope")
                                        .subnet(SPOKE.map(spoke -> spoke.subnet("workloads")))
                                        .privateIp(Ip.of("10.3.1.4"))))
                .concurrently(
                        "tables",
                        step("hub-table", table(hubs, HUB_GROUP).associate(HUB.map(hub -> hub.subnet("controllers")))),
                        step(
                                "spoke-table",
                                table(spokes, SPOKE_GROUP).associate(SPOKE.map(spoke -> spoke.subnet("workloads")))))
                .concurrently(
                        "routes",
                        step("hub-route", route(hubs, HUB_GROUP)),
                        step("spoke-route", route(spokes, SPOKE_GROUP)))
                .build();
    }

    private static CreateRouteTable table(AzureAccount account, Key<String> group) {
        return CreateRouteTable.in(account)
                .resourceGroup(group)
                .named("to-cloud-x")
                .location("westeurope");
    }

    private static AddRoute route(AzureAccount account, Key<String> group) {
        return AddRoute.in(account)
                .resourceGroup(group)
                .table("to-cloud-x")
                .named("cloud-x")
                .to(CLOUD_X)
                .viaAppliance(CONTROLLER.map(AzureInterface::privateIp));
    }

    /** The API of the hub's controller is reached only while the tunnel is made. */
    private Pipe tunnel(State built, Duration within) {
        Controller hub = Controller.of("hub", built.get(ADDRESS), PASSWORD).withPrivateAddress(Ip.of("10.2.0.4"));
        Controller gateway = Controller.of("gateway", Ip.of(GATEWAY), PASSWORD).withPrivateAddress(Ip.of("10.1.0.4"));
        return Pipe.named("federation")
                .during(
                        "api",
                        TemporarySecurityRule.in(hubs)
                                .resourceGroup("net")
                                .securityGroup("doors")
                                .tcp(8000)
                                .from(Ip.of(CALLER).toCidr()),
                        api -> api.step(
                                "tunnel",
                                IpsecPeer.between(Input.value(hub), Input.value(gateway))
                                        .over(access)
                                        .psk(Input.value(PSK))
                                        .subnets(SPOKE_SPACE, CLOUD_X)
                                        .into(TUNNEL)
                                        .connectedWithin(within)
                                        .pollEvery(Duration.ofMillis(20))))
                .build();
    }

    private void startControllers(State built) {
        for (Map.Entry<String, String> each :
                Map.of("hub", built.get(CONTROLLER).id(), "gateway", "gateway").entrySet()) {
            SimVns3 started = SimVns3.builder()
                    .world(world)
                    .name(each.getKey())
                    .machine(each.getValue())
                    .password(PASSWORD.reveal())
                    .inService()
                    .start();
            controllers.add(each.getKey().equals("hub") ? 0 : controllers.size(), started);
        }
    }

    private static String address(State built) {
        return built.get(ADDRESS).toString();
    }

    private static State run(Pipe pipe) {
        return pipe.run(State.empty()).blockOptional(SOON).orElseThrow();
    }

    private static RunReport settled(Pipe pipe, Consumer<PipeEvent> events) {
        return pipe.start(State.empty(), RunOptions.ofDefaults().listener(events::accept))
                .settled()
                .blockOptional(SOON)
                .orElseThrow();
    }
}

// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.sim.azure;

import static org.assertj.core.api.Assertions.assertThat;

import inet.ipaddr.IPAddress;
import inet.ipaddr.IPAddressString;
import io.hybridpipe.sim.SimClock;
import io.hybridpipe.sim.net.CloudNetwork;
import io.hybridpipe.sim.net.Next;
import io.hybridpipe.sim.net.Packet;
import io.hybridpipe.sim.net.PacketTracer;
import io.hybridpipe.sim.net.Port;
import io.hybridpipe.sim.net.Protocol;
import io.hybridpipe.sim.net.World;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What packets meet in a network that was built over the wire: two subnets, an application and an appliance. */
class AzureNetworkTest {

    private static final Duration OPERATION = Duration.ofSeconds(3);
    private static final String HOME = "203.0.113.7";

    private final SimClock clock = SimClock.manual(Instant.parse("2026-11-21T08:00:00Z"));
    private final SimAzure azure =
            SimAzure.builder().clock(clock).operationTime(OPERATION).start();
    private final ArmClient arm = new ArmClient(azure);
    private final CloudNetwork network = azure.network(azure.subscription());

    @BeforeEach
    void buildTheNetwork() {
        put(arm.group("rg"), "{'location':'eastus'}");
        network("", "");
    }

    @AfterEach
    void close() {
        azure.close();
        clock.close();
    }

    @Test
    void aPublicAddressIsTranslatedToThePrivateOneAndBack() {
        publicAddress("p", "Basic");
        var app = nic("app", "apps", "p", false, "");
        var address = app.publicAddress().orElseThrow().toString();

        var in = delivered(network.deliver(app, tcp(HOME, address, 443)));
        assertThat(in.packet().destination()).isEqualTo(app.privateAddress());
        assertThat(in.why()).containsExactly("public IP address p: destination " + address + " -> 10.2.1.4");

        var out = network.send(app, tcp("10.2.1.4", HOME, 443));
        assertThat(out).isInstanceOfSatisfying(Next.ToInternet.class, sent -> {
            assertThat(sent.packet().source()).hasToString(address);
            assertThat(sent.why())
                    .containsExactly(
                            "system route: 0.0.0.0/0 -> Internet",
                            "public IP address p: source 10.2.1.4 -> " + address);
        });
    }

    @Test
    void aStandardAddressIsClosedWithoutASecurityGroup() {
        publicAddress("p", "Standard");
        var app = nic("app", "apps", "p", false, "");

        var end = dropped(
                network.deliver(app, tcp(HOME, app.publicAddress().orElseThrow().toString(), 443)));

        assertThat(end.by()).isEqualTo("public IP address p");
    }

    @Test
    void withoutAPublicAddressNothingLeavesForTheInternet() {
        var app = nic("app", "apps", "", false, "");

        assertThat(dropped(network.send(app, tcp("10.2.1.4", HOME, 443))).by()).isEqualTo("network interface app");
    }

    @Test
    void theDefaultRulesLetTheVirtualNetworkInAndNobodyElse() {
        securityGroup("g");
        publicAddress("p", "Standard");
        var app = nic("app", "apps", "p", false, "g");
        var other = nic("other", "apps", "", false, "");

        var world = dropped(
                network.deliver(app, tcp(HOME, app.publicAddress().orElseThrow().toString(), 8000)));
        assertThat(world.by()).isEqualTo("network security group g");
        assertThat(world.why())
                .isEqualTo("rule DenyAllInBound (priority 65500) denies tcp 8000 from" + " 203.0.113.7 to 10.2.1.4");

        var hop = delivered(network.send(other, tcp("10.2.1.5", "10.2.1.4", 8000)));
        assertThat(hop.to()).isEqualTo(app);
        assertThat(delivered(network.deliver(app, hop.packet())).why())
                .containsExactly("network security group g: rule AllowVnetInBound (priority 65000) allows tcp 8000 from"
                        + " 10.2.1.5 to 10.2.1.4");
        assertThat(network.deliver(app, tcp("168.63.129.16", "10.2.1.4", 80))).isInstanceOf(Next.Deliver.class);
        assertThat(network.send(app, tcp("10.2.1.4", HOME, 443))).isInstanceOf(Next.ToInternet.class);
        assertThat(dropped(network.send(app, tcp("10.2.1.4", "192.168.7.7", 443)))
                        .why())
                .contains("DenyAllOutBound");
    }

    @Test
    void aRuleAdmitsWhomItNamesAndTheLowestPriorityDecides() {
        securityGroup("g");
        rule("g", "api", 200, "Allow", "Inbound", "Tcp", HOME + "/32", "8000-8001");
        publicAddress("p", "Standard");
        var app = nic("app", "apps", "p", false, "g");
        var address = app.publicAddress().orElseThrow();
        var world = World.on(clock);
        world.add(network);

        assertThat(world.admits(ip(HOME), address, Protocol.TCP, 8000)).isTrue();
        assertThat(world.admits(ip(HOME), address, Protocol.TCP, 8002)).isFalse();
        assertThat(world.admits(ip(HOME), address, Protocol.UDP, 8000)).isFalse();
        assertThat(world.admits(ip(HOME), address, Protocol.ICMP, 0)).isFalse();
        assertThat(world.admits(ip("203.0.113.8"), address, Protocol.TCP, 8000)).isFalse();

        rule("g", "closed", 150, "Deny", "Inbound", "*", "Internet", "*");
        assertThat(world.admits(ip(HOME), address, Protocol.TCP, 8000)).isFalse();
        assertThat(world.obstacle(ip(HOME), address, Protocol.TCP, 8000).orElseThrow())
                .contains("rule closed");
    }

    @Test
    void aRuleCountsFromTheEndOfItsCreationToTheEndOfItsDeletion() {
        securityGroup("g");
        publicAddress("p", "Standard");
        var app = nic("app", "apps", "p", false, "g");
        var packet = tcp(HOME, app.publicAddress().orElseThrow().toString(), 8000);

        arm.put(
                arm.network("networkSecurityGroups/g/securityRules/api"),
                "{" + ruleBody(200, "Allow", "Inbound", "Tcp", "*", "8000"));
        assertThat(network.deliver(app, packet)).isInstanceOf(Next.Dropped.class);
        clock.advance(OPERATION);
        assertThat(network.deliver(app, packet)).isInstanceOf(Next.Deliver.class);
        arm.delete(arm.network("networkSecurityGroups/g/securityRules/api"));
        assertThat(network.deliver(app, packet)).isInstanceOf(Next.Deliver.class);
        clock.advance(OPERATION);
        assertThat(network.deliver(app, packet)).isInstanceOf(Next.Dropped.class);

        azure.failNextOperation(
                "Microsoft.Network/networkSecurityGroups/securityRules/write", "InternalServerError", "no");
        rule("g", "api", 200, "Allow", "Inbound", "Tcp", "*", "8000");
        assertThat(network.deliver(app, packet)).isInstanceOf(Next.Dropped.class);
    }

    @Test
    void theSubnetsGroupAndTheInterfacesMustBothAllow() {
        securityGroup("outer");
        securityGroup("inner");
        network("", "'networkSecurityGroup':{'id':'" + arm.network("networkSecurityGroups/outer") + "'},");
        publicAddress("p", "Standard");
        var app = nic("app", "apps", "p", false, "inner");
        var packet = tcp(HOME, app.publicAddress().orElseThrow().toString(), 8000);

        assertThat(dropped(network.deliver(app, packet)).by()).isEqualTo("network security group outer");
        rule("outer", "api", 200, "Allow", "Inbound", "Tcp", "*", "8000");
        assertThat(dropped(network.deliver(app, packet)).by()).isEqualTo("network security group inner");
        rule("inner", "api", 200, "Allow", "Inbound", "Tcp", "*", "8000");
        assertThat(delivered(network.deliver(app, packet)).why())
                .extracting(why -> why.split(":")[0])
                .containsExactly("public IP address p", "network security group outer", "network security group inner");

        rule("outer", "stay", 200, "Deny", "Outbound", "*", "*", "*");
        assertThat(dropped(network.send(app, tcp("10.2.1.4", HOME, 443))))
                .satisfies(end -> assertThat(end.by()).isEqualTo("network security group outer"))
                .satisfies(end ->
                        assertThat(end.passed()).singleElement().asString().contains("group inner"));
    }

    @Test
    void aRouteToAnApplianceNeedsIpForwardingThere() {
        put(arm.network("routeTables/t"), table("10.1.0.0/16", "VirtualAppliance", ",'nextHopIpAddress':'10.2.2.4'"));
        network("'routeTable':{'id':'" + arm.network("routeTables/t") + "'},", "");
        var app = nic("app", "apps", "", false, "");
        nic("fed", "gates", "", false, "");
        var packet = tcp("10.2.1.4", "10.1.1.10", 443);

        var closed = dropped(network.send(app, packet));
        assertThat(closed.by()).isEqualTo("network interface fed");
        assertThat(closed.why()).contains("IP forwarding is off");
        assertThat(closed.passed()).containsExactly("route table t, route r: 10.1.0.0/16 -> VirtualAppliance 10.2.2.4");

        var fed = nic("fed", "gates", "", true, "");
        var hop = delivered(network.send(app, packet));
        assertThat(hop.to()).isEqualTo(fed);
        assertThat(hop.packet()).isEqualTo(packet);
        assertThat(network.deliver(fed, packet)).isInstanceOf(Next.Deliver.class);
        assertThat(dropped(network.deliver(app, tcp("10.2.2.4", "10.1.1.10", 443)))
                        .why())
                .startsWith("destination check");
    }

    @Test
    void whatAnApplianceForwardsPassesItsSourceCheckAndTheReceiversRules() {
        securityGroup("g");
        put(arm.network("routeTables/t"), table("10.1.0.0/16", "VirtualAppliance", ",'nextHopIpAddress':'10.2.2.4'"));
        network("'routeTable':{'id':'" + arm.network("routeTables/t") + "'},", "");
        var app = nic("app", "apps", "", false, "g");
        var fed = nic("fed", "gates", "", true, "");
        var fromAfar = tcp("10.1.1.10", "10.2.1.4", 443);

        assertThat(dropped(network.send(app, fromAfar.reply().withSource(ip("10.9.9.9"))))
                        .why())
                .startsWith("source check");
        var hop = delivered(network.send(fed, fromAfar));
        assertThat(hop.to()).isEqualTo(app);
        // 10.1.0.0/16 stands in the subnet's route table and so belongs to the tag VirtualNetwork
        assertThat(delivered(network.deliver(app, hop.packet())).why())
                .singleElement()
                .asString()
                .contains("AllowVnetInBound");
        assertThat(network.deliver(app, tcp("10.77.1.10", "10.2.1.4", 443))).isInstanceOf(Next.Dropped.class);
    }

    @Test
    void theLongestPrefixDecidesAndATablesRouteComesBeforeTheSystemsOfTheSameLength() {
        put(arm.network("routeTables/t"), table("0.0.0.0/0", "None", ""));
        network("'routeTable':{'id':'" + arm.network("routeTables/t") + "'},", "");
        publicAddress("p", "Basic");
        var app = nic("app", "apps", "p", false, "");
        nic("fed", "gates", "", false, "");

        var outside = dropped(network.send(app, tcp("10.2.1.4", HOME, 443)));
        assertThat(outside.by()).isEqualTo("route table t, route r");
        assertThat(network.send(app, tcp("10.2.1.4", "10.2.2.4", 443))).isInstanceOf(Next.Deliver.class);
        assertThat(dropped(network.send(app, tcp("10.2.1.4", "10.8.0.1", 443))).by())
                .isEqualTo("system route");
        assertThat(dropped(network.send(app, tcp("10.2.1.4", "10.2.3.9", 443))).by())
                .isEqualTo("virtual network v");
    }

    @Test
    void aVirtualNetworkIsAnIslandWithoutPeering() {
        put(
                arm.network("virtualNetworks/w"),
                "{'location':'eastus','properties':{'addressSpace':{'addressPrefixes':['10.3.0.0/16']},'subnets':"
                        + "[{'name':'apps','properties':{'addressPrefix':'10.3.1.0/24'}}]}}");
        var app = nic("app", "apps", "", false, "");
        put(
                arm.network("networkInterfaces/far"),
                "{'location':'eastus','properties':{'ipConfigurations':[{'name':'one',"
                        + "'properties':{'subnet':{'id':'" + arm.network("virtualNetworks/w/subnets/apps") + "'}}}]}}");

        assertThat(network.ports())
                .extracting(port -> port.privateAddress().toString())
                .containsExactly("10.2.1.4", "10.3.1.4");
        assertThat(network.send(app, tcp("10.2.1.4", "10.3.1.4", 443))).isInstanceOf(Next.Dropped.class);
    }

    @ParameterizedTest
    @CsvSource({"powerOff, stopping, stopped", "deallocate, deallocating, deallocated"})
    void aMachineTakesAndSendsPacketsOnlyWhileItRuns(String action, String during, String after) {
        var app = nic("app", "apps", "", false, "");
        var other = nic("other", "apps", "", false, "");
        var machine = arm.compute("virtualMachines/m");
        arm.put(machine, ArmClient.machine(app.id(), ""));
        assertThat(end(app, other)).isEqualTo("app: stopped by virtual machine m: it is starting");
        assertThat(end(other, app)).isEqualTo("app: stopped by virtual machine m: it is starting");
        clock.advance(OPERATION);
        assertThat(end(app, other)).isEqualTo("other: takes it in");
        assertThat(end(other, app)).isEqualTo("app: takes it in");

        act(machine, action);
        assertThat(end(other, app)).isEqualTo("app: stopped by virtual machine m: it is " + during);
        clock.advance(OPERATION);
        assertThat(end(other, app)).isEqualTo("app: stopped by virtual machine m: it is " + after);
        assertThat(end(app, other)).isEqualTo("app: stopped by virtual machine m: it is " + after);

        act(machine, "start");
        clock.advance(OPERATION);
        assertThat(end(other, app)).isEqualTo("app: takes it in");
        act(machine, "restart");
        assertThat(end(other, app)).isEqualTo("app: stopped by virtual machine m: it is starting");
        clock.advance(OPERATION);
        assertThat(end(other, app)).isEqualTo("app: takes it in");
    }

    @Test
    void aMachineThatCouldNotBeStartedTakesNothing() {
        var app = nic("app", "apps", "", false, "");
        var other = nic("other", "apps", "", false, "");
        azure.failNextOperation("Microsoft.Compute/virtualMachines/write", "AllocationFailed", "No capacity.");
        put(arm.compute("virtualMachines/m"), ArmClient.machine(app.id(), ""));

        assertThat(end(other, app)).isEqualTo("app: stopped by virtual machine m: it never ran");
    }

    @Test
    void anApplianceThatIsDeallocatedForwardsNothing() {
        put(arm.network("routeTables/t"), table("10.1.0.0/16", "VirtualAppliance", ",'nextHopIpAddress':'10.2.2.4'"));
        network("'routeTable':{'id':'" + arm.network("routeTables/t") + "'},", "");
        var app = nic("app", "apps", "", false, "");
        var fed = nic("fed", "gates", "", true, "");
        var machine = arm.compute("virtualMachines/m");
        put(machine, ArmClient.machine(fed.id(), ""));
        var packet = tcp("10.2.1.4", "10.1.1.10", 443);
        assertThat(network.deliver(fed, packet)).isInstanceOf(Next.Deliver.class);

        act(machine, "deallocate");
        clock.advance(OPERATION);

        var hop = delivered(network.send(app, packet));
        assertThat(hop.to().id()).isEqualTo(fed.id());
        assertThat(dropped(network.deliver(hop.to(), packet)).by()).isEqualTo("virtual machine m");
    }

    @Test
    void nobodyIsAdmittedToAMachineThatIsStopped() {
        publicAddress("p", "Basic");
        var app = nic("app", "apps", "p", false, "");
        var machine = arm.compute("virtualMachines/m");
        put(machine, ArmClient.machine(app.id(), ""));
        var address = app.publicAddress().orElseThrow();
        var world = World.on(clock);
        world.add(network);
        assertThat(world.admits(ip(HOME), address, Protocol.TCP, 8000)).isTrue();

        act(machine, "powerOff");
        clock.advance(OPERATION);

        assertThat(world.obstacle(ip(HOME), address, Protocol.TCP, 8000).orElseThrow())
                .endsWith("virtual machine m: it is stopped");
    }

    private void act(String machine, String action) {
        assertThat(arm.call("POST", machine + "/" + action, "").status()).isEqualTo(202);
    }

    /** Where a packet between two interfaces ends, without the name of the cloud. */
    private String end(Port from, Port to) {
        var world = World.on(clock);
        world.add(network);
        var packet = tcp(from.privateAddress().toString(), to.privateAddress().toString(), 443);
        var end = PacketTracer.in(world).trace(packet).end();
        return end.place().replace(" in " + network.name(), "") + ": " + end.what();
    }

    @Test
    void aPortThatIsGoneDropsEverything() {
        var app = nic("app", "apps", "", false, "");
        arm.delete(app.id());
        clock.advance(OPERATION);

        assertThat(network.ports()).isEmpty();
        assertThat(dropped(network.deliver(app, tcp(HOME, "10.2.1.4", 1))).why())
                .isEqualTo("it does not exist");
    }

    private void put(String path, String body) {
        var answer = arm.put(path, body);
        assertThat(answer.status()).as(answer.response().body()).isIn(200, 201);
        clock.advance(OPERATION);
    }

    private void network(String appsTable, String appsGroup) {
        put(
                arm.network("virtualNetworks/v"),
                "{'location':'eastus','properties':{'addressSpace':{'addressPrefixes':['10.2.0.0/16']},'subnets':["
                        + "{'name':'apps','properties':{" + appsTable + appsGroup + "'addressPrefix':'10.2.1.0/24'}},"
                        + "{'name':'gates','properties':{'addressPrefix':'10.2.2.0/24'}}]}}");
    }

    private void publicAddress(String name, String sku) {
        put(
                arm.network("publicIPAddresses/" + name),
                "{'location':'eastus','sku':{'name':'" + sku
                        + "'},'properties':{'publicIPAllocationMethod':'Static'}}");
    }

    private void securityGroup(String name) {
        put(arm.network("networkSecurityGroups/" + name), "{'location':'eastus'}");
    }

    private void rule(
            String group,
            String name,
            int priority,
            String access,
            String direction,
            String protocol,
            String source,
            String port) {
        put(
                arm.network("networkSecurityGroups/" + group + "/securityRules/" + name),
                "{" + ruleBody(priority, access, direction, protocol, source, port));
    }

    private static String ruleBody(
            int priority, String access, String direction, String protocol, String source, String port) {
        return ("'properties':{'priority':%d,'access':'%s','direction':'%s','protocol':'%s','sourceAddressPrefix':'%s',"
                        + "'destinationPortRanges':['%s'],'sourcePortRange':'*','destinationAddressPrefix':'*'}}")
                .formatted(priority, access, direction, protocol, source, port);
    }

    private static String table(String prefix, String nextHopType, String more) {
        return "{'location':'eastus','properties':{'routes':[{'name':'r','properties':{'addressPrefix':'%s','nextHopType':'%s'%s}}]}}"
                .formatted(prefix, nextHopType, more);
    }

    private Port nic(String name, String subnet, String publicAddress, boolean forwarding, String group) {
        var path = arm.network("networkInterfaces/" + name);
        var withAddress = publicAddress.isEmpty()
                ? ""
                : "'publicIPAddress':{'id':'" + arm.network("publicIPAddresses/" + publicAddress) + "'},";
        var withGroup = group.isEmpty()
                ? ""
                : "'networkSecurityGroup':{'id':'" + arm.network("networkSecurityGroups/" + group) + "'},";
        put(
                path,
                "{'location':'eastus','properties':{'enableIPForwarding':" + forwarding + "," + withGroup
                        + "'ipConfigurations':[{'name':'one','properties':{" + withAddress + "'subnet':{'id':'"
                        + arm.network("virtualNetworks/v/subnets/" + subnet) + "'}}}]}}");
        return network.ports().stream()
                .filter(port -> port.id().equals(path))
                .findFirst()
                .orElseThrow();
    }

    private static Packet tcp(String from, String to, int port) {
        return new Packet(ip(from), ip(to), Protocol.TCP, 50000, port);
    }

    private static IPAddress ip(String text) {
        return new IPAddressString(text).getAddress();
    }

    private static Next.Deliver delivered(Next next) {
        assertThat(next).isInstanceOf(Next.Deliver.class);
        return (Next.Deliver) next;
    }

    private static Next.Dropped dropped(Next next) {
        assertThat(next).isInstanceOf(Next.Dropped.class);
        return (Next.Dropped) next;
    }
}

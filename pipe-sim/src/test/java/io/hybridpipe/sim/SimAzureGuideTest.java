// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.sim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.azure.core.http.HttpPipeline;
import com.azure.core.http.HttpPipelineBuilder;
import com.azure.core.management.SubResource;
import com.azure.resourcemanager.compute.fluent.ComputeManagementClient;
import com.azure.resourcemanager.compute.fluent.models.VirtualMachineInner;
import com.azure.resourcemanager.compute.implementation.ComputeManagementClientBuilder;
import com.azure.resourcemanager.compute.models.DiskCreateOptionTypes;
import com.azure.resourcemanager.compute.models.HardwareProfile;
import com.azure.resourcemanager.compute.models.ImageReference;
import com.azure.resourcemanager.compute.models.InstanceViewStatus;
import com.azure.resourcemanager.compute.models.NetworkInterfaceReference;
import com.azure.resourcemanager.compute.models.NetworkProfile;
import com.azure.resourcemanager.compute.models.OSDisk;
import com.azure.resourcemanager.compute.models.OSProfile;
import com.azure.resourcemanager.compute.models.StorageProfile;
import com.azure.resourcemanager.compute.models.VirtualMachineSizeTypes;
import com.azure.resourcemanager.network.fluent.NetworkManagementClient;
import com.azure.resourcemanager.network.fluent.models.NetworkInterfaceInner;
import com.azure.resourcemanager.network.fluent.models.NetworkInterfaceIpConfigurationInner;
import com.azure.resourcemanager.network.fluent.models.RouteTableInner;
import com.azure.resourcemanager.network.fluent.models.SubnetInner;
import com.azure.resourcemanager.network.fluent.models.VirtualNetworkInner;
import com.azure.resourcemanager.network.fluent.models.VirtualNetworkPeeringInner;
import com.azure.resourcemanager.network.implementation.NetworkManagementClientBuilder;
import com.azure.resourcemanager.network.models.AddressSpace;
import com.azure.resourcemanager.resources.fluent.models.ResourceGroupInner;
import com.azure.resourcemanager.resources.implementation.ResourceManagementClientBuilder;
import inet.ipaddr.IPAddressString;
import io.hybridpipe.sim.azure.MachineEvent;
import io.hybridpipe.sim.azure.SimAzure;
import io.hybridpipe.sim.net.Packet;
import io.hybridpipe.sim.net.PacketTracer;
import io.hybridpipe.sim.net.Protocol;
import io.hybridpipe.sim.net.World;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The snippets of docs/sim-azure.md, which run here with public API only; the last test compares them with the page. */
@Timeout(180)
class SimAzureGuideTest {

    private static final HttpPipeline PIPELINE = new HttpPipelineBuilder().build();

    private static void group(SimAzure azure) {
        new ResourceManagementClientBuilder()
                .pipeline(PIPELINE)
                .endpoint(azure.endpoint().toString())
                .subscriptionId(azure.subscription())
                .buildClient()
                .getResourceGroups()
                .createOrUpdate("rg", new ResourceGroupInner().withLocation("eastus"));
    }

    private static NetworkManagementClient network(SimAzure azure) {
        return new NetworkManagementClientBuilder()
                .pipeline(PIPELINE)
                .endpoint(azure.endpoint().toString())
                .subscriptionId(azure.subscription())
                .defaultPollInterval(Duration.ofMillis(10))
                .buildClient();
    }

    private static ComputeManagementClient compute(SimAzure azure) {
        return new ComputeManagementClientBuilder()
                .pipeline(PIPELINE)
                .endpoint(azure.endpoint().toString())
                .subscriptionId(azure.subscription())
                .defaultPollInterval(Duration.ofMillis(10))
                .buildClient();
    }

    private static VirtualNetworkInner vnet(String start) {
        return new VirtualNetworkInner()
                .withLocation("eastus")
                .withAddressSpace(new AddressSpace().withAddressPrefixes(List.of(start + ".0.0/16")))
                .withSubnets(List.of(new SubnetInner().withName("s").withAddressPrefix(start + ".1.0/24")));
    }

    private static NetworkInterfaceInner nicIn(VirtualNetworkInner vnet) {
        return new NetworkInterfaceInner()
                .withLocation("eastus")
                .withIpConfigurations(List.of(new NetworkInterfaceIpConfigurationInner()
                        .withName("one")
                        .withSubnet(
                                new SubnetInner().withId(vnet.subnets().get(0).id()))));
    }

    // snippet: operations
    @Test
    void anOperationEndsWhenTheTestSaysSo() {
        try (SimClock clock = SimClock.manual(Instant.parse("2026-01-01T00:00:00Z"));
                SimAzure azure = SimAzure.builder().clock(clock).start()) {
            group(azure);
            NetworkManagementClient network = network(azure);

            network.getRouteTables()
                    .createOrUpdateWithResponseAsync("rg", "t", new RouteTableInner().withLocation("eastus"))
                    .block(Duration.ofSeconds(60));
            assertThat(state(network)).isEqualTo("Updating");

            clock.advance(Duration.ofSeconds(3));
            assertThat(state(network)).isEqualTo("Succeeded");
        }
    }

    private static String state(NetworkManagementClient network) {
        return network.getRouteTables()
                .getByResourceGroup("rg", "t")
                .provisioningState()
                .toString();
    }
    // end

    // snippet: faults
    @Test
    void callsAreRefusedAndOperationsFail() {
        try (SimAzure azure = SimAzure.builder().retryAfter(0).start()) {
            group(azure);
            NetworkManagementClient network = network(azure);
            RouteTableInner table = new RouteTableInner().withLocation("eastus");

            azure.faults().on("Microsoft.Network/routeTables/write").error("AuthorizationFailed", "Not for you.");
            assertThatThrownBy(() -> network.getRouteTables().createOrUpdate("rg", "t", table))
                    .hasMessageContaining("Not for you.");

            azure.failNextOperation("Microsoft.Network/routeTables/write", "InternalServerError", "The disk was full.");
            assertThatThrownBy(() -> network.getRouteTables().createOrUpdate("rg", "t", table))
                    .asString()
                    .contains("The disk was full.");

            assertThat(network.getRouteTables().createOrUpdate("rg", "t", table).id())
                    .endsWith("/routeTables/t");
            assertThat(azure.calls().changing()).hasSize(4);
        }
    }
    // end

    // snippet: machines
    @Test
    void aMachineRunsAndSaysSo() {
        try (SimAzure azure = SimAzure.builder().retryAfter(0).start()) {
            List<MachineEvent> events = new CopyOnWriteArrayList<>();
            azure.onMachine(events::add);
            group(azure);
            NetworkManagementClient network = network(azure);
            VirtualNetworkInner vnet = network.getVirtualNetworks().createOrUpdate("rg", "v", vnet("10.2"));
            NetworkInterfaceInner nic = network.getNetworkInterfaces().createOrUpdate("rg", "n", nicIn(vnet));

            ComputeManagementClient compute = compute(azure);
            compute.getVirtualMachines().createOrUpdate("rg", "m", machineWith(nic));

            assertThat(compute.getVirtualMachines().instanceView("rg", "m").statuses())
                    .extracting(InstanceViewStatus::code)
                    .containsExactly("ProvisioningState/succeeded", "PowerState/running");
            compute.getVirtualMachines().delete("rg", "m");
            compute.getDisks().list().forEach(disk -> compute.getDisks().delete("rg", disk.name()));
            network.getNetworkInterfaces().delete("rg", "n");

            assertThat(events)
                    .extracting(MachineEvent::kind)
                    .containsExactly(MachineEvent.Kind.RUNNING, MachineEvent.Kind.GONE);
            assertThat(events.get(0).image()).isEqualTo("publisher:offer:sku:latest");
        }
    }

    private static VirtualMachineInner machineWith(NetworkInterfaceInner nic) {
        return new VirtualMachineInner()
                .withLocation("eastus")
                .withHardwareProfile(new HardwareProfile().withVmSize(VirtualMachineSizeTypes.STANDARD_B2S))
                .withStorageProfile(new StorageProfile()
                        .withImageReference(new ImageReference()
                                .withPublisher("publisher")
                                .withOffer("offer")
                                .withSku("sku")
                                .withVersion("latest"))
                        .withOsDisk(new OSDisk().withCreateOption(DiskCreateOptionTypes.FROM_IMAGE)))
                .withOsProfile(new OSProfile()
                        .withComputerName("m")
                        .withAdminUsername("me")
                        .withAdminPassword("Not-a-secret-1"))
                .withNetworkProfile(new NetworkProfile()
                        .withNetworkInterfaces(List.of(new NetworkInterfaceReference().withId(nic.id()))));
    }
    // end

    // snippet: packets
    @Test
    void packetsPassBetweenPeeredNetworks() {
        try (SimAzure azure = SimAzure.builder().retryAfter(0).start();
                SimClock clock = SimClock.scaled(1)) {
            group(azure);
            NetworkManagementClient network = network(azure);
            VirtualNetworkInner hub = network.getVirtualNetworks().createOrUpdate("rg", "hub", vnet("10.1"));
            VirtualNetworkInner spoke = network.getVirtualNetworks().createOrUpdate("rg", "spoke", vnet("10.2"));
            network.getNetworkInterfaces().createOrUpdate("rg", "a", nicIn(hub));
            network.getNetworkInterfaces().createOrUpdate("rg", "b", nicIn(spoke));
            World world = World.on(clock);
            world.add(azure.network(azure.subscription()));

            peer(network, "hub", spoke);
            assertThat(trace(world)).contains("is stopped", "system route: 10.0.0.0/8 -> None");

            peer(network, "spoke", hub);
            assertThat(trace(world)).contains("passes", "10.2.0.0/16 -> VNetPeering");
        }
    }

    private static void peer(NetworkManagementClient network, String from, VirtualNetworkInner to) {
        network.getVirtualNetworkPeerings()
                .createOrUpdate(
                        "rg",
                        from,
                        "to-" + to.name(),
                        new VirtualNetworkPeeringInner().withRemoteVirtualNetwork(new SubResource().withId(to.id())));
    }

    private static String trace(World world) {
        Packet packet = new Packet(
                new IPAddressString("10.1.1.4").getAddress(),
                new IPAddressString("10.2.1.4").getAddress(),
                Protocol.TCP,
                50000,
                443);
        return PacketTracer.in(world).trace(packet).toString();
    }
    // end

    @Test
    void everySnippetOnThePageIsTheOneThatRunsHere() throws IOException {
        Path tests = Path.of("src/test/java/io/hybridpipe/sim");
        String source = Files.readString(tests.resolve("SimAzureGuideTest.java"));
        String page = Files.readString(Path.of("../docs/sim-azure.md"));
        Matcher onPage = Pattern.compile("<!-- snippet: (\\w+) -->\n```java\n(.*?)```", Pattern.DOTALL)
                .matcher(page);
        int compared = 0;
        while (onPage.find()) {
            assertThat(onPage.group(2).strip())
                    .as("copy the snippet '" + onPage.group(1) + "' from the tests to docs/sim-azure.md")
                    .isEqualTo(
                            onPage.group(1).equals("example")
                                    ? example(Files.readString(tests.resolve("SimAzureExampleTest.java")))
                                    : snippet(source, onPage.group(1)));
            compared++;
        }
        assertThat(compared)
                .isEqualTo(Pattern.compile("```java").matcher(page).results().count())
                .isEqualTo(5);
    }

    private static String snippet(String source, String name) {
        Matcher here = Pattern.compile("// snippet: " + name + "\n(.*?)\n *// end\n", Pattern.DOTALL)
                .matcher(source);
        assertThat(here.find()).as("snippet " + name + " of docs/sim-azure.md").isTrue();
        return here.group(1).stripIndent().strip();
    }

    /** A whole file but for its license and package. */
    private static String example(String file) {
        return file.substring(file.indexOf("import static")).strip();
    }
}

// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.sim.azure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.azure.core.http.HttpHeaderName;
import com.azure.core.http.HttpHeaders;
import com.azure.core.http.HttpPipeline;
import com.azure.core.http.HttpPipelineBuilder;
import com.azure.core.http.policy.AddHeadersPolicy;
import com.azure.core.management.AzureEnvironment;
import com.azure.core.management.exception.ManagementException;
import com.azure.core.management.profile.AzureProfile;
import com.azure.resourcemanager.compute.fluent.models.DiskInner;
import com.azure.resourcemanager.compute.implementation.ComputeManagementClientBuilder;
import com.azure.resourcemanager.compute.models.CreationData;
import com.azure.resourcemanager.compute.models.DiskCreateOption;
import com.azure.resourcemanager.compute.models.DiskUpdate;
import com.azure.resourcemanager.network.NetworkManager;
import com.azure.resourcemanager.network.fluent.NetworkManagementClient;
import com.azure.resourcemanager.network.fluent.models.NetworkInterfaceInner;
import com.azure.resourcemanager.network.fluent.models.NetworkInterfaceIpConfigurationInner;
import com.azure.resourcemanager.network.fluent.models.NetworkSecurityGroupInner;
import com.azure.resourcemanager.network.fluent.models.PublicIpAddressInner;
import com.azure.resourcemanager.network.fluent.models.RouteInner;
import com.azure.resourcemanager.network.fluent.models.RouteTableInner;
import com.azure.resourcemanager.network.fluent.models.SecurityRuleInner;
import com.azure.resourcemanager.network.fluent.models.SubnetInner;
import com.azure.resourcemanager.network.fluent.models.VirtualNetworkInner;
import com.azure.resourcemanager.network.implementation.NetworkManagementClientBuilder;
import com.azure.resourcemanager.network.models.AddressSpace;
import com.azure.resourcemanager.network.models.IpAllocationMethod;
import com.azure.resourcemanager.network.models.PublicIpAddressSku;
import com.azure.resourcemanager.network.models.PublicIpAddressSkuName;
import com.azure.resourcemanager.network.models.RouteNextHopType;
import com.azure.resourcemanager.network.models.SecurityRuleAccess;
import com.azure.resourcemanager.network.models.SecurityRuleDirection;
import com.azure.resourcemanager.network.models.SecurityRuleProtocol;
import com.azure.resourcemanager.network.models.TagsObject;
import com.azure.resourcemanager.resources.ResourceManager;
import io.hybridpipe.sim.SimClock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The real Azure SDK takes the stand-in for the service. */
@Timeout(180)
class AzureSdkTest {

    private static final String EAST = "eastus";

    private final SimClock clock = SimClock.scaled(1000);
    // without Retry-After the client's own poll interval counts, which the test sets to milliseconds
    private final SimAzure azure = SimAzure.builder().clock(clock).retryAfter(0).start();
    private final NetworkManagementClient network = new NetworkManagementClientBuilder()
            .pipeline(pipeline())
            .endpoint(azure.endpoint().toString())
            .subscriptionId(azure.subscription())
            .defaultPollInterval(Duration.ofMillis(5))
            .buildClient();

    @BeforeEach
    void createGroup() {
        resources(azure).resourceGroups().define("rg").withRegion(EAST).create();
    }

    @AfterEach
    void close() {
        azure.close();
        clock.close();
    }

    private static HttpPipeline pipeline() {
        return new HttpPipelineBuilder().build();
    }

    private static AzureProfile profile(SimAzure azure) {
        var environment = new AzureEnvironment(Map.of(
                "resourceManagerEndpointUrl", azure.endpoint() + "/",
                "managementEndpointUrl", azure.endpoint() + "/",
                "activeDirectoryEndpointUrl", azure.endpoint() + "/"));
        return new AzureProfile("tenant", azure.subscription(), environment);
    }

    private static ResourceManager resources(SimAzure azure) {
        return ResourceManager.authenticate(pipeline(), profile(azure)).withSubscription(azure.subscription());
    }

    @Test
    void anEmptyDiskIsMadeChangedAndDeleted() {
        var disks = new ComputeManagementClientBuilder()
                .pipeline(pipeline())
                .endpoint(azure.endpoint().toString())
                .subscriptionId(azure.subscription())
                .defaultPollInterval(Duration.ofMillis(5))
                .buildClient()
                .getDisks();
        var empty = new DiskInner()
                .withLocation(EAST)
                .withCreationData(new CreationData().withCreateOption(DiskCreateOption.EMPTY))
                .withDiskSizeGB(8);

        assertThat(disks.createOrUpdate("rg", "d", empty).provisioningState()).isEqualTo("Succeeded");
        assertThat(disks.createOrUpdate("rg", "d", empty.withDiskSizeGB(16)).diskSizeGB())
                .isEqualTo(16);
        assertThat(disks.update("rg", "d", new DiskUpdate().withDiskSizeGB(32)).diskSizeGB())
                .isEqualTo(32);
        disks.delete("rg", "d");
        assertThat(disks.list()).isEmpty();
    }

    @Test
    void resourceGroupsAreMadeListedTaggedAndDeleted() {
        var groups = resources(azure).resourceGroups();

        groups.getByName("rg").update().withTag("owner", "me").apply();
        assertThat(groups.getByName("rg").tags()).containsEntry("owner", "me");
        assertThat(groups.list()).extracting(group -> group.name()).containsExactly("rg");
        assertThat(groups.contain("rg")).isTrue();
        assertThat(groups.contain("other")).isFalse();

        resources(azure).serviceClient().getResourceGroups().beginDelete("rg");
        assertThat(azure.calls().of("Microsoft.Resources/subscriptions/resourceGroups/delete"))
                .singleElement()
                .satisfies(call -> assertThat(call.status()).isEqualTo(202));
    }

    @Test
    void virtualNetworksWithSubnetsAreMadeChangedAndDeleted() {
        var made = network.getVirtualNetworks()
                .createOrUpdate(
                        "rg",
                        "v",
                        new VirtualNetworkInner()
                                .withLocation(EAST)
                                .withAddressSpace(new AddressSpace().withAddressPrefixes(List.of("10.2.0.0/16"))));
        assertThat(made.provisioningState()).hasToString("Succeeded");

        var subnet = network.getSubnets()
                .createOrUpdate("rg", "v", "apps", new SubnetInner().withAddressPrefix("10.2.1.0/24"));
        assertThat(subnet.addressPrefix()).isEqualTo("10.2.1.0/24");
        assertThat(network.getVirtualNetworks().getByResourceGroup("rg", "v").subnets())
                .extracting(SubnetInner::id)
                .containsExactly(subnet.id());

        var tagged =
                network.getVirtualNetworks().updateTags("rg", "v", new TagsObject().withTags(Map.of("run", "r-1")));
        assertThat(tagged.tags()).containsEntry("run", "r-1");

        network.getSubnets().delete("rg", "v", "apps");
        assertThat(network.getSubnets().list("rg", "v")).isEmpty();
        network.getVirtualNetworks().delete("rg", "v");
        assertThat(network.getVirtualNetworks().list()).isEmpty();
    }

    @Test
    void aRouteTableWithItsRoutesIsPutOnASubnetAndTakenOff() {
        makeNetwork();
        var table = network.getRouteTables().createOrUpdate("rg", "t", new RouteTableInner().withLocation(EAST));
        var route = network.getRoutes()
                .createOrUpdate(
                        "rg",
                        "t",
                        "up",
                        new RouteInner()
                                .withAddressPrefix("10.1.0.0/16")
                                .withNextHopType(RouteNextHopType.VIRTUAL_APPLIANCE)
                                .withNextHopIpAddress("10.2.1.4"));
        assertThat(route.provisioningState()).hasToString("Succeeded");

        var subnet = network.getSubnets().get("rg", "v", "apps");
        network.getSubnets()
                .createOrUpdate("rg", "v", "apps", subnet.withRouteTable(new RouteTableInner().withId(table.id())));

        var inUse = network.getRouteTables().getByResourceGroup("rg", "t");
        assertThat(inUse.routes()).extracting(RouteInner::name).containsExactly("up");
        assertThat(inUse.subnets()).extracting(SubnetInner::id).containsExactly(subnet.id());
        assertThat(codeOf(() -> network.getRouteTables().delete("rg", "t")))
                .isEqualTo("InUseRouteTableCannotBeDeleted");

        network.getRoutes().delete("rg", "t", "up");
        assertThat(network.getRoutes().list("rg", "t")).isEmpty();
        network.getSubnets()
                .createOrUpdate(
                        "rg",
                        "v",
                        "apps",
                        network.getSubnets().get("rg", "v", "apps").withRouteTable(null));
        network.getRouteTables().delete("rg", "t");
        assertThat(codeOf(() -> network.getRouteTables().getByResourceGroup("rg", "t")))
                .isEqualTo("ResourceNotFound");
    }

    @Test
    void securityRulesComeAndGoInTheirGroup() {
        var group = network.getNetworkSecurityGroups()
                .createOrUpdate("rg", "g", new NetworkSecurityGroupInner().withLocation(EAST));
        assertThat(group.defaultSecurityRules())
                .extracting(SecurityRuleInner::priority)
                .containsExactly(65000, 65001, 65500, 65000, 65001, 65500);

        var rule = network.getSecurityRules().createOrUpdate("rg", "g", "api", api(100));
        assertThat(rule.provisioningState()).hasToString("Succeeded");
        assertThat(rule.sourceAddressPrefix()).isEqualTo("203.0.113.7/32");
        var inGroup =
                network.getNetworkSecurityGroups().getByResourceGroup("rg", "g").securityRules();
        assertThat(inGroup).extracting(SecurityRuleInner::description).containsExactly("until 09:00");

        assertThat(codeOf(() -> network.getSecurityRules().createOrUpdate("rg", "g", "second", api(100))))
                .isEqualTo("SecurityRuleConflict");
        network.getSecurityRules().createOrUpdate("rg", "g", "api", api(101));
        assertThat(network.getSecurityRules().get("rg", "g", "api").priority()).isEqualTo(101);

        network.getSecurityRules().delete("rg", "g", "api");
        assertThat(codeOf(() -> network.getSecurityRules().get("rg", "g", "api")))
                .isEqualTo("NotFound");
        network.getNetworkSecurityGroups().delete("rg", "g");
        assertThat(network.getNetworkSecurityGroups().list()).isEmpty();
    }

    @Test
    void publicAddressesStandBeforeInterfacesThatForward() {
        makeNetwork();
        var address = network.getPublicIpAddresses()
                .createOrUpdate(
                        "rg",
                        "p",
                        new PublicIpAddressInner()
                                .withLocation(EAST)
                                .withSku(new PublicIpAddressSku().withName(PublicIpAddressSkuName.STANDARD))
                                .withPublicIpAllocationMethod(IpAllocationMethod.STATIC));
        assertThat(address.ipAddress()).startsWith("198.19.");

        var subnet = network.getSubnets().get("rg", "v", "apps");
        var nic = network.getNetworkInterfaces()
                .createOrUpdate(
                        "rg",
                        "n",
                        new NetworkInterfaceInner()
                                .withLocation(EAST)
                                .withEnableIpForwarding(true)
                                .withIpConfigurations(List.of(new NetworkInterfaceIpConfigurationInner()
                                        .withName("one")
                                        .withSubnet(new SubnetInner().withId(subnet.id()))
                                        .withPublicIpAddress(new PublicIpAddressInner().withId(address.id())))));
        assertThat(nic.enableIpForwarding()).isTrue();
        assertThat(nic.ipConfigurations().get(0).privateIpAddress()).isEqualTo("10.2.1.4");
        assertThat(network.getPublicIpAddresses()
                        .getByResourceGroup("rg", "p")
                        .ipConfiguration()
                        .id())
                .isEqualTo(nic.ipConfigurations().get(0).id());
        assertThat(codeOf(() -> network.getSubnets().delete("rg", "v", "apps")))
                .isEqualTo("InUseSubnetCannotBeDeleted");
        assertThat(codeOf(() -> network.getPublicIpAddresses().delete("rg", "p")))
                .isEqualTo("PublicIPAddressCannotBeDeleted");

        var changed = network.getNetworkInterfaces().createOrUpdate("rg", "n", nic.withEnableIpForwarding(false));
        assertThat(changed.enableIpForwarding()).isFalse();
        assertThat(changed.ipConfigurations().get(0).privateIpAddress()).isEqualTo("10.2.1.4");

        network.getNetworkInterfaces().delete("rg", "n");
        network.getPublicIpAddresses().delete("rg", "p");
        network.getVirtualNetworks().delete("rg", "v");
        assertThat(azure.inventory(azure.subscription()))
                .containsOnlyKeys("/subscriptions/" + azure.subscription() + "/resourceGroups/rg");
    }

    @Test
    void theFluentClientBuildsANetworkAndDeletesItsGroup() {
        try (var patient = SimAzure.builder().clock(clock).start()) {
            var manager = NetworkManager.authenticate(pipeline(), profile(patient));

            var nic = manager.networkInterfaces()
                    .define("fed-1")
                    .withRegion(EAST)
                    .withNewResourceGroup("federation")
                    .withNewPrimaryNetwork("10.2.0.0/16")
                    .withPrimaryPrivateIPAddressDynamic()
                    .withIPForwarding()
                    .create();

            assertThat(nic.isIPForwardingEnabled()).isTrue();
            assertThat(nic.primaryIPConfiguration().getNetwork().addressSpaces())
                    .containsExactly("10.2.0.0/16");
            var group = manager.networkSecurityGroups()
                    .define("g")
                    .withRegion(EAST)
                    .withExistingResourceGroup("federation")
                    .defineRule("ssh")
                    .allowInbound()
                    .fromAnyAddress()
                    .fromAnyPort()
                    .toAnyAddress()
                    .toPort(22)
                    .withProtocol(SecurityRuleProtocol.TCP)
                    .withPriority(200)
                    .attach()
                    .create();
            assertThat(group.securityRules()).containsOnlyKeys("ssh");
            assertThat(group.defaultSecurityRules()).hasSize(6);

            resources(patient).resourceGroups().deleteByName("federation");
            assertThat(patient.inventory(patient.subscription())).isEmpty();
        }
    }

    @Test
    void aTokenIsAskedForWhenOneIsSet() {
        try (var guarded =
                SimAzure.builder().clock(clock).requireToken("canary-4711").start()) {
            assertThat(codeOf(() -> resources(guarded).resourceGroups().getByName("rg")))
                    .isEqualTo("AuthenticationFailed");
            var headers = new HttpHeaders().set(HttpHeaderName.AUTHORIZATION, "Bearer canary-4711");
            var withToken = new HttpPipelineBuilder()
                    .policies(new AddHeadersPolicy(headers))
                    .build();
            var manager =
                    ResourceManager.authenticate(withToken, profile(guarded)).withSubscription(guarded.subscription());
            assertThat(manager.resourceGroups().list()).isEmpty();
        }
    }

    private void makeNetwork() {
        network.getVirtualNetworks()
                .createOrUpdate(
                        "rg",
                        "v",
                        new VirtualNetworkInner()
                                .withLocation(EAST)
                                .withAddressSpace(new AddressSpace().withAddressPrefixes(List.of("10.2.0.0/16")))
                                .withSubnets(List.of(
                                        new SubnetInner().withName("apps").withAddressPrefix("10.2.1.0/24"))));
    }

    private static SecurityRuleInner api(int priority) {
        return new SecurityRuleInner()
                .withDescription("until 09:00")
                .withProtocol(SecurityRuleProtocol.TCP)
                .withSourceAddressPrefix("203.0.113.7/32")
                .withSourcePortRange("*")
                .withDestinationAddressPrefix("*")
                .withDestinationPortRange("8000")
                .withAccess(SecurityRuleAccess.ALLOW)
                .withPriority(priority)
                .withDirection(SecurityRuleDirection.INBOUND);
    }

    private static String codeOf(ThrowingCallable call) {
        return catchThrowableOfType(ManagementException.class, call).getValue().getCode();
    }
}

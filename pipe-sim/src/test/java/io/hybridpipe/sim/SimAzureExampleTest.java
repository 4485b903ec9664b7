// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.sim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.azure.core.http.HttpPipelineBuilder;
import com.azure.resourcemanager.network.fluent.NetworkManagementClient;
import com.azure.resourcemanager.network.fluent.models.SubnetInner;
import com.azure.resourcemanager.network.fluent.models.VirtualNetworkInner;
import com.azure.resourcemanager.network.implementation.NetworkManagementClientBuilder;
import com.azure.resourcemanager.network.models.AddressSpace;
import com.azure.resourcemanager.resources.fluent.models.ResourceGroupInner;
import com.azure.resourcemanager.resources.implementation.ResourceManagementClientBuilder;
import io.hybridpipe.sim.azure.SimAzure;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class SimAzureExampleTest {

    private static void group(SimAzure azure, String name) {
        new ResourceManagementClientBuilder()
                .pipeline(new HttpPipelineBuilder().build())
                .endpoint(azure.endpoint().toString())
                .subscriptionId(azure.subscription())
                .buildClient()
                .getResourceGroups()
                .createOrUpdate(name, new ResourceGroupInner().withLocation("eastus"));
    }

    private static NetworkManagementClient network(SimAzure azure) {
        return new NetworkManagementClientBuilder()
                .pipeline(new HttpPipelineBuilder().build())
                .endpoint(azure.endpoint().toString())
                .subscriptionId(azure.subscription())
                .defaultPollInterval(Duration.ofMillis(10))
                .buildClient();
    }

    @Test
    void subnetsOfAVirtualNetworkDoNotOverlap() {
        try (SimAzure azure = SimAzure.builder().retryAfter(0).start()) {
            group(azure, "rg");
            NetworkManagementClient network = network(azure);
            network.getVirtualNetworks()
                    .createOrUpdate(
                            "rg",
                            "v",
                            new VirtualNetworkInner()
                                    .withLocation("eastus")
                                    .withAddressSpace(new AddressSpace().withAddressPrefixes(List.of("10.2.0.0/16"))));
            network.getSubnets().createOrUpdate("rg", "v", "a", new SubnetInner().withAddressPrefix("10.2.0.0/24"));

            assertThatThrownBy(() -> network.getSubnets()
                            .createOrUpdate("rg", "v", "b", new SubnetInner().withAddressPrefix("10.2.0.128/25")))
                    .hasMessageContaining("NetcfgSubnetRangesOverlap");

            assertThat(azure.inventory(azure.subscription())).hasSize(2);
            assertThat(azure.calls().of("Microsoft.Network/virtualNetworks/subnets/write"))
                    .hasSize(2);
        }
    }
}

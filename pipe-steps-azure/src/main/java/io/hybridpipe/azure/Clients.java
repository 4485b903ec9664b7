// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.azure;

import com.azure.core.http.HttpPipeline;
import com.azure.core.management.AzureEnvironment;
import com.azure.core.management.AzureEnvironment.Endpoint;
import com.azure.core.management.profile.AzureProfile;
import com.azure.resourcemanager.compute.ComputeManager;
import com.azure.resourcemanager.compute.fluent.ComputeManagementClient;
import com.azure.resourcemanager.network.NetworkManager;
import com.azure.resourcemanager.network.fluent.NetworkManagementClient;
import com.azure.resourcemanager.resources.ResourceManager;
import com.azure.resourcemanager.resources.fluent.DeploymentsManagementClient;
import com.azure.resourcemanager.resources.fluent.ResourceManagementClient;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The SDK's clients over one pipeline, each made when first asked for: making one costs a tenth of a second. Thread-safe. */
final class Clients {
    private final Supplier<NetworkManagementClient> network;
    private final Supplier<ComputeManagementClient> compute;
    private final Supplier<ResourceManager> resources;

    Clients(HttpPipeline pipeline, AzureProfile profile) {
        network = once(() -> NetworkManager.authenticate(pipeline, profile).serviceClient());
        compute = once(
                () -> ComputeManager.authenticate(pipeline, withGraph(profile)).serviceClient());
        resources = once(
                () -> ResourceManager.authenticate(pipeline, profile).withSubscription(profile.getSubscriptionId()));
    }

    NetworkManagementClient network() {
        return network.get();
    }

    ComputeManagementClient compute() {
        return compute.get();
    }

    ResourceManagementClient resources() {
        return resources.get().serviceClient();
    }

    DeploymentsManagementClient deployments() {
        return resources.get().deploymentClient();
    }

    /**
     * The profile with an address of Microsoft Graph: the SDK's compute manager makes a manager of roles beside itself, which
     * fails without one, though nothing here calls it.
     */
    private static AzureProfile withGraph(AzureProfile profile) {
        AzureEnvironment environment = profile.getEnvironment();
        Map<String, String> endpoints = new HashMap<>(environment.getEndpoints());
        endpoints.putIfAbsent(Endpoint.MICROSOFT_GRAPH.identifier(), environment.getManagementEndpoint());
        return new AzureProfile(profile.getTenantId(), profile.getSubscriptionId(), new AzureEnvironment(endpoints));
    }

    private static <C> Supplier<C> once(Supplier<C> maker) {
        return new Supplier<>() {
            private @Nullable C made;

            @Override
            public synchronized C get() {
                C there = made;
                if (there == null) {
                    there = maker.get();
                    made = there;
                }
                return there;
            }
        };
    }
}

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
        AzureProfile whole = whole(profile);
        network = once(() -> NetworkManager.authenticate(pipeline, whole).serviceClient());
        compute = once(() -> ComputeManager.authenticate(pipeline, whole).serviceClient());
        resources =
                once(() -> ResourceManager.authenticate(pipeline, whole).withSubscription(whole.getSubscriptionId()));
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
     * The profile with all addresses that the SDK looks for, where the address of Resource Manager is all that is given: what
     * tokens are for, and Microsoft Graph, since the compute manager makes a manager of roles beside itself, which fails
     * without one, though nothing here calls it.
     */
    static AzureProfile whole(AzureProfile profile) {
        String manager = profile.getEnvironment().getResourceManagerEndpoint();
        Map<String, String> endpoints = new HashMap<>(profile.getEnvironment().getEndpoints());
        endpoints.putIfAbsent(Endpoint.MANAGEMENT.identifier(), manager);
        endpoints.putIfAbsent(Endpoint.MICROSOFT_GRAPH.identifier(), manager);
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

// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.azure.network;

import com.azure.core.http.HttpPipelineBuilder;
import com.azure.core.http.rest.Response;
import com.azure.core.management.AzureEnvironment;
import com.azure.core.management.profile.AzureProfile;
import com.azure.resourcemanager.network.fluent.NetworkManagementClient;
import com.azure.resourcemanager.network.fluent.models.NetworkSecurityGroupInner;
import com.azure.resourcemanager.network.fluent.models.RouteInner;
import com.azure.resourcemanager.network.fluent.models.RouteTableInner;
import com.azure.resourcemanager.network.fluent.models.SecurityRuleInner;
import io.hybridpipe.azure.ArmOperation;
import io.hybridpipe.azure.AzureAccount;
import io.hybridpipe.retry.FailureClass;
import io.hybridpipe.retry.StepFailure;
import io.hybridpipe.sim.CallLog;
import io.hybridpipe.sim.Faults;
import io.hybridpipe.sim.azure.SimAzure;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** A stand-in with a resource group {@code fed}, a route table {@code routes} and a security group {@code doors}. */
public final class Cloud implements AutoCloseable {
    public static final Duration SOON = Duration.ofSeconds(60);

    private static final String PLACE = "westeurope";

    private final SimAzure azure;
    private final AzureAccount account;

    public Cloud() throws IOException, InterruptedException {
        this(SimAzure.start());
    }

    /** Furnishes this stand-in, and closes it. */
    public Cloud(SimAzure azure) throws IOException, InterruptedException {
        this.azure = azure;
        account = newAccount();
        addGroup("fed");
        RouteTableInner table = new RouteTableInner();
        table.withLocation(PLACE);
        now(network().getRouteTables().createOrUpdateWithResponseAsync("fed", "routes", table));
        NetworkSecurityGroupInner doors = new NetworkSecurityGroupInner();
        doors.withLocation(PLACE);
        now(network().getNetworkSecurityGroups().createOrUpdateWithResponseAsync("fed", "doors", doors));
        calls().clear();
    }

    /** Makes another resource group. */
    public void addGroup(String name) throws IOException, InterruptedException {
        HttpRequest group = HttpRequest.newBuilder(URI.create(azure.endpoint() + "/subscriptions/"
                        + azure.subscription() + "/resourcegroups/" + name + "?api-version=2025-04-01"))
                .header("Content-Type", "application/json")
                .PUT(HttpRequest.BodyPublishers.ofString("{\"location\":\"" + PLACE + "\"}"))
                .build();
        HttpClient.newHttpClient().send(group, BodyHandlers.discarding());
    }

    private AzureEnvironment environment() {
        return new AzureEnvironment(Map.of(
                "resourceManagerEndpointUrl", azure.endpoint() + "/",
                "managementEndpointUrl", azure.endpoint() + "/",
                "activeDirectoryEndpointUrl", azure.endpoint() + "/"));
    }

    /** Another handle of the same account, with clients of its own. */
    public AzureAccount newAccount() {
        AzureProfile profile = new AzureProfile(null, azure.subscription(), environment());
        return AzureAccount.of("federation", profile, new HttpPipelineBuilder().build())
                .pollEvery(Duration.ofMillis(5));
    }

    public AzureAccount account() {
        return account;
    }

    public NetworkManagementClient network() {
        return account.network();
    }

    public Faults faults() {
        return azure.faults();
    }

    public CallLog calls() {
        return azure.calls();
    }

    public SimAzure azure() {
        return azure;
    }

    public SortedMap<String, Map<String, Object>> inventory() {
        return azure.inventory(azure.subscription());
    }

    /** Waits until the service has done what this call asks for. */
    public void now(Mono<Response<Flux<ByteBuffer>>> call) {
        ArmOperation.acceptedBy(call)
                .flatMap(operation -> operation.finished(account, "furnish"))
                .block(SOON);
    }

    public void addForeign(String name, RouteInner route) {
        now(network().getRoutes().createOrUpdateWithResponseAsync("fed", "routes", name, route));
    }

    public void addForeign(String name, SecurityRuleInner rule) {
        now(network().getSecurityRules().createOrUpdateWithResponseAsync("fed", "doors", name, rule));
    }

    public List<RouteInner> routes() {
        return network().getRoutes().listAsync("fed", "routes").collectList().block(SOON);
    }

    public List<SecurityRuleInner> rules() {
        return network()
                .getSecurityRules()
                .listAsync("fed", "doors")
                .collectList()
                .block(SOON);
    }

    /** What the call fails with. */
    public static StepFailure failureOf(Mono<?> call) {
        return call.then(Mono.<StepFailure>empty())
                .onErrorResume(StepFailure.class, Mono::just)
                .blockOptional(SOON)
                .orElseThrow(() -> new AssertionError("it did not fail"));
    }

    public static FailureClass classOf(Mono<?> call) {
        return failureOf(call).failureClass();
    }

    @Override
    public void close() {
        azure.close();
    }
}

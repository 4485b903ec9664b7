// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.azure.faults;

import com.azure.core.http.HttpClient;
import com.azure.core.http.HttpHeaderName;
import com.azure.core.http.HttpMethod;
import com.azure.core.http.HttpPipeline;
import com.azure.core.http.HttpPipelineBuilder;
import com.azure.core.http.HttpRequest;
import com.azure.core.http.HttpResponse;
import com.azure.core.http.netty.NettyAsyncHttpClientBuilder;
import com.azure.core.management.AzureEnvironment;
import com.azure.core.management.profile.AzureProfile;
import io.hybridpipe.azure.AzureAccount;
import io.hybridpipe.faults.Stage;
import io.hybridpipe.net.Looks;
import io.hybridpipe.sim.Call;
import io.hybridpipe.sim.Faults;
import io.hybridpipe.sim.SimClock;
import io.hybridpipe.sim.azure.SimAzure;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import reactor.core.publisher.Mono;

/** Two subscriptions of a stand-in, whose time runs fast, for one run; in each there is a resource group {@code fed}. */
final class AzureStage implements Stage {
    static final String GROUP = "fed";
    static final String PLACE = "westeurope";

    private static final int SPEED = 100;

    /** Long enough for some looks, whatever else the machine does. */
    private static final Duration OPERATION = Duration.ofSeconds(5);

    /** Shared, since making one is costly; a call to which it gives no answer in a minute is one that hangs. */
    private static final HttpClient PATIENT = new NettyAsyncHttpClientBuilder().build();

    private static final Duration POLL = Duration.ofMillis(10);
    private static final Duration SOON = Duration.ofSeconds(60);
    private static final String SUBSCRIPTION = "00000000-0000-4000-8000-0000000000a1";
    private static final String OTHER_SUBSCRIPTION = "00000000-0000-4000-8000-0000000000b2";
    private static final String VERSION = "?api-version=2024-07-01";
    private static final Map<Pattern, String> BLURRED =
            Map.of(Pattern.compile("\\b198\\.19\\.\\d+\\.\\d+\\b"), "PUBLIC");

    private final SimClock clock = SimClock.scaled(SPEED);
    private final SimAzure azure = SimAzure.builder()
            .clock(clock)
            .operationTime(OPERATION)
            .subscription(SUBSCRIPTION)
            .subscription(OTHER_SUBSCRIPTION)
            .askingForTerms()
            .start();
    private final AzureAccount account;
    private final AzureAccount otherAccount;

    AzureStage() {
        this(PATIENT);
    }

    /** @param http sends what the run calls; what furnishes the stage is not lost, however busy the machine is */
    AzureStage(HttpClient http) {
        account = handle("account-a", SUBSCRIPTION, http);
        otherAccount = handle("account-b", OTHER_SUBSCRIPTION, http);
        for (AzureAccount each : List.of(account, otherAccount)) {
            request(HttpMethod.PUT, groupOf(each), "{'location': '" + PLACE + "'}")
                    .block(SOON);
        }
    }

    private AzureAccount handle(String alias, String subscription, HttpClient http) {
        String endpoint = azure.endpoint() + "/";
        AzureEnvironment environment = new AzureEnvironment(Map.of(
                "resourceManagerEndpointUrl", endpoint,
                "managementEndpointUrl", endpoint,
                "activeDirectoryEndpointUrl", endpoint));
        HttpPipeline pipeline = new HttpPipelineBuilder().httpClient(http).build();
        return AzureAccount.of(alias, new AzureProfile(null, subscription, environment), pipeline)
                .pollEvery(POLL);
    }

    AzureAccount account() {
        return account;
    }

    /** Of another subscription. */
    AzureAccount otherAccount() {
        return otherAccount;
    }

    SimAzure sim() {
        return azure;
    }

    /** Puts a resource into the group of {@link #account()} and waits until it is there; returns its id. */
    String put(String typeAndName, String body) {
        return put(account, typeAndName, body);
    }

    /**
     * Puts a resource into the group of an account and waits until it is there; returns its id.
     *
     * @param typeAndName such as {@code routeTables/routes}
     * @param body JSON with single quotes
     */
    String put(AzureAccount owner, String typeAndName, String body) {
        String id = groupOf(owner) + "/providers/Microsoft.Network/" + typeAndName;
        Mono<String> settled = Looks.until(
                request(HttpMethod.GET, id, "").filter(shown -> !shown.contains("\"provisioningState\":\"Updating\"")),
                POLL,
                SOON,
                () -> Mono.error(new IllegalStateException(id + " does not come up")));
        request(HttpMethod.PUT, id, body).then(settled).block();
        return id;
    }

    private static String groupOf(AzureAccount owner) {
        return "/subscriptions/" + owner.subscription() + "/resourceGroups/" + GROUP;
    }

    private Mono<String> request(HttpMethod method, String id, String body) {
        return Mono.defer(() -> {
            HttpRequest request = new HttpRequest(method, azure.endpoint() + id + VERSION);
            if (!body.isEmpty()) {
                request.setHeader(HttpHeaderName.CONTENT_TYPE, "application/json")
                        .setBody(body.replace('\'', '"'));
            }
            return PATIENT.send(request)
                    .flatMap(answer -> answer.getBodyAsString().map(text -> checked(answer, text)));
        });
    }

    private static String checked(HttpResponse answer, String body) {
        if (answer.getStatusCode() >= 300) {
            throw new IllegalStateException(answer.getRequest().getUrl() + ": " + body);
        }
        return body;
    }

    @Override
    public int speed() {
        return SPEED;
    }

    @Override
    public Faults faults() {
        return azure.faults();
    }

    @Override
    public List<Call> calls() {
        return azure.calls().all();
    }

    /** What both subscriptions have. */
    @Override
    public Map<String, String> inventory() {
        Map<String, String> all = new TreeMap<>();
        for (AzureAccount each : List.of(account, otherAccount)) {
            azure.inventory(each.subscription())
                    .forEach((id, content) -> all.put(each.alias() + " " + id, content.toString()));
        }
        return all;
    }

    @Override
    public Map<Pattern, String> blurred() {
        return BLURRED;
    }

    @Override
    public void close() {
        azure.close();
        clock.close();
    }
}

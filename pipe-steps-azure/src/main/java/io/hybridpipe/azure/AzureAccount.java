// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.azure;

import com.azure.core.credential.TokenCredential;
import com.azure.core.http.HttpHeaderName;
import com.azure.core.http.HttpMethod;
import com.azure.core.http.HttpPipeline;
import com.azure.core.http.HttpPipelineBuilder;
import com.azure.core.http.HttpRequest;
import com.azure.core.http.HttpResponse;
import com.azure.core.http.policy.HttpPipelinePolicy;
import com.azure.core.http.policy.RequestIdPolicy;
import com.azure.core.http.policy.RetryPolicy;
import com.azure.core.http.policy.UserAgentPolicy;
import com.azure.core.management.profile.AzureProfile;
import com.azure.resourcemanager.network.NetworkManager;
import com.azure.resourcemanager.network.fluent.NetworkManagementClient;
import com.azure.resourcemanager.resources.fluentcore.policy.AuthenticationPolicy;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/**
 * An Azure subscription as steps call it: an alias for messages, the SDK's clients, and how often to poll.
 *
 * <p><b>Which layer retries.</b> The engine alone: the SDK's own {@code RetryPolicy} is not part of the pipeline, and is
 * taken out of one that the caller brings, because the SDK does not tell a call that was never sent from one whose answer
 * was lost. Only the polling of an accepted operation outlives passing failures by itself.
 *
 * <p>Nothing is closed here: HTTP client and credential belong to the caller. Immutable and thread-safe.
 */
public final class AzureAccount {
    private static final Duration POLL_EVERY = Duration.ofSeconds(2);

    private final String alias;
    private final AzureProfile profile;
    private final HttpPipeline pipeline;
    private final NetworkManagementClient network;
    private final AzureFailures failures;
    private final @Nullable Duration pollEvery;

    private AzureAccount(
            String alias,
            AzureProfile profile,
            HttpPipeline pipeline,
            NetworkManagementClient network,
            @Nullable Duration pollEvery) {
        this.alias = alias;
        this.profile = profile;
        this.pipeline = pipeline;
        this.network = network;
        this.pollEvery = pollEvery;
        this.failures = new AzureFailures(where(), endpoint());
    }

    /**
     * The account that is called with this credential, over HTTPS by the SDK's shared HTTP client.
     *
     * @param alias its name in messages, such as {@code federation}
     * @param profile the subscription, which must be set, and the cloud's endpoints
     * @param credential where tokens come from; it keeps and renews them
     */
    public static AzureAccount of(String alias, AzureProfile profile, TokenCredential credential) {
        return made(
                alias,
                profile,
                new UserAgentPolicy("hybridpipe"),
                new RequestIdPolicy(),
                new AuthenticationPolicy(credential, profile.getEnvironment()));
    }

    /**
     * The account that is called through a ready pipeline, which brings its own authentication or needs none.
     *
     * <p>Its HTTP client and all its policies are used, except the SDK's {@code RetryPolicy}.
     *
     * @param alias its name in messages
     * @param profile the subscription, which must be set, and the cloud's endpoints; plain http is accepted
     * @param pipeline how requests are sent
     */
    public static AzureAccount of(String alias, AzureProfile profile, HttpPipeline pipeline) {
        HttpPipelinePolicy[] policies = IntStream.range(0, pipeline.getPolicyCount())
                .mapToObj(pipeline::getPolicy)
                .filter(policy -> !(policy instanceof RetryPolicy))
                .toArray(HttpPipelinePolicy[]::new);
        return with(
                alias,
                profile,
                new HttpPipelineBuilder()
                        .httpClient(pipeline.getHttpClient())
                        .tracer(pipeline.getTracer())
                        .policies(policies)
                        .build());
    }

    private static AzureAccount made(String alias, AzureProfile profile, HttpPipelinePolicy... policies) {
        return with(alias, profile, new HttpPipelineBuilder().policies(policies).build());
    }

    private static AzureAccount with(String alias, AzureProfile profile, HttpPipeline pipeline) {
        Objects.requireNonNull(alias, "alias");
        if (profile.getSubscriptionId() == null || profile.getSubscriptionId().isEmpty()) {
            throw new IllegalArgumentException("account " + alias + ": the profile has no subscription id");
        }
        NetworkManagementClient network =
                NetworkManager.authenticate(pipeline, profile).serviceClient();
        return new AzureAccount(alias, profile, pipeline, network, null);
    }

    /**
     * A copy whose steps poll at this interval, whatever {@code Retry-After} an operation in progress sends.
     *
     * <p>The default is what the service asks for, and two seconds where it asks for nothing. A request to slow down (429)
     * is always heeded.
     */
    public AzureAccount pollEvery(Duration interval) {
        return new AzureAccount(alias, profile, pipeline, network, positive(interval));
    }

    /** Its name in messages. */
    public String alias() {
        return alias;
    }

    /** The id of the subscription. */
    public String subscription() {
        return profile.getSubscriptionId();
    }

    /** Alias and subscription, as messages and resources say where something is. */
    public String where() {
        return alias + ", subscription " + subscription();
    }

    /** The SDK's network client; every call goes through this account's pipeline, without retries. */
    public NetworkManagementClient network() {
        return network;
    }

    /** The translator of this account's errors. */
    public AzureFailures failures() {
        return failures;
    }

    /** The interval that the caller set, if any. */
    Optional<Duration> polling() {
        return Optional.ofNullable(pollEvery);
    }

    /** How long to wait between two looks at something that changes by itself. */
    public Duration pause() {
        return pollEvery == null ? POLL_EVERY : pollEvery;
    }

    /**
     * Completes when the service takes this account's credential for the subscription; signals a clear failure when not.
     *
     * <p>Needs {@code Microsoft.Resources/subscriptions/read}, which every role in a subscription has.
     */
    public Mono<Void> checkCredential() {
        String what = "check the credential";
        return get(endpoint() + "/subscriptions/" + subscription() + "?api-version=2022-12-01")
                .flatMap(response -> response.getBodyAsString()
                        .defaultIfEmpty("")
                        .flatMap(body -> response.getStatusCode() == 200
                                ? Mono.<Void>empty()
                                : Mono.error(OperationBody.in(body).failure(response))))
                .onErrorMap(failure -> failures.ofRead(what, failure));
    }

    private String endpoint() {
        return profile.getEnvironment().getResourceManagerEndpoint().replaceAll("/+$", "");
    }

    /** Sends a GET through the pipeline. */
    Mono<HttpResponse> get(String url) {
        return Mono.defer(() -> pipeline.send(
                new HttpRequest(HttpMethod.GET, url).setHeader(HttpHeaderName.ACCEPT, "application/json")));
    }

    @Override
    public String toString() {
        return "AzureAccount " + where();
    }

    private static Duration positive(Duration interval) {
        if (interval.isNegative() || interval.isZero()) {
            throw new IllegalArgumentException("poll interval is " + interval + ", it must be positive");
        }
        return interval;
    }
}

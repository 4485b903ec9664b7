// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.azure;

import com.azure.core.credential.TokenCredential;
import com.azure.core.http.HttpHeaderName;
import com.azure.core.http.HttpHeaders;
import com.azure.core.http.HttpMethod;
import com.azure.core.http.HttpPipeline;
import com.azure.core.http.HttpPipelineBuilder;
import com.azure.core.http.HttpRequest;
import com.azure.core.http.HttpResponse;
import com.azure.core.http.policy.AddHeadersFromContextPolicy;
import com.azure.core.http.policy.HttpPipelinePolicy;
import com.azure.core.http.policy.RequestIdPolicy;
import com.azure.core.http.policy.RetryPolicy;
import com.azure.core.http.policy.UserAgentPolicy;
import com.azure.core.management.profile.AzureProfile;
import com.azure.resourcemanager.compute.fluent.ComputeManagementClient;
import com.azure.resourcemanager.network.fluent.NetworkManagementClient;
import com.azure.resourcemanager.resources.fluent.DeploymentsManagementClient;
import com.azure.resourcemanager.resources.fluent.ResourceManagementClient;
import com.azure.resourcemanager.resources.fluentcore.policy.AuthenticationPolicy;
import io.hybridpipe.StepContext;
import io.hybridpipe.StepOptions;
import io.hybridpipe.event.Resource;
import io.hybridpipe.net.Looks;
import io.hybridpipe.retry.Backoff;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/**
 * An Azure subscription as steps call it: an alias for messages, the SDK's clients, and how often to poll.
 *
 * <p><b>No thread is blocked.</b> The SDK's managers ({@code NetworkManager} and its kin) block in places: their fluent
 * {@code create()} and {@code apply()}, and the pollers behind {@code beginX}. Steps use none of them: each call is a
 * {@code …WithResponseAsync} or {@code …Async} of the inner clients here, which is one request on the HTTP client's event loop,
 * and {@link ArmOperation} polls what it has started.
 *
 * <p><b>Changes of one parent take turns.</b> Resource Manager refuses a second change of one virtual network, route table or
 * security group while the first is under way ({@code AnotherOperationInProgress}), so those of all steps and runs that use
 * this handle or copies of it wait for each other, in the order in which they came; other handles and programs are met by
 * trying again.
 *
 * <p><b>Which layer retries.</b> The engine alone: the SDK's own {@code RetryPolicy} is not part of the pipeline, and is
 * taken out of one that the caller brings, because the SDK does not tell a call that was never sent from one whose answer
 * was lost. Only the polling of an accepted operation outlives passing failures by itself.
 *
 * <p>Nothing is closed here: HTTP client and credential belong to the caller. Immutable and thread-safe.
 */
public final class AzureAccount {
    private static final Duration POLL_EVERY = Duration.ofSeconds(2);

    /** One change of a parent locks out others for seconds, so many short delays rather than the default five. */
    private static final StepOptions STEP_OPTIONS = StepOptions.ofDefaults()
            .withAttemptTimeout(Duration.ofMinutes(10))
            // an operation goes on when nobody waits for it any more, and only its end tells what became of it
            .withReconcileTimeout(Duration.ofMinutes(10))
            .withRetry(io.hybridpipe.retry.RetryPolicy.ofAll(
                    new Backoff(Duration.ofMillis(500), Duration.ofSeconds(15), 12, Duration.ofMinutes(15))))
            .withVisibility(Duration.ofSeconds(3));

    private final String alias;
    private final AzureProfile profile;
    private final HttpPipeline pipeline;
    private final Clients clients;
    private final Turns turns;
    private final AzureFailures failures;
    private final @Nullable Duration pollEvery;

    private AzureAccount(
            String alias,
            AzureProfile profile,
            HttpPipeline pipeline,
            Clients clients,
            Turns turns,
            @Nullable Duration pollEvery) {
        this.alias = alias;
        this.profile = profile;
        this.pipeline = pipeline;
        this.clients = clients;
        this.turns = turns;
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
                new AddHeadersFromContextPolicy(),
                new AuthenticationPolicy(credential, Clients.whole(profile).getEnvironment()));
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
                        .policies(new AddHeadersFromContextPolicy())
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
        return new AzureAccount(alias, profile, pipeline, new Clients(pipeline, profile), new Turns(), null);
    }

    /**
     * A copy whose steps poll at this interval, whatever {@code Retry-After} an operation in progress sends.
     *
     * <p>The default is what the service asks for, and two seconds where it asks for nothing. A request to slow down (429)
     * is always heeded.
     */
    public AzureAccount pollEvery(Duration interval) {
        return new AzureAccount(alias, profile, pipeline, clients, turns, Looks.positive(interval, "poll interval"));
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

    /**
     * The options that the steps ask for: attempts, and looks for what became of one, of at most ten minutes; twelve attempts within
     * a quarter of an hour, the first delay up to 500 ms and none over 15 s; what was accepted is seen within three seconds.
     */
    public static StepOptions stepOptions() {
        return STEP_OPTIONS;
    }

    /**
     * As {@link #stepOptions()}, for attempts, and looks for what became of one, of at most this time, at least ten minutes: one
     * that fails at its end is tried again within a quarter of an hour, and that one has its whole time, too.
     */
    public static StepOptions stepOptions(Duration attempt) {
        Duration startingWithin = attempt.plusMinutes(15);
        return STEP_OPTIONS
                .withAttemptTimeout(attempt)
                .withReconcileTimeout(attempt)
                .withRetry(STEP_OPTIONS.retry().withEach(backoff -> backoff.withMaxElapsed(startingWithin)))
                .withStepTimeout(startingWithin.plus(attempt));
    }

    /** The SDK's network client; every call goes through this account's pipeline, without retries. */
    public NetworkManagementClient network() {
        return clients.network();
    }

    /** The SDK's client of virtual machines, images and marketplace terms' kin; as {@link #network()}. */
    public ComputeManagementClient compute() {
        return clients.compute();
    }

    /** The SDK's client of resource groups, of resources by their id, and of providers; as {@link #network()}. */
    public ResourceManagementClient resources() {
        return clients.resources();
    }

    /** The SDK's client of template deployments; as {@link #network()}. */
    public DeploymentsManagementClient deployments() {
        return clients.deployments();
    }

    /**
     * The change, as soon as no other change of the same parent is under way through this handle.
     *
     * <p>Waiting holds no thread, counts as throttled ({@link StepContext#waiting}), and ends with a cancel. The turn is over
     * when the change has ended or is cancelled, though the service may still be at work then. A change within a change has the
     * turn already; who needs the turns for several parents takes them in the order of their ids, or two would wait for each
     * other.
     *
     * @param parent the id of what Resource Manager locks
     * @param change asks the service, and waits until its operation has ended
     */
    public <T> Mono<T> inTurn(StepContext context, String parent, Mono<T> change) {
        return turns.of(context, parent, change);
    }

    /**
     * The call, which the service refuses with 412 {@code PreconditionFailed} when the resource was changed since it was read.
     *
     * @param etag what the resource was read with
     * @param call of one of an account's clients
     */
    public static <T> Mono<T> ifUnchanged(String etag, Mono<T> call) {
        HttpHeaders headers = new HttpHeaders().set(HttpHeaderName.IF_MATCH, etag);
        return call.contextWrite(
                context -> context.put(AddHeadersFromContextPolicy.AZURE_REQUEST_HTTP_HEADERS_KEY, headers));
    }

    /**
     * A resource of this subscription, for reports.
     *
     * @param type such as {@code Microsoft.Network/virtualNetworks}
     * @param show the command that shows it, up to {@code --ids}
     */
    public Resource resource(String type, String id, String show) {
        return Resource.of(type, id, where()).withShow(show + " --ids " + id);
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
}

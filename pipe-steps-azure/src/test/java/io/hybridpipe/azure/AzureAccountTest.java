// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.azure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.azure.core.credential.TokenCredential;
import com.azure.core.http.HttpHeaderName;
import com.azure.core.http.HttpPipeline;
import com.azure.core.http.HttpPipelineBuilder;
import com.azure.core.http.policy.HttpPipelinePolicy;
import com.azure.core.http.policy.RetryPolicy;
import com.azure.core.management.AzureEnvironment;
import com.azure.core.management.profile.AzureProfile;
import io.hybridpipe.StepOptions;
import io.hybridpipe.retry.FailureClass;
import io.hybridpipe.sim.SimResponse;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;

class AzureAccountTest {
    private static final Duration SOON = Duration.ofSeconds(60);

    @Test
    void allPoliciesOfTheCallersPipelineAreUsedExceptRetries() {
        HttpPipelinePolicy mark = (context, next) -> {
            context.getHttpRequest().setHeader(HttpHeaderName.fromString("X-Mark"), "seen");
            return next.process();
        };
        HttpPipeline pipeline =
                new HttpPipelineBuilder().policies(new RetryPolicy(), mark).build();
        try (AnsweringServer server = new AnsweringServer(request -> SimResponse.of(503))) {
            AzureAccount account = AzureAccount.of(
                    "federation",
                    new AzureProfile(null, AnsweringServer.SUBSCRIPTION, AnsweringServer.environment(server.uri())),
                    pipeline);
            account.checkCredential().onErrorComplete().block(SOON);

            assertThat(server.calls().all()).singleElement().satisfies(call -> assertThat(
                            call.request().header("X-Mark"))
                    .contains("seen"));
        }
    }

    @Test
    void theAddressOfResourceManagerIsAllThatAnEnvironmentNeeds() {
        AzureEnvironment bare = new AzureEnvironment(
                Map.of(AzureEnvironment.Endpoint.RESOURCE_MANAGER.identifier(), "http://127.0.0.1:9/"));
        AzureAccount account = AzureAccount.of(
                "federation",
                new AzureProfile(null, AnsweringServer.SUBSCRIPTION, bare),
                new HttpPipelineBuilder().build());

        assertThat(account.network().getEndpoint()).isEqualTo("http://127.0.0.1:9/");
        assertThat(account.compute().getEndpoint()).isEqualTo("http://127.0.0.1:9/");
        assertThat(account.resources().getEndpoint()).isEqualTo("http://127.0.0.1:9/");
        assertThat(account.deployments().getEndpoint()).isEqualTo("http://127.0.0.1:9/");
    }

    @Test
    void withoutAnotherAddressTokensAreForResourceManager() {
        AzureEnvironment bare = new AzureEnvironment(
                Map.of(AzureEnvironment.Endpoint.RESOURCE_MANAGER.identifier(), "https://arm.invalid/"));
        List<String> scopes = new CopyOnWriteArrayList<>();
        TokenCredential credential = request -> {
            scopes.addAll(request.getScopes());
            return Mono.error(new IllegalStateException("no token"));
        };
        AzureAccount.of("federation", new AzureProfile(null, AnsweringServer.SUBSCRIPTION, bare), credential)
                .checkCredential()
                .onErrorComplete()
                .block(SOON);

        assertThat(scopes).containsExactly("https://arm.invalid/.default");
    }

    @Test
    void anAttemptThatFailsAtItsEndIsTriedAgainWithItsWholeTime() {
        Duration attempt = Duration.ofMinutes(30);
        StepOptions options = AzureAccount.stepOptions(attempt);
        Duration startingWithin =
                options.retry().forClass(FailureClass.TRANSIENT).maxElapsed();

        assertThat(options.attemptTimeout()).contains(attempt);
        assertThat(options.reconcileTimeout()).isEqualTo(attempt);
        assertThat(startingWithin).isGreaterThan(attempt);
        assertThat(options.stepTimeout()).isGreaterThanOrEqualTo(startingWithin.plus(attempt));
    }

    @Test
    void theCredentialIsGoodWhenTheSubscriptionIsShown() {
        try (AnsweringServer server = new AnsweringServer(request -> SimResponse.json(200, "{}"))) {
            server.account().checkCredential().block(SOON);

            assertThat(server.calls().all())
                    .extracting(call -> call.request().path())
                    .containsExactly("/subscriptions/" + AnsweringServer.SUBSCRIPTION);
        }
    }

    @Test
    void aChangeOfWhatWasReadIsSentOnTheConditionThatItIsUnchanged() {
        try (AnsweringServer server = new AnsweringServer(request -> SimResponse.of(412))) {
            AzureAccount account = server.account();
            AzureAccount.ifUnchanged(
                            "W/\"1\"", account.network().getRouteTables().deleteWithResponseAsync("fed", "routes"))
                    .onErrorComplete()
                    .block(SOON);

            assertThat(server.calls().all()).singleElement().satisfies(call -> assertThat(
                            call.request().header("If-Match"))
                    .contains("W/\"1\""));
        }
    }

    @Test
    void anIntervalSetOnACopyLeavesTheOriginalAsItWas() {
        try (AnsweringServer server = new AnsweringServer(request -> SimResponse.of(200))) {
            AzureAccount account = server.account();

            assertThat(account.pollEvery(Duration.ofMillis(5)).pause()).isEqualTo(Duration.ofMillis(5));
            assertThat(account.pause()).isEqualTo(Duration.ofSeconds(2));
            assertThatThrownBy(() -> account.pollEvery(Duration.ZERO))
                    .hasMessage("poll interval is PT0S, it must be positive");
        }
    }

    @Test
    void aProfileWithoutSubscriptionIsRefusedAtOnce() {
        HttpPipeline pipeline = new HttpPipelineBuilder().build();

        assertThatThrownBy(() ->
                        AzureAccount.of("federation", new AzureProfile(null, "", AzureEnvironment.AZURE), pipeline))
                .hasMessage("account federation: the profile has no subscription id");
    }

    @Test
    void itPrintsAliasAndSubscriptionOnly() {
        try (AnsweringServer server = new AnsweringServer(request -> SimResponse.of(200))) {
            assertThat(server.account())
                    .hasToString("AzureAccount federation, subscription " + AnsweringServer.SUBSCRIPTION);
        }
    }
}

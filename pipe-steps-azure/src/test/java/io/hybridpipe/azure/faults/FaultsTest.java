// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.azure.faults;

import com.azure.core.http.HttpClient;
import com.azure.core.http.netty.NettyAsyncHttpClientBuilder;
import io.hybridpipe.azure.AzureAccount;
import io.hybridpipe.faults.EveryMishap;
import io.hybridpipe.faults.Mishap;
import io.hybridpipe.faults.Scene;
import io.hybridpipe.faults.Strike;
import io.hybridpipe.sim.Fault;
import io.hybridpipe.sim.Faults;
import io.hybridpipe.sim.SimResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

class FaultsTest extends EveryMishap<AzureStage> {
    private static final Duration REQUEST_TIMEOUT = Duration.ofSeconds(1);

    private static final HttpClient IMPATIENT =
            new NettyAsyncHttpClientBuilder().responseTimeout(REQUEST_TIMEOUT).build();

    @Override
    protected List<Scene<AzureStage>> scenes() {
        return Scenes.all();
    }

    @Override
    protected List<Mishap<AzureStage>> mishaps() {
        List<Mishap<AzureStage>> all =
                new ArrayList<>(Mishap.everywhere(REQUEST_TIMEOUT, () -> new AzureStage(IMPATIENT)));
        all.add(Mishap.cancelMeanwhile());
        all.add(Mishap.<AzureStage>of("throttled", FaultsTest::askedToWait).strikingReads());
        all.add(Mishap.storm("throttling-storm", FaultsTest::throttled));
        all.add(Mishap.of(
                "another-operation",
                rule -> rule.error(
                        "AnotherOperationInProgress",
                        "Another operation on this or dependent resource is in progress.")));
        all.add(Mishap.on(
                "operation-failed", (stage, rule) -> ended(stage, rule, "InternalServerError", "An error occurred.")));
        all.add(Mishap.on(
                "operation-canceled",
                (stage, rule) -> ended(
                        stage,
                        rule,
                        "CanceledAndSupersededDueToAnotherOperation",
                        "Operation was canceled and superseded by another one.")));
        return all;
    }

    /** Sent with a {@code Retry-After} of one real second. */
    private static Fault askedToWait(Faults.Rule rule) {
        return rule.error("TooManyRequests", "The request is being throttled as the limit has been reached.");
    }

    private static Fault throttled(Faults.Rule rule) {
        return rule.answer(
                SimResponse.json(
                        429,
                        "{\"error\": {\"code\": \"SubscriptionRequestsThrottled\", \"message\": \"Number of requests exceeded the limit.\"}}"));
    }

    /** The call is accepted; what it began ends without success. */
    private static Strike ended(AzureStage stage, Faults.Rule rule, String code, String message) {
        Fault begun = rule.delay(Duration.ZERO);
        begun.reached().thenAccept(call -> stage.sim().failNextOperation(call.action(), code, message));
        return Strike.of(begun);
    }

    @Override
    protected Class<?> module() {
        return AzureAccount.class;
    }

    @Override
    protected Map<String, String> withoutScene() {
        return Map.of();
    }

    @Override
    protected AzureStage stage() {
        return new AzureStage();
    }
}

// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.aws.faults;

import io.hybridpipe.aws.AwsAccount;
import io.hybridpipe.faults.EveryMishap;
import io.hybridpipe.faults.Mishap;
import io.hybridpipe.faults.Scene;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import software.amazon.awssdk.http.async.SdkAsyncHttpClient;
import software.amazon.awssdk.http.nio.netty.NettyNioAsyncHttpClient;

class FaultsTest extends EveryMishap<AwsStage> {
    private static final Duration REQUEST_TIMEOUT = Duration.ofSeconds(1);

    /** Shared, since making one is costly. */
    private final SdkAsyncHttpClient http = client(Duration.ofMinutes(1));

    private final SdkAsyncHttpClient impatient = client(REQUEST_TIMEOUT);

    private static SdkAsyncHttpClient client(Duration requestTimeout) {
        return NettyNioAsyncHttpClient.builder()
                .readTimeout(requestTimeout)
                .connectionTimeout(Duration.ofMinutes(1))
                .connectionAcquisitionTimeout(Duration.ofMinutes(1))
                .build();
    }

    @Override
    protected List<Scene<AwsStage>> scenes() {
        return Scenes.all();
    }

    @Override
    protected List<Mishap<AwsStage>> mishaps() {
        List<Mishap<AwsStage>> all = new ArrayList<>(Mishap.everywhere(REQUEST_TIMEOUT, this::impatientStage));
        all.add(Mishap.<AwsStage>lostAnswer().elsewhere("lost-answer-seen-late", this::shortSightedStage));
        all.add(Mishap.<AwsStage>cancelAfter().elsewhere("cancel-after-seen-late", this::shortSightedStage));
        all.add(Mishap.storm(
                "throttling-storm", rule -> rule.error("RequestLimitExceeded", "Request limit exceeded.")));
        return all;
    }

    @Override
    protected Class<?> module() {
        return AwsAccount.class;
    }

    @Override
    protected Map<String, String> withoutScene() {
        return Map.of("AwaitVisible", "it only looks");
    }

    @Override
    protected AwsStage stage() {
        return new AwsStage(http, http, Duration.ZERO);
    }

    private AwsStage impatientStage() {
        return new AwsStage(http, impatient, Duration.ZERO);
    }

    /** One on which nothing that was made is seen before five seconds of its time are over. */
    private AwsStage shortSightedStage() {
        return new AwsStage(http, http, Duration.ofSeconds(5));
    }

    @AfterAll
    void closeClients() {
        http.close();
        impatient.close();
    }
}

// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.azure;

import static org.assertj.core.api.Assertions.assertThat;

import com.azure.core.http.HttpClient;
import com.azure.core.http.HttpMethod;
import com.azure.core.http.HttpRequest;
import com.azure.core.http.HttpResponse;
import io.hybridpipe.Pipe;
import io.hybridpipe.State;
import io.hybridpipe.Step;
import io.hybridpipe.hound.Planted;
import io.hybridpipe.sim.SimResponse;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/** This module's tests run under BlockHound; here it is seen that it sees. */
class BlockedThreadsTest {
    private static final Duration SOON = Duration.ofSeconds(60);

    @Test
    void aSleepOnAParallelThreadIsSeen() {
        Mono.fromRunnable(Planted::sleep).subscribeOn(Schedulers.parallel()).block(SOON);

        assertThat(Planted.wasSeenOn("parallel-")).isTrue();
    }

    @Test
    void aFileThatIsReadOnAParallelThreadIsSeen() {
        Mono.fromRunnable(Planted::readFile).subscribeOn(Schedulers.parallel()).block(SOON);

        assertThat(Planted.wasSeenOn("parallel-", "UnixNativeDispatcher.open")).isTrue();
        assertThat(Planted.wasSeenOn("parallel-", "FileChannelImpl.read")).isTrue();
    }

    @Test
    void aHostThatIsLookedUpOnAParallelThreadIsSeen() {
        Mono.fromRunnable(Planted::lookUpHost)
                .subscribeOn(Schedulers.parallel())
                .block(SOON);

        assertThat(Planted.wasSeenOn("parallel-", "Inet6AddressImpl.lookupAllHostAddr"))
                .isTrue();
    }

    @Test
    void aSleepOnAThreadOfTheEngineIsSeen() {
        Pipe pipe = Pipe.named("blocking")
                .step("sleep", Step.opaque((state, context) -> {
                    Planted.sleep();
                    return Mono.empty();
                }))
                .build();

        // whose caller must not block begins on a thread of the engine
        pipe.run(State.empty()).subscribeOn(Schedulers.parallel()).block(SOON);

        assertThat(Planted.wasSeenOn("hybridpipe-")).isTrue();
    }

    @Test
    void aSleepOnAnEventLoopOfTheSdkIsSeen() {
        try (AnsweringServer server = new AnsweringServer(request -> SimResponse.json(200, "{}"))) {
            HttpClient.createDefault()
                    .send(new HttpRequest(HttpMethod.GET, server.uri() + "/"))
                    .doOnNext(answer -> Planted.sleep())
                    .flatMap(HttpResponse::getBodyAsString)
                    .block(SOON);
        }

        assertThat(Planted.wasSeenOn("reactor-http-")).isTrue();
    }
}

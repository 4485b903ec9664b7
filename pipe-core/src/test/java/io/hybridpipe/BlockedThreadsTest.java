// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe;

import static org.assertj.core.api.Assertions.assertThat;

import io.hybridpipe.hound.Planted;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/** This module's tests run under BlockHound; here it is seen that it sees. */
class BlockedThreadsTest {
    private static final Duration AT_MOST = Duration.ofSeconds(10);

    @Test
    void aSleepOnAParallelThreadIsSeen() {
        Mono.fromRunnable(Planted::sleep).subscribeOn(Schedulers.parallel()).block(AT_MOST);

        assertThat(Planted.wasSeenOn("parallel-")).isTrue();
    }

    @Test
    void aFileThatIsReadOnAParallelThreadIsSeen() {
        Mono.fromRunnable(Planted::readFile).subscribeOn(Schedulers.parallel()).block(AT_MOST);

        assertThat(Planted.wasSeenOn("parallel-", "UnixNativeDispatcher.open")).isTrue();
        assertThat(Planted.wasSeenOn("parallel-", "FileChannelImpl.read")).isTrue();
    }

    @Test
    void aHostThatIsLookedUpOnAParallelThreadIsSeen() {
        Mono.fromRunnable(Planted::lookUpHost)
                .subscribeOn(Schedulers.parallel())
                .block(AT_MOST);

        assertThat(Planted.wasSeenOn("parallel-", "Inet6AddressImpl.lookupAllHostAddr"))
                .isTrue();
    }

    @Test
    void aSleepOnAThreadOfTheEngineIsSeen() {
        Pipe pipe = Pipe.named("blocking")
                .step("wait", Step.opaque((state, context) -> Mono.delay(Duration.ofMillis(1))
                        .then(Mono.empty())))
                .step("sleep", Step.opaque((state, context) -> {
                    Planted.sleep();
                    return Mono.empty();
                }))
                .build();

        // whose caller must not block begins on a thread of the engine
        pipe.run(State.empty()).subscribeOn(Schedulers.parallel()).block(AT_MOST);

        assertThat(Planted.wasSeenOn("hybridpipe-")).isTrue();
    }
}

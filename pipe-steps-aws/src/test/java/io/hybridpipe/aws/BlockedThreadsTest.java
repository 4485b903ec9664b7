// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.aws;

import static io.hybridpipe.aws.TestAws.SOON;
import static org.assertj.core.api.Assertions.assertThat;

import io.hybridpipe.Pipe;
import io.hybridpipe.State;
import io.hybridpipe.Step;
import io.hybridpipe.hound.Planted;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;
import software.amazon.awssdk.http.nio.netty.SdkEventLoopGroup;

/** This module's tests run under BlockHound; here it is seen that it sees. */
class BlockedThreadsTest {
    private static TestAws aws;

    @BeforeAll
    static void start() {
        aws = TestAws.start();
    }

    @AfterAll
    static void stop() {
        aws.close();
    }

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
    void aSleepOnAThreadThatTheSdkAnswersOnIsSeen() {
        // the answer comes after the call has returned, so that what follows it runs on the SDK's thread
        var held = aws.faults().on("GetCallerIdentity").holdAfter();
        var slept = aws.account().sts().getCallerIdentity().thenRun(Planted::sleep);
        held.release();
        slept.orTimeout(SOON.toSeconds(), TimeUnit.SECONDS).join();

        assertThat(Planted.wasSeenOn("sdk-async-response-")).isTrue();
    }

    @Test
    void aSleepOnAnEventLoopOfTheSdkIsSeen() {
        var loops = SdkEventLoopGroup.builder().numberOfThreads(1).build().eventLoopGroup();
        loops.submit(Planted::sleep).awaitUninterruptibly(SOON.toSeconds(), TimeUnit.SECONDS);
        loops.shutdownGracefully(0, 0, TimeUnit.SECONDS);

        assertThat(Planted.wasSeenOn("aws-java-sdk-NettyEventLoop-")).isTrue();
    }
}

// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.net;

import static org.assertj.core.api.Assertions.assertThat;

import io.hybridpipe.retry.FailureClass;
import io.hybridpipe.retry.StepFailure;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;

// virtual time is that of all schedulers of the JVM
@Isolated
class LooksTest {
    private static final Duration SOON = Duration.ofSeconds(60);
    private static final Duration EVERY = Duration.ofSeconds(2);
    private static final Duration WITHIN = Duration.ofMinutes(5);

    private final AtomicInteger looks = new AtomicInteger();

    private Mono<String> seenAtLook(int which) {
        return Mono.defer(() -> looks.incrementAndGet() == which ? Mono.just("it") : Mono.empty());
    }

    private static Mono<String> late() {
        return Mono.error(new IllegalStateException("too late"));
    }

    @Test
    void looksFollowEachOtherAtTheirDistanceUntilThereIsSomething() {
        StepVerifier.withVirtualTime(() -> Looks.until(seenAtLook(4), EVERY, WITHIN, LooksTest::late))
                .expectSubscription()
                .expectNoEvent(EVERY.multipliedBy(3).minusMillis(1))
                .thenAwait(Duration.ofMillis(1))
                .expectNext("it")
                .expectComplete()
                .verify(SOON);
        assertThat(looks).hasValue(4);
    }

    @Test
    void whenTheTimeIsUpTheLateAnswerComesAndLookingEnds() {
        StepVerifier.withVirtualTime(() -> Looks.until(seenAtLook(0), EVERY, WITHIN, LooksTest::late))
                .expectSubscription()
                .expectNoEvent(WITHIN.minusMillis(1))
                .thenAwait(WITHIN)
                .expectErrorMessage("too late")
                .verify(SOON);
        assertThat(looks.get()).isBetween(149, 151);
    }

    @Test
    void aLookThatHadToWaitLongerThanThereIsTimeStillCounts() {
        StepVerifier.withVirtualTime(() ->
                        Looks.until(Mono.delay(WITHIN.plusMinutes(1)).thenReturn("it"), EVERY, WITHIN, LooksTest::late))
                .thenAwait(WITHIN.plusMinutes(1))
                .expectNext("it")
                .expectComplete()
                .verify(SOON);
    }

    @Test
    void aLookThatHangsIsGivenAsLongAgain() {
        StepVerifier.withVirtualTime(() -> Looks.until(Mono.never(), EVERY, WITHIN, LooksTest::late))
                .expectSubscription()
                .expectNoEvent(WITHIN.multipliedBy(2).minusMillis(1))
                .thenAwait(Duration.ofMillis(1))
                .expectErrorMessage("too late")
                .verify(SOON);
    }

    @Test
    void aPatientLookTakesAPassingFaultForNothingSeenAndSignalsEveryOther() {
        for (FailureClass each : FailureClass.values()) {
            Mono<String> look = Looks.patient(Mono.error(StepFailure.of(each, "no")));
            if (each == FailureClass.TRANSIENT || each == FailureClass.THROTTLED) {
                StepVerifier.create(look).expectComplete().verify(SOON);
            } else {
                StepVerifier.create(look).expectErrorMessage("no").verify(SOON);
            }
        }
    }

    @Test
    void aPatientLookEndsNoSoonerThanTheServiceAskedFor() {
        StepVerifier.withVirtualTime(() ->
                        Looks.patient(Mono.error(StepFailure.throttled(Duration.ofSeconds(7), "slow down", null))))
                .expectSubscription()
                .expectNoEvent(Duration.ofMillis(6_999))
                .thenAwait(Duration.ofMillis(1))
                .expectComplete()
                .verify(SOON);
    }
}

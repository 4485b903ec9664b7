// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.net;

import static org.assertj.core.api.Assertions.assertThat;

import io.hybridpipe.event.Resource;
import io.hybridpipe.retry.FailureClass;
import io.hybridpipe.retry.StepFailure;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;

class SweepTest {
    private static final Duration SOON = Duration.ofSeconds(60);

    private final List<String> calls = new ArrayList<>();

    private Flux<Resource> sweep(Function<String, Mono<Void>> close) {
        return Sweep.of(Flux.just("a", "b", "c"), SweepTest::door, Duration.ofMinutes(1), id -> Mono.fromRunnable(
                        () -> calls.add(id))
                .then(close.apply(id)));
    }

    private static Resource door(String id) {
        return Resource.of("Door", id, "here");
    }

    private static Mono<Void> failing(FailureClass failureClass, String id) {
        return Mono.error(() -> StepFailure.of(failureClass, "no key for " + id));
    }

    @Test
    void closesOneAfterTheOtherAndOnlyWhenSubscribed() {
        Flux<Resource> sweep = sweep(id -> Mono.delay(Duration.ofSeconds(1)).then());
        assertThat(calls).isEmpty();
        StepVerifier.withVirtualTime(() -> sweep)
                .expectSubscription()
                .then(() -> assertThat(calls).containsExactly("a"))
                .expectNoEvent(Duration.ofSeconds(1))
                .expectNext(door("a"))
                .then(() -> assertThat(calls).containsExactly("a", "b"))
                .thenAwait(Duration.ofSeconds(2))
                .expectNext(door("b"), door("c"))
                .expectComplete()
                .verify(SOON);
    }

    @Test
    void oneThatCannotBeClosedDoesNotStopTheOthersAndIsSaidAtTheEnd() {
        StepVerifier.create(sweep(id -> id.equals("a") ? failing(FailureClass.PERMANENT, id) : Mono.empty()))
                .expectNext(door("b"), door("c"))
                .expectErrorMessage("no key for a")
                .verify(SOON);
        assertThat(calls).containsExactly("a", "b", "c");
    }

    @Test
    void severalFailuresComeAsOneThatSaysThemAll() {
        StepVerifier.create(sweep(id -> id.equals("b") ? Mono.empty() : failing(FailureClass.PERMANENT, id)))
                .expectNext(door("b"))
                .expectErrorSatisfies(all -> {
                    assertThat(all)
                            .isInstanceOf(StepFailure.class)
                            .hasMessage("2 failures in a sweep: no key for a; no key for c");
                    assertThat(all.getSuppressed())
                            .extracting(Throwable::getMessage)
                            .containsExactly("no key for a", "no key for c");
                })
                .verify(SOON);
    }

    @Test
    void whatFailsInPassingIsTriedAgainAndGivenUpAfterThreeMore() {
        StepVerifier.withVirtualTime(() -> sweep(id ->
                        id.equals("a") || calls.size() < 3 ? failing(FailureClass.UNKNOWN_OUTCOME, id) : Mono.empty()))
                .thenAwait(Duration.ofMinutes(1))
                .expectNext(door("b"), door("c"))
                .expectErrorMessage("no key for a")
                .verify(SOON);
        assertThat(calls).containsExactly("a", "a", "a", "a", "b", "c");
    }

    @Test
    void aCloseThatDoesNotEndIsGivenUpByName() {
        StepVerifier.withVirtualTime(() -> sweep(id -> id.equals("b") ? Mono.never() : Mono.empty()))
                .thenAwait(Duration.ofMinutes(10))
                .expectNext(door("a"), door("c"))
                .expectErrorMessage("Door b in here is not closed after PT1M")
                .verify(SOON);
    }

    @Test
    void aLookThatFailsHalfwayIsSaidAfterWhatItFoundIsClosed() {
        Flux<String> half = Flux.just("a").concatWith(Flux.error(StepFailure.permanent("the second page is missing")));
        StepVerifier.create(Sweep.of(half, SweepTest::door, Duration.ofMinutes(1), id -> Mono.empty()))
                .expectNext(door("a"))
                .expectErrorMessage("the second page is missing")
                .verify(SOON);
    }
}

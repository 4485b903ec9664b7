// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hybridpipe.Outputs;
import io.hybridpipe.net.Poll.Answer;
import io.hybridpipe.retry.FailureClass;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;

class PollTest {
    private static final Duration SOON = Duration.ofSeconds(60);
    private static final Poll POLL =
            Poll.ofDefaults().withEvery(Duration.ofSeconds(2)).withInARow(2);

    private final AtomicInteger asked = new AtomicInteger();
    private final LoneContext context = new LoneContext();

    /** Good where the script has a plus, bad where it has a minus; the last sign goes on for ever. */
    private Supplier<Mono<Answer>> script(String signs) {
        return () -> {
            char sign = signs.charAt(Math.min(asked.getAndIncrement(), signs.length() - 1));
            return Mono.just(new Answer(sign == '+', sign == '+' ? "up" : "down"));
        };
    }

    @Test
    void endsAfterEnoughGoodAnswersInARowAndPausesBetweenThem() {
        StepVerifier.withVirtualTime(() -> POLL.ask("host", script("--+-++"), context))
                .expectSubscription()
                .expectNoEvent(Duration.ofSeconds(10))
                .expectNext(Outputs.none())
                .expectComplete()
                .verify(SOON);
        assertThat(asked).hasValue(6);
    }

    @Test
    void tellsOfGoodAnswersAndOfChanges() {
        StepVerifier.withVirtualTime(() -> POLL.ask("host", script("---+-++"), context))
                .thenAwait(Duration.ofMinutes(1))
                .expectNext(Outputs.none())
                .expectComplete()
                .verify(SOON);
        assertThat(context.progress())
                .containsExactly("0/2 host: down", "1/2 host: up", "0/2 host: down", "1/2 host: up", "2/2 host: up");
    }

    @Test
    void givesUpForGoodWithTheLastAnswer() {
        StepVerifier.withVirtualTime(
                        () -> POLL.withWithin(Duration.ofSeconds(9)).ask("host", script("+-"), context))
                .expectSubscription()
                .expectNoEvent(Duration.ofSeconds(9).minusMillis(1))
                .thenAwait(Duration.ofMillis(1))
                .expectErrorSatisfies(error -> {
                    assertThat(error).hasMessage("host: not ready within PT9S; last answer: down");
                    assertThat(FailureClass.of(error)).isEqualTo(FailureClass.PERMANENT);
                })
                .verify(SOON);
        assertThat(asked).hasValue(5);
    }

    @Test
    void anAnswerThatDoesNotComeInTimeIsABadOne() {
        AtomicInteger left = new AtomicInteger();
        Supplier<Mono<Answer>> silentTwice = () -> asked.getAndIncrement() < 2
                ? Mono.<Answer>never().doOnCancel(left::incrementAndGet)
                : Mono.just(new Answer(true, "up"));
        StepVerifier.withVirtualTime(() -> POLL.withInARow(1).ask("host", silentTwice, context))
                .expectSubscription()
                .expectNoEvent(Duration.ofSeconds(5 + 2 + 5 + 2))
                .expectNext(Outputs.none())
                .expectComplete()
                .verify(SOON);
        assertThat(left).hasValue(2);
        assertThat(context.progress()).containsExactly("0/1 host: no answer in time", "1/1 host: up");
    }

    @Test
    void cancelInAPauseAsksNoMore() {
        StepVerifier.withVirtualTime(() -> POLL.ask("host", script("-"), context))
                .expectSubscription()
                .thenAwait(Duration.ofSeconds(3))
                .thenCancel()
                .verify(SOON);
        assertThat(asked).hasValue(2);
    }

    @Test
    void cancelInMidQuestionLeavesTheQuestion() {
        AtomicBoolean left = new AtomicBoolean();
        StepVerifier.withVirtualTime(
                        () -> POLL.ask("host", () -> Mono.<Answer>never().doOnCancel(() -> left.set(true)), context))
                .expectSubscription()
                .expectNoEvent(Duration.ofSeconds(1))
                .thenCancel()
                .verify(SOON);
        assertThat(left).isTrue();
    }

    @Test
    void aFailedQuestionEndsItAtOnce() {
        POLL.ask("host", () -> Mono.error(new IllegalStateException("no")), context)
                .as(StepVerifier::create)
                .expectErrorMessage("no")
                .verify(SOON);
    }

    @Test
    void eachSubscriptionCountsAnew() {
        Mono<Outputs> cold = POLL.withEvery(Duration.ofMillis(1)).ask("host", script("+"), context);
        assertThat(cold.block(SOON)).isEqualTo(Outputs.none());
        assertThat(cold.block(SOON)).isEqualTo(Outputs.none());
        assertThat(asked).hasValue(4);
    }

    @Test
    void manyQuestionsNeedNoStack() {
        StepVerifier.withVirtualTime(() ->
                        POLL.withEvery(Duration.ofMillis(1)).ask("host", script("-".repeat(100_000) + "+"), context))
                .thenAwait(Duration.ofMinutes(5))
                .expectNext(Outputs.none())
                .expectComplete()
                .verify(SOON);
    }

    @Test
    void refusesFiguresThatMakeNoSense() {
        assertThatThrownBy(() -> POLL.withEvery(Duration.ZERO)).hasMessage("interval is PT0S, it must be positive");
        assertThatThrownBy(() -> POLL.withInARow(0)).hasMessage("answers in a row are 0, they must be at least 1");
        assertThatThrownBy(() -> POLL.withWithin(Duration.ofSeconds(-1)))
                .hasMessage("time is PT-1S, it must be positive");
    }

    @Test
    void theStepTimeoutLeavesRoomForTheOwnMessage() {
        assertThat(POLL.withWithin(Duration.ofMinutes(20)).options().stepTimeout())
                .isGreaterThan(Duration.ofMinutes(20));
    }
}

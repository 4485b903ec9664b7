// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hybridpipe.event.Resource;
import io.hybridpipe.retry.FailureClass;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import reactor.core.Disposable;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

class TestContextTest {
    private static final Duration SOON = Duration.ofSeconds(60);

    private final TestContext context = TestContext.at("net/create");
    private final AtomicInteger effects = new AtomicInteger();
    private final Mono<Integer> call = Mono.fromSupplier(effects::incrementAndGet);

    @Test
    void itIsThatOfTheFirstAttemptOfTheStepAtThePath() {
        assertThat(context.path().value()).isEqualTo("net/create");
        assertThat(context.attempt()).isEqualTo(1);
        assertThat(context.runId().value()).isEqualTo("test");
        assertThat(context.tags())
                .containsEntry("hybridpipe:pipe", "net")
                .containsEntry("hybridpipe:step", "net/create")
                .containsEntry("hybridpipe:run", "test")
                .containsEntry("hybridpipe:token", context.token());
    }

    @Test
    void theTokenIsThatOfRunPathAndGenerationButNotOfTheAttempt() {
        assertThat(context.token()).matches("[0-9a-f]{32}");
        assertThat(context.withAttempt(2).token()).isEqualTo(context.token());
        assertThat(context.withNextToken().token()).isNotEqualTo(context.token());
        assertThat(context.withRunId("other").token()).isNotEqualTo(context.token());
        assertThat(TestContext.at("net/other").token()).isNotEqualTo(context.token());
    }

    @Test
    void attemptAndClockCanBeChosen() {
        Clock clock = Clock.fixed(Instant.EPOCH, ZoneOffset.UTC);

        assertThat(context.withAttempt(3).attempt()).isEqualTo(3);
        assertThat(context.withClock(clock).clock()).isSameAs(clock);
        assertThatThrownBy(() -> context.withAttempt(0)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void aLaterCallKnowsWhatWasSaidToBeMadeAndNotToBeGone() {
        Resource vpc = Resource.of("vpc", "vpc-1", "here");
        Resource route = Resource.of("route", "r-1", "here");
        TestContext faulty = context.losingTheAnswerOf(1);
        faulty.made(vpc);
        faulty.made(route);

        TestContext later = faulty.afterwards();
        assertThat(later.madeBefore()).containsExactly(vpc, route);
        assertThat(later.made()).isEmpty();
        assertThat(later.mutate(call).block(SOON)).isEqualTo(1);
        later.gone(vpc);
        later.made(vpc);

        assertThat(later.afterwards().withAttempt(2).madeBefore()).containsExactlyInAnyOrder(vpc, route);
        assertThat(later.withRunId("other").madeBefore()).isEmpty();
        assertThat(later.withNextToken().madeBefore()).isEmpty();
    }

    @Test
    void whatTheStepTellsIsRecorded() {
        Resource vpc = Resource.of("vpc", "vpc-1", "here");
        Resource route = Resource.of("route", "r-1", "here");

        context.made(vpc);
        context.made(route);
        context.gone(vpc);
        context.progress(1, 3, "creating");

        assertThat(context.made()).containsExactly(route);
        assertThat(context.gone()).containsExactly(vpc);
        assertThat(context.progress()).containsExactly(new TestContext.Progress(1, 3, "creating"));
    }

    @Test
    void aPermitIsWaitedForWhenSubscribed() {
        Mono<String> permit = context.waiting("rate limit", Mono.just("go"));
        assertThat(context.waits()).isEmpty();

        assertThat(permit.block(SOON)).isEqualTo("go");
        assertThat(context.waits()).containsExactly("rate limit");
    }

    @Test
    void mutateSendsOneRequestEachTimeItIsSubscribed() {
        Mono<Integer> sent = context.mutate(call);
        assertThat(context.mutations()).isZero();

        assertThat(sent.block(SOON)).isEqualTo(1);
        assertThat(sent.block(SOON)).isEqualTo(2);
        assertThat(context.mutations()).isEqualTo(2);
    }

    @Test
    void mutatePassesOnWhatTheCallAnswers() {
        assertThat(context.mutate(Mono.empty()).blockOptional(SOON)).isEmpty();
        assertThatThrownBy(() -> context.mutate(Mono.error(new IllegalStateException("no")))
                        .block(SOON))
                .isInstanceOf(IllegalStateException.class);
    }

    @Test
    void aStoppedContextSendsNothingMore() {
        context.stop();

        assertThatThrownBy(() -> context.mutate(call).block(SOON))
                .satisfies(e -> assertThat(FailureClass.of(e)).isEqualTo(FailureClass.TRANSIENT));
        assertThat(effects).hasValue(0);
        assertThat(context.mutations()).isZero();
        assertThat(context.refused()).isEqualTo(1);
    }

    @Test
    void aLostAnswerHasTakenEffect() {
        TestContext losing = context.losingTheAnswerOf(2);

        assertThat(losing.mutate(call).block(SOON)).isEqualTo(1);
        assertThatThrownBy(() -> losing.mutate(call).block(SOON))
                .satisfies(e -> assertThat(FailureClass.of(e)).isEqualTo(FailureClass.UNKNOWN_OUTCOME));
        assertThat(losing.mutate(call).block(SOON)).isEqualTo(3);
    }

    @Test
    void aLostRequestHasNotTakenEffect() {
        TestContext losing = context.losingTheRequestOf(1);

        assertThatThrownBy(() -> losing.mutate(call).block(SOON))
                .satisfies(e -> assertThat(FailureClass.of(e)).isEqualTo(FailureClass.UNKNOWN_OUTCOME));
        assertThat(effects).hasValue(0);
    }

    @Test
    void aHeldAnswerNeverComesButItsEffectDoes() {
        TestContext holding = context.holdingTheAnswerOf(1);
        AtomicInteger answers = new AtomicInteger();

        Disposable step = holding.mutate(call).subscribe(answers::set);
        holding.held().block(SOON);

        assertThat(effects).hasValue(1);
        assertThat(answers).hasValue(0);
        assertThat(step.isDisposed()).isFalse();
        step.dispose();
        holding.settled().block(SOON);
    }

    @Test
    void aCallGoesOnWhenTheStepIsCancelled() {
        Sinks.One<String> remote = Sinks.one();

        Disposable step = context.mutate(remote.asMono()).subscribe();
        step.dispose();

        assertThat(remote.currentSubscriberCount()).isEqualTo(1);
        assertThatThrownBy(() -> context.settled().block(Duration.ofMillis(20)))
                .isInstanceOf(IllegalStateException.class);
        remote.tryEmitValue("late").orThrow();
        context.settled().block(SOON);
    }
}

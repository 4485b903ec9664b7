// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe;

import static org.assertj.core.api.Assertions.assertThat;

import io.hybridpipe.event.PipeEvent;
import io.hybridpipe.event.RunReport.Outcome;
import io.hybridpipe.retry.Backoff;
import io.hybridpipe.retry.FailureClass;
import io.hybridpipe.retry.RetryPolicy;
import io.hybridpipe.retry.StepFailure;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import reactor.core.publisher.Mono;

/** Design §4.6: which failures are tried again, how often and when, and what the timeouts end. */
class RetryTest {
    private final Trial trial = new Trial();

    @ParameterizedTest
    @EnumSource(
            value = FailureClass.class,
            names = {"TRANSIENT", "THROTTLED", "NOT_YET_VISIBLE"})
    void aPassingFailureIsTriedAgain(FailureClass passing) {
        Act a = trial.act("a");
        a.runs(context -> Act.fails(passing), a::make);

        trial.start(a.step()).passAll();

        assertThat(trial.report().outcome()).isEqualTo(Outcome.DONE);
        assertThat(trial.called()).containsExactly("run a", "run a");
        assertThat(trial.events(PipeEvent.StepRetrying.class))
                .singleElement()
                .satisfies(it -> assertThat(it.failureClass()).isEqualTo(passing));
    }

    @Test
    void aPermanentFailureIsNotTriedAgain() {
        Act a = trial.act("a").runs(context -> Act.refused());

        trial.start(a.step()).passAll();

        assertThat(trial.called()).containsExactly("run a", "look at a");
        assertThat(trial.report().failure().orElseThrow().message()).isEqualTo("refused");
    }

    @Test
    void aThrowableThatNobodyClassifiedIsPermanent() {
        Act a = trial.act("a").runs(context -> Mono.error(new IllegalStateException("odd")));

        trial.start(a.step()).passAll();

        assertThat(trial.timesOf("run a")).hasSize(1);
        assertThat(trial.report().failure().orElseThrow().failureClass()).isEqualTo(FailureClass.PERMANENT);
    }

    @Test
    void theClassIsThatOfAStepFailureAmongTheCauses() {
        Act a = trial.act("a");
        a.runs(
                context -> Mono.error(
                        new IllegalStateException("wrapped", StepFailure.of(FailureClass.TRANSIENT, "passing"))),
                a::make);

        trial.start(a.step()).passAll();

        assertThat(trial.report().outcome()).isEqualTo(Outcome.DONE);
    }

    @Test
    void maxAttemptsIncludesTheFirst() {
        Act a = trial.act("a").attempts(3).runs(context -> Act.fails(FailureClass.TRANSIENT));

        trial.start(a.step()).passAll();

        assertThat(trial.timesOf("run a")).hasSize(3);
        assertThat(trial.report().elements().get(0).attempts()).isEqualTo(3);
    }

    @Test
    void attemptsCountFromOne() {
        List<Integer> attempts = new ArrayList<>();
        Act a = trial.act("a").attempts(3).runs(context -> {
            attempts.add(context.attempt());
            return Act.fails(FailureClass.TRANSIENT);
        });

        trial.start(a.step()).passAll();

        assertThat(attempts).containsExactly(1, 2, 3);
    }

    @Test
    void eachClassHasItsOwnPolicy() {
        RetryPolicy onlyThrottled = RetryPolicy.none().with(FailureClass.THROTTLED, Backoff.ofDefaults());
        Act a = trial.act("a").options(it -> it.withRetry(onlyThrottled));
        a.runs(context -> Act.fails(FailureClass.THROTTLED), context -> Act.fails(FailureClass.TRANSIENT), a::make);

        trial.start(a.step()).passAll();

        assertThat(trial.timesOf("run a")).hasSize(2);
    }

    @Test
    void theDelayIsARandomPartOfABoundThatDoublesUpToTheCap() {
        Backoff backoff = new Backoff(Duration.ofMillis(200), Duration.ofSeconds(1), 9, Duration.ofHours(1));

        assertThat(backoff.delay(1, 0)).isZero();
        assertThat(backoff.delay(1, 0.5)).isEqualTo(Duration.ofMillis(100));
        assertThat(backoff.delay(3, 0.5)).isEqualTo(Duration.ofMillis(400));
        assertThat(backoff.delay(4, 0.5)).isEqualTo(Duration.ofMillis(500));
        assertThat(backoff.delay(1_000, 0.5)).isEqualTo(Duration.ofMillis(500));
    }

    @Test
    void theNextAttemptStartsWhenTheSaidDelayIsOver() {
        Act a = trial.act("a").attempts(4).runs(context -> Act.fails(FailureClass.TRANSIENT));

        trial.start(a.step()).passAll();

        List<Duration> starts = trial.timesOf("run a");
        List<Duration> delays = trial.events(PipeEvent.StepRetrying.class).stream()
                .map(PipeEvent.StepRetrying::delay)
                .toList();
        assertThat(delays).hasSize(3).doesNotHaveDuplicates();
        for (int i = 0; i < delays.size(); i++) {
            assertThat(starts.get(i + 1).minus(starts.get(i))).isEqualTo(delays.get(i));
        }
    }

    @Test
    void aServiceThatAsksForMoreTimeGetsIt() {
        Act a = trial.act("a");
        a.runs(context -> Mono.error(StepFailure.throttled(Duration.ofSeconds(90), "slow down", null)), a::make);

        trial.start(a.step()).passAll();

        assertThat(trial.timesOf("run a")).containsExactly(Duration.ZERO, Duration.ofSeconds(90));
    }

    @Test
    void noAttemptStartsAfterThePolicysTotalTime() {
        Backoff quick = Backoff.ofDefaults().withMaxElapsed(Duration.ofSeconds(30));
        Act a = trial.act("a")
                .options(it -> it.withRetry(RetryPolicy.ofAll(quick)))
                .runs(context -> Mono.error(StepFailure.throttled(Duration.ofSeconds(20), "slow down", null)));

        trial.start(a.step()).passAll();

        assertThat(trial.timesOf("run a")).containsExactly(Duration.ZERO, Duration.ofSeconds(20));
    }

    @Test
    void anAttemptTimeoutIsAnUnknownOutcome() {
        Act a = trial.act("a").options(it -> it.withAttemptTimeout(Duration.ofSeconds(5)));
        a.runs(context -> Mono.never(), a::make);

        trial.start(a.step()).passAll();

        assertThat(trial.called()).containsExactly("run a", "look at a", "run a");
        assertThat(trial.timesOf("look at a")).containsExactly(Duration.ofSeconds(5));
        assertThat(trial.events(PipeEvent.StepRetrying.class))
                .singleElement()
                .satisfies(it -> assertThat(it.failureClass()).isEqualTo(FailureClass.UNKNOWN_OUTCOME));
    }

    @Test
    void aStepThatNeverSignalsEndsAfterAnHour() {
        Act a = trial.act("a").runs(context -> Mono.never());

        trial.start(a.step()).pass(Duration.ofMinutes(59));
        assertThat(trial.isSettled()).isFalse();
        trial.pass(Duration.ofMinutes(1));

        assertThat(trial.report().outcome()).isEqualTo(Outcome.UNDONE);
        assertThat(trial.report().failure().orElseThrow().message()).contains("step timeout of PT1H");
    }

    @Test
    void aStepTimeoutEndsTheRetrying() {
        Act a = trial.act("a")
                .options(it -> it.withStepTimeout(Duration.ofSeconds(50)))
                .runs(context -> Mono.error(StepFailure.throttled(Duration.ofSeconds(20), "slow down", null)));

        trial.start(a.step()).passAll();

        assertThat(trial.timesOf("run a"))
                .containsExactly(Duration.ZERO, Duration.ofSeconds(20), Duration.ofSeconds(40));
        assertThat(trial.report().outcome()).isEqualTo(Outcome.UNDONE);
    }

    @Test
    void aStepTimeoutTakesEffectOnlyAfterAPartThatCannotBeCut() {
        Act a = trial.act("a").options(it -> it.withStepTimeout(Duration.ofSeconds(3)));
        a.runs(context -> a.makeIn(Duration.ofSeconds(8), context));

        trial.start(a.step()).pass(Duration.ofSeconds(7));
        assertThat(trial.called()).containsExactly("run a");
        trial.passAll();

        assertThat(trial.called()).containsExactly("run a", "look at a", "undo a");
        assertThat(trial.timesOf("look at a")).containsExactly(Duration.ofSeconds(8));
        assertThat(a.there).isFalse();
    }

    @Test
    void waitingForAPermitDoesNotUseUpTheAttemptTimeoutAndShowsAsThrottled() {
        Act a = trial.act("a").options(it -> it.withAttemptTimeout(Duration.ofSeconds(5)));
        a.runs(context -> context.waiting("a free place", Mono.delay(Duration.ofMinutes(10), trial.time))
                .then(Mono.defer(() -> a.makeIn(Duration.ofSeconds(4), context))));

        trial.start(a.step()).passAll();

        assertThat(trial.report().outcome()).isEqualTo(Outcome.DONE);
        assertThat(trial.timesOf("run a")).hasSize(1);
        assertThat(trial.events(PipeEvent.StepThrottled.class)).singleElement().satisfies(it -> assertThat(it.reason())
                .isEqualTo("a free place"));
    }

    @Test
    void theAttemptTimeoutGoesOnWhenThePermitIsThere() {
        Act a = trial.act("a").attempts(1).options(it -> it.withAttemptTimeout(Duration.ofSeconds(5)));
        a.runs(context -> Mono.delay(Duration.ofSeconds(2), trial.time)
                .then(context.waiting("a free place", Mono.delay(Duration.ofMinutes(1), trial.time)))
                .then(Mono.never()));

        trial.start(a.step()).passAll();

        assertThat(trial.timesOf("look at a").get(0)).isEqualTo(Duration.ofSeconds(65));
    }

    @Test
    void aRetriedStepIsToldOnceForEachAttemptAndOnceForItsSuccess() {
        Act a = trial.act("a");
        a.runs(context -> Act.fails(FailureClass.TRANSIENT), a::make);

        trial.start(a.step()).passAll();

        assertThat(trial.eventsOf("p/a"))
                .containsExactly("StepStarted", "StepRetrying", "StepStarted", "ResourceMade", "StepFinished");
    }
}

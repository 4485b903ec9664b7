// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe;

import static org.assertj.core.api.Assertions.assertThat;

import io.hybridpipe.event.RunReport.Outcome;
import io.hybridpipe.retry.FailureClass;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;

/** Design §4.6: calls that change something are listened to until they have settled, whatever becomes of the step. */
class MutateTest {
    private static final Duration GRACE = Duration.ofSeconds(10);

    private final Trial trial = new Trial();

    @Test
    void cancelInMidCallStopsTheStepAtOnceButTheCallIsListenedTo() {
        List<String> told = new ArrayList<>();
        Act a = trial.act("a");
        a.runs(context -> a.makeIn(Duration.ofSeconds(5), context).doOnCancel(() -> told.add("stopped")));

        trial.start(a.step()).pass(Duration.ofSeconds(1)).cancel();

        assertThat(told).containsExactly("stopped");
        assertThat(trial.called()).as("nothing is looked for or undone yet").containsExactly("run a");
        trial.passAll();
        assertThat(trial.timesOf("look at a")).containsExactly(Duration.ofSeconds(5));
        assertThat(trial.called()).containsExactly("run a", "look at a", "undo a");
        assertThat(a.there).isFalse();
        assertThat(trial.report().outcome()).isEqualTo(Outcome.UNDONE);
    }

    @Test
    void aCallThatDoesNotEndIsGivenUpAfterTheGrace() {
        Act a = trial.act("a").runs(context -> context.mutate(Mono.never()));

        trial.start(a.step()).pass(Duration.ofSeconds(1)).cancel().passAll();

        assertThat(trial.timesOf("look at a")).containsExactly(GRACE.plusSeconds(1));
        assertThat(trial.report().outcome()).isEqualTo(Outcome.UNDONE);
    }

    @Test
    void theGraceIsTenSecondsUnlessTheOptionsSayOtherwise() {
        Act a = trial.act("a").runs(context -> context.mutate(Mono.never()));

        trial.options(it -> it.cancelGrace(Duration.ofSeconds(3)))
                .start(a.step())
                .cancel()
                .passAll();

        assertThat(trial.timesOf("look at a")).containsExactly(Duration.ofSeconds(3));
    }

    @Test
    void readsAndWaitsAreNotKept() {
        Act a = trial.act("a").runs(context -> Mono.never());

        trial.start(a.step()).pass(Duration.ofSeconds(1)).cancel();

        assertThat(trial.timesOf("look at a")).containsExactly(Duration.ofSeconds(1));
        assertThat(trial.isSettled()).isTrue();
    }

    @Test
    void mutateRefusesOnceTheAttemptWasToldToStop() {
        List<String> sent = new ArrayList<>();
        Mono<String> call = Mono.fromSupplier(() -> {
            sent.add("sent");
            return "x";
        });
        List<Throwable> refusals = new ArrayList<>();
        Act a = trial.act("a");
        a.runs(context ->
                Mono.<Outputs>never().doOnCancel(() -> context.mutate(call).subscribe(it -> {}, refusals::add)));

        trial.start(a.step()).cancel().passAll();

        assertThat(sent).isEmpty();
        assertThat(refusals).singleElement().satisfies(it -> assertThat(FailureClass.of(it))
                .isEqualTo(FailureClass.TRANSIENT));
    }

    @Test
    void anAttemptThatHasSucceededStillWaitsForItsCalls() {
        Act a = trial.act("a");
        a.runs(context -> {
            a.makeIn(Duration.ofSeconds(4), context).subscribe();
            return a.done();
        });
        Act b = trial.act("b");

        trial.start(a.step(), b.step()).passAll();

        assertThat(trial.timesOf("run b")).containsExactly(Duration.ofSeconds(4));
    }

    @Test
    void anAttemptThatHasFailedStillWaitsForItsCallsBeforeTheNextOne() {
        Act a = trial.act("a");
        a.runs(
                context -> {
                    a.makeIn(Duration.ofSeconds(4), context).subscribe();
                    return Act.fails(FailureClass.TRANSIENT);
                },
                a::make);

        trial.start(a.step()).passAll();

        assertThat(trial.called()).containsExactly("run a", "look at a");
        assertThat(trial.timesOf("look at a")).containsExactly(Duration.ofSeconds(4));
        assertThat(a.made).isEqualTo(1);
    }

    @Test
    void settlingIsNeverCutShort() {
        Act a = trial.act("a")
                .options(it -> it.withAttemptTimeout(Duration.ofSeconds(1)).withStepTimeout(Duration.ofSeconds(3)));
        a.runs(context -> a.makeIn(Duration.ofSeconds(9), context));

        trial.start(a.step()).pass(Duration.ofSeconds(2)).cancel().pass(Duration.ofSeconds(6));

        assertThat(trial.called()).containsExactly("run a");
        trial.passAll();
        assertThat(trial.timesOf("look at a")).containsExactly(Duration.ofSeconds(9));
        assertThat(a.there).isFalse();
    }

    @Test
    void aRetryableFailureAfterACallThatChangedSomethingIsAnUnknownOutcome() {
        Act a = trial.act("a");
        a.runs(context -> a.make(context).then(Act.fails(FailureClass.THROTTLED)));

        trial.start(a.step()).passAll();

        assertThat(trial.called()).containsExactly("run a", "look at a");
        assertThat(a.made).as("a blind retry would make a second one").isEqualTo(1);
        assertThat(trial.report().outcome()).isEqualTo(Outcome.DONE);
    }

    @Test
    void aRetryableFailureBesideAnUnansweredCallIsAnUnknownOutcome() {
        Act a = trial.act("a");
        a.runs(
                context -> {
                    context.mutate(Mono.never()).subscribe();
                    return Act.fails(FailureClass.TRANSIENT);
                },
                a::make);

        trial.start(a.step()).passAll();

        assertThat(trial.called()).containsExactly("run a", "look at a", "run a");
        assertThat(trial.timesOf("look at a")).containsExactly(GRACE);
    }

    @Test
    void aRetryableFailureAfterACallThatEndedUnknownIsAnUnknownOutcome() {
        Act a = trial.act("a");
        a.runs(context -> a.makeAndLose(context).onErrorResume(lost -> Act.fails(FailureClass.TRANSIENT)));

        trial.start(a.step()).passAll();

        assertThat(trial.called()).containsExactly("run a", "look at a");
        assertThat(a.made).isEqualTo(1);
    }

    @Test
    void aCallThatWasRefusedBeforeItChangedAnythingIsSimplyTriedAgain() {
        Act a = trial.act("a");
        a.runs(context -> context.mutate(Act.fails(FailureClass.THROTTLED)), a::make);

        trial.start(a.step()).passAll();

        assertThat(trial.called()).containsExactly("run a", "run a");
    }

    @Test
    void aCallThatThrowsInsteadOfSignallingHasEnded() {
        Act a = trial.act("a")
                .runs(context -> context.mutate(new Mono<Outputs>() {
                    @Override
                    public void subscribe(reactor.core.CoreSubscriber<? super Outputs> subscriber) {
                        throw new LinkageError("a class is missing");
                    }
                }));

        trial.start(a.step());

        assertThat(trial.report().failure().orElseThrow().message()).isEqualTo("a class is missing");
        assertThat(trial.timesOf("look at a")).containsExactly(Duration.ZERO);
    }
}

// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe;

import static org.assertj.core.api.Assertions.assertThat;

import io.hybridpipe.event.PipeEvent;
import io.hybridpipe.event.RunReport.Outcome;
import io.hybridpipe.retry.FailureClass;
import io.hybridpipe.retry.StepFailure;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;

/** Design §4.6: after an attempt of unknown outcome the engine looks before it does anything else. */
class UnknownOutcomeTest {
    private static final Duration WINDOW = Duration.ofMinutes(2);

    private final Trial trial = new Trial();

    @Test
    void aStepWithoutEffectIsSimplyTriedAgain() {
        Act a = trial.act("a").effect(Effect.none());
        a.runs(context -> Act.lost(), context -> a.done());

        trial.start(a.step()).passAll();

        assertThat(trial.called()).containsExactly("run a", "run a");
    }

    @Test
    void whatIsFoundDoneIsASuccessWithItsOutputs() {
        Key<String> id = Key.of("id", String.class);
        Act a = trial.act("a").writing(id, "vpc-1");
        a.runs(a::makeAndLose);
        Pipe pipe = Pipe.named("p").step("a", a).build();

        trial.start(pipe, State.empty()).passAll();

        assertThat(trial.called()).containsExactly("run a", "look at a");
        assertThat(trial.run().result().block().get(id)).isEqualTo("vpc-1");
    }

    @Test
    void whatCannotBeToldIsNoLeftoverWhenNothingThatChangesAnythingWasEverSent() {
        Act a = trial.act("a").finds(Found.unknown("the door is closed"));
        a.runs(context -> Act.fails(FailureClass.PERMANENT)).undoes(context -> Act.fails(FailureClass.PERMANENT));

        trial.start(a.step()).passAll();

        assertThat(trial.report().outcome()).isEqualTo(Outcome.UNDONE);
        assertThat(trial.called()).containsExactly("run a", "look at a");
    }

    @Test
    void whatCannotBeToldIsUndoneWhenACallThatChangesSomethingWasSent() {
        Act a = trial.act("a").finds(Found.unknown("the door is closed"));
        a.runs(context -> context.mutate(Mono.<Outputs>error(StepFailure.permanent("no"))))
                .undoes(context -> Act.fails(FailureClass.PERMANENT));

        trial.start(a.step()).passAll();

        assertThat(trial.report().outcome()).isEqualTo(Outcome.LEFT_OVERS);
    }

    @Test
    void aLookIsTriedAsOftenAsTheStepIsTriedAgain() {
        Act a = trial.act("a")
                .attempts(12)
                .finds(context -> Mono.error(StepFailure.of(FailureClass.TRANSIENT, "away")));
        a.runs(a::makeAndLose);

        trial.start(a.step()).passAll();

        assertThat(trial.called().subList(0, 13))
                .startsWith("run a", "look at a")
                .filteredOn("look at a"::equals)
                .hasSizeGreaterThanOrEqualTo(11);
    }

    @Test
    void whereNothingCanBeThereUndoLooksOnceAndDoesNotWaitForAnAnswer() {
        Act a = trial.act("a").attempts(2).finds(context -> Mono.error(StepFailure.of(FailureClass.TRANSIENT, "away")));
        a.runs(context -> Act.fails(FailureClass.TRANSIENT));

        trial.start(a.step()).passAll();

        assertThat(trial.called()).containsExactly("run a", "run a", "look at a");
        assertThat(trial.report().outcome()).isEqualTo(Outcome.UNDONE);
    }

    @Test
    void absentLeadsToANewAttempt() {
        Act a = trial.act("a");
        a.runs(context -> Act.lost(), a::make);

        trial.start(a.step()).passAll();

        assertThat(trial.called()).containsExactly("run a", "look at a", "run a");
        assertThat(trial.report().outcome()).isEqualTo(Outcome.DONE);
    }

    @Test
    void absentCountsOnlyWhenSeenOverTheVisibilityWindow() {
        Act a = trial.act("a").options(it -> it.withVisibility(WINDOW));
        a.runs(context -> Act.lost(), a::make);

        trial.start(a.step()).pass(WINDOW.minusMillis(1));
        assertThat(trial.called()).contains("look at a").doesNotContainSequence("look at a", "run a");
        trial.passAll();

        assertThat(trial.timesOf("run a").get(1)).isGreaterThanOrEqualTo(WINDOW);
        assertThat(trial.timesOf("look at a").size()).isGreaterThan(1);
    }

    @Test
    void whatBecomesVisibleWithinTheWindowIsNotMadeTwice() {
        Act a = trial.act("a").options(it -> it.withVisibility(WINDOW));
        a.runs(a::makeAndLose)
                .finds(context -> Mono.just(Found.absent()), context -> Mono.just(Found.done(Outputs.none())));

        trial.start(a.step()).passAll();

        assertThat(a.made).isEqualTo(1);
        assertThat(trial.report().outcome()).isEqualTo(Outcome.DONE);
    }

    @Test
    void aLookThatBeganInTheWindowSaysNothingOfItsEndThoughItsAnswerComesLater() {
        Act a = trial.act("a").options(it -> it.withVisibility(Duration.ofSeconds(30)));
        a.runs(a::makeAndLose)
                .finds(
                        context ->
                                Mono.delay(Duration.ofSeconds(40), trial.time).thenReturn(Found.absent()),
                        context -> Mono.just(Found.done(Outputs.none())));

        trial.start(a.step()).passAll();

        assertThat(a.made).isEqualTo(1);
        assertThat(trial.report().outcome()).isEqualTo(Outcome.DONE);
    }

    @Test
    void partlyCountsOnlyWhenSeenOverTheVisibilityWindow() {
        Act a = trial.act("a").options(it -> it.withVisibility(WINDOW));
        a.runs(a::makeAndLose)
                .finds(
                        context -> Mono.just(Found.partly("one of two")),
                        context -> Mono.just(Found.done(Outputs.none())));

        trial.start(a.step()).passAll();

        assertThat(trial.called()).containsExactly("run a", "look at a", "look at a");
    }

    @Test
    void partlyIsUndoneThenTriedAgain() {
        Act a = trial.act("a").finds(Found.partly("one of two"));
        a.runs(a::makeAndLose, a::make);

        trial.start(a.step()).passAll();

        assertThat(trial.called()).containsExactly("run a", "look at a", "undo a", "run a");
        assertThat(a.undone).containsExactly(Found.partly("one of two"));
        assertThat(trial.report().outcome()).isEqualTo(Outcome.DONE);
    }

    @Test
    void partlyIsUndoneButNotTriedAgainBeyondTheBudget() {
        Act a = trial.act("a").attempts(1).finds(Found.partly("one of two"));
        a.runs(a::makeAndLose);

        trial.start(a.step()).passAll();

        assertThat(trial.called()).containsExactly("run a", "look at a", "undo a");
        assertThat(trial.report().outcome()).isEqualTo(Outcome.UNDONE);
    }

    @Test
    void partlyOfAnIrreversibleStepCountsAsUnknown() {
        Act a = trial.act("a")
                .effect(Effect.irreversible("a licence is used up"))
                .finds(Found.partly("half"));
        a.runs(a::makeAndLose);

        trial.start(a.step()).passAll();

        assertThat(trial.called()).containsExactly("run a", "look at a");
        assertThat(trial.report().notUndone()).singleElement().satisfies(it -> assertThat(it.reason())
                .isEqualTo("a licence is used up"));
    }

    @Test
    void unknownIsNeverTriedAgainButIsUndone() {
        Act a = trial.act("a").finds(Found.unknown("access denied"));
        a.runs(a::makeAndLose);

        trial.start(a.step()).passAll();

        assertThat(trial.timesOf("run a")).hasSize(1);
        assertThat(a.undone).containsExactly(Found.unknown("access denied"));
        assertThat(a.there).isFalse();
        assertThat(trial.report().outcome()).isEqualTo(Outcome.UNDONE);
    }

    @Test
    void aLookThatHangsIsCutAfterAMinuteAndTriedAgain() {
        Act a = trial.act("a");
        a.runs(a::makeAndLose).finds(context -> Mono.never(), context -> Mono.just(Found.done(Outputs.none())));

        trial.start(a.step()).passAll();

        assertThat(trial.report().outcome()).isEqualTo(Outcome.DONE);
        assertThat(trial.timesOf("look at a").get(1))
                .isBetween(Duration.ofMinutes(1), Duration.ofMinutes(1).plusSeconds(1));
    }

    @Test
    void aLookThatFailsHasItsOwnRetriesAndCountsAsUnknownWhenTheyAreUsedUp() {
        Act a = trial.act("a").finds(context -> Act.fails(FailureClass.TRANSIENT));
        a.runs(a::makeAndLose);

        trial.start(a.step()).passAll();

        assertThat(trial.timesOf("run a")).hasSize(1);
        assertThat(trial.called().subList(0, 5))
                .containsExactly("run a", "look at a", "look at a", "look at a", "look at a");
        assertThat(a.undone).singleElement().isInstanceOf(Found.Unknown.class);
    }

    @Test
    void aLookThatSaysNothingCountsAsUnknown() {
        Act a = trial.act("a").finds(context -> Mono.empty());
        a.runs(a::makeAndLose);

        trial.start(a.step()).passAll();

        assertThat(a.undone).containsExactly(Found.unknown("reconcile said nothing"));
    }

    @Test
    void aStepThatCannotLookIsUnknown() {
        Step blind = Step.reading()
                .undo((state, context) -> Mono.empty())
                .as((state, context) -> context.mutate(Act.lost()));

        trial.start(Element.step("a", blind)).passAll();

        assertThat(trial.eventsOf("p/a"))
                .containsExactly(
                        "StepStarted",
                        "StepReconciling",
                        "StepReconciled",
                        "StepFailed",
                        "StepReconciling",
                        "StepReconciled",
                        "StepUndoStarted",
                        "StepUndone");
    }

    @Test
    void outputsThatReconcileFindsAreHeldAgainstTheContractToo() {
        Key<String> id = Key.of("id", String.class);
        Act a = trial.act("a").contract(it -> it.writing(id)).finds(Found.done(Outputs.none()));
        a.runs(a::makeAndLose);

        trial.start(a.step()).passAll();

        assertThat(trial.report().failure().orElseThrow().message()).contains("without key 'id'");
    }

    @Test
    void partlyIsUndoneGoingForwardThoughAnotherScopesUndoPassIsLongOver() {
        Act door = trial.act("door");
        Act broken = trial.act("broken").runs(context -> Act.refused());
        Act waits = trial.act("waits")
                .runs(context -> Mono.delay(Duration.ofMinutes(40), trial.time).then(Mono.empty()));
        Act a = trial.act("a").finds(Found.partly("one of two"));
        a.runs(a::makeAndLose, a::make)
                .undoes(context -> a.takeAway(context).delaySubscription(Duration.ofSeconds(5), trial.time));
        Element waitsThenA =
                Element.sequence("s", body -> body.element(waits.step()).element(a.step()));

        trial.start(Element.concurrently(
                        "g", Group.ofDefaults().finishThenFail(), door.around(broken.step()), waitsThenA))
                .pass(Duration.ofMinutes(41));

        assertThat(trial.called())
                .containsSubsequence("close door", "run a", "look at a", "undo a", "run a")
                .as("undone once, in its own time");
        assertThat(a.made).isEqualTo(2);
    }

    @Test
    void theEventsSayWhatWasSeen() {
        Act a = trial.act("a").finds(Found.partly("one of two"));
        a.runs(a::makeAndLose, a::make);

        trial.start(a.step()).passAll();

        assertThat(trial.events(PipeEvent.StepReconciled.class))
                .extracting(PipeEvent.StepReconciled::found)
                .containsExactly("partly: one of two");
    }
}

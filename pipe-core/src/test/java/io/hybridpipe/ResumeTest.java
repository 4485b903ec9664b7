// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe;

import static org.assertj.core.api.Assertions.assertThat;

import io.hybridpipe.event.PipeEvent;
import io.hybridpipe.event.RunReport.Outcome;
import io.hybridpipe.event.RunReport.Status;
import io.hybridpipe.journal.JournalRecord;
import io.hybridpipe.journal.RunLog;
import io.hybridpipe.retry.FailureClass;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;

/** Design §5: a killed run goes on where it was, in the direction that it had. */
class ResumeTest {
    private static final Key<String> KEY = Key.of("key", String.class);

    private final Trial trial = new Trial();
    private final Lives lives = new Lives(trial);

    @Test
    void aFinishedStepIsNotRunAgain() {
        Act a = trial.act("a");
        Act b = trial.act("b");
        lives.dyingAfter("RESULT a").start(a.step(), b.step());
        assertThat(lives.isDead()).isTrue();

        lives.resume(a.step(), b.step());

        assertThat(trial.called()).containsExactly("run b");
        assertThat(lives.report().outcome()).isEqualTo(Outcome.DONE);
        assertThat(a.made + b.made).isEqualTo(2);
    }

    @Test
    void whatAFinishedStepWroteIsReadByTheNextOne() {
        List<String> read = new ArrayList<>();
        Act a = trial.act("a").writing(KEY, "value");
        Act b = trial.act("b").contract(it -> it.reading(KEY)).seeing(state -> read.add(state.get(KEY)));
        lives.dyingAfter("RESULT a").start(a.step(), b.step());

        lives.resume(a.step(), b.step());

        assertThat(read).containsExactly("value");
    }

    @Test
    void anAttemptWhoseResultWasNotWrittenIsLookedForAndTakenAsItIs() {
        Act a = trial.act("a");
        lives.dyingBefore("RESULT a").start(a.step());
        assertThat(a.made).isOne();

        lives.resume(a.step());

        assertThat(trial.called()).containsExactly("look at a");
        assertThat(a.made).isOne();
        assertThat(lives.report().outcome()).isEqualTo(Outcome.DONE);
    }

    @Test
    void aLookAndAnUndoKnowWhatTheDeadProcessSaidThatItMade() {
        List<String> seen = new ArrayList<>();
        Act a = trial.act("a");
        a.finds(context -> {
            context.madeBefore().forEach(it -> seen.add("look " + it.id()));
            return Mono.just(Found.partly("half"));
        });
        a.undoes(context -> {
            context.madeBefore().forEach(it -> seen.add("undo " + it.id()));
            return Mono.empty();
        });
        lives.dyingBefore("RESULT a").start(a.step());

        lives.resume(a.step());

        assertThat(seen).containsExactly("look a1", "undo a1");
    }

    @Test
    void anAttemptThatNeverGotOutIsMadeAgainUnderTheSameToken() {
        Act a = trial.act("a");
        lives.dyingAfter("INTENT a").start(a.step());
        assertThat(a.made).isZero();

        lives.resume(a.step());

        assertThat(trial.called()).endsWith("run a");
        assertThat(a.made).isOne();
        assertThat(lives.records())
                .filteredOn(it -> it.path().name().equals("a"))
                .extracting("attempt")
                .contains(2);
        assertThat(a.tokens).isNotEmpty().containsOnly(a.tokens.get(0));
    }

    @Test
    void theFirstLookWaitsUntilCallsOfTheDeadProcessCountAsSettled() {
        Act a = trial.act("a");
        lives.dyingBefore("RESULT a").start(a.step());
        Duration resumedAt = trial.now();

        lives.resume(a.step());

        assertThat(trial.timesOf("look at a").get(0)).isEqualTo(resumedAt.plusSeconds(10));
    }

    @Test
    void aStepWithoutEffectIsSimplyMadeAgain() {
        Act a = trial.act("a").effect(Effect.none());
        lives.dyingAfter("INTENT a").start(a.step());

        lives.resume(a.step());

        assertThat(trial.called()).containsExactly("run a");
    }

    @Test
    void attemptNumbersGoOnAndTheBudgetStartsAnew() {
        Act a = trial.act("a").attempts(2).runs(context -> Act.fails(FailureClass.TRANSIENT), context -> Act.lost());
        lives.dyingAfter("INTENT a").start(a.step());
        a.finds(Found.absent()).runs(context -> Act.fails(FailureClass.TRANSIENT));

        lives.resume(a.step());

        assertThat(trial.events(PipeEvent.StepStarted.class))
                .extracting(it -> it.header().attempt())
                .containsExactly(2, 3);
    }

    @Test
    void aRunThatWasBeingUndoneGoesOnBeingUndone() {
        Act a = trial.act("a");
        Act b = trial.act("b");
        Act broken = trial.act("broken").runs(context -> Act.refused());
        lives.dyingAfter("UNDO_RESULT b").start(a.step(), b.step(), broken.step());

        lives.resume(a.step(), b.step(), broken.step());

        assertThat(trial.called()).containsExactly("undo a");
        assertThat(lives.report().outcome()).isEqualTo(Outcome.UNDONE);
        assertThat(lives.report().failure().orElseThrow().path().name()).isEqualTo("broken");
        assertThat(lives.refusal()).isEqualTo("refused");
        assertThat(a.there || b.there).isFalse();
    }

    @Test
    void theTurnAloneIsEnough() {
        Act a = trial.act("a");
        Act broken = trial.act("broken").runs(context -> Act.refused());
        lives.dyingAfter("TURN broken").start(a.step(), broken.step());
        broken.runs(broken::make);

        lives.resume(a.step(), broken.step());

        assertThat(trial.called()).doesNotContain("run broken").contains("undo a");
        assertThat(lives.report().outcome()).isEqualTo(Outcome.UNDONE);
    }

    @Test
    void undoGoesInReverseAlsoThroughScopesThatWereClosed() {
        Act a = trial.act("a");
        Act door = trial.act("door");
        Act b = trial.act("b");
        Act c = trial.act("c");
        lives.dyingAfter("RESULT c").start(a.step(), door.around(b.step()), c.step());

        lives.undo(a.step(), door.around(b.step()), c.step());

        assertThat(trial.called()).containsExactly("undo c", "open door", "undo b", "close door", "undo a");
        assertThat(lives.report().outcome()).isEqualTo(Outcome.UNDONE);
    }

    @Test
    void aScopeThatIsOpenIsFoundOnlyWhenSomethingInsideNeedsIt() {
        Act door = trial.act("door");
        Act a = trial.act("a");
        Act b = trial.act("b");
        lives.dyingAfter("RESULT a").start(door.around(a.step(), b.step()));

        lives.resume(door.around(a.step(), b.step()));

        assertThat(trial.called()).containsExactly("look at door", "run b", "close door");
        assertThat(lives.report().outcome()).isEqualTo(Outcome.DONE);
        assertThat(door.there).isFalse();
    }

    @Test
    void aScopeWhoseBodyIsDoneIsOnlyClosed() {
        Act door = trial.act("door");
        Act a = trial.act("a");
        lives.dyingAfter("RESULT a").start(door.around(a.step()));

        lives.resume(door.around(a.step()));

        assertThat(trial.called()).containsExactly("look at door", "close door");
        assertThat(lives.report().outcome()).isEqualTo(Outcome.DONE);
    }

    @Test
    void aScopeThatHasHalfExpiredIsClosedAndOpenedAfresh() {
        Act door = trial.act("door").expiring(Duration.ofHours(1));
        Act a = trial.act("a");
        Act b = trial.act("b");
        lives.dyingAfter("RESULT a").start(door.around(a.step(), b.step()));
        trial.pass(Duration.ofMinutes(31));

        lives.resume(door.around(a.step(), b.step()));

        assertThat(trial.called()).containsExactly("look at door", "close door", "open door", "run b", "close door");
        assertThat(lives.report().outcome()).isEqualTo(Outcome.DONE);
    }

    @Test
    void aKeptRunIsResumedAndItsScopeOpenedAgain() {
        trial.options(it -> it.onFailure(RunOptions.OnFailure.KEEP));
        Act door = trial.act("door");
        Act a = trial.act("a");
        Act b = trial.act("b").runs(context -> Act.refused());
        lives.start(door.around(a.step(), b.step()));
        assertThat(lives.report().outcome()).isEqualTo(Outcome.KEPT);
        b.runs(b::make);

        lives.resume(door.around(a.step(), b.step()));

        assertThat(trial.called())
                .containsSubsequence("open door", "run b", "close door")
                .doesNotContain("run a");
        assertThat(lives.report().outcome()).isEqualTo(Outcome.DONE);
    }

    @Test
    void aRunThatIsDoneStaysDoneAndNothingIsCalled() {
        Act a = trial.act("a").writing(KEY, "value");
        lives.start(a.step());

        lives.resume(a.step());

        assertThat(trial.called()).isEmpty();
        assertThat(lives.report().outcome()).isEqualTo(Outcome.DONE);
        assertThat(lives.report().made()).extracting("id").containsExactly("a1");
    }

    @Test
    void aRunThatIsDoneCanBeUndone() {
        Act a = trial.act("a");
        Act b = trial.act("b");
        lives.start(a.step(), b.step());

        lives.undo(a.step(), b.step());

        assertThat(trial.called()).containsExactly("undo b", "undo a");
        assertThat(lives.report().outcome()).isEqualTo(Outcome.UNDONE);
        assertThat(lives.errors).isEmpty();
    }

    @Test
    void leftOversAreTriedAgainByAnUndo() {
        Act a = trial.act("a").undoes(context -> Act.refused());
        Act broken = trial.act("broken").runs(context -> Act.refused());
        lives.start(a.step(), broken.step());
        assertThat(lives.report().outcome()).isEqualTo(Outcome.LEFT_OVERS);
        a.undoes(a::takeAway);

        lives.undo(a.step(), broken.step());

        assertThat(lives.report().outcome()).isEqualTo(Outcome.UNDONE);
        assertThat(a.there).isFalse();
    }

    @Test
    void aSweepClosesWhatIsOpenAndLeavesTheRestForAResume() {
        Act door = trial.act("door");
        Act a = trial.act("a");
        Act b = trial.act("b");
        Pipe pipe = Lives.pipe(door.around(a.step(), b.step()));
        lives.dyingAfter("RESULT a").start(pipe, State.empty());

        lives.sweep(pipe);

        assertThat(trial.called()).containsExactly("look at door", "close door");
        assertThat(lives.report().outcome()).isEqualTo(Outcome.KEPT);
        assertThat(a.there).isTrue();

        lives.resume(pipe, State.empty());

        assertThat(trial.called()).containsExactly("open door", "run b", "close door");
        assertThat(lives.report().outcome()).isEqualTo(Outcome.DONE);
    }

    @Test
    void aRunOnAnotherTargetThanTheOneThatWasGivenIsNeitherResumedNorUndone() {
        Act a = trial.act("a");
        trial.options(it -> it.target("one cloud"));
        lives.dyingAfter("RESULT a").start(a.step());
        trial.options(it -> it.target("another cloud"));

        lives.resume(a.step());

        assertThat(lives.report().outcome()).isEqualTo(Outcome.REFUSED);
        assertThat(lives.refusal()).isEqualTo("it is a run on target one cloud, not on another cloud");

        lives.undo(a.step());

        assertThat(lives.report().outcome()).isEqualTo(Outcome.REFUSED);
        assertThat(a.there).isTrue();
    }

    @Test
    void aSweepPassesByRunsOnAnotherTargetThanTheOneThatWasGiven() {
        Act door = trial.act("door");
        Pipe pipe = Lives.pipe(door.around(trial.act("a").step()));
        trial.options(it -> it.target("one cloud"));
        lives.dyingAfter("RESULT a").start(pipe, State.empty());
        trial.options(it -> it.target("another cloud"));

        lives.sweep(pipe);

        assertThat(trial.called()).isEmpty();
        assertThat(lives.errors).isEmpty();
        assertThat(door.there).isTrue();
    }

    @Test
    void aSweepOfARunThatWasTurningBackLeavesTheUndoForAResume() {
        Act a = trial.act("a");
        Act door = trial.act("door");
        Act broken = trial.act("broken").runs(context -> Act.refused());
        Pipe pipe = Lives.pipe(a.step(), door.around(broken.step()));
        lives.dyingAfter("TURN broken").start(pipe, State.empty());

        lives.sweep(pipe);

        assertThat(door.there).isFalse();
        assertThat(a.there).isTrue();

        lives.resume(pipe, State.empty());

        assertThat(lives.report().outcome()).isEqualTo(Outcome.UNDONE);
        assertThat(a.there).isFalse();
    }

    @Test
    void whatWasUndoneAfterTheJournalHadFailedIsMadeAgainUnderAnotherToken() {
        Act a = trial.act("a");
        lives.dyingAfter("RESULT a").start(a.step());
        a.there = false;
        RunLog log = Objects.requireNonNull(
                lives.journal.takeUp(trial.options().runId).block());
        log.append(
                new JournalRecord(
                        JournalRecord.Kind.HELD,
                        Instant.EPOCH,
                        io.hybridpipe.event.Path.of(""),
                        0,
                        0,
                        Map.of("target", "p", "lost", true)),
                failure -> {});
        log.close().block();

        lives.resume(a.step());

        assertThat(trial.called()).endsWith("run a");
        assertThat(a.there).isTrue();
        assertThat(a.tokens).hasSize(2).doesNotHaveDuplicates();
    }

    @Test
    void aFanOutWhoseListHasChangedResumesWithTheOldList() {
        Act a = trial.act("a");
        lives.dyingAfter("ITEMS each").start(overItems(a, "x", "y"), State.empty());

        lives.resume(overItems(a, "y", "z"), State.empty());

        assertThat(lives.written())
                .contains("INTENT a")
                .filteredOn(it -> it.startsWith("RESULT"))
                .hasSize(2);
        assertThat(lives.report().elements())
                .extracting(it -> it.path().value())
                .contains("p/each[x]/a", "p/each[y]/a")
                .doesNotContain("p/each[z]/a");
    }

    private static Pipe overItems(Act act, String... items) {
        return Pipe.named("p")
                .forEach(
                        "each",
                        Each.of(Input.value(List.of(items)), Key.of("item", String.class), Function.<String>identity()),
                        body -> body.step("a", act))
                .build();
    }

    @Test
    void aConditionIsNotAskedAgain() {
        Act a = trial.act("a");
        Act b = trial.act("b");
        boolean[] holds = {true};
        Pipe pipe = Pipe.named("p")
                .when("maybe", Input.value(true).map(it -> holds[0]), "not now", body -> body.step("a", a))
                .step("b", b)
                .build();
        lives.dyingAfter("RESULT a").start(pipe, State.empty());
        holds[0] = false;

        lives.undo(pipe);

        assertThat(trial.called()).contains("undo a");
    }

    @Test
    void stepsAppendedBehindThePointReachedAreRun() {
        Act a = trial.act("a");
        Act b = trial.act("b");
        lives.dyingAfter("RESULT a").start(a.step());

        lives.resume(a.step(), b.step());

        assertThat(trial.called()).containsExactly("run b");
        assertThat(lives.report().outcome()).isEqualTo(Outcome.DONE);
    }

    @Test
    void aRenamedFinishedStepIsRefusedWithTheDifference() {
        Act a = trial.act("a");
        Act other = trial.act("a2");
        lives.dyingAfter("RESULT a").start(a.step());

        lives.resume(other.step());

        assertThat(lives.report().outcome()).isEqualTo(Outcome.REFUSED);
        assertThat(lives.refusal()).contains("p/a").contains("p/a2");
        assertThat(trial.called()).isEmpty();
        assertThat(lives.written()).doesNotContain("SETTLED p");
    }

    @Test
    void aRunOfAnotherPipeIsRefused() {
        Act a = trial.act("a");
        lives.dyingAfter("RESULT a").start(a.step());

        lives.resume(Pipe.named("q").element(a.step()).build(), State.empty());

        assertThat(lives.refusal()).isEqualTo("it is a run of pipe 'p', not of 'q'");
    }

    @Test
    void anUnknownRunIsRefused() {
        lives.resume(trial.act("a").step());

        assertThat(lives.report().outcome()).isEqualTo(Outcome.REFUSED);
        assertThat(lives.refusal()).isEqualTo("there is no log of run r");
    }

    @Test
    void aRunWhoseOwnerLivesIsRefusedAndItsOwnerNamed() {
        Act a = trial.act("a").runs(context -> reactor.core.publisher.Mono.never());
        lives.start(a.step());

        lives.resume(a.step());

        assertThat(lives.report().outcome()).isEqualTo(Outcome.REFUSED);
        assertThat(lives.refusal()).startsWith("target p is held by run r in process ");
    }

    @Test
    void secretsThatWereNotWrittenAreAskedForByKeyName() {
        Key<Secret<String>> psk =
                Key.of("psk", new TypeRef<Secret<String>>() {}).secret();
        Act a = trial.act("a");
        Act b = trial.act("b").contract(it -> it.reading(psk));
        Pipe pipe =
                Pipe.named("p").needs(psk).element(a.step()).element(b.step()).build();
        lives.dyingAfter("RESULT a").start(pipe, State.of(psk, Secret.of("a very secret text")));

        lives.resume(pipe, State.empty());

        assertThat(lives.report().outcome()).isEqualTo(Outcome.REFUSED);
        assertThat(lives.refusal()).endsWith("supply them: psk");

        lives.resume(pipe, State.of(psk, Secret.of("a very secret text")));

        assertThat(lives.report().outcome()).isEqualTo(Outcome.DONE);
        assertThat(lives.records().toString()).doesNotContain("a very secret text");
    }

    @Test
    void theReportOfAResumedRunHoldsWhatAnEarlierProcessDid() {
        Act a = trial.act("a");
        Act b = trial.act("b");
        lives.dyingAfter("RESULT a").start(a.step(), b.step());

        lives.resume(a.step(), b.step());

        assertThat(lives.report()
                        .element(io.hybridpipe.event.Path.of("p/a"))
                        .orElseThrow()
                        .status())
                .isEqualTo(Status.FINISHED);
        assertThat(lives.report().made()).extracting("id").containsExactly("a1", "b1");
    }

    @Test
    void aResumeIsToldByAnEventAndRestoredElementsAreNot() {
        Act a = trial.act("a");
        Act b = trial.act("b");
        lives.dyingAfter("RESULT a").start(a.step(), b.step());

        lives.resume(a.step(), b.step());

        assertThat(trial.events.stream().map(PipeEvent::type))
                .containsExactly("RunResumed", "StepStarted", "ResourceMade", "StepFinished", "RunSettled");
    }

    @Test
    void aPasswordThatWasChangedForGoodIsTheOneThatUndoWorksWith() {
        Key<String> password = Key.of("password", String.class);
        List<String> seen = new ArrayList<>();
        Act rotate = trial.act("rotate")
                .contract(it -> it.updating(password))
                .effect(Effect.irreversible("the old one is not known"));
        rotate.runs(context -> rotate.make(context).thenReturn(Outputs.of(password, "new")));
        Act early =
                trial.act("early").contract(it -> it.reading(password)).seeing(state -> seen.add(state.get(password)));
        Pipe pipe = Pipe.named("p")
                .needs(password)
                .element(early.step())
                .element(rotate.step())
                .build();
        lives.start(pipe, State.of(password, "old"));
        seen.clear();

        lives.undo(pipe);

        assertThat(trial.called()).containsExactly("undo early");
        assertThat(seen).containsExactly("new");
    }
}

// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe;

import static org.assertj.core.api.Assertions.assertThat;

import io.hybridpipe.event.PipeEvent;
import io.hybridpipe.event.Resource;
import io.hybridpipe.event.RunReport.Leftover;
import io.hybridpipe.event.RunReport.NotUndone;
import io.hybridpipe.event.RunReport.Outcome;
import io.hybridpipe.event.RunReport.Status;
import io.hybridpipe.retry.FailureClass;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;

/** Design §4.9: how a failed or cancelled run takes back what it did. */
class UndoTest {
    private static final Key<String> ID = Key.of("id", String.class);

    private final Trial trial = new Trial();
    private final Act a = trial.act("a");
    private final Act b = trial.act("b");
    private final Act broken = trial.act("broken").runs(context -> Act.refused());

    @Test
    void aFailedRunIsUndoneInReverse() {
        trial.start(a.step(), b.step(), broken.step()).passAll();

        assertThat(trial.called())
                .containsExactly("run a", "run b", "run broken", "look at broken", "undo b", "undo a");
        assertThat(trial.report().outcome()).isEqualTo(Outcome.UNDONE);
        assertThat(trial.statusOf("p/a")).isEqualTo(Status.UNDONE);
    }

    @Test
    void aCancelledRunIsUndoneToo() {
        trial.start(a.step(), trial.act("c").runs(context -> Mono.never()).step())
                .cancel()
                .passAll();

        assertThat(trial.called()).containsExactly("run a", "run c", "look at c", "undo a");
        assertThat(trial.report().outcome()).isEqualTo(Outcome.UNDONE);
    }

    @Test
    void undoStartsWithTheFailedStepItself() {
        broken.runs(context -> broken.make(context).then(Act.refused()));

        trial.start(a.step(), broken.step()).passAll();

        assertThat(trial.called()).containsExactly("run a", "run broken", "look at broken", "undo broken", "undo a");
        assertThat(broken.there).isFalse();
    }

    @Test
    void aStepThatNeverBeganIsNeitherLookedForNorUndone() {
        trial.start(broken.step(), a.step()).passAll();

        assertThat(trial.called()).containsExactly("run broken", "look at broken");
    }

    @Test
    void foundCarriesTheStepsOwnOutputs() {
        a.writing(ID, "vpc-1");

        trial.start(a.step(), broken.step()).passAll();

        assertThat(a.undone).containsExactly(Found.done(Outputs.of(ID, "vpc-1")));
    }

    @Test
    void foundIsWhatReconcileSawOfTheFailedStep() {
        broken.finds(Found.partly("one of two"));

        trial.start(broken.step()).passAll();

        assertThat(broken.undone).containsExactly(Found.partly("one of two"));
    }

    @Test
    void stepsWithoutEffectAreNotUndone() {
        a.effect(Effect.none());

        trial.start(a.step(), broken.step()).passAll();

        assertThat(trial.called()).doesNotContain("undo a");
        assertThat(trial.report().notUndone()).isEmpty();
    }

    @Test
    void undoGoesPastIrreversibleStepsAndListsThem() {
        b.effect(Effect.irreversible("a licence is used up"));

        trial.start(a.step(), b.step(), broken.step()).passAll();

        assertThat(trial.called()).endsWith("look at broken", "undo a");
        assertThat(trial.report().notUndone())
                .containsExactly(new NotUndone(io.hybridpipe.event.Path.of("p/b"), "a licence is used up"));
        assertThat(trial.statusOf("p/b")).isEqualTo(Status.NOT_UNDONE);
        assertThat(trial.report().outcome()).isEqualTo(Outcome.UNDONE);
    }

    @Test
    void anUndoIsTriedAsOftenAsTheStepIsTriedAgain() {
        a.attempts(12).undoes(context -> Act.fails(FailureClass.TRANSIENT));

        trial.start(a.step(), broken.step()).passAll();

        assertThat(trial.timesOf("undo a")).hasSize(11);
        assertThat(trial.leftovers()).containsExactly("p/a");
    }

    @Test
    void anUndoIsTriedFourTimesThoughTheStepIsNeverTriedAgain() {
        a.attempts(1).undoes(context -> Act.fails(FailureClass.TRANSIENT));

        trial.start(a.step(), broken.step()).passAll();

        assertThat(trial.timesOf("undo a")).hasSize(4);
    }

    @Test
    void anUndoIsTriedNoLongerThanTheStepIsTriedAgain() {
        a.options(it -> it.withRetry(
                        it.retry().withEach(each -> each.withMaxAttempts(1_000).withMaxElapsed(Duration.ofMinutes(1)))))
                .undoes(context -> Act.fails(FailureClass.TRANSIENT));

        trial.start(a.step(), broken.step()).passAll();

        assertThat(trial.timesOf("undo a").size()).isGreaterThan(4);
        assertThat(trial.timesOf("undo a")).last().satisfies(at -> assertThat(at)
                .isLessThan(Duration.ofMinutes(2)));
        assertThat(trial.leftovers()).containsExactly("p/a");
    }

    @Test
    void whatAnUndoAskedForWithoutAnAnswerMayComeBeforeItIsTriedAgain() {
        a.options(it -> it.withVisibility(Duration.ofSeconds(30))).undoes(context -> Act.lost(), a::takeAway);

        trial.start(a.step(), broken.step()).passAll();

        List<Duration> times = trial.timesOf("undo a");
        assertThat(times).hasSize(2);
        assertThat(times.get(1).minus(times.get(0))).isGreaterThanOrEqualTo(Duration.ofSeconds(30));
        assertThat(trial.report().outcome()).isEqualTo(Outcome.UNDONE);
    }

    @Test
    void undoGoesPastUndosThatFail() {
        b.undoes(context -> Act.refused());

        trial.start(a.step(), b.step(), broken.step()).passAll();

        assertThat(trial.called()).endsWith("undo b", "undo a");
        assertThat(trial.leftovers()).containsExactly("p/b");
        assertThat(a.there).isFalse();
    }

    @Test
    void aLeftoverNamesItsResourceAndWhy() {
        a.undoes(context -> Act.refused());

        trial.start(a.step(), broken.step()).passAll();

        Leftover left = trial.report().leftovers().get(0);
        assertThat(left.resources()).containsExactly(Resource.of("thing", "a1", "toy"));
        assertThat(left.why()).isEqualTo("refused");
        assertThat(trial.statusOf("p/a")).isEqualTo(Status.LEFT_OVER);
    }

    @Test
    void aLeftoverWithoutAKnownIdIsListedAsPathAndToken() {
        a.runs(context -> context.mutate(Act.lost()))
                .finds(Found.unknown("access denied"))
                .undoes(context -> Act.refused());

        trial.start(a.step()).passAll();

        Leftover left = trial.report().leftovers().get(0);
        assertThat(left.path().value()).isEqualTo("p/a");
        assertThat(left.resources()).isEmpty();
        assertThat(left.token()).isEqualTo(a.tokens.get(0));
    }

    @Test
    void aPassingFailureOfAnUndoIsTriedAgain() {
        a.undoes(
                context -> Act.fails(FailureClass.TRANSIENT),
                context -> Act.fails(FailureClass.THROTTLED),
                a::takeAway);

        trial.start(a.step(), broken.step()).passAll();

        assertThat(trial.timesOf("undo a")).hasSize(3);
        assertThat(trial.report().outcome()).isEqualTo(Outcome.UNDONE);
    }

    @Test
    void anUndoOfUnknownOutcomeIsLookedUpOnceMore() {
        a.undoes(context -> a.takeAway(context).then(Act.lost()));

        trial.start(a.step(), broken.step()).passAll();

        assertThat(trial.called()).endsWith("undo a", "look at a");
        assertThat(trial.report().outcome()).isEqualTo(Outcome.UNDONE);
    }

    @Test
    void anUndoThatHangsGetsAQuarterOfWhatIsLeftAndEndsAsALeftover() {
        b.undoes(context -> Mono.never());

        trial.start(a.step(), b.step(), broken.step()).passAll();

        assertThat(trial.timesOf("undo b").get(1)).isBetween(Duration.ofMillis(450_000), Duration.ofSeconds(451));
        assertThat(trial.leftovers()).containsExactly("p/b");
        assertThat(a.there).as("the others are undone").isFalse();
    }

    @Test
    void anUndoTimeoutOfTheStepsOwnIsKept() {
        a.options(it -> it.withUndoTimeout(Duration.ofSeconds(7))).undoes(context -> Mono.never(), a::takeAway);

        trial.start(a.step(), broken.step()).passAll();

        assertThat(trial.timesOf("undo a").get(1)).isBetween(Duration.ofSeconds(7), Duration.ofSeconds(8));
    }

    @Test
    void whatIsNotUndoneWhenTheUndoDeadlinePassesIsLeftOver() {
        b.options(it -> it.withUndoTimeout(Duration.ofHours(5))).undoes(context -> Mono.never());

        trial.start(a.step(), b.step(), broken.step()).passAll();

        assertThat(trial.leftovers()).containsExactlyInAnyOrder("p/b", "p/a");
        assertThat(trial.called()).doesNotContain("undo a");
        assertThat(trial.report().endedAt()).isEqualTo(java.time.Instant.EPOCH.plus(Duration.ofMinutes(30)));
    }

    @Test
    void undoIsDeafToCancel() {
        a.undoes(context -> a.takeAway(context).delaySubscription(Duration.ofSeconds(5), trial.time));

        trial.start(a.step(), broken.step()).cancel().pass(Duration.ofSeconds(5));

        assertThat(trial.timesOf("undo a")).hasSize(1);
        assertThat(trial.report().outcome()).isEqualTo(Outcome.UNDONE);
        assertThat(trial.events(PipeEvent.RunCancelRequested.class)).isEmpty();
    }

    @Test
    void aCompletedUndoMakesAllThatTheStepMadeGone() {
        trial.start(a.step(), broken.step()).passAll();

        assertThat(trial.events(PipeEvent.ResourceGone.class))
                .extracting(it -> it.resource().id())
                .containsExactly("a1");
        assertThat(trial.report().made()).isEmpty();
    }

    @Test
    void undoOfInnerStepsComesBeforeTheirScopeCloses() {
        Act door = trial.act("door");

        trial.start(door.around(a.step(), broken.step())).passAll();

        assertThat(trial.called()).endsWith("undo a", "close door");
    }

    @Test
    void everyKeyHasItsLatestValueInUndo() {
        Key<String> password = Key.of("password", String.class);
        List<String> seen = new ArrayList<>();
        a.contract(it -> it.reading(password)).seeing(state -> seen.add("a " + state.get(password)));
        b.contract(it -> it.updating(password).withEffect(Effect.irreversible("passwords only go forward")));
        b.runs(context -> Mono.just(Outputs.of(password, "second")));
        Pipe pipe = Pipe.named("p")
                .needs(password)
                .step("a", a)
                .step("b", b)
                .step("broken", broken)
                .build();

        trial.start(pipe, State.of(password, "first")).passAll();

        assertThat(seen).containsExactly("a first", "a second");
    }

    @Test
    void anUpdateWhoseUndoSucceededIsMinusAgain() {
        Key<String> password = Key.of("password", String.class);
        List<String> seen = new ArrayList<>();
        a.contract(it -> it.reading(password)).seeing(state -> seen.add("a " + state.get(password)));
        b.contract(it -> it.updating(password)).seeing(state -> seen.add("b " + state.get(password)));
        b.runs(context -> b.make(context).thenReturn(Outputs.of(password, "second")));
        Pipe pipe = Pipe.named("p")
                .needs(password)
                .step("a", a)
                .step("b", b)
                .step("broken", broken)
                .build();

        trial.start(pipe, State.of(password, "first")).passAll();

        assertThat(seen).containsExactly("a first", "b first", "b second", "a first");
    }

    @Test
    void aStepsOwnOutputsHaveTheirLatestValueInItsUndoToo() {
        List<String> seen = new ArrayList<>();
        a.writing(ID, "first");
        a.seeing(state -> state.find(ID).ifPresent(seen::add));
        b.contract(it -> it.updating(ID).withEffect(Effect.irreversible("forward only")));
        b.runs(context -> Mono.just(Outputs.of(ID, "second")));
        a.undoes(context -> Mono.empty());
        Step reads = new UndoReads(ID, seen);

        trial.start(Element.step("reads", reads), b.step(), broken.step()).passAll();

        assertThat(seen).containsExactly("second");
    }

    @Test
    void keepKeepsEverythingOnFailure() {
        trial.options(it -> it.onFailure(RunOptions.OnFailure.KEEP))
                .start(a.step(), broken.step())
                .passAll();

        assertThat(trial.called()).containsExactly("run a", "run broken");
        assertThat(trial.report().outcome()).isEqualTo(Outcome.KEPT);
        assertThat(trial.report().made()).hasSize(1);
    }

    @Test
    void keepKeepsEverythingOnCancelToo() {
        trial.options(it -> it.onFailure(RunOptions.OnFailure.KEEP))
                .start(a.step(), trial.act("c").runs(context -> Mono.never()).step())
                .cancel()
                .passAll();

        assertThat(trial.called()).containsExactly("run a", "run c");
        assertThat(trial.report().outcome()).isEqualTo(Outcome.KEPT);
    }

    @Test
    void keptAnUpdateThatMayHaveHappenedIsLookedForSinceTheScopeRoundItNeedsIt() {
        Key<String> password = Key.of("password", String.class);
        List<String> seen = new ArrayList<>();
        Act door =
                trial.act("door").contract(it -> it.reading(password)).seeing(state -> seen.add(state.get(password)));
        a.contract(it -> it.updating(password)).finds(Found.done(Outputs.of(password, "second")));
        a.runs(context -> a.makeIn(Duration.ofSeconds(5), context));
        Pipe pipe =
                Pipe.named("p").needs(password).element(door.around(a.step())).build();

        trial.options(it -> it.onFailure(RunOptions.OnFailure.KEEP))
                .start(pipe, State.of(password, "first"))
                .pass(Duration.ofSeconds(1))
                .cancel()
                .passAll();

        assertThat(trial.called()).containsExactly("open door", "run a", "look at a", "close door");
        assertThat(seen).containsExactly("first", "second");
    }

    @Test
    void theScopesOfAFailedRunAreClosedThoughTheirUndoDeadlineHasPassed() {
        Act door = trial.act("door");
        a.options(it -> it.withUndoTimeout(Duration.ofHours(5))).undoes(context -> Mono.never());

        trial.start(door.around(a.step(), broken.step())).passAll();

        assertThat(trial.timesOf("close door")).containsExactly(Duration.ofMinutes(30));
        assertThat(trial.leftovers()).containsExactly("p/door/a");
    }

    @Test
    void anotherUndoPassHasADeadlineOfItsOwn() {
        Act door = trial.act("door");
        a.options(it -> it.withUndoTimeout(Duration.ofHours(5))).undoes(context -> Mono.never());

        trial.start(b.step(), door.around(a.step(), broken.step())).passAll();

        assertThat(trial.timesOf("undo b"))
                .as("the scope's pass used up its own")
                .containsExactly(Duration.ofMinutes(30));
        assertThat(b.there).isFalse();
    }

    @Test
    void anUndoableStepWithoutAnUndoIsALeftoverThatSaysSo() {
        Step without = new Step() {
            @Override
            public Contract contract() {
                return Contract.of("without");
            }

            @Override
            public Mono<Outputs> run(State state, StepContext context) {
                return Mono.empty();
            }
        };

        trial.start(Element.step("without", without), broken.step()).passAll();

        assertThat(trial.report().leftovers().get(0).why()).contains("has no undo");
    }

    /** Writes a key, and notes what its undo sees of it. */
    private record UndoReads(Key<String> key, List<String> seen) implements Step {
        @Override
        public Contract contract() {
            return Contract.of("undo-reads").writing(key);
        }

        @Override
        public Mono<Outputs> run(State state, StepContext context) {
            return Mono.just(Outputs.of(key, "first"));
        }

        @Override
        public Mono<Void> undo(State state, Found found, StepContext context) {
            seen.add(state.get(key));
            return Mono.empty();
        }
    }
}

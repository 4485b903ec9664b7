// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe;

import static org.assertj.core.api.Assertions.assertThat;

import io.hybridpipe.event.RunReport.Outcome;
import io.hybridpipe.event.RunReport.Status;
import io.hybridpipe.retry.FailureClass;
import io.hybridpipe.retry.StepFailure;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;

/** Design §4.8: what is opened is closed, however the run goes. */
class ScopeTest {
    private static final Key<String> ID = Key.of("id", String.class);

    private final Trial trial = new Trial();
    private final Act door = trial.act("door");
    private final Act inside = trial.act("inside");

    private Act failing(String name) {
        return trial.act(name).runs(context -> Act.refused());
    }

    @Test
    void aScopeIsOpenWhileItsBodyRunsAndClosedAfterwards() {
        trial.start(door.around(inside.step()), trial.act("after").step());

        assertThat(trial.called()).containsExactly("open door", "run inside", "close door", "run after");
        assertThat(trial.report().outcome()).isEqualTo(Outcome.DONE);
    }

    @Test
    void aHeldScopeIsClosedAfterAllThatFollowsIt() {
        Pipe pipe = Pipe.named("p")
                .step("before", trial.act("before"))
                .holding("door", door)
                .step("a", trial.act("a"))
                .step("b", trial.act("b"))
                .build();

        trial.start(pipe, State.empty());

        assertThat(trial.called()).containsExactly("run before", "open door", "run a", "run b", "close door");
    }

    @Test
    void aScopeIsClosedWhenItsBodyFails() {
        trial.start(door.around(inside.step(), failing("broken").step())).passAll();

        assertThat(trial.called())
                .containsExactly(
                        "open door", "run inside", "run broken", "look at broken", "undo inside", "close door");
        assertThat(trial.report().outcome()).isEqualTo(Outcome.UNDONE);
    }

    @Test
    void aScopeIsClosedWhenItsBodyTimesOut() {
        Act hanging = trial.act("hanging").options(it -> it.withStepTimeout(Duration.ofSeconds(5)));
        hanging.runs(context -> Mono.never());

        trial.start(door.around(hanging.step())).passAll();

        assertThat(door.there).isFalse();
        assertThat(trial.timesOf("close door")).containsExactly(Duration.ofSeconds(5));
    }

    @Test
    void aCloseThatIsNeverAnsweredIsGivenUpAlsoWhenItsScopeIsTriedWithoutEnd() {
        door.options(it -> it.withMaxAttempts(Integer.MAX_VALUE))
                .undoes(context -> Mono.error(StepFailure.throttled(Duration.ofSeconds(1), "slow down", null)));

        trial.start(door.around(trial.act("a").step())).passAll();

        assertThat(trial.report().outcome()).isEqualTo(Outcome.LEFT_OVERS);
        assertThat(trial.leftovers()).containsExactly("p/door");
    }

    @Test
    void aScopeIsClosedOnCancel() {
        trial.start(door.around(trial.act("a").runs(context -> Mono.never()).step()))
                .pass(Duration.ofSeconds(1))
                .cancel()
                .passAll();

        assertThat(door.there).isFalse();
        assertThat(trial.called()).endsWith("close door");
    }

    @Test
    void aScopeThatIsCancelledWhileItOpensIsClosed() {
        door.runs(context -> door.makeIn(Duration.ofSeconds(5), context));

        trial.start(door.around(inside.step())).pass(Duration.ofSeconds(1)).cancel();
        assertThat(trial.called()).containsExactly("open door");
        trial.passAll();

        assertThat(trial.called()).containsExactly("open door", "look at door", "close door");
        assertThat(trial.timesOf("look at door")).containsExactly(Duration.ofSeconds(5));
        assertThat(door.there).isFalse();
        assertThat(trial.report().outcome()).isEqualTo(Outcome.UNDONE);
    }

    @Test
    void aScopeWhoseOpenIsLostAndNeverSeenIsClosedAllTheSame() {
        door.finds(Found.unknown("access denied")).runs(door::makeAndLose);

        trial.start(door.around(inside.step())).passAll();

        assertThat(trial.called()).containsExactly("open door", "look at door", "look at door", "close door");
        assertThat(door.there).isFalse();
    }

    @Test
    void whatExistedBeforeIsNotClosed() {
        door.there = true;
        door.runs(context -> Act.refused()).finds(Found.absent());

        trial.start(door.around(inside.step())).passAll();

        assertThat(trial.called()).doesNotContain("close door", "run inside");
        assertThat(door.there).isTrue();
    }

    @Test
    void aCloseIsNotCutByACancel() {
        door.undoes(context -> door.takeAway(context).delaySubscription(Duration.ofSeconds(8), trial.time));

        trial.start(door.around(inside.step()), trial.act("after").step())
                .pass(Duration.ofSeconds(2))
                .cancel()
                .passAll();

        assertThat(trial.timesOf("close door"))
                .as("closed once, in its own time")
                .containsExactly(Duration.ZERO, Duration.ofSeconds(8));
    }

    @Test
    void aCloseHasItsOwnTimeoutOfAMinuteAndRetries() {
        door.undoes(context -> Mono.never(), context -> Act.fails(FailureClass.TRANSIENT), door::takeAway);

        trial.start(door.around(inside.step())).passAll();

        assertThat(trial.timesOf("close door")).hasSize(3);
        assertThat(trial.timesOf("close door").get(1))
                .isBetween(Duration.ofMinutes(1), Duration.ofMinutes(1).plusSeconds(1));
        assertThat(trial.report().outcome()).isEqualTo(Outcome.DONE);
    }

    @Test
    void aScopeIsClosedAfterEveryDeadline() {
        Act stuck = trial.act("stuck")
                .options(it -> it.withUndoTimeout(Duration.ofHours(1)))
                .undoes(context -> Mono.never());

        trial.options(it -> it.deadline(Duration.ofMinutes(1)).undoDeadline(Duration.ofMinutes(1)))
                .start(door.around(
                        stuck.step(),
                        trial.act("hanging").runs(context -> Mono.never()).step()))
                .passAll();

        assertThat(trial.leftovers()).containsExactly("p/door/stuck");
        assertThat(door.there).isFalse();
        assertThat(trial.timesOf("close door")).containsExactly(Duration.ofMinutes(2));
    }

    @Test
    void aFailedCloseIsALeftoverAndDoesNotStopForwardWork() {
        door.undoes(context -> Act.refused());
        Act after = trial.act("after");

        trial.start(door.around(inside.step()), after.step()).passAll();

        assertThat(trial.called()).endsWith("close door", "run after");
        assertThat(trial.report().outcome()).isEqualTo(Outcome.LEFT_OVERS);
        assertThat(trial.leftovers()).containsExactly("p/door");
        assertThat(trial.statusOf("p/door")).isEqualTo(Status.LEFT_OVER);
        assertThat(after.there).as("nothing is undone for it").isTrue();
        assertThat(inside.there).isTrue();
    }

    @Test
    void aRunThatLeftADoorOpenFailsAtItsEnd() {
        door.undoes(context -> Act.refused());

        trial.start(door.around(inside.step())).passAll();

        assertThat(trial.run().result().materialize().block().getThrowable())
                .isInstanceOf(PipeFailedException.class)
                .hasMessageContaining("left-overs")
                .hasMessageContaining("left over: p/door");
    }

    @Test
    void aFailedCloseNeverHidesTheFirstError() {
        door.undoes(context -> Act.refused());
        Act broken = trial.act("broken").runs(context -> Mono.error(new IllegalStateException("the first error")));

        trial.start(door.around(broken.step())).passAll();

        assertThat(trial.report().failure().orElseThrow().message()).isEqualTo("the first error");
        assertThat(trial.report().outcome()).isEqualTo(Outcome.LEFT_OVERS);
    }

    @Test
    void aCloseThatIsLostIsLookedUpOnceMore() {
        door.undoes(context -> door.takeAway(context).then(Act.lost()));

        trial.start(door.around(inside.step())).passAll();

        assertThat(trial.called()).endsWith("close door", "look at door");
        assertThat(trial.report().outcome()).isEqualTo(Outcome.DONE);
    }

    @Test
    void aScopeClosesThoughItsEnclosingScopeCannotBeOpenedAgain() {
        Act outer = trial.act("outer");
        outer.runs(outer::make, context -> Act.refused());
        Act inner = trial.act("inner");
        // its first close is lost and can not be looked for, so that it still stands when undo comes
        inner.undoes(context -> Act.lost(), inner::takeAway).finds(Found.unknown("no answer"));

        trial.start(outer.around(inner.around(inside.step())), failing("broken").step())
                .passAll();

        assertThat(outer.there).isFalse();
        assertThat(trial.timesOf("close inner").size()).isGreaterThan(1);
        assertThat(inner.there).isFalse();
    }

    @Test
    void aCloseThatHangsIsALeftoverInTheEnd() {
        door.undoes(context -> Mono.never());

        trial.start(door.around(inside.step())).passAll();

        assertThat(trial.timesOf("close door")).hasSize(4);
        assertThat(trial.leftovers()).containsExactly("p/door");
    }

    @Test
    void anOpenThatFailsIsRetriedLikeAStep() {
        door.runs(context -> Act.fails(FailureClass.TRANSIENT), door::make);

        trial.start(door.around(inside.step())).passAll();

        assertThat(trial.called()).containsExactly("open door", "open door", "run inside", "close door");
    }

    @Test
    void aScopeWhoseOpenIsRefusedIsNotEnteredAndNothingIsClosed() {
        door.runs(context -> Act.refused());

        trial.start(trial.act("before").step(), door.around(inside.step())).passAll();

        assertThat(trial.called()).containsExactly("run before", "open door", "look at door", "undo before");
        assertThat(trial.report().outcome()).isEqualTo(Outcome.UNDONE);
    }

    @Test
    void nestedScopesCloseInsideOut() {
        Act inner = trial.act("inner");

        trial.start(door.around(inner.around(inside.step())));

        assertThat(trial.called())
                .containsExactly("open door", "open inner", "run inside", "close inner", "close door");
    }

    @Test
    void keysOfTheOpenAreSeenInsideAndGoneOutsideWhileThoseOfInnerStepsStay() {
        Key<String> inner = Key.of("inner", String.class);
        List<String> seen = new ArrayList<>();
        door.writing(ID, "door-1");
        inside.contract(it -> it.reading(ID)).writing(inner, "x").seeing(state -> seen.add(state.get(ID)));
        Pipe pipe = Pipe.named("p").element(door.around(inside.step())).build();

        trial.start(pipe, State.empty());

        State end = trial.run().result().block();
        assertThat(seen).containsExactly("door-1");
        assertThat(end.find(ID)).isEmpty();
        assertThat(end.get(inner)).isEqualTo("x");
    }

    @Test
    void aScopeInAGroupClosesBeforeTheGroupEnds() {
        trial.start(
                Element.concurrently(
                        "g",
                        Group.ofDefaults(),
                        door.around(inside.step()),
                        trial.act("b").step()),
                trial.act("after").step());

        assertThat(trial.called()).containsSubsequence("close door", "run after");
    }

    @Test
    void scopesCloseOnKeepToo() {
        trial.options(it -> it.onFailure(RunOptions.OnFailure.KEEP))
                .start(door.around(inside.step(), failing("broken").step()))
                .passAll();

        assertThat(trial.called()).containsExactly("open door", "run inside", "run broken", "close door");
        assertThat(inside.there).isTrue();
        assertThat(trial.report().outcome()).isEqualTo(Outcome.KEPT);
    }
}

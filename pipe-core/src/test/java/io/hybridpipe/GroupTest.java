// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hybridpipe.event.RunReport.Outcome;
import io.hybridpipe.event.RunReport.Status;
import io.hybridpipe.retry.StepFailure;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;

/** Design §4.7: elements that run concurrently. */
class GroupTest {
    private static final Key<String> ID = Key.of("id", String.class);

    private final Trial trial = new Trial();

    private Act slow(String name, int seconds) {
        Act act = trial.act(name);
        return act.runs(context -> act.makeIn(Duration.ofSeconds(seconds), context))
                .undoes(context -> act.takeAway(context).delaySubscription(Duration.ofSeconds(seconds), trial.time));
    }

    private Act failing(String name, int seconds, String message) {
        return trial.act(name).runs(context -> Mono.delay(Duration.ofSeconds(seconds), trial.time)
                .then(Mono.error(StepFailure.permanent(message))));
    }

    private static Element group(Group group, Act... members) {
        Element[] steps = new Element[members.length];
        for (int i = 0; i < members.length; i++) {
            steps[i] = members[i].step();
        }
        return Element.concurrently("g", group, steps);
    }

    @Test
    void membersSeeTheStateAtTheGroupsStart() {
        List<String> seen = new ArrayList<>();
        Act before = trial.act("before").writing(ID, "before");
        Act a = trial.act("a").contract(it -> it.reading(ID)).seeing(state -> seen.add("a " + state.get(ID)));
        Act b = trial.act("b").contract(it -> it.reading(ID)).seeing(state -> seen.add("b " + state.get(ID)));

        trial.start(before.step(), group(Group.ofDefaults(), a, b));

        assertThat(seen).containsExactly("a before", "b before");
    }

    @Test
    void membersRunAtTheSameTime() {
        trial.start(group(Group.ofDefaults(), slow("a", 5), slow("b", 5))).pass(Duration.ofSeconds(5));

        assertThat(trial.report().outcome()).isEqualTo(Outcome.DONE);
    }

    @Test
    void outputsOfAllMembersAreThereAfterwardsWhoeverEndedFirst() {
        Key<String> a = Key.of("a", String.class);
        Key<String> b = Key.of("b", String.class);
        Pipe pipe = Pipe.named("p")
                .concurrently(
                        "g",
                        slow("a", 5).writing(a, "1").step(),
                        slow("b", 1).writing(b, "2").step())
                .build();

        trial.start(pipe, State.empty()).passAll();

        State end = trial.run().result().block();
        assertThat(end.get(a) + end.get(b)).isEqualTo("12");
        assertThat(end.origin(a)).hasToString("Optional[p/g/a]");
    }

    @Test
    void theFirstFailureCancelsTheSiblings() {
        Act never = trial.act("never").runs(context -> Mono.never());

        trial.start(group(Group.ofDefaults(), never, failing("b", 3, "broken"))).pass(Duration.ofSeconds(3));

        assertThat(trial.report().failure().orElseThrow().message()).isEqualTo("broken");
        assertThat(trial.report()
                        .element(io.hybridpipe.event.Path.of("p/g/never"))
                        .orElseThrow()
                        .message())
                .contains("stopped because p/g/b failed");
    }

    @Test
    void finishThenFailLetsTheSiblingsFinish() {
        Act a = slow("a", 10);

        trial.start(group(Group.ofDefaults().finishThenFail(), a, failing("b", 3, "broken")))
                .passAll();

        assertThat(a.made).isEqualTo(1);
        assertThat(trial.timesOf("undo a")).containsExactly(Duration.ofSeconds(10));
        assertThat(trial.called()).doesNotContain("look at a");
    }

    @Test
    void anOutsideCancelBeatsFinishThenFail() {
        Act a = trial.act("a").runs(context -> Mono.never());

        trial.start(group(Group.ofDefaults().finishThenFail(), a, failing("b", 1, "broken")))
                .pass(Duration.ofSeconds(2));
        assertThat(trial.isSettled()).isFalse();
        trial.cancel();

        assertThat(trial.report().outcome()).isEqualTo(Outcome.UNDONE);
        assertThat(trial.report().failure().orElseThrow().message()).isEqualTo("broken");
    }

    @Test
    void aDeadlineBeatsFinishThenFail() {
        Act a = trial.act("a").runs(context -> Mono.never());

        trial.options(it -> it.deadline(Duration.ofSeconds(30)))
                .start(group(Group.ofDefaults().finishThenFail(), a, failing("b", 1, "broken")))
                .pass(Duration.ofSeconds(30));

        assertThat(trial.isSettled()).isTrue();
    }

    @Test
    void thePrimaryErrorIsTheFirstInTimeAndTheOthersAreSuppressedInDeclaredOrder() {
        trial.start(group(
                        Group.ofDefaults().finishThenFail(),
                        failing("a", 3, "third"),
                        failing("b", 1, "first"),
                        failing("c", 2, "second")))
                .passAll();

        Throwable failed = trial.run().result().materialize().block().getThrowable();
        assertThat(failed.getCause()).hasMessage("first");
        assertThat(failed.getSuppressed()).extracting(Throwable::getMessage).containsExactly("third", "second");
        assertThat(trial.report().failure().orElseThrow().others()).containsExactly("third", "second");
    }

    @Test
    void undoStartsWhenAllMembersHaveSettled() {
        Act a = trial.act("a");
        Act b = slow("b", 6);

        trial.start(group(Group.ofDefaults(), a, b, failing("c", 1, "broken"))).passAll();

        assertThat(trial.timesOf("undo a")).containsExactly(Duration.ofSeconds(6));
        assertThat(trial.called())
                .as("undo begins only after b, a call in flight, has ended")
                .containsSubsequence("run c", "look at b", "undo a");
    }

    @Test
    void atMostSoManyMembersRunAtOnce() {
        List<Integer> together = new ArrayList<>();
        int[] running = {0};
        Function<String, Act> member = name -> trial.act(name).runs(context -> {
            together.add(++running[0]);
            return Mono.delay(Duration.ofSeconds(1), trial.time)
                    .doOnNext(tick -> running[0]--)
                    .then(Mono.empty());
        });

        trial.start(group(
                        Group.ofDefaults().atMost(2),
                        member.apply("a"),
                        member.apply("b"),
                        member.apply("c"),
                        member.apply("d"),
                        member.apply("e")))
                .passAll();

        assertThat(together).hasSize(5).contains(2).allMatch(it -> it <= 2);
    }

    @Test
    void undoKeepsTheGroupsBound() {
        Act a = slow("a", 2);
        Act b = slow("b", 2);
        Act c = slow("c", 2);

        trial.start(
                        group(Group.ofDefaults().atMost(2), a, b, c),
                        failing("d", 0, "broken").step())
                .passAll();

        // all were made in 4 seconds, two at a time
        assertThat(trial.timesOf("undo c")).containsExactly(Duration.ofSeconds(4));
        assertThat(trial.timesOf("undo b")).containsExactly(Duration.ofSeconds(4));
        assertThat(trial.timesOf("undo a")).containsExactly(Duration.ofSeconds(6));
    }

    @Test
    void membersThatHadNotStartedWhenTheFirstFailedNeverStart() {
        trial.start(group(Group.ofDefaults().atMost(1), failing("a", 1, "broken"), trial.act("b")))
                .passAll();

        assertThat(trial.called()).doesNotContain("run b");
    }

    @Test
    void aScopeWhoseBodyFailedUndoesAndClosesAtOnceWhileSiblingsStillRun() {
        Act door = trial.act("door");
        Act inside = trial.act("inside");
        Act sibling = slow("sibling", 60);

        trial.start(Element.concurrently(
                        "g",
                        Group.ofDefaults().finishThenFail(),
                        door.around(
                                inside.step(), failing("broken", 1, "broken").step()),
                        sibling.step()))
                .pass(Duration.ofSeconds(2));

        assertThat(trial.called()).containsSubsequence("run broken", "undo inside", "close door");
        assertThat(trial.timesOf("close door")).containsExactly(Duration.ofSeconds(1));
        trial.passAll();
        assertThat(trial.timesOf("undo sibling")).containsExactly(Duration.ofSeconds(60));
        assertThat(trial.timesOf("undo inside")).as("once only").hasSize(1);
    }

    @Test
    void aFanOutBodyThatUpdatesAnOuterKeyCountsAsTwoWriters() {
        Key<String> item = Key.of("item", String.class);
        Pipe.Builder pipe = Pipe.named("p")
                .needs(ID)
                .forEach(
                        "each",
                        Each.of(Input.value(List.of("x", "y")), item, Function.<String>identity()),
                        body -> body.step("a", trial.act("a").contract(it -> it.updating(ID))));

        assertThatThrownBy(pipe::build).isInstanceOf(PipeCheckException.class).hasMessageContaining("id");
    }

    @Test
    void anEmptyGroupIsDone() {
        trial.start(Element.concurrently("g", Group.ofDefaults()));

        assertThat(trial.report().outcome()).isEqualTo(Outcome.DONE);
    }

    @Test
    void membersOfAFailedGroupAreShownAsUndoneOrFailed() {
        trial.start(group(Group.ofDefaults(), trial.act("a"), failing("b", 1, "broken")))
                .passAll();

        assertThat(trial.statusOf("p/g/a")).isEqualTo(Status.UNDONE);
        assertThat(trial.statusOf("p/g/b")).isEqualTo(Status.FAILED);
        assertThat(trial.statusOf("p/g")).isEqualTo(Status.FAILED);
    }
}

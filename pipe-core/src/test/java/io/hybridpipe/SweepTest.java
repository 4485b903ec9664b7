// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe;

import static org.assertj.core.api.Assertions.assertThat;

import io.hybridpipe.event.RunId;
import io.hybridpipe.event.RunReport.Outcome;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;

/** What dead runs left open is closed, whatever stands in the way of one of them. */
class SweepTest {
    private final Trial trial = new Trial();
    private final Lives lives = new Lives(trial);

    private Act openDoorOf(String run, String inside) {
        Act door = trial.act("door");
        RunOptions withoutTarget = trial.options();
        trial.options(it -> it.runId(RunId.of(run)).target(run));
        lives.dyingAfter("RESULT " + inside)
                .start(door.around(trial.act(inside).step(), trial.act("b").step()));
        assertThat(door.there).isTrue();
        trial.options(it -> withoutTarget.runId(RunId.of(run)));
        return door;
    }

    private Pipe pipe(Act door) {
        return Lives.pipe(door.around(trial.act("a").step(), trial.act("b").step()));
    }

    @Test
    void aRunOnWhoseTargetAnotherOneWorksIsPassedBy() {
        Act first = openDoorOf("first", "a");
        Act second = openDoorOf("second", "a");
        assertThat(lives.journal.create(RunId.of("third"), "first").block()).isNotNull();

        lives.sweep(pipe(second));

        assertThat(first.there).isTrue();
        assertThat(second.there).isFalse();
        assertThat(lives.errors).isEmpty();
    }

    @Test
    void aRunThatIsRefusedDoesNotStopTheOthersAndIsTold() {
        openDoorOf("first", "changed-since");
        openDoorOf("second", "changed-too");
        Act third = openDoorOf("third", "a");

        lives.sweep(pipe(third));

        assertThat(third.there).isFalse();
        assertThat(lives.errors).hasSize(1);
        assertThat(lives.errors.get(0)).hasMessageContaining("changed-since");
        assertThat(lives.errors.get(0).getSuppressed()).singleElement().satisfies(other -> assertThat(other)
                .hasMessageContaining("changed-too"));
    }

    @Test
    void aSweepThatIsToldToStopClosesWhatItHasBegunWithAndLeavesNothingOver() {
        Act door = openDoorOf("r", "a");
        door.undoes(context -> Mono.delay(Duration.ofMinutes(1), trial.time).then(door.takeAway(context)));
        trial.options(it -> it.deadline(Duration.ofSeconds(20)));

        lives.sweep(pipe(door));

        assertThat(door.there).isFalse();
        assertThat(lives.report().outcome()).isEqualTo(Outcome.KEPT);
    }

    @Test
    void anUpdateOfUnknownOutcomeIsLookedForBeforeTheScopeRoundItIsClosed() {
        Key<String> password = Key.of("password", String.class);
        List<String> seen = new ArrayList<>();
        Act door =
                trial.act("door").contract(it -> it.reading(password)).seeing(state -> seen.add(state.get(password)));
        Act rotate = trial.act("rotate").contract(it -> it.updating(password));
        rotate.runs(context -> rotate.make(context).thenReturn(Outputs.of(password, "new")))
                .finds(Found.done(Outputs.of(password, "new")));
        Pipe pipe = Pipe.named("p")
                .needs(password)
                .element(door.around(rotate.step()))
                .build();
        lives.dyingBefore("RESULT rotate").start(pipe, State.of(password, "old"));
        seen.clear();

        lives.sweep(pipe);

        assertThat(trial.called()).containsExactly("look at rotate", "look at door", "close door");
        assertThat(seen).isNotEmpty().containsOnly("new");
        assertThat(lives.report().outcome()).isEqualTo(Outcome.KEPT);
    }
}

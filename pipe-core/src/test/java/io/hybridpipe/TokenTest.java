// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe;

import static org.assertj.core.api.Assertions.assertThat;

import io.hybridpipe.event.RunId;
import io.hybridpipe.event.RunReport.Outcome;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;

/** Design §4.6: one token for all attempts of one step, another one after it was taken back. */
class TokenTest {
    private final Trial trial = new Trial();

    @Test
    void everyAttemptHasTheSameToken() {
        Act a = trial.act("a");
        a.runs(context -> Act.lost(), context -> Act.lost(), a::make);

        trial.start(a.step()).passAll();

        assertThat(a.tokens).hasSize(3).containsOnly(a.tokens.get(0));
        assertThat(a.tokens.get(0)).matches("[0-9a-f]{32}");
    }

    @Test
    void theSameRunIdAndPathGiveTheSameTokenAndOthersAnother() {
        Act a = trial.act("a");
        Act b = trial.act("b");
        trial.start(a.step(), b.step());
        Trial again = new Trial();
        Act sameA = again.act("a");
        again.start(sameA.step());
        Trial other = new Trial();
        Act otherA = other.act("a");
        other.options(it -> it.runId(RunId.of("another"))).start(otherA.step());

        assertThat(sameA.tokens).isEqualTo(a.tokens);
        assertThat(b.tokens).doesNotContainAnyElementsOf(a.tokens);
        assertThat(otherA.tokens).doesNotContainAnyElementsOf(a.tokens);
    }

    @Test
    void theTokenChangesAfterACompletedUndo() {
        Act a = trial.act("a").finds(Found.partly("half"));
        a.runs(a::makeAndLose, a::make);

        trial.start(a.step()).passAll();

        assertThat(a.tokens).hasSize(2).doesNotHaveDuplicates();
    }

    @Test
    void theTokenChangesAfterACompletedClose() {
        Act door = trial.act("door");
        Act a = trial.act("a");

        trial.start(
                        door.around(a.step()),
                        trial.act("b").runs(context -> Act.refused()).step())
                .passAll();

        assertThat(trial.called())
                .containsSubsequence("open door", "run a", "close door", "run b", "open door", "undo a", "close door");
        assertThat(door.tokens).hasSize(2).doesNotHaveDuplicates();
    }

    @Test
    void theTokenChangesWhenAbsentIsFoundAfterACloseHadBegun() {
        Act door = trial.act("door");
        // the first close takes effect, but all its answers are lost, and so is what looks say right after it
        door.undoes(context -> door.takeAway(context).then(Act.lost()));
        door.finds(context -> Mono.just(Found.unknown("no answer")), context -> Mono.just(Found.absent()));
        Act a = trial.act("a");

        trial.start(
                        door.around(a.step()),
                        trial.act("b").runs(context -> Act.refused()).step())
                .passAll();

        assertThat(trial.called())
                .containsSubsequence("close door", "look at door", "run b", "look at door", "open door");
        assertThat(door.tokens).hasSize(2).doesNotHaveDuplicates();
    }

    @Test
    void theTokenStaysWhenAbsentIsFoundBeforeAnyUndo() {
        Act a = trial.act("a").options(it -> it.withAttemptTimeout(Duration.ofSeconds(1)));
        a.runs(context -> Mono.never(), a::make);

        trial.start(a.step()).passAll();

        assertThat(trial.called()).containsExactly("run a", "look at a", "run a");
        assertThat(a.tokens).containsOnly(a.tokens.get(0));
    }

    @Test
    void theTagsNamePipeRunStepAndToken() {
        Act a = trial.act("a");
        a.runs(context -> {
            assertThat(context.tags())
                    .containsEntry("hybridpipe:pipe", "p")
                    .containsEntry("hybridpipe:run", "r")
                    .containsEntry("hybridpipe:step", "p/a")
                    .containsEntry("hybridpipe:token", context.token())
                    .hasSize(4);
            return Mono.empty();
        });

        trial.start(a.step());

        assertThat(trial.report().outcome()).isEqualTo(Outcome.DONE);
    }
}

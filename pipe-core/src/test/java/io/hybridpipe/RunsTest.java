// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hybridpipe.RunSummary.Phase;
import io.hybridpipe.RunSummary.Status;
import io.hybridpipe.event.Path;
import io.hybridpipe.event.Resource;
import io.hybridpipe.event.RunId;
import io.hybridpipe.journal.JournalException;
import io.hybridpipe.journal.Owner;
import io.hybridpipe.journal.RunLog;
import io.hybridpipe.model.WrappedJournal;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;

/** What can be seen of runs without touching them. */
class RunsTest {
    private final Trial trial = new Trial();
    private final Lives lives = new Lives(trial);

    private RunSummary shown() {
        return Objects.requireNonNull(Runs.of(lives.journal).show(RunId.of("r")).block());
    }

    private RunSummary.Element shown(String path) {
        return shown().elements().stream()
                .filter(it -> it.path().equals(Path.of(path)))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void aRunThatWasKilledIsDead() {
        lives.dyingAfter("RESULT a").start(trial.act("a").step(), trial.act("b").step());

        assertThat(shown().status()).isEqualTo(Status.DEAD);
        assertThat(shown().pipe()).isEqualTo("p");
        assertThat(shown().owner()).isEmpty();
        assertThat(shown().failure()).isEmpty();
    }

    @Test
    void aRunWhoseOwnerLivesIsRunningAndNamesIt() {
        lives.start(trial.act("a").runs(context -> Mono.never()).step());

        assertThat(shown().status()).isEqualTo(Status.RUNNING);
        assertThat(shown().owner().orElseThrow().run()).isEqualTo(RunId.of("r"));
    }

    @Test
    void aRunThatSettlesWhileItIsLookedAtIsNotTakenForDead() {
        Act a = trial.act("a");
        a.runs(context -> a.makeIn(Duration.ofMinutes(7), context));
        lives.start(a.step());
        WrappedJournal journal = new WrappedJournal(lives.journal) {
            @Override
            protected RunLog wrapped(RunLog log) {
                return log;
            }

            @Override
            public Mono<Optional<Owner>> owner(RunId run) {
                return Mono.defer(() -> {
                    trial.pass(Duration.ofMinutes(5));
                    return super.owner(run);
                });
            }
        };

        RunSummary shown =
                Objects.requireNonNull(Runs.of(journal).show(RunId.of("r")).block());

        assertThat(shown.status()).isEqualTo(Status.DONE);
        assertThat(shown.owner()).isEmpty();
    }

    @Test
    void aRunThatSettledIsAsItsReportSaid() {
        lives.start(
                trial.act("a").step(),
                trial.act("broken").runs(context -> Act.refused()).step());

        assertThat(shown().status()).isEqualTo(Status.UNDONE);
        assertThat(shown().failure()).contains("refused");
    }

    @Test
    void aRefusedResumeChangesNothingOfWhatIsShown() {
        lives.dyingAfter("RESULT a").start(trial.act("a").step());
        List<RunSummary.Element> before = shown().elements();

        lives.resume(trial.act("other").step());

        assertThat(shown().status()).isEqualTo(Status.DEAD);
        assertThat(shown().elements()).isEqualTo(before);
    }

    @Test
    void eachElementIsShownWithHowFarItGotAndWhatItMade() {
        Act door = trial.act("door");
        Act a = trial.act("a");
        Act b = trial.act("b");
        lives.dyingAfter("INTENT b").start(door.around(a.step(), b.step()));

        assertThat(shown("p/door").phase()).isEqualTo(Phase.DONE);
        assertThat(shown("p/door/a").phase()).isEqualTo(Phase.DONE);
        assertThat(shown("p/door/a").made()).containsExactly(Resource.of("thing", "a1", "toy"));
        assertThat(shown("p/door/b").phase()).isEqualTo(Phase.BEGUN);
        assertThat(shown("p/door/b").attempts()).isOne();
    }

    @Test
    void whatWasTakenBackIsGoneAndWhatWasBeingTakenBackIsNot() {
        Act a = trial.act("a");
        Act b = trial.act("b");
        Act broken = trial.act("broken").runs(context -> Act.refused());
        lives.dyingAfter("UNDO_INTENT a").start(a.step(), b.step(), broken.step());

        assertThat(shown("p/b").phase()).isEqualTo(Phase.GONE);
        assertThat(shown("p/b").made()).isEmpty();
        assertThat(shown("p/a").phase()).isEqualTo(Phase.UNDOING);
    }

    @Test
    void allRunsAreListedInTheOrderInWhichTheyWereCreated() {
        for (String id : List.of("first", "second")) {
            trial.options(it -> it.runId(RunId.of(id)));
            lives.start(trial.act("a").step());
        }

        assertThat(Runs.of(lives.journal)
                        .list()
                        .map(RunSummary::run)
                        .collectList()
                        .block())
                .containsExactly(RunId.of("first"), RunId.of("second"));
    }

    @Test
    void aRunThatNobodyKnowsIsAnError() {
        assertThatThrownBy(() -> Runs.of(lives.journal).show(RunId.of("nobody")).block())
                .isInstanceOf(JournalException.class)
                .hasMessage("there is no log of run nobody");
    }

    @Test
    void whatAnOpaqueStepWroteIsKnownAfterAResume() {
        Key<String> key = Key.of("key", String.class);
        Act b = trial.act("b").contract(it -> it.reading(key));
        String[] seen = {""};
        b.seeing(state -> seen[0] = state.get(key));
        Pipe pipe = Pipe.named("p")
                .step("opaque", Step.opaque((state, context) -> Mono.just(Outputs.of(key, "from within"))))
                .step("b", b)
                .build();
        lives.dyingAfter("RESULT opaque").start(pipe, State.empty());

        lives.resume(pipe, State.empty());

        assertThat(seen[0]).isEqualTo("from within");
    }
}

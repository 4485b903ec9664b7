// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hybridpipe.Contract;
import io.hybridpipe.Effect;
import io.hybridpipe.Found;
import io.hybridpipe.Outputs;
import io.hybridpipe.State;
import io.hybridpipe.Step;
import io.hybridpipe.StepContext;
import io.hybridpipe.event.RunReport.Outcome;
import io.hybridpipe.faults.Trial.Rehearsal;
import io.hybridpipe.faults.Trial.Spot;
import io.hybridpipe.faults.Trial.Verdict;
import io.hybridpipe.retry.StepFailure;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import reactor.core.publisher.Mono;

@Timeout(180)
class TrialTest {
    private static final Spot PUT = new Spot("Put", 1, true);
    private static final Mishap<Shelf> BUSY = Mishap.of("busy", rule -> rule.error("Busy", "later"));

    /** Never finds what an attempt left behind. */
    private static final class Blind extends PutBook {
        Blind(Shelf shelf) {
            super(shelf);
        }

        @Override
        public Mono<Found> reconcile(State state, StepContext context) {
            return Mono.just(Found.absent());
        }
    }

    /** Takes nothing back, and says that it did. */
    private static final class Forgetful extends PutBook {
        Forgetful(Shelf shelf) {
            super(shelf);
        }

        @Override
        public Mono<Void> undo(State state, Found found, StepContext context) {
            return Mono.empty();
        }
    }

    /** Takes back once only. */
    private static final class Offended extends PutBook {
        private boolean undone;

        Offended(Shelf shelf) {
            super(shelf);
        }

        @Override
        public Mono<Void> undo(State state, Found found, StepContext context) {
            return Mono.defer(() -> {
                if (undone) {
                    return Mono.error(new IllegalStateException("twice"));
                }
                undone = true;
                return super.undo(state, found, context);
            });
        }
    }

    /** Takes each failure for the last word. */
    private static final class Meek extends PutBook {
        Meek(Shelf shelf) {
            super(shelf);
        }

        @Override
        public Mono<Outputs> run(State state, StepContext context) {
            return super.run(state, context).onErrorMap(any -> StepFailure.permanent("no use"));
        }
    }

    /** Cannot take anything back. */
    private static final class Final extends PutBook {
        Final(Shelf shelf) {
            super(shelf);
        }

        @Override
        public Contract contract() {
            return super.contract().withEffect(Effect.irreversible("a book that was put stays"));
        }
    }

    private static Trial<Shelf> trial(Function<Shelf, Step> step, boolean back) {
        return new Trial<>(Shelf::new, Scene.step("step", step), back);
    }

    @Test
    void aRehearsalNamesTheCallsInBothDirections() {
        assertThat(trial(PutBook::new, false).rehearse().spots()).containsExactly(PUT);
        assertThat(trial(PutBook::new, true).rehearse().spots()).containsExactly(new Spot("Take", 1, true));
    }

    @Test
    void whatIsThereTwiceIsFound() {
        Trial<Shelf> trial = trial(Blind::new, false);
        Rehearsal rehearsal = trial.rehearse();

        Verdict lost = trial.with(PUT, Mishap.lostAnswer(), rehearsal);

        assertThat(lost.struck()).isTrue();
        assertThat(lost.outcome()).isEqualTo(Outcome.DONE);
        assertThat(lost.wrong()).startsWith("is not as wanted inside:\n    + book 2: /TOKEN");
    }

    @Test
    void whatAStepThatLooksMakesIsThereOnce() {
        Trial<Shelf> trial = trial(PutBook::new, false);

        Verdict lost = trial.with(PUT, Mishap.lostAnswer(), trial.rehearse());

        assertThat(lost).isEqualTo(new Verdict(Outcome.DONE, true, ""));
    }

    @Test
    void aStepThatGivesUpWhereItCouldGoOnIsFound() {
        Trial<Shelf> trial = trial(Meek::new, false);

        Verdict refused = trial.with(PUT, BUSY, trial.rehearse());

        assertThat(refused.outcome()).isEqualTo(Outcome.UNDONE);
        assertThat(refused.wrong()).startsWith("gave up although busy passes by");
    }

    @Test
    void whatStaysAfterACancelIsFound() {
        Trial<Shelf> trial = trial(Forgetful::new, false);

        Verdict cancelled = trial.with(PUT, Mishap.cancelAfter(), trial.rehearse());

        assertThat(cancelled.outcome()).isEqualTo(Outcome.UNDONE);
        assertThat(cancelled.wrong()).startsWith("is not as old:\n    + book 1: /TOKEN");
    }

    @Test
    void whatCannotBeTakenBackMayStayIfTheReportSaysSo() {
        Trial<Shelf> trial = new Trial<>(Shelf::new, Scene.irreversible("step", Final::new), false);
        Trial<Shelf> undoable = trial(Final::new, false);

        Verdict stays = trial.with(PUT, Mishap.cancelAfter(), trial.rehearse());
        Verdict shouldNot = undoable.with(PUT, Mishap.cancelAfter(), undoable.rehearse());

        assertThat(stays).isEqualTo(new Verdict(Outcome.UNDONE, true, ""));
        assertThat(shouldNot.wrong()).contains("is not as old", "not undone [");
    }

    @Test
    void aCallThatDoesNotComeIsNotStruck() {
        Trial<Shelf> trial = trial(PutBook::new, false);

        Verdict other = trial.with(new Spot("Put", 2, true), Mishap.lostAnswer(), trial.rehearse());

        assertThat(other.struck()).isFalse();
        assertThat(other.wrong()).startsWith("nothing struck");
    }

    @Test
    void aStepThatDoesNotComeBackByItselfIsNotRehearsed() {
        assertThatThrownBy(trial(Forgetful::new, true)::rehearse)
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("step does not come back by itself:\n    + book 1: /TOKEN");
    }

    @Test
    void aStepThatCannotBeUndoneTwiceIsFound() {
        assertThat(trial(Offended::new, true).undoneTwice().wrong()).contains("undo twice is no error");
        assertThat(trial(PutBook::new, true).undoneTwice().wrong()).isEmpty();
    }
}

// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe;

import static org.assertj.core.api.Assertions.assertThat;

import io.hybridpipe.event.Resource;
import io.hybridpipe.event.RunReport.Outcome;
import io.hybridpipe.journal.JournalRecord;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;

/** A journal that cannot be written, is somebody else's by now, or takes its time. */
class JournalTroubleTest {
    private final TroubledJournal journal = new TroubledJournal();
    private final Trial trial = new Trial().options(it -> it.journal(journal));

    private List<String> written() {
        return journal.journal.records(trial.run().id()).stream()
                .map(it -> it.kind() + " " + it.path().name())
                .toList();
    }

    @Test
    void nothingIsBegunThatCannotBeWrittenAndWhatWasMadeIsUndone() {
        journal.fullAt("INTENT b");
        Act a = trial.act("a");
        Act b = trial.act("b");

        trial.start(a.step(), b.step()).passAll();

        assertThat(trial.called()).doesNotContain("run b").contains("run a", "undo a");
        assertThat(a.there).isFalse();
        assertThat(trial.report().outcome()).isEqualTo(Outcome.UNDONE);
        assertThat(trial.report().failure().orElseThrow().message())
                .isEqualTo("the journal cannot be written: r.jsonl: no space left on device");
    }

    @Test
    void aStepSendsNoSecondChangingCallWhenWhatItMadeCouldNotBeWritten() {
        journal.fullAt("MADE a");
        Act a = trial.act("a");
        int[] sent = {0};
        a.runs(context -> a.make(context)
                .then(context.mutate(Mono.fromSupplier(() -> ++sent[0])))
                .thenReturn(Outputs.none()));

        trial.start(a.step()).passAll();

        assertThat(sent[0]).isZero();
        assertThat(a.there).isFalse();
        assertThat(trial.report().outcome()).isEqualTo(Outcome.UNDONE);
    }

    @Test
    void aChangingCallWaitsUntilWhatWasSaidBeforeItIsWritten() {
        journal.answeringAfter(Duration.ofSeconds(3), trial.time);
        Duration[] sentAt = {Duration.ZERO, Duration.ZERO};
        Act a = trial.act("a");
        a.runs(context -> context.mutate(Mono.fromRunnable(() -> {
                    sentAt[0] = trial.now();
                    context.made(Resource.of("thing", "a1", "toy"));
                }))
                .then(context.mutate(Mono.fromRunnable(() -> sentAt[1] = trial.now())))
                .thenReturn(Outputs.none()));

        trial.start(a.step()).passAll();

        // 3 s for RUN_STARTED, 3 s for INTENT, 3 s for MADE
        assertThat(sentAt).containsExactly(Duration.ofSeconds(6), Duration.ofSeconds(9));
        assertThat(trial.report().outcome()).isEqualTo(Outcome.DONE);
    }

    @Test
    void undoGoesOnWithoutAJournalWhenTheTurnCannotBeWritten() {
        journal.fullAt("TURN broken");
        Act a = trial.act("a");

        trial.start(a.step(), trial.act("broken").runs(context -> Act.refused()).step())
                .passAll();

        assertThat(a.there).isFalse();
        assertThat(trial.report().outcome()).isEqualTo(Outcome.UNDONE);
        assertThat(trial.report().failure().orElseThrow().message()).isEqualTo("refused");
        assertThat(trial.report().failure().orElseThrow().others())
                .containsExactly("the journal cannot be written: r.jsonl: no space left on device");
    }

    @Test
    void scopesAreClosedAlsoWhenTheJournalHasFailed() {
        journal.fullAt("RESULT door");
        Act door = trial.act("door");

        trial.start(door.around(trial.act("a").step())).passAll();

        assertThat(door.there).isFalse();
        assertThat(trial.called()).doesNotContain("run a");
        assertThat(trial.report().outcome()).isEqualTo(Outcome.UNDONE);
    }

    @Test
    void aRunThatCannotBeWrittenAtAllIsRefused() {
        journal.fullAt("RUN_STARTED p");

        trial.start(trial.act("a").step()).passAll();

        assertThat(trial.called()).isEmpty();
        assertThat(trial.report().outcome()).isEqualTo(Outcome.REFUSED);
    }

    private record Tree(List<Tree> branches) {}

    @Test
    void aRunWhoseInputCannotBeWrittenIsRefused() {
        Key<Tree> key = Key.of("tree", Tree.class);
        List<Tree> branches = new java.util.ArrayList<>();
        Tree endless = new Tree(branches);
        branches.add(endless);
        Pipe pipe = Pipe.named("p").needs(key).element(trial.act("a").step()).build();

        trial.start(pipe, State.of(key, endless)).passAll();

        assertThat(trial.called()).isEmpty();
        assertThat(trial.report().outcome()).isEqualTo(Outcome.REFUSED);
        assertThat(trial.report().failure().orElseThrow().message()).startsWith("the input cannot be written down: ");
    }

    @Test
    void aRunWhoseLastRecordCannotBeWrittenIsDoneAllTheSame() {
        journal.fullAt("SETTLED p");

        trial.start(trial.act("a").step()).passAll();

        assertThat(trial.report().outcome()).isEqualTo(Outcome.DONE);
    }

    @Test
    void aRunThatWasTakenOverTouchesNothingMore() {
        journal.lostAfter("RESULT a");
        Act door = trial.act("door");
        Act a = trial.act("a");

        trial.start(door.around(a.step(), trial.act("b").step())).passAll();

        assertThat(trial.called()).containsExactly("open door", "run a");
        assertThat(written()).endsWith("RESULT a");
        assertThat(trial.report().outcome()).isEqualTo(Outcome.TAKEN_OVER);
        assertThat(trial.report().failure().orElseThrow().message())
                .isEqualTo("another process goes on with this run: the lease of target p was taken over");
        assertThat(door.there && a.there).isTrue();
    }

    @Test
    void aChangingCallIsNotSentWhenTheLeaseIsLostInMidStep() {
        journal.lostAfter("INTENT a");
        Act a = trial.act("a");

        trial.start(a.step()).passAll();

        assertThat(a.made).isZero();
        assertThat(trial.report().outcome()).isEqualTo(Outcome.TAKEN_OVER);
    }

    @Test
    void anUndoSendsNothingMoreWhenTheRunIsTakenOverAfterItsJournalHasFailed() {
        journal.fullAt("RESULT b");
        Act a = trial.act("a");
        Act b = trial.act("b");
        b.undoes(context -> Mono.<Void>fromRunnable(journal::losesNow).then(b.takeAway(context)));

        trial.start(a.step(), b.step(), trial.act("c").step()).passAll();

        assertThat(a.there && b.there).isTrue();
        assertThat(trial.called()).doesNotContain("undo a");
        assertThat(trial.report().outcome()).isEqualTo(Outcome.TAKEN_OVER);
    }

    @Test
    void anUndoIsNotCalledWhenTheRunIsTakenOverBeforeItsIntentIsWritten() {
        journal.lostAfter("TURN broken");
        Act a = trial.act("a");

        trial.start(a.step(), trial.act("broken").runs(context -> Act.refused()).step())
                .passAll();

        assertThat(trial.called()).doesNotContain("undo a");
        assertThat(trial.report().outcome()).isEqualTo(Outcome.TAKEN_OVER);
    }

    @Test
    void aLeaseThatMayHaveExpiredIsAskedForBeforeEachChangingCall() {
        journal.expired();
        Act a = trial.act("a");

        trial.start(a.step()).passAll();

        assertThat(journal.asked).hasSize(1);
        assertThat(trial.report().outcome()).isEqualTo(Outcome.DONE);
    }

    @Test
    void nothingNewIsBegunUnderALeaseThatCannotBeReadButWhatStandsIsTakenBack() {
        Act a = trial.act("a");
        Act b = trial.act("b").seeing(state -> journal.unreadable());

        trial.start(a.step(), b.step()).passAll();

        assertThat(b.made).isZero();
        assertThat(a.there).isFalse();
        assertThat(trial.report().outcome()).isEqualTo(Outcome.UNDONE);
        assertThat(trial.report().failure().orElseThrow().message())
                .isEqualTo("the journal cannot be written: the lease cannot be read");
    }

    @Test
    void theLeaseIsGivenBackWhenTheRunHasSettled() {
        trial.start(trial.act("a").step()).passAll();

        assertThat(journal.owner(trial.run().id()).block()).isEmpty();
    }

    @Test
    void aSecondRunOnTheSameTargetIsRefusedWhileTheFirstOneLives() {
        trial.options(it -> it.target("the network"))
                .start(trial.act("a").runs(context -> Mono.never()).step());

        Trial second = new Trial()
                .options(it -> it.journal(journal).target("the network").runId(io.hybridpipe.event.RunId.of("second")));
        second.start(second.act("b").step()).passAll();

        assertThat(second.report().outcome()).isEqualTo(Outcome.REFUSED);
        assertThat(second.report().failure().orElseThrow().message())
                .startsWith("target the network is held by run r in process ");
        assertThat(second.called()).isEmpty();
    }

    @Test
    void aRunWithAnIdThatWasWrittenDownAlreadyIsRefused() {
        trial.start(trial.act("a").step()).passAll();

        trial.start(trial.act("a").step()).passAll();

        assertThat(trial.report().outcome()).isEqualTo(Outcome.REFUSED);
        assertThat(trial.report().failure().orElseThrow().message()).isEqualTo("there is a log of run r already");
    }

    @Test
    void aFailedEndLeavesEachFinishedStepToBeLookedFor() {
        // the journal itself says so to whoever takes such a log up
        Past past = Past.of(List.of(
                record(JournalRecord.Kind.INTENT, java.util.Map.of()),
                record(JournalRecord.Kind.RESULT, java.util.Map.of("outputs", java.util.Map.of())),
                record(JournalRecord.Kind.HELD, java.util.Map.of("target", "p", "lost", true))));

        Past.Trace trace = past.at(io.hybridpipe.event.Path.of("p/a"));
        assertThat(trace).isNotNull();
        assertThat(trace.begun).isTrue();
        assertThat(trace.done).isFalse();
    }

    private static final class Loop {
        @SuppressWarnings("unused") // written as JSON, without end
        private final Loop self = this;
    }

    @Test
    void aStepWhoseOutputHasNoFormToBeWrittenInFailsAndTheUndoIsWritten() {
        Act a = trial.act("a");
        Pipe pipe = Pipe.named("p")
                .element(a.step())
                .step(
                        "odd",
                        Step.opaque((state, context) -> Mono.just(Outputs.of(Key.of("loop", Loop.class), new Loop()))))
                .element(trial.act("b").step())
                .build();

        trial.start(pipe, State.empty()).passAll();

        assertThat(a.there).isFalse();
        assertThat(trial.report().outcome()).isEqualTo(Outcome.UNDONE);
        assertThat(trial.report().failure().orElseThrow().message())
                .startsWith("step p/odd cannot be resumed: key 'loop': a value of ");
        assertThat(written()).contains("TURN odd", "UNDO_RESULT a", "SETTLED p");
    }

    @Test
    void aFanOutWhoseItemsHaveNoFormToBeWrittenInFailsAndTheUndoIsWritten() {
        Act a = trial.act("a");
        List<Tree> branches = new java.util.ArrayList<>();
        branches.add(new Tree(branches));
        Pipe pipe = Pipe.named("p")
                .element(a.step())
                .forEach(
                        "each",
                        Each.of(Input.value(branches), Key.of("tree", Tree.class), it -> "x"),
                        body -> body.element(trial.act("b").step()))
                .build();

        trial.start(pipe, State.empty()).passAll();

        assertThat(a.there).isFalse();
        assertThat(trial.report().outcome()).isEqualTo(Outcome.UNDONE);
        assertThat(written()).contains("TURN each", "UNDO_RESULT a", "SETTLED p");
    }

    private static JournalRecord record(JournalRecord.Kind kind, java.util.Map<String, Object> data) {
        return new JournalRecord(kind, java.time.Instant.EPOCH, io.hybridpipe.event.Path.of("p/a"), 0, 1, data);
    }
}

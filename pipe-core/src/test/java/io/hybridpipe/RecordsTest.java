// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe;

import static org.assertj.core.api.Assertions.assertThat;

import io.hybridpipe.journal.JournalRecord;
import io.hybridpipe.journal.JournalRecord.Kind;
import io.hybridpipe.journal.MemoryJournal;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

/** What a run writes down: intent before each call that matters, result after it, and the turn before undo. */
class RecordsTest {
    private final MemoryJournal journal = MemoryJournal.empty();
    private final Trial trial = new Trial().options(it -> it.journal(journal));

    private List<JournalRecord> records() {
        return journal.records(trial.run().id()).stream()
                .filter(it -> it.kind() != Kind.HELD)
                .toList();
    }

    private List<String> written() {
        return records().stream().map(it -> it.kind() + " " + it.path().name()).toList();
    }

    @Test
    void intentIsWrittenBeforeEachAttemptAndTheResultAfterIt() {
        Act a = trial.act("a");
        a.runs(context -> Act.fails(io.hybridpipe.retry.FailureClass.TRANSIENT), a::make);

        trial.start(a.step()).passAll();

        assertThat(written())
                .containsExactly("RUN_STARTED p", "INTENT a", "INTENT a", "MADE a", "RESULT a", "SETTLED p");
        assertThat(records()).extracting(JournalRecord::attempt).containsExactly(0, 1, 2, 2, 2, 0);
    }

    @Test
    void theTurnIsWrittenBeforeAnythingIsUndone() {
        trial.start(
                        trial.act("a").step(),
                        trial.act("broken").runs(context -> Act.refused()).step())
                .passAll();

        assertThat(written())
                .containsSubsequence(
                        "INTENT broken", "TURN broken", "UNDO_RESULT broken", "UNDO_INTENT a", "UNDO_RESULT a");
    }

    @Test
    void aKeptRunHasNoTurn() {
        trial.options(it -> it.onFailure(RunOptions.OnFailure.KEEP))
                .start(trial.act("broken").runs(context -> Act.refused()).step());

        assertThat(records()).extracting(JournalRecord::kind).doesNotContain(Kind.TURN);
    }

    @Test
    void anUndoThatFailedIsWrittenDown() {
        trial.start(
                        trial.act("a").undoes(context -> Act.refused()).step(),
                        trial.act("broken").runs(context -> Act.refused()).step())
                .passAll();

        assertThat(written()).containsSubsequence("UNDO_INTENT a", "UNDO_FAILED a", "SETTLED p");
    }

    @Test
    void theItemsOfAFanOutAreWrittenBeforeTheFirstOneStarts() {
        Key<String> item = Key.of("item", String.class);
        Pipe pipe = Pipe.named("p")
                .forEach(
                        "each",
                        Each.of(Input.value(List.of("x", "y")), item, Function.<String>identity()),
                        body -> body.step("a", trial.act("a")))
                .build();

        trial.start(pipe, State.empty());

        assertThat(written()).containsSubsequence("RUN_STARTED p", "ITEMS each", "INTENT a");
        assertThat(records().get(1).data())
                .isEqualTo(
                        Map.of("items", List.of(Map.of("name", "x", "value", "x"), Map.of("name", "y", "value", "y"))));
    }

    @Test
    void howItSettledIsWrittenLast() {
        trial.start(trial.act("a").step());

        List<JournalRecord> all = new ArrayList<>(records());
        assertThat(all.get(all.size() - 1).data()).containsEntry("outcome", "DONE");
    }

    @Test
    void aRefusedRunWritesNothing() {
        trial.start(trial.act("a").preflight(context -> Act.refused()).step());

        assertThat(written()).isEmpty();
    }
}

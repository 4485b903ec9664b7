// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe;

import static org.assertj.core.api.Assertions.assertThat;

import io.hybridpipe.event.RunReport.Outcome;
import io.hybridpipe.journal.JournalRecord;
import io.hybridpipe.journal.JournalRecord.Kind;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A resume with an edited pipe that dies too: the next one is compared with the edited pipe. */
class EditedTwiceTest {
    private final Trial trial = new Trial();
    private final Lives lives = new Lives(trial);
    private final Act a = trial.act("a");
    private final Act b = trial.act("b");
    private final Act added = trial.act("added");

    @BeforeEach
    void diesWithThePipeAndAgainWithTheEditedOne() {
        lives.dyingAfter("RESULT a").start(a.step(), b.step());
        lives.dyingAfter("RESULT added").resume(a.step(), added.step(), b.step());
    }

    @Test
    void whatAnEditedPipeHasAddedAndReachedMustNotBeLeftOut() {
        lives.resume(a.step(), b.step());

        assertThat(lives.refusal()).endsWith("p/added: reached in this run, but the pipe has no such element now");
    }

    @Test
    void theEditedPipeIsResumedAsAnyOther() {
        lives.resume(a.step(), added.step(), b.step());

        assertThat(lives.report().outcome()).isEqualTo(Outcome.DONE);
        assertThat(trial.called()).containsExactly("run b");
    }

    @Test
    void theEditedPipeIsWrittenDownOnceAndTheRunKeepsItsStart() {
        lives.resume(a.step(), added.step(), b.step());

        List<Instant> written = lives.records().stream()
                .filter(it -> it.kind() == Kind.RUN_STARTED)
                .map(JournalRecord::at)
                .toList();
        assertThat(written).hasSize(2).doesNotHaveDuplicates();
        assertThat(Runs.of(lives.journal)
                        .show(trial.options().runId)
                        .map(RunSummary::startedAt)
                        .block())
                .isEqualTo(written.get(0));
    }
}

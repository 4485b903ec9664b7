// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.journal;

import static io.hybridpipe.journal.Written.SOON;
import static io.hybridpipe.journal.Written.append;
import static io.hybridpipe.journal.Written.create;
import static io.hybridpipe.journal.Written.intent;
import static org.assertj.core.api.Assertions.assertThat;

import io.hybridpipe.event.RunId;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A former owner that was stopped after it had looked at its lease goes on writing, and nothing of it counts. */
class TakeOverTest {
    @TempDir
    Path directory;

    private FileJournal journal(boolean keyed, Clock clock) {
        FileJournal journal = FileJournal.in(directory).withClock(clock);
        return keyed ? journal.withKey(KeyedJournalTest.KEY) : journal;
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void whatTheFormerOwnerWritesIsNoPartOfTheLog(boolean keyed) {
        Clock now = Clock.systemUTC();
        try (FileJournal former = journal(keyed, now);
                FileJournal next = journal(keyed, Clock.offset(now, Duration.ofMinutes(2)))) {
            RunLog stopped = create(former, "r");
            RunLog other = create(former, "other");
            append(stopped, intent(1));
            RunLog log = next.takeUp(RunId.of("r")).block(SOON);

            assertThat(stopped.isHeld()).as("by its own clock").isTrue();
            append(stopped, intent(91));
            GroupCommitTest.atOnce(stopped, other, intent(92));
            append(log, intent(2));
            append(stopped, intent(93));

            assertThat(log.takenFrom()).get().extracting(Owner::run).isEqualTo(RunId.of("r"));
            assertThat(Written.read(next, "r")).containsExactly(intent(1), intent(2));
        }
        try (FileJournal later = journal(keyed, now)) {
            assertThat(Written.read(later, "r")).containsExactly(intent(1), intent(2));
            assertThat(Written.read(later, "other")).containsExactly(intent(92));
        }
    }
}

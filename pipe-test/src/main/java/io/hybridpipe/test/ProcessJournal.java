// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.test;

import io.hybridpipe.event.RunId;
import io.hybridpipe.journal.Journal;
import io.hybridpipe.journal.JournalException;
import io.hybridpipe.journal.JournalRecord;
import io.hybridpipe.journal.Owner;
import io.hybridpipe.journal.RunLog;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/** The journal as one process sees it: silent and without a lease once the process has stopped, and failing on demand. */
final class ProcessJournal implements Journal {
    /** What is done round one record; by default it is written. */
    interface Guard {
        /** Whether something is done before or after this record. */
        boolean isAt(JournalRecord entry);

        /** Before it is written; false if it is not to be written, but to fail. */
        boolean before();

        /** After it was written; false if the writer is to be told that it failed. */
        boolean after();
    }

    private final Journal journal;
    private final ProcessLife life;
    private final Guard guard;

    ProcessJournal(Journal journal, ProcessLife life, Guard guard) {
        this.journal = journal;
        this.life = life;
        this.guard = guard;
    }

    @Override
    public Mono<RunLog> create(RunId run, String target) {
        return life.lets(journal.create(run, target).map(Log::new));
    }

    @Override
    public Mono<RunLog> takeUp(RunId run) {
        return life.lets(journal.takeUp(run).map(Log::new));
    }

    @Override
    public Mono<List<JournalRecord>> read(RunId run) {
        return life.lets(journal.read(run));
    }

    @Override
    public Mono<List<RunId>> runs() {
        return life.lets(journal.runs());
    }

    @Override
    public Mono<Optional<Owner>> owner(RunId run) {
        return life.lets(journal.owner(run));
    }

    private final class Log implements RunLog {
        private final RunLog log;
        private @Nullable JournalException failed;

        Log(RunLog log) {
            this.log = log;
        }

        @Override
        public List<JournalRecord> past() {
            return log.past();
        }

        @Override
        public Optional<Owner> takenFrom() {
            return log.takenFrom();
        }

        @Override
        public void append(JournalRecord entry, Consumer<@Nullable Throwable> written) {
            if (failed != null) {
                written.accept(failed);
            } else if (guard.isAt(entry)) {
                if (guard.before()) {
                    life.lets(() -> log.append(entry, failure -> {
                        boolean fine = guard.after();
                        life.lets(() -> written.accept(fine ? failure : fails()));
                    }));
                } else {
                    written.accept(fails());
                }
            } else {
                life.lets(() -> log.append(entry, failure -> life.lets(() -> written.accept(failure))));
            }
        }

        private JournalException fails() {
            JournalException failure =
                    JournalException.failed("no space left, says the crash matrix", new IOException("disk full"));
            failed = failure;
            return failure;
        }

        @Override
        public boolean isHeld() {
            return !life.isStopped() && log.isHeld();
        }

        @Override
        public Mono<Void> confirm() {
            return life.lets(log.confirm());
        }

        @Override
        public Mono<Void> close() {
            return life.lets(log.close());
        }
    }
}

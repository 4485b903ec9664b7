// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.model;

import io.hybridpipe.event.RunId;
import io.hybridpipe.journal.Journal;
import io.hybridpipe.journal.JournalRecord;
import io.hybridpipe.journal.MemoryJournal;
import io.hybridpipe.journal.Owner;
import io.hybridpipe.journal.RunLog;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/** A journal in memory whose logs are not quite what they were. */
public abstract class WrappedJournal implements Journal {
    public final MemoryJournal journal;

    protected WrappedJournal(MemoryJournal journal) {
        this.journal = journal;
    }

    protected abstract RunLog wrapped(RunLog log);

    @Override
    public Mono<RunLog> create(RunId run, String target) {
        return journal.create(run, target).map(this::wrapped);
    }

    @Override
    public Mono<RunLog> takeUp(RunId run) {
        return journal.takeUp(run).map(this::wrapped);
    }

    @Override
    public Mono<List<JournalRecord>> read(RunId run) {
        return journal.read(run);
    }

    @Override
    public Mono<List<RunId>> runs() {
        return journal.runs();
    }

    @Override
    public Mono<Optional<Owner>> owner(RunId run) {
        return journal.owner(run);
    }

    /** A log that does what the one inside does. */
    public static class WrappedLog implements RunLog {
        protected final RunLog log;

        protected WrappedLog(RunLog log) {
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
            log.append(entry, written);
        }

        @Override
        public boolean isHeld() {
            return log.isHeld();
        }

        @Override
        public Mono<Void> confirm() {
            return log.confirm();
        }

        @Override
        public Mono<Void> close() {
            return log.close();
        }
    }
}

// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe;

import io.hybridpipe.journal.JournalException;
import io.hybridpipe.journal.JournalRecord;
import io.hybridpipe.journal.MemoryJournal;
import io.hybridpipe.journal.RunLog;
import io.hybridpipe.model.WrappedJournal;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;

/** A journal whose disk is full from some record on, whose lease is lost or must be renewed, or that answers later. */
final class TroubledJournal extends WrappedJournal {
    final List<String> asked = new ArrayList<>();

    private Predicate<JournalRecord> fullAt = record -> false;
    private Predicate<JournalRecord> lostAt = record -> false;
    private @Nullable Scheduler scheduler;
    private Duration late = Duration.ZERO;
    private boolean full;
    private boolean lost;
    private boolean expired;
    private boolean unreadable;

    TroubledJournal() {
        super(MemoryJournal.empty());
    }

    /** From this record on, such as {@code INTENT b}, nothing can be written. */
    TroubledJournal fullAt(String record) {
        fullAt = is(record);
        return this;
    }

    /** When this record is written the lease is lost to another process. */
    TroubledJournal lostAfter(String record) {
        lostAt = is(record);
        return this;
    }

    /** Another process has the lease from now on. */
    void losesNow() {
        lost = true;
    }

    /** The lease is not known to be held, and each changing call must ask. */
    TroubledJournal expired() {
        expired = true;
        return this;
    }

    /** The lease is not known to be held, and nobody can find out. */
    TroubledJournal unreadable() {
        expired = true;
        unreadable = true;
        return this;
    }

    TroubledJournal answeringAfter(Duration late, Scheduler scheduler) {
        this.late = late;
        this.scheduler = scheduler;
        return this;
    }

    private static Predicate<JournalRecord> is(String record) {
        return it -> record.equals(it.kind() + " " + it.path().name());
    }

    @Override
    protected RunLog wrapped(RunLog log) {
        return new Log(log);
    }

    private final class Log extends WrappedLog {
        Log(RunLog log) {
            super(log);
        }

        @Override
        public void append(JournalRecord entry, Consumer<@Nullable Throwable> written) {
            full |= fullAt.test(entry);
            boolean wasLost = lost;
            lost |= lostAt.test(entry);
            if (full) {
                written.accept(JournalException.failed("r.jsonl: no space left on device", new IOException("full")));
            } else if (wasLost) {
                written.accept(JournalException.lost("p", null));
            } else if (scheduler != null) {
                log.append(
                        entry,
                        failure -> scheduler.schedule(
                                () -> written.accept(failure), late.toMillis(), TimeUnit.MILLISECONDS));
            } else {
                log.append(entry, written);
            }
        }

        @Override
        public boolean isHeld() {
            return !lost && !expired && log.isHeld();
        }

        @Override
        public Mono<Void> confirm() {
            return Mono.defer(() -> {
                asked.add("confirm");
                if (unreadable) {
                    return Mono.error(
                            JournalException.failed("the lease cannot be read", new IOException("I/O error")));
                }
                return lost ? Mono.error(JournalException.lost("p", null)) : log.confirm();
            });
        }
    }
}

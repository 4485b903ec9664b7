// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.journal;

import io.hybridpipe.event.Path;
import io.hybridpipe.event.RunId;
import io.hybridpipe.journal.JournalRecord.Kind;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Records that a run writes, and the waiting for them. */
final class Written {
    static final Duration SOON = Duration.ofSeconds(60);
    private static final Instant AT = Instant.parse("2026-11-21T10:15:30.123456789Z");

    private Written() {}

    static JournalRecord intent(int attempt) {
        return JournalRecord.of(Kind.INTENT, AT.plusSeconds(attempt), Path.of("p/step"), 0, attempt);
    }

    static JournalRecord with(Kind kind, Map<String, Object> data) {
        return new JournalRecord(kind, AT, Path.of("p/step"), 2, 3, data);
    }

    static RunLog create(FileJournal journal, String run) {
        return journal.create(RunId.of(run), "target of " + run).block(SOON);
    }

    /** Appends and waits; the exception is the one that the append failed with. */
    static void append(RunLog log, JournalRecord... entries) {
        List<CompletableFuture<Void>> all = new ArrayList<>();
        for (JournalRecord entry : entries) {
            all.add(start(log, entry));
        }
        all.forEach(Written::await);
    }

    static CompletableFuture<Void> start(RunLog log, JournalRecord entry) {
        CompletableFuture<Void> written = new CompletableFuture<>();
        log.append(entry, failure -> {
            if (failure == null) {
                written.complete(null);
            } else {
                written.completeExceptionally(failure);
            }
        });
        return written;
    }

    static void await(CompletableFuture<Void> written) {
        try {
            written.get(SOON.toSeconds(), TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            throw (JournalException) e.getCause();
        } catch (InterruptedException | TimeoutException e) {
            throw new AssertionError(e);
        }
    }

    /** What was written of a run, without the records by which it was taken. */
    static List<JournalRecord> read(FileJournal journal, String run) {
        return journal.read(RunId.of(run)).block(SOON).stream()
                .filter(it -> it.kind() != Kind.HELD)
                .toList();
    }
}

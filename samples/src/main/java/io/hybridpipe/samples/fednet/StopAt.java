// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.samples.fednet;

import io.hybridpipe.Contract;
import io.hybridpipe.StepContext;
import io.hybridpipe.StepInterceptor;
import io.hybridpipe.event.Path;
import io.hybridpipe.event.RunId;
import io.hybridpipe.journal.Journal;
import io.hybridpipe.journal.JournalRecord;
import io.hybridpipe.journal.JournalRecord.Kind;
import io.hybridpipe.journal.Owner;
import io.hybridpipe.journal.RunLog;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/**
 * Lets one element get no further than a chosen moment: says so in a line on standard output and waits for a line on standard
 * input. Whoever started this process may end it then, knowing exactly how far it had come.
 */
final class StopAt implements StepInterceptor {
    /** How the line begins that says that the moment has come. */
    static final String SAID = "stopped at ";

    /** Where in the life of a call it is. */
    private enum Moment {
        /** The intent is written and the call is not made. */
        BEFORE,
        /** The call has ended and its result is not written. */
        AFTER,
        /** The result is written and nothing else has happened. */
        WRITTEN
    }

    private final String text;
    private final Path path;
    private final String phase;
    private final Moment moment;
    private final InputStream in;
    private final PrintStream out;
    private final AtomicBoolean done = new AtomicBoolean();

    private StopAt(String text, Path path, String phase, Moment moment, InputStream in, PrintStream out) {
        this.text = text;
        this.path = path;
        this.phase = phase;
        this.moment = moment;
        this.in = in;
        this.out = out;
    }

    /** Parses {@code PATH:run|open|close|undo|items:before|after|written}. */
    static StopAt parse(String text, InputStream in, PrintStream out) {
        String[] parts = text.split(":");
        if (parts.length != 3) {
            throw new BadInput("--stop-at: '" + text + "' is not PATH:PHASE:MOMENT");
        }
        try {
            return new StopAt(
                    text, Path.of(parts[0]), parts[1], Moment.valueOf(parts[2].toUpperCase(Locale.ROOT)), in, out);
        } catch (IllegalArgumentException e) {
            throw new BadInput("--stop-at: '" + parts[2] + "' is none of before, after, written");
        }
    }

    @Override
    public <T> Mono<T> around(Phase at, Contract contract, StepContext context, Mono<T> next) {
        if (!context.path().equals(path) || !at.name().toLowerCase(Locale.ROOT).equals(phase)) {
            return next;
        }
        return switch (moment) {
            case BEFORE -> Mono.defer(this::stop).then(next);
            case AFTER -> next.materialize().delayUntil(signal -> stop()).dematerialize();
            case WRITTEN -> next;
        };
    }

    private Mono<Void> stop() {
        return Mono.fromFuture(stopped(), true);
    }

    /** Completes when it may go on; at once after the first time. */
    private CompletableFuture<Void> stopped() {
        CompletableFuture<Void> goesOn = new CompletableFuture<>();
        if (!done.compareAndSet(false, true)) {
            goesOn.complete(null);
            return goesOn;
        }
        Thread waiting = new Thread(() -> awaitLine(goesOn), "stopped");
        waiting.setDaemon(true);
        waiting.start();
        return goesOn;
    }

    private void awaitLine(CompletableFuture<Void> goesOn) {
        out.println(SAID + text);
        out.flush();
        try {
            int read = in.read();
            while (read >= 0 && read != '\n') {
                read = in.read();
            }
            goesOn.complete(null);
        } catch (IOException e) {
            goesOn.completeExceptionally(e);
        }
    }

    /** The same journal; when the record is written that says how the call ended, the moment after it has come. */
    Journal watching(Journal journal) {
        return moment == Moment.WRITTEN ? new Watched(journal) : journal;
    }

    private boolean isMeant(JournalRecord entry) {
        Kind kind =
                switch (phase) {
                    case "items" -> Kind.ITEMS;
                    case "undo", "close" -> Kind.UNDO_RESULT;
                    default -> Kind.RESULT;
                };
        return entry.kind() == kind && entry.path().equals(path);
    }

    private final class Watched implements Journal {
        private final Journal journal;

        Watched(Journal journal) {
            this.journal = journal;
        }

        @Override
        public Mono<RunLog> create(RunId run, String target) {
            return journal.create(run, target).map(WatchedLog::new);
        }

        @Override
        public Mono<RunLog> takeUp(RunId run) {
            return journal.takeUp(run).map(WatchedLog::new);
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
    }

    private final class WatchedLog implements RunLog {
        private final RunLog log;

        WatchedLog(RunLog log) {
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
            log.append(
                    entry,
                    isMeant(entry)
                            ? failure -> stopped().whenComplete((nothing, broken) -> written.accept(failure))
                            : written);
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

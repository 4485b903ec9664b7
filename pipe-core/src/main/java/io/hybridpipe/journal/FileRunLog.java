// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.journal;

import io.hybridpipe.event.RunId;
import io.hybridpipe.journal.JournalException.Reason;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/** The log of one run as a file. The caller ties the lines into a chain, the {@link Scribe} writes them. */
final class FileRunLog implements RunLog {
    private final RunId run;
    private final LogStore store;
    private final Lease lease;
    private final List<JournalRecord> past;
    private final Chain chain;
    private final FileChannel channel;
    private final @Nullable Head head;
    private final AtomicBoolean closing = new AtomicBoolean();
    private volatile @Nullable JournalException failure;

    /** @param chain ends with the last line that the channel's file holds */
    FileRunLog(
            RunId run,
            LogStore store,
            Lease lease,
            List<JournalRecord> past,
            Chain chain,
            FileChannel channel,
            @Nullable Head head) {
        this.run = run;
        this.store = store;
        this.lease = lease;
        this.past = past;
        this.chain = chain;
        this.channel = channel;
        this.head = head;
    }

    RunId run() {
        return run;
    }

    Path file() {
        return store.disk.log(run);
    }

    @Override
    public List<JournalRecord> past() {
        return past;
    }

    @Override
    public Optional<Owner> takenFrom() {
        return lease.takenFrom();
    }

    @Override
    public void append(JournalRecord entry, Consumer<@Nullable Throwable> written) {
        byte[] line = null;
        Consumer<@Nullable Throwable> answer = written;
        if (failure == null) {
            try {
                line = chain.add(LineFormat.entry(chain.length() + 1, entry));
            } catch (RuntimeException e) {
                fail(notWritten(e, ""));
                // the mark takes the disk's time, which the scribe has and who appends has not
                answer = nothing -> written.accept(failed(e));
            }
        }
        // also when it failed, so that answers come in the order of the calls
        store.scribe.add(new Scribe.Entry(this, line, chain.length(), chain.last(), answer));
    }

    @Override
    public boolean isHeld() {
        return lease.isHeld();
    }

    @Override
    public Mono<Void> confirm() {
        return Mono.create(sink -> Schedulers.boundedElastic().schedule(() -> {
            try {
                lease.confirm();
                sink.success();
            } catch (RuntimeException e) {
                sink.error(notConfirmed(e));
            }
        }));
    }

    /** Whether it is held or not: nothing is written after this, and if it may be held, what is done then is lost to the log. */
    private JournalException notConfirmed(RuntimeException cause) {
        JournalException why = cause instanceof JournalException it && it.reason() == Reason.LOST ? it : failed(cause);
        fail(why);
        return why;
    }

    @Override
    public Mono<Void> close() {
        return Mono.create(sink -> {
            if (!closing.compareAndSet(false, true)) {
                sink.success();
                return;
            }
            store.scribe.add(new Scribe.Entry(
                    this, null, 0, "", nothing -> Schedulers.boundedElastic().schedule(() -> {
                        try {
                            end();
                            sink.success();
                        } catch (RuntimeException e) {
                            sink.error(e);
                        }
                    })));
        });
    }

    /** Writes no more and gives the lease back; once the scribe has written what was appended. */
    void end() {
        fail(JournalException.of(Reason.FAILED, "the log of run " + run + " is closed"));
        store.open.remove(this);
        try (channel;
                head) {
            lease.release();
        } catch (IOException e) {
            throw JournalException.failed(file() + " was not closed: " + e.getMessage(), e);
        }
    }

    // ---- for the scribe, on its thread

    /** Whether the run may still write; the lease is looked at before the lines are written and again before they are called safe. */
    boolean mayWrite() {
        if (failure == null && !lease.isHeld()) {
            try {
                lease.confirm();
            } catch (JournalException e) {
                notConfirmed(e);
            }
        }
        return failure == null;
    }

    @Nullable
    JournalException failure() {
        return failure;
    }

    void write(List<Scribe.Entry> entries) throws IOException {
        ByteArrayOutputStream lines = new ByteArrayOutputStream();
        for (Scribe.Entry entry : entries) {
            if (entry.line() != null) {
                lines.writeBytes(entry.line());
            }
        }
        Disk.write(channel, lines.toByteArray());
    }

    void sync() throws IOException {
        channel.force(false);
    }

    /** The lines up to this one are safe. */
    void reach(Scribe.Entry last) throws IOException {
        if (head != null) {
            head.write(last.n(), last.sum());
        }
    }

    /** The exception for this cause; leaves a mark, so that whoever takes the run up knows that its end is lost. */
    JournalException failed(Throwable cause) {
        String noted = "";
        try {
            store.disk.mark(store.disk.failed(run));
        } catch (IOException e) {
            noted = " (nor could it be noted that the end of this log is lost: " + message(e) + ")";
        }
        return notWritten(cause, noted);
    }

    private JournalException notWritten(Throwable cause, String noted) {
        return JournalException.failed(file() + " cannot be written: " + message(cause) + noted, cause);
    }

    private static String message(Throwable e) {
        return e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
    }

    /** From here on nothing is written. */
    void fail(JournalException why) {
        if (failure == null) {
            failure = why;
        }
    }
}

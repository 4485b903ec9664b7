// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe;

import io.hybridpipe.event.Path;
import io.hybridpipe.journal.Journal;
import io.hybridpipe.journal.JournalException;
import io.hybridpipe.journal.JournalException.Reason;
import io.hybridpipe.journal.JournalRecord;
import io.hybridpipe.journal.JournalRecord.Kind;
import io.hybridpipe.journal.RunLog;
import io.hybridpipe.retry.FailureClass;
import io.hybridpipe.retry.StepFailure;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/**
 * What one run writes down, and the lease under which it may change anything; without a journal it does nothing.
 *
 * <p>Touched only inside the run's mailbox, but for {@link #isClear} and {@link #onTheWay}.
 */
final class Records {
    final Values values;

    private final Execution execution;
    private final AtomicInteger onTheWay = new AtomicInteger();
    private final Deque<Waiting> waiting = new ArrayDeque<>();
    private volatile @Nullable RunLog log;
    private volatile @Nullable StepFailure broken;
    private volatile boolean lost;
    private long appended;
    private long written;

    Records(Execution execution) {
        this.execution = execution;
        values = new Values(execution::id, execution.secrets, execution.options.secretsKey);
    }

    private record Waiting(long until, Runnable then) {}

    // ---- the log

    /** Takes the target's lease and opens the log; continues with the failure that refuses the run, or with nothing. */
    void open(Consumer<@Nullable Throwable> then) {
        Journal journal = execution.options.journal;
        if (journal == null) {
            then.accept(null);
            return;
        }
        Set<String> problems = values.problems(execution.pipe);
        if (!problems.isEmpty()) {
            then.accept(StepFailure.permanent(String.join("; ", problems)));
            return;
        }
        String target;
        try {
            target = target();
        } catch (RuntimeException e) {
            then.accept(StepFailure.permanent("the input cannot be written down: " + e.getMessage()));
            return;
        }
        open(journal.create(execution.id(), target), then);
    }

    /** Takes over the log of a run whose owner is gone; continues with the failure that refuses that, or with nothing. */
    void takeUp(Consumer<@Nullable Throwable> then) {
        Journal journal = Objects.requireNonNull(execution.options.journal);
        open(journal.takeUp(execution.id()), then);
    }

    Past past() {
        return Past.of(log == null ? List.of() : log.past());
    }

    private void open(Mono<RunLog> source, Consumer<@Nullable Throwable> then) {
        source.subscribe(
                opened -> execution.runOrPost(() -> {
                    log = opened;
                    opened.takenFrom().ifPresent(execution::tookOver);
                    then.accept(null);
                }),
                failure -> execution.runOrPost(() -> then.accept(
                        StepFailure.of(FailureClass.PERMANENT, String.valueOf(failure.getMessage()), failure))));
    }

    private String target() {
        String target = execution.options.target;
        return target == null ? Targets.of(execution.pipe, execution.input, execution.secrets) : target;
    }

    /** Gives the lease back, then continues. */
    void close(Runnable then) {
        RunLog open = log;
        if (open == null) {
            then.run();
            return;
        }
        log = null;
        open.close()
                .onErrorResume(failure -> {
                    Execution.LOG.warn("run {}: its lease was not given back", execution.id(), failure);
                    return Mono.empty();
                })
                .subscribe(nothing -> {}, failure -> {}, () -> execution.runOrPost(then));
    }

    // ---- writing

    /** Writes a record; what comes after it waits until it is written. */
    void append(Kind kind, Path path, int generation, int attempt, Supplier<Map<String, Object>> data, Runnable then) {
        RunLog open = log;
        if (open == null || broken != null) {
            then.run();
            return;
        }
        JournalRecord entry;
        try {
            entry = new JournalRecord(
                    kind, Instant.ofEpochMilli(execution.now()), path, generation, attempt, data.get());
        } catch (RuntimeException e) {
            breaks(e);
            then.run();
            return;
        }
        appended++;
        open.append(
                entry,
                failure -> execution.runOrPost(() -> {
                    written++;
                    if (failure != null) {
                        breaks(failure);
                    }
                    then.run();
                    release();
                }));
    }

    /** From here on nothing is written: the run stops, and takes back what it can unless another process goes on with it. */
    private void breaks(Throwable failure) {
        boolean takenOver = failure instanceof JournalException it && it.reason() == Reason.LOST;
        // also after it could not be written: the lease is then lost while the run is being undone
        if (broken != null && (lost || !takenOver)) {
            return;
        }
        lost = takenOver;
        StepFailure why = StepFailure.of(
                FailureClass.PERMANENT,
                lost
                        ? "another process goes on with this run: " + execution.message(failure)
                        : "the journal cannot be written: " + execution.message(failure),
                failure);
        broken = why;
        execution.stopsBecause(why);
    }

    /** Whether another process has taken the run over: this one touches nothing any more. */
    boolean isLost() {
        return lost;
    }

    /** The same as a failure; nothing if it has not. */
    @Nullable
    StepFailure takenOver() {
        return lost ? broken : null;
    }

    void append(Kind kind, Path path, Supplier<Map<String, Object>> data, Runnable then) {
        append(kind, path, 0, 0, data, then);
    }

    boolean isOpen() {
        return log != null;
    }

    // ---- what belongs to each kind of record

    Map<String, Object> started() {
        return Map.of(
                "pipe", execution.pipe.name(), "outline", Fingerprint.of(execution.pipe.describe()), "input", input());
    }

    private Map<String, Object> input() {
        Map<String, Object> written = new LinkedHashMap<>();
        for (Key<?> key : WrittenKeys.ofInput(execution.pipe)) {
            execution.input.cells.get(key.name()).forEach(cell -> {
                Key<?> as = cell.secretInput ? key.secret() : key;
                written.put(key.name(), values.written(as, cell.value(key.type())));
            });
        }
        return written;
    }

    Map<String, Object> outputs(Contract contract, Outputs outputs) {
        Map<String, Object> written = new LinkedHashMap<>();
        outputs.forEach((key, value) -> written.put(key.name(), values.written(contract.declared(key), value)));
        return Map.of("outputs", written);
    }

    /** The outputs that {@link #outputs(Contract, Outputs)} wrote; those that were left out are what the resume was given. */
    Outputs outputs(Contract contract, Map<String, Object> written) {
        Outputs outputs = Outputs.none();
        for (Map.Entry<String, Object> each : written.entrySet()) {
            Key<?> key = contract.declared(each.getKey());
            Optional<Object> value = values.read(key, each.getValue());
            if (value.isEmpty()) {
                value = execution.given(key);
            }
            if (value.isPresent()) {
                outputs = outputs.andValue(key, value.get());
            }
        }
        return outputs;
    }

    Map<String, Object> items(Key<?> as, List<String> names, List<Object> items) {
        List<Object> written = new ArrayList<>();
        for (int i = 0; i < names.size(); i++) {
            written.add(Map.of("name", names.get(i), "value", values.written(as, items.get(i))));
        }
        return Map.of("items", written);
    }

    Map<String, Object> failure(Throwable failure) {
        Map<String, Object> said = new LinkedHashMap<>();
        said.put("class", FailureClass.of(failure).name());
        said.put("message", execution.message(failure));
        return said;
    }

    // ---- before a changing call

    /** Counted on any thread: something that must be written before the next changing call is on its way to the mailbox. */
    void onTheWay(boolean begins) {
        if (begins) {
            onTheWay.incrementAndGet();
        } else {
            onTheWay.decrementAndGet();
        }
    }

    /** Whether a changing call may be sent at this moment without asking further; for any thread. */
    boolean isClear() {
        RunLog open = log;
        return broken == null && (open == null || onTheWay.get() == 0 && open.isHeld());
    }

    /** Continues when all that was said before is written and the lease is held, or with the reason why nothing may be sent. */
    void whenClear(Consumer<@Nullable Throwable> then) {
        if (written == appended) {
            confirm(then);
        } else {
            waiting.add(new Waiting(appended, () -> confirm(then)));
        }
    }

    private void release() {
        for (Waiting first = waiting.peek(); first != null && first.until <= written; first = waiting.peek()) {
            waiting.remove();
            first.then.run();
        }
    }

    private void confirm(Consumer<@Nullable Throwable> then) {
        RunLog open = log;
        if (lost) {
            then.accept(broken);
        } else if (open == null || open.isHeld()) {
            then.accept(null);
        } else {
            open.confirm()
                    .subscribe(
                            nothing -> {},
                            failure -> execution.runOrPost(() -> {
                                breaks(failure);
                                then.accept(lost ? broken : null);
                            }),
                            () -> execution.runOrPost(() -> then.accept(null)));
        }
    }
}

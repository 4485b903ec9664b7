// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe;

import io.hybridpipe.StepInterceptor.Phase;
import io.hybridpipe.event.EventHeader;
import io.hybridpipe.event.PipeEvent;
import io.hybridpipe.event.Resource;
import io.hybridpipe.journal.JournalRecord.Kind;
import io.hybridpipe.retry.Backoff;
import io.hybridpipe.retry.FailureClass;
import io.hybridpipe.retry.StepFailure;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import reactor.core.Disposable;
import reactor.core.publisher.Mono;

/**
 * The onion round one step, or round one scope's open and close:
 * {@code StepTimeout(Retry(Settle(AttemptTimeout(Interceptors(Step)))))}, read in that order.
 *
 * <p>Settling, the attempt timeout and the interceptors belong to each single {@link Call}. Touched only inside the run's
 * mailbox.
 */
final class Unit implements State.View {
    static final long CLOSE_TIMEOUT = Duration.ofMinutes(1).toMillis();

    enum Status {
        NEVER,
        BEGUN,
        DONE,
        GONE
    }

    final Node node;
    final Work work;

    final Execution execution;
    final Attempts attempts;

    Status status = Status.NEVER;
    int generation;
    int attempt;
    /** Whether an undo has begun since the last attempt: a cloud may then answer the token with the deleted thing. */
    boolean undoBegun;
    /** Whether a thread that worked for it was given up. */
    boolean mayStillAct;

    @Nullable
    Outputs outputs;

    /** Whether the outcome is unknown because an earlier process ended: its calls may still be in flight. */
    boolean interrupted;

    private boolean restored;

    /** Whether any attempt has sent a call that changes something. */
    private boolean sentSomething;

    private @Nullable Cells cells;
    private @Nullable Set<Resource> made;
    private @Nullable TakingBack takingBack;
    private @Nullable Call<?> call;
    private @Nullable Disposable pause;
    private @Nullable Runnable afterPause;

    Unit(Node node, Work work) {
        this.node = node;
        this.work = work;
        execution = node.execution;
        attempts = new Attempts(this);
    }

    // ---- what others ask

    /** Whether something of it may be there. */
    boolean exists() {
        return status == Status.BEGUN || status == Status.DONE;
    }

    boolean isOpen() {
        return status == Status.DONE && !isBeingTakenBack() && !attempts.isPerforming();
    }

    /** Whether what undo left is still there as far as anybody knows. */
    boolean isLeftover() {
        return exists() || mayStillAct;
    }

    /** Whether a call is in flight, or a next one is due. */
    boolean isBusy() {
        return call != null || pause != null;
    }

    int attempts() {
        return attempt;
    }

    int generation() {
        return generation;
    }

    Set<Resource> made() {
        return made == null ? Set.of() : made;
    }

    /** Counted from the start of the attempt that opened: that is what the scope could write into the cloud. */
    long expiresAt() {
        return attempts.startedAt() + work.expiry().toMillis();
    }

    long closeTimeout() {
        return work.options.undoTimeout().map(Duration::toMillis).orElse(CLOSE_TIMEOUT);
    }

    State addedTo(State state) {
        io.vavr.collection.Map<String, Cell> all = state.cells;
        for (Cells c = cells; c != null; c = c.rest) {
            all = all.put(c.key.name(), c.cell);
        }
        return all == state.cells ? state : new State(all, null);
    }

    void forEachCell(BiConsumer<String, Cell> action) {
        for (Cells c = cells; c != null; c = c.rest) {
            action.accept(c.key.name(), c.cell);
        }
    }

    @Override
    public boolean mayRead(String name) {
        return work.contract.mayRead(name);
    }

    @Override
    public void met(Object value) {
        execution.secrets.learn(value, false);
    }

    @Override
    public String reader() {
        return work.isScope() ? "scope " + node.path() : "step " + node.path();
    }

    // ---- what an earlier process did

    /** Sets everything to where the journal says it was; true for a step that had finished. */
    boolean restore() {
        Past.Trace trace = execution.trace(node);
        if (trace == null) {
            return false;
        }
        restored = true;
        generation = trace.generation;
        attempt = trace.attempts;
        undoBegun = trace.undoBegun;
        sentSomething = true;
        made = trace.made.isEmpty() ? null : new LinkedHashSet<>(trace.made);
        if (trace.attemptAt != null) {
            attempts.startedAt(trace.attemptAt.toEpochMilli());
        }
        if (trace.outputs != null) {
            keep(execution.records.outputs(work.contract, trace.outputs));
        }
        if (trace.begun) {
            // whether a scope is still open only a look can tell
            status = trace.done && !work.isScope() ? Status.DONE : Status.BEGUN;
            interrupted = !trace.done;
        } else if (trace.attempts > 0) {
            status = Status.GONE;
            cellsUndone();
        }
        return status == Status.DONE;
    }

    boolean isRestored() {
        return restored;
    }

    /** Whether a scope that an earlier process opened has so little time left that it is better opened afresh. */
    boolean wasOpenTooLong() {
        return restored
                && status == Status.BEGUN
                && outputs != null
                && execution.now() > attempts.startedAt() + work.expiry().toMillis() / 2;
    }

    /**
     * An update of unknown outcome (a new password) decides whether the scopes round it can be found and closed,
     * so it is looked for before they are; continues with what was found, if anything was looked for.
     */
    void learnUpdates(Consumer<@Nullable Found> then) {
        if (status != Status.BEGUN || node.scope == null || !work.contract.updatesAnything()) {
            then.accept(null);
            return;
        }
        look(found -> {
            if (found instanceof Found.Done it && problemWith(it.outputs()) == null) {
                succeeded(it.outputs(), failure -> {
                    if (failure != null) {
                        // looked for once more where a failure counts
                        status = Status.BEGUN;
                    }
                    then.accept(found);
                });
            } else {
                if (found instanceof Found.Absent) {
                    cellsUndone();
                }
                then.accept(found);
            }
        });
    }

    // ---- forward, looking, back

    /** Runs or opens; see {@link Attempts}. */
    void perform(Consumer<@Nullable Throwable> whenDone) {
        attempts.perform(whenDone);
    }

    void stop(Throwable why) {
        attempts.stop(why);
    }

    void look(Consumer<Found> found) {
        new Lookup(this).look(found);
    }

    /** Undoes or closes; see {@link TakingBack}. */
    void takeBack(Consumer<@Nullable Throwable> whenDone) {
        takingBack().takeBack(whenDone);
    }

    TakingBack takingBack() {
        if (takingBack == null) {
            takingBack = new TakingBack(this);
        }
        return takingBack;
    }

    boolean isBeingTakenBack() {
        return takingBack != null && takingBack.isActive();
    }

    void leaveActing(Consumer<@Nullable Throwable> whenDone) {
        takingBack().leaveActing(whenDone);
    }

    void interruptUndo(Throwable why) {
        takingBack().interruptUndo(why);
    }

    /** The deadline of the undo pass has passed: a re-opening is stopped, and so is a step's undo; a close goes on. */
    void undoDeadlinePassed() {
        Throwable why = StepFailure.unknownOutcome("the undo deadline has passed");
        if (attempts.isReopening()) {
            attempts.stop(why);
        } else {
            interruptUndo(why);
        }
    }

    // ---- what attempts and undo share

    /** Whether nothing can be there: it never succeeded, said nothing that it made, and sent nothing that changes anything. */
    boolean isUntouched() {
        return outputs == null && !sentSomething && made().isEmpty();
    }

    static StepFailure stillActing() {
        return StepFailure.unknownOutcome("its worker did not end when told to and may still act");
    }

    void withEnclosingOpen(Consumer<@Nullable Throwable> then) {
        if (node.scope == null) {
            then.accept(null);
        } else {
            node.scope.ensureOpen(then);
        }
    }

    @Nullable
    Throwable problemWith(Outputs given) {
        Contract contract = work.contract;
        for (Key<?> key : contract.writesAsArray()) {
            if (!given.has(key)) {
                return StepFailure.permanent(
                        reader() + " completed without key '" + key + "', which its contract declares");
            }
        }
        StepFailure problem = null;
        for (Outputs o = given; o != null && o.key != null; o = o.rest) {
            Key<?> key = o.key;
            if (!contract.declares(key)) {
                problem = StepFailure.permanent(
                        reader() + " writes key '" + key + "', which its contract does not declare");
            } else if (outputs == null && !contract.updates(key) && node.in.cells.containsKey(key.name())) {
                problem = StepFailure.permanent(reader() + " writes key '" + key
                        + "', which exists already; its contract declares no update of it");
            }
        }
        return problem;
    }

    /** The outputs as cells; a second success (a scope opened again) updates the cells of the first. */
    void keep(Outputs given) {
        outputs = given;
        Cells fresh = null;
        execution.secrets.learn(work.contract, given);
        for (Outputs o = given; o != null && o.key != null && o.value != null; o = o.rest) {
            Cell cell = new Cell(o.value, node.path());
            Cell old = cells == null ? null : cells.find(o.key);
            if (old != null) {
                old.updatedBy(cell);
                // an undo takes back the new cell only: the one that it stands for must not come to light again
                old.undone();
            } else if (work.contract.updates(o.key)) {
                Cell updated = node.in.cells.getOrElse(o.key.name(), null);
                if (updated != null) {
                    updated.updatedBy(cell);
                }
            }
            fresh = new Cells(o.key, cell, fresh);
        }
        cells = fresh;
    }

    /** Keeps the outputs and writes them down; continues with a failure if one of them has no form in which it can be written. */
    void succeeded(Outputs given, Consumer<@Nullable Throwable> then) {
        status = Status.DONE;
        keep(given);
        Map<String, Object> written;
        try {
            written = execution.records.isOpen() ? execution.records.outputs(work.contract, given) : Map.of();
        } catch (RuntimeException e) {
            then.accept(StepFailure.permanent(reader() + " cannot be resumed: " + e.getMessage()));
            return;
        }
        append(Kind.RESULT, () -> written, () -> then.accept(null));
    }

    void gone() {
        status = Status.GONE;
        undoBegun = false;
        if (made != null) {
            for (Resource resource : made) {
                emit(header -> new PipeEvent.ResourceGone(header, resource));
            }
            made = null;
        }
        cellsUndone();
    }

    private void cellsUndone() {
        for (Cells c = cells; c != null; c = c.rest) {
            c.cell.undone();
        }
    }

    void idle() {
        for (ScopeNode around = node.scope; around != null; around = around.scope) {
            around.reopenWhenIdle();
        }
    }

    long share() {
        boolean inUndoPass = execution.undo.isOn() && (!attempts.isPerforming() || attempts.isReopening());
        return inUndoPass ? execution.undo.share() : CLOSE_TIMEOUT;
    }

    static Duration retryAfter(Throwable failure) {
        return failure instanceof StepFailure classified
                ? classified.retryAfter().orElse(Duration.ZERO)
                : Duration.ZERO;
    }

    /** The backoff's delay, or longer if the service asked for it. */
    static Duration waitAfter(Throwable failure, Backoff backoff, int failures, double jitter) {
        Duration delay = backoff.delay(failures, jitter);
        Duration asked = retryAfter(failure);
        return asked.compareTo(delay) > 0 ? asked : delay;
    }

    /** Full jitter that is the same whenever the same attempt of the same run is made, so that runs can be repeated. */
    double jitter() {
        return jitter(execution.id().value() + node.path() + attempt);
    }

    static double jitter(String of) {
        int hash = of.hashCode() * 0x9E3779B9;
        return (hash >>> 8) / (double) (1 << 24);
    }

    Tries tries() {
        return mayStillAct ? Tries.once() : Tries.as(patience(), execution.now());
    }

    long delayAfter(Tries tries) {
        return patience().delay(tries.failed(), 0.5 + jitter() / 2).toMillis();
    }

    private Backoff patience() {
        return work.options.retry().forClass(FailureClass.TRANSIENT);
    }

    // ---- calls and pauses

    <T> void call(Phase phase, Function<StepContext, Mono<T>> method, long timeoutMillis, Call.Ended<T> whenEnded) {
        Call<T> started = new Call<>(this, phase, attempt, generation, (value, failure, ended) -> {
            call = null;
            mayStillAct |= ended.workerGivenUp();
            sentSomething |= ended.sentSomething();
            whenEnded.ended(value, failure, ended);
        });
        call = started;
        if (!started.begin(method, timeoutMillis)) {
            attempts.armStepTimer();
        }
    }

    void pause(long millis, Runnable next) {
        afterPause = next;
        pause = execution.timer(millis, () -> {
            // the end of a pause that was dropped may have been on its way already, and must not end the next one
            if (afterPause == next) {
                pause = null;
                afterPause = null;
                next.run();
            }
        });
    }

    /** Ends a pause without what was to follow it; whether there was one. */
    boolean dropPause() {
        if (pause == null) {
            return false;
        }
        pause.dispose();
        pause = null;
        afterPause = null;
        return true;
    }

    /** Ends a pause and goes on at once; whether there was one. */
    boolean skipPause() {
        Runnable next = afterPause;
        if (!dropPause()) {
            return false;
        }
        if (next != null) {
            next.run();
        }
        return true;
    }

    void stopCall(Throwable why) {
        if (call != null) {
            call.stop(why);
        }
    }

    void made(Resource resource, int inAttempt, Runnable written) {
        Resource clean = execution.secrets.scrub(resource);
        if (made == null) {
            made = new LinkedHashSet<>();
        }
        if (!made.add(clean)) {
            // said again by a reconcile that found it
            written.run();
            return;
        }
        execution.records.append(Kind.MADE, node.path(), generation, inAttempt, clean::fields, () -> {
            written.run();
            emit(header -> new PipeEvent.ResourceMade(header, clean));
        });
    }

    void gone(Resource resource, int inAttempt, Runnable written) {
        Resource clean = execution.secrets.scrub(resource);
        if (made != null) {
            made.removeIf(clean::isSameAs);
        }
        execution.records.append(Kind.GONE, node.path(), generation, inAttempt, clean::fields, () -> {
            written.run();
            emit(header -> new PipeEvent.ResourceGone(header, clean));
        });
    }

    void append(Kind kind, Runnable then) {
        append(kind, Map::of, then);
    }

    void append(Kind kind, Supplier<Map<String, Object>> data, Runnable then) {
        execution.records.append(kind, node.path(), generation, attempt, data, then);
    }

    void emit(Function<EventHeader, PipeEvent> event) {
        execution.emit(node, attempt, event);
    }

    /** The unit's outputs as cells, a chain. */
    private static final class Cells {
        final Key<?> key;
        final Cell cell;
        final @Nullable Cells rest;

        Cells(Key<?> key, Cell cell, @Nullable Cells rest) {
            this.key = key;
            this.cell = cell;
            this.rest = rest;
        }

        @Nullable
        Cell find(Key<?> wanted) {
            for (Cells c = this; c != null; c = c.rest) {
                if (c.key.equals(wanted)) {
                    return c.cell;
                }
            }
            return null;
        }
    }
}

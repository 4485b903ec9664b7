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
import java.time.Instant;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Function;
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
    private static final int LOOKS = 4;
    private static final int UNDO_TRIES = 4;
    private static final long CLOSE_TIMEOUT = Duration.ofMinutes(1).toMillis();
    /** A scope that undo needs is opened with at least this many attempts. */
    private static final int REOPEN_ATTEMPTS = 6;

    private enum Status {
        NEVER,
        BEGUN,
        DONE,
        GONE
    }

    final Node node;
    final Work work;

    private final Execution execution;
    private Status status = Status.NEVER;
    private int generation;
    private int attempt;
    private @Nullable Outputs outputs;
    private @Nullable Cells cells;
    private @Nullable Set<Resource> made;

    private @Nullable Consumer<@Nullable Throwable> then;
    private boolean performing;
    private boolean takingBack;
    private boolean undoBegun;
    private boolean mayStillAct;
    private boolean reopening;
    private int attemptsInBudget;
    private long performStartedAt;
    private long attemptStartedAt;
    private long undoStartedAt;
    private @Nullable Throwable stop;
    private boolean timedOut;
    private boolean undoInterrupted;
    private @Nullable Call<?> call;
    private @Nullable Disposable pause;
    private @Nullable Disposable stepTimer;
    private @Nullable Runnable afterPause;

    Unit(Node node, Work work) {
        this.node = node;
        this.work = work;
        execution = node.execution;
    }

    // ---- what others ask

    /** Whether something of it may be there. */
    boolean exists() {
        return status == Status.BEGUN || status == Status.DONE;
    }

    boolean isOpen() {
        return status == Status.DONE && !takingBack && !performing;
    }

    /** Whether what undo left is still there as far as anybody knows. */
    boolean isLeftover() {
        return exists() || mayStillAct;
    }

    /** Whether a thread that worked for it was given up. */
    boolean mayStillAct() {
        return mayStillAct;
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
        return attemptStartedAt + work.expiry().toMillis();
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
    public String reader() {
        return work.isScope() ? "scope " + node.path() : "step " + node.path();
    }

    // ---- forward: StepTimeout(Retry(..))

    /** Runs or opens until success, or until there is no more to try; calls back exactly once. */
    void perform(Consumer<@Nullable Throwable> whenDone) {
        then = whenDone;
        performing = true;
        stop = null;
        timedOut = false;
        attemptsInBudget = 0;
        performStartedAt = node.startedAt;
        reopening = node instanceof ScopeNode scope && scope.entered();
        if (reopening) {
            performStartedAt = execution.now();
            if (execution.undoExpired()) {
                end(StepFailure.permanent("the undo deadline has passed"));
                return;
            }
            execution.isActive(this, true);
        }
        withEnclosingOpen(failure -> {
            if (failure != null) {
                end(failure);
            } else if (stop != null) {
                end(stop);
            } else if (mayStillAct) {
                end(stillActing());
            } else if (status == Status.BEGUN) {
                lookBeforeTryingAgain(StepFailure.unknownOutcome("an earlier attempt has an unknown outcome"), true);
            } else {
                attempt();
            }
        });
    }

    private void withEnclosingOpen(Consumer<@Nullable Throwable> then) {
        if (node.scope == null) {
            then.accept(null);
        } else {
            node.scope.ensureOpen(then);
        }
    }

    private void attempt() {
        attemptsInBudget++;
        attempt++;
        attemptStartedAt = execution.now();
        status = Status.BEGUN;
        undoBegun = false;
        execution.append(Kind.INTENT, node.path(), generation, attempt, null, () -> {
            if (stop != null) {
                end(stop);
                return;
            }
            if (execution.isHeard()) {
                String type = work.contract.type();
                // the two events of every step are made without a detour, since there may be very many
                EventHeader header = execution.header(node, attempt);
                execution.tell(
                        work.isScope()
                                ? new PipeEvent.ScopeOpening(header, type)
                                : new PipeEvent.StepStarted(header, type));
            }
            long timeout = reopening
                    ? work.options.attemptTimeout().map(Duration::toMillis).orElseGet(this::share)
                    : work.options.attemptTimeoutMillis();
            call(work.forward(), context -> work.run(node.in.seenBy(this), context), timeout, this::attemptEnded);
        });
    }

    private void attemptEnded(@Nullable Outputs value, @Nullable Throwable failure, Call<?> ended) {
        Throwable why = failure;
        if (why == null) {
            Outputs given = value == null ? Outputs.none() : value;
            why = problemWith(given);
            if (why == null) {
                succeeded(given);
                return;
            }
        }
        if (stop != null || timedOut) {
            end(stop != null ? stop : why);
            return;
        }
        FailureClass failureClass = FailureClass.of(why);
        if (ended.changedSomething() && failureClass != FailureClass.PERMANENT) {
            // a create that went through before another call was throttled: trying blindly would make a second one
            failureClass = FailureClass.UNKNOWN_OUTCOME;
        }
        if (failureClass == FailureClass.PERMANENT || mayStillAct) {
            // beside a worker that may still act nothing is tried again; undo looks, once
            end(why);
        } else if (failureClass == FailureClass.UNKNOWN_OUTCOME && work.contract.effect() != Effect.none()) {
            lookBeforeTryingAgain(why, false);
        } else {
            tryAgain(why, failureClass);
        }
    }

    private @Nullable Throwable problemWith(Outputs given) {
        Contract contract = work.contract;
        for (Key<?> key : contract.writes()) {
            if (given.find(key).isEmpty()) {
                return StepFailure.permanent(
                        reader() + " completed without key '" + key + "', which its contract declares");
            }
        }
        StepFailure[] problem = {null};
        for (Outputs o = given; o != null && o.key != null; o = o.rest) {
            Key<?> key = o.key;
            if (!contract.declares(key)) {
                problem[0] = StepFailure.permanent(
                        reader() + " writes key '" + key + "', which its contract does not declare");
            } else if (!contract.updates(key) && outputs == null && node.in.cells.containsKey(key.name())) {
                problem[0] = StepFailure.permanent(reader() + " writes key '" + key
                        + "', which exists already; its contract declares no update of it");
            }
        }
        return problem[0];
    }

    private void succeeded(Outputs given) {
        status = Status.DONE;
        keep(given);
        execution.append(Kind.RESULT, node.path(), generation, attempt, given, () -> end(null));
    }

    /** The outputs as cells; a second success (a scope opened again) updates the cells of the first. */
    private void keep(Outputs given) {
        outputs = given;
        Cells fresh = null;
        execution.secrets.learn(work.contract, given);
        for (Outputs o = given; o != null && o.key != null && o.value != null; o = o.rest) {
            Cell cell = new Cell(o.value, node.path());
            Cell old = cells == null ? null : cells.find(o.key);
            if (old == null && work.contract.updates(o.key)) {
                old = node.in.cells.getOrElse(o.key.name(), null);
            }
            if (old != null) {
                old.updatedBy(cell);
            }
            fresh = new Cells(o.key, cell, fresh);
        }
        cells = fresh;
    }

    private void tryAgain(Throwable failure, FailureClass failureClass) {
        Backoff backoff = work.options.retry().forClass(failureClass);
        int budget = reopening ? Math.max(REOPEN_ATTEMPTS, backoff.maxAttempts()) : backoff.maxAttempts();
        Duration delay = backoff.delay(attemptsInBudget, jitter());
        Duration asked = retryAfter(failure);
        Duration wait = asked.compareTo(delay) > 0 ? asked : delay;
        boolean late = execution.now() - performStartedAt + wait.toMillis()
                > backoff.maxElapsed().toMillis();
        if (attemptsInBudget >= budget || mayStillAct || (late && !reopening)) {
            end(failure);
            return;
        }
        FailureClass shown = failureClass;
        emit(header -> new PipeEvent.StepRetrying(header, shown, execution.message(failure), wait));
        pause(wait.toMillis(), this::attempt);
        armStepTimer();
    }

    private static Duration retryAfter(Throwable failure) {
        return failure instanceof StepFailure classified
                ? classified.retryAfter().orElse(Duration.ZERO)
                : Duration.ZERO;
    }

    /** Full jitter that is the same whenever the same attempt of the same run is made, so that runs can be repeated. */
    private double jitter() {
        int hash = (execution.id().value() + node.path() + attempt).hashCode() * 0x9E3779B9;
        return (hash >>> 8) / (double) (1 << 24);
    }

    private void lookBeforeTryingAgain(Throwable failure, boolean atOnce) {
        look(found -> {
            if (stop != null || timedOut) {
                end(stop != null ? stop : failure);
            } else if (found instanceof Found.Done it) {
                Throwable problem = problemWith(it.outputs());
                if (problem == null) {
                    succeeded(it.outputs());
                } else {
                    end(problem);
                }
            } else if (found instanceof Found.Absent) {
                if (undoBegun) {
                    // clouds answer a reused token with the old, deleted thing
                    generation++;
                    undoBegun = false;
                }
                if (atOnce) {
                    attempt();
                } else {
                    tryAgain(failure, FailureClass.UNKNOWN_OUTCOME);
                }
            } else if (found instanceof Found.Partly && work.contract.effect() == Effect.undoable()) {
                undo(found, undoFailure -> {
                    if (undoFailure != null || stop != null || timedOut) {
                        end(stop != null ? stop : failure);
                    } else {
                        tryAgain(failure, FailureClass.UNKNOWN_OUTCOME);
                    }
                });
            } else {
                end(failure);
            }
        });
    }

    private void armStepTimer() {
        if (stepTimer == null && performing && !reopening) {
            long left = performStartedAt + work.options.stepTimeout().toMillis() - execution.now();
            stepTimer = execution.timer(left, this::stepTimedOut);
        }
    }

    private void stepTimedOut() {
        if (!performing) {
            return;
        }
        timedOut = true;
        interruptForward(
                StepFailure.unknownOutcome("no success within the step timeout of " + work.options.stepTimeout()));
    }

    /** Told to stop; what is being taken back, and settling, go on. */
    void stop(Throwable why) {
        if (performing && stop == null) {
            stop = why;
            interruptForward(why);
        }
    }

    private void interruptForward(Throwable why) {
        if (takingBack) {
            return;
        }
        if (pause != null) {
            cancelPause();
            end(why);
        } else if (call != null) {
            call.stop(why);
        }
    }

    private void end(@Nullable Throwable failure) {
        if (failure != null && status == Status.BEGUN && execution.keeps() && work.contract.updatesAnything()) {
            learnWhatIsKept(failure);
        } else {
            ended(failure);
        }
    }

    /** Kept as it is, an update that may have happened (a new password) decides whether the scopes round it can be closed. */
    private void learnWhatIsKept(Throwable failure) {
        look(found -> {
            if (found instanceof Found.Done it && problemWith(it.outputs()) == null) {
                keep(it.outputs());
            }
            ended(failure);
        });
    }

    private void ended(@Nullable Throwable failure) {
        performing = false;
        if (reopening) {
            reopening = false;
            execution.isActive(this, false);
        }
        if (stepTimer != null) {
            stepTimer.dispose();
            stepTimer = null;
        }
        if (execution.isHeard()) {
            said(failure);
        }
        idle();
        Consumer<@Nullable Throwable> next = then;
        then = null;
        if (next != null) {
            next.accept(failure);
        }
    }

    private void said(@Nullable Throwable failure) {
        Duration took = Duration.ofMillis(execution.now() - performStartedAt);
        if (failure == null) {
            EventHeader header = execution.header(node, attempt);
            execution.tell(
                    work.isScope()
                            ? new PipeEvent.ScopeOpened(header, Instant.ofEpochMilli(expiresAt()), took)
                            : new PipeEvent.StepFinished(header, took));
        } else {
            FailureClass failureClass = FailureClass.of(failure);
            String message = execution.message(failure);
            emit(
                    work.isScope()
                            ? header -> new PipeEvent.ScopeOpenFailed(header, failureClass, message)
                            : header -> new PipeEvent.StepFailed(header, failureClass, message, took));
        }
    }

    // ---- looking: absent and half-made count only when seen over the visibility window

    private void look(Consumer<Found> found) {
        lookAgain(found, execution.now() + work.options.visibility().toMillis(), mayStillAct ? 1 : LOOKS);
    }

    private void lookAgain(Consumer<Found> then, long until, int looks) {
        emit(header -> new PipeEvent.StepReconciling(header, "the outcome is unknown"));
        call(
                Phase.RECONCILE,
                context -> work.reconcile(node.in.seenBy(this), context),
                work.options.reconcileTimeout().toMillis(),
                (found, failure, ended) -> looked(found, failure, then, until, looks));
    }

    private void looked(
            @Nullable Found seen, @Nullable Throwable failure, Consumer<Found> then, long until, int looks) {
        boolean hurried = stop != null && !takingBack
                || timedOut && !takingBack
                || undoInterrupted
                || isStepUndo() && execution.undoExpired();
        boolean windowOpen = execution.now() < until;
        if (seen == null) {
            if (looks > 1 && !hurried) {
                pause(lookDelay(LOOKS - looks + 1), () -> lookAgain(then, until, looks - 1));
                return;
            }
            found(then, Found.unknown(failure == null ? "reconcile said nothing" : execution.message(failure)));
        } else if ((seen instanceof Found.Absent || seen instanceof Found.Partly && !takingBack)
                && windowOpen
                && !hurried
                && !mayStillAct) {
            long half = Math.max(1, work.options.visibility().toMillis() / 2);
            pause(half, () -> lookAgain(then, until, LOOKS));
        } else if (seen instanceof Found.Absent && windowOpen) {
            found(then, Found.unknown("not seen, but the visibility window was cut short"));
        } else {
            found(then, seen);
        }
    }

    private long lookDelay(int failures) {
        return work.options
                .retry()
                .forClass(FailureClass.TRANSIENT)
                .delay(failures, 0.5 + jitter() / 2)
                .toMillis();
    }

    private void found(Consumer<Found> then, Found found) {
        if (found instanceof Found.Done it) {
            execution.secrets.learn(work.contract, it.outputs());
        }
        if (execution.isHeard()) {
            String text = execution.secrets.scrub(found.<String>fold(
                    absent -> "absent",
                    done -> "done",
                    partly -> "partly: " + partly.detail(),
                    unknown -> "unknown: " + unknown.why()));
            emit(header -> new PipeEvent.StepReconciled(header, text));
        }
        then.accept(found);
    }

    // ---- back: undo of a step, close of a scope

    /** Takes back what may be there; calls back with the failure that makes it a leftover, or with nothing. */
    void takeBack(Consumer<@Nullable Throwable> whenDone) {
        if (!work.isScope() && execution.undoExpired()) {
            leave(whenDone, StepFailure.permanent("the undo deadline has passed"));
            return;
        }
        takingBack = true;
        undoInterrupted = false;
        undoStartedAt = execution.now();
        execution.isActive(this, true);
        Consumer<@Nullable Throwable> inTheOpen = failure -> {
            if (failure != null && !work.isScope()) {
                leave(whenDone, failure);
            } else if (status == Status.DONE) {
                undo(Found.done(outputs == null ? Outputs.none() : outputs), e -> takenBack(whenDone, e));
            } else {
                look(found -> {
                    if (found instanceof Found.Absent) {
                        nothingThere(() -> takenBack(whenDone, null));
                    } else {
                        undo(found, e -> takenBack(whenDone, e));
                    }
                });
            }
        };
        if (work.isScope() && node.scope != null) {
            node.scope.ensureOpenForClose(inTheOpen);
        } else {
            withEnclosingOpen(inTheOpen);
        }
    }

    private void nothingThere(Runnable next) {
        if (undoBegun) {
            generation++;
        }
        execution.append(Kind.UNDO_RESULT, node.path(), generation, attempt, null, () -> {
            gone();
            next.run();
        });
    }

    private void undo(Found found, Consumer<@Nullable Throwable> whenDone) {
        boolean outer = takingBack;
        takingBack = true;
        status = Status.BEGUN;
        undoBegun = true;
        execution.append(Kind.UNDO_INTENT, node.path(), generation, attempt, null, () -> {
            if (execution.isHeard()) {
                String what = found.fold(a -> "absent", d -> "done", p -> "partly", u -> "unknown");
                emit(
                        work.isScope()
                                ? header -> new PipeEvent.ScopeClosing(header, what)
                                : header -> new PipeEvent.StepUndoStarted(header, what));
            }
            tryUndo(found, mayStillAct ? 1 : UNDO_TRIES, failure -> {
                takingBack = outer;
                whenDone.accept(failure);
            });
        });
    }

    private void tryUndo(Found found, int tries, Consumer<@Nullable Throwable> whenDone) {
        this.<Void>call(
                work.backward(),
                context -> work.undo(undoView(found), found, context),
                undoTimeout(),
                (nothing, failure, ended) -> {
                    if (failure == null) {
                        generation++;
                        execution.append(Kind.UNDO_RESULT, node.path(), generation, attempt, null, () -> {
                            gone();
                            whenDone.accept(null);
                        });
                    } else if (tries > 1
                            && FailureClass.of(failure) != FailureClass.PERMANENT
                            && !mayStillAct
                            && !(isStepUndo() && execution.undoExpired())) {
                        Runnable again = () -> tryUndoInOpenScope(found, tries - 1, whenDone);
                        if (undoInterrupted) {
                            // the scope round it has expired: the time left is that of its close
                            again.run();
                        } else {
                            Duration asked = retryAfter(failure);
                            pause(Math.max(asked.toMillis(), lookDelay(UNDO_TRIES - tries + 1)), again);
                        }
                    } else {
                        execution.append(
                                Kind.UNDO_FAILED,
                                node.path(),
                                generation,
                                attempt,
                                null,
                                () -> whenDone.accept(failure));
                    }
                });
    }

    /** Between two tries the scope round a step may have expired: then it is opened afresh. */
    private void tryUndoInOpenScope(Found found, int tries, Consumer<@Nullable Throwable> whenDone) {
        undoInterrupted = false;
        if (!isStepUndo()) {
            tryUndo(found, tries, whenDone);
        } else {
            withEnclosingOpen(failure -> {
                if (failure == null) {
                    tryUndo(found, tries, whenDone);
                } else {
                    whenDone.accept(failure);
                }
            });
        }
    }

    /** What undo sees: what the contract reads and what the step wrote, at their latest values. */
    private State undoView(Found found) {
        State with = addedTo(node.in);
        if (found instanceof Found.Done it && it.outputs() != outputs) {
            io.vavr.collection.Map<String, Cell> all = with.cells;
            for (Outputs o = it.outputs(); o != null && o.key != null && o.value != null; o = o.rest) {
                all = all.put(o.key.name(), new Cell(o.value, node.path()));
            }
            with = new State(all, null);
        }
        return with.seenBy(new State.View() {
            @Override
            public boolean mayRead(String name) {
                return work.contract.mayReadAfterwards(name);
            }

            @Override
            public String reader() {
                return "undo of " + Unit.this.reader();
            }
        });
    }

    private void gone() {
        status = Status.GONE;
        undoBegun = false;
        if (made != null) {
            for (Resource resource : made) {
                emit(header -> new PipeEvent.ResourceGone(header, resource));
            }
            made = null;
        }
        for (Cells c = cells; c != null; c = c.rest) {
            c.cell.undone();
        }
    }

    private void takenBack(Consumer<@Nullable Throwable> whenDone, @Nullable Throwable failure) {
        boolean hurried = isStepUndo() && execution.undoExpired();
        if (failure != null && FailureClass.of(failure) == FailureClass.UNKNOWN_OUTCOME && !hurried && !mayStillAct) {
            look(found -> {
                if (found instanceof Found.Absent) {
                    nothingThere(() -> takenBack(whenDone, null));
                } else {
                    leave(whenDone, failure);
                }
            });
        } else if (failure != null) {
            leave(whenDone, failure);
        } else if (mayStillAct) {
            leaveActing(whenDone);
        } else {
            takingBack = false;
            execution.isActive(this, false);
            execution.leftovers.remove(this);
            if (execution.isHeard()) {
                Duration took = Duration.ofMillis(execution.now() - undoStartedAt);
                emit(
                        work.isScope()
                                ? header -> new PipeEvent.ScopeClosed(header, took)
                                : header -> new PipeEvent.StepUndone(header, took));
            }
            idle();
            whenDone.accept(null);
        }
    }

    /** Whatever was seen or undone, its worker may yet do what it was once sent for. */
    void leaveActing(Consumer<@Nullable Throwable> whenDone) {
        leave(whenDone, stillActing());
    }

    private static StepFailure stillActing() {
        return StepFailure.unknownOutcome("its worker did not end when told to and may still act");
    }

    private void leave(Consumer<@Nullable Throwable> whenDone, Throwable failure) {
        takingBack = false;
        execution.isActive(this, false);
        String message = execution.message(failure);
        execution.leftovers.put(this, message);
        FailureClass failureClass = FailureClass.of(failure);
        emit(
                work.isScope()
                        ? header -> new PipeEvent.ScopeCloseFailed(header, failureClass, message)
                        : header -> new PipeEvent.StepUndoFailed(header, failureClass, message));
        idle();
        whenDone.accept(failure);
    }

    private void idle() {
        for (ScopeNode around = node.scope; around != null; around = around.scope) {
            around.reopenWhenIdle();
        }
    }

    /** Whether it is undone in an undo pass; what is half-made is also undone going forward, between two attempts. */
    private boolean isStepUndo() {
        return takingBack && !performing && !work.isScope();
    }

    private long undoTimeout() {
        return work.options
                .undoTimeout()
                .map(Duration::toMillis)
                .orElseGet(() -> work.isScope() ? CLOSE_TIMEOUT : share());
    }

    private long share() {
        boolean inUndoPass = execution.isUndoing() && (!performing || reopening);
        return inUndoPass ? execution.undoShare() : CLOSE_TIMEOUT;
    }

    /** The deadline of the undo pass has passed: a re-opening is stopped, and so is a step's undo; a close goes on. */
    void undoDeadlinePassed() {
        Throwable why = StepFailure.unknownOutcome("the undo deadline has passed");
        if (reopening) {
            stop(why);
        } else {
            interruptUndo(why);
        }
    }

    void interruptUndo(Throwable why) {
        if (isStepUndo()) {
            undoInterrupted = true;
            if (pause != null) {
                Runnable next = afterPause;
                cancelPause();
                if (next != null) {
                    next.run();
                }
            } else if (call != null) {
                call.stop(why);
            }
        }
    }

    // ---- calls and pauses

    private <T> void call(
            Phase phase, Function<StepContext, Mono<T>> method, long timeoutMillis, Call.Ended<T> whenEnded) {
        Call<T> started = new Call<>(this, phase, attempt, generation, (value, failure, ended) -> {
            call = null;
            mayStillAct |= ended.workerGivenUp();
            whenEnded.ended(value, failure, ended);
        });
        call = started;
        if (!started.begin(method, timeoutMillis)) {
            armStepTimer();
        }
    }

    private void pause(long millis, Runnable next) {
        afterPause = next;
        pause = execution.timer(millis, () -> {
            Runnable after = afterPause;
            pause = null;
            afterPause = null;
            if (after != null) {
                after.run();
            }
        });
    }

    private void cancelPause() {
        if (pause != null) {
            pause.dispose();
        }
        pause = null;
        afterPause = null;
    }

    Execution execution() {
        return execution;
    }

    void made(Resource resource, int inAttempt) {
        Resource clean = execution.secrets.scrub(resource);
        if (made == null) {
            made = new LinkedHashSet<>();
        }
        if (!made.add(clean)) {
            // said again by a reconcile that found it
            return;
        }
        execution.append(
                Kind.MADE,
                node.path(),
                generation,
                inAttempt,
                clean,
                () -> emit(header -> new PipeEvent.ResourceMade(header, clean)));
    }

    void gone(Resource resource, int inAttempt) {
        Resource clean = execution.secrets.scrub(resource);
        if (made != null) {
            made.removeIf(each -> each.kind().equals(clean.kind()) && each.id().equals(clean.id()));
        }
        execution.append(
                Kind.GONE,
                node.path(),
                generation,
                inAttempt,
                clean,
                () -> emit(header -> new PipeEvent.ResourceGone(header, clean)));
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

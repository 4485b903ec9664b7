// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe;

import io.hybridpipe.event.EventHeader;
import io.hybridpipe.event.PipeEvent;
import io.hybridpipe.journal.JournalRecord.Kind;
import io.hybridpipe.retry.Backoff;
import io.hybridpipe.retry.FailureClass;
import io.hybridpipe.retry.StepFailure;
import java.time.Duration;
import java.time.Instant;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import reactor.core.Disposable;

/**
 * Forward: the outer part of the onion, {@code StepTimeout(Retry(..))}. Makes attempts until one succeeds or there is no more to
 * try; what has an unknown outcome is looked for before it is tried again.
 */
final class Attempts {
    /** A scope that undo needs is opened with at least this many attempts. */
    private static final int REOPEN_ATTEMPTS = 6;

    private final Unit unit;
    private final Node node;
    private final Work work;
    private final Execution execution;

    private @Nullable Consumer<@Nullable Throwable> then;
    private boolean performing;
    private boolean reopening;
    private int attemptsInBudget;
    private long performStartedAt;
    private long attemptStartedAt;
    private @Nullable Throwable stop;
    private boolean timedOut;
    private @Nullable Disposable stepTimer;

    Attempts(Unit unit) {
        this.unit = unit;
        node = unit.node;
        work = unit.work;
        execution = unit.execution;
    }

    boolean isPerforming() {
        return performing;
    }

    boolean isReopening() {
        return reopening;
    }

    /** Whether it was told to stop, by whomever. */
    boolean isStopped() {
        return stop != null || timedOut;
    }

    long startedAt() {
        return attemptStartedAt;
    }

    /** An attempt of an earlier process: a scope that it opened expires by that time. */
    void startedAt(long millis) {
        attemptStartedAt = millis;
    }

    /** Runs or opens until success, or until there is no more to try; calls back exactly once. */
    void perform(Consumer<@Nullable Throwable> whenDone) {
        then = whenDone;
        performing = true;
        stop = null;
        timedOut = false;
        attemptsInBudget = 0;
        reopening = node instanceof ScopeNode scope && scope.isReopening();
        performStartedAt = reopening || unit.isRestored() ? execution.now() : node.startedAt;
        if (reopening) {
            if (execution.undo.hasExpired()) {
                end(StepFailure.permanent("the undo deadline has passed"));
                return;
            }
            execution.undo.isActive(unit, true);
        }
        unit.learnUpdates(found -> {
            if (unit.status == Unit.Status.DONE) {
                end(null);
            } else {
                performInTheOpen();
            }
        });
    }

    private void performInTheOpen() {
        unit.withEnclosingOpen(failure -> {
            if (failure != null) {
                end(failure);
            } else if (stop != null) {
                end(stop);
            } else if (unit.mayStillAct) {
                end(Unit.stillActing());
            } else if (unit.status == Unit.Status.BEGUN && work.contract.effect() != Effect.none()) {
                lookBeforeTryingAgain(StepFailure.unknownOutcome("an earlier attempt has an unknown outcome"), true);
            } else {
                attempt();
            }
        });
    }

    private void attempt() {
        attemptsInBudget++;
        unit.attempt++;
        attemptStartedAt = execution.now();
        unit.status = Unit.Status.BEGUN;
        unit.undoBegun = false;
        unit.append(Kind.INTENT, () -> {
            Throwable notNow = stop != null ? stop : execution.records.takenOver();
            if (notNow != null) {
                end(notNow);
                return;
            }
            if (execution.isHeard()) {
                String type = work.contract.type();
                // the two events of every step are made without a detour, since there may be very many
                EventHeader header = execution.listening.header(node, unit.attempt);
                execution.listening.tell(
                        work.isScope()
                                ? new PipeEvent.ScopeOpening(header, type)
                                : new PipeEvent.StepStarted(header, type));
            }
            long timeout = reopening
                    ? work.options.attemptTimeout().map(Duration::toMillis).orElseGet(unit::share)
                    : work.options.attemptTimeoutMillis();
            unit.call(work.forward(), context -> work.run(node.in.seenBy(unit), context), timeout, this::attemptEnded);
        });
    }

    private void attemptEnded(@Nullable Outputs value, @Nullable Throwable failure, Call<?> ended) {
        Throwable why = failure;
        if (why == null) {
            Outputs given = value == null ? Outputs.none() : value;
            why = unit.problemWith(given);
            if (why == null) {
                unit.succeeded(given, this::end);
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
        if (failureClass == FailureClass.PERMANENT || unit.mayStillAct) {
            // beside a worker that may still act nothing is tried again; undo looks, once
            end(why);
        } else if (failureClass == FailureClass.UNKNOWN_OUTCOME && work.contract.effect() != Effect.none()) {
            lookBeforeTryingAgain(why, false);
        } else {
            tryAgain(why, failureClass);
        }
    }

    private void tryAgain(Throwable failure, FailureClass failureClass) {
        Backoff backoff = work.options.retry().forClass(failureClass);
        int budget = reopening ? Math.max(REOPEN_ATTEMPTS, backoff.maxAttempts()) : backoff.maxAttempts();
        Duration wait = Unit.waitAfter(failure, backoff, attemptsInBudget, unit.jitter());
        boolean late = execution.now() - performStartedAt + wait.toMillis()
                > backoff.maxElapsed().toMillis();
        if (attemptsInBudget >= budget || unit.mayStillAct || (late && !reopening)) {
            end(failure);
            return;
        }
        FailureClass shown = failureClass;
        unit.emit(header -> new PipeEvent.StepRetrying(header, shown, execution.message(failure), wait));
        unit.pause(wait.toMillis(), this::attempt);
        armStepTimer();
    }

    private void lookBeforeTryingAgain(Throwable failure, boolean atOnce) {
        unit.look(found -> {
            if (stop != null || timedOut) {
                end(stop != null ? stop : failure);
            } else if (found instanceof Found.Done it) {
                Throwable problem = unit.problemWith(it.outputs());
                if (problem == null) {
                    unit.succeeded(it.outputs(), this::end);
                } else {
                    end(problem);
                }
            } else if (found instanceof Found.Absent) {
                if (unit.undoBegun) {
                    // clouds answer a reused token with the old, deleted thing
                    unit.generation++;
                    unit.undoBegun = false;
                }
                if (atOnce) {
                    attempt();
                } else {
                    tryAgain(failure, FailureClass.UNKNOWN_OUTCOME);
                }
            } else if (found instanceof Found.Partly && work.contract.effect() == Effect.undoable()) {
                unit.takingBack().undo(found, undoFailure -> {
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

    void armStepTimer() {
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
        if (unit.isBeingTakenBack()) {
            return;
        }
        if (unit.dropPause()) {
            end(why);
        } else {
            unit.stopCall(why);
        }
    }

    private void end(@Nullable Throwable failure) {
        if (failure != null && execution.keeps() && !execution.records.isLost()) {
            // nothing will take it back, which would look for an update before the scopes round it are closed
            unit.learnUpdates(found -> ended(failure));
        } else {
            ended(failure);
        }
    }

    private void ended(@Nullable Throwable failure) {
        performing = false;
        if (reopening) {
            reopening = false;
            execution.undo.isActive(unit, false);
        }
        if (stepTimer != null) {
            stepTimer.dispose();
            stepTimer = null;
        }
        if (execution.isHeard()) {
            said(failure);
        }
        unit.idle();
        Consumer<@Nullable Throwable> next = then;
        then = null;
        if (next != null) {
            next.accept(failure);
        }
    }

    private void said(@Nullable Throwable failure) {
        Duration took = Duration.ofMillis(execution.now() - performStartedAt);
        if (failure == null) {
            EventHeader header = execution.listening.header(node, unit.attempt);
            execution.listening.tell(
                    work.isScope()
                            ? new PipeEvent.ScopeOpened(header, Instant.ofEpochMilli(unit.expiresAt()), took)
                            : new PipeEvent.StepFinished(header, took));
        } else {
            FailureClass failureClass = FailureClass.of(failure);
            String message = execution.message(failure);
            unit.emit(
                    work.isScope()
                            ? header -> new PipeEvent.ScopeOpenFailed(header, failureClass, message)
                            : header -> new PipeEvent.StepFailed(header, failureClass, message, took));
        }
    }
}

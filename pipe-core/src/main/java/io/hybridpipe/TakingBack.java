// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe;

import io.hybridpipe.event.PipeEvent;
import io.hybridpipe.journal.JournalRecord.Kind;
import io.hybridpipe.retry.FailureClass;
import io.hybridpipe.retry.StepFailure;
import java.time.Duration;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Back: the undo of a step, the close of a scope, with its own tries; deaf to cancel. */
final class TakingBack {
    private final Unit unit;
    private final Node node;
    private final Work work;
    private final Execution execution;

    private boolean active;
    private boolean undoInterrupted;
    private long undoStartedAt;

    TakingBack(Unit unit) {
        this.unit = unit;
        node = unit.node;
        work = unit.work;
        execution = unit.execution;
    }

    boolean isActive() {
        return active;
    }

    /** Whether there is no time left to look twice. */
    boolean isHurried() {
        return undoInterrupted || isStepUndo() && execution.undo.hasExpired();
    }

    /** Takes back what may be there; calls back with the failure that makes it a leftover, or with nothing. */
    void takeBack(Consumer<@Nullable Throwable> whenDone) {
        if (!work.isScope() && execution.undo.hasExpired()) {
            leave(whenDone, StepFailure.permanent("the undo deadline has passed"));
            return;
        }
        active = true;
        undoInterrupted = false;
        undoStartedAt = execution.now();
        execution.undo.isActive(unit, true);
        Consumer<@Nullable Throwable> inTheOpen = failure -> {
            if (failure != null && !work.isScope()) {
                leave(whenDone, failure);
            } else if (unit.status == Unit.Status.DONE) {
                undo(Found.done(unit.outputs == null ? Outputs.none() : unit.outputs), e -> takenBack(whenDone, e));
            } else {
                unit.look(found -> {
                    if (found instanceof Found.Absent || found instanceof Found.Unknown && unit.isUntouched()) {
                        nothingThere(() -> takenBack(whenDone, null));
                    } else {
                        undo(found, e -> takenBack(whenDone, e));
                    }
                });
            }
        };
        unit.learnUpdates(updates -> {
            if (updates instanceof Found.Absent) {
                nothingThere(() -> takenBack(whenDone, null));
            } else if (work.isScope() && node.scope != null) {
                node.scope.ensureOpenForClose(inTheOpen);
            } else {
                unit.withEnclosingOpen(inTheOpen);
            }
        });
    }

    private void nothingThere(Runnable next) {
        if (unit.undoBegun) {
            unit.generation++;
        }
        unit.append(Kind.UNDO_RESULT, () -> {
            unit.gone();
            next.run();
        });
    }

    void undo(Found found, Consumer<@Nullable Throwable> whenDone) {
        boolean outer = active;
        active = true;
        unit.status = Unit.Status.BEGUN;
        unit.undoBegun = true;
        unit.append(Kind.UNDO_INTENT, () -> {
            Throwable takenOver = execution.records.takenOver();
            if (takenOver != null) {
                active = outer;
                whenDone.accept(takenOver);
                return;
            }
            if (execution.isHeard()) {
                String what = found.fold(a -> "absent", d -> "done", p -> "partly", u -> "unknown");
                unit.emit(
                        work.isScope()
                                ? header -> new PipeEvent.ScopeClosing(header, what)
                                : header -> new PipeEvent.StepUndoStarted(header, what));
            }
            tryUndo(found, unit.tries(), failure -> {
                active = outer;
                whenDone.accept(failure);
            });
        });
    }

    private void tryUndo(Found found, Tries tries, Consumer<@Nullable Throwable> whenDone) {
        unit.<Void>call(
                work.backward(),
                context -> work.undo(undoView(found), found, context),
                undoTimeout(),
                (nothing, failure, ended) -> {
                    Tries next = tries.afterFailure();
                    if (failure == null) {
                        unit.generation++;
                        unit.append(Kind.UNDO_RESULT, () -> {
                            unit.gone();
                            whenDone.accept(null);
                        });
                    } else if (!next.isOver(execution.now())
                            && FailureClass.of(failure) != FailureClass.PERMANENT
                            && !unit.mayStillAct
                            && !(isStepUndo() && execution.undo.hasExpired())) {
                        Runnable again = () -> tryUndoInOpenScope(found, next, whenDone);
                        if (undoInterrupted) {
                            // the scope round it has expired: the time left is that of its close
                            again.run();
                        } else {
                            unit.pause(untilNextTry(failure, next), again);
                        }
                    } else {
                        unit.append(
                                Kind.UNDO_FAILED,
                                () -> execution.records.failure(failure),
                                () -> whenDone.accept(failure));
                    }
                });
    }

    private long untilNextTry(Throwable failure, Tries next) {
        long pause = Math.max(Unit.retryAfter(failure).toMillis(), unit.delayAfter(next));
        // what was asked for and not answered may come yet, and then meet what the next try has made of things
        boolean mayComeYet = FailureClass.of(failure) == FailureClass.UNKNOWN_OUTCOME;
        return mayComeYet ? Math.max(pause, work.options.visibility().toMillis()) : pause;
    }

    /** Between two tries the scope round a step may have expired: then it is opened afresh. */
    private void tryUndoInOpenScope(Found found, Tries tries, Consumer<@Nullable Throwable> whenDone) {
        undoInterrupted = false;
        if (!isStepUndo()) {
            tryUndo(found, tries, whenDone);
        } else {
            unit.withEnclosingOpen(failure -> {
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
        State with = unit.addedTo(node.in);
        if (found instanceof Found.Done it && it.outputs() != unit.outputs) {
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
            public void met(Object value) {
                unit.met(value);
            }

            @Override
            public String reader() {
                return "undo of " + unit.reader();
            }
        });
    }

    private void takenBack(Consumer<@Nullable Throwable> whenDone, @Nullable Throwable failure) {
        boolean hurried = isStepUndo() && execution.undo.hasExpired();
        if (failure != null
                && FailureClass.of(failure) == FailureClass.UNKNOWN_OUTCOME
                && !hurried
                && !unit.mayStillAct) {
            unit.look(found -> {
                if (found instanceof Found.Absent) {
                    nothingThere(() -> takenBack(whenDone, null));
                } else {
                    leave(whenDone, failure);
                }
            });
        } else if (failure != null) {
            leave(whenDone, failure);
        } else if (unit.mayStillAct) {
            leaveActing(whenDone);
        } else {
            active = false;
            execution.undo.isActive(unit, false);
            execution.leftovers.remove(unit);
            if (execution.isHeard()) {
                Duration took = Duration.ofMillis(execution.now() - undoStartedAt);
                unit.emit(
                        work.isScope()
                                ? header -> new PipeEvent.ScopeClosed(header, took)
                                : header -> new PipeEvent.StepUndone(header, took));
            }
            unit.idle();
            whenDone.accept(null);
        }
    }

    /** Whatever was seen or undone, its worker may yet do what it was once sent for. */
    void leaveActing(Consumer<@Nullable Throwable> whenDone) {
        leave(whenDone, Unit.stillActing());
    }

    private void leave(Consumer<@Nullable Throwable> whenDone, Throwable failure) {
        active = false;
        execution.undo.isActive(unit, false);
        String message = execution.message(failure);
        execution.leftovers.put(unit, message);
        FailureClass failureClass = FailureClass.of(failure);
        unit.emit(
                work.isScope()
                        ? header -> new PipeEvent.ScopeCloseFailed(header, failureClass, message)
                        : header -> new PipeEvent.StepUndoFailed(header, failureClass, message));
        unit.idle();
        whenDone.accept(failure);
    }

    /** Whether it is undone in an undo pass; what is half-made is also undone going forward, between two attempts. */
    private boolean isStepUndo() {
        return active && !unit.attempts.isPerforming() && !work.isScope();
    }

    private long undoTimeout() {
        return work.options
                .undoTimeout()
                .map(Duration::toMillis)
                .orElseGet(() -> work.isScope() ? Unit.CLOSE_TIMEOUT : unit.share());
    }

    void interruptUndo(Throwable why) {
        if (isStepUndo()) {
            undoInterrupted = true;
            if (!unit.skipPause()) {
                unit.stopCall(why);
            }
        }
    }
}

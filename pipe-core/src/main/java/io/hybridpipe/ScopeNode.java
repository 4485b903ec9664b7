// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe;

import io.hybridpipe.event.Path;
import io.hybridpipe.event.RunReport.Status;
import io.hybridpipe.retry.StepFailure;
import io.vavr.collection.Map;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import reactor.core.Disposable;

/**
 * A started scope: opened, a body inside, closed whatever happened; opened once more when undo needs it.
 */
final class ScopeNode extends Node {
    final Unit unit;

    private final BodyNode body;
    private final List<Consumer<@Nullable Throwable>> waitingForOpen = new ArrayList<>();
    private boolean entered;
    private boolean inBody;
    private boolean opening;
    private boolean expired;
    private boolean reopenedForUndo;
    private boolean reopenPending;
    private @Nullable Throwable cannotOpen;
    private @Nullable Disposable expiryTimer;

    ScopeNode(Execution execution, Outline outline, @Nullable ScopeNode scope, @Nullable Path dynamicPath) {
        super(execution, outline, scope, dynamicPath);
        unit = new Unit(this, Objects.requireNonNull(outline.element.work()));
        body = BodyNode.inside(this, this);
    }

    /** Whether an opening from now on is for undo or a close: its body was begun, and does not go forward any more. */
    boolean isReopening() {
        return entered && !(inBody && unit.isRestored() && !execution.undo.isOn());
    }

    @Override
    void forward() {
        unit.restore();
        if (unit.outputs != null) {
            // opened by an earlier process: opened again when something inside needs it
            enter();
            return;
        }
        if (restoring) {
            restored(in);
            return;
        }
        ensureOpen(failure -> {
            if (failure == null) {
                enter();
            } else {
                // turned round first: the close of a half-made opening is undo
                execution.failed(this, failure, () -> close(() -> fail(failure)));
            }
        });
    }

    private void enter() {
        inBody = true;
        entered = true;
        body.in = unit.addedTo(in);
        body.restoring = restoring;
        body.start(this::bodyEnded);
    }

    /** What is to be taken back is, by the run's own walk back; one that keeps what was made only closes. */
    private void restored(State state) {
        if (execution.keeps()) {
            close(() -> ok(state));
        } else {
            undone = unit.status == Unit.Status.GONE;
            ok(state);
        }
    }

    private void bodyEnded(Node ended) {
        inBody = false;
        Throwable failure = ended.error;
        if (restoring) {
            restored(failure == null ? withoutOwnKeys(ended.out()) : in);
        } else if (failure == null) {
            close(() -> ok(withoutOwnKeys(ended.out())));
        } else if (execution.keeps()) {
            close(() -> fail(failure));
        } else {
            execution.beginUndo();
            cannotOpen = null;
            body.undo(() -> close(() -> fail(failure)));
        }
    }

    private State withoutOwnKeys(State state) {
        Map<String, Cell> cells = state.cells;
        for (Key<?> key : unit.work.contract.writes()) {
            cells = cells.remove(key.name());
        }
        return new State(cells, null);
    }

    /** Continues when the scope is open; opens it, again if need be, or says why it cannot. */
    void ensureOpen(Consumer<@Nullable Throwable> then) {
        if (unit.isOpen() && !isExpired()) {
            then.accept(null);
            return;
        }
        if (cannotOpen != null) {
            then.accept(cannotOpen);
            return;
        }
        waitingForOpen.add(then);
        if (opening) {
            reopenWhenIdle();
            return;
        }
        opening = true;
        if (unit.isOpen()) {
            reopenExpired();
        } else if (unit.wasOpenTooLong()) {
            unit.takeBack(failure -> {
                if (failure == null) {
                    unit.perform(this::opened);
                } else {
                    opened(failure);
                }
            });
        } else {
            unit.perform(this::opened);
        }
    }

    /** Continues when the scope is open, if only for what is left of it: enough to close what stands inside. */
    void ensureOpenForClose(Consumer<@Nullable Throwable> then) {
        if (unit.isOpen()) {
            then.accept(null);
        } else {
            ensureOpen(then);
        }
    }

    private boolean isExpired() {
        return expired || (scope != null && scope.isExpired());
    }

    private void reopenExpired() {
        if (reopenedForUndo) {
            opened(StepFailure.permanent("the scope has expired again"));
            return;
        }
        reopenedForUndo = true;
        reopenPending = true;
        reopenWhenIdle();
    }

    /** A call inside that is still in flight must not find the scope closed: the re-opening waits for it to end. */
    void reopenWhenIdle() {
        if (!reopenPending || isBusy(body)) {
            return;
        }
        reopenPending = false;
        unit.takeBack(failure -> {
            if (failure == null) {
                unit.perform(this::opened);
            } else {
                opened(failure);
            }
        });
    }

    private static boolean isBusy(Node node) {
        if (node instanceof StepNode step && step.unit.isBusy()
                || node instanceof ScopeNode inner && inner.unit.isBusy()) {
            return true;
        }
        return node.inner().stream().anyMatch(ScopeNode::isBusy);
    }

    private void opened(@Nullable Throwable failure) {
        opening = false;
        if (failure == null) {
            expired = false;
            watchExpiry();
        } else if (inBody || execution.undo.isOn()) {
            cannotOpen = failure;
        }
        List<Consumer<@Nullable Throwable>> waiting = new ArrayList<>(waitingForOpen);
        waitingForOpen.clear();
        waiting.forEach(each -> each.accept(failure));
    }

    private void watchExpiry() {
        long left = unit.expiresAt() - unit.closeTimeout() - execution.now();
        stopWatching();
        expiryTimer = execution.timer(left, () -> {
            expired = true;
            if (inBody) {
                body.stop(StepFailure.unknownOutcome("the scope " + path() + " expires"));
            } else {
                body.inner().forEach(ScopeNode::interruptUndo);
            }
        });
    }

    /** An undo inside goes on after the scope has been opened afresh: its next try, not the one that outlived the scope. */
    private static void interruptUndo(Node node) {
        if (node instanceof StepNode step) {
            step.unit.interruptUndo(StepFailure.unknownOutcome("the scope round it expired"));
        } else if (!(node instanceof ScopeNode)) {
            node.inner().forEach(ScopeNode::interruptUndo);
        }
    }

    private void stopWatching() {
        if (expiryTimer != null) {
            expiryTimer.dispose();
            expiryTimer = null;
        }
    }

    private void close(Runnable then) {
        stopWatching();
        if (unit.exists() && !execution.records.isLost()) {
            unit.takeBack(failure -> then.run());
        } else {
            then.run();
        }
    }

    @Override
    void stop(Throwable why) {
        // also before it is entered: it may be open already, and only the journal has not said so yet
        body.stop(why);
        if (!entered) {
            unit.stop(why);
        }
    }

    @Override
    void undo(Runnable then) {
        cannotOpen = null;
        body.undo(() -> close(() -> {
            undone = true;
            then.run();
        }));
    }

    @Override
    void outputs(java.util.Map<String, Cell> into) {
        // a sibling in a group may have put a key of the same name: only what comes from inside is left out
        java.util.Map<String, Cell> inside = new LinkedHashMap<>();
        body.outputs(inside);
        unit.work.contract.writes().forEach(key -> inside.remove(key.name()));
        into.putAll(inside);
    }

    @Override
    List<Node> inner() {
        return List.of(body);
    }

    @Override
    Status status() {
        return execution.leftovers.containsKey(unit) && unit.isLeftover() ? Status.LEFT_OVER : super.status();
    }

    @Override
    void heardStart() {
        // each attempt to open says so itself
    }

    @Override
    void heardEnd() {
        // the close has been said; what failed inside too
    }
}

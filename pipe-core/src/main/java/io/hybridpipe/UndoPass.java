// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe;

import io.hybridpipe.event.PipeEvent;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import reactor.core.Disposable;

/**
 * The time that undo has: a pass begins early by a failed scope or at the end by the run, and each has the whole of it.
 *
 * <p>Touched only inside the run's mailbox.
 */
final class UndoPass {
    private final Execution execution;
    private final Set<Unit> active = new LinkedHashSet<>();
    private boolean on;
    private boolean expired;
    private long until;
    private @Nullable Disposable timer;

    UndoPass(Execution execution) {
        this.execution = execution;
    }

    void begin(String because) {
        on = true;
        expired = false;
        execution.emit(execution.root(), 0, header -> new PipeEvent.RunUndoStarted(header, because));
        stop();
        long span = execution.options.undoDeadline.toMillis();
        until = execution.now() + span;
        timer = execution.timer(span, () -> {
            expired = true;
            new ArrayList<>(active).forEach(Unit::undoDeadlinePassed);
        });
    }

    void stop() {
        if (timer != null) {
            timer.dispose();
        }
    }

    /** Whether one has begun in this run. */
    boolean isOn() {
        return on;
    }

    boolean hasExpired() {
        return expired;
    }

    /** What an undo or re-open without a timeout of its own gets: a quarter of what is left. */
    long share() {
        return Math.max(1, (until - execution.now()) / 4);
    }

    /** A unit that is told when the time is over, from now on or no more. */
    void isActive(Unit unit, boolean now) {
        if (now) {
            active.add(unit);
        } else {
            active.remove(unit);
        }
    }
}

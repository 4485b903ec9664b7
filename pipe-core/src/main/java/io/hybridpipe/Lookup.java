// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe;

import io.hybridpipe.StepInterceptor.Phase;
import io.hybridpipe.event.PipeEvent;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Looks whether an attempt of unknown outcome took effect; what is absent or half-made counts only when it was seen so over the
 * step's visibility window.
 */
final class Lookup {
    private final Unit unit;
    private final Node node;
    private final Work work;
    private final Execution execution;

    Lookup(Unit unit) {
        this.unit = unit;
        node = unit.node;
        work = unit.work;
        execution = unit.execution;
    }

    void look(Consumer<Found> found) {
        long wait = unit.interrupted ? execution.readyAt() - execution.now() : 0;
        if (wait > 0) {
            // a dead process cannot settle its calls: what it sent last may still take effect
            unit.pause(wait, () -> look(found));
            return;
        }
        unit.interrupted = false;
        // where nothing can be there, undo is not held up by somebody who does not answer
        boolean nothingToWaitFor = unit.isBeingTakenBack() && unit.isUntouched();
        Supplier<Tries> patience = nothingToWaitFor ? Tries::once : unit::tries;
        lookAgain(found, execution.now() + work.options.visibility().toMillis(), patience, patience.get());
    }

    private void lookAgain(Consumer<Found> then, long until, Supplier<Tries> patience, Tries tries) {
        unit.emit(header -> new PipeEvent.StepReconciling(header, "the outcome is unknown"));
        // an answer that comes after the window's end may be older than that end
        boolean windowOpen = execution.now() < until;
        unit.call(
                Phase.RECONCILE,
                context -> work.reconcile(node.in.seenBy(unit), context),
                work.options.reconcileTimeout().toMillis(),
                (found, failure, ended) -> looked(found, failure, windowOpen, then, until, patience, tries));
    }

    private void looked(
            @Nullable Found seen,
            @Nullable Throwable failure,
            boolean windowOpen,
            Consumer<Found> then,
            long until,
            Supplier<Tries> patience,
            Tries tries) {
        boolean takingBack = unit.isBeingTakenBack();
        boolean hurried = takingBack ? unit.takingBack().isHurried() : unit.attempts.isStopped();
        if (seen == null) {
            Tries next = tries.afterFailure();
            if (!next.isOver(execution.now()) && !hurried) {
                unit.pause(unit.delayAfter(next), () -> lookAgain(then, until, patience, next));
                return;
            }
            found(then, Found.unknown(failure == null ? "reconcile said nothing" : execution.message(failure)));
        } else if ((seen instanceof Found.Absent || seen instanceof Found.Partly && !takingBack)
                && windowOpen
                && !hurried
                && !unit.mayStillAct) {
            long half = Math.max(1, work.options.visibility().toMillis() / 2);
            unit.pause(half, () -> lookAgain(then, until, patience, patience.get()));
        } else if (seen instanceof Found.Absent && windowOpen) {
            found(then, Found.unknown("not seen, but the visibility window was cut short"));
        } else {
            found(then, seen);
        }
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
            unit.emit(header -> new PipeEvent.StepReconciled(header, text));
        }
        then.accept(found);
    }
}

// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe;

import io.hybridpipe.event.Path;
import io.hybridpipe.event.PipeEvent;
import io.hybridpipe.event.RunReport.Status;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A started step. */
final class StepNode extends Node {
    final Unit unit;

    StepNode(Execution execution, Outline outline, @Nullable ScopeNode scope, @Nullable Path dynamicPath) {
        super(execution, outline, scope, dynamicPath);
        unit = new Unit(this, Objects.requireNonNull(outline.element.work()));
    }

    @Override
    void forward() {
        if (unit.restore() || restoring) {
            restored();
            return;
        }
        unit.perform(failure -> {
            if (failure == null) {
                ok(unit.addedTo(in));
            } else {
                fail(failure);
            }
        });
    }

    private void restored() {
        Runnable known = () -> {
            undone = unit.status == Unit.Status.GONE;
            ok(unit.addedTo(in));
        };
        if (execution.keeps() && !execution.records.isLost()) {
            // nothing will take it back, which would look for it before the scopes round it are closed
            unit.learnUpdates(found -> known.run());
        } else {
            known.run();
        }
    }

    @Override
    void stop(Throwable why) {
        unit.stop(why);
    }

    @Override
    void undo(Runnable then) {
        Effect effect = unit.work.contract.effect();
        if (!unit.exists()
                || execution.leftovers.containsKey(unit)
                || effect == Effect.none()
                || execution.records.isLost()) {
            then.run();
        } else if (effect.irreversibleBecause().isPresent() && unit.mayStillAct) {
            unit.leaveActing(failure -> then.run());
        } else if (effect.irreversibleBecause().isPresent()) {
            if (execution.notUndone.add(unit)) {
                execution.emit(
                        this,
                        0,
                        header -> new PipeEvent.StepNotUndone(
                                header, effect.irreversibleBecause().get()));
            }
            then.run();
        } else {
            unit.takeBack(failure -> {
                undone = failure == null;
                then.run();
            });
        }
    }

    @Override
    void outputs(Map<String, Cell> into) {
        unit.forEachCell(into::put);
    }

    @Override
    List<Node> inner() {
        return List.of();
    }

    @Override
    Status status() {
        if (execution.leftovers.containsKey(unit) && unit.isLeftover()) {
            return Status.LEFT_OVER;
        }
        if (error == null && execution.notUndone.contains(unit)) {
            return Status.NOT_UNDONE;
        }
        return super.status();
    }

    @Override
    void heardStart() {
        // each attempt says so itself
    }

    @Override
    void heardEnd() {
        // said by the unit
    }
}

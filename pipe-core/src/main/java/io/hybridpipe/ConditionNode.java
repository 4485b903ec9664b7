// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe;

import io.hybridpipe.event.Path;
import io.hybridpipe.event.PipeEvent;
import io.hybridpipe.event.RunReport.Status;
import io.hybridpipe.journal.JournalRecord.Kind;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A started condition: its body runs, or is skipped. */
final class ConditionNode extends Node {
    private @Nullable BodyNode body;
    private boolean skipped;
    private @Nullable Throwable stop;

    ConditionNode(Execution execution, Outline outline, @Nullable ScopeNode scope, @Nullable Path dynamicPath) {
        super(execution, outline, scope, dynamicPath);
    }

    private Element.OfCondition element() {
        return (Element.OfCondition) outline.element;
    }

    @Override
    void forward() {
        Past.Trace trace = execution.trace(this);
        if (trace != null && trace.holds != null) {
            chosen(trace.holds);
            return;
        }
        boolean holds;
        try {
            holds = element().condition.get(in);
        } catch (RuntimeException | Error e) {
            fail(e);
            return;
        }
        execution.records.append(Kind.CHOICE, path(), () -> Map.of("holds", holds), () -> chosen(holds));
    }

    private void chosen(boolean holds) {
        skipped = !holds;
        if (skipped) {
            execution.emit(
                    this,
                    0,
                    header -> new PipeEvent.ElementSkipped(
                            header, kind(), execution.secrets.scrub(element().otherwiseReason)));
            ok(in);
            return;
        }
        body = BodyNode.inside(this, scope);
        body.in = in;
        body.restoring = restoring;
        if (stop != null) {
            body.stop(stop);
        }
        body.start(ended -> {
            if (ended.error != null) {
                fail(ended.error);
            } else {
                ok(ended.out());
            }
        });
    }

    String reason() {
        return element().otherwiseReason;
    }

    @Override
    void stop(Throwable why) {
        if (body != null) {
            body.stop(why);
        } else if (stop == null) {
            stop = why;
        }
    }

    @Override
    void undo(Runnable then) {
        if (body == null) {
            then.run();
        } else {
            undone = true;
            body.undo(then);
        }
    }

    @Override
    void outputs(Map<String, Cell> into) {
        if (body != null) {
            body.outputs(into);
        }
    }

    @Override
    List<Node> inner() {
        return body == null ? List.of() : List.of(body);
    }

    @Override
    Status status() {
        return skipped ? Status.SKIPPED : super.status();
    }

    @Override
    void heardEnd() {
        if (!skipped) {
            super.heardEnd();
        }
    }
}

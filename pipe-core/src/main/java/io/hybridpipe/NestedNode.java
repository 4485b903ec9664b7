// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe;

import io.hybridpipe.event.Path;
import io.vavr.collection.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A started nested pipe: it sees only what it needs and shows only what it gives. */
final class NestedNode extends Node {
    private final BodyNode body;

    NestedNode(Execution execution, Outline outline, @Nullable ScopeNode scope, @Nullable Path dynamicPath) {
        super(execution, outline, scope, dynamicPath);
        body = BodyNode.inside(this, scope);
    }

    private Element.OfPipe element() {
        return (Element.OfPipe) outline.element;
    }

    @Override
    void forward() {
        try {
            body.in = inside();
        } catch (RuntimeException | Error e) {
            fail(e);
            return;
        }
        body.restoring = restoring;
        body.start(ended -> {
            if (ended.error != null) {
                fail(ended.error);
            } else {
                Map<String, Cell> given = new LinkedHashMap<>();
                outputs(given);
                ok(GroupNode.plus(in, given));
            }
        });
    }

    private State inside() {
        io.vavr.collection.Map<String, Cell> cells = HashMap.empty();
        for (Key<?> need : element().nested.needs()) {
            Input<?> input = element().wiring.inputFor(need);
            // a key that is passed on keeps its cell, so that updates are seen on both sides
            Cell cell = input instanceof Key<?> outer
                    ? in.cells.get(outer.name()).getOrElseThrow(() -> new IllegalStateException("no " + outer))
                    : new Cell(input.get(in), path());
            execution.secrets.learn(need, cell.value(need.type()));
            cells = cells.put(need.name(), cell);
        }
        return new State(cells, null);
    }

    @Override
    void stop(Throwable why) {
        body.stop(why);
    }

    @Override
    void undo(Runnable then) {
        undone = true;
        body.undo(then);
    }

    @Override
    void outputs(Map<String, Cell> into) {
        if (body.error != null || !body.ended) {
            return;
        }
        for (Key<?> given : element().nested.gives()) {
            body.out()
                    .cells
                    .get(given.name())
                    .forEach(cell -> into.put(element().wiring.outerFor(given).name(), cell));
        }
    }

    @Override
    List<Node> inner() {
        return List.of(body);
    }
}

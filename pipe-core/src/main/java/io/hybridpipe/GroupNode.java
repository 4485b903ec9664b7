// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe;

import io.hybridpipe.event.Path;
import io.vavr.collection.Map;
import java.util.LinkedHashMap;
import org.jspecify.annotations.Nullable;

/** A started group: all members see the state at its start, and their outputs merge in declared order. */
final class GroupNode extends MembersNode {
    GroupNode(Execution execution, Outline outline, @Nullable ScopeNode scope, @Nullable Path dynamicPath) {
        super(execution, outline, scope, dynamicPath);
    }

    @Override
    void forward() {
        Group group = ((Element.OfGroup) outline.element).group;
        startMembers(outline.children().size(), group.bound, group.finishThenFail);
    }

    @Override
    Node member(int index) {
        Node member = child(outline.children().get(index), scope);
        member.in = in;
        return member;
    }

    @Override
    void finished() {
        java.util.Map<String, Cell> outputs = new LinkedHashMap<>();
        outputs(outputs);
        ok(plus(in, outputs));
    }

    static State plus(State state, java.util.Map<String, Cell> outputs) {
        if (outputs.isEmpty()) {
            return state;
        }
        Map<String, Cell> cells = state.cells;
        for (java.util.Map.Entry<String, Cell> each : outputs.entrySet()) {
            cells = cells.put(each.getKey(), each.getValue());
        }
        return new State(cells, null);
    }

    @Override
    void outputs(java.util.Map<String, Cell> into) {
        members.forEach(member -> member.outputs(into));
    }
}

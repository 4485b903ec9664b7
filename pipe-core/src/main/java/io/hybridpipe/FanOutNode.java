// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe;

import io.hybridpipe.event.Path;
import io.hybridpipe.journal.JournalRecord.Kind;
import io.hybridpipe.retry.StepFailure;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A started fan-out: its items are named, checked and written down before the first one starts. */
final class FanOutNode extends MembersNode {
    private final List<Object> items = new ArrayList<>();
    private final List<String> names = new ArrayList<>();
    private @Nullable Cell collected;

    FanOutNode(Execution execution, Outline outline, @Nullable ScopeNode scope, @Nullable Path dynamicPath) {
        super(execution, outline, scope, dynamicPath);
    }

    private Each<?> each() {
        return ((Element.OfFanOut) outline.element).each;
    }

    @Override
    void forward() {
        Past.Trace trace = execution.trace(this);
        Map<String, Object> written;
        try {
            if (trace != null && trace.items != null) {
                restoreItems(each(), trace.items);
                run();
                return;
            }
            nameItems(each());
            written = execution.records.isOpen() ? execution.records.items(each().as, names, items) : Map.of();
        } catch (RuntimeException | Error e) {
            fail(e);
            return;
        }
        execution.records.append(Kind.ITEMS, path(), () -> written, this::run);
    }

    private void run() {
        if (names.isEmpty()) {
            finished();
        } else {
            startMembers(names.size(), each().bound, false);
        }
    }

    /** The list as it was when the run began with it, whatever the pipe says now. */
    private void restoreItems(Each<?> each, List<Map<String, Object>> written) {
        for (Map<String, Object> item : written) {
            String name = String.valueOf(item.get("name"));
            Object value = execution
                    .records
                    .values
                    .read(each.as, Objects.requireNonNull(item.get("value")))
                    .orElse(null);
            if (value == null) {
                value = namedNow(each, name);
            }
            execution.secrets.learn(each.as, value);
            items.add(value);
            names.add(name);
        }
    }

    private <T> Object namedNow(Each<T> each, String name) {
        for (T item : each.items.get(in)) {
            if (name.equals(each.naming.apply(item))) {
                return item;
            }
        }
        throw StepFailure.permanent(
                "item '" + name + "' is not in the list any more, and its value was not written, since it "
                        + "holds a secret and the run had no secretsKey");
    }

    private <T> void nameItems(Each<T> each) {
        Set<String> seen = new HashSet<>();
        for (T item : each.items.get(in)) {
            // before its name may get into a message
            execution.secrets.learn(each.as, item);
            String name = Objects.requireNonNull(each.naming.apply(item), "an item's name");
            if (!Element.NAME.matcher(name).matches()) {
                throw StepFailure.permanent(
                        "item " + (names.size() + 1) + " is named '" + name + "', which must match " + Element.NAME);
            }
            if (!seen.add(name)) {
                throw StepFailure.permanent("two items are named '" + name + "'");
            }
            items.add(item);
            names.add(name);
        }
    }

    @Override
    Node member(int index) {
        BodyNode body = BodyNode.item(this, path().item(names.get(index)));
        body.in = new State(in.cells.put(each().as.name(), new Cell(items.get(index), path())), null);
        return body;
    }

    @Override
    void finished() {
        Key<?> inner = each().inner;
        Key<?> outer = each().outer;
        if (inner == null || outer == null) {
            ok(in);
            return;
        }
        List<Object> results = new ArrayList<>(members.size());
        for (Node member : members) {
            // when only restored, a member may have none: it did not get so far
            member.out()
                    .cells
                    .get(inner.name())
                    .forEach(cell -> results.add(cell.latest().value(inner.type())));
        }
        collected = new Cell(List.copyOf(results), path());
        ok(new State(in.cells.put(outer.name(), collected), null));
    }

    @Override
    void outputs(Map<String, Cell> into) {
        Key<?> outer = each().outer;
        if (collected != null && outer != null) {
            into.put(outer.name(), collected);
        }
    }
}

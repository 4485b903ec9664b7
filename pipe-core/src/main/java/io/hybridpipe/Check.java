// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe;

import io.hybridpipe.event.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Finds, before any cloud is called, what cannot work in a pipe. One instance checks one pipe. */
final class Check {
    private final Set<Key<?>> needs;
    private final Set<Key<?>> gives;
    private final List<String> problems = new ArrayList<>();
    private final List<String> notes = new ArrayList<>();
    private final Set<Path> paths = new LinkedHashSet<>();
    private boolean blind;

    Check(Set<Key<?>> needs, Set<Key<?>> gives) {
        this.needs = needs;
        this.gives = gives;
    }

    List<String> problems() {
        return problems;
    }

    List<String> notes() {
        return notes;
    }

    void pipe(Outline root) {
        Known known = new Known(null);
        for (Key<?> key : needs) {
            known.put(key, root.path(), false);
        }
        name(root);
        body(root.children(), known);
        for (Key<?> key : gives) {
            reads(root.path(), "gives", Set.of(key), known);
        }
    }

    private void body(List<Outline> elements, Known known) {
        for (Outline each : elements) {
            if (!paths.add(each.path())) {
                problems.add(each.path() + ": there is another element of this path");
            }
            name(each);
            element(each, known);
        }
    }

    private void name(Outline each) {
        if (!Element.NAME.matcher(each.element.name).matches()) {
            problems.add(each.path() + ": the name '" + each.element.name + "' must match " + Element.NAME);
        }
    }

    private void element(Outline each, Known known) {
        Element element = each.element;
        if (element instanceof Element.OfStep step) {
            work(each, step.work, known, known);
        } else if (element instanceof Element.OfGroup) {
            group(each, known);
        } else if (element instanceof Element.OfScope scope) {
            Known inside = known.inner();
            work(each, scope.work, known, inside);
            Set<String> own = new LinkedHashSet<>(inside.own.keySet());
            body(each.children(), inside);
            known.addAll(inside, own);
        } else if (element instanceof Element.OfFanOut fanOut) {
            fanOut(each, fanOut.each, known);
        } else if (element instanceof Element.OfCondition condition) {
            reads(each.path(), "reads", condition.condition.reads(), known);
            Known inside = known.inner();
            body(each.children(), inside);
            inside.own.forEach((name, it) -> known.put(it.key, it.writer, true));
        } else if (element instanceof Element.OfPipe nested) {
            nested(each, nested, known);
        } else {
            body(each.children(), known);
        }
    }

    private void work(Outline each, Work work, Known before, Known after) {
        Contract contract = work.contract;
        reads(each.path(), "reads", contract.reads(), before);
        reads(each.path(), "updates", contract.updates(), before);
        for (Key<?> key : contract.optionalReads()) {
            before.find(key).ifPresent(it -> sameType(each.path(), key, it));
        }
        if (contract.isOpaque()) {
            if (contract.effect() == Effect.undoable()) {
                problems.add(
                        each.path() + ": its undo may read more than its inputs and outputs; declare what it reads");
            }
            notes.add(each.path() + ": declares nothing, so the check cannot see which keys exist from here on");
            blind = true;
        }
        contract.effect().irreversibleBecause().ifPresent(reason -> contract.reads().stream()
                .map(before::find)
                .flatMap(Optional::stream)
                .filter(it -> it.undoable)
                .forEach(it -> notes.add(each.path() + ": cannot be undone (" + reason + "), and what it depends on, "
                        + it.writer + ", usually cannot be undone either")));
        for (Key<?> key : contract.writesInOrder()) {
            write(each.path(), key, after, contract.effect() == Effect.undoable());
        }
    }

    private void write(Path path, Key<?> key, Known known, boolean undoable) {
        known.find(key)
                .ifPresent(it -> problems.add(path + ": writes key '" + key + "', which "
                        + (needs.contains(it.key) && it.writer.equals(rootOf(path))
                                ? "the caller supplies"
                                : it.writer + " writes")
                        + " already; declare an update if that is meant"));
        known.put(key, path, false, undoable);
    }

    private void reads(Path path, String verb, Collection<Key<?>> keys, Known known) {
        for (Key<?> key : sorted(keys)) {
            Optional<Writer> found = known.find(key);
            if (found.isEmpty()) {
                if (!blind) {
                    problems.add(path + ": " + verb + " key '" + key + "', which nothing before it writes"
                            + Names.didYouMean(key.name(), known.names()));
                }
            } else if (found.get().maybe) {
                problems.add(path + ": " + verb + " key '" + key + "', which is written only under the condition at "
                        + found.get().writer + "; read it with Input.optional");
            } else {
                sameType(path, key, found.get());
            }
        }
    }

    private void sameType(Path path, Key<?> key, Writer found) {
        if (!key.type().equals(found.key.type())) {
            problems.add(path + ": key '" + key + "' is " + typeName(key) + " here but " + typeName(found.key) + " at "
                    + found.writer);
        }
    }

    private void group(Outline each, Known known) {
        Map<String, Path> written = new HashMap<>();
        List<Known> members = new ArrayList<>();
        for (Outline member : each.children()) {
            Known inside = known.inner();
            int before = problems.size();
            body(List.of(member), inside);
            reword(before, each, member);
            members.add(inside);
        }
        for (int i = 0; i < members.size(); i++) {
            Path memberPath = each.children().get(i).path();
            Set<String> all = new LinkedHashSet<>(members.get(i).own.keySet());
            all.addAll(updatesIn(each.children().get(i)));
            for (String name : all) {
                Path other = written.putIfAbsent(name, memberPath);
                if (other != null) {
                    problems.add(memberPath + ": writes key '" + name + "', which " + other
                            + " writes at the same time; two members of a group cannot write one key");
                }
            }
        }
        updatedBySibling(each);
        members.forEach(inside -> known.addAll(inside, Set.of()));
    }

    /** A key that only a sibling writes is not just missing: say whose it is. */
    private void reword(int from, Outline group, Outline member) {
        for (int i = from; i < problems.size(); i++) {
            for (Outline sibling : group.children()) {
                if (sibling != member) {
                    for (String name : writesIn(sibling)) {
                        String missing = "key '" + name + "', which nothing before it writes";
                        if (problems.get(i).contains(missing)) {
                            String problem = problems.get(i);
                            problems.set(
                                    i,
                                    problem.substring(0, problem.indexOf(missing)) + "key '" + name + "', which "
                                            + sibling.path() + " writes at the same time; put it behind the group");
                        }
                    }
                }
            }
        }
    }

    private void updatedBySibling(Outline group) {
        for (Outline member : group.children()) {
            Set<String> updates = updatesIn(member);
            for (Outline sibling : group.children()) {
                if (sibling != member) {
                    for (String name : updates) {
                        if (readsIn(sibling).contains(name)
                                && !updatesIn(sibling).contains(name)) {
                            problems.add(sibling.path() + ": reads key '" + name + "', which " + member.path()
                                    + " updates at the same time; put it behind the group");
                        }
                    }
                }
            }
        }
    }

    private void fanOut(Outline each, Each<?> fanOut, Known known) {
        reads(each.path(), "reads", fanOut.items.reads(), known);
        Known inside = known.inner();
        write(each.path(), fanOut.as, inside, false);
        body(each.children(), inside);
        for (String name : each.children().stream()
                .flatMap(it -> updatesIn(it).stream())
                .distinct()
                .toList()) {
            if (known.find(name).isPresent()) {
                problems.add(each.path() + ": its items update key '" + name
                        + "', so several write it at the same time; collect their results instead");
            }
        }
        if (fanOut.inner != null && fanOut.outer != null) {
            reads(each.path(), "collects", Set.of(fanOut.inner), inside);
            write(each.path(), fanOut.outer, known, false);
        }
    }

    private void nested(Outline each, Element.OfPipe element, Known known) {
        Pipe nested = element.nested;
        for (Key<?> key : sorted(nested.needs())) {
            Input<?> input = element.wiring.inputFor(key);
            reads(each.path(), "needs", input.reads(), known);
            if (input instanceof Key<?> outer && !outer.type().equals(key.type())) {
                problems.add(each.path() + ": needs key '" + key + "' as " + typeName(key) + " but is wired to '"
                        + outer + "', which is " + typeName(outer));
            }
        }
        element.wiring.ins.keySet().stream()
                .filter(key -> !nested.needs().contains(key))
                .forEach(key -> problems.add(each.path() + ": is wired a key '" + key + "' that it does not need"
                        + Names.didYouMean(key.name(), names(nested.needs()))));
        element.wiring.outs.keySet().stream()
                .filter(key -> !nested.gives().contains(key))
                .forEach(key -> problems.add(each.path() + ": is asked for a key '" + key + "' that it does not give"
                        + Names.didYouMean(key.name(), names(nested.gives()))));
        for (Key<?> key : sorted(nested.gives())) {
            // a key that it needs and gives is passed through, or updated
            if (!nested.needs().contains(key)) {
                write(each.path(), element.wiring.outerFor(key), known, false);
            }
        }
        nested.notes().forEach(note -> notes.add(each.path() + ": inside, " + note));
    }

    private static Set<String> writesIn(Outline outline) {
        Set<String> names = new LinkedHashSet<>();
        outline.contract().ifPresent(it -> names.addAll(names(it.writes())));
        if (outline.element instanceof Element.OfFanOut fanOut) {
            if (fanOut.each.outer != null) {
                names.add(fanOut.each.outer.name());
            }
            return names;
        }
        if (outline.element instanceof Element.OfPipe nested) {
            nested.nested
                    .gives()
                    .forEach(key -> names.add(nested.wiring.outerFor(key).name()));
            return names;
        }
        outline.children().forEach(child -> names.addAll(writesIn(child)));
        return names;
    }

    private static Set<String> updatesIn(Outline outline) {
        Set<String> names = new LinkedHashSet<>();
        outline.contract().ifPresent(it -> names.addAll(names(it.updates())));
        outline.children().forEach(child -> names.addAll(updatesIn(child)));
        if (outline.element instanceof Element.OfPipe nested) {
            // inside, keys have names of their own: outside, only those are updated that are passed in by key
            return nested.nested.needs().stream()
                    .filter(key -> names.contains(key.name()) && nested.wiring.inputFor(key) instanceof Key)
                    .map(key -> ((Key<?>) nested.wiring.inputFor(key)).name())
                    .collect(Collectors.toCollection(LinkedHashSet::new));
        }
        return names;
    }

    private static Set<String> readsIn(Outline outline) {
        Set<String> names = new LinkedHashSet<>();
        outline.contract().ifPresent(it -> names.addAll(names(it.reads())));
        if (outline.element instanceof Element.OfPipe nested) {
            nested.nested
                    .needs()
                    .forEach(key ->
                            names.addAll(names(nested.wiring.inputFor(key).reads())));
        } else {
            outline.children().forEach(child -> names.addAll(readsIn(child)));
        }
        return names;
    }

    private static Set<String> names(Collection<Key<?>> keys) {
        Set<String> names = new LinkedHashSet<>();
        keys.forEach(key -> names.add(key.name()));
        return names;
    }

    private static List<Key<?>> sorted(Collection<Key<?>> keys) {
        List<Key<?>> sorted = new ArrayList<>(keys);
        sorted.sort(java.util.Comparator.comparing(Key::name));
        return sorted;
    }

    private static String typeName(Key<?> key) {
        return key.type().getTypeName();
    }

    private static Path rootOf(Path path) {
        int slash = path.value().indexOf('/');
        return slash < 0 ? path : Path.of(path.value().substring(0, slash));
    }

    private record Writer(Key<?> key, Path writer, boolean maybe, boolean undoable) {}

    /** The keys that exist at one place: those of the places around it, and its own. */
    private static final class Known {
        final @Nullable Known outer;
        final Map<String, Writer> own = new LinkedHashMap<>();

        Known(@Nullable Known outer) {
            this.outer = outer;
        }

        Known inner() {
            return new Known(this);
        }

        Optional<Writer> find(Key<?> key) {
            return find(key.name());
        }

        Optional<Writer> find(String name) {
            for (Known k = this; k != null; k = k.outer) {
                Writer found = k.own.get(name);
                if (found != null) {
                    return Optional.of(found);
                }
            }
            return Optional.empty();
        }

        void put(Key<?> key, Path writer, boolean maybe) {
            put(key, writer, maybe, false);
        }

        void put(Key<?> key, Path writer, boolean maybe, boolean undoable) {
            own.put(key.name(), new Writer(key, writer, maybe, undoable));
        }

        void addAll(Known inside, Set<String> except) {
            inside.own.forEach((name, writer) -> {
                if (!except.contains(name)) {
                    own.put(name, writer);
                }
            });
        }

        Set<String> names() {
            Set<String> names = new LinkedHashSet<>(own.keySet());
            if (outer != null) {
                names.addAll(Objects.requireNonNull(outer).names());
            }
            return names;
        }
    }
}

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
    private final List<Key<?>> needs;
    private final List<Key<?>> gives;
    private final List<String> problems = new ArrayList<>();
    private final List<RuntimeException> flaws = new ArrayList<>();
    private final List<String> notes = new ArrayList<>();
    private final Set<Path> paths = new LinkedHashSet<>();
    private boolean blind;

    Check(List<Key<?>> needs, List<Key<?>> gives) {
        this.needs = needs;
        this.gives = gives;
    }

    List<String> problems() {
        return problems;
    }

    /** What descriptions threw that cannot say their contract. */
    List<RuntimeException> flaws() {
        return flaws;
    }

    List<String> notes() {
        return notes;
    }

    void pipe(Outline root) {
        Known known = new Known(null);
        for (Key<?> key : needs) {
            known.find(key)
                    .filter(it -> !it.key.type().equals(key.type()))
                    .ifPresent(it -> problems.add(root.path() + ": needs key '" + key + "' as " + typeName(it.key)
                            + " and as " + typeName(key)));
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
            reads(each.path(), "reads", condition.condition, known);
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
        if (work.flaw != null) {
            flaws.add(work.flaw);
            problems.add(each.path() + ": " + toText(work.flaw));
            // what it would write is not known, and no problem of those who read it
            blind = true;
            return;
        }
        Contract contract = work.contract;
        reads(each.path(), "reads", contract.reads(), before);
        reads(each.path(), "updates", contract.updates(), before);
        readsIfThere(each.path(), contract.optionalReads(), before);
        if (contract.isOpaque()) {
            if (work.isScope() || contract.effect() == Effect.undoable()) {
                problems.add(each.path() + ": its " + (work.isScope() ? "close" : "undo")
                        + " may read more than its inputs and outputs; declare what it reads");
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
        for (Key<?> key : contract.writes()) {
            write(each.path(), key, after, contract.effect() == Effect.undoable());
        }
    }

    private static String toText(RuntimeException flaw) {
        boolean isSaid = flaw instanceof IllegalStateException || flaw instanceof IllegalArgumentException;
        String message = flaw.getMessage();
        return isSaid && message != null ? message : flaw.toString();
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

    private void reads(Path path, String verb, Input<?> input, Known known) {
        reads(path, verb, input.reads(), known);
        readsIfThere(path, input.optionalReads(), known);
    }

    private void reads(Path path, String verb, Collection<Key<?>> keys, Known known) {
        for (Key<?> key : keys) {
            Optional<Writer> found = known.find(key);
            if (found.isPresent() && found.get().maybe) {
                problems.add(path + ": " + verb + " key '" + key + "', which is written only under the condition at "
                        + found.get().writer + "; read it with Input.optional");
            } else if (found.isPresent()) {
                sameType(path, key, found.get());
                if (!verb.equals("updates")) {
                    atTheSameTime(path, verb, key, known);
                }
            } else if (!atTheSameTime(path, verb, key, known) && !blind) {
                problems.add(path + ": " + verb + " key '" + key + "', which nothing before it writes"
                        + Names.didYouMean(key.name(), known.names()));
            }
        }
    }

    private void readsIfThere(Path path, Collection<Key<?>> keys, Known known) {
        for (Key<?> key : keys) {
            known.find(key).ifPresent(it -> sameType(path, key, it));
            atTheSameTime(path, "reads", key, known);
        }
    }

    private boolean atTheSameTime(Path path, String verb, Key<?> key, Known known) {
        Optional<Beside> sibling = known.beside(key.name());
        sibling.ifPresent(it -> problems.add(path + ": " + verb + " key '" + key + "', which " + it.member
                + (it.update ? " updates" : " writes") + " at the same time; put it behind the group"));
        return sibling.isPresent();
    }

    private void sameType(Path path, Key<?> key, Writer found) {
        if (!key.type().equals(found.key.type())) {
            problems.add(path + ": key '" + key + "' is " + typeName(key) + " here but " + typeName(found.key) + " at "
                    + found.writer);
        }
    }

    private void group(Outline each, Known known) {
        Map<String, Beside> beside = new HashMap<>();
        for (Outline member : each.children()) {
            writesIn(member).forEach(name -> beside.putIfAbsent(name, new Beside(member.path(), false)));
            updatesIn(member).forEach(name -> beside.putIfAbsent(name, new Beside(member.path(), true)));
        }
        Map<String, Path> written = new HashMap<>();
        List<Known> members = new ArrayList<>();
        for (Outline member : each.children()) {
            Known inside = new Known(known, member.path(), beside);
            body(List.of(member), inside);
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
        members.forEach(inside -> known.addAll(inside, Set.of()));
    }

    private void fanOut(Outline each, Each<?> fanOut, Known known) {
        reads(each.path(), "reads", fanOut.items, known);
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
        for (Key<?> key : nested.needs()) {
            Input<?> input = element.wiring.inputFor(key);
            reads(each.path(), "needs", input, known);
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
        for (Key<?> key : nested.gives()) {
            if (!passesThrough(element, key)) {
                write(each.path(), element.wiring.outerFor(key), known, false);
            }
        }
        nested.notes().forEach(note -> notes.add(each.path() + ": inside, " + note));
    }

    /** A key that the nested pipe needs and gives under one outer name is passed through, or updated. */
    private static boolean passesThrough(Element.OfPipe element, Key<?> key) {
        return element.nested.needs().contains(key)
                && element.wiring.inputFor(key).equals(element.wiring.outerFor(key));
    }

    private static Set<String> writesIn(Outline outline) {
        Set<String> names = new LinkedHashSet<>();
        if (outline.element instanceof Element.OfStep) {
            outline.contract().ifPresent(it -> names.addAll(names(it.writes())));
        }
        if (outline.element instanceof Element.OfFanOut fanOut) {
            if (fanOut.each.outer != null) {
                names.add(fanOut.each.outer.name());
            }
            return names;
        }
        if (outline.element instanceof Element.OfPipe nested) {
            nested.nested.gives().stream()
                    .filter(key -> !passesThrough(nested, key))
                    .forEach(key -> names.add(nested.wiring.outerFor(key).name()));
            return names;
        }
        outline.children().forEach(child -> names.addAll(writesIn(child)));
        return names;
    }

    private static Set<String> updatesIn(Outline outline) {
        Set<String> names = new LinkedHashSet<>();
        outline.children().forEach(child -> names.addAll(updatesIn(child)));
        if (outline.element instanceof Element.OfScope) {
            // its own keys end with it
            outline.contract().ifPresent(it -> names.removeAll(names(it.writes())));
        }
        outline.contract().ifPresent(it -> names.addAll(names(it.updates())));
        if (outline.element instanceof Element.OfPipe nested) {
            // inside, keys have names of their own: outside, only those are updated that are passed in by key
            return nested.nested.needs().stream()
                    .filter(key -> names.contains(key.name()) && nested.wiring.inputFor(key) instanceof Key)
                    .map(key -> ((Key<?>) nested.wiring.inputFor(key)).name())
                    .collect(Collectors.toCollection(LinkedHashSet::new));
        }
        return names;
    }

    private static Set<String> names(Collection<Key<?>> keys) {
        Set<String> names = new LinkedHashSet<>();
        keys.forEach(key -> names.add(key.name()));
        return names;
    }

    private static String typeName(Key<?> key) {
        return key.type().getTypeName();
    }

    private static Path rootOf(Path path) {
        int slash = path.value().indexOf('/');
        return slash < 0 ? path : Path.of(path.value().substring(0, slash));
    }

    private record Writer(Key<?> key, Path writer, boolean maybe, boolean undoable) {}

    /** The member of a group that gives a key a value, and whether that is an update. */
    private record Beside(Path member, boolean update) {}

    /** The keys that exist at one place: those of the places around it, and its own. */
    private static final class Known {
        final @Nullable Known outer;
        final Map<String, Writer> own = new LinkedHashMap<>();
        /** The member of a group whose keys these are, and what all members of the group write. */
        private final @Nullable Path member;

        private final Map<String, Beside> beside;

        Known(@Nullable Known outer) {
            this(outer, null, Map.of());
        }

        Known(@Nullable Known outer, @Nullable Path member, Map<String, Beside> beside) {
            this.outer = outer;
            this.member = member;
            this.beside = beside;
        }

        /** The sibling, in any group round this place but inside the key's own, that writes it at the same time. */
        Optional<Beside> beside(String name) {
            for (Known k = this; k != null && !k.own.containsKey(name); k = k.outer) {
                Beside found = k.beside.get(name);
                if (found != null && !found.member.equals(k.member)) {
                    return Optional.of(found);
                }
            }
            return Optional.empty();
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

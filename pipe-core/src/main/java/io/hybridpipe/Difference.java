// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe;

import io.hybridpipe.event.ElementKind;
import io.hybridpipe.event.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * What of a pipe changed that a run has passed already: a run may go on with a pipe that changed only behind the point reached.
 *
 * <p>In a body, that point is in the last element of which the journal has a record. Those before it are finished, and
 * everything inside them must be the same, also what left no record, such as a condition that did not hold. In a group every
 * member may have a point of its own.
 */
final class Difference {
    private final Imprint then;
    private final Imprint now;
    private final Predicate<Path> reached;
    private final List<String> lines = new ArrayList<>();
    private final Set<Place> stood = new HashSet<>();

    Difference(Imprint then, Imprint now, Predicate<Path> reached) {
        this.then = then;
        this.now = now;
        this.reached = reached;
        notePlaces(then);
    }

    /** Inside a held scope an element has the path that it has beside it, so the path alone does not say where it stands. */
    private record Place(Path around, Path path) {}

    private void notePlaces(Imprint body) {
        for (Imprint each : body.inner) {
            stood.add(new Place(body.path, each.path));
            notePlaces(each);
        }
    }

    /** One line a change, in the order of the pipe as it was; to be asked once. */
    List<String> lines() {
        if (!then.path.equals(now.path)) {
            return List.of("the run is one of pipe '" + then.path + "', and this is pipe '" + now.path + "'");
        }
        frontier(then, now);
        return List.copyOf(lines);
    }

    /** An element in which the run may have stopped. */
    private void frontier(Imprint was, Imprint is) {
        if (!isTheSame(was, is)) {
            return;
        }
        if (was.kind == ElementKind.GROUP) {
            members(was.inner, is.inner);
            return;
        }
        int last = was.inner.size() - 1;
        while (last >= 0 && !isReached(was.inner.get(last))) {
            last--;
        }
        if (last >= 0) {
            new Body(was.inner, is.inner, last, null).compare();
        }
    }

    /** An element that another one came after. */
    private void finished(Imprint was, Imprint is) {
        if (isTheSame(was, is)) {
            new Body(was.inner, is.inner, was.inner.size() - 1, was.path).compare();
        }
    }

    private void members(List<Imprint> before, List<Imprint> after) {
        Map<Path, Integer> places = indexed(after);
        for (int i = 0; i < before.size(); i++) {
            Imprint was = before.get(i);
            if (isReached(was)) {
                Integer place = places.get(was.path);
                if (place == null) {
                    lines.add(was.path + ": reached in this run, but " + whatBecameOf(was, i, before, after).text);
                } else {
                    frontier(was, after.get(place));
                }
            }
        }
    }

    private boolean isTheSame(Imprint was, Imprint is) {
        List<String> changes = was.changesTo(is);
        if (!changes.isEmpty()) {
            lines.add(was.path + ": " + String.join("; ", changes));
        }
        return was.kind == is.kind && was.isHeld() == is.isHeld();
    }

    private boolean isReached(Imprint element) {
        return reached.test(element.path)
                || element.isHeld() && element.inner.stream().anyMatch(this::isReached);
    }

    private static Map<Path, Integer> indexed(List<Imprint> elements) {
        Map<Path, Integer> places = new HashMap<>();
        for (int i = 0; i < elements.size(); i++) {
            places.put(elements.get(i).path, i);
        }
        return places;
    }

    // ---- elements one after the other

    /** The elements of a body up to the last one reached, then and now. */
    private final class Body {
        private final List<Imprint> before;
        private final List<Imprint> after;
        private final int last;
        private final @Nullable Path finishedOne;
        private final Map<Path, Integer> placesBefore;
        private final Map<Path, Integer> placesAfter;
        private final Set<Path> explained = new HashSet<>();
        private int furthest = -1;
        private @Nullable Imprint furthestWas;

        /** @param finishedOne the finished element whose body this is, if it is one: then nothing may be added at all */
        Body(List<Imprint> before, List<Imprint> after, int last, @Nullable Path finishedOne) {
            this.before = before;
            this.after = after;
            this.last = last;
            this.finishedOne = finishedOne;
            placesBefore = indexed(before);
            placesAfter = indexed(after);
        }

        void compare() {
            for (int i = 0; i <= last; i++) {
                boolean isFinished = i < last || finishedOne != null;
                Imprint was = before.get(i);
                Integer place = placesAfter.get(was.path);
                if (place == null) {
                    Fate fate = whatBecameOf(was, i, before, after);
                    fate.now.ifPresent(is -> explained.add(is.path));
                    lines.add(was.path + (isFinished ? ": finished" : ": reached") + " in this run, but " + fate.text);
                    continue;
                }
                if (place < furthest) {
                    lines.add(was.path + ": stood behind " + Objects.requireNonNull(furthestWas).path
                            + ", now stands before it");
                } else {
                    furthest = place;
                    furthestWas = was;
                }
                if (isFinished) {
                    finished(was, after.get(place));
                } else {
                    frontier(was, after.get(place));
                }
            }
            for (int i = 0; i < (finishedOne == null ? furthest : after.size()); i++) {
                added(after.get(i));
            }
        }

        private void added(Imprint is) {
            Integer place = placesBefore.get(is.path);
            if (place == null && !explained.contains(is.path)) {
                lines.add(is.path + ": new, but stands "
                        + (finishedOne == null
                                ? "before " + Objects.requireNonNull(furthestWas).path + ", which this run has reached"
                                : "inside " + finishedOne + ", which this run has finished"));
            } else if (place != null && place > last) {
                lines.add(is.path + ": stood behind " + Objects.requireNonNull(furthestWas).path
                        + ", which this run has reached, now stands before it");
            }
        }
    }

    // ---- elements that are no longer where they were

    /** What became of an element, and which one it is now if it was renamed. */
    private record Fate(String text, Optional<Imprint> now) {}

    private Fate whatBecameOf(Imprint was, int place, List<Imprint> before, List<Imprint> after) {
        Imprint around = newPlace(was, now);
        if (around != null) {
            return new Fate("now stands inside " + around.path, Optional.empty());
        }
        Map<Path, Integer> known = indexed(before);
        List<Imprint> candidates =
                after.stream().filter(is -> !known.containsKey(is.path)).toList();
        Optional<Imprint> renamed = candidates.stream()
                .filter(is -> was.changesTo(is).isEmpty())
                .min(Comparator.comparingInt(is -> Math.abs(after.indexOf(is) - place)));
        return new Fate(
                "the pipe has no such element now"
                        + renamed.map(is -> " (renamed to " + is.path + "?)")
                                .orElseGet(() -> Names.didYouMean(
                                        was.path.name(),
                                        candidates.stream()
                                                .map(is -> is.path.name())
                                                .toList())),
                renamed);
    }

    /** The element inside which one of this name, kind and contract stands that did not stand there before. */
    private @Nullable Imprint newPlace(Imprint was, Imprint body) {
        for (Imprint is : body.inner) {
            if (is.path.name().equals(was.path.name())
                    && !stood.contains(new Place(body.path, is.path))
                    && was.changesTo(is).isEmpty()) {
                return body;
            }
            Imprint deeper = newPlace(was, is);
            if (deeper != null) {
                return deeper;
            }
        }
        return null;
    }
}

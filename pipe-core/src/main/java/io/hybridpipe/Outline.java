// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe;

import io.hybridpipe.event.ElementKind;
import io.hybridpipe.event.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The read-only shape of a pipe: one node an element, with path, kind, contract and bound.
 *
 * <p>Drawings, reports and other runners walk this. Immutable.
 */
public final class Outline {
    final Element element;

    private final Path path;
    private final List<Outline> children;
    private final boolean flat;
    private final boolean hasPreflight;

    private Outline(Element element, Path path, List<Outline> children, boolean flat) {
        this.element = element;
        this.path = path;
        this.children = children;
        this.flat = flat;
        Work work = element.work();
        hasPreflight = work != null && work.hasPreflight || children.stream().anyMatch(Outline::hasPreflight);
    }

    /** Whether this element or one inside has anything to ask before a run. */
    boolean hasPreflight() {
        return hasPreflight;
    }

    /** The outline of an element whose path is already known. */
    static Outline at(Path path, Element element) {
        List<Outline> children = new ArrayList<>(element.inner().size());
        boolean flat = element instanceof Element.OfScope scope && scope.flat;
        Path base = flat ? Path.of(path.value().substring(0, path.value().lastIndexOf('/'))) : path;
        for (Element inner : element.inner()) {
            children.add(at(base.child(inner.name), inner));
        }
        return new Outline(element, path, List.copyOf(children), flat);
    }

    /** Where the element stands; inside a fan-out without the item. */
    public Path path() {
        return path;
    }

    /** What it is. */
    public ElementKind kind() {
        return element.kind();
    }

    /** What it declares, for steps and scopes. */
    public Optional<Contract> contract() {
        return Optional.ofNullable(element.work()).map(work -> work.contract);
    }

    /** How many of the elements inside run at once: 1 for bodies, {@link Integer#MAX_VALUE} without a bound. */
    public int bound() {
        return element.bound();
    }

    /** The elements inside, in declared order. */
    public List<Outline> children() {
        return children;
    }

    /** Whether the elements inside have paths beside this one's, as those that follow a {@code holding}. */
    public boolean isFlat() {
        return flat;
    }

    /** The pipe as a tree of text, one line an element. */
    public String tree() {
        return tree(Map.of());
    }

    /** The tree with a mark behind the lines of some elements, for instance where a run failed. */
    public String tree(Map<Path, String> marks) {
        return new Drawing(marks).tree(this);
    }

    /** The pipe as a Mermaid flow chart. */
    public String mermaid() {
        return mermaid(Map.of());
    }

    /** The Mermaid flow chart in which some elements are marked. */
    public String mermaid(Map<Path, String> marks) {
        return new Drawing(marks).mermaid(this);
    }

    /** The pipe as a Graphviz graph. */
    public String dot() {
        return dot(Map.of());
    }

    /** The Graphviz graph in which some elements are marked. */
    public String dot(Map<Path, String> marks) {
        return new Drawing(marks).dot(this);
    }

    /** The tree. */
    @Override
    public String toString() {
        return tree();
    }
}

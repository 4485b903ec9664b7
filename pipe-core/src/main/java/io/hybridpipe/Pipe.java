// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe;

import io.hybridpipe.event.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.UnaryOperator;
import reactor.core.publisher.Mono;

/**
 * A named list of elements that pass an immutable state on, checked when it is built.
 *
 * <p>Immutable and thread-safe: one pipe serves any number of runs. Follow one run from {@link #run}: it starts an
 * {@code Execution}, whose bodies loop over the elements; each step's unit makes the attempts; each attempt is one call of
 * {@link Step#run}.
 */
public final class Pipe {
    private final String name;
    private final Set<Key<?>> needs;
    private final Set<Key<?>> gives;
    private final Outline outline;
    private final List<String> notes;

    private Pipe(Builder builder) {
        name = builder.name;
        needs = Collections.unmodifiableSet(new LinkedHashSet<>(builder.needs));
        gives = Collections.unmodifiableSet(new LinkedHashSet<>(builder.gives));
        outline = Outline.at(Path.of(name), new Element.OfSequence(name, builder.elements()));
        Check check = new Check(builder.needs, builder.gives);
        check.pipe(outline);
        notes = List.copyOf(check.notes());
        if (!check.problems().isEmpty()) {
            PipeCheckException refused = new PipeCheckException(name, check.problems());
            check.flaws().forEach(refused::addSuppressed);
            throw refused;
        }
    }

    /** Starts the description of a pipe; its name is the first part of all paths. */
    public static Builder named(String name) {
        return new Builder(name);
    }

    /** The pipe's name. */
    public String name() {
        return name;
    }

    /** The keys that the caller must supply. */
    public Set<Key<?>> needs() {
        return needs;
    }

    /** The keys that it shows when it is nested in another pipe. */
    public Set<Key<?>> gives() {
        return gives;
    }

    /** The pipe's read-only shape, which also draws itself. */
    public Outline describe() {
        return outline;
    }

    /** What the check saw that is no problem but worth knowing: from where on it cannot see, what may not be undoable. */
    public List<String> notes() {
        return notes;
    }

    List<Element> elements() {
        return outline.element.inner();
    }

    /** As {@link #run(State, RunOptions)} with the default options. */
    public Mono<State> run(State input) {
        return run(input, RunOptions.ofDefaults());
    }

    /**
     * Runs the pipe when subscribed, each subscription anew, and emits the final state.
     *
     * <p>Signals a {@link PipeFailedException} when the run was refused, failed, was cancelled or left a scope open. A cancel of
     * the subscription (also by {@code timeout} or an interrupted {@code block}) only asks the run to cancel: it goes on
     * until it has settled, and {@link io.hybridpipe.event.RunListener#settled} tells the end. The first steps run on the
     * subscribing thread, as far as they complete at once; everything else on the engine's own threads.
     *
     * @param input a value for each key that the pipe needs
     */
    public Mono<State> run(State input, RunOptions options) {
        return new RunMono(this, Objects.requireNonNull(input, "input"), Objects.requireNonNull(options, "options"));
    }

    /** Starts a run now, on the engine's threads, and returns its handle at once. */
    public Run start(State input, RunOptions options) {
        Execution execution = new Execution(this, input, options, reactor.util.context.Context.empty(), null);
        execution.start(false);
        return execution;
    }

    /** The tree of {@link #describe()}. */
    @Override
    public String toString() {
        return outline.tree();
    }

    /** The description of a pipe, or of one of its bodies, being written. Not thread-safe. */
    public static final class Builder {
        private final String name;
        private final List<Key<?>> needs = new ArrayList<>();
        private final List<Key<?>> gives = new ArrayList<>();
        private final List<Element> elements = new ArrayList<>();
        private final List<Held> held = new ArrayList<>();

        private Builder(String name) {
            this.name = Objects.requireNonNull(name, "name");
        }

        static List<Element> body(UnaryOperator<Builder> body) {
            return body.apply(new Builder("body")).elements();
        }

        /** Keys that the caller must supply. */
        public Builder needs(Key<?>... keys) {
            needs.addAll(List.of(keys));
            return this;
        }

        /** Keys that the pipe shows when it is nested in another one. */
        public Builder gives(Key<?>... keys) {
            gives.addAll(List.of(keys));
            return this;
        }

        /** Then this element. */
        public Builder element(Element element) {
            elements.add(Objects.requireNonNull(element, "element"));
            return this;
        }

        /** Then this step. */
        public Builder step(String name, Step step) {
            return element(Element.step(name, step));
        }

        /** Then this step, with other options than it asks for. */
        public Builder step(String name, Step step, UnaryOperator<StepOptions> options) {
            return element(Element.step(name, step, options));
        }

        /** Then these elements concurrently; the first failure cancels the siblings. */
        public Builder concurrently(String name, Element... members) {
            return element(Element.concurrently(name, Group.ofDefaults(), members));
        }

        /** Then these elements concurrently, as the group says. */
        public Builder concurrently(String name, Group group, Element... members) {
            return element(Element.concurrently(name, group, members));
        }

        /** Then this body while the scope is open. */
        public Builder during(String name, Scope scope, UnaryOperator<Builder> body) {
            return element(Element.during(name, scope, body));
        }

        /** Opens the scope and holds it until all that follows in this body has ended. */
        public Builder holding(String name, Scope scope) {
            held.add(new Held(elements.size(), name, scope));
            return this;
        }

        /** Then this body once for each item, concurrently. */
        public <T> Builder forEach(String name, Each<T> each, UnaryOperator<Builder> body) {
            return element(Element.forEach(name, each, body));
        }

        /** Then this body if the condition holds; keys written only inside are optional outside. */
        public Builder when(
                String name, Input<Boolean> condition, String otherwiseReason, UnaryOperator<Builder> body) {
            return element(Element.when(name, condition, otherwiseReason, body));
        }

        /** Then this pipe, whose keys meet those of the same names here. */
        public Builder pipe(String name, Pipe nested) {
            return pipe(name, nested, UnaryOperator.identity());
        }

        /** Then this pipe; it sees only what it needs and shows only what it gives. */
        public Builder pipe(String name, Pipe nested, UnaryOperator<Wiring> wiring) {
            return element(Element.pipe(name, nested, wiring));
        }

        /**
         * The pipe, after the check.
         *
         * @throws PipeCheckException with all problems at once
         */
        public Pipe build() {
            return new Pipe(this);
        }

        /** The elements, in which each held scope has become one round all that follows it. */
        private List<Element> elements() {
            List<Element> rest = new ArrayList<>(elements);
            for (int i = held.size() - 1; i >= 0; i--) {
                Held it = held.get(i);
                List<Element> following = rest.subList(it.at, rest.size());
                Element scope = new Element.OfScope(
                        it.name, Work.of(it.scope, UnaryOperator.identity()), true, List.copyOf(following));
                following.clear();
                rest.add(scope);
            }
            return List.copyOf(rest);
        }

        private record Held(int at, String name, Scope scope) {}
    }
}

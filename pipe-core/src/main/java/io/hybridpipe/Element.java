// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe;

import io.hybridpipe.event.ElementKind;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * One named place in a pipe, for members of a group; the builder's methods of the same names put one into a body. Immutable.
 */
public abstract sealed class Element {
    static final Pattern NAME = Pattern.compile("[A-Za-z0-9._-]+");

    final String name;

    private Element(String name) {
        this.name = Objects.requireNonNull(name, "name");
    }

    /** A step. */
    public static Element step(String name, Step step) {
        return step(name, step, UnaryOperator.identity());
    }

    /** A step with other options than it asks for. */
    public static Element step(String name, Step step, UnaryOperator<StepOptions> options) {
        return new OfStep(name, Work.of(step, options));
    }

    /** Elements that run one after the other, as one member of a group. */
    public static Element sequence(String name, UnaryOperator<Pipe.Builder> body) {
        return new OfSequence(name, Pipe.Builder.body(body));
    }

    /** Elements that run concurrently. */
    public static Element concurrently(String name, Group group, Element... members) {
        return new OfGroup(name, group, List.of(members));
    }

    /** A scope round a body. */
    public static Element during(String name, Scope scope, UnaryOperator<Pipe.Builder> body) {
        return new OfScope(name, Work.of(scope, UnaryOperator.identity()), false, Pipe.Builder.body(body));
    }

    /** A body for each item. */
    public static <T> Element forEach(String name, Each<T> each, UnaryOperator<Pipe.Builder> body) {
        return new OfFanOut(name, each, Pipe.Builder.body(body));
    }

    /** A body that runs only under a condition; otherwise it is skipped, and shown so with the reason. */
    public static Element when(
            String name, Input<Boolean> condition, String otherwiseReason, UnaryOperator<Pipe.Builder> body) {
        return new OfCondition(name, condition, otherwiseReason, Pipe.Builder.body(body));
    }

    /** A nested pipe, which sees only what it needs and shows only what it gives. */
    public static Element pipe(String name, Pipe nested, UnaryOperator<Wiring> wiring) {
        return new OfPipe(name, nested, wiring.apply(Wiring.byName()));
    }

    abstract ElementKind kind();

    /** The elements inside, in declared order. */
    abstract List<Element> inner();

    @Nullable
    Work work() {
        return null;
    }

    int bound() {
        return 1;
    }

    static final class OfStep extends Element {
        final Work work;

        OfStep(String name, Work work) {
            super(name);
            this.work = work;
        }

        @Override
        ElementKind kind() {
            return ElementKind.STEP;
        }

        @Override
        List<Element> inner() {
            return List.of();
        }

        @Override
        Work work() {
            return work;
        }
    }

    static final class OfSequence extends Element {
        final List<Element> body;

        OfSequence(String name, List<Element> body) {
            super(name);
            this.body = body;
        }

        @Override
        ElementKind kind() {
            return ElementKind.PIPE;
        }

        @Override
        List<Element> inner() {
            return body;
        }
    }

    static final class OfGroup extends Element {
        final Group group;
        final List<Element> members;

        OfGroup(String name, Group group, List<Element> members) {
            super(name);
            this.group = group;
            this.members = new ArrayList<>(members);
        }

        @Override
        ElementKind kind() {
            return ElementKind.GROUP;
        }

        @Override
        List<Element> inner() {
            return members;
        }

        @Override
        int bound() {
            return group.bound;
        }
    }

    static final class OfScope extends Element {
        final Work work;
        /** Whether the elements inside stand in the path beside the scope, not below it. */
        final boolean flat;

        final List<Element> body;

        OfScope(String name, Work work, boolean flat, List<Element> body) {
            super(name);
            this.work = work;
            this.flat = flat;
            this.body = body;
        }

        @Override
        ElementKind kind() {
            return ElementKind.SCOPE;
        }

        @Override
        List<Element> inner() {
            return body;
        }

        @Override
        Work work() {
            return work;
        }
    }

    static final class OfFanOut extends Element {
        final Each<?> each;
        final List<Element> body;

        OfFanOut(String name, Each<?> each, List<Element> body) {
            super(name);
            this.each = each;
            this.body = body;
        }

        @Override
        ElementKind kind() {
            return ElementKind.FAN_OUT;
        }

        @Override
        List<Element> inner() {
            return body;
        }

        @Override
        int bound() {
            return each.bound;
        }
    }

    static final class OfCondition extends Element {
        final Input<Boolean> condition;
        final String otherwiseReason;
        final List<Element> body;

        OfCondition(String name, Input<Boolean> condition, String otherwiseReason, List<Element> body) {
            super(name);
            this.condition = condition;
            this.otherwiseReason = otherwiseReason;
            this.body = body;
        }

        @Override
        ElementKind kind() {
            return ElementKind.CONDITION;
        }

        @Override
        List<Element> inner() {
            return body;
        }
    }

    static final class OfPipe extends Element {
        final Pipe nested;
        final Wiring wiring;

        OfPipe(String name, Pipe nested, Wiring wiring) {
            super(name);
            this.nested = nested;
            this.wiring = wiring;
        }

        @Override
        ElementKind kind() {
            return ElementKind.PIPE;
        }

        @Override
        List<Element> inner() {
            return nested.elements();
        }
    }
}

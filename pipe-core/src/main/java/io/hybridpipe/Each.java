// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe;

import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What a fan-out runs over: items, the key under which the body sees its item, and each item's name. Immutable.
 *
 * @param <T> an item's type
 */
public final class Each<T> {
    final Input<? extends Collection<? extends T>> items;
    final Key<T> as;
    final Function<? super T, String> naming;
    final int bound;
    final @Nullable Key<?> inner;
    final @Nullable Key<?> outer;

    private Each(
            Input<? extends Collection<? extends T>> items,
            Key<T> as,
            Function<? super T, String> naming,
            int bound,
            @Nullable Key<?> inner,
            @Nullable Key<?> outer) {
        this.items = Objects.requireNonNull(items, "items");
        this.as = Objects.requireNonNull(as, "as");
        this.naming = Objects.requireNonNull(naming, "naming");
        this.bound = bound;
        this.inner = inner;
        this.outer = outer;
    }

    /**
     * Each of these items, all at once, seen by the body under {@code as}.
     *
     * @param naming the item's name in paths: unique, of letters, digits, dots, dashes and underscores
     */
    public static <T> Each<T> of(
            Input<? extends Collection<? extends T>> items, Key<T> as, Function<? super T, String> naming) {
        return new Each<>(items, as, naming, Integer.MAX_VALUE, null, null);
    }

    /** A copy in which at most this many items are worked on at once, forward and in undo. */
    public Each<T> atMost(int items) {
        return new Each<>(this.items, as, naming, positive(items), inner, outer);
    }

    /** A copy that collects what each body wrote under {@code inner}, in the order of the items, into {@code outer}. */
    public <R> Each<T> collect(Key<R> inner, Key<List<R>> outer) {
        return new Each<>(items, as, naming, bound, inner, outer);
    }

    static int positive(int bound) {
        if (bound < 1) {
            throw new IllegalArgumentException("atMost is " + bound + ", it must be at least 1");
        }
        return bound;
    }
}

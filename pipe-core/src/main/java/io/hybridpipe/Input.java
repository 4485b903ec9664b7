// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe;

import java.util.Optional;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.function.Function;

/**
 * What a reusable step is given: a literal, a key, or a pure function of other inputs.
 *
 * <p>It knows what it reads, so that the check at {@code build()} sees it; that is why it is no functional interface. Take
 * {@code Input<? extends T>} in your own step's methods. Immutable.
 *
 * @param <T> the value's type
 */
public sealed interface Input<T> permits Key, DerivedInput {
    /** The keys without which there is no value. */
    Set<Key<?>> reads();

    /** The keys that are used if they are there. */
    Set<Key<?>> optionalReads();

    /**
     * The value in the given state.
     *
     * @throws java.util.NoSuchElementException if a key it reads has no value
     */
    T get(State state);

    /**
     * The value if every key it reads has one; empty while one is not yet written, as in {@code preflight}.
     */
    Optional<T> find(State state);

    /** The input whose value is computed from this one's by a pure function. */
    default <R> Input<R> map(Function<? super T, ? extends R> function) {
        return DerivedInput.of(this, function);
    }

    /** The input that is always this value. */
    static <T> Input<T> value(T value) {
        return DerivedInput.literal(value);
    }

    /** The input that is computed from two others by a pure function. */
    static <A, B, R> Input<R> from(
            Input<? extends A> a, Input<? extends B> b, BiFunction<? super A, ? super B, ? extends R> function) {
        return DerivedInput.of(a, b, function);
    }

    /** The key's value if there is one: for keys that are written only under a condition. */
    static <T> Input<Optional<T>> optional(Key<T> key) {
        return DerivedInput.optional(key);
    }
}

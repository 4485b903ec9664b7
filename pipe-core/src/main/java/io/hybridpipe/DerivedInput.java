// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe;

import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.function.Function;

/** Every input that is not a key itself. */
final class DerivedInput<T> implements Input<T> {
    private final Set<Key<?>> reads;
    private final Set<Key<?>> optionalReads;
    private final Function<State, Optional<T>> find;
    private final Function<State, T> get;

    private DerivedInput(
            Set<Key<?>> reads, Set<Key<?>> optionalReads, Function<State, T> get, Function<State, Optional<T>> find) {
        this.reads = reads;
        this.optionalReads = optionalReads;
        this.get = get;
        this.find = find;
    }

    static <T> Input<T> literal(T value) {
        Objects.requireNonNull(value, "value");
        return new DerivedInput<>(
                Set.of(), Set.of(), state -> state.met(value), state -> Optional.of(state.met(value)));
    }

    static <A, R> Input<R> of(Input<? extends A> a, Function<? super A, ? extends R> function) {
        return new DerivedInput<>(
                a.reads(), a.optionalReads(), state -> function.apply(a.get(state)), state -> a.find(state)
                        .map(function));
    }

    static <A, B, R> Input<R> of(
            Input<? extends A> a, Input<? extends B> b, BiFunction<? super A, ? super B, ? extends R> function) {
        return new DerivedInput<>(
                union(a.reads(), b.reads()),
                union(a.optionalReads(), b.optionalReads()),
                state -> function.apply(a.get(state), b.get(state)),
                state -> a.find(state).flatMap(x -> b.find(state).map(y -> function.apply(x, y))));
    }

    static <T> Input<Optional<T>> optional(Key<T> key) {
        return new DerivedInput<>(
                Set.of(),
                Set.of(key),
                state -> state.find(key),
                state -> state.isPending(key) ? Optional.empty() : Optional.of(state.find(key)));
    }

    private static Set<Key<?>> union(Set<Key<?>> a, Set<Key<?>> b) {
        Set<Key<?>> all = new LinkedHashSet<>(a);
        all.addAll(b);
        return Collections.unmodifiableSet(all);
    }

    @Override
    public Set<Key<?>> reads() {
        return reads;
    }

    @Override
    public Set<Key<?>> optionalReads() {
        return optionalReads;
    }

    @Override
    public T get(State state) {
        return get.apply(state);
    }

    @Override
    public Optional<T> find(State state) {
        return find.apply(state);
    }
}

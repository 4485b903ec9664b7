// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.NoSuchElementException;
import java.util.Objects;
import java.util.Optional;
import java.util.StringJoiner;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/** What one step adds to the state: values under keys. Immutable. */
public final class Outputs {
    private static final Outputs NONE = new Outputs(null, null, null, 0);

    // a chain, newest first: most steps have one output, and a map for one costs more than the step
    final @Nullable Outputs rest;
    final @Nullable Key<?> key;
    final @Nullable Object value;
    private final int size;

    private Outputs(@Nullable Outputs rest, @Nullable Key<?> key, @Nullable Object value, int size) {
        this.rest = rest;
        this.key = key;
        this.value = value;
        this.size = size;
    }

    /** No outputs. */
    public static Outputs none() {
        return NONE;
    }

    /** One output. */
    public static <T> Outputs of(Key<T> key, T value) {
        return NONE.and(key, value);
    }

    /** These outputs and one more; a key that is already there gets the new value. */
    public <T> Outputs and(Key<T> key, T value) {
        return andValue(key, value);
    }

    /** The same for a value whose type the compiler does not know; the engine checks it against the key's. */
    Outputs andValue(Key<?> key, Object value) {
        Objects.requireNonNull(key, "key");
        Objects.requireNonNull(value, () -> "value of " + key);
        return new Outputs(without(key), key, value, without(key).size + 1);
    }

    private Outputs without(Key<?> gone) {
        if (size == 0 || find(gone).isEmpty()) {
            return this;
        }
        Outputs[] kept = {NONE};
        forEach((each, its) -> kept[0] = each.equals(gone) ? kept[0] : kept[0].andValue(each, its));
        return kept[0];
    }

    /** How many there are. */
    public int size() {
        return size;
    }

    /**
     * The value under a key.
     *
     * @throws NoSuchElementException if there is none
     */
    public <T> T get(Key<T> key) {
        return find(key).orElseThrow(() -> new NoSuchElementException("no output '" + key + "'"));
    }

    /** The value under a key, if there is one. */
    @SuppressWarnings("unchecked") // and(Key<T>, T) is the only way in
    public <T> Optional<T> find(Key<T> wanted) {
        for (Outputs o = this; o != null && o.key != null; o = o.rest) {
            if (o.key.equals(wanted)) {
                return Optional.of((T) Unread.resolved(Objects.requireNonNull(o.value), wanted.type()));
            }
        }
        return Optional.empty();
    }

    boolean has(Key<?> wanted) {
        for (Outputs o = this; o != null && o.key != null; o = o.rest) {
            if (o.key.equals(wanted)) {
                return true;
            }
        }
        return false;
    }

    /** Calls back for each output in the order in which they were added. */
    public void forEach(BiConsumer<? super Key<?>, Object> action) {
        Deque<Outputs> inOrder = new ArrayDeque<>(size);
        for (Outputs o = this; o != null && o.key != null; o = o.rest) {
            inOrder.push(o);
        }
        inOrder.forEach(o -> action.accept(Objects.requireNonNull(o.key), Objects.requireNonNull(o.value)));
    }

    @Override
    public boolean equals(Object other) {
        if (!(other instanceof Outputs that) || that.size != size) {
            return false;
        }
        for (Outputs o = this; o != null && o.key != null; o = o.rest) {
            if (!that.find(o.key).equals(Optional.ofNullable(o.value))) {
                return false;
            }
        }
        return true;
    }

    @Override
    public int hashCode() {
        int hash = 0;
        for (Outputs o = this; o != null && o.key != null; o = o.rest) {
            hash += o.key.hashCode() ^ Objects.hashCode(o.value);
        }
        return hash;
    }

    /** Names and values; the values of secret keys as {@code ***}. */
    @Override
    public String toString() {
        StringJoiner text = new StringJoiner(", ", "{", "}");
        forEach((k, v) -> text.add(k.name() + "=" + (k.isSecret() ? "***" : v)));
        return text.toString();
    }
}

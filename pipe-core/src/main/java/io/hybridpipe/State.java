// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe;

import io.hybridpipe.event.Path;
import io.vavr.collection.HashMap;
import io.vavr.collection.Map;
import java.util.NoSuchElementException;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.StringJoiner;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The immutable map of keys to values that steps pass on.
 *
 * <p>A step's own view of it holds only what the step's contract reads. Thread-safe; {@link #with} costs about the same
 * however large the state is.
 */
public final class State {
    private static final State EMPTY = new State(HashMap.empty(), null);

    final Map<String, Cell> cells;
    private final @Nullable View view;

    State(Map<String, Cell> cells, @Nullable View view) {
        this.cells = cells;
        this.view = view;
    }

    /** The state without any value. */
    public static State empty() {
        return EMPTY;
    }

    /** A state with one value; add more by {@link #with}. */
    public static <T> State of(Key<T> key, T value) {
        return EMPTY.with(key, value);
    }

    /** A copy in which the key has this value. */
    public <T> State with(Key<T> key, T value) {
        Objects.requireNonNull(key, "key");
        Objects.requireNonNull(value, () -> "value of " + key);
        return new State(cells.put(key.name(), new Cell(value, null, key.isSecret())), view);
    }

    /**
     * The key's value.
     *
     * @throws NoSuchElementException if it has none
     * @throws IllegalStateException in a step that did not declare to read the key
     */
    public <T> T get(Key<T> key) {
        return find(key)
                .orElseThrow(() -> new NoSuchElementException(
                        (view == null ? "" : view.reader() + ": ") + "key '" + key + "' has no value"));
    }

    /**
     * The key's value, if it has one.
     *
     * @throws IllegalStateException in a step that did not declare to read the key
     */
    @SuppressWarnings("unchecked") // the check at build() and the engine admit only values of the key's type
    public <T> Optional<T> find(Key<T> key) {
        if (view != null && !view.mayRead(key.name())) {
            throw new IllegalStateException(
                    view.reader() + " reads key '" + key + "', which its contract does not declare");
        }
        Cell cell = cells.getOrElse(key.name(), null);
        return cell == null ? Optional.empty() : Optional.of((T) cell.latest().value(key.type()));
    }

    /** The path of the element that wrote the key's value; empty for the run's input and for keys without a value. */
    public Optional<Path> origin(Key<?> key) {
        Cell cell = cells.getOrElse(key.name(), null);
        return cell == null ? Optional.empty() : Optional.ofNullable(cell.latest().origin);
    }

    /** The names of all keys that have a value and may be read here, sorted. */
    public Set<String> names() {
        Set<String> names = new TreeSet<>();
        cells.keySet().filter(name -> view == null || view.mayRead(name)).forEach(names::add);
        return names;
    }

    /** Whether the key has no value yet but may get one later in the run: only in a preflight. */
    boolean isPending(Key<?> key) {
        return view != null && view.early() && !cells.containsKey(key.name());
    }

    /** A value that is not in the state but that its reader is given beside it: it may hold a secret. */
    <T> T met(T value) {
        if (view != null) {
            view.met(value);
        }
        return value;
    }

    /** This state as one reader sees it. */
    State seenBy(View reader) {
        return new State(cells, reader);
    }

    /** A copy with fresh cells, so that updates made by one run are not seen by another. */
    State detached() {
        return new State(
                cells.mapValues(cell -> {
                    Cell latest = cell.latest();
                    return new Cell(latest.held(), latest.origin, latest.secretInput);
                }),
                null);
    }

    /** Names only: values may be large or secret. */
    @Override
    public String toString() {
        StringJoiner text = new StringJoiner(", ", "State[", "]");
        names().forEach(text::add);
        return text.toString();
    }

    /** What one reader may see, and by which name it is told off. */
    interface View {
        boolean mayRead(String name);

        String reader();

        /** Told of each literal that the reader is given. */
        void met(Object value);

        /** Whether later steps may still write keys that have no value now. */
        default boolean early() {
            return false;
        }
    }
}

// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe;

import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A typed name for one value in a run's {@link State}.
 *
 * <p>Two keys are equal when their names are; the same name with another type is a problem that the check at {@code build()}
 * reports, not a second key. Immutable.
 *
 * @param <T> the value's type
 */
public final class Key<T> implements Input<T> {
    private static final Pattern ALLOWED = Pattern.compile("[A-Za-z0-9._-]+");

    private final String name;
    private final Type type;
    private final boolean secret;
    private final Set<Key<?>> reads = Set.of(this);

    private Key(String name, Type type, boolean secret) {
        if (!ALLOWED.matcher(name).matches()) {
            throw new IllegalArgumentException("key name '" + name + "' must match " + ALLOWED);
        }
        this.name = name;
        this.type = Objects.requireNonNull(type, "type");
        this.secret = secret;
    }

    /** The key with this name whose values are of this class. */
    public static <T> Key<T> of(String name, Class<T> type) {
        return new Key<>(name, type, false);
    }

    /** The key with this name whose values are of this generic type. */
    public static <T> Key<T> of(String name, TypeRef<T> type) {
        return new Key<>(name, type.type(), false);
    }

    /** The key with this name whose values are lists. */
    public static <T> Key<List<T>> listOf(String name, Class<T> element) {
        return new Key<>(name, new ListType(element), false);
    }

    /** The same key, whose values are kept out of every message, event and report. */
    public Key<T> secret() {
        return new Key<>(name, type, true);
    }

    /** The name. */
    public String name() {
        return name;
    }

    /** The declared type of its values. */
    public Type type() {
        return type;
    }

    /** Whether its values are secrets. */
    public boolean isSecret() {
        return secret;
    }

    @Override
    public Set<Key<?>> reads() {
        return reads;
    }

    @Override
    public Set<Key<?>> optionalReads() {
        return Set.of();
    }

    @Override
    public T get(State state) {
        return state.get(this);
    }

    @Override
    public Optional<T> find(State state) {
        return state.find(this);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Key<?> key && key.name.equals(name);
    }

    @Override
    public int hashCode() {
        return name.hashCode();
    }

    @Override
    public String toString() {
        return name;
    }

    private record ListType(Class<?> element) implements ParameterizedType {
        @Override
        public Type[] getActualTypeArguments() {
            return new Type[] {element};
        }

        @Override
        public Type getRawType() {
            return List.class;
        }

        @Override
        public @Nullable Type getOwnerType() {
            return null;
        }

        // equal to the JDK's own form of the same type, in both directions that matter here
        @Override
        public boolean equals(Object other) {
            return other instanceof ParameterizedType that
                    && that.getRawType() == List.class
                    && that.getActualTypeArguments().length == 1
                    && that.getActualTypeArguments()[0].equals(element);
        }

        @Override
        public int hashCode() {
            return Arrays.hashCode(new Type[] {element}) ^ List.class.hashCode();
        }

        @Override
        public String toString() {
            return "java.util.List<" + element.getTypeName() + ">";
        }
    }
}

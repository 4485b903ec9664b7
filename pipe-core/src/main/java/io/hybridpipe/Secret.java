// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe;

import java.util.Objects;
import java.util.function.Function;

/**
 * A value that prints as {@code ***}; the way to hold a secret inside a record.
 *
 * <p>A record's {@code toString} and a JSON mapper both print a plain nested string, so a password, a pre-shared key or
 * a token inside a record is a {@code Secret}. Immutable. Equal by value.
 *
 * @param <T> what is kept secret
 */
public final class Secret<T> {
    // transient, so that a mapper that reads private fields finds nothing to print
    private final transient T value;

    private Secret(T value) {
        this.value = value;
    }

    /** Keeps the value secret. */
    public static <T> Secret<T> of(T value) {
        return new Secret<>(Objects.requireNonNull(value, "value"));
    }

    /** The value itself; call this only where it is sent. */
    public T reveal() {
        return value;
    }

    /** A secret computed from this one. */
    public <R> Secret<R> map(Function<? super T, ? extends R> function) {
        return of(function.apply(value));
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Secret<?> secret && value.equals(secret.value);
    }

    @Override
    public int hashCode() {
        return value.hashCode();
    }

    @Override
    public String toString() {
        return "***";
    }
}

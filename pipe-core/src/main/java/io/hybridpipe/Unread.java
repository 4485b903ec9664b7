// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe;

import java.lang.reflect.Type;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Stands for a value from a journal whose type nobody has said yet: an opaque step declares no keys, and only who reads one knows
 * its type. Read once. Thread-safe.
 */
final class Unread {
    private final Function<Type, Object> reading;
    private @Nullable Type type;
    private @Nullable Object value;

    Unread(Function<Type, Object> reading) {
        this.reading = reading;
    }

    private synchronized Object as(Type wanted) {
        Object known = value;
        if (known == null || !wanted.equals(type)) {
            known = reading.apply(wanted);
            value = known;
            type = wanted;
        }
        return known;
    }

    /** The value itself, of this type. */
    static Object resolved(Object held, Type type) {
        return held instanceof Unread it ? it.as(type) : held;
    }
}

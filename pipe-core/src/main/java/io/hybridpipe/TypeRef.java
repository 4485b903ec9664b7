// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe;

import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;

/**
 * A generic type written down, as in {@code new TypeRef<Secret<String>>() {}}.
 *
 * @param <T> the type
 */
public abstract class TypeRef<T> {
    private final Type type;

    /** Made only by an anonymous subclass that names the type. */
    protected TypeRef() {
        if (!(getClass().getGenericSuperclass() instanceof ParameterizedType parameterized)) {
            throw new IllegalStateException("write the type: new TypeRef<...>() {}");
        }
        type = parameterized.getActualTypeArguments()[0];
    }

    /** The type as reflection says it. */
    public final Type type() {
        return type;
    }
}

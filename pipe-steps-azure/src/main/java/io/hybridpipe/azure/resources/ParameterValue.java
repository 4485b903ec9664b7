// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.azure.resources;

import io.hybridpipe.Secret;
import io.hybridpipe.json.ValueJson;
import io.hybridpipe.json.ValueJson.Hidden;
import java.lang.reflect.Array;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * The value of a template's parameter in the form that JSON has it. Immutable.
 *
 * @param tree texts, numbers, booleans, null, lists and maps of them, and {@link Hidden} in place of each secret
 */
record ParameterValue(@Nullable Object tree) {
    /** How values are read and written, secrets included. */
    static final ValueJson JSON = ValueJson.hiding(Secret.class, secret -> ((Secret<?>) secret).reveal(), Secret::of);

    /**
     * The value in its form.
     *
     * @throws IllegalArgumentException if it holds something that has none; the message quotes no value
     */
    static ParameterValue of(@Nullable Object value) {
        return new ParameterValue(toTree(value));
    }

    private static @Nullable Object toTree(@Nullable Object value) {
        if (value == null || value instanceof String || value instanceof Boolean || value instanceof Hidden) {
            return value;
        }
        if (value instanceof Number number) {
            if (!Double.isFinite(number.doubleValue())) {
                throw new IllegalArgumentException(number + " is no number of JSON");
            }
            return number;
        }
        if (value instanceof Secret<?> secret) {
            return new Hidden(toTree(secret.reveal()));
        }
        if (value instanceof Map<?, ?> map) {
            Map<String, @Nullable Object> object = new LinkedHashMap<>();
            map.forEach((key, each) -> object.put(toName(key), toTree(each)));
            return object;
        }
        // a path is made of paths, without end
        if (value instanceof Iterable<?> many && !(value instanceof Path)) {
            List<@Nullable Object> list = new ArrayList<>();
            many.forEach(each -> list.add(toTree(each)));
            return list;
        }
        if (value.getClass().isArray()) {
            List<@Nullable Object> list = new ArrayList<>();
            IntStream.range(0, Array.getLength(value)).forEach(i -> list.add(toTree(Array.get(value, i))));
            return list;
        }
        if (value instanceof Record) {
            return toTree(JSON.tree(value, value.getClass()));
        }
        return isMaybe(value) ? toTree(inside(value)) : toText(value);
    }

    private static boolean isMaybe(Object value) {
        return value instanceof Optional<?>
                || value instanceof OptionalInt
                || value instanceof OptionalLong
                || value instanceof OptionalDouble;
    }

    private static @Nullable Object inside(Object maybe) {
        if (maybe instanceof OptionalInt it) {
            return it.isPresent() ? it.getAsInt() : null;
        }
        if (maybe instanceof OptionalLong it) {
            return it.isPresent() ? it.getAsLong() : null;
        }
        if (maybe instanceof OptionalDouble it) {
            return it.isPresent() ? it.getAsDouble() : null;
        }
        return ((Optional<?>) maybe).orElse(null);
    }

    private static String toName(@Nullable Object key) {
        if (key == null || key instanceof Secret<?>) {
            throw new IllegalArgumentException((key == null ? "null" : "a secret") + " names nothing in a JSON object");
        }
        return toText(key);
    }

    private static String toText(Object value) {
        try {
            if (value.getClass().getMethod("toString").getDeclaringClass() == Object.class) {
                throw new IllegalArgumentException(
                        "a " + value.getClass().getName() + " has no JSON form, and no text of its own");
            }
        } catch (NoSuchMethodException impossible) {
            throw new IllegalStateException(impossible);
        }
        return value.toString();
    }

    /** Whether a secret is anywhere inside. */
    boolean holdsSecret() {
        return holdsSecret(tree);
    }

    private static boolean holdsSecret(@Nullable Object tree) {
        if (tree instanceof Map<?, ?> map) {
            return map.values().stream().anyMatch(ParameterValue::holdsSecret);
        }
        return tree instanceof Hidden
                || (tree instanceof List<?> list && list.stream().anyMatch(ParameterValue::holdsSecret));
    }

    /** As a request bears it, with all secrets; null if there is none. */
    @Nullable
    Object revealed() {
        return revealed(tree);
    }

    private static @Nullable Object revealed(@Nullable Object tree) {
        if (tree instanceof Hidden hidden) {
            return revealed(hidden.tree());
        }
        if (tree instanceof Map<?, ?> map) {
            Map<Object, @Nullable Object> object = new LinkedHashMap<>();
            map.forEach((key, each) -> object.put(key, revealed(each)));
            return object;
        }
        if (tree instanceof List<?> list) {
            List<@Nullable Object> all = new ArrayList<>();
            list.forEach(each -> all.add(revealed(each)));
            return all;
        }
        return tree;
    }
}

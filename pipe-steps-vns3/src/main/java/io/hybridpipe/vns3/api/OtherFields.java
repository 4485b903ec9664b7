// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.vns3.api;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The fields of an answer that the record around them has no component for: those of newer controllers, and those of a type
 * that was not expected.
 *
 * <p>Deeply immutable; equal by value; prints its names only, since nobody knows which of the values are secret. No JSON is
 * made of it: what of it belongs into a run's state goes there under a name and type of its own.
 */
public final class OtherFields {
    private static final OtherFields NONE = new OtherFields(Map.of());

    private final Map<String, @Nullable Object> values;

    private OtherFields(Map<String, @Nullable Object> values) {
        this.values = values;
    }

    /** No further fields. */
    public static OtherFields none() {
        return NONE;
    }

    static OtherFields of(Map<String, JsonNode> fields) {
        return fields.isEmpty() ? NONE : new OtherFields(toMap(fields));
    }

    /** The fields' names, in the order of the answer. */
    public Set<String> names() {
        return values.keySet();
    }

    /**
     * A field's value: a {@code String}, {@code Boolean}, {@code Long}, {@code BigInteger} for what exceeds it, {@code Double},
     * or an unmodifiable {@code List} or {@code Map} of such, in which a JSON null is null. Empty if there is no such field or it
     * is null.
     */
    public Optional<Object> find(String name) {
        return Optional.ofNullable(values.get(name));
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof OtherFields fields && values.equals(fields.values);
    }

    @Override
    public int hashCode() {
        return values.hashCode();
    }

    @Override
    public String toString() {
        return values.keySet().toString();
    }

    private static Map<String, @Nullable Object> toMap(Map<String, JsonNode> fields) {
        Map<String, @Nullable Object> plain = new LinkedHashMap<>();
        fields.forEach((name, value) -> plain.put(name, toPlain(value)));
        return Collections.unmodifiableMap(plain);
    }

    private static @Nullable Object toPlain(JsonNode value) {
        if (value.isObject()) {
            Map<String, JsonNode> fields = new LinkedHashMap<>();
            value.properties().forEach(field -> fields.put(field.getKey(), field.getValue()));
            return toMap(fields);
        }
        if (value.isArray()) {
            List<@Nullable Object> plain = new ArrayList<>();
            value.forEach(each -> plain.add(toPlain(each)));
            return Collections.unmodifiableList(plain);
        }
        if (value.isNull()) {
            return null;
        }
        if (value.isBoolean()) {
            return value.booleanValue();
        }
        if (value.isIntegralNumber()) {
            return value.canConvertToLong() ? value.longValue() : value.bigIntegerValue();
        }
        return value.isNumber() ? value.doubleValue() : value.asText();
    }
}

// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.json;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.ser.std.ToStringSerializer;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import org.jspecify.annotations.Nullable;

/** Writes and reads JSON: the stable fields of events, reports and records. Immutable and thread-safe. */
public final class Json {
    private final ObjectMapper mapper;

    private Json(ObjectMapper mapper) {
        this.mapper = mapper;
    }

    /** One line of JSON a value. */
    public static Json compact() {
        return new Json(new ObjectMapper()
                .registerModule(new JavaTimeModule())
                .disable(SerializationFeature.WRITE_DATES_AS_TIMESTAMPS)
                .disable(SerializationFeature.WRITE_DURATIONS_AS_TIMESTAMPS));
    }

    /** The same with line breaks and indents. */
    public Json indented() {
        return new Json(mapper.copy().enable(SerializationFeature.INDENT_OUTPUT));
    }

    /**
     * A copy that writes values of this class as their {@code toString}: for a class whose values must not be shown and which
     * prints a mask. Without it, writing such a value fails.
     */
    public Json masking(Class<?> type) {
        ObjectMapper copy = mapper.copy();
        copy.registerModule(
                new SimpleModule("mask " + type.getName()).addSerializer(type, ToStringSerializer.instance));
        return new Json(copy);
    }

    private static IllegalArgumentException unfit(String type, Exception e) {
        // the message of a mapper may quote the value, so it stays out
        return new IllegalArgumentException(
                "a value of " + type + " has no JSON form here (" + e.getClass().getSimpleName() + ")");
    }

    /**
     * What a text of JSON says: a text, number, boolean, null, or lists and maps of them; numbers keep every digit.
     *
     * @throws IllegalArgumentException if it is not exactly one JSON value
     */
    public @Nullable Object read(String json) {
        try {
            return mapper.readerFor(Object.class)
                    .with(
                            DeserializationFeature.FAIL_ON_TRAILING_TOKENS,
                            DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
                    .readValue(json);
        } catch (JsonProcessingException e) {
            // the message of a mapper may quote the text, so it stays out
            throw new IllegalArgumentException("not JSON (" + e.getClass().getSimpleName() + ")");
        }
    }

    /**
     * The value as JSON.
     *
     * @throws IllegalArgumentException if it holds something that has no JSON form
     */
    public String write(@Nullable Object value) {
        try {
            return mapper.writeValueAsString(value);
        } catch (JsonProcessingException e) {
            throw unfit(value == null ? "null" : value.getClass().getName(), e);
        }
    }
}

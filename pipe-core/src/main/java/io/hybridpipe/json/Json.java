// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.json;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.ser.std.ToStringSerializer;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;

/** Writes the stable fields of events and reports as JSON. Immutable and thread-safe. */
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

    /**
     * The value as JSON.
     *
     * @throws IllegalArgumentException if it holds something that has no JSON form
     */
    public String write(Object value) {
        try {
            return mapper.writeValueAsString(value);
        } catch (JsonProcessingException e) {
            // the message of a mapper may quote the value, so it stays out
            throw new IllegalArgumentException("a value of " + value.getClass().getName() + " has no JSON form here ("
                    + e.getClass().getSimpleName() + ")");
        }
    }
}

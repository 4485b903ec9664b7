// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.vns3.api;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.hybridpipe.Secret;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** The JSON object that a request carries: its fields in order, of which secrets are revealed only when it is sent. Immutable. */
record Body(Map<String, Object> fields) {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Body EMPTY = new Body(Map.of());

    static Body empty() {
        return EMPTY;
    }

    static Body of(String name, Object value) {
        return EMPTY.with(name, value);
    }

    /** A copy with one more field, or another value of it: a text, number or boolean, a list or map of such, or a secret text. */
    Body with(String name, Object value) {
        Map<String, Object> more = new LinkedHashMap<>(fields);
        more.put(name, value);
        return new Body(Collections.unmodifiableMap(more));
    }

    /** A copy with one more field, or without it: what is not set is not sent. */
    Body with(String name, Optional<?> value) {
        if (value.isPresent()) {
            return with(name, value.get());
        }
        Map<String, Object> fewer = new LinkedHashMap<>(fields);
        fewer.remove(name);
        return new Body(Collections.unmodifiableMap(fewer));
    }

    byte[] bytes() {
        Map<String, Object> revealed = new LinkedHashMap<>(fields);
        revealed.replaceAll((name, value) -> value instanceof Secret<?> secret ? secret.reveal() : value);
        try {
            return JSON.writeValueAsBytes(revealed);
        } catch (JsonProcessingException e) {
            // without the cause: its message may quote the body, which may hold a secret
            throw new IllegalArgumentException("a body with " + fields.keySet() + " cannot be written as JSON");
        }
    }

    @Override
    public String toString() {
        return fields.toString();
    }
}

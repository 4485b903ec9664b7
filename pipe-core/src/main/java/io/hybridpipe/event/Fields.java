// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.event;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.RecordComponent;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Records as maps of their components, in declared order: the stable form that is written as JSON. */
final class Fields {
    private Fields() {}

    static Map<String, Object> ofEvent(PipeEvent event) {
        EventHeader header = event.header();
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("schema", PipeEvent.SCHEMA_VERSION);
        fields.put("type", event.type());
        fields.putAll(ofRecord(header));
        fields.putAll(ofRecord((Record) event));
        fields.remove("header");
        return fields;
    }

    static Map<String, Object> ofRecord(Record value) {
        Map<String, Object> fields = new LinkedHashMap<>();
        for (RecordComponent component : value.getClass().getRecordComponents()) {
            Object plain = plain(read(component, value));
            if (plain != null) {
                fields.put(component.getName(), plain);
            }
        }
        return fields;
    }

    private static @Nullable Object plain(@Nullable Object value) {
        if (value == null || value instanceof Number || value instanceof Boolean) {
            return value;
        }
        if (value instanceof Optional<?> optional) {
            return plain(optional.orElse(null));
        }
        if (value instanceof Collection<?> many) {
            return many.stream().map(Fields::plain).toList();
        }
        if (value instanceof Map<?, ?> map) {
            Map<String, Object> plain = new LinkedHashMap<>();
            map.forEach((k, v) -> plain.put(String.valueOf(k), String.valueOf(v)));
            return plain;
        }
        if (value instanceof RunId || value instanceof Path || !(value instanceof Record)) {
            return value.toString();
        }
        return ofRecord((Record) value);
    }

    private static @Nullable Object read(RecordComponent component, Record value) {
        try {
            return component.getAccessor().invoke(value);
        } catch (IllegalAccessException | InvocationTargetException e) {
            throw new IllegalStateException("cannot read " + component, e);
        }
    }
}

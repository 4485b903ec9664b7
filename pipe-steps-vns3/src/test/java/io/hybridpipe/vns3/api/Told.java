// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.vns3.api;

import io.hybridpipe.Secret;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.RecordComponent;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** All texts and numbers in what the client made of an answer, however deep; those of secrets and of unknown fields too. */
final class Told {
    private final Set<String> all = new HashSet<>();

    static Set<String> in(Object value) {
        Told told = new Told();
        told.walk(value);
        return told.all;
    }

    private void walk(@Nullable Object value) {
        if (value instanceof Record record) {
            for (RecordComponent component : record.getClass().getRecordComponents()) {
                walk(read(record, component));
            }
        } else if (value instanceof OtherFields other) {
            other.names().forEach(name -> other.find(name).ifPresent(this::walk));
        } else if (value instanceof Optional<?> optional) {
            optional.ifPresent(this::walk);
        } else if (value instanceof Collection<?> collection) {
            collection.forEach(this::walk);
        } else if (value instanceof Map<?, ?> map) {
            map.values().forEach(this::walk);
        } else if (value instanceof Secret<?> secret) {
            walk(secret.reveal());
        } else if (value instanceof Duration duration) {
            all.add(String.valueOf(duration.toSeconds()));
        } else if (value instanceof Instant instant) {
            all.add(String.valueOf(instant.getEpochSecond()));
        } else if (value instanceof Vns3Version version) {
            all.add(version.toString());
            all.add(String.valueOf(version.major()));
        } else if (value != null) {
            all.add(value.toString());
        }
    }

    private static Object read(Record record, RecordComponent component) {
        try {
            component.getAccessor().setAccessible(true);
            return component.getAccessor().invoke(record);
        } catch (IllegalAccessException | InvocationTargetException e) {
            throw new IllegalStateException(component.toString(), e);
        }
    }
}

// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.sim.aws;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** The computed properties of a resource in a stack, read with the refusals of the service. */
record Props(Map<String, Object> values) {

    Optional<String> find(String name) {
        var value = values.get(name);
        if (value instanceof List<?> || value instanceof Map<?, ?>) {
            throw AwsError.of("InvalidRequest", "#/%s: expected type: String", name);
        }
        return Optional.ofNullable(value).map(String::valueOf).filter(text -> !text.isEmpty());
    }

    String get(String name) {
        return find(name).orElseThrow(() -> AwsError.of("InvalidRequest", "#: required key [%s] not found", name));
    }

    String or(String name, String otherwise) {
        return find(name).orElse(otherwise);
    }

    Optional<Boolean> flag(String name) {
        return find(name).map(Boolean::parseBoolean);
    }

    Optional<Integer> whole(String name) {
        return find(name).map(text -> {
            try {
                return Integer.valueOf(text);
            } catch (NumberFormatException e) {
                throw AwsError.of("InvalidRequest", "#/%s: expected type: Integer", name);
            }
        });
    }

    List<String> list(String name) {
        return items(name).stream().map(String::valueOf).toList();
    }

    List<Props> structs(String name) {
        return items(name).stream()
                .map(item -> {
                    if (item instanceof Map<?, ?> map) {
                        var copy = new LinkedHashMap<String, Object>();
                        map.forEach((key, value) -> copy.put(String.valueOf(key), value));
                        return new Props(copy);
                    }
                    throw AwsError.of("InvalidRequest", "#/%s: expected type: JSONObject", name);
                })
                .toList();
    }

    Map<String, String> tags() {
        var tags = new LinkedHashMap<String, String>();
        if (values.get("Tags") instanceof Map<?, ?> map) {
            // a few types write them as an object
            map.forEach((key, value) -> tags.put(String.valueOf(key), String.valueOf(value)));
            return tags;
        }
        structs("Tags").forEach(tag -> tags.put(tag.get("Key"), tag.or("Value", "")));
        return tags;
    }

    /** The names of the properties that are not the same in both. */
    Set<String> differences(Props other) {
        var names = new TreeSet<>(values.keySet());
        names.addAll(other.values.keySet());
        names.removeIf(name -> Objects.equals(values.get(name), other.values.get(name)));
        return names;
    }

    private List<?> items(String name) {
        var value = values.getOrDefault(name, List.of());
        if (value instanceof List<?> list) {
            return list;
        }
        throw AwsError.of("InvalidRequest", "#/%s: expected type: JSONArray", name);
    }
}

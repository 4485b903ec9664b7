// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.aws.conformance;

import java.time.Instant;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import software.amazon.awssdk.core.SdkField;
import software.amazon.awssdk.core.SdkPojo;
import software.amazon.awssdk.core.util.SdkAutoConstructList;

/**
 * A response as a flat map from path to value, such as {@code vpcs[0].cidrBlock}. Instants are left out; ids and what else
 * each run makes up are replaced by {@link Symbols}; tags are in the order of their keys.
 */
final class Fields {
    private final Map<String, String> values = new LinkedHashMap<>();
    private final Symbols symbols;

    private Fields(Symbols symbols) {
        this.symbols = symbols;
    }

    static Map<String, String> of(SdkPojo response, Symbols symbols) {
        Fields fields = new Fields(symbols);
        fields.add("", response);
        return fields.values;
    }

    private void add(String path, SdkPojo part) {
        for (SdkField<?> field : part.sdkFields()) {
            String name = path.isEmpty() ? first(field.memberName()) : path + "." + first(field.memberName());
            Object value = field.getValueOrDefault(part);
            boolean emptyList = path.isEmpty() && value instanceof SdkAutoConstructList;
            if (emptyList) {
                // a list that is all of the answer counts as empty, however the service writes that
                values.put(name + ".size", "0");
            } else if (value != null && !(value instanceof SdkAutoConstructList)) {
                add(name, value);
            }
        }
    }

    private void add(String path, Object value) {
        if (value instanceof SdkPojo part) {
            add(path, part);
        } else if (value instanceof List<?> list) {
            values.put(path + ".size", String.valueOf(list.size()));
            List<?> ordered = path.endsWith("ags") ? byKey(list) : list;
            for (int i = 0; i < ordered.size(); i++) {
                add(path + "[" + i + "]", Objects.requireNonNull(ordered.get(i)));
            }
        } else if (!(value instanceof Instant)) {
            values.put(path, symbols.in(String.valueOf(value)));
        }
    }

    private static List<?> byKey(List<?> tags) {
        return tags.stream().sorted(Comparator.comparing(Fields::key)).toList();
    }

    private static String key(Object tag) {
        return tag instanceof SdkPojo pojo
                ? pojo.sdkFields().stream()
                        .filter(field -> field.memberName().equals("Key"))
                        .findFirst()
                        .map(field -> field.getValueOrDefault(pojo))
                        .map(String::valueOf)
                        .orElse("")
                : "";
    }

    private static String first(String name) {
        return Optional.of(name)
                .filter(text -> !text.isEmpty())
                .map(text -> Character.toLowerCase(text.charAt(0)) + text.substring(1))
                .orElse(name);
    }
}

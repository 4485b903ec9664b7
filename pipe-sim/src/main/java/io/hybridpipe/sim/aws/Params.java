// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.sim.aws;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * The parameters of a query-protocol request: flat names such as {@code Filter.1.Value.2} seen as values, lists and
 * structures. Both list styles are understood, {@code Name.N} (EC2) and {@code Name.member.N} (the other services).
 */
final class Params {

    private final Map<String, String> flat;

    private Params(Map<String, String> flat) {
        this.flat = flat;
    }

    static Params of(Map<String, List<String>> form) {
        var flat = new LinkedHashMap<String, String>();
        form.forEach((name, values) -> flat.put(name, values.get(0)));
        return new Params(flat);
    }

    static Params empty() {
        return new Params(Map.of());
    }

    Optional<String> find(String name) {
        return Optional.ofNullable(flat.get(name)).filter(value -> !value.isEmpty());
    }

    String get(String name) {
        return find(name).orElseThrow(() -> AwsError.missing(name));
    }

    boolean flag(String name) {
        return find(name).map(Boolean::parseBoolean).orElse(false);
    }

    Optional<Integer> number(String name) {
        return find(name).map(text -> {
            try {
                return Integer.valueOf(text);
            } catch (NumberFormatException e) {
                throw AwsError.invalid("Value (%s) for parameter %s is invalid. It is not a number.", text, name);
            }
        });
    }

    List<String> list(String name) {
        return indexed(name).values().stream()
                .map(item -> item.flat.getOrDefault("", ""))
                .toList();
    }

    List<Params> structs(String name) {
        return List.copyOf(indexed(name).values());
    }

    Params struct(String name) {
        var inner = new LinkedHashMap<String, String>();
        flat.forEach((key, value) -> {
            if (key.startsWith(name + ".")) {
                inner.put(key.substring(name.length() + 1), value);
            }
        });
        return new Params(inner);
    }

    boolean isEmpty() {
        return flat.isEmpty();
    }

    Stream<String> values() {
        return flat.values().stream();
    }

    /** The values that may name something, but not those that filters look for or tags say. */
    Stream<String> references() {
        return flat.entrySet().stream()
                .filter(entry -> !entry.getKey().matches("(Filter|Tag|TagSpecification)\\..*"))
                .map(Map.Entry::getValue);
    }

    /** All but the given names, as text that is equal when the requests are. */
    String fingerprint(String... without) {
        var rest = new TreeMap<>(flat);
        List.of(without).forEach(rest::remove);
        return rest.toString();
    }

    private Map<Integer, Params> indexed(String name) {
        var items = new TreeMap<Integer, Params>();
        flat.forEach((key, value) -> {
            var parts = new ArrayList<>(List.of(key.split("\\.")));
            var depth = name.split("\\.").length;
            if (!key.startsWith(name + ".") || parts.size() <= depth) {
                return;
            }
            if (parts.get(depth).equals("member") && parts.size() > depth + 1) {
                depth++;
            }
            if (parts.get(depth).matches("\\d{1,6}")) {
                var rest = String.join(".", parts.subList(depth + 1, parts.size()));
                items.computeIfAbsent(Integer.valueOf(parts.get(depth)), n -> new Params(new LinkedHashMap<>()))
                        .flat
                        .put(rest, value);
            }
        });
        return items;
    }
}

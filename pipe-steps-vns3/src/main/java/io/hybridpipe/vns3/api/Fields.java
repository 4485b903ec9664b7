// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.vns3.api;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.hybridpipe.Secret;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;

/**
 * The fields of one JSON object of an answer, read the way controllers of all ages write them.
 *
 * <p>Fields may be missing, null or empty; booleans and numbers may be strings. It notes what was read, so that {@link #other}
 * has the rest; a field of another type than the one asked for was not read. Several names are those that one field has had; the
 * first that has such a value counts. For one thread.
 */
final class Fields {
    /** What a controller stores for an interface or gateway that was not given. */
    private static final String NOT_SET = "_notset";

    private final JsonNode node;
    private final String key;
    private final Set<String> read = new HashSet<>();
    private final Map<String, Fields> parts = new HashMap<>();
    private boolean restTold;

    Fields(JsonNode node) {
        this(node, "");
    }

    private Fields(JsonNode node, String key) {
        this.node = node;
        this.key = key;
    }

    /** The whole, for what is no object. */
    JsonNode node() {
        return node;
    }

    /** The object's own id; only if it has none, the key under which it stood, which may be another. */
    int id() {
        return number("id").or(() -> toLong(key).flatMap(Fields::toInt)).orElse(0);
    }

    Optional<String> text(String... names) {
        return first(names, Optional::of);
    }

    Optional<Secret<String>> secret(String... names) {
        return text(names).map(Secret::of);
    }

    Optional<Integer> number(String... names) {
        return first(names, text -> toLong(text).flatMap(Fields::toInt));
    }

    Optional<Long> longNumber(String... names) {
        return first(names, Fields::toLong);
    }

    Optional<Instant> instant(String... names) {
        return first(names, Moment::in);
    }

    Optional<Vns3Version> version(String... names) {
        return first(names, Vns3Version::in);
    }

    /** Whether it is so; empty if it does not say. */
    Optional<Boolean> either(String... names) {
        return first(names, Fields::toBoolean);
    }

    boolean flag(String... names) {
        return either(names).orElse(false);
    }

    /** The field's value as an object, which is without any field if it is missing. */
    Fields object(String name) {
        return node.path(name).isObject()
                ? parts.computeIfAbsent(name, it -> new Fields(node.path(it)))
                : new Fields(MissingNode.getInstance());
    }

    /** What the object in one field means, if there is one. */
    <T> Optional<T> part(Function<Fields, T> meaning, String... names) {
        for (String name : names) {
            if (node.path(name).isObject()) {
                return Optional.of(meaning.apply(object(name)));
            }
        }
        return Optional.empty();
    }

    /** These fields and those of the object in one of them, as if they stood beside each other. */
    Fields unwrapped(String name) {
        JsonNode inner = node.path(name);
        if (!inner.isObject()) {
            return this;
        }
        ObjectNode all = JsonNodeFactory.instance.objectNode();
        node.properties().stream()
                .filter(each -> !each.getKey().equals(name))
                .forEach(each -> all.set(each.getKey(), each.getValue()));
        inner.properties().forEach(each -> all.set(each.getKey(), each.getValue()));
        return new Fields(all, key);
    }

    /** The objects in a list, or in a map of ids: the ids are not to be relied on, each object has its own. */
    List<Fields> objects() {
        List<Fields> all = new ArrayList<>();
        if (node.isObject()) {
            node.properties().forEach(each -> add(all, each.getValue(), each.getKey()));
        } else {
            node.forEach(each -> add(all, each, ""));
        }
        return all;
    }

    /** The objects, each as what it means. */
    <T> List<T> all(Function<Fields, T> meaning) {
        return objects().stream().map(meaning).toList();
    }

    /** The objects in one field, each as what it means. */
    <T> List<T> objects(Function<Fields, T> meaning, String... names) {
        for (String name : names) {
            JsonNode value = node.path(name);
            List<Fields> all = new Fields(value).objects();
            if (value.isContainerNode() && all.size() == value.size()) {
                noteRead(names, value);
                return all.stream().map(meaning).toList();
            }
        }
        noteRead(names, same -> false);
        return List.of();
    }

    /** The list in one field, if it is one of lists and objects. */
    Optional<JsonNode> list(String name) {
        JsonNode value = node.path(name);
        boolean all = value.isArray();
        for (JsonNode each : value) {
            all &= each.isContainerNode();
        }
        boolean isList = all;
        noteRead(new String[] {name}, it -> isList);
        return isList ? Optional.of(value) : Optional.empty();
    }

    /** The texts of a list; a single text is a list of one. */
    List<String> texts(String... names) {
        for (String name : names) {
            JsonNode value = node.path(name);
            if (value.isArray() && areTexts(value)) {
                noteRead(names, value);
                List<String> all = new ArrayList<>();
                value.forEach(each -> all.add(each.asText()));
                return List.copyOf(all);
            }
        }
        return text(names).map(List::of).orElse(List.of());
    }

    /** The texts of a list, or the words of a single text. */
    List<String> words(String... names) {
        return Arrays.stream(names).anyMatch(name -> node.path(name).isArray())
                ? texts(names)
                : text(names).map(text -> List.of(text.strip().split("\\s+"))).orElse(List.of());
    }

    /** Texts by name. */
    Map<String, String> textsByName(String name) {
        JsonNode value = node.path(name);
        Map<String, String> all = new LinkedHashMap<>();
        if (value.isObject() && areTexts(value)) {
            value.properties()
                    .forEach(each -> all.put(each.getKey(), each.getValue().asText()));
            read.add(name);
        }
        return Collections.unmodifiableMap(all);
    }

    /** What was not read until now; ask last. */
    OtherFields other() {
        restTold = true;
        return OtherFields.of(rest());
    }

    private Map<String, JsonNode> rest() {
        Map<String, JsonNode> rest = new LinkedHashMap<>();
        node.properties().forEach(each -> {
            Fields part = parts.get(each.getKey());
            if (part != null) {
                ObjectNode ofPart =
                        JsonNodeFactory.instance.objectNode().setAll(part.restTold ? Map.of() : part.rest());
                if (!ofPart.isEmpty()) {
                    rest.put(each.getKey(), ofPart);
                }
            } else if (!read.contains(each.getKey())) {
                rest.put(each.getKey(), each.getValue());
            }
        });
        return rest;
    }

    private <T> Optional<T> first(String[] names, Function<String, Optional<T>> meaning) {
        for (String name : names) {
            Optional<T> found = meaning(name, meaning);
            if (found.isPresent()) {
                noteRead(names, same -> meaning(same, meaning).equals(found));
                return found;
            }
        }
        noteRead(names, name -> false);
        return Optional.empty();
    }

    private <T> Optional<T> meaning(String name, Function<String, Optional<T>> meaning) {
        JsonNode value = node.path(name);
        return value.isValueNode() && !isNothing(value) ? meaning.apply(value.asText()) : Optional.empty();
    }

    /** Of the names, those that say the same or nothing are read: one that says something else is not to get lost. */
    private void noteRead(String[] names, Predicate<String> same) {
        for (String name : names) {
            if (isNothing(node.path(name)) || same.test(name)) {
                read.add(name);
            }
        }
    }

    private void noteRead(String[] names, JsonNode value) {
        noteRead(names, name -> node.path(name).equals(value));
    }

    private static void add(List<Fields> all, JsonNode each, String key) {
        if (each.isObject()) {
            all.add(new Fields(each, key));
        }
    }

    private static boolean isNothing(JsonNode value) {
        return value.isMissingNode()
                || value.isNull()
                || value.isTextual()
                        && (value.asText().isEmpty() || value.asText().equals(NOT_SET));
    }

    private static boolean areTexts(JsonNode values) {
        for (JsonNode each : values) {
            if (!each.isValueNode() || each.isNull()) {
                return false;
            }
        }
        return true;
    }

    private static Optional<Long> toLong(String text) {
        try {
            return Optional.of(Long.valueOf(text.strip()));
        } catch (NumberFormatException notANumber) {
            return Optional.empty();
        }
    }

    private static Optional<Integer> toInt(long value) {
        return value == (int) value ? Optional.of((int) value) : Optional.empty();
    }

    private static Optional<Boolean> toBoolean(String text) {
        return switch (text.strip().toLowerCase(Locale.ROOT)) {
            case "true", "1", "yes" -> Optional.of(true);
            case "false", "0", "no" -> Optional.of(false);
            default -> Optional.empty();
        };
    }
}

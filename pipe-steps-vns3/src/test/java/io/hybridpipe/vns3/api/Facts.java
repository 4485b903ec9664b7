// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.vns3.api;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import java.util.stream.StreamSupport;

/**
 * What the vendor's description says of each operation, from {@code vns3-operations.json}, which names its source.
 *
 * <p>A type is a text ({@code string}, {@code integer}, {@code boolean}, {@code any}), a list of one type, an object of fields,
 * a map ({@code {"*": type}}) or alternatives ({@code {"|": [types]}}).
 */
record Facts(Map<String, JsonNode> operations) {
    static final ObjectMapper JSON = new ObjectMapper();

    static Facts read() {
        try (InputStream file = Objects.requireNonNull(Facts.class.getResourceAsStream("vns3-operations.json"))) {
            Map<String, JsonNode> operations = new LinkedHashMap<>();
            JSON.readTree(file).properties().forEach(each -> operations.put(each.getKey(), each.getValue()));
            operations.remove("source");
            return new Facts(operations);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The operation that a method and a path below {@code /api} mean, such as {@code GET /routes/{route_id}}. */
    String operation(String method, String path) {
        List<String> segments = Arrays.asList(path.split("/"));
        return operations.keySet().stream()
                .filter(name -> name.startsWith(method + " "))
                .filter(name ->
                        fits(Arrays.asList(name.substring(name.indexOf('/')).split("/")), segments))
                // a literal segment goes before a variable one
                .min(Comparator.comparingLong((String name) ->
                        name.chars().filter(each -> each == '{').count()))
                .orElseThrow(() -> new AssertionError("the description has no " + method + " " + path));
    }

    private static boolean fits(List<String> template, List<String> segments) {
        return template.size() == segments.size()
                && IntStream.range(0, template.size())
                        .allMatch(i -> template.get(i).startsWith("{")
                                || template.get(i).equals(segments.get(i)));
    }

    /** Whether a value is of a type. */
    static boolean fits(JsonNode value, JsonNode type) {
        if (type.isTextual()) {
            return switch (type.asText()) {
                case "string" -> value.isTextual();
                case "integer" -> value.isIntegralNumber();
                case "boolean" -> value.isBoolean();
                case "any" -> true;
                default -> throw new AssertionError("no type: " + type);
            };
        }
        if (type.isArray()) {
            return value.isArray() && all(value, each -> fits(each, type.path(0)));
        }
        if (type.has("|")) {
            return StreamSupport.stream(type.path("|").spliterator(), false).anyMatch(each -> fits(value, each));
        }
        if (type.has("*")) {
            return value.isObject() && all(value, each -> fits(each, type.path("*")));
        }
        return type.isObject()
                && value.isObject()
                && value.properties().stream().allMatch(field -> fits(field.getValue(), type.path(field.getKey())));
    }

    /** A word of a query as the JSON that it stands for, if it can be one of the type. */
    static JsonNode word(String text, JsonNode type) {
        try {
            return type.asText().equals("string") ? JSON.getNodeFactory().textNode(text) : JSON.readTree(text);
        } catch (IOException notJson) {
            return JSON.getNodeFactory().textNode(text);
        }
    }

    private static boolean all(JsonNode values, Predicate<JsonNode> fits) {
        return StreamSupport.stream(values.spliterator(), false).allMatch(fits);
    }

    JsonNode query(String operation) {
        return of(operation).path("query");
    }

    JsonNode request(String operation) {
        return of(operation).path("request");
    }

    JsonNode required(String operation) {
        return of(operation).path("required");
    }

    JsonNode answer(String operation) {
        return of(operation).path("answer");
    }

    private JsonNode of(String operation) {
        return Objects.requireNonNull(operations.get(operation), operation);
    }
}

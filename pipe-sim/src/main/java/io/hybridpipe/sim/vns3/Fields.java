// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.sim.vns3;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * The fields of a request body, read as leniently as real controllers do: old clients send booleans and numbers as
 * strings, and {@code _notset} for what they leave out.
 */
record Fields(JsonNode body) {
    static final String NOT_SET = "_notset";

    static Fields none() {
        return new Fields(MissingNode.getInstance());
    }

    boolean has(String name) {
        return text(name).isPresent();
    }

    /** The field as text; absent, null and {@code _notset} are all empty, the empty string is not. */
    Optional<String> text(String name) {
        JsonNode node = body.path(name);
        if (node.isContainerNode()) {
            throw ApiError.argument(name + " is invalid");
        }
        return node.isValueNode() && !node.isNull() && !NOT_SET.equals(node.asText())
                ? Optional.of(node.asText())
                : Optional.empty();
    }

    String required(String name) {
        return text(name).filter(text -> !text.isBlank()).orElseThrow(() -> ApiError.argument(name + " is missing"));
    }

    /** A list of texts; one text alone is a list of those between its commas. */
    Optional<List<String>> texts(String name) {
        JsonNode node = body.path(name);
        if (!node.isArray()) {
            return text(name).map(text -> Arrays.stream(text.split(","))
                    .map(String::trim)
                    .filter(part -> !part.isEmpty())
                    .toList());
        }
        List<String> texts = new ArrayList<>();
        for (JsonNode item : node) {
            if (!item.isValueNode() || item.isNull()) {
                throw ApiError.argument(name + " is invalid");
            }
            texts.add(item.asText());
        }
        return Optional.of(texts);
    }

    /** The members of a list of objects; a text among them is an object with that one field. */
    List<Fields> objects(String name, String field) {
        JsonNode node = body.path(name);
        List<Fields> objects = new ArrayList<>();
        for (JsonNode item : node.isArray() ? node : Json.array().add(node)) {
            if (!item.isObject() && !item.isTextual()) {
                throw ApiError.argument(node.isMissingNode() ? name + " is missing" : name + " is invalid");
            }
            objects.add(new Fields(item.isObject() ? item : Json.object().set(field, item)));
        }
        return objects;
    }

    /** These fields, and of another body those that are not among them. */
    Fields over(Fields other) {
        ObjectNode merged = Json.object();
        other.body.properties().forEach(field -> merged.set(field.getKey(), field.getValue()));
        body.properties().forEach(field -> merged.set(field.getKey(), field.getValue()));
        return new Fields(merged);
    }

    Optional<Boolean> flag(String name) {
        return text(name).filter(text -> !text.isEmpty()).map(text -> switch (text.toLowerCase(Locale.ROOT)) {
            case "true" -> true;
            case "false" -> false;
            default -> throw ApiError.argument(name + " is invalid");
        });
    }

    Optional<Integer> number(String name) {
        return number(name, " is invalid");
    }

    /** The same in the words of the resources of interfaces. */
    Optional<Integer> integer(String name) {
        return number(name, " must be an integer");
    }

    private Optional<Integer> number(String name, String complaint) {
        return text(name).filter(text -> !text.isEmpty()).map(text -> {
            try {
                return Integer.valueOf(text.trim());
            } catch (NumberFormatException notNumeric) {
                throw ApiError.argument(name + complaint);
            }
        });
    }
}

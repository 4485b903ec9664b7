// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.sim.azure.template;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.BooleanNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.LongNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** The values of expressions, which are JSON trees. */
final class Values {

    private static final ObjectMapper MAPPER = new ObjectMapper();

    private Values() {}

    static ObjectNode object() {
        return JsonNodeFactory.instance.objectNode();
    }

    static ArrayNode array() {
        return JsonNodeFactory.instance.arrayNode();
    }

    static JsonNode text(String value) {
        return TextNode.valueOf(value);
    }

    static JsonNode number(long value) {
        return LongNode.valueOf(value);
    }

    static JsonNode bool(boolean value) {
        return BooleanNode.valueOf(value);
    }

    static JsonNode none() {
        return JsonNodeFactory.instance.nullNode();
    }

    static JsonNode parse(String json) throws JsonProcessingException {
        var tree = MAPPER.readTree(json);
        return tree.isMissingNode() ? none() : tree;
    }

    /** A value's type, in the words of the service's messages. */
    static String type(JsonNode value) {
        if (value.isTextual()) {
            return "String";
        }
        if (value.isIntegralNumber()) {
            return "Integer";
        }
        if (value.isNumber()) {
            return "Float";
        }
        if (value.isBoolean()) {
            return "Boolean";
        }
        return value.isArray() ? "Array" : value.isObject() ? "Object" : "Null";
    }

    /** A value as the function {@code string} and its kin write it. */
    static String write(JsonNode value) {
        if (value.isBoolean()) {
            return value.booleanValue() ? "True" : "False";
        }
        return value.isValueNode() ? value.isNull() ? "" : value.asText() : value.toString();
    }

    /** Whether two values are equal: numbers by value, texts with their case. */
    static boolean same(JsonNode one, JsonNode other) {
        return one.equals(
                (a, b) -> {
                    if (a.isIntegralNumber() && b.isIntegralNumber()) {
                        return a.bigIntegerValue().compareTo(b.bigIntegerValue());
                    }
                    return a.equals(b) ? 0 : 1;
                },
                other);
    }

    /** The member of an object whose name is this in any case. */
    static Optional<JsonNode> member(JsonNode object, String name) {
        var exact = object.get(name);
        return exact != null
                ? Optional.of(exact)
                : object.properties().stream()
                        .filter(entry -> entry.getKey().equalsIgnoreCase(name))
                        .map(Map.Entry::getValue)
                        .findFirst();
    }

    /** What is the same for every spelling of a name. */
    static String key(String name) {
        return name.toLowerCase(Locale.ROOT);
    }

    static byte[] hash(String text) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}

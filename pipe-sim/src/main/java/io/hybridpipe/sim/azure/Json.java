// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.sim.azure;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reading and writing the JSON trees that resources are made of. */
final class Json {

    private static final ObjectMapper MAPPER = JsonMapper.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .build();

    private Json() {}

    static ObjectNode object() {
        return JsonNodeFactory.instance.objectNode();
    }

    /** The object that a request's body holds. */
    static ObjectNode parse(String text) {
        try {
            if (MAPPER.readTree(text) instanceof ObjectNode object) {
                return object;
            }
            throw ArmError.badRequest(
                    "InvalidRequestContent",
                    "The request content was invalid and could not be deserialized: 'a JSON object was expected'.");
        } catch (JsonProcessingException e) {
            throw ArmError.badRequest(
                    "InvalidRequestContent",
                    "The request content was invalid and could not be deserialized: '%s'.",
                    e.getOriginalMessage());
        }
    }

    static String write(JsonNode tree) {
        try {
            return MAPPER.writeValueAsString(tree);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a tree of plain nodes cannot be written", e);
        }
    }

    /** The tree as plain maps, lists, strings, numbers and booleans. */
    static Map<String, Object> plain(ObjectNode tree) {
        @SuppressWarnings("unchecked")
        Map<String, Object> plain = MAPPER.convertValue(tree, Map.class);
        return plain;
    }

    /** A copy of a tree with another laid over it: objects are merged, all else is replaced, null takes away (RFC 7396). */
    static ObjectNode merged(ObjectNode below, ObjectNode above) {
        var merged = below.deepCopy();
        above.properties().forEach(field -> {
            if (field.getValue().isNull()) {
                merged.remove(field.getKey());
            } else if (field.getValue() instanceof ObjectNode over
                    && merged.get(field.getKey()) instanceof ObjectNode under) {
                merged.set(field.getKey(), merged(under, over));
            } else {
                merged.set(field.getKey(), field.getValue().deepCopy());
            }
        });
        return merged;
    }

    /** The text at a path of names below a node, or null if it is absent or not a text. */
    static @Nullable String text(JsonNode node, String... names) {
        return at(node, names).textValue();
    }

    static JsonNode at(JsonNode node, String... names) {
        for (var name : names) {
            node = node.path(name);
        }
        return node;
    }

    /** The object with this name, put there empty if there was none. */
    static ObjectNode objectIn(ObjectNode node, String name) {
        return node.get(name) instanceof ObjectNode present ? present : node.putObject(name);
    }

    /** The list with this name, put there empty if there was none. */
    static ArrayNode arrayIn(ObjectNode node, String name) {
        return node.get(name) instanceof ArrayNode present ? present : node.putArray(name);
    }

    /** The objects in a list; empty if the node is no list. */
    static List<ObjectNode> objects(JsonNode list) {
        var objects = new ArrayList<ObjectNode>();
        for (var element : list) {
            if (element instanceof ObjectNode object) {
                objects.add(object);
            }
        }
        return objects;
    }

    /** The texts of a value that the service takes alone under one name or as a list under another. */
    static List<String> oneOrMany(JsonNode node, String one, String many) {
        var texts = new ArrayList<String>();
        var single = text(node, one);
        if (single != null && !single.isEmpty()) {
            texts.add(single);
        }
        node.path(many).forEach(element -> texts.add(element.asText()));
        return texts;
    }

    static void putDefault(ObjectNode node, String name, String value) {
        if (!node.hasNonNull(name)) {
            node.put(name, value);
        }
    }

    static void putDefault(ObjectNode node, String name, boolean value) {
        if (!node.hasNonNull(name)) {
            node.put(name, value);
        }
    }

    /** Takes a field out of a tree wherever it stands. */
    static void removeEverywhere(JsonNode tree, String name) {
        if (tree instanceof ObjectNode object) {
            object.remove(name);
        }
        tree.forEach(child -> removeEverywhere(child, name));
    }
}

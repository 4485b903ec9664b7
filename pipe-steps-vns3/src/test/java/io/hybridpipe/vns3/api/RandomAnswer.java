// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.vns3.api;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;

/**
 * An answer as controllers of some age or other might give it: fields in any order, missing, null, empty or {@code _notset},
 * booleans and numbers as strings, values of quite another type, collections as maps or lists, and fields nobody knows.
 *
 * <p>Each text and number occurs once, so that it can be found again in what was read.
 */
final class RandomAnswer {
    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;
    private static final Set<String> SECRET = Set.of("psk", "secret", "token", "url", "security_token", "bgp_password");

    private final Random random;
    private final Set<String> told = new HashSet<>();
    private final Set<String> secrets = new HashSet<>();
    private int last = 100_000;

    RandomAnswer(Random random) {
        this.random = random;
    }

    /** All texts and numbers of the answer. */
    Set<String> told() {
        return told;
    }

    /** Those of them that are secret. */
    Set<String> secrets() {
        return secrets;
    }

    JsonNode of(JsonNode type) {
        return value(type, "");
    }

    private JsonNode value(JsonNode type, String name) {
        if (type.isTextual()) {
            return scalar(type.asText(), name);
        }
        if (type.isArray()) {
            // pairs, such as a network and its netmask, have two parts and nothing else
            boolean pair = name.equals("[]");
            int size = pair ? 2 : random.nextInt(4);
            ArrayNode list = JSON.arrayNode();
            for (int i = 0; i < size; i++) {
                list.add(pair ? text() : value(type.path(0), "[]"));
            }
            return !pair && isObject(type.path(0)) && random.nextInt(4) == 0 ? keyed(list) : list;
        }
        if (type.has("|")) {
            return value(type.path("|").path(random.nextInt(type.path("|").size())), name);
        }
        if (type.has("*")) {
            ArrayNode list = JSON.arrayNode();
            for (int i = random.nextInt(4); i > 0; i--) {
                list.add(type.path("*").isTextual() ? text() : value(type.path("*"), "[]"));
            }
            return random.nextInt(4) == 0 ? list : keyed(list);
        }
        return object(type);
    }

    private ObjectNode object(JsonNode type) {
        List<Map.Entry<String, JsonNode>> fields = new ArrayList<>(type.properties());
        Collections.shuffle(fields, random);
        ObjectNode object = JSON.objectNode();
        for (Map.Entry<String, JsonNode> field : fields) {
            switch (random.nextInt(12)) {
                case 0, 1 -> {} // missing
                case 2 -> object.set(field.getKey(), nothing());
                case 3 -> object.set(field.getKey(), surprise(2));
                default -> object.set(field.getKey(), value(field.getValue(), field.getKey()));
            }
            if (random.nextInt(8) == 0) {
                object.set("unknown_" + next(), surprise(3));
            }
        }
        return object;
    }

    private JsonNode scalar(String type, String name) {
        boolean asText = random.nextInt(3) == 0;
        switch (type) {
            case "string" -> {
                String value = "text-" + next();
                if (SECRET.contains(name)) {
                    secrets.add(value);
                }
                return tell(JSON.textNode(value));
            }
            case "integer" -> {
                JsonNode number = tell(JSON.numberNode(next()));
                return asText ? JSON.textNode(number.asText()) : number;
            }
            case "boolean" -> {
                String[] texts = {"true", "false", "True", "False"};
                return asText ? JSON.textNode(texts[random.nextInt(4)]) : JSON.booleanNode(random.nextBoolean());
            }
            default -> {
                return surprise(2);
            }
        }
    }

    /** A value of any shape. */
    private JsonNode surprise(int depth) {
        switch (random.nextInt(depth == 0 ? 4 : 6)) {
            case 0 -> {
                return text();
            }
            case 1 -> {
                return tell(JSON.numberNode(next()));
            }
            case 2 -> {
                return JSON.booleanNode(random.nextBoolean());
            }
            case 3 -> {
                return JSON.nullNode();
            }
            case 4 -> {
                ArrayNode list = JSON.arrayNode();
                for (int i = random.nextInt(3); i > 0; i--) {
                    list.add(surprise(depth - 1));
                }
                return list;
            }
            default -> {
                ObjectNode object = JSON.objectNode();
                for (int i = random.nextInt(3); i > 0; i--) {
                    object.set("inner_" + next(), surprise(depth - 1));
                }
                return object;
            }
        }
    }

    private JsonNode nothing() {
        return List.<JsonNode>of(JSON.nullNode(), JSON.textNode(""), JSON.textNode("_notset"))
                .get(random.nextInt(3));
    }

    private JsonNode text() {
        return tell(JSON.textNode("text-" + next()));
    }

    private ObjectNode keyed(ArrayNode list) {
        ObjectNode map = JSON.objectNode();
        list.forEach(each -> map.set(String.valueOf(next()), each));
        return map;
    }

    private JsonNode tell(JsonNode value) {
        told.add(value.asText());
        return value;
    }

    private int next() {
        return ++last;
    }

    private static boolean isObject(JsonNode type) {
        return type.isObject() && !type.has("|") && !type.has("*");
    }
}

// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.sim.aws;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** The members of a JSON request, of the types that the service expects, or its refusal. */
final class Body {

    private static final ObjectMapper JSON = new ObjectMapper();

    private final JsonNode members;

    private Body(JsonNode members) {
        this.members = members;
    }

    static Body of(String text) {
        try {
            var parsed = text.isEmpty() ? JsonNodeFactory.instance.objectNode() : JSON.readTree(text);
            if (parsed.isObject()) {
                return new Body(parsed);
            }
        } catch (JsonProcessingException e) {
            // refused below like any text that is no object
        }
        throw AwsError.of("SerializationException", "");
    }

    Optional<String> find(String name) {
        return value(name).map(value -> {
            if (!value.isTextual()) {
                throw AwsError.of("SerializationException", "%s can not be converted to a String".formatted(name));
            }
            return value.asText();
        });
    }

    String get(String name) {
        return find(name).orElseThrow(() -> violated("null", name, "Member must not be null"));
    }

    boolean flag(String name) {
        return value(name).map(JsonNode::asBoolean).orElse(false);
    }

    Optional<Integer> number(String name) {
        return value(name).map(JsonNode::asInt);
    }

    List<String> texts(String name) {
        var texts = new ArrayList<String>();
        value(name).ifPresent(list -> list.forEach(item -> texts.add(item.asText())));
        return texts;
    }

    List<Body> structs(String name) {
        var structs = new ArrayList<Body>();
        value(name).ifPresent(list -> list.forEach(item -> structs.add(new Body(item))));
        return structs;
    }

    private Optional<JsonNode> value(String name) {
        return Optional.ofNullable(members.get(name)).filter(value -> !value.isNull());
    }

    /** What the JSON services say when a member breaks a constraint of their model. */
    static AwsError violated(String value, String member, String constraint) {
        return AwsError.of(
                "ValidationException",
                "1 validation error detected: %s at '%s' failed to satisfy constraint: %s",
                value.equals("null") ? "Value null" : "Value '" + value + "'",
                member.substring(0, 1).toLowerCase(Locale.ROOT) + member.substring(1),
                constraint);
    }
}

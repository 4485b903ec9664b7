// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.sim.azure.template;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Supplier;

/** The values of a template's secure parameters: what must not be read in a message that quotes a value. Immutable. */
final class Secrets {

    private final List<String> values;

    private Secrets(List<String> values) {
        this.values = values;
    }

    /** The secrets among the given parameters; types that are wrong are no secrets, and are refused by others. */
    static Secrets in(JsonNode declared, JsonNode given) {
        var values = new ArrayList<String>();
        for (var parameter : declared.properties()) {
            var type = parameter.getValue().path("type").asText();
            if (type.equalsIgnoreCase(Type.SECURESTRING.shown()) || type.equalsIgnoreCase(Type.SECUREOBJECT.shown())) {
                collect(parameter.getValue().path("defaultValue"), values);
                Values.member(given, parameter.getKey()).ifPresent(entry -> collect(entry.path("value"), values));
            }
        }
        // the longest first, or a part would be masked and the rest be left
        values.sort(Comparator.comparingInt(String::length).reversed());
        return new Secrets(List.copyOf(values));
    }

    private static void collect(JsonNode tree, List<String> values) {
        if (tree.isValueNode()
                && !tree.isNull()
                && !tree.isBoolean()
                && !tree.asText().isEmpty()) {
            values.add(tree.asText());
        }
        tree.forEach(part -> collect(part, values));
    }

    String masked(String text) {
        var masked = text;
        for (var value : values) {
            masked = masked.replace(value, "***");
        }
        return masked;
    }

    /** A tree with its texts masked; names of members stay. */
    JsonNode masked(JsonNode tree) {
        if (tree instanceof ObjectNode object) {
            var masked = Values.object();
            object.properties().forEach(member -> masked.set(member.getKey(), masked(member.getValue())));
            return masked;
        }
        if (tree instanceof ArrayNode array) {
            var masked = Values.array();
            array.forEach(element -> masked.add(masked(element)));
            return masked;
        }
        return tree.isTextual() ? Values.text(masked(tree.textValue())) : tree;
    }

    /** Does something, and masks what it is refused with. */
    <T> T guard(Supplier<T> work) {
        try {
            return work.get();
        } catch (TemplateException e) {
            throw new TemplateException(e.code(), masked(e.text()));
        }
    }
}

// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.sim.azure.template;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Supplier;

/**
 * The values of a template's secure parameters: what must not be read in a message that quotes a value. Grows while the
 * parameters are taken in, and is the same from then on.
 */
final class Secrets {

    private final List<String> values;

    private Secrets(List<String> values) {
        this.values = values;
    }

    /** The secrets among the given parameters and the texts of defaults as they are written. */
    static Secrets in(JsonNode declared, JsonNode given) {
        var secrets = new Secrets(new ArrayList<>());
        for (var parameter : declared.properties()) {
            if (isSecure(parameter.getValue())) {
                secrets.add(parameter.getValue().path("defaultValue"));
                Values.member(given, parameter.getKey()).ifPresent(entry -> secrets.add(entry.path("value")));
            }
        }
        return secrets;
    }

    /** Whether a declaration is of a secret; types that are wrong are no secrets, and are refused by others. */
    static boolean isSecure(JsonNode declaration) {
        var type = declaration.path("type").asText();
        return type.equalsIgnoreCase(Type.SECURESTRING.shown()) || type.equalsIgnoreCase(Type.SECUREOBJECT.shown());
    }

    /** Adds the texts of a value, such as that of a default that had to be computed. A number in
     * it is no secret: stars for each 1 or 443 would leave no message readable. */
    void add(JsonNode value) {
        collect(value);
        // the longest first, or a part would be masked and the rest be left
        values.sort(Comparator.comparingInt(String::length).reversed());
    }

    private void collect(JsonNode tree) {
        if (tree.isTextual() && !tree.textValue().isEmpty() && !values.contains(tree.textValue())) {
            values.add(tree.textValue());
        }
        tree.forEach(this::collect);
    }

    String masked(String text) {
        var masked = text;
        for (var value : values) {
            masked = masked.replace(value, "***");
        }
        return masked;
    }

    /** A tree with its texts masked; names of members stay, and codes, by which clients tell errors apart. */
    JsonNode masked(JsonNode tree) {
        if (tree instanceof ObjectNode object) {
            var masked = Values.object();
            object.properties()
                    .forEach(member -> masked.set(
                            member.getKey(),
                            member.getKey().equals("code") ? member.getValue() : masked(member.getValue())));
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

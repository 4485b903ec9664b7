// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.sim.azure.template;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Arrays;
import java.util.Locale;
import java.util.function.Predicate;

/** The types of parameters and outputs. */
enum Type {
    STRING("String", "String, Uri", false, JsonNode::isTextual),
    SECURESTRING("SecureString", "String, Uri", true, JsonNode::isTextual),
    INT("Int", "Integer", false, JsonNode::isIntegralNumber),
    BOOL("Bool", "Boolean", false, JsonNode::isBoolean),
    OBJECT("Object", "Object", false, JsonNode::isObject),
    SECUREOBJECT("SecureObject", "Object", true, JsonNode::isObject),
    ARRAY("Array", "Array", false, JsonNode::isArray);

    private final String shown;
    private final String expected;
    private final boolean secure;
    private final Predicate<JsonNode> takes;

    Type(String shown, String expected, boolean secure, Predicate<JsonNode> takes) {
        this.shown = shown;
        this.expected = expected;
        this.secure = secure;
        this.takes = takes;
    }

    /** The type that a declaration of a parameter or an output names. */
    static Type of(JsonNode declaration, String section, String name) {
        var word = declaration.path("type").asText();
        return Arrays.stream(values())
                .filter(type -> type.shown.equalsIgnoreCase(word))
                .findFirst()
                .orElseThrow(() -> TemplateException.invalid(
                        "The template %s '%s' is not valid: the type '%s' is not one of '%s'.",
                        section,
                        name,
                        word,
                        String.join(
                                ",",
                                Arrays.stream(values())
                                        .map(type -> type.shown.toLowerCase(Locale.ROOT))
                                        .toList())));
    }

    /** The service's spelling in answers. */
    String shown() {
        return shown;
    }

    /** The service's spelling in refusals. */
    String expected() {
        return expected;
    }

    boolean isSecure() {
        return secure;
    }

    boolean takes(JsonNode value) {
        return takes.test(value);
    }
}

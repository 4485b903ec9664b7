// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.sim.azure.template;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;

/** Templates written shortly: in double quotes' place stand backticks, since the language has single quotes of its own. */
final class Templates {

    static final String SUBSCRIPTION = "11111111-2222-4333-8444-555555555555";
    static final String GROUP = "/subscriptions/" + SUBSCRIPTION + "/resourceGroups/rg";
    private static final ObjectMapper MAPPER = new ObjectMapper();

    private Templates() {}

    static JsonNode json(String text) {
        try {
            return MAPPER.readTree(text.replace('`', '"'));
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(text, e);
        }
    }

    static Scope scope() {
        return new Scope(
                (ObjectNode) json("{`id`:`/subscriptions/%1$s`,`subscriptionId`:`%1$s`}".formatted(SUBSCRIPTION)),
                (ObjectNode) json("{`id`:`%s`,`name`:`rg`,`location`:`eastus`}".formatted(GROUP)),
                "d");
    }

    /** A template of the given sections; its resources may be left out. */
    static ObjectNode template(String sections) {
        var template = (ObjectNode) json("{" + sections + "}");
        template.put("$schema", "s").put("contentVersion", "1.0.0.0");
        if (!template.has("resources")) {
            template.putArray("resources");
        }
        return template;
    }

    static Plan plan(String sections, String parameters) {
        return Plan.of(template(sections), json("{" + parameters + "}"), scope());
    }

    static Plan plan(String sections) {
        return plan(sections, "");
    }

    /** What an expression gives, as JSON text. */
    static String value(String expression) {
        var symbols = new Symbols(template("`variables`:{`list`:[1,2],`o`:{`A`:{`b`:[0,{`c`:`deep`}]}}}"), scope());
        return Evaluation.of(symbols, scope())
                .expand(Values.text(expression), false)
                .toString();
    }
}

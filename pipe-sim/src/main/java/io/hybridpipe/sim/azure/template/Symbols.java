// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.sim.azure.template;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

/** The parameters and variables of one template, each evaluated when it is first asked for. */
final class Symbols {

    private final ObjectNode template;
    private final Scope scope;
    private final Map<String, Function<Evaluation, JsonNode>> parameters = new HashMap<>();
    private final Map<String, Function<Evaluation, JsonNode>> variables = new HashMap<>();
    private final Map<String, JsonNode> known = new HashMap<>();
    private final Set<String> underWay = new HashSet<>();

    Symbols(ObjectNode template, Scope scope) {
        this.template = template;
        this.scope = scope;
        for (var variable : template.path("variables").properties()) {
            if (variable.getKey().equals("copy") && variable.getValue() instanceof ArrayNode loops) {
                for (var loop : loops) {
                    variables.put(Values.key(loop.path("name").asText()), in -> in.repeated(loop, false));
                }
            } else {
                variables.put(Values.key(variable.getKey()), in -> in.expand(variable.getValue(), false));
            }
        }
    }

    /** Says what a parameter is when it is asked for. */
    void define(String parameter, Function<Evaluation, JsonNode> value) {
        parameters.put(Values.key(parameter), value);
    }

    Set<String> variables() {
        return variables.keySet();
    }

    JsonNode parameter(String name) {
        return value("parameter", name, parameters);
    }

    JsonNode variable(String name) {
        return value("variable", name, variables);
    }

    private JsonNode value(String kind, String name, Map<String, Function<Evaluation, JsonNode>> all) {
        var definition = all.get(Values.key(name));
        if (definition == null) {
            throw new ExpressionException(
                    "The template %s '%s' is not found. Please see https://aka.ms/arm-template/#%ss for usage details",
                    kind, name, kind);
        }
        var key = kind + " " + Values.key(name);
        var value = known.get(key);
        if (value == null) {
            if (!underWay.add(key)) {
                throw new ExpressionException(
                        "The template %s '%s' has a circular dependency on itself. Please see"
                                + " https://aka.ms/arm-template/#%ss for usage details",
                        kind, name, kind);
            }
            value = definition.apply(Evaluation.of(this, scope));
            underWay.remove(key);
            known.put(key, value);
        }
        return value;
    }

    /** What the function {@code deployment} gives. */
    JsonNode deployment() {
        var deployment = Values.object().put("name", scope.deployment());
        deployment
                .putObject("properties")
                .put("mode", "Incremental")
                .put("provisioningState", "Accepted")
                .set("template", template);
        return deployment;
    }
}

// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.sim.azure.template;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Set;

/**
 * A deployment inside a template. With {@code expressionEvaluationOptions} of scope {@code inner} its template is taken over as it
 * is; with {@code outer}, the default, the expressions in it are those of the template around it and are evaluated with it.
 */
final class Nested {

    private Nested() {}

    static boolean isDeployment(String type) {
        return type.equalsIgnoreCase("Microsoft.Resources/deployments");
    }

    static JsonNode body(ObjectNode resource, Set<String> without, Evaluation in) {
        var body = resource.deepCopy();
        body.remove(without);
        if (!(body.get("properties") instanceof ObjectNode properties)
                || !(properties.remove("template") instanceof ObjectNode template)) {
            throw TemplateException.unsupported("A nested deployment without a template in it is");
        }
        var scope = properties.at("/expressionEvaluationOptions/scope").asText();
        var expanded = (ObjectNode) in.expand(body, true);
        var taken = scope.equalsIgnoreCase("inner") ? template : escaped(in.expand(template, true));
        ((ObjectNode) expanded.get("properties")).set("template", taken);
        return expanded;
    }

    /** What has been evaluated must not be taken for an expression when the inner deployment reads it. */
    private static JsonNode escaped(JsonNode tree) {
        if (tree instanceof ObjectNode object) {
            var escaped = Values.object();
            object.properties().forEach(member -> escaped.set(member.getKey(), escaped(member.getValue())));
            return escaped;
        }
        if (tree instanceof ArrayNode array) {
            var escaped = Values.array();
            array.forEach(element -> escaped.add(escaped(element)));
            return escaped;
        }
        var looksLikeOne = tree.isTextual()
                && tree.textValue().startsWith("[")
                && tree.textValue().endsWith("]");
        return looksLikeOne ? Values.text("[" + tree.textValue()) : tree;
    }
}

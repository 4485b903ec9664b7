// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.sim.azure.template;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Set;

/** A deployment inside a template: its own template is taken over as it is, the rest is evaluated where it stands. */
final class Nested {

    private Nested() {}

    static boolean isDeployment(String type) {
        return type.equalsIgnoreCase("Microsoft.Resources/deployments");
    }

    static JsonNode body(ObjectNode resource, Set<String> without, Evaluation in) {
        var outer = resource.deepCopy();
        outer.remove(without);
        var template = outer.path("properties").path("template");
        if (template.isMissingNode()) {
            throw TemplateException.unsupported("A nested deployment without a template in it is");
        }
        var inner = resource.at("/properties/expressionEvaluationOptions/scope")
                .asText()
                .equalsIgnoreCase("inner");
        if (!inner && hasExpressions(template)) {
            throw TemplateException.unsupported(
                    "A nested template whose expressions are evaluated in the outer scope (the default of"
                            + " expressionEvaluationOptions) is");
        }
        ((ObjectNode) outer.get("properties")).remove("template");
        var body = (ObjectNode) in.expand(outer, true);
        ((ObjectNode) body.get("properties")).set("template", template);
        return body;
    }

    private static boolean hasExpressions(JsonNode tree) {
        if (tree.isTextual() && ExpressionReader.isExpression(tree.textValue())) {
            return true;
        }
        for (var part : tree) {
            if (hasExpressions(part)) {
                return true;
            }
        }
        return false;
    }
}

// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.sim.azure.template;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The outputs of a template: checked before the run, evaluated at its end. */
final class Outputs {

    static final int MOST = 64;

    private record Output(Type type, JsonNode value) {}

    private final Map<String, Output> outputs = new LinkedHashMap<>();
    private final Resources resources;

    Outputs(ObjectNode section, Evaluation in, Resources resources, Positions positions) {
        this.resources = resources;
        if (section.size() > MOST) {
            throw TemplateException.invalid(
                    "The number of template outputs limit exceeded. Limit: '%d' and actual: '%d'. Please see"
                            + " https://aka.ms/arm-template-limits for usage details.",
                    MOST, section.size());
        }
        for (var output : section.properties()) {
            var declaration = output.getValue();
            var type = Type.of(declaration, "output", output.getKey());
            try {
                if (declaration.has("condition")
                        && !new Arguments("condition", List.of(in.expand(declaration.get("condition"), false)))
                                .bool(0)) {
                    continue;
                }
                var value = declaration.has("copy")
                        ? in.repeated(declaration.get("copy"), true)
                        : in.expand(declaration.path("value"), true);
                outputs.put(output.getKey(), new Output(type, value));
            } catch (ExpressionException e) {
                throw TemplateException.invalid(
                        "The template output '%s' at %s is not valid: %s.",
                        output.getKey(), positions.of(declaration), e.text());
            }
        }
    }

    boolean isEmpty() {
        return outputs.isEmpty();
    }

    ObjectNode evaluate(Lookup lookup) {
        var shown = Values.object();
        outputs.forEach((name, output) -> {
            var value = value(name, output, lookup);
            var entry = shown.putObject(name).put("type", output.type().shown());
            if (!output.type().isSecure()) {
                entry.set("value", value);
            }
        });
        return shown;
    }

    private JsonNode value(String name, Output output, Lookup lookup) {
        try {
            var value = Evaluation.finish(output.value(), new Evaluation.Running(resources, lookup));
            if (!output.type().takes(value)) {
                throw new ExpressionException(
                        "Template output JToken type is not valid. Expected '%s'. Actual '%s'",
                        output.type().expected(), Values.type(value));
            }
            return value;
        } catch (ExpressionException e) {
            throw new TemplateException(
                    "DeploymentOutputEvaluationFailed",
                    "The template output '%s' is not valid: %s.".formatted(name, e.text()));
        }
    }
}

// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.sim.aws;

import java.util.List;
import java.util.Map;

/** What tells about templates, over the API. */
final class TemplateActions {

    private TemplateActions() {}

    static void register(Map<String, Action> actions) {
        actions.put("GetTemplate", (region, params, answer) -> {
            var input = params.find("ChangeSetName").isPresent()
                    ? ChangeSetActions.get(region, params).request.input()
                    : region.stacks.get(params.get("StackName")).input;
            answer.put("TemplateBody", input.template().body)
                    .texts("StagesAvailable", List.of("Original", "Processed"));
        });
        actions.put("ValidateTemplate", (region, params, answer) -> {
            var template = StackInputs.template(params);
            answer.putIf("Description", template.description)
                    .texts("Capabilities", List.of())
                    .texts("DeclaredTransforms", List.of())
                    .each("Parameters", template.parameters.values(), (xml, parameter) -> write(xml, parameter));
        });
        actions.put("GetTemplateSummary", (region, params, answer) -> {
            var template = params.find("StackName")
                    .map(name -> region.stacks.get(name).input.template())
                    .orElseGet(() -> StackInputs.template(params));
            answer.putIf("Description", template.description)
                    .texts("Capabilities", List.of())
                    .texts("DeclaredTransforms", List.of())
                    .texts(
                            "ResourceTypes",
                            template.resources.values().stream()
                                    .map(Template.Resource::type)
                                    .distinct()
                                    .toList())
                    .each("Parameters", template.parameters.values(), (xml, parameter) -> {
                        write(xml, parameter);
                        xml.put("ParameterType", parameter.type())
                                .in(
                                        "ParameterConstraints",
                                        constraints -> constraints.texts("AllowedValues", parameter.allowedValues()));
                    });
        });
    }

    private static void write(Xml xml, Template.Parameter parameter) {
        xml.put("ParameterKey", parameter.name());
        parameter.fact("Default").ifPresent(value -> xml.put("DefaultValue", value));
        xml.put("NoEcho", parameter.noEcho())
                .putIf("Description", parameter.fact("Description").orElse(""));
    }
}

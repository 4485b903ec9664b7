// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.sim.aws;

import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * The checks that the service makes on a template before it starts anything, in its words. The limits are those of
 * "Understand CloudFormation quotas" in the AWS CloudFormation User Guide.
 */
final class TemplateChecks {

    private static final int BODY_BYTES = 51_200;
    private static final int DESCRIPTION_BYTES = 1_024;
    private static final int NAME_LENGTH = 255;

    private static final Set<String> PSEUDO = Set.of(
            "AWS::AccountId",
            "AWS::NotificationARNs",
            "AWS::NoValue",
            "AWS::Partition",
            "AWS::Region",
            "AWS::StackId",
            "AWS::StackName",
            "AWS::URLSuffix");

    private final Template template;

    TemplateChecks(Template template) {
        this.template = template;
    }

    static void size(String body) {
        if (body.getBytes(StandardCharsets.UTF_8).length > BODY_BYTES) {
            throw Template.invalid(
                    "1 validation error detected: Value at 'templateBody' failed to satisfy constraint: Member must have"
                            + " length less than or equal to %d",
                    BODY_BYTES);
        }
    }

    void run() {
        counts();
        types();
        functions();
        references();
        conditions();
        circles();
    }

    private void counts() {
        count("parameters", template.parameters.keySet(), 200);
        count("mappings", template.mappings.keySet(), 200);
        count("resources", template.resources.keySet(), 500);
        count("outputs", template.outputs.keySet(), 200);
        if (template.description.getBytes(StandardCharsets.UTF_8).length > DESCRIPTION_BYTES) {
            throw Template.invalid(
                    "Template format error: 'Description' length is greater than %d.", DESCRIPTION_BYTES);
        }
    }

    private static void count(String what, Collection<String> names, int most) {
        if (names.size() > most) {
            throw Template.invalid(
                    "Template format error: Number of %s, %d, is greater than maximum allowed, %d",
                    what, names.size(), most);
        }
        for (var name : names) {
            if (name.length() > NAME_LENGTH) {
                throw Template.invalid(
                        "Template format error: Name '%s' among the %s is longer than %d characters",
                        name, what, NAME_LENGTH);
            }
            if (!what.equals("mappings") && !name.matches("[A-Za-z0-9]+")) {
                throw Template.invalid(
                        "Template format error: %s name %s is non alphanumeric.",
                        Character.toUpperCase(what.charAt(0)) + what.substring(1, what.length() - 1), name);
            }
        }
    }

    private void types() {
        var unknown = template.resources.values().stream()
                .map(Template.Resource::type)
                .filter(type -> ResourceTypes.find(type).isEmpty())
                .distinct()
                .toList();
        if (!unknown.isEmpty()) {
            throw Template.invalid("Template format error: Unrecognized resource types: %s", unknown);
        }
    }

    private void functions() {
        template.resources.values().forEach(resource -> functions(resource.properties()));
        template.outputs.values().forEach(output -> {
            functions(output.value());
            output.export().ifPresent(this::functions);
        });
        functions(template.conditions);
    }

    private void functions(Object value) {
        if (value instanceof List<?> list) {
            list.forEach(this::functions);
        } else if (value instanceof Map<?, ?> map) {
            map.forEach((key, inner) -> {
                var name = String.valueOf(key);
                if (name.startsWith("Fn::") && !Evaluator.FUNCTIONS.contains(name)) {
                    throw Template.invalid(
                            "Template error: Encountered unsupported function: %s Supported functions are: %s",
                            name, Evaluator.FUNCTIONS);
                }
                if (name.equals("Ref") && !(inner instanceof String)) {
                    throw Template.invalid("Template error: every Ref object must have a single String value.");
                }
                if (map.size() > 1 && (name.startsWith("Fn::") || name.equals("Ref"))) {
                    throw Template.invalid("Template format error: %s must stand alone in its object", name);
                }
                if (name.equals("Fn::ImportValue") && dependsOnResources(inner)) {
                    throw Template.invalid(
                            "Template error: the attribute in Fn::ImportValue must not depend on any resources, imported"
                                    + " values, or Fn::GetAZs");
                }
                functions(inner);
            });
        }
    }

    private boolean dependsOnResources(Object value) {
        return References.names(value).stream().anyMatch(template.resources::containsKey);
    }

    private void references() {
        var missing = new LinkedHashSet<String>();
        for (var resource : template.resources.values()) {
            missing.addAll(unresolved(References.in(resource.properties())));
            resource.dependsOn().stream()
                    .filter(name -> !template.resources.containsKey(name))
                    .forEach(missing::add);
        }
        refuse(missing, "Resources");
        template.outputs.values().forEach(output -> missing.addAll(unresolved(References.in(output.value()))));
        refuse(missing, "Outputs");
        var inConditions = unresolved(References.in(template.conditions));
        References.names(template.conditions).stream()
                .filter(template.resources::containsKey)
                .forEach(inConditions::add);
        if (!inConditions.isEmpty()) {
            throw Template.invalid(
                    "Template format error: Unresolved dependencies %s. Cannot reference resources in the Conditions block"
                            + " of the template",
                    inConditions);
        }
    }

    private static void refuse(Set<String> missing, String block) {
        if (!missing.isEmpty()) {
            throw Template.invalid(
                    "Template format error: Unresolved resource dependencies %s in the %s block of the template",
                    missing, block);
        }
    }

    /** The names that nothing has; an attribute that its resource does not have is refused at once. */
    private Set<String> unresolved(List<References.Reference> references) {
        var missing = new TreeSet<String>();
        for (var reference : references) {
            var resource = template.resources.get(reference.name());
            if (reference.attribute().isEmpty()) {
                if (resource == null
                        && !template.parameters.containsKey(reference.name())
                        && !PSEUDO.contains(reference.name())) {
                    missing.add(reference.name());
                }
            } else if (resource == null) {
                throw Template.invalid(
                        "Template error: instance of Fn::GetAtt references undefined resource %s", reference.name());
            } else if (!ResourceTypes.get(resource.type()).attributes().contains(reference.attribute())) {
                throw Template.invalid(
                        "Template error: resource %s does not support attribute type %s in Fn::GetAtt",
                        reference.name(), reference.attribute());
            }
        }
        return missing;
    }

    private void conditions() {
        template.resources.values().forEach(resource -> {
            resource.condition().ifPresent(name -> condition(name, "Resources"));
            References.conditions(resource.properties()).forEach(name -> condition(name, "Resources"));
        });
        template.outputs.values().forEach(output -> {
            output.condition().ifPresent(name -> condition(name, "Outputs"));
            References.conditions(output.value()).forEach(name -> condition(name, "Outputs"));
        });
    }

    private void condition(String name, String block) {
        if (!template.conditions.containsKey(name)) {
            throw Template.invalid(
                    "Template format error: Unresolved condition dependency %s in the %s block of the template",
                    name, block);
        }
    }

    private void circles() {
        var circular = new TreeSet<>(template.resources.keySet());
        template.inOrder().forEach(resource -> circular.remove(resource.name()));
        if (!circular.isEmpty()) {
            throw Template.invalid("Circular dependency between resources: %s", circular);
        }
    }
}

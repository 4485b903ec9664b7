// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.sim.aws;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** A template that passed the checks which the service makes before it starts anything. Immutable. */
final class Template {

    private static final Set<String> SECTIONS = Set.of(
            "AWSTemplateFormatVersion",
            "Description",
            "Metadata",
            "Parameters",
            "Rules",
            "Mappings",
            "Conditions",
            "Resources",
            "Outputs");
    private static final Set<String> RESOURCE_KEYS = Set.of(
            "Type",
            "Properties",
            "DependsOn",
            "Condition",
            "DeletionPolicy",
            "UpdateReplacePolicy",
            "Metadata",
            "CreationPolicy",
            "UpdatePolicy");

    /** A declared parameter. */
    record Parameter(String name, String type, Map<String, Object> facts) {
        Optional<String> fact(String key) {
            return Optional.ofNullable(facts.get(key)).map(String::valueOf);
        }

        List<String> allowedValues() {
            return facts.get("AllowedValues") instanceof List<?> allowed
                    ? allowed.stream().map(String::valueOf).toList()
                    : List.of();
        }

        boolean noEcho() {
            return fact("NoEcho").map(Boolean::parseBoolean).orElse(false);
        }
    }

    /** A declared resource and those that must be there before it. */
    record Resource(
            String name,
            String type,
            Map<String, Object> properties,
            Set<String> needs,
            Optional<String> condition,
            Policy deletionPolicy,
            Policy replacePolicy) {}

    /** What becomes of a resource that is not wanted any more. */
    enum Policy {
        DELETE,
        RETAIN,
        RETAIN_EXCEPT_ON_CREATE;

        boolean keeps() {
            return this != DELETE;
        }

        /** Whether a resource stays even if the operation that made it failed. */
        boolean keepsWhatFailed(boolean exceptOnCreate) {
            return this == RETAIN && !exceptOnCreate;
        }

        private static Policy of(String attribute, String resource, Object value) {
            if (value.equals("RetainExceptOnCreate") && attribute.equals("DeletionPolicy")) {
                return RETAIN_EXCEPT_ON_CREATE;
            }
            if (value.equals("Snapshot")) {
                throw invalid("Template error: resource %s does not support %s Snapshot", resource, attribute);
            }
            if (value.equals("Delete") || value.equals("Retain")) {
                return value.equals("Retain") ? RETAIN : DELETE;
            }
            throw invalid("Template format error: Unrecognized %s %s for resource '%s'", attribute, value, resource);
        }
    }

    /** A declared output. */
    record Output(String name, Object value, String description, Optional<String> condition, Optional<Object> export) {}

    final String body;
    final String description;
    final Map<String, Parameter> parameters = new LinkedHashMap<>();
    final Map<String, Map<String, Object>> mappings = new LinkedHashMap<>();
    final Map<String, Object> conditions;
    final Map<String, Resource> resources = new LinkedHashMap<>();
    final Map<String, Output> outputs = new LinkedHashMap<>();

    private Template(String body, Map<String, Object> root) {
        this.body = body;
        var unknown =
                root.keySet().stream().filter(key -> !SECTIONS.contains(key)).toList();
        if (!unknown.isEmpty()) {
            throw invalid("Invalid template property or properties %s", unknown);
        }
        this.description = String.valueOf(root.getOrDefault("Description", ""));
        section(root, "Parameters").forEach((name, value) -> {
            var facts = map(value, "Template format error: Every Parameters object must contain a Type member.");
            if (!facts.containsKey("Type")) {
                throw invalid("Template format error: Every Parameters object must contain a Type member.");
            }
            parameters.put(name, new Parameter(name, String.valueOf(facts.get("Type")), facts));
        });
        section(root, "Mappings")
                .forEach((name, value) -> mappings.put(
                        name,
                        map(value, "Template format error: Every Mappings attribute must be a String or a List.")));
        this.conditions = section(root, "Conditions");
        var declared = section(root, "Resources");
        if (declared.isEmpty()) {
            throw invalid("Template format error: At least one Resources member must be defined.");
        }
        declared.forEach((name, value) -> resources.put(name, toResource(name, value)));
        section(root, "Outputs").forEach((name, value) -> outputs.put(name, toOutput(name, value)));
        checkTypes();
        checkReferences();
        checkCircles();
    }

    static Template of(String body) {
        return new Template(body, TemplateReader.read(body));
    }

    private static AwsError invalid(String message, Object... values) {
        return AwsError.of("ValidationError", message, values);
    }

    private static Map<String, Object> section(Map<String, Object> root, String name) {
        var value = root.getOrDefault(name, Map.of());
        return value.equals("") ? Map.of() : map(value, "Template format error: %s must be a map.".formatted(name));
    }

    @SuppressWarnings("unchecked")
    private static Map<String, Object> map(Object value, String otherwise) {
        if (value instanceof Map<?, ?>) {
            // the reader makes maps with text keys only
            return (Map<String, Object>) value;
        }
        throw invalid("%s", otherwise);
    }

    private static Resource toResource(String name, Object value) {
        if (!name.matches("[A-Za-z0-9]+")) {
            throw invalid("Template format error: Resource name %s is non alphanumeric.", name);
        }
        var facts = map(value, "Template format error: Any Resources member must be an object.");
        for (var key : facts.keySet()) {
            if (!RESOURCE_KEYS.contains(key)) {
                throw invalid("Invalid template resource property '%s'", key);
            }
        }
        if (!(facts.get("Type") instanceof String type)) {
            throw invalid(
                    "Template format error: [/Resources/%s] Every Resources object must contain a Type member.", name);
        }
        var properties = facts.get("Properties");
        var given = properties == null || properties.equals("")
                ? Map.<String, Object>of()
                : map(
                        properties,
                        "Template format error: [/Resources/%s/Properties] must be an object".formatted(name));
        var needs = new LinkedHashSet<String>();
        var dependsOn = facts.get("DependsOn");
        if (dependsOn instanceof Collection<?> several) {
            several.forEach(one -> needs.add(String.valueOf(one)));
        } else if (dependsOn != null) {
            needs.add(String.valueOf(dependsOn));
        }
        References.in(given).forEach(reference -> needs.add(reference.name()));
        return new Resource(
                name,
                type,
                given,
                needs,
                Optional.ofNullable(facts.get("Condition")).map(String::valueOf),
                Policy.of("DeletionPolicy", name, facts.getOrDefault("DeletionPolicy", "Delete")),
                Policy.of("UpdateReplacePolicy", name, facts.getOrDefault("UpdateReplacePolicy", "Delete")));
    }

    private static Output toOutput(String name, Object value) {
        var facts = map(value, "Template format error: Every Outputs member must be an object.");
        if (!facts.containsKey("Value")) {
            throw invalid("Template format error: Every Outputs member must contain a Value object");
        }
        var export =
                facts.get("Export") instanceof Map<?, ?> map ? Optional.ofNullable(map.get("Name")) : Optional.empty();
        return new Output(
                name,
                facts.get("Value"),
                String.valueOf(facts.getOrDefault("Description", "")),
                Optional.ofNullable(facts.get("Condition")).map(String::valueOf),
                export.map(Object.class::cast));
    }

    private void checkTypes() {
        var unknown = resources.values().stream()
                .map(Resource::type)
                .filter(type -> ResourceTypes.find(type).isEmpty())
                .distinct()
                .toList();
        if (!unknown.isEmpty()) {
            throw invalid("Template format error: Unrecognized resource types: %s", unknown);
        }
        for (var parameter : parameters.values()) {
            if (!ParameterValues.typeKnown(parameter.type())) {
                throw invalid("Template format error: Unrecognized parameter type: %s", parameter.type());
            }
        }
    }

    private void checkReferences() {
        var unresolved = new LinkedHashSet<String>();
        resources.values().forEach(resource -> unresolved.addAll(unresolved(resource.needs())));
        if (!unresolved.isEmpty()) {
            throw invalid(
                    "Template format error: Unresolved resource dependencies %s in the Resources block of the template",
                    unresolved);
        }
        for (var output : outputs.values()) {
            var missing = unresolved(References.names(output.value()));
            if (!missing.isEmpty()) {
                throw invalid(
                        "Template format error: Unresolved resource dependencies %s in the Outputs block of the template",
                        missing);
            }
        }
        resources.values().forEach(resource -> {
            resource.condition().ifPresent(name -> checkCondition(name, "Resources"));
            References.in(resource.properties()).forEach(this::checkAttribute);
        });
        outputs.values().forEach(output -> {
            output.condition().ifPresent(name -> checkCondition(name, "Outputs"));
            References.in(output.value()).forEach(this::checkAttribute);
        });
    }

    private Set<String> unresolved(Set<String> names) {
        return names.stream()
                .filter(name ->
                        !resources.containsKey(name) && !parameters.containsKey(name) && !name.startsWith("AWS::"))
                .collect(Collectors.toCollection(LinkedHashSet::new));
    }

    private void checkCondition(String name, String block) {
        if (!conditions.containsKey(name)) {
            throw invalid(
                    "Template format error: Unresolved condition dependency %s in the %s block of the template",
                    name, block);
        }
    }

    private void checkAttribute(References.Reference reference) {
        var resource = resources.get(reference.name());
        if (reference.attribute().isEmpty()) {
            return;
        }
        if (resource == null) {
            throw invalid("Template error: instance of Fn::GetAtt references undefined resource %s", reference.name());
        }
        var type = ResourceTypes.find(resource.type()).orElseThrow();
        if (!type.attributes().contains(reference.attribute())) {
            throw invalid(
                    "Template error: resource %s does not support attribute type %s in Fn::GetAtt",
                    reference.name(), reference.attribute());
        }
    }

    /** The resources, each after those that it needs. */
    List<Resource> inOrder() {
        var ordered = new ArrayList<Resource>();
        var left = new LinkedHashMap<>(resources);
        var before = -1;
        while (before != left.size()) {
            before = left.size();
            left.values().removeIf(resource -> {
                var ready = resource.needs().stream().noneMatch(left::containsKey);
                if (ready) {
                    ordered.add(resource);
                }
                return ready;
            });
        }
        return ordered;
    }

    private void checkCircles() {
        var circular = new TreeSet<>(resources.keySet());
        inOrder().forEach(resource -> circular.remove(resource.name()));
        if (!circular.isEmpty()) {
            throw invalid("Circular dependency between resources: %s", circular);
        }
    }
}

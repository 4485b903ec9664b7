// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.sim.aws;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A template that passed the checks which the service makes before it starts anything. Immutable. */
final class Template {

    private static final String VERSION = "2010-09-09";
    private static final Set<String> SECTIONS = Set.of(
            "AWSTemplateFormatVersion",
            "Description",
            "Metadata",
            "Parameters",
            "Mappings",
            "Conditions",
            "Resources",
            "Outputs");
    private static final Set<String> RESOURCE_KEYS =
            Set.of("Type", "Properties", "DependsOn", "Condition", "DeletionPolicy", "UpdateReplacePolicy", "Metadata");

    private static final Set<String> PARAMETER_KEYS = Set.of(
            "Type",
            "Default",
            "NoEcho",
            "AllowedValues",
            "AllowedPattern",
            "MinLength",
            "MaxLength",
            "MinValue",
            "MaxValue",
            "Description",
            "ConstraintDescription");

    /** A declared parameter. */
    record Parameter(String name, ParameterType type, Map<String, Object> facts) {
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
            List<String> dependsOn,
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
        refuseUnknown(root, SECTIONS, "template property or properties");
        var version = root.getOrDefault("AWSTemplateFormatVersion", VERSION);
        if (!version.equals(VERSION)) {
            throw invalid("Template format error: unsupported value for AWSTemplateFormatVersion.");
        }
        this.description = text(root, "Description", "Template format error: Description must be a string.");
        section(root, "Parameters").forEach((name, value) -> parameters.put(name, toParameter(name, value)));
        section(root, "Mappings").forEach((name, value) -> mappings.put(name, toMapping(value)));
        this.conditions = section(root, "Conditions");
        section(root, "Resources").forEach((name, value) -> resources.put(name, toResource(name, value)));
        if (resources.isEmpty()) {
            throw invalid("Template format error: At least one Resources member must be defined.");
        }
        section(root, "Outputs").forEach((name, value) -> outputs.put(name, toOutput(name, value)));
        new TemplateChecks(this).run();
    }

    static Template of(String body) {
        TemplateChecks.size(body);
        return new Template(body, TemplateReader.read(body));
    }

    static AwsError invalid(String message, Object... values) {
        return AwsError.of("ValidationError", message, values);
    }

    private static Map<String, Object> section(Map<String, Object> root, String name) {
        return map(root.getOrDefault(name, Map.of()), "Template format error: %s must be a map.".formatted(name));
    }

    @SuppressWarnings("unchecked")
    private static Map<String, Object> map(Object value, String otherwise) {
        if (value instanceof Map<?, ?>) {
            // the reader makes maps with text keys only
            return (Map<String, Object>) value;
        }
        throw invalid("%s", otherwise);
    }

    private static String text(Map<String, Object> facts, String key, String otherwise) {
        if (facts.getOrDefault(key, "") instanceof String text) {
            return text;
        }
        throw invalid("%s", otherwise);
    }

    private static void refuseUnknown(Map<String, Object> facts, Set<String> known, String what) {
        var unknown =
                facts.keySet().stream().filter(key -> !known.contains(key)).toList();
        if (!unknown.isEmpty()) {
            throw invalid("Invalid %s %s", what, unknown);
        }
    }

    private static Parameter toParameter(String name, Object value) {
        var untyped = "Template format error: Every Parameters object must contain a Type member.";
        var facts = map(value, untyped);
        if (!(facts.get("Type") instanceof String type)) {
            throw invalid("%s", untyped);
        }
        refuseUnknown(facts, PARAMETER_KEYS, "template parameter property");
        return new Parameter(
                name,
                ParameterType.of(type)
                        .orElseThrow(() -> invalid("Template format error: Unrecognized parameter type: %s", type)),
                facts);
    }

    private static Map<String, Object> toMapping(Object value) {
        var message = "Template format error: Every Mappings attribute must be a String or a List.";
        var mapping = map(value, message);
        mapping.values().forEach(inner -> map(inner, message).values().forEach(leaf -> {
            if (leaf instanceof Map<?, ?>) {
                throw invalid("%s", message);
            }
        }));
        return mapping;
    }

    private static Resource toResource(String name, Object value) {
        if (!name.matches("[A-Za-z0-9]+")) {
            throw invalid("Template format error: Resource name %s is non alphanumeric.", name);
        }
        var facts = map(value, "Template format error: Any Resources member must be an object.");
        for (var key : facts.keySet()) {
            if (key.equals("CreationPolicy") || key.equals("UpdatePolicy")) {
                throw invalid("%s of resource %s is not supported by this stand-in", key, name);
            }
            if (!RESOURCE_KEYS.contains(key)) {
                throw invalid("Invalid template resource property '%s'", key);
            }
        }
        if (!(facts.get("Type") instanceof String type)) {
            throw invalid(
                    "Template format error: [/Resources/%s] Every Resources object must contain a Type member.", name);
        }
        var given = map(
                facts.getOrDefault("Properties", Map.of()),
                "Template format error: [/Resources/%s/Properties] must be an object".formatted(name));
        var dependsOn = texts(facts.get("DependsOn"));
        var needs = new LinkedHashSet<>(dependsOn);
        References.in(given).forEach(reference -> needs.add(reference.name()));
        return new Resource(
                name,
                type,
                given,
                dependsOn,
                needs,
                Optional.ofNullable(facts.get("Condition")).map(String::valueOf),
                Policy.of("DeletionPolicy", name, facts.getOrDefault("DeletionPolicy", "Delete")),
                Policy.of("UpdateReplacePolicy", name, facts.getOrDefault("UpdateReplacePolicy", "Delete")));
    }

    private static List<String> texts(@Nullable Object oneOrMore) {
        if (oneOrMore == null) {
            return List.of();
        }
        return oneOrMore instanceof List<?> several
                ? several.stream().map(String::valueOf).toList()
                : List.of(String.valueOf(oneOrMore));
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
}

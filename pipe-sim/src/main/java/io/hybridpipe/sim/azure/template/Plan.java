// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.sim.azure.template;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What a template comes to with its parameters, at one place: the resources to put and in which order, and the outputs. Immutable. */
public final class Plan {

    static final Set<String> SECTIONS = Set.of(
            "$schema",
            "contentVersion",
            "apiProfile",
            "metadata",
            "parameters",
            "variables",
            "functions",
            "resources",
            "outputs");

    static final int MOST_VARIABLES = 256;

    private final Secrets secrets;
    private final ObjectNode parameters;
    private final Resources resources;
    private final Map<String, Set<String>> dependencies = new LinkedHashMap<>();
    private final Outputs outputs;
    private final String templateHash;

    private Plan(ObjectNode template, JsonNode given, Scope scope, Secrets secrets) {
        this.secrets = secrets;
        var positions = new Positions(template);
        var symbols = new Symbols(template, scope);
        this.parameters = new Parameters(section(template, "parameters"), given, secrets, positions).take(symbols);
        if (section(template, "variables").size() > MOST_VARIABLES) {
            throw TemplateException.invalid(
                    "The number of template variables limit exceeded. Limit: '%d' and actual: '%d'. Please see"
                            + " https://aka.ms/arm-template-limits for usage details.",
                    MOST_VARIABLES, symbols.variables().size());
        }
        for (var variable : symbols.variables()) {
            try {
                symbols.variable(variable);
            } catch (ExpressionException e) {
                throw TemplateException.invalid("The template variable '%s' is not valid: %s.", variable, e.text());
            }
        }
        var evaluation = Evaluation.of(symbols, scope);
        this.resources = Resources.of(template.path("resources"), evaluation, positions);
        for (var item : resources.all()) {
            var waitsFor = resources.dependencies(item);
            if (item.wanted()) {
                dependencies.put(Values.key(item.id()), waitsFor);
            }
        }
        checkNoCircle();
        this.outputs = new Outputs(section(template, "outputs"), evaluation, resources, positions);
        this.templateHash = new BigInteger(1, Arrays.copyOf(Values.hash(template.toString()), 8)).toString();
    }

    /**
     * Takes in a template.
     *
     * @param template the whole template
     * @param parameters by name, each an object with a {@code value}
     * @throws TemplateException if the service would refuse it before it does anything
     */
    public static Plan of(JsonNode template, JsonNode parameters, Scope scope) {
        if (!(template instanceof ObjectNode object)) {
            throw TemplateException.invalid("The template is not valid: a JSON object was expected.");
        }
        for (var member : object.properties()) {
            if (member.getKey().equals("languageVersion") || member.getKey().equals("definitions")) {
                throw TemplateException.unsupported("The template section '%s' is".formatted(member.getKey()));
            }
            if (!SECTIONS.contains(member.getKey())) {
                throw unparsable(
                        "Could not find member '%s' on object of type 'Template'. Path '%1$s'.", member.getKey());
            }
        }
        for (var needed : List.of("$schema", "contentVersion", "resources")) {
            if (!object.hasNonNull(needed)) {
                throw unparsable("Required property '%s' not found in JSON. Path ''.", needed);
            }
        }
        if (!object.get("resources").isArray()) {
            throw TemplateException.unsupported("A section 'resources' that is no list is");
        }
        if (!object.path("functions").isEmpty()) {
            throw TemplateException.unsupported("The template section 'functions' is");
        }
        if (!parameters.isObject() && !parameters.isMissingNode() && !parameters.isNull()) {
            throw TemplateException.invalid("The deployment parameters are not valid: a JSON object was expected.");
        }
        var secrets = Secrets.in(object.path("parameters"), parameters);
        return secrets.guard(() -> new Plan(object, parameters, scope, secrets));
    }

    private static TemplateException unparsable(String message, String name) {
        return new TemplateException(
                "InvalidTemplate", "Deployment template parse failed: '%s'.".formatted(message.formatted(name)));
    }

    private static ObjectNode section(ObjectNode template, String name) {
        var section = template.path(name);
        if (section instanceof ObjectNode object) {
            return object;
        }
        if (section.isMissingNode() || section.isNull()) {
            return Values.object();
        }
        throw unparsable("The template section '%s' must be an object.", name);
    }

    private void checkNoCircle() {
        var done = new HashSet<String>();
        // takes out, again and again, what waits for nothing that is still in; a circle never comes out
        var left = new ArrayList<>(dependencies.keySet());
        while (left.removeIf(
                key -> dependencies.getOrDefault(key, Set.of()).stream().allMatch(id -> done.contains(Values.key(id)))
                        && done.add(key))) {
            // the condition does the work
        }
        if (!left.isEmpty()) {
            throw TemplateException.invalid(
                    "Circular dependency detected on resource: '%s'. Please see https://aka.ms/arm-template/#resources for usage"
                            + " details.",
                    resources.idOf(circular(left.get(0))));
        }
    }

    /** A resource on a circle, found by going from one that never came out to what it waits for until one comes twice. */
    private String circular(String start) {
        var seen = new HashSet<String>();
        var at = start;
        while (seen.add(at)) {
            var here = at;
            at = dependencies.getOrDefault(here, Set.of()).stream()
                    .map(Values::key)
                    .filter(key -> reaches(key, key, new HashSet<>()))
                    .findFirst()
                    .orElse(here);
        }
        return at;
    }

    private boolean reaches(String from, String goal, Set<String> seen) {
        return dependencies.getOrDefault(from, Set.of()).stream()
                .map(Values::key)
                .anyMatch(next -> next.equals(goal) || seen.add(next) && reaches(next, goal, seen));
    }

    /** The resources to put, in the order of the template; those whose condition does not hold are left out. */
    public List<PlannedResource> resources() {
        return resources.all().stream()
                .filter(Resources.Item::wanted)
                .map(item -> new PlannedResource(
                        resources, secrets, item, dependencies.getOrDefault(Values.key(item.id()), Set.of())))
                .toList();
    }

    /** The parameters as the service shows them: each with its type and, unless that is a secure one, its value. */
    public ObjectNode parameters() {
        return parameters.deepCopy();
    }

    /** A message or an error of somebody else's, with stars in place of the values of secure parameters that it quotes. */
    public ObjectNode masked(ObjectNode message) {
        return (ObjectNode) secrets.masked(message);
    }

    /** The same for the same template. Not the service's, whose hash is not published. */
    public String templateHash() {
        return templateHash;
    }

    /** Whether there are outputs to evaluate at the end. */
    public boolean hasOutputs() {
        return !outputs.isEmpty();
    }

    /**
     * The outputs as the service shows them: each with its type and, unless that is a secure one, its value.
     *
     * @throws TemplateException if one cannot be evaluated; the message names it
     */
    public ObjectNode outputs(Lookup lookup) {
        return secrets.guard(() -> outputs.evaluate(lookup));
    }
}

// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.sim.aws;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What an update would do to a stack, found out without doing it. */
final class Changes {

    /** Stands for what is known only once a resource is there; the service shows it so. */
    private static final String UNKNOWN = "{{changeSet:KNOWN_AFTER_APPLY}}";

    /**
     * One change: {@code Add}, {@code Modify} or {@code Remove}; outputs count as a change of the stack itself.
     *
     * @param replacement {@code True}, {@code False} or, if it depends on what other resources will become, {@code Conditional};
     *     empty unless modified
     */
    record Change(
            String action,
            String logicalId,
            String physicalId,
            String type,
            String replacement,
            String policyAction,
            List<Detail> details) {

        boolean ofResource() {
            return !type.equals("AWS::CloudFormation::Stack");
        }

        Set<String> scope() {
            return details.stream().map(Detail::attribute).collect(Collectors.toCollection(TreeSet::new));
        }
    }

    /**
     * Why a resource is modified.
     *
     * @param attribute {@code Properties} or {@code Tags}
     * @param property the name of the property
     * @param always whether a change of the property needs a new resource
     * @param direct whether it is known before anything is done
     * @param source what the change comes from, as the service names it
     * @param cause the parameter, or the resource with or without an attribute, that it comes from; may be empty
     */
    record Detail(String attribute, String property, boolean always, boolean direct, String source, String cause) {}

    private final Stack stack;
    private final Stack.Input wanted;
    private final Evaluator evaluator;
    /** Resources whose ids and attributes are not known yet. */
    private final Set<String> unknown = new HashSet<>();

    private final List<Change> found = new ArrayList<>();
    private boolean metUnknown;

    private Changes(Stack stack, Stack.Input wanted) {
        this.stack = stack;
        this.wanted = wanted;
        var now = stack.references();
        this.evaluator = stack.evaluator(wanted, new Evaluator.Resources() {
            @Override
            public String physicalId(String name) {
                return isUnknown(name) ? UNKNOWN : now.physicalId(name);
            }

            @Override
            public Object attribute(String name, String attribute) {
                return isUnknown(name) ? UNKNOWN : now.attribute(name, attribute);
            }
        });
    }

    private boolean isUnknown(String name) {
        metUnknown |= unknown.contains(name);
        return unknown.contains(name);
    }

    /** All changes; additions and modifications come in the order of dependencies, removals last. */
    static List<Change> between(Stack stack, Stack.Input wanted) {
        var changes = new Changes(stack, wanted);
        changes.compare();
        return changes.found;
    }

    private void compare() {
        for (var definition : wanted.template().inOrder()) {
            if (evaluator.included(definition)) {
                stack.existing(definition.name())
                        .ifPresentOrElse(present -> compare(present, definition), () -> add(definition));
            } else {
                stack.existing(definition.name()).ifPresent(this::remove);
            }
        }
        stack.resources.values().stream()
                .filter(present ->
                        present.exists() && !wanted.template().resources.containsKey(present.logicalId))
                .forEach(this::remove);
        if (!outputs().equals(present())) {
            found.add(new Change("Modify", stack.name, stack.id, "AWS::CloudFormation::Stack", "", "", List.of()));
        }
    }

    private void add(Template.Resource definition) {
        unknown.add(definition.name());
        found.add(new Change("Add", definition.name(), "", definition.type(), "", "", List.of()));
    }

    private void remove(Stack.Resource present) {
        var action = present.definition.deletionPolicy().keeps() ? "Retain" : "Delete";
        found.add(new Change("Remove", present.logicalId, present.physicalId, present.type, "", action, List.of()));
    }

    private void compare(Stack.Resource present, Template.Resource definition) {
        var details = details(present, definition);
        if (details.isEmpty() && !present.status.endsWith("_FAILED")) {
            return;
        }
        var replacement = "False";
        if (present.status.equals("CREATE_FAILED") || details.stream().anyMatch(one -> one.always() && one.direct())) {
            replacement = "True";
        } else if (details.stream().anyMatch(Detail::always)) {
            replacement = "Conditional";
        }
        var policyAction = "";
        if (!replacement.equals("False")) {
            unknown.add(definition.name());
            policyAction = definition.replacePolicy().keeps() ? "ReplaceAndRetain" : "ReplaceAndDelete";
        }
        found.add(new Change(
                "Modify", present.logicalId, present.physicalId, present.type, replacement, policyAction, details));
    }

    private List<Detail> details(Stack.Resource present, Template.Resource definition) {
        var details = new ArrayList<Detail>();
        var type = ResourceTypes.get(present.type);
        var properties = type.properties();
        var names = new TreeSet<>(present.properties.values().keySet());
        names.addAll(definition.properties().keySet());
        for (var name : names) {
            metUnknown = false;
            var old = present.properties.values().get(name);
            if (Objects.equals(old, value(definition, name, old))) {
                continue;
            }
            details.add(
                    detail(name, !properties.getOrDefault(name, false), present.definition.properties(), definition));
        }
        if (type.taggable()
                && !stack.input.tags().equals(wanted.tags())
                && details.stream().noneMatch(one -> one.attribute().equals("Tags"))) {
            details.add(new Detail("Tags", "", false, true, "DirectModification", ""));
        }
        return details;
    }

    private Detail detail(String name, boolean always, Map<String, Object> before, Template.Resource definition) {
        var attribute = name.equals("Tags") ? "Tags" : "Properties";
        var written = definition.properties().get(name);
        if (written == null || !written.equals(before.get(name))) {
            return new Detail(attribute, name, always, true, "DirectModification", "");
        }
        var references = References.in(written);
        if (!metUnknown) {
            var parameter = references.stream()
                    .map(References.Reference::name)
                    .filter(wanted.template().parameters::containsKey)
                    .findFirst();
            return new Detail(
                    attribute,
                    name,
                    always,
                    true,
                    parameter.isPresent() ? "ParameterReference" : "DirectModification",
                    parameter.orElse(""));
        }
        var cause = references.stream()
                .filter(reference -> unknown.contains(reference.name()))
                .findFirst()
                .orElseThrow();
        return cause.attribute().isEmpty()
                ? new Detail(attribute, name, always, false, "ResourceReference", cause.name())
                : new Detail(
                        attribute, name, always, false, "ResourceAttribute", cause.name() + "." + cause.attribute());
    }

    private @Nullable Object value(Template.Resource definition, String name, @Nullable Object old) {
        try {
            return evaluator.property(definition, name).orElse(null);
        } catch (AwsError e) {
            if (metUnknown) {
                return UNKNOWN;
            }
            if (e.code().equals("ValidationError")) {
                throw e;
            }
            // it refers to something that somebody deleted; the service looks at that only when it updates
            return old;
        }
    }

    private Map<String, String> outputs() {
        var texts = new LinkedHashMap<String, String>();
        wanted.template().outputs.values().stream()
                .filter(evaluator::included)
                .forEach(output -> texts.put(
                        output.name(),
                        text(Optional.of(output.value())) + " " + text(output.export()) + " " + output.description()));
        return texts;
    }

    private Map<String, String> present() {
        var texts = new LinkedHashMap<String, String>();
        stack.outputs.forEach(
                output -> texts.put(output.key(), output.value() + " " + output.export() + " " + output.description()));
        return texts;
    }

    private String text(Optional<Object> value) {
        metUnknown = false;
        try {
            return value.map(evaluator::text).orElse("");
        } catch (AwsError e) {
            if (metUnknown) {
                return UNKNOWN;
            }
            throw e;
        }
    }
}

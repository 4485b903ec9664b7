// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.azure.resources;

import com.azure.resourcemanager.resources.models.DeploymentParameter;
import io.hybridpipe.Input;
import io.hybridpipe.Key;
import io.hybridpipe.State;
import io.hybridpipe.azure.TextRule;
import io.hybridpipe.retry.StepFailure;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The values that a caller gives to a template's parameters. Immutable. */
record TemplateParameters(Map<String, Input<?>> given) {
    static final TemplateParameters NONE = new TemplateParameters(Map.of());

    TemplateParameters with(String name, Input<?> value) {
        Map<String, Input<?>> more = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        more.putAll(given);
        if (more.put(name, value) != null) {
            throw new IllegalArgumentException("DeployTemplate: parameter '" + name + "' has two values");
        }
        problem(value, State.empty())
                .filter(problem -> TextRule.literal(value).isPresent())
                .ifPresent(problem -> {
                    throw new IllegalArgumentException("DeployTemplate: parameter '" + name + "': " + problem);
                });
        return new TemplateParameters(more);
    }

    Input<?>[] reads() {
        return given.values().toArray(Input<?>[]::new);
    }

    /** Whether every value is known. */
    boolean areKnown(State state) {
        return given.values().stream().allMatch(input -> input.find(state).isPresent());
    }

    /**
     * Checks what can be checked by now: names, and that secrets go only where the service keeps them.
     *
     * @throws StepFailure a permanent one that names what is wrong
     */
    void check(Template template, State state) {
        Map<String, Template.Parameter> declared = template.parameters();
        Set<String> unknown = new TreeSet<>(given.keySet());
        unknown.removeIf(declared::containsKey);
        List<String> lacking = declared.values().stream()
                .filter(parameter -> !parameter.optional() && !given.containsKey(parameter.name()))
                .map(Template.Parameter::name)
                .toList();
        if (!unknown.isEmpty() || !lacking.isEmpty()) {
            throw StepFailure.permanent(template + " takes the parameters " + declared.keySet()
                    + (lacking.isEmpty() ? "" : "; no value is given for " + lacking)
                    + (unknown.isEmpty() ? "" : "; it does not know " + unknown));
        }
        given.forEach((name, input) -> problem(input, state).ifPresent(problem -> {
            throw StepFailure.permanent(template + ": parameter '" + name + "': " + problem);
        }));
        String open = given.entrySet().stream()
                .filter(each -> isSecret(each.getValue(), state))
                .map(each -> declared.get(each.getKey()))
                .filter(parameter -> parameter != null && !parameter.isSecure())
                .map(parameter -> "'" + parameter.name() + "' (" + parameter.type() + ")")
                .collect(Collectors.joining(", "));
        if (!open.isEmpty()) {
            throw StepFailure.permanent(template + ": a secret is given for " + open
                    + ", whose values Azure shows to everybody who may read the deployment; declare it as securestring or"
                    + " secureobject");
        }
    }

    /** Why what is known of a value by now has no JSON form. */
    private static Optional<String> problem(Input<?> input, State state) {
        try {
            input.find(state).ifPresent(ParameterValue::of);
            return Optional.empty();
        } catch (IllegalArgumentException formless) {
            return Optional.ofNullable(formless.getMessage());
        }
    }

    /** The secret keys that a value is made of. */
    static Stream<Key<?>> secretsOf(Input<?> input) {
        return Stream.concat(input.reads().stream(), input.optionalReads().stream())
                .filter(Key::isSecret);
    }

    private static boolean isSecret(Input<?> input, State state) {
        return secretsOf(input).findAny().isPresent()
                || input.find(state)
                        .map(ParameterValue::of)
                        .filter(ParameterValue::holdsSecret)
                        .isPresent();
    }

    /** As a request bears them: the only place where secrets are revealed. */
    Map<String, DeploymentParameter> toBody(Template template, State state) {
        Map<String, Template.Parameter> declared = template.parameters();
        Map<String, DeploymentParameter> body = new LinkedHashMap<>();
        given.forEach((name, input) -> {
            Template.Parameter parameter = declared.get(name);
            boolean text = parameter != null && parameter.type().endsWith("string");
            Object value = ParameterValue.of(input.get(state)).revealed();
            // an absent value stands for the template's own
            if (value != null) {
                boolean one = !(value instanceof Map<?, ?>) && !(value instanceof Collection<?>);
                body.put(
                        parameter == null ? name : parameter.name(),
                        new DeploymentParameter().withValue(text && one ? value.toString() : value));
            }
        });
        return body;
    }
}

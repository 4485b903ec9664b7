// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.azure.resources;

import com.azure.resourcemanager.resources.models.DeploymentParameter;
import io.hybridpipe.Input;
import io.hybridpipe.Key;
import io.hybridpipe.Secret;
import io.hybridpipe.State;
import io.hybridpipe.json.ValueJson;
import io.hybridpipe.json.ValueJson.Hidden;
import io.hybridpipe.retry.StepFailure;
import java.util.ArrayList;
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
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;

/** The values that a caller gives to a template's parameters. Immutable. */
record TemplateParameters(Map<String, Input<?>> given) {
    static final TemplateParameters NONE = new TemplateParameters(Map.of());

    /** How values are read and written, secrets included. */
    static final ValueJson VALUES = ValueJson.hiding(Secret.class, secret -> ((Secret<?>) secret).reveal(), Secret::of);

    TemplateParameters with(String name, Input<?> value) {
        Map<String, Input<?>> more = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        more.putAll(given);
        if (more.put(name, value) != null) {
            throw new IllegalArgumentException("DeployTemplate: parameter '" + name + "' has two values");
        }
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
     * @throws StepFailure a permanent one that names every parameter that is wrong
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

    /** The secret keys that a value is made of. */
    static Stream<Key<?>> secretsOf(Input<?> input) {
        return Stream.concat(input.reads().stream(), input.optionalReads().stream())
                .filter(Key::isSecret);
    }

    private static boolean isSecret(Input<?> input, State state) {
        return secretsOf(input).findAny().isPresent()
                || input.find(state).filter(TemplateParameters::holdsSecret).isPresent();
    }

    private static boolean holdsSecret(@Nullable Object value) {
        if (value instanceof Secret<?> || value instanceof Hidden) {
            return true;
        }
        if (value instanceof Record) {
            return holdsSecret(VALUES.tree(value, value.getClass()));
        }
        if (value instanceof Map<?, ?> map) {
            return map.values().stream().anyMatch(TemplateParameters::holdsSecret);
        }
        if (value instanceof Iterable<?> many) {
            return StreamSupport.stream(many.spliterator(), false).anyMatch(TemplateParameters::holdsSecret);
        }
        return value instanceof Optional<?> maybe
                && maybe.filter(TemplateParameters::holdsSecret).isPresent();
    }

    /** As a request bears them: the only place where secrets are revealed. */
    Map<String, DeploymentParameter> toBody(Template template, State state) {
        Map<String, Template.Parameter> declared = template.parameters();
        Map<String, DeploymentParameter> body = new LinkedHashMap<>();
        given.forEach((name, input) -> {
            Template.Parameter parameter = declared.get(name);
            boolean text = parameter != null && parameter.type().endsWith("string");
            Object value = toJson(input.get(state));
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

    private static @Nullable Object toJson(@Nullable Object value) {
        if (value == null || value instanceof String || value instanceof Number || value instanceof Boolean) {
            return value;
        }
        if (value instanceof Secret<?> secret) {
            return toJson(secret.reveal());
        }
        if (value instanceof Hidden hidden) {
            return toJson(hidden.tree());
        }
        if (value instanceof Optional<?> maybe) {
            return toJson(maybe.orElse(null));
        }
        if (value instanceof Map<?, ?> map) {
            Map<String, @Nullable Object> object = new LinkedHashMap<>();
            map.forEach((key, each) -> object.put(String.valueOf(key), toJson(each)));
            return object;
        }
        if (value instanceof Iterable<?> many) {
            List<@Nullable Object> array = new ArrayList<>();
            many.forEach(each -> array.add(toJson(each)));
            return array;
        }
        return value instanceof Record ? toJson(VALUES.tree(value, value.getClass())) : value.toString();
    }
}

// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.azure.resources;

import com.azure.resourcemanager.resources.fluent.models.DeploymentInner;
import com.azure.resourcemanager.resources.models.DeploymentMode;
import com.azure.resourcemanager.resources.models.DeploymentProperties;
import io.hybridpipe.Contract;
import io.hybridpipe.Input;
import io.hybridpipe.Key;
import io.hybridpipe.Outputs;
import io.hybridpipe.State;
import io.hybridpipe.StepContext;
import io.hybridpipe.azure.AzureAccount;
import io.hybridpipe.azure.NameRule;
import io.hybridpipe.json.Json;
import io.hybridpipe.net.Looks;
import io.hybridpipe.retry.StepFailure;
import java.time.Duration;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The deployment that a caller asks for. Immutable.
 *
 * @param group the resource group
 * @param base how the deployment's name begins; the step's token follows
 * @param within how long it may take
 */
record DeploymentPlan(
        AzureAccount account,
        @Nullable Input<? extends String> group,
        @Nullable Input<? extends String> base,
        TemplateText template,
        TemplateParameters parameters,
        Map<String, Output<?>> outputs,
        Duration within) {
    private static final String STEP = "DeployTemplate";

    /** Packages and enclosing classes before the names of classes. */
    private static final Pattern PACKAGES = Pattern.compile("[\\w.$]+[.$](?=\\w)");

    /** How one of the template's outputs becomes a value under a key. */
    record Output<T>(Key<T> key, Function<Object, ? extends T> reader) {

        /** The value as the key's type has it in JSON. */
        static <T> Output<T> typed(Key<T> key) {
            return new Output<>(key, value -> {
                T read = typed(value, key);
                if (read instanceof Collection<?> all && all.stream().anyMatch(Objects::isNull)) {
                    throw new IllegalArgumentException("it is a list with nothing in one of its places");
                }
                return read;
            });
        }

        /** What a parser makes of the value's text: of a list or object its JSON. */
        static <T> Output<T> parsed(Key<T> key, Function<? super String, ? extends T> parser) {
            return new Output<>(key, value -> {
                T made = parser.apply(
                        value instanceof Map<?, ?> || value instanceof Iterable<?>
                                ? Json.compact().write(value)
                                : value.toString());
                if (made == null) {
                    throw new IllegalArgumentException("its parser returned nothing");
                }
                return made;
            });
        }

        @SuppressWarnings("unchecked") // it is read as the key's type
        private static <T> T typed(Object value, Key<T> key) {
            try {
                return (T) ParameterValue.JSON.value(value, key.type());
            } catch (IllegalArgumentException unreadable) {
                String type = PACKAGES.matcher(key.type().getTypeName()).replaceAll("");
                throw new IllegalArgumentException("it is " + kind(value) + " that is no " + type, unreadable);
            }
        }

        private static String kind(Object value) {
            if (value instanceof Map<?, ?>) {
                return "an object";
            }
            return value instanceof Iterable<?>
                    ? "a list"
                    : value instanceof Number ? "a number" : value instanceof Boolean ? "a boolean" : "a text";
        }

        Outputs addTo(Outputs outputs, Object value, String where) {
            try {
                return outputs.and(key, reader.apply(value));
            } catch (RuntimeException unreadable) {
                // not its message for a secret key: parsers quote what they could not read
                String why = key.isSecret() ? unreadable.getClass().getSimpleName() : unreadable.getMessage();
                throw StepFailure.permanent(where + " cannot be read as '" + key + "': " + why);
            }
        }
    }

    static DeploymentPlan in(AzureAccount account) {
        return new DeploymentPlan(
                account, null, null, TemplateText.MISSING, TemplateParameters.NONE, Map.of(), Duration.ofMinutes(50));
    }

    DeploymentPlan inGroup(Input<? extends String> resourceGroup) {
        return new DeploymentPlan(
                account, NameRule.RESOURCE_GROUP.in(STEP, resourceGroup), base, template, parameters, outputs, within);
    }

    DeploymentPlan named(Input<? extends String> name) {
        return new DeploymentPlan(
                account, group, NameRule.DEPLOYMENT.in(STEP, name), template, parameters, outputs, within);
    }

    DeploymentPlan withTemplate(TemplateText from) {
        return new DeploymentPlan(account, group, base, from, parameters, outputs, within);
    }

    DeploymentPlan withParameter(String name, Input<?> value) {
        return new DeploymentPlan(account, group, base, template, parameters.with(name, value), outputs, within);
    }

    DeploymentPlan withOutput(String name, Output<?> output) {
        Map<String, Output<?>> more = new LinkedHashMap<>(outputs);
        if (more.putIfAbsent(name, output) != null) {
            throw new IllegalArgumentException(STEP + ": output '" + name + "' has two keys");
        }
        return new DeploymentPlan(account, group, base, template, parameters, more, within);
    }

    DeploymentPlan on(AzureAccount changed) {
        return new DeploymentPlan(changed, group, base, template, parameters, outputs, within);
    }

    DeploymentPlan within(Duration time) {
        return new DeploymentPlan(account, group, base, template, parameters, outputs, Looks.positive(time, "within"));
    }

    Contract contract() {
        if (template.isMissing()) {
            throw new IllegalStateException(STEP + ": call template(..) or templateFrom(..)");
        }
        return Contract.of(STEP)
                .reading(groupInput(), baseInput())
                .reading(template.reads())
                .reading(parameters.reads())
                .writing(outputs.values().stream().map(Output::key).toArray(Key<?>[]::new));
    }

    Input<? extends String> groupInput() {
        return given(group, "resourceGroup(..)");
    }

    Input<? extends String> baseInput() {
        return given(base, "named(..)");
    }

    private static Input<? extends String> given(@Nullable Input<? extends String> input, String method) {
        if (input == null) {
            throw new IllegalStateException(STEP + ": call " + method);
        }
        return input;
    }

    /**
     * Checks what can be checked of the template by now: its parameters, and that it has the outputs that are asked for.
     *
     * @throws StepFailure a permanent one that names all that is wrong
     */
    void check(Template made, State state) {
        parameters.check(made, state);
        Set<String> declared = made.outputs();
        Set<String> unknown = new TreeSet<>(outputs.keySet());
        unknown.removeAll(declared);
        if (!unknown.isEmpty()) {
            throw StepFailure.permanent(made + " has the outputs " + declared + "; it does not know " + unknown);
        }
    }

    /** The deployment of a step: each attempt has the same one. */
    DeploymentCalls calls(State state, StepContext context) {
        return new DeploymentCalls(
                account, context, groupInput().get(state), baseInput().get(state) + "-" + context.token());
    }

    /** What is sent to have the template deployed, under these tags. */
    DeploymentInner toBody(Template made, State state, Map<String, String> tags) {
        return new DeploymentInner()
                .withTags(tags)
                .withProperties(new DeploymentProperties()
                        .withMode(DeploymentMode.INCREMENTAL)
                        .withTemplate(made.body())
                        .withParameters(parameters.toBody(made, state)));
    }

    /** The values under the caller's keys; an output that is missing or that cannot be read is a permanent failure. */
    Outputs toOutputs(Map<?, ?> there, String deployment) {
        Outputs result = Outputs.none();
        for (Map.Entry<String, Output<?>> wanted : outputs.entrySet()) {
            String name = wanted.getKey();
            if (!(there.get(name) instanceof Map<?, ?> said)) {
                throw StepFailure.permanent(deployment + " has no output '" + name + "', only "
                        + there.keySet().stream().map(String::valueOf).sorted().toList() + " (" + account.where()
                        + ")");
            }
            Object value = said.get("value");
            if (value == null) {
                throw StepFailure.permanent(deployment + ": output '" + name + "' (" + said.get("type")
                        + ") comes without a value: Azure keeps secure ones to itself (" + account.where() + ")");
            }
            result = wanted.getValue().addTo(result, value, deployment + ": output '" + name + "'");
        }
        return result;
    }
}

// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.aws.cloudformation;

import io.hybridpipe.Contract;
import io.hybridpipe.Input;
import io.hybridpipe.Key;
import io.hybridpipe.Outputs;
import io.hybridpipe.Secret;
import io.hybridpipe.State;
import io.hybridpipe.aws.AwsAccount;
import io.hybridpipe.retry.StepFailure;
import java.time.Duration;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import software.amazon.awssdk.services.cloudformation.model.CreateStackRequest;
import software.amazon.awssdk.services.cloudformation.model.Parameter;
import software.amazon.awssdk.services.cloudformation.model.Stack;
import software.amazon.awssdk.services.cloudformation.model.Tag;

/** The stack that a caller asks for: what the steps and scopes of this package are told. Immutable. */
record StackPlan(
        AwsAccount account,
        Input<? extends String> name,
        Optional<Input<? extends String>> template,
        Map<String, Input<?>> parameters,
        Map<String, Output<?>> outputs,
        Set<String> capabilities,
        Duration pollEvery) {

    /** How one of the stack's outputs becomes a value under a key. */
    record Output<T>(Key<T> key, Function<? super String, ? extends T> parser) {
        Outputs addTo(Outputs outputs, String text, String where) {
            try {
                return outputs.and(key, parser.apply(text));
            } catch (RuntimeException unreadable) {
                // not its message for a secret key: parsers quote what they could not read
                String why = key.isSecret() ? unreadable.getClass().getSimpleName() : unreadable.getMessage();
                throw StepFailure.permanent(where + " cannot be read as '" + key + "': " + why);
            }
        }
    }

    static StackPlan in(AwsAccount account) {
        Input<String> nameless = Input.value("");
        return new StackPlan(account, nameless, Optional.empty(), Map.of(), Map.of(), Set.of(), Duration.ofSeconds(3));
    }

    StackPlan withName(Input<? extends String> name) {
        return new StackPlan(account, name, template, parameters, outputs, capabilities, pollEvery);
    }

    StackPlan withTemplate(Input<? extends String> template) {
        return new StackPlan(account, name, Optional.of(template), parameters, outputs, capabilities, pollEvery);
    }

    StackPlan withParameter(String parameter, Input<?> value) {
        Map<String, Input<?>> all = new LinkedHashMap<>(parameters);
        all.put(parameter, value);
        return new StackPlan(account, name, template, all, outputs, capabilities, pollEvery);
    }

    <T> StackPlan withOutput(String output, Key<T> key, Function<? super String, ? extends T> parser) {
        Map<String, Output<?>> all = new LinkedHashMap<>(outputs);
        all.put(output, new Output<>(key, parser));
        return new StackPlan(account, name, template, parameters, all, capabilities, pollEvery);
    }

    StackPlan withCapabilities(Collection<String> more) {
        Set<String> all = new LinkedHashSet<>(capabilities);
        all.addAll(more);
        return new StackPlan(account, name, template, parameters, outputs, all, pollEvery);
    }

    StackPlan withPollEvery(Duration interval) {
        if (interval.isNegative() || interval.isZero()) {
            throw new IllegalArgumentException("poll interval is " + interval + ", it must be positive");
        }
        return new StackPlan(account, name, template, parameters, outputs, capabilities, interval);
    }

    Contract contract(String type) {
        Contract contract = Contract.of(type).reading(name);
        if (template.isPresent()) {
            contract = contract.reading(template.get());
        }
        return contract.reading(parameters.values().toArray(Input<?>[]::new))
                .writing(outputs.values().stream().map(Output::key).toArray(Key<?>[]::new));
    }

    String name(State state) {
        return name.get(state);
    }

    CreateStackRequest toRequest(State state, Map<String, String> tags, String token) {
        return CreateStackRequest.builder()
                .stackName(name(state))
                .templateBody(template.<String>map(text -> text.get(state))
                        .orElseThrow(() -> StepFailure.permanent("stack " + name(state) + " has no template")))
                .parameters(parameters.entrySet().stream()
                        .map(each -> toParameter(each.getKey(), each.getValue().get(state)))
                        .toList())
                .tags(tags.entrySet().stream()
                        .map(tag -> Tag.builder()
                                .key(tag.getKey())
                                .value(tag.getValue())
                                .build())
                        .toList())
                .capabilitiesWithStrings(capabilities)
                .clientRequestToken(token)
                .build();
    }

    /** The values under the caller's keys; a stack that lacks one, or has one that cannot be read, is a permanent failure. */
    Outputs toOutputs(Stack stack) {
        Map<String, String> there = stack.outputs().stream()
                .collect(Collectors.toMap(output -> output.outputKey(), output -> output.outputValue()));
        Outputs result = Outputs.none();
        for (Map.Entry<String, Output<?>> wanted : outputs.entrySet()) {
            String where = "stack " + stack.stackName() + " in " + account.where();
            String text = there.get(wanted.getKey());
            if (text == null) {
                throw StepFailure.permanent(where + " has no output '" + wanted.getKey() + "', only "
                        + there.keySet().stream().sorted().toList());
            }
            result = wanted.getValue().addTo(result, text, where + ": output '" + wanted.getKey() + "'");
        }
        return result;
    }

    private static Parameter toParameter(String key, Object value) {
        return Parameter.builder()
                .parameterKey(key)
                .parameterValue(toText(value))
                .build();
    }

    private static String toText(Object value) {
        if (value instanceof Secret<?> secret) {
            return toText(secret.reveal());
        }
        if (value instanceof List<?> list) {
            return list.stream().map(StackPlan::toText).collect(Collectors.joining(","));
        }
        return value.toString();
    }
}

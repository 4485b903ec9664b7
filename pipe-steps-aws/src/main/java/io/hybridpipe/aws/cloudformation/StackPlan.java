// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.aws.cloudformation;

import io.hybridpipe.Contract;
import io.hybridpipe.Input;
import io.hybridpipe.Key;
import io.hybridpipe.Outputs;
import io.hybridpipe.State;
import io.hybridpipe.aws.AwsAccount;
import io.hybridpipe.net.Looks;
import io.hybridpipe.retry.StepFailure;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import software.amazon.awssdk.services.cloudformation.model.Stack;

/**
 * The stack that a caller asks for: what the steps and scopes of this package are told. Immutable.
 *
 * @param manner what it does with a stack that is there or not
 * @param within how long the stack may take to be made or updated
 */
record StackPlan(
        AwsAccount account,
        Manner manner,
        Input<? extends String> name,
        StackInput input,
        Map<String, Output<?>> outputs,
        Duration pollEvery,
        Duration within) {

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

    static StackPlan in(AwsAccount account, Manner manner) {
        return new StackPlan(
                account,
                manner,
                Input.value(""),
                StackInput.nothing(),
                Map.of(),
                Duration.ofSeconds(3),
                Duration.ofMinutes(50));
    }

    StackPlan withManner(Manner manner) {
        return new StackPlan(account, manner, name, input, outputs, pollEvery, within);
    }

    StackPlan withName(Input<? extends String> name) {
        return new StackPlan(account, manner, name, input, outputs, pollEvery, within);
    }

    StackPlan withInput(UnaryOperator<StackInput> change) {
        return new StackPlan(account, manner, name, change.apply(input), outputs, pollEvery, within);
    }

    <T> StackPlan withOutput(String output, Key<T> key, Function<? super String, ? extends T> parser) {
        Map<String, Output<?>> all = new LinkedHashMap<>(outputs);
        all.put(output, new Output<>(key, parser));
        return new StackPlan(account, manner, name, input, all, pollEvery, within);
    }

    StackPlan withPollEvery(Duration interval) {
        return new StackPlan(account, manner, name, input, outputs, Looks.positive(interval, "poll interval"), within);
    }

    StackPlan withWithin(Duration time) {
        return new StackPlan(account, manner, name, input, outputs, pollEvery, Looks.positive(time, "within"));
    }

    Contract contract(String type) {
        return input.readBy(Contract.of(type).reading(name))
                .writing(outputs.values().stream().map(Output::key).toArray(Key<?>[]::new));
    }

    String name(State state) {
        return name.get(state);
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
}

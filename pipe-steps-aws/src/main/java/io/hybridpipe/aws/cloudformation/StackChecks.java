// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.aws.cloudformation;

import io.hybridpipe.State;
import io.hybridpipe.StepContext;
import io.hybridpipe.retry.StepFailure;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import reactor.core.publisher.Mono;
import software.amazon.awssdk.services.cloudformation.model.Parameter;
import software.amazon.awssdk.services.cloudformation.model.Stack;
import software.amazon.awssdk.services.cloudformation.model.TemplateParameter;

/** What can be told of a stack before the run: by reading only. */
record StackChecks(StackPlan plan, StackCalls calls) {
    private static final Pattern NAME = Pattern.compile("[a-zA-Z][-a-zA-Z0-9]{0,127}");

    /** Checks the credentials, the template and its parameters if it is known; emits the stack of that name if there is one. */
    Mono<Stack> check(State state, StepContext context) {
        return plan.account()
                .identity(calls.calls())
                .then(Mono.defer(() -> Mono.justOrEmpty(plan.name().find(state))))
                .flatMap(this::getStack)
                .map(Optional::of)
                .defaultIfEmpty(Optional.empty())
                .delayUntil(there -> checkTemplate(state, context, getKept(there)))
                .flatMap(Mono::justOrEmpty);
    }

    /** The parameters that an update leaves as they are if the caller does not name them. */
    private Set<String> getKept(Optional<Stack> there) {
        return there.filter(stack -> plan.manner().updating())
                .map(stack ->
                        stack.parameters().stream().map(Parameter::parameterKey).collect(Collectors.toSet()))
                .orElse(Set.of());
    }

    private Mono<Void> checkTemplate(State state, StepContext context, Set<String> kept) {
        return plan.input()
                .template()
                .find(state, context)
                .flatMap(calls::requestValidate)
                .flatMap(declared -> checkParameters(declared, kept));
    }

    private Mono<Void> checkParameters(List<TemplateParameter> declared, Set<String> kept) {
        Set<String> given = plan.input().parameters().keySet();
        List<String> names =
                declared.stream().map(TemplateParameter::parameterKey).sorted().toList();
        List<String> lacking = declared.stream()
                .filter(parameter -> parameter.defaultValue() == null)
                .map(TemplateParameter::parameterKey)
                .filter(name -> !given.contains(name) && !kept.contains(name))
                .sorted()
                .toList();
        List<String> unknown =
                given.stream().filter(name -> !names.contains(name)).sorted().toList();
        // some emulators list no parameters whatever the template; then the deployment has the word
        if (declared.isEmpty() || lacking.isEmpty() && unknown.isEmpty()) {
            return Mono.empty();
        }
        return Mono.error(StepFailure.permanent("the template takes the parameters " + names
                + (lacking.isEmpty() ? "" : "; no value is given for " + lacking)
                + (unknown.isEmpty() ? "" : "; it does not know " + unknown)));
    }

    private Mono<Stack> getStack(String name) {
        return NAME.matcher(name).matches()
                ? calls.getStack(name)
                : Mono.error(StepFailure.permanent("stack name '" + name + "' must match " + NAME));
    }
}

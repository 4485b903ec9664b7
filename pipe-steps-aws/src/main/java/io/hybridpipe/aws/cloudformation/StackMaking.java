// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.aws.cloudformation;

import io.hybridpipe.State;
import io.hybridpipe.StepContext;
import io.hybridpipe.aws.AwsFailures;
import io.hybridpipe.retry.StepFailure;
import java.util.Map;
import java.util.Set;
import reactor.core.publisher.Mono;
import software.amazon.awssdk.services.cloudformation.model.ChangeSetType;
import software.amazon.awssdk.services.cloudformation.model.CreateChangeSetRequest;
import software.amazon.awssdk.services.cloudformation.model.CreateStackRequest;
import software.amazon.awssdk.services.cloudformation.model.DescribeChangeSetResponse;
import software.amazon.awssdk.services.cloudformation.model.Stack;

/**
 * One attempt at a stack that is not there: in one call, or through a change set. Its tags say whose it is, and its tokens make
 * a repeated request the same one.
 */
record StackMaking(StackPlan plan, StackCalls calls, StackWaits waits, ChangeSets sets, StackFailures failures) {
    private static final Set<String> BEING_MADE = Set.of("CREATE_IN_PROGRESS", "REVIEW_IN_PROGRESS");

    /** Makes the stack; empty if somebody deleted it meanwhile, or had deleted the one that the token stands for. */
    Mono<Stack> make(State state, StepContext context, Map<String, String> tags, String token) {
        return plan.input()
                .template()
                .text(state, context)
                .flatMap(template -> plan.manner().reviewing()
                        ? throughChangeSet(toChangeSetRequest(template, state, tags, token), context)
                        : directly(toRequest(template, state, tags, token), context));
    }

    private Mono<Stack> directly(CreateStackRequest request, StepContext context) {
        return calls.requestCreate(request, context).flatMap(id -> waitUntilMade(request.stackName(), id, context, 0));
    }

    private Mono<Stack> throughChangeSet(CreateChangeSetRequest request, StepContext context) {
        return sets.make(request, made -> context.made(calls.toResource(request.stackName(), made.stackId())))
                .delayUntil(
                        set -> check(set).then(Mono.defer(() -> sets.execute(set, tokenOf(set.stackId(), context)))))
                .flatMap(set -> waitUntilMade(set.stackName(), set.stackId(), context, ChangeSets.size(set)));
    }

    /** Of the step and the stack: the token of an execution is not taken for that of a stack which somebody has deleted. */
    static String tokenOf(String stackId, StepContext context) {
        return context.token() + "-" + Integer.toHexString(stackId.hashCode());
    }

    private Mono<Void> check(DescribeChangeSetResponse set) {
        return set.statusAsString().equals("FAILED")
                ? Mono.error(
                        StepFailure.permanent(calls.shown(set.stackName()) + " cannot be made: " + set.statusReason()))
                : Mono.empty();
    }

    /** The stack once it is made; empty when it is deleted. */
    Mono<Stack> waitUntilMade(String name, String id, StepContext context, int size) {
        return waits.whileIn(
                        BEING_MADE::contains, name, id, plan.within(), new StackProgress(calls, context, size, "", ""))
                .flatMap(stack ->
                        stack.stackStatusAsString().equals("CREATE_COMPLETE") ? Mono.just(stack) : failures.of(stack))
                .switchIfEmpty(Mono.fromRunnable(() -> context.gone(calls.toResource(name, id))));
    }

    /** Whether the failure says that the name or the token is taken: by this step's own earlier attempt perhaps. */
    static boolean saysTaken(Throwable failure) {
        return AwsFailures.hasCode("AlreadyExistsException", "TokenAlreadyExistsException")
                        .test(failure)
                || AwsFailures.hasCode("ValidationError").test(failure)
                        && String.valueOf(failure.getMessage()).contains("already exists and cannot be created again");
    }

    private CreateStackRequest toRequest(String template, State state, Map<String, String> tags, String token) {
        return CreateStackRequest.builder()
                .stackName(plan.name(state))
                .templateBody(template)
                .parameters(plan.input().toParameters(state))
                .tags(plan.input().toTags(state, tags))
                .capabilitiesWithStrings(plan.input().capabilities())
                .roleARN(plan.input().role().orElse(null))
                .clientRequestToken(token)
                .build();
    }

    private CreateChangeSetRequest toChangeSetRequest(
            String template, State state, Map<String, String> tags, String token) {
        return plan.input().toChangeSet(plan.name(state), token).toBuilder()
                .changeSetType(ChangeSetType.CREATE)
                .templateBody(template)
                .parameters(plan.input().toParameters(state))
                .tags(plan.input().toTags(state, tags))
                .build();
    }
}

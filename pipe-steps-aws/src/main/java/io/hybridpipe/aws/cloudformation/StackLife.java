// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.aws.cloudformation;

import io.hybridpipe.Found;
import io.hybridpipe.Outputs;
import io.hybridpipe.State;
import io.hybridpipe.StepContext;
import io.hybridpipe.StepOptions;
import io.hybridpipe.aws.AwsAccount;
import io.hybridpipe.aws.AwsCalls;
import io.hybridpipe.aws.AwsFailures;
import io.hybridpipe.aws.Owner;
import io.hybridpipe.retry.FailureClass;
import io.hybridpipe.retry.StepFailure;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import reactor.core.publisher.Mono;
import software.amazon.awssdk.services.cloudformation.model.CreateStackRequest;
import software.amazon.awssdk.services.cloudformation.model.Stack;

/**
 * A planned stack from nothing to made, found again, and gone: what {@link DeployStack} and {@link TemporaryStack} share.
 *
 * <p>A stack's name is its identity in an account and region; its tags, set in the create call, say whose it is.
 */
record StackLife(StackPlan plan, StackCalls calls, StackWaits waits, StackDeleting deleting) {
    private static final Pattern MAY_PASS =
            Pattern.compile("(?i)rate exceeded|throttl|RequestLimitExceeded|internal failure|service unavailable");
    private static final Set<String> BEING_MADE = Set.of("CREATE_IN_PROGRESS", "REVIEW_IN_PROGRESS");

    static final StepOptions OPTIONS = AwsAccount.stepOptions()
            .withReconcileTimeout(Duration.ofMinutes(30))
            .withUndoTimeout(StackDeleting.WITHIN);

    static StackLife of(StackPlan plan, AwsCalls aws) {
        StackCalls calls = new StackCalls(plan.account(), aws);
        StackWaits waits = new StackWaits(calls, plan.pollEvery());
        return new StackLife(plan, calls, waits, new StackDeleting(calls, waits));
    }

    /** Makes the stack, or goes on with the one that an earlier attempt of this step has begun. */
    Mono<Outputs> make(State state, StepContext context, Map<String, String> tags) {
        return Mono.defer(() -> calls.getStack(plan.name(state))
                        .flatMap(there -> goOn(there, state, context, tags))
                        .switchIfEmpty(Mono.defer(() -> create(state, context, tags, context.token()))))
                .map(plan::toOutputs);
    }

    /** Looks whether the stack was made; waits while it is on its way to be made or deleted. */
    Mono<Found> look(State state, StepContext context) {
        return Mono.defer(() -> calls.getStack(plan.name(state)))
                .filter(stack -> StackCalls.ownerOf(stack.tags()).isStepOf(context))
                .doOnNext(stack -> context.made(calls.toResource(stack)))
                .flatMap(stack -> waits.whileIn(status -> status.endsWith("_IN_PROGRESS"), stack)
                        .switchIfEmpty(Mono.fromRunnable(() -> context.gone(calls.toResource(stack)))))
                .map(stack -> toFound(stack, context))
                .defaultIfEmpty(Found.absent());
    }

    /** Deletes the stack if this step made it and waits until it is gone. */
    Mono<Void> remove(State state, StepContext context) {
        return Mono.defer(() -> calls.getStack(plan.name(state)))
                .filter(stack -> StackCalls.ownerOf(stack.tags()).isStepOf(context))
                .flatMap(stack -> deleting.delete(stack, context));
    }

    /** Checks the credentials, the template and its parameters if the template is known, and that the name is not taken. */
    Mono<Void> check(State state, StepContext context) {
        return new StackChecks(plan, calls)
                .check(state, context)
                .filter(there -> !StackCalls.ownerOf(there.tags()).isStepOf(context))
                .flatMap(there -> Mono.error(taken(there)));
    }

    private Mono<Stack> create(State state, StepContext context, Map<String, String> tags, String token) {
        return requestCreate(state, context, tags, token)
                .flatMap(id -> waitUntilMade(plan.name(state), id, context))
                .onErrorResume(
                        AwsFailures.hasCode("AlreadyExistsException", "TokenAlreadyExistsException"),
                        taken -> calls.getStack(plan.name(state))
                                .flatMap(there -> goOn(there, state, context, tags))
                                .switchIfEmpty(createUnderAnotherToken(state, context, tags, token, taken)))
                .switchIfEmpty(createUnderAnotherToken(
                        state,
                        context,
                        tags,
                        token,
                        StepFailure.permanent(calls.shown(plan.name(state)) + " was deleted while it was made")));
    }

    /** For the token of a stack that somebody deleted, a sweep perhaps, CloudFormation answers with that stack again. */
    private Mono<Stack> createUnderAnotherToken(
            State state, StepContext context, Map<String, String> tags, String used, Throwable otherwise) {
        String other = context.token() + "-" + context.attempt();
        return Mono.defer(() -> used.equals(other) ? Mono.error(otherwise) : create(state, context, tags, other));
    }

    private Mono<Stack> goOn(Stack there, State state, StepContext context, Map<String, String> tags) {
        Owner owner = StackCalls.ownerOf(there.tags());
        if (!owner.isStepOf(context)) {
            return Mono.error(taken(there));
        }
        context.made(calls.toResource(there));
        String status = there.stackStatusAsString();
        if (owner.isAttemptOf(context) && (status.equals("CREATE_COMPLETE") || status.equals("CREATE_IN_PROGRESS"))) {
            return waitUntilMade(there.stackName(), there.stackId(), context);
        }
        // what is left of an attempt that failed, or from before an undo, cannot become the wanted stack any more
        String token =
                context.token() + "-" + Integer.toHexString(there.stackId().hashCode());
        return deleting.delete(there, context).then(Mono.defer(() -> create(state, context, tags, token)));
    }

    private StepFailure taken(Stack there) {
        return StepFailure.permanent("stack " + there.stackName() + " exists already in "
                + plan.account().where() + " (" + there.stackStatusAsString() + ", "
                + StackCalls.ownerOf(there.tags())
                + "); it is left as it is: delete it or choose another name");
    }

    /** The stack once it is made; empty when it is deleted. */
    private Mono<Stack> waitUntilMade(String name, String id, StepContext context) {
        return waits.whileIn(BEING_MADE::contains, name, id, plan.within(), new StackProgress(calls, context, 0))
                .flatMap(stack ->
                        stack.stackStatusAsString().equals("CREATE_COMPLETE") ? Mono.just(stack) : failure(stack))
                .switchIfEmpty(Mono.fromRunnable(() -> context.gone(calls.toResource(name, id))));
    }

    private Mono<Stack> failure(Stack stack) {
        return calls.requestLatestEvents(stack.stackId()).flatMap(events -> {
            String why = StackEvents.firstFailure(events).orElse("no reason given");
            String line = calls.shown(stack) + " failed (" + stack.stackStatusAsString() + "): " + why;
            FailureClass its = MAY_PASS.matcher(why).find() ? FailureClass.TRANSIENT : FailureClass.PERMANENT;
            return Mono.error(StepFailure.of(its, line));
        });
    }

    private Mono<String> requestCreate(State state, StepContext context, Map<String, String> tags, String token) {
        return plan.input()
                .template()
                .text(state, context)
                .flatMap(template -> calls.requestCreate(
                        CreateStackRequest.builder()
                                .stackName(plan.name(state))
                                .templateBody(template)
                                .parameters(plan.input().toParameters(state))
                                .tags(plan.input().toTags(state, tags))
                                .capabilitiesWithStrings(plan.input().capabilities())
                                .roleARN(plan.input().role().orElse(null))
                                .clientRequestToken(token)
                                .build(),
                        context));
    }

    private Found toFound(Stack stack, StepContext context) {
        boolean made = stack.stackStatusAsString().equals("CREATE_COMPLETE");
        if (!made || !StackCalls.ownerOf(stack.tags()).isAttemptOf(context)) {
            return Found.partly("stack " + stack.stackName() + " is " + stack.stackStatusAsString());
        }
        try {
            return Found.done(plan.toOutputs(stack));
        } catch (StepFailure unusable) {
            return Found.partly(String.valueOf(unusable.getMessage()));
        }
    }
}

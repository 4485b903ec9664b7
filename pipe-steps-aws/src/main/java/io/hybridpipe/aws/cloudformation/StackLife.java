// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.aws.cloudformation;

import io.hybridpipe.Found;
import io.hybridpipe.Outputs;
import io.hybridpipe.State;
import io.hybridpipe.StepContext;
import io.hybridpipe.StepOptions;
import io.hybridpipe.aws.AwsAccount;
import io.hybridpipe.aws.AwsCalls;
import io.hybridpipe.net.Owner;
import io.hybridpipe.retry.StepFailure;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import reactor.core.publisher.Mono;
import software.amazon.awssdk.services.cloudformation.model.Stack;

/**
 * A planned stack from nothing to made, found again, and gone: what {@link DeployStack} and {@link TemporaryStack} share.
 *
 * <p>A stack's name is its identity in an account and region; its tags, set in the create call, say whose it is.
 */
record StackLife(
        StackPlan plan,
        StackCalls calls,
        ChangeSets sets,
        StackMaking making,
        StackUpdating updating,
        StackDeleting deleting) {
    private static final Pattern MADE = Pattern.compile("(CREATE|UPDATE|UPDATE_ROLLBACK)_COMPLETE");

    /** An hour beside the time of the stack: for a wait before it, its change set, and pauses between attempts. */
    static StepOptions options(StackPlan plan) {
        return AwsAccount.stepOptions()
                .withStepTimeout(plan.within().plusHours(1))
                .withReconcileTimeout(Duration.ofMinutes(30))
                .withUndoTimeout(StackDeleting.WITHIN);
    }

    static StackLife of(StackPlan plan, AwsCalls aws) {
        StackCalls calls = new StackCalls(plan.account(), aws);
        StackWaits waits = new StackWaits(calls, plan.pollEvery());
        ChangeSets sets = new ChangeSets(calls, plan.pollEvery());
        StackFailures failures = new StackFailures(calls, waits);
        return new StackLife(
                plan,
                calls,
                sets,
                new StackMaking(plan, calls, waits, sets, failures),
                new StackUpdating(plan, calls, waits, sets, failures),
                new StackDeleting(calls, waits));
    }

    /** Makes the stack, goes on with the one that an earlier attempt of this step has begun, or updates it. */
    Mono<Outputs> make(State state, StepContext context, Map<String, String> tags) {
        return Mono.defer(() -> getStack(state, context))
                .flatMap(there -> goOn(there, state, context, tags))
                .switchIfEmpty(Mono.defer(() -> create(state, context, tags, context.token())))
                .map(plan::toOutputs);
    }

    /** Looks whether the stack was made or updated; waits while it is on its way. */
    Mono<Found> look(State state, StepContext context) {
        return Mono.defer(() -> getStack(state, context))
                .flatMap(there -> {
                    if (there.owner().isStepOf(context)) {
                        return lookAtOwn(there.stack(), there.owner(), context);
                    }
                    if (isReview(there.stack())) {
                        return sets.unexecuted(there.stack(), List.of(context.token()))
                                .next()
                                .map(set -> Found.partly("change set " + set.changeSetName() + " is not executed"))
                                .defaultIfEmpty(Found.absent());
                    }
                    return plan.manner().updating()
                            ? updating.look(there.stack(), context, this::toFound)
                            : Mono.just(Found.absent());
                })
                .defaultIfEmpty(Found.absent());
    }

    /** Deletes the stack if this step made it and waits until it is gone, or brings back what this step updated. */
    Mono<Void> remove(State state, StepContext context) {
        return Mono.defer(() -> getStack(state, context))
                .flatMap(there -> (there.owner().isStepOf(context)
                                ? deleting.deleteWhole(there.stack(), context)
                                : takeBack(there.stack(), context))
                        .thenReturn(there))
                .switchIfEmpty(Mono.defer(() -> deleting.tellRemainsWhole(plan.name(state), context))
                        .then(Mono.empty()))
                .then();
    }

    private Mono<Void> takeBack(Stack stack, StepContext context) {
        if (isReview(stack)) {
            return withdraw(stack, context);
        }
        return deleting.tellRemainsWhole(stack.stackName(), context)
                .then(Mono.defer(() -> plan.manner().updating() ? updating.takeBack(stack, context) : Mono.empty()));
    }

    /** Of a stack that others want to make too this step's change sets go; the stack goes with the last one. */
    private Mono<Void> withdraw(Stack stack, StepContext context) {
        boolean made = deleting.written(context).stream().anyMatch(calls.toResource(stack)::isSameAs);
        return sets.unexecuted(stack, List.of(context.token()))
                .concatMap(
                        set -> sets.delete(stack.stackId(), set.changeSetId()).thenReturn(set))
                .count()
                .filter(own -> own > 0 || made)
                .flatMap(own -> sets.isWithout(stack))
                .flatMap(last -> last
                        ? deleting.deleteWhole(stack, context)
                        : Mono.fromRunnable(() -> context.gone(calls.toResource(stack))));
    }

    /** Checks the credentials, the template and its parameters if the template is known, and that the name is not taken. */
    Mono<Void> check(State state, StepContext context) {
        return new StackChecks(plan, calls)
                .check(state, context)
                .flatMap(stack -> owned(stack, context))
                .filter(there -> !there.owner().isStepOf(context) && !mayReplace(there.stack()))
                .flatMap(there -> mayUpdate(there.stack()) ? updating.check(there.stack()) : Mono.error(taken(there)));
    }

    private Mono<Stack> goOn(Owned there, State state, StepContext context, Map<String, String> tags) {
        Stack stack = there.stack();
        if (there.owner().isStepOf(context)) {
            context.made(calls.toResource(stack));
            return there.owner().isAttemptOf(context)
                    ? goOnWithOwn(stack, state, context, tags)
                    : replace(stack, state, context, tags);
        }
        if (mayReplace(stack)) {
            context.progress(
                    0,
                    0,
                    "stack " + stack.stackName() + ", " + there.owner()
                            + ", could not be made and holds nothing: it is deleted and made again");
            return replace(stack, state, context, tags);
        }
        return mayUpdate(stack) ? updating.update(stack, state, context) : Mono.error(taken(there));
    }

    private Mono<Stack> goOnWithOwn(Stack stack, State state, StepContext context, Map<String, String> tags) {
        String status = stack.stackStatusAsString();
        if (MADE.matcher(status).matches()) {
            return Mono.just(stack);
        }
        return status.equals("CREATE_IN_PROGRESS")
                ? waitUntilMade(stack, state, context, tags)
                : replace(stack, state, context, tags);
    }

    private Mono<Stack> waitUntilMade(Stack stack, State state, StepContext context, Map<String, String> tags) {
        return making.waitUntilMade(stack.stackName(), stack.stackId(), context, 0)
                .switchIfEmpty(
                        Mono.defer(() -> create(state, context, tags, StackMaking.tokenOf(stack.stackId(), context))));
    }

    /** What is left of an attempt that failed, or from before an undo, cannot become the wanted stack any more. */
    private Mono<Stack> replace(Stack stack, State state, StepContext context, Map<String, String> tags) {
        return deleting.delete(stack, context)
                .then(Mono.defer(() -> create(state, context, tags, StackMaking.tokenOf(stack.stackId(), context))));
    }

    private Mono<Stack> create(State state, StepContext context, Map<String, String> tags, String token) {
        StepFailure deleted = StepFailure.permanent(calls.shown(plan.name(state)) + " was deleted while it was made");
        return making.make(state, context, tags, token)
                .onErrorResume(StackMaking::saysTaken, taken -> getStack(state, context)
                        .flatMap(there -> goOn(there, state, context, tags))
                        .switchIfEmpty(createUnderAnotherToken(state, context, tags, token, taken)))
                .switchIfEmpty(createUnderAnotherToken(state, context, tags, token, deleted));
    }

    /** For the token of a stack that somebody deleted, a sweep perhaps, CloudFormation answers with that stack again. */
    private Mono<Stack> createUnderAnotherToken(
            State state, StepContext context, Map<String, String> tags, String used, Throwable otherwise) {
        String other = context.token() + "-" + context.attempt();
        return Mono.defer(() -> used.equals(other) ? Mono.error(otherwise) : create(state, context, tags, other));
    }

    private Mono<Found> lookAtOwn(Stack stack, Owner owner, StepContext context) {
        context.made(calls.toResource(stack));
        // one that waits for its change set would wait for ever
        boolean waits = !isReview(stack);
        return (waits ? making.waits().whileIn(status -> status.endsWith("_IN_PROGRESS"), stack) : Mono.just(stack))
                .map(settled -> owner.isAttemptOf(context) ? toFound(settled) : partly(settled))
                .switchIfEmpty(Mono.fromRunnable(() -> context.gone(calls.toResource(stack))));
    }

    private Found toFound(Stack stack) {
        if (!MADE.matcher(stack.stackStatusAsString()).matches()) {
            return partly(stack);
        }
        try {
            return Found.done(plan.toOutputs(stack));
        } catch (StepFailure unusable) {
            return Found.partly(String.valueOf(unusable.getMessage()));
        }
    }

    private static Found partly(Stack stack) {
        return Found.partly("stack " + stack.stackName() + " is " + stack.stackStatusAsString());
    }

    private boolean mayReplace(Stack stack) {
        return plan.manner().replacing() && stack.stackStatusAsString().equals("ROLLBACK_COMPLETE");
    }

    private boolean mayUpdate(Stack stack) {
        return plan.manner().updating() && !isReview(stack);
    }

    private static boolean isReview(Stack stack) {
        return stack.stackStatusAsString().equals("REVIEW_IN_PROGRESS");
    }

    private StepFailure taken(Owned there) {
        return StepFailure.permanent("stack " + there.stack().stackName() + " exists already in "
                + plan.account().where() + " (" + there.stack().stackStatusAsString() + ", " + there.owner()
                + "); it is left as it is: delete it or choose another name"
                + (plan.manner().replacing() && !plan.manner().updating() ? ", or permit updating()" : ""));
    }

    /** A stack and whose it is. */
    private record Owned(Stack stack, Owner owner) {}

    private Mono<Owned> getStack(State state, StepContext context) {
        return calls.getStack(plan.name(state)).flatMap(stack -> owned(stack, context));
    }

    private Mono<Owned> owned(Stack stack, StepContext context) {
        return sets.ownerOf(stack, context).map(owner -> new Owned(stack, owner));
    }
}

// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.aws.cloudformation;

import io.hybridpipe.Contract;
import io.hybridpipe.Effect;
import io.hybridpipe.Found;
import io.hybridpipe.Input;
import io.hybridpipe.Outputs;
import io.hybridpipe.State;
import io.hybridpipe.Step;
import io.hybridpipe.StepContext;
import io.hybridpipe.aws.AwsAccount;
import io.hybridpipe.event.Resource;
import java.time.Duration;
import reactor.core.publisher.Mono;
import software.amazon.awssdk.services.cloudformation.model.Stack;

/**
 * Deletes a CloudFormation stack, whoever made it, and waits until it is gone.
 *
 * <p><b>Reads</b> the input of the name; <b>writes</b> nothing. <b>Idempotent:</b> a stack that is not there is a success. The stack's id
 * is written down before it is deleted, so that a later try or process never deletes another one that got its name meanwhile.
 * <b>Retries:</b> throttling, lost connections, and a deletion that failed; the message names what holds it. It cannot be
 * <b>undone</b>. What the stack leaves, resources that its template retains and those that could not be deleted, is told as if
 * the step had made it, with kind and id: the report lists it among the resources that are there. Calls and needs {@code cloudformation:} DescribeStacks, DescribeStackEvents, DeleteStack. Immutable.
 */
public final class DeleteStack implements Step {
    private final StackPlan plan;

    private DeleteStack(StackPlan plan) {
        this.plan = plan;
    }

    /** Starts the description of a deletion in this account and region. */
    public static DeleteStack in(AwsAccount account) {
        return new DeleteStack(StackPlan.in(account, Manner.ofScope()));
    }

    /** The stack's name. */
    public DeleteStack named(String name) {
        return named(Input.value(name));
    }

    /** The stack's name. */
    public DeleteStack named(Input<? extends String> name) {
        return new DeleteStack(plan.withName(name));
    }

    /** How long to wait between two looks at the stack; defaults to three seconds. */
    public DeleteStack pollEvery(Duration interval) {
        return new DeleteStack(plan.withPollEvery(interval));
    }

    @Override
    public Contract contract() {
        return plan.contract("DeleteStack").withEffect(Effect.irreversible("a deleted stack cannot be brought back"));
    }

    @Override
    public Mono<Outputs> run(State state, StepContext context) {
        StackLife life = life(context);
        return Mono.defer(() -> getStack(life, state, context))
                // written down before the call: the next try deletes this one and no other of its name
                .doOnNext(stack -> context.made(life.calls().toResource(stack)))
                .flatMap(stack -> life.deleting().delete(stack, context))
                .switchIfEmpty(Mono.defer(() -> life.deleting().tellRemains(context)))
                .thenReturn(Outputs.none());
    }

    /** Done when the stack is gone; one that is still there, in deletion too, is simply deleted again. */
    @Override
    public Mono<Found> reconcile(State state, StepContext context) {
        StackLife life = life(context);
        return Mono.defer(() -> getStack(life, state, context))
                .map(stack -> Found.absent())
                .switchIfEmpty(
                        Mono.defer(() -> life.deleting().tellRemains(context)).map(told -> Found.done(Outputs.none())));
    }

    @Override
    public Mono<Void> preflight(State state, StepContext context) {
        return plan.account().identity(plan.account().calls(context)).then();
    }

    /** The stack that an earlier try began to delete; for a first try the one of that name. */
    private Mono<Stack> getStack(StackLife life, State state, StepContext context) {
        return life.calls()
                .getStack(life.deleting().written(context).stream()
                        .findFirst()
                        .map(Resource::id)
                        .orElseGet(() -> plan.name(state)));
    }

    private StackLife life(StepContext context) {
        return StackLife.of(plan, plan.account().calls(context));
    }
}

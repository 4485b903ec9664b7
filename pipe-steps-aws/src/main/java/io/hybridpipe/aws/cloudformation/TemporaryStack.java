// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.aws.cloudformation;

import io.hybridpipe.Contract;
import io.hybridpipe.Found;
import io.hybridpipe.Input;
import io.hybridpipe.Key;
import io.hybridpipe.Outputs;
import io.hybridpipe.Scope;
import io.hybridpipe.State;
import io.hybridpipe.StepContext;
import io.hybridpipe.StepOptions;
import io.hybridpipe.aws.AwsAccount;
import io.hybridpipe.event.Resource;
import io.hybridpipe.net.Owner;
import io.hybridpipe.net.Sweep;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.function.Function;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * A CloudFormation stack that exists only while the elements inside run.
 *
 * <p>Open makes it as {@link DeployStack} does; close deletes it and waits until it is gone. The tag
 * {@code hybridpipe:expires} says until when it is wanted, so that a stack left by a dead process can be found. <b>Reads</b>,
 * <b>writes</b>, idempotence, retries, calls and permissions are those of {@link DeployStack}; the keys of its outputs are
 * visible only inside. Immutable.
 */
public final class TemporaryStack implements Scope {
    private final StackPlan plan;
    private final Duration expiry;

    private TemporaryStack(StackPlan plan, Duration expiry) {
        this.plan = plan;
        this.expiry = expiry;
    }

    /** Starts the description of a stack in this account and region. */
    public static TemporaryStack in(AwsAccount account) {
        return new TemporaryStack(StackPlan.in(account, Manner.ofScope()), Duration.ofHours(1));
    }

    /** The stack's name. */
    public TemporaryStack named(String name) {
        return named(Input.value(name));
    }

    /** The stack's name. */
    public TemporaryStack named(Input<? extends String> name) {
        return new TemporaryStack(plan.withName(name), expiry);
    }

    /** The template's text, JSON or YAML, at most 51,200 bytes. */
    public TemporaryStack template(String text) {
        return template(Input.value(text));
    }

    /** The template's text, JSON or YAML, at most 51,200 bytes. */
    public TemporaryStack template(Input<? extends String> text) {
        return new TemporaryStack(plan.withInput(input -> input.withTemplate(StackTemplate.of(text))), expiry);
    }

    /** A parameter of the template with a fixed value. */
    public TemporaryStack parameter(String name, String value) {
        return parameter(name, Input.value(value));
    }

    /** A parameter of the template: the value's text, a list's joined by commas, a secret's revealed. */
    public TemporaryStack parameter(String name, Input<?> value) {
        return new TemporaryStack(plan.withInput(input -> input.withParameter(name, value)), expiry);
    }

    /** Writes an output of the stack under the key. */
    public TemporaryStack output(String name, Key<String> key) {
        return output(name, key, Function.identity());
    }

    /** Writes an output of the stack under the key, read by the parser. */
    public <T> TemporaryStack output(String name, Key<T> key, Function<? super String, ? extends T> parser) {
        return new TemporaryStack(plan.withOutput(name, key, parser), expiry);
    }

    /** What the template may do, for instance {@code CAPABILITY_IAM}. */
    public TemporaryStack capabilities(String... capabilities) {
        return new TemporaryStack(plan.withInput(input -> input.withCapabilities(List.of(capabilities))), expiry);
    }

    /** How long to wait between two looks at the stack; defaults to three seconds. */
    public TemporaryStack pollEvery(Duration interval) {
        return new TemporaryStack(plan.withPollEvery(interval), expiry);
    }

    /**
     * How long the stack may live at most; defaults to one hour. The work inside ends half an hour before, since the close may
     * take that long.
     *
     * @throws IllegalArgumentException if it is half an hour or less: nothing could be done inside
     */
    public TemporaryStack expiry(Duration expiry) {
        if (expiry.compareTo(StackDeleting.WITHIN) <= 0) {
            throw new IllegalArgumentException("expiry is " + expiry + ", it must be longer than "
                    + StackDeleting.WITHIN + ", which is kept for the close");
        }
        return new TemporaryStack(plan, expiry);
    }

    @Override
    public Contract contract() {
        return plan.contract("TemporaryStack");
    }

    @Override
    public Duration expiry() {
        return expiry;
    }

    @Override
    public Mono<Outputs> open(State state, StepContext context) {
        return Mono.defer(() -> life(context)
                .make(
                        state,
                        context,
                        Owner.tagsUntil(context, context.clock().instant().plus(expiry))));
    }

    @Override
    public Mono<Found> reconcile(State state, StepContext context) {
        return life(context).look(state, context);
    }

    @Override
    public Mono<Void> close(State state, Found found, StepContext context) {
        return life(context).remove(state, context);
    }

    @Override
    public Mono<Void> preflight(State state, StepContext context) {
        return life(context).check(state, context);
    }

    /** A visibility window of five seconds; half an hour for a look, which waits for a stack in progress, and for a close. */
    @Override
    public StepOptions options() {
        return StackLife.options(plan);
    }

    /** Deletes what dead runs left, by the system's clock; see {@link #sweep(AwsAccount, Clock)}. */
    public static Flux<Resource> sweep(AwsAccount account) {
        return sweep(account, Clock.systemUTC());
    }

    /**
     * Deletes every stack of the account and region that a scope of this class made and whose time is over.
     *
     * <p>Needs no journal: the stacks' tags say enough. Stacks of runs that still live are not expired, and stacks without all
     * of those tags are never touched. Emits each stack once it is gone; failures come as {@link Sweep#of} says.
     *
     * @param clock what time it is
     */
    public static Flux<Resource> sweep(AwsAccount account, Clock clock) {
        return sweep(StackPlan.in(account, Manner.ofScope()), clock);
    }

    static Flux<Resource> sweep(StackPlan any, Clock clock) {
        return StackLife.of(any, any.account().calls()).deleting().sweep(clock);
    }

    private StackLife life(StepContext context) {
        return StackLife.of(plan, plan.account().calls(context));
    }
}

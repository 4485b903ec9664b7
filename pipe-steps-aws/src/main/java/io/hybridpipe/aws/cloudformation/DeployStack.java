// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.aws.cloudformation;

import io.hybridpipe.Contract;
import io.hybridpipe.Found;
import io.hybridpipe.Input;
import io.hybridpipe.Key;
import io.hybridpipe.Outputs;
import io.hybridpipe.State;
import io.hybridpipe.Step;
import io.hybridpipe.StepContext;
import io.hybridpipe.StepOptions;
import io.hybridpipe.aws.AwsAccount;
import java.time.Duration;
import java.util.List;
import java.util.function.Function;
import reactor.core.publisher.Mono;

/**
 * Makes a CloudFormation stack from a template and waits until it is there.
 *
 * <pre>{@code
 * DeployStack.in(accountA).named("orders-vpc").template(template)
 *     .parameter("VpcCidr", VPC_CIDR)
 *     .output("ControllerIp", CONTROLLER_IP, Ip::of)
 * }</pre>
 *
 * <p><b>Reads</b> the inputs of name, template and parameters; <b>writes</b> the keys of its outputs. Progress counts the
 * resources that the stack's events show as complete.
 *
 * <p><b>Idempotent</b> by the stack's name and by the run's tags, which the create call sets: a stack of an earlier attempt is
 * gone on with; what a failed attempt left ({@code ROLLBACK_COMPLETE}) is deleted and made again; a stack of that name that
 * this step did not make is refused and left as it is. CreateStack also bears the step's token.
 *
 * <p><b>Retries:</b> throttling, lost connections, and resources that failed for a passing reason. A resource that failed for
 * another reason is permanent; the message names the first one, its logical id and the reason. After a lost answer the stack
 * is looked up; while it is in progress that look waits.
 *
 * <p><b>Undo</b> deletes the stack and waits until it is gone. A deletion that fails names what holds it and is tried again.
 *
 * <p>Calls CreateStack, DescribeStacks, DescribeStackEvents, DeleteStack and, before the run, ValidateTemplate and
 * sts:GetCallerIdentity; needs the {@code cloudformation:} permissions of those names and, for the template's resources, their
 * own. Immutable.
 */
public final class DeployStack implements Step {
    private final StackPlan plan;

    private DeployStack(StackPlan plan) {
        this.plan = plan;
    }

    /** Starts the description of a stack in this account and region. */
    public static DeployStack in(AwsAccount account) {
        return new DeployStack(StackPlan.in(account));
    }

    /** The stack's name. */
    public DeployStack named(String name) {
        return named(Input.value(name));
    }

    /** The stack's name. */
    public DeployStack named(Input<? extends String> name) {
        return new DeployStack(plan.withName(name));
    }

    /** The template's text, JSON or YAML, at most 51,200 bytes. */
    public DeployStack template(String text) {
        return template(Input.value(text));
    }

    /** The template's text, JSON or YAML, at most 51,200 bytes. */
    public DeployStack template(Input<? extends String> text) {
        return new DeployStack(plan.withInput(input -> input.withTemplate(StackTemplate.of(text))));
    }

    /** A parameter of the template with a fixed value. */
    public DeployStack parameter(String name, String value) {
        return parameter(name, Input.value(value));
    }

    /** A parameter of the template: the value's text, a list's joined by commas, a secret's revealed. */
    public DeployStack parameter(String name, Input<?> value) {
        return new DeployStack(plan.withInput(input -> input.withParameter(name, value)));
    }

    /** Writes an output of the stack under the key. */
    public DeployStack output(String name, Key<String> key) {
        return output(name, key, Function.identity());
    }

    /** Writes an output of the stack under the key, read by the parser. */
    public <T> DeployStack output(String name, Key<T> key, Function<? super String, ? extends T> parser) {
        return new DeployStack(plan.withOutput(name, key, parser));
    }

    /** What the template may do, for instance {@code CAPABILITY_IAM}. */
    public DeployStack capabilities(String... capabilities) {
        return new DeployStack(plan.withInput(input -> input.withCapabilities(List.of(capabilities))));
    }

    /** How long to wait between two looks at the stack; defaults to three seconds. */
    public DeployStack pollEvery(Duration interval) {
        return new DeployStack(plan.withPollEvery(interval));
    }

    @Override
    public Contract contract() {
        return plan.contract("DeployStack");
    }

    @Override
    public Mono<Outputs> run(State state, StepContext context) {
        return life(context).make(state, context, context.tags());
    }

    @Override
    public Mono<Found> reconcile(State state, StepContext context) {
        return life(context).look(state, context);
    }

    @Override
    public Mono<Void> undo(State state, Found found, StepContext context) {
        return life(context).remove(state, context);
    }

    @Override
    public Mono<Void> preflight(State state, StepContext context) {
        return life(context).check(state, context);
    }

    /** A visibility window of five seconds; half an hour for a look, which waits for a stack in progress, and for an undo. */
    @Override
    public StepOptions options() {
        return StackLife.OPTIONS;
    }

    private StackLife life(StepContext context) {
        return StackLife.of(plan, plan.account().calls(context));
    }
}

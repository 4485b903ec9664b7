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
import io.hybridpipe.net.TextSource;
import java.time.Duration;
import java.util.List;
import java.util.function.Function;
import reactor.core.publisher.Mono;

/**
 * Makes a CloudFormation stack from a template and waits until it is there; {@link #updating()} lets it update one that exists.
 *
 * <pre>{@code
 * DeployStack.in(accountA).named("orders-vpc").templateFrom("classpath:orders-vpc.yaml")
 *     .parameter("VpcCidr", VPC_CIDR)
 *     .output("ControllerIp", CONTROLLER_IP, Ip::of)
 * }</pre>
 *
 * <p><b>Reads</b> the inputs of name, template, parameters and tags; <b>writes</b> the keys of its outputs. Progress counts the
 * resources that the stack's events show as complete, as they happen.
 *
 * <p><b>Idempotent</b> by the stack's name, by the run's tags, and by the step's token, after which change sets are named and
 * which the events of their execution bear: a stack of an earlier attempt is gone on with; what a failed attempt left is deleted
 * and made again. A stack of that name that this step did not make is refused and left as it is, with two exceptions. One in
 * {@code ROLLBACK_COMPLETE}, whoever failed to make it, is deleted and made again, and the progress says so: its resources are
 * gone, and nothing but a deletion is possible with it. And with {@link #updating()} one that can be updated is.
 *
 * <p><b>Retries:</b> throttling, lost connections, and resources that failed for a passing reason. A resource that failed for
 * another reason is permanent; the message names the first one, its logical id and the reason, of a nested stack the resource
 * inside. After a lost answer the stack is looked up; while it is in progress that look waits.
 *
 * <p><b>Undo</b> of a stack that was made deletes it and waits until it is gone; a deletion that fails names what holds it and is
 * tried again. Resources that the template retains ({@code DeletionPolicy}) are leftovers: the undo fails and names them. Undo of an
 * update: see {@link #updating()}.
 *
 * <p>Calls CreateChangeSet, DescribeChangeSet, ListChangeSets, ExecuteChangeSet, DeleteChangeSet, DescribeStacks,
 * DescribeStackEvents, DeleteStack, GetTemplate (to update), CreateStack ({@link #creatingDirectly()}) and, before the run,
 * ValidateTemplate and sts:GetCallerIdentity; needs the {@code cloudformation:} permissions of those names and, for the
 * template's resources, their own. Immutable.
 */
public final class DeployStack implements Step {
    private final StackPlan plan;

    private DeployStack(StackPlan plan) {
        this.plan = plan;
    }

    /** Starts the description of a stack in this account and region. */
    public static DeployStack in(AwsAccount account) {
        return new DeployStack(StackPlan.in(account, Manner.ofStep()));
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

    /**
     * The template on the class path ({@code classpath:} and a resource's name), in a file, or at an HTTP(S) URL; read at each
     * attempt, at most 51,200 bytes.
     *
     * @throws IllegalArgumentException if it looks like a URL and is none
     */
    public DeployStack templateFrom(String source) {
        TextSource from = TextSource.of(source);
        return new DeployStack(plan.withInput(input -> input.withTemplate(StackTemplate.from(from))));
    }

    /** A parameter of the template with a fixed value. */
    public DeployStack parameter(String name, String value) {
        return parameter(name, Input.value(value));
    }

    /** A parameter of the template: the value's text, a list's joined by commas, a secret's revealed. */
    public DeployStack parameter(String name, Input<?> value) {
        return new DeployStack(plan.withInput(input -> input.withParameter(name, value)));
    }

    /** A tag of the stack, and so of its resources, beside those that say whose it is. */
    public DeployStack tag(String name, String value) {
        return tag(name, Input.value(value));
    }

    /**
     * A tag of the stack, and so of its resources, beside those that say whose it is.
     *
     * @throws IllegalArgumentException if the name begins with {@code aws:} or {@code hybridpipe:}
     */
    public DeployStack tag(String name, Input<? extends String> value) {
        return new DeployStack(plan.withInput(input -> input.withTag(name, value)));
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

    /** The role that CloudFormation acts in; defaults to the caller's own permissions. Needs {@code iam:PassRole}. */
    public DeployStack role(String arn) {
        return new DeployStack(plan.withInput(input -> input.withRole(arn)));
    }

    /**
     * Permits to update a stack that exists and that this step did not make; otherwise such a stack is refused.
     *
     * <p>The update goes through a change set. Without changes it is a success and nothing is to be undone. The stack keeps its
     * tags, {@link #tag} adds or changes some, and the values of parameters that are not given. While somebody else's operation is in progress it is waited for, up to 25
     * minutes. A failed update is rolled back by CloudFormation; the message names the resource that failed first. A stack in
     * {@code UPDATE_ROLLBACK_FAILED} is a permanent failure that says what is in the way and how to go on.
     *
     * <p><b>Undo</b> is an update back to the template, parameters, tags and role that the stack had before. They are fetched
     * once the change set is there, and written down as something that the step made, so that an undo in another process knows
     * them. Parameters that CloudFormation does not echo, and those given as secrets, keep the values of the update, and
     * so does a role where there was none. A stack that somebody else has changed since is left as it is, and the undo fails.
     * An update is refused if the present template is longer than a request may be, and if the new one reads a secret key, since
     * templates are written down unsealed: give the secret as a parameter.
     */
    public DeployStack updating() {
        return new DeployStack(plan.withManner(plan.manner().andUpdating()));
    }

    /**
     * Makes a stack by one CreateStack call, not through a change set: one permission and three calls less. It changes nothing
     * else, and updates go through change sets all the same.
     */
    public DeployStack creatingDirectly() {
        return new DeployStack(plan.withManner(plan.manner().directly()));
    }

    /** How long the stack may take to be made or updated; defaults to 50 minutes. After that the step fails for good. */
    public DeployStack within(Duration time) {
        return new DeployStack(plan.withWithin(time));
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

    /** A step timeout of {@link #within} and one hour; a visibility window of five seconds; half an hour for a look, which waits for a stack in progress, and for an undo. */
    @Override
    public StepOptions options() {
        return StackLife.options(plan);
    }

    private StackLife life(StepContext context) {
        return StackLife.of(plan, plan.account().calls(context));
    }
}

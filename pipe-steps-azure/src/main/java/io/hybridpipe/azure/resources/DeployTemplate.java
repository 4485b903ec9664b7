// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.azure.resources;

import io.hybridpipe.Contract;
import io.hybridpipe.Found;
import io.hybridpipe.Input;
import io.hybridpipe.Key;
import io.hybridpipe.Outputs;
import io.hybridpipe.State;
import io.hybridpipe.Step;
import io.hybridpipe.StepContext;
import io.hybridpipe.StepOptions;
import io.hybridpipe.azure.AzureAccount;
import io.hybridpipe.azure.resources.DeploymentPlan.Output;
import io.hybridpipe.net.TextSource;
import io.hybridpipe.retry.StepFailure;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import reactor.core.publisher.Mono;

/**
 * Deploys a template of Azure Resource Manager (ARM JSON) into a resource group and waits until it is done.
 *
 * <pre>{@code
 * DeployTemplate.in(federation).resourceGroup("fed").named("hub").templateFrom("classpath:hub.json")
 *         .parameter("space", HUB_CIDR)
 *         .parameter("adminPassword", PASSWORD)              // a secret: the template's type must be securestring
 *         .output("controllerIp", CONTROLLER_IP, Ip::of)
 * }</pre>
 *
 * <p><b>Reads</b> the inputs of resource group, name, template and parameters; <b>writes</b> the keys of its outputs. Progress
 * counts the resources that are done, and names those that are under way.
 *
 * <p><b>Incremental mode</b>, always: resources of the group that the template does not name stay. One that it names and
 * that is there already is updated: all its properties become those of the template, and an undo does not bring the former ones
 * back. The progress names those resources before they are changed, and nothing else does: in the report an undone deployment is
 * undone, and {@code notUndone} has steps only.
 *
 * <p><b>Idempotent</b> by the deployment's name, which ends with the step's token: every attempt is the same deployment, one that
 * runs is gone on with, and one that failed is started again.
 *
 * <p><b>Retries:</b> throttling, lost connections, {@code DeploymentActive}, and what fails inside for a passing reason. A failed
 * deployment's message is the innermost of its nested errors with the id of the resource that it failed of; all of the errors, from
 * the outermost to the innermost, are its causes. After a lost answer the deployment is looked up by its name; while it runs, that
 * look waits.
 *
 * <p><b>Undo</b> deletes what this deployment has made and nothing else: a deployment that runs is cancelled first, and waited
 * for. What had been there before it is known because the step asks for each of the template's resources right before it starts
 * the deployment, and writes down those that are new in the deployment's own tags, in the same call. (What somebody else makes
 * under one of these names between the two calls would be taken for its own.) Deleted is what needs others before what they need,
 * children before parents; a parent that was there stays. Then the deployment's record goes. What is new is also said
 * ({@link StepContext#made}) as soon as the service has accepted the deployment, and what of it never came to be is said to be gone
 * at its end, so that an undo deletes it when somebody has deleted the record meanwhile. An undo from which the record is taken
 * before all of it was said deletes what it knows, and fails. Of what a
 * resource makes by itself the disks of a virtual machine go with it, whatever their {@code deleteOption} (also an empty data disk
 * that somebody has it make after the deployment: the machine does not tell these apart); of nothing else is known whether it came
 * with the deployment. A template
 * that deploys others inside ({@code Microsoft.Resources/deployments}) is refused, since all this cannot be told of them.
 *
 * <p>Calls and needs {@code Microsoft.Resources/deployments/} read, write, delete, {@code validate/action} and {@code
 * cancel/action}, {@code deployments/operations/read}, read, write and delete for each of the template's types, and {@code
 * Microsoft.Resources/subscriptions/providers/read} where the template has an expression for an api-version. Immutable.
 */
public final class DeployTemplate implements Step {
    /** What an earlier step of the pipe may make, as far as a check before the run can know. */
    private static final Set<String> NOT_YET = Set.of("InvalidResourceReference", "NotFound");

    private final DeploymentPlan plan;

    private DeployTemplate(DeploymentPlan plan) {
        this.plan = plan;
    }

    /** Starts the description of a deployment in this account. */
    public static DeployTemplate in(AzureAccount account) {
        return new DeployTemplate(DeploymentPlan.in(account));
    }

    /**
     * The resource group, which must exist.
     *
     * @throws IllegalArgumentException if Azure does not take the name
     */
    public DeployTemplate resourceGroup(String resourceGroup) {
        return resourceGroup(Input.value(resourceGroup));
    }

    /** The resource group, which must exist. */
    public DeployTemplate resourceGroup(Input<? extends String> resourceGroup) {
        return new DeployTemplate(plan.inGroup(resourceGroup));
    }

    /**
     * How the deployment's name begins, at most 31 characters; a dash and the step's token follow.
     *
     * @throws IllegalArgumentException if Azure does not take the name
     */
    public DeployTemplate named(String base) {
        return named(Input.value(base));
    }

    /** How the deployment's name begins, at most 31 characters; a dash and the step's token follow. */
    public DeployTemplate named(Input<? extends String> base) {
        return new DeployTemplate(plan.named(base));
    }

    /** The template's text, JSON with or without comments, at most 4 MB. */
    public DeployTemplate template(String text) {
        return template(Input.value(text));
    }

    /**
     * The template's text, JSON with or without comments, at most 4 MB.
     *
     * <p>One that is made of a secret key's value is refused, before the run: Azure shows the template to everybody who may read
     * the deployment.
     */
    public DeployTemplate template(Input<? extends String> text) {
        return new DeployTemplate(plan.withTemplate(TemplateText.of(text)));
    }

    /**
     * The template on the class path ({@code classpath:} and a resource's name), in a file, or at an HTTP(S) URL; read at each
     * attempt, at most 4 MB.
     *
     * @throws IllegalArgumentException if it looks like a URL and is none
     */
    public DeployTemplate templateFrom(String source) {
        return new DeployTemplate(plan.withTemplate(TemplateText.from(TextSource.of(source))));
    }

    /**
     * A parameter of the template with a fixed value, as {@link #parameter(String, Input)}.
     *
     * @throws IllegalArgumentException if it has a value already, or if the value has no form in JSON and no text of its own
     */
    public DeployTemplate parameter(String name, Object value) {
        return parameter(name, value instanceof Input<?> input ? input : Input.value(value));
    }

    /**
     * A parameter of the template: texts, numbers, booleans, lists, arrays, maps and records as JSON has them, anything else by its
     * text; an empty {@link Optional} leaves the template's default.
     *
     * <p>A secret (the value of a secret key, or a {@link io.hybridpipe.Secret} anywhere inside) is refused before the run unless
     * the template declares the parameter as {@code securestring} or {@code secureobject}, and revealed only in the request.
     *
     * @throws IllegalArgumentException if it has a value already, or if the value has no form in JSON and no text of its own
     */
    public DeployTemplate parameter(String name, Input<?> value) {
        return new DeployTemplate(plan.withParameter(name, value));
    }

    /**
     * Writes an output of the template under the key, read as the key's type has it in JSON: a text as a {@code String}, {@code
     * Cidr} or {@code Ip}, an object as a record. An output that the template does not declare is refused before the run, if the
     * template is known by then; upper and lower case differ. A list with a null in it is refused.
     */
    public DeployTemplate output(String name, Key<?> key) {
        return new DeployTemplate(plan.withOutput(name, Output.typed(key)));
    }

    /** Writes an output of the template under the key, made of its text by the parser; a list's or object's text is its JSON. */
    public <T> DeployTemplate output(String name, Key<T> key, Function<? super String, ? extends T> parser) {
        return new DeployTemplate(plan.withOutput(name, Output.parsed(key, parser)));
    }

    /** How long the deployment may take; defaults to 50 minutes. After that the step fails for good. */
    public DeployTemplate within(Duration time) {
        return new DeployTemplate(plan.within(time));
    }

    /** How often to look while the deployment runs; the default is the account's, see {@link AzureAccount#pollEvery}. */
    public DeployTemplate pollEvery(Duration interval) {
        return new DeployTemplate(plan.on(plan.account().pollEvery(interval)));
    }

    @Override
    public Contract contract() {
        return plan.contract();
    }

    /** As {@link AzureAccount#stepOptions(Duration)}, with the time of {@link #within} and ten minutes more for an attempt. */
    @Override
    public StepOptions options() {
        return AzureAccount.stepOptions(plan.within().plusMinutes(10))
                .withUndoTimeout(plan.within().plusHours(1));
    }

    @Override
    public Mono<Outputs> run(State state, StepContext context) {
        return Mono.defer(() -> DeploymentLife.of(plan, state, context).make());
    }

    @Override
    public Mono<Found> reconcile(State state, StepContext context) {
        return Mono.defer(() -> DeploymentLife.of(plan, state, context).toFound());
    }

    @Override
    public Mono<Void> undo(State state, Found found, StepContext context) {
        return Mono.defer(() -> DeploymentLife.of(plan, state, context).remove());
    }

    /**
     * Checks the name, the template, its parameters and the names of its outputs as far as they are known before the run, and, when all are, what the
     * service says of them; what it only misses (a resource group, another resource) an earlier step may make.
     */
    @Override
    public Mono<Void> preflight(State state, StepContext context) {
        return Mono.defer(() -> {
            boolean known = plan.baseInput().find(state).isPresent()
                    && plan.groupInput().find(state).isPresent()
                    && plan.parameters().areKnown(state);
            return plan.template()
                    .find(state, context)
                    .doOnNext(template -> plan.check(template, state))
                    .filter(template -> known)
                    .flatMap(template -> validate(template, state, context).thenReturn(template))
                    .switchIfEmpty(
                            Mono.defer(() -> plan.account().checkCredential().then(Mono.empty())))
                    .then();
        });
    }

    private Mono<Void> validate(Template template, State state, StepContext context) {
        DeploymentCalls calls = plan.calls(state, context);
        return calls.requestValidate(plan.toBody(template, state, context.tags()))
                .flatMap(validated -> Mono.justOrEmpty(validated.error()))
                .filter(error -> NOT_YET.stream().noneMatch(error.innermost().code()::endsWith))
                .flatMap(error -> Mono.<StepFailure>error(calls.failure("validate " + calls, "", error)))
                .then();
    }
}

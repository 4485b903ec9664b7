// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.azure.resources;

import com.azure.core.management.exception.ManagementException;
import com.azure.json.JsonProviders;
import com.azure.json.JsonReader;
import com.azure.resourcemanager.resources.fluent.DeploymentsClient;
import com.azure.resourcemanager.resources.fluent.models.DeploymentExtendedInner;
import com.azure.resourcemanager.resources.fluent.models.DeploymentInner;
import com.azure.resourcemanager.resources.fluent.models.DeploymentOperationInner;
import com.azure.resourcemanager.resources.fluent.models.DeploymentValidateResultInner;
import com.azure.resourcemanager.resources.models.ResourceReference;
import io.hybridpipe.StepContext;
import io.hybridpipe.azure.ArmOperation;
import io.hybridpipe.azure.AzureAccount;
import io.hybridpipe.azure.AzureFailures;
import io.hybridpipe.event.Resource;
import io.hybridpipe.retry.FailureClass;
import io.hybridpipe.retry.StepFailure;
import java.io.IOException;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import reactor.core.publisher.Mono;

/**
 * One deployment of a step, and the calls about it.
 *
 * @param group its resource group
 * @param name its name, with the step's token
 */
record DeploymentCalls(AzureAccount account, StepContext context, String group, String name) {
    private static final String TYPE = "Microsoft.Resources/deployments";

    /** The deployment; empty if there is none, or no resource group. */
    Mono<DeploymentExtendedInner> find() {
        return Mono.defer(() -> deployments().getByResourceGroupAsync(group, name))
                .onErrorResume(AzureFailures::isMissing, missing -> Mono.empty())
                .onErrorMap(failure -> account.failures().ofRead("look at " + this, failure));
    }

    /** What it does to each resource, as far as it has come; empty if there is no such deployment. */
    Mono<List<DeploymentOperationInner>> requestOperations() {
        return Mono.defer(() -> account.deployments()
                        .getDeploymentOperations()
                        .listByResourceGroupAsync(group, name)
                        .collectList())
                .onErrorResume(AzureFailures::isMissing, missing -> Mono.empty())
                .onErrorMap(failure -> account.failures().ofRead("list the operations of " + this, failure));
    }

    /**
     * What the service says of a template before it is deployed.
     *
     * @param resources the resources that it would make or update
     * @param error what is wrong, if something is
     */
    record Validated(List<ResourceId> resources, Optional<DeploymentError> error) {}

    Mono<Validated> requestValidate(DeploymentInner body) {
        String what = "validate " + this;
        return Mono.defer(() -> ArmOperation.acceptedBy(deployments().validateWithResponseAsync(group, name, body)))
                .flatMap(accepted -> accepted.answer(account, what))
                .map(answer -> validated(answer, what))
                .onErrorResume(AzureFailures::isMissing, missing -> toValidated(missing))
                .onErrorMap(failure -> account.failures().ofRead(what, failure));
    }

    private static Mono<Validated> toValidated(Throwable missing) {
        return missing instanceof ManagementException answer && answer.getValue() != null
                ? Mono.just(new Validated(List.of(), Optional.of(DeploymentError.of(answer.getValue()))))
                : Mono.error(missing);
    }

    private Validated validated(String answer, String what) {
        try (JsonReader reader = JsonProviders.createReader(answer)) {
            DeploymentValidateResultInner result = DeploymentValidateResultInner.fromJson(reader);
            List<ResourceReference> resources =
                    result.properties() == null ? null : result.properties().validatedResources();
            return new Validated(
                    resources == null
                            ? List.of()
                            : resources.stream()
                                    .map(ResourceReference::id)
                                    .filter(Objects::nonNull)
                                    .map(ResourceId::of)
                                    .toList(),
                    Optional.ofNullable(result.error()).map(DeploymentError::of));
        } catch (IOException | IllegalStateException unreadable) {
            throw StepFailure.permanent(what + ": its answer cannot be read (" + account.where() + ")");
        }
    }

    /**
     * Starts the deployment, or starts it again; completes when the service has accepted it.
     *
     * @param accepted says what it is going to make
     */
    Mono<Void> requestPut(DeploymentInner body, Runnable accepted) {
        String what = "start " + this;
        return context.mutate(Mono.defer(() -> ArmOperation.acceptedBy(
                                deployments().createOrUpdateWithResponseAsync(group, name, body)))
                        // said inside the call that is listened to after a cancel, too
                        .doOnNext(answer -> {
                            // first what cannot be found any more when somebody deletes the record
                            accepted.run();
                            context.made(toResource());
                        })
                        .onErrorMap(failure -> refused(what, failure)))
                .then();
    }

    /** Asks the service to begin nothing more; what it has begun goes on. */
    Mono<Void> requestCancel() {
        return context.mutate(Mono.defer(() -> deployments().cancelWithResponseAsync(group, name))
                        .onErrorResume(DeploymentCalls::isOver, over -> Mono.empty())
                        .onErrorMap(failure -> account.failures().ofChange("cancel " + this, failure)))
                .then();
    }

    /** Ended by itself in the meantime, or gone. */
    private static boolean isOver(Throwable failure) {
        return AzureFailures.isMissing(failure) || AzureFailures.code(failure).equals("DeploymentCannotBeCancelled");
    }

    /** Deletes the record of the deployment, not its resources, and waits until it is gone. */
    Mono<Void> requestDelete() {
        String what = "delete the record of " + this;
        return context.mutate(ArmOperation.deletionBy(
                        () -> deployments().deleteWithResponseAsync(group, name), account, what))
                .flatMap(accepted -> accepted.finished(account, what))
                .then(Mono.fromRunnable(() -> context.gone(toResource())));
    }

    /** A refused deployment says what is wrong inside of its error, as a failed one does. */
    private StepFailure refused(String what, Throwable failure) {
        StepFailure known = account.failures().ofChange(what, failure);
        return known.failureClass() == FailureClass.PERMANENT
                        && failure instanceof ManagementException answer
                        && answer.getValue() != null
                ? failure(what, "", DeploymentError.of(answer.getValue()))
                : known;
    }

    /**
     * The failure of a deployment: its message is the innermost error in one line, its causes are all of them from the
     * outermost to the innermost.
     *
     * @param resource the id of the resource that failed, or an empty text
     */
    StepFailure failure(String what, String resource, DeploymentError error) {
        DeploymentError innermost = error.innermost();
        String about = resource.isEmpty() ? innermost.target() : resource;
        StepFailure known = account.failures().ofOperation(what, innermost.code(), innermost.message());
        List<DeploymentError> levels = error.levels();
        StepFailure cause = StepFailure.of(known.failureClass(), innermost.toString());
        for (int i = levels.size() - 2; i >= 0; i--) {
            cause = StepFailure.of(known.failureClass(), levels.get(i).toString(), cause);
        }
        // not cut, as other messages are: the ids in it are long, and what is wrong comes after them
        return AzureFailures.like(
                known,
                what + (about.isEmpty() ? "" : ", resource " + about) + ": " + innermost + " (" + account.where() + ")",
                cause);
    }

    Resource toResource() {
        String id = "/subscriptions/" + account.subscription() + "/resourceGroups/" + group + "/providers/" + TYPE + "/"
                + name;
        return account.resource(TYPE, id, "az deployment group show");
    }

    private DeploymentsClient deployments() {
        return account.deployments().getDeployments();
    }

    /** What and where it is, for messages. */
    @Override
    public String toString() {
        return "deployment " + group + "/" + name;
    }
}

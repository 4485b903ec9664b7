// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.azure.resources;

import com.azure.resourcemanager.resources.fluent.models.GenericResourceExpandedInner;
import com.azure.resourcemanager.resources.fluent.models.ResourceGroupInner;
import io.hybridpipe.StepContext;
import io.hybridpipe.azure.ArmOperation;
import io.hybridpipe.azure.AtRest;
import io.hybridpipe.azure.AzureAccount;
import io.hybridpipe.azure.AzureFailures;
import io.hybridpipe.event.Resource;
import io.hybridpipe.net.Owner;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/**
 * A resource group, known by its name: looked at, made, and deleted with all that is in it.
 *
 * <p>A PUT of one is done when it is answered; only the deletion is a long-running operation.
 */
record Group(AzureAccount account, String name) {
    /** The group; empty when there is none. */
    Mono<ResourceGroupInner> find() {
        return Mono.defer(() -> account.resources().getResourceGroups().getAsync(name))
                .onErrorResume(AzureFailures::isMissing, missing -> Mono.empty())
                .onErrorMap(failure -> account.failures().ofRead("look at " + this, failure));
    }

    /** The group, or that there is none, as soon as nobody deletes it any more. */
    Mono<ResourceGroupInner> atRest() {
        return AtRest.of(find(), Group::state, account.pause());
    }

    private static @Nullable Object state(ResourceGroupInner group) {
        return group.properties() == null ? null : group.properties().provisioningState();
    }

    /** Makes the group, or replaces its tags. */
    Mono<ResourceGroupInner> make(String location, StepContext context) {
        ResourceGroupInner body =
                new ResourceGroupInner().withLocation(location).withTags(context.tags());
        return context.mutate(
                Mono.defer(() -> account.resources().getResourceGroups().createOrUpdateAsync(name, body))
                        .onErrorMap(failure -> account.failures().ofChange("make " + this, failure))
                        // said inside the call that is listened to after a cancel, too
                        .doOnNext(made -> context.made(toResource())));
    }

    /** Deletes the group with all that is in it and waits until it is gone; a missing one is gone. */
    Mono<Void> delete(StepContext context) {
        String what = "delete " + this;
        return account.inTurn(
                context,
                id(),
                context.mutate(requestDelete(what))
                        .flatMap(accepted -> accepted.finished(account, what))
                        .then(AtRest.gone(find(), account.pause())));
    }

    private Mono<ArmOperation> requestDelete(String what) {
        return ArmOperation.deletionBy(
                () -> account.resources().getResourceGroups().deleteWithResponseAsync(name, null), account, what);
    }

    /** What is in it: its resources, without their children. */
    Mono<List<GenericResourceExpandedInner>> content() {
        return Mono.defer(() -> account.resources()
                        .getResources()
                        .listByResourceGroupAsync(name)
                        .collectList())
                .onErrorResume(AzureFailures::isMissing, missing -> Mono.just(List.of()))
                .onErrorMap(failure -> account.failures().ofRead("list what is in " + this, failure));
    }

    /** Who made what bears these tags. */
    static Owner owner(@Nullable Map<String, String> tags) {
        return new Owner(tags == null ? Map.of() : tags);
    }

    Resource toResource() {
        return Resource.of("Microsoft.Resources/resourceGroups", id(), account.where())
                // the one command that takes no ids
                .withShow("az group show --subscription " + account.subscription() + " --name " + name);
    }

    String id() {
        return "/subscriptions/" + account.subscription() + "/resourceGroups/" + name;
    }

    /** For messages. */
    @Override
    public String toString() {
        return "resource group " + name;
    }
}

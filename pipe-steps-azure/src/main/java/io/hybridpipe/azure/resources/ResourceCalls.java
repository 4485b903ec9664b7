// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.azure.resources;

import com.azure.resourcemanager.resources.fluent.models.GenericResourceInner;
import io.hybridpipe.StepContext;
import io.hybridpipe.azure.ArmOperation;
import io.hybridpipe.azure.AtRest;
import io.hybridpipe.azure.AzureAccount;
import io.hybridpipe.azure.AzureFailures;
import io.hybridpipe.event.Resource;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/**
 * Resources of any type, by their ids.
 *
 * @param version the api-version under which a resource is called
 */
record ResourceCalls(AzureAccount account, StepContext context, Function<ResourceId, Mono<String>> version) {

    /** The resource; empty if there is none, or not what it would be a part of. */
    Mono<GenericResourceInner> find(ResourceId id) {
        return version.apply(id)
                .flatMap(each -> account.resources()
                        .getResources()
                        .getByIdAsync(path(id), each)
                        // of a provider that is missing nobody can say what is there
                        .onErrorResume(AzureFailures::isMissing, missing -> Mono.empty()))
                .onErrorMap(failure -> account.failures().ofRead("look at " + id, failure));
    }

    /** The resource as soon as nothing changes it any more; empty if there is none. */
    Mono<GenericResourceInner> atRest(ResourceId id) {
        return AtRest.of(find(id), ResourceCalls::stateOf, account.pause());
    }

    /** Deletes the resource, in its turn among changes of the same parent, and waits until it is gone. */
    Mono<Void> delete(ResourceId id) {
        String what = "delete " + id;
        return version.apply(id)
                .flatMap(each -> account.inTurn(
                        context,
                        id.parent(),
                        context.mutate(requestDelete(id, each, what))
                                .flatMap(accepted -> accepted.finished(account, what))))
                .then(AtRest.gone(find(id), account.pause()))
                .then(Mono.fromRunnable(() -> context.gone(toResource(id))));
    }

    private Mono<ArmOperation> requestDelete(ResourceId id, String version, String what) {
        return ArmOperation.deletionBy(
                () -> account.resources().getResources().deleteByIdWithResponseAsync(path(id), version), account, what);
    }

    Resource toResource(ResourceId id) {
        return account.resource(id.type(), id.toString(), "az resource show");
    }

    /** The client puts a slash before it. */
    private static String path(ResourceId id) {
        return id.toString().substring(1);
    }

    private static @Nullable Object stateOf(GenericResourceInner resource) {
        return resource.properties() instanceof Map<?, ?> properties ? properties.get("provisioningState") : null;
    }
}

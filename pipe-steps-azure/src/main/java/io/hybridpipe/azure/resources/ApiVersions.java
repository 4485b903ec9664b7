// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.azure.resources;

import com.azure.resourcemanager.resources.fluent.models.ProviderInner;
import com.azure.resourcemanager.resources.models.ProviderResourceType;
import io.hybridpipe.azure.AzureAccount;
import io.hybridpipe.retry.StepFailure;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import reactor.core.publisher.Mono;

/** Under which api-version resources are called of which nothing but the id is known: the newest one that is no preview. */
record ApiVersions(AzureAccount account) {

    /**
     * Asks the resource's provider; signals a permanent failure if it does not know the type.
     *
     * <p>Needs {@code Microsoft.Resources/subscriptions/providers/read}.
     */
    Mono<String> of(ResourceId id) {
        String what = "look for the api-versions of " + id.type();
        return Mono.defer(() -> account.resources().getProviders().getAsync(id.namespace()))
                .onErrorMap(failure -> account.failures().ofRead(what, failure))
                .map(provider -> newest(provider, id.type())
                        .orElseThrow(() -> StepFailure.permanent(
                                what + ": its provider has no such type (" + account.where() + ")")));
    }

    private static Optional<String> newest(ProviderInner provider, String type) {
        List<ProviderResourceType> types = Objects.requireNonNullElse(provider.resourceTypes(), List.of());
        return types.stream()
                .filter(each -> type.equalsIgnoreCase(provider.namespace() + "/" + each.resourceType()))
                .flatMap(each -> each.apiVersions() == null ? Stream.empty() : each.apiVersions().stream())
                // a version is a date, and a preview has something behind it
                .max(Comparator.<String, Boolean>comparing(version -> version.length() == "2024-07-01".length())
                        .thenComparing(Comparator.naturalOrder()));
    }
}

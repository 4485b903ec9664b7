// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.azure.network;

import com.azure.core.http.rest.Response;
import com.azure.resourcemanager.network.fluent.models.VirtualNetworkInner;
import io.hybridpipe.azure.AzureAccount;
import io.hybridpipe.azure.NameRule;
import io.hybridpipe.azure.TextRule;
import java.nio.ByteBuffer;
import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * One kind of Resource Manager's resources: how it is called, and the SDK's asynchronous calls for it.
 *
 * @param type such as {@code Microsoft.Network/virtualNetworks}, for ids and reports
 * @param noun what messages call one
 * @param show the command that shows one, up to {@code --ids}
 * @param tags of one; null for a kind that bears none: the name of each has the step's token in it ({@link OwnName}), so that
 *     nobody else makes it
 * @param state the provisioning state of one, as text
 * @param get one request for one
 * @param put one request that makes one, or replaces it
 * @param delete one request that deletes one
 */
record Kind<R>(
        String type,
        String noun,
        String show,
        @Nullable Function<R, @Nullable Map<String, String>> tags,
        Function<R, @Nullable Object> state,
        Get<R> get,
        Put<R> put,
        Delete delete) {

    /** Asks for one. */
    @FunctionalInterface
    interface Get<R> {
        Mono<R> at(AzureAccount account, Place place);
    }

    /** Makes or replaces one. */
    @FunctionalInterface
    interface Put<R> {
        Mono<Response<Flux<ByteBuffer>>> at(AzureAccount account, Place place, R body);
    }

    /** Deletes one. */
    @FunctionalInterface
    interface Delete {
        Mono<Response<Flux<ByteBuffer>>> at(AzureAccount account, Place place);
    }

    static final Kind<VirtualNetworkInner> VNET = new Kind<>(
            "Microsoft.Network/virtualNetworks",
            "virtual network",
            "az network vnet show",
            VirtualNetworkInner::tags,
            VirtualNetworkInner::provisioningState,
            (account, at) -> account.network().getVirtualNetworks().getByResourceGroupAsync(at.group(), at.name()),
            (account, at, body) ->
                    account.network().getVirtualNetworks().createOrUpdateWithResponseAsync(at.group(), at.name(), body),
            (account, at) -> account.network().getVirtualNetworks().deleteWithResponseAsync(at.group(), at.name()));

    /** What may name one. */
    TextRule names() {
        return NameRule.of(type, noun);
    }

    /** What is the id of one, in whatever subscription. */
    TextRule ids() {
        return id -> Place.in(id, type).isPresent() ? Optional.empty() : Optional.of(notAnId(id, "", "ID"));
    }

    /** What is the id of one in the account's subscription. */
    TextRule idsIn(AzureAccount account) {
        return id -> Place.in(id, account.subscription(), type).isPresent()
                ? Optional.empty()
                : Optional.of(notAnId(id, " in " + account.where(), account.subscription()));
    }

    private String notAnId(String text, String where, String subscription) {
        int names = type.split("/").length - 1;
        return "'" + text + "' is not the id of a " + noun + where + ", which is like "
                + new Place("GROUP", Collections.nCopies(names, "NAME")).id(subscription, type);
    }
}

// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.azure.network;

import com.azure.resourcemanager.network.fluent.models.SubnetInner;
import io.hybridpipe.Input;
import io.hybridpipe.State;
import io.hybridpipe.StepContext;
import io.hybridpipe.azure.AzureAccount;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * The subnets that are to use what a step makes.
 *
 * @param use what they are to use one of
 * @param subnets their ids
 */
record Associations(Association.Use use, List<Input<? extends String>> subnets) {
    Associations {
        subnets = List.copyOf(subnets);
    }

    static Associations none() {
        return with(Association.Use.ROUTE_TABLE);
    }

    static Associations with(Association.Use use) {
        return new Associations(use, List.of());
    }

    Associations and(Target target, Input<? extends String> subnetId) {
        Input<? extends String> checked =
                NetworkKinds.SUBNET.idsIn(target.account()).in(target.step(), subnetId);
        return new Associations(
                use, Stream.concat(subnets.stream(), Stream.of(checked)).toList());
    }

    Input<?>[] inputs() {
        return subnets.toArray(Input<?>[]::new);
    }

    /** Makes those that are lacking, one after the other. */
    Mono<Void> make(Own<?> own, State state) {
        return of(own, state).concatMap(Association::make).then();
    }

    /** Takes away those that are still there. */
    Mono<Void> remove(Own<?> own, State state) {
        return of(own, state).concatMap(Association::remove).then();
    }

    /** The first one that is lacking, in words. */
    Mono<String> lack(Own<?> own, State state) {
        return of(own, state).concatMap(Association::lack).next();
    }

    /** Fails when a subnet that is known before the run uses another one. */
    Mono<Void> check(Target target, Kind<?> kind, State state, StepContext context) {
        return Mono.defer(() -> Mono.justOrEmpty(target.find(state)))
                .flatMapMany(place -> Flux.fromStream(subnets.stream()
                        .map(subnet -> subnet.find(state))
                        .flatMap(Optional::stream)
                        .map(id -> of(
                                id,
                                place.id(target.account().subscription(), kind.type()),
                                target.account(),
                                context))))
                .concatMap(Association::check)
                .then();
    }

    private Flux<Association> of(Own<?> own, State state) {
        return Flux.fromIterable(subnets).map(subnet -> of(subnet.get(state), own.id(), own.account(), own.context()));
    }

    private Association of(String subnet, String id, AzureAccount account, StepContext context) {
        Place place = Place.in(subnet, account.subscription(), NetworkKinds.SUBNET.type())
                .orElseThrow();
        Site<SubnetInner> site = new Site<>(NetworkKinds.SUBNET, account, place);
        return new Association(use, id, site, context);
    }
}

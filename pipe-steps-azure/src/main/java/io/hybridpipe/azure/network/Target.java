// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.azure.network;

import io.hybridpipe.Input;
import io.hybridpipe.State;
import io.hybridpipe.StepContext;
import io.hybridpipe.azure.AzureAccount;
import io.hybridpipe.azure.NameRule;
import io.hybridpipe.azure.TextRule;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/**
 * What every step is told about the one resource that it makes: in which account, resource group and region, and its
 * name.
 *
 * @param step the step's type, for messages
 * @param names what may name it
 */
record Target(
        String step,
        AzureAccount account,
        TextRule names,
        @Nullable Input<? extends String> group,
        @Nullable Input<? extends String> name,
        @Nullable Input<? extends String> location) {

    static Target of(String step, AzureAccount account, Kind<?> kind) {
        return new Target(step, account, kind.names(), null, null, null);
    }

    Target inGroup(Input<? extends String> resourceGroup) {
        return new Target(step, account, names, NameRule.RESOURCE_GROUP.in(step, resourceGroup), name, location);
    }

    Target named(Input<? extends String> given) {
        return new Target(step, account, names, group, names.in(step, given), location);
    }

    Target at(Input<? extends String> region) {
        return new Target(step, account, names, group, name, region);
    }

    Target on(AzureAccount changed) {
        return new Target(step, changed, names, group, name, location);
    }

    /** The input of the resource group, which must have been given. */
    Input<? extends String> groupInput() {
        return given(group, "resourceGroup(..)");
    }

    /** The input of the name, which must have been given. */
    Input<? extends String> nameInput() {
        return given(name, "named(..)");
    }

    /** The input of the region, which must have been given. */
    Input<? extends String> locationInput() {
        return given(location, "location(..)");
    }

    /** The input, which must have been given by this method of the step. */
    <T> Input<? extends T> given(@Nullable Input<? extends T> input, String method) {
        if (input == null) {
            throw new IllegalStateException(step + ": call " + method);
        }
        return input;
    }

    Place place(State state) {
        return Place.of(groupInput().get(state), nameInput().get(state));
    }

    <R> Own<R> own(Kind<R> kind, State state, StepContext context) {
        return new Own<>(kind, account, context, place(state));
    }

    /** The place, if it is known before the run. */
    Optional<Place> find(State state) {
        Optional<String> knownName = nameInput().find(state).map(known -> known);
        return groupInput().find(state).flatMap(known -> knownName.map(called -> Place.of(known, called)));
    }

    /** Checks the credential, and, if the place is known before the run, that nobody else's resource is there. */
    <R> Mono<Void> checkFree(Kind<R> kind, State state, StepContext context) {
        return Mono.defer(() -> find(state)
                .map(place -> new Own<>(kind, account, context, place).checkFree())
                .orElseGet(account::checkCredential));
    }
}

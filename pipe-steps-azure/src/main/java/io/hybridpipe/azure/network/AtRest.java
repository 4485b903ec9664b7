// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.azure.network;

import com.azure.resourcemanager.network.models.ProvisioningState;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/** Waiting until a resource has come to rest: nothing creates, updates or deletes it any more. */
final class AtRest {
    private AtRest() {}

    /**
     * The resource as it is when at rest; empty when there is none.
     *
     * @param get one look, empty when there is no such resource; subscribed again every {@code pause}
     * @param state reads the resource's provisioning state
     */
    static <T> Mono<T> of(Mono<T> get, Function<T, @Nullable ProvisioningState> state, Duration pause) {
        return get.map(Optional::of)
                .defaultIfEmpty(Optional.empty())
                .filter(seen -> seen.isEmpty() || !isMoving(state.apply(seen.get())))
                .repeatWhenEmpty(laps -> laps.concatMap(lap -> Mono.delay(pause)))
                .flatMap(Mono::justOrEmpty);
    }

    /** Completes when there is no such resource any more. */
    static Mono<Void> gone(Mono<?> get, Duration pause) {
        return get.hasElement()
                .filter(there -> !there)
                .repeatWhenEmpty(laps -> laps.concatMap(lap -> Mono.delay(pause)))
                .then();
    }

    private static boolean isMoving(@Nullable ProvisioningState state) {
        return ProvisioningState.CREATING.equals(state)
                || ProvisioningState.UPDATING.equals(state)
                || ProvisioningState.DELETING.equals(state);
    }
}

// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.azure;

import io.hybridpipe.net.Looks;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import reactor.core.publisher.Mono;

/**
 * Waiting until a resource has come to rest: nothing creates, updates or deletes it any more.
 *
 * <p>Waiting holds no thread, starts when subscribed, and ends with a cancel; there is no limit but the attempt's timeout.
 */
public final class AtRest {
    private static final Set<String> MOVING = Set.of("Creating", "Updating", "Deleting");

    private AtRest() {}

    /**
     * The resource as it is when at rest; empty when there is none.
     *
     * @param get one look, empty when there is no such resource; subscribed again every {@code pause}
     * @param state reads the resource's provisioning state
     */
    public static <T> Mono<T> of(Mono<T> get, Function<T, String> state, Duration pause) {
        return get.map(Optional::of)
                .defaultIfEmpty(Optional.empty())
                .filter(seen -> seen.isEmpty() || !MOVING.contains(state.apply(seen.get())))
                .repeatWhenEmpty(laps -> laps.concatMap(lap -> Mono.delay(pause)))
                .flatMap(Mono::justOrEmpty);
    }

    /**
     * Completes when there is no such resource any more; a look that fails for a passing reason is repeated.
     *
     * @param get one look, empty when there is no such resource; subscribed again every {@code pause}
     */
    public static Mono<Void> gone(Mono<?> get, Duration pause) {
        return Looks.patient(get.hasElement().filter(there -> !there))
                .repeatWhenEmpty(laps -> laps.concatMap(lap -> Mono.delay(pause)))
                .then();
    }
}

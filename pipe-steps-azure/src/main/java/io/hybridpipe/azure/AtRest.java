// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.azure;

import io.hybridpipe.net.Looks;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/**
 * Waiting until a resource has come to rest: nothing creates, updates or deletes it any more.
 *
 * <p>Waiting holds no thread, starts when subscribed, and ends with a cancel; there is no limit but the attempt's timeout.
 */
public final class AtRest {
    /** Microsoft Learn, Track asynchronous Azure operations: any other state, and each provider has its own, is under way. */
    private static final Set<String> FINAL = Set.of("succeeded", "failed", "canceled");

    private AtRest() {}

    /**
     * The resource as it is when at rest; empty when there is none.
     *
     * @param get one look, empty when there is no such resource; subscribed again every {@code pause}
     * @param state reads the resource's provisioning state; null for one that has none, which is at rest
     */
    public static <T> Mono<T> of(Mono<T> get, Function<T, @Nullable Object> state, Duration pause) {
        return get.map(Optional::of)
                .defaultIfEmpty(Optional.empty())
                .filter(seen -> seen.isEmpty() || isFinal(state.apply(seen.get())))
                .repeatWhenEmpty(laps -> laps.concatMap(lap -> Mono.delay(pause)))
                .flatMap(Mono::justOrEmpty);
    }

    /**
     * Whether nothing more happens to what is in this state, in whatever case it is written.
     *
     * @param state of a resource, a deployment or an operation; null for what has none, which is at rest
     */
    public static boolean isFinal(@Nullable Object state) {
        return state == null || FINAL.contains(state.toString().toLowerCase(Locale.ROOT));
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

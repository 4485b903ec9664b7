// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe;

import java.time.Duration;
import reactor.core.publisher.Mono;

/**
 * A temporary thing that is held open around other elements and always closed: a firewall rule, a helper stack.
 *
 * <p>The close is registered before the open is subscribed, and runs on success, failure, timeout, cancel and shutdown,
 * uncancellably. What existed before is not the scope's: then open fails, and close never removes it. Implementations are
 * immutable.
 */
public interface Scope {
    /** What this scope declares; the keys that its open writes are visible only inside. */
    Contract contract();

    /**
     * How long one opening lasts at most; the default is one hour.
     *
     * <p>Write the instant into the cloud too (a rule's description, a tag), so that a sweep finds what a dead run left.
     * All work inside ends at the expiry minus the close timeout.
     */
    default Duration expiry() {
        return Duration.ofHours(1);
    }

    /** Opens; as {@link Step#run}. */
    Mono<Outputs> open(State state, StepContext context);

    /** Finds out, by reading only, whether an open of unknown outcome took effect; as {@link Step#reconcile}. */
    default Mono<Found> reconcile(State state, StepContext context) {
        return Mono.just(Found.unknown("this scope cannot look"));
    }

    /** Closes; what is already gone is no error. As {@link Step#undo}. */
    Mono<Void> close(State state, Found found, StepContext context);

    /** Looks, before anything is done, whether the scope can be opened; as {@link Step#preflight}. */
    default Mono<Void> preflight(State state, StepContext context) {
        return Mono.empty();
    }

    /** The timeouts and retries that this scope asks for; {@code undoTimeout} is that of its close. */
    default StepOptions options() {
        return StepOptions.ofDefaults();
    }
}

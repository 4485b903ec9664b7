// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.faults;

import io.hybridpipe.Contract;
import io.hybridpipe.Found;
import io.hybridpipe.Outputs;
import io.hybridpipe.Scope;
import io.hybridpipe.State;
import io.hybridpipe.StepContext;
import io.hybridpipe.StepOptions;
import io.hybridpipe.retry.Backoff;
import java.time.Duration;
import reactor.core.publisher.Mono;

/**
 * A scope with the options that it asks for, at the speed of the stand-in.
 *
 * @param speed see {@link Stage#speed}
 */
public record Hastened(Scope scope, int speed) implements Scope {
    @Override
    public Contract contract() {
        return scope.contract();
    }

    @Override
    public Duration expiry() {
        return scope.expiry();
    }

    @Override
    public StepOptions options() {
        return options(scope.options(), speed);
    }

    @Override
    public Mono<Void> preflight(State state, StepContext context) {
        return scope.preflight(state, context);
    }

    @Override
    public Mono<Outputs> open(State state, StepContext context) {
        return scope.open(state, context);
    }

    @Override
    public Mono<Found> reconcile(State state, StepContext context) {
        return scope.reconcile(state, context);
    }

    @Override
    public Mono<Void> close(State state, Found found, StepContext context) {
        return scope.close(state, found, context);
    }

    /** The options that a step asks for, at the speed of the stand-in. */
    static StepOptions options(StepOptions options, int speed) {
        return options.withRetry(options.retry().withEach(backoff -> hastened(backoff, speed)))
                // not so much faster, or it would be over before a late call comes
                .withVisibility(options.visibility().dividedBy(10));
    }

    private static Backoff hastened(Backoff backoff, int speed) {
        return backoff.withDelays(
                backoff.first().dividedBy(speed), backoff.cap().dividedBy(speed));
    }
}

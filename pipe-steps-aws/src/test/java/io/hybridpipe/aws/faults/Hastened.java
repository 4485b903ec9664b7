// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.aws.faults;

import io.hybridpipe.Contract;
import io.hybridpipe.Found;
import io.hybridpipe.Outputs;
import io.hybridpipe.Scope;
import io.hybridpipe.State;
import io.hybridpipe.StepContext;
import io.hybridpipe.StepOptions;
import java.time.Duration;
import reactor.core.publisher.Mono;

/** A scope with the options that it asks for, at the speed of the stand-in. */
record Hastened(Scope scope) implements Scope {
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
        return Stage.hastened(scope.options());
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
}

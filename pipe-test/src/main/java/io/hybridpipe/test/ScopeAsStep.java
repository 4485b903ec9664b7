// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.test;

import io.hybridpipe.Contract;
import io.hybridpipe.Found;
import io.hybridpipe.Outputs;
import io.hybridpipe.Scope;
import io.hybridpipe.State;
import io.hybridpipe.Step;
import io.hybridpipe.StepContext;
import reactor.core.publisher.Mono;

/** A scope is a step whose undo comes at the end of its body. */
record ScopeAsStep(Scope scope) implements Step {
    @Override
    public Contract contract() {
        return scope.contract();
    }

    @Override
    public Mono<Outputs> run(State state, StepContext context) {
        return scope.open(state, context);
    }

    @Override
    public Mono<Found> reconcile(State state, StepContext context) {
        return scope.reconcile(state, context);
    }

    @Override
    public Mono<Void> undo(State state, Found found, StepContext context) {
        return scope.close(state, found, context);
    }
}

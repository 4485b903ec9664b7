// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.azure.network;

import io.hybridpipe.Found;
import io.hybridpipe.Outputs;
import io.hybridpipe.State;
import io.hybridpipe.StepContext;
import reactor.core.publisher.Mono;

/** A step that makes one resource of its own by one PUT, and lets subnets use it if it is told to. Immutable. */
abstract class MadeStep<S extends MadeStep<S, R>, R> extends PlacedStep<S> {
    private final Kind<R> kind;

    MadeStep(Target target, Kind<R> kind) {
        super(target);
        this.kind = kind;
    }

    /** The resource that is wanted. */
    abstract R toBody(State state, StepContext context);

    abstract Outputs toOutputs(R made);

    /** What one holds that this step did not make. */
    Children others(R there) {
        return Children.none();
    }

    /** The subnets that are to use it. */
    Associations associations() {
        return Associations.none();
    }

    @Override
    public Mono<Outputs> run(State state, StepContext context) {
        return Mono.defer(() -> {
            Own<R> own = target.own(kind, state, context);
            return own.make(toBody(state, context))
                    .flatMap(made -> associations().make(own, state).thenReturn(made))
                    .map(this::toOutputs);
        });
    }

    @Override
    public Mono<Found> reconcile(State state, StepContext context) {
        return Mono.defer(() -> {
            Own<R> own = target.own(kind, state, context);
            return own.toFound(associations().lack(own, state), this::toOutputs);
        });
    }

    @Override
    public Mono<Void> undo(State state, Found found, StepContext context) {
        return Mono.defer(() -> {
            Own<R> own = target.own(kind, state, context);
            return own.remove(this::others, associations().remove(own, state));
        });
    }

    /**
     * Checks the credential and, as far as they are known by then, that nobody else has the name, and that no subnet that is to
     * use it uses another one.
     */
    @Override
    public Mono<Void> preflight(State state, StepContext context) {
        return target.checkFree(kind, state, context).then(associations().check(target, kind, state, context));
    }
}

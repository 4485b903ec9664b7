// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe;

import java.util.Objects;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/**
 * A step under construction that is made of lambdas, as in {@code Step.reading(A).writing(B).undo(..).as(..)}. Immutable.
 */
public final class LambdaStep {
    private final Contract contract;
    private final @Nullable BiFunction<State, StepContext, Mono<Found>> reconcile;
    private final @Nullable BiFunction<State, StepContext, Mono<Void>> undo;

    private LambdaStep(
            Contract contract,
            @Nullable BiFunction<State, StepContext, Mono<Found>> reconcile,
            @Nullable BiFunction<State, StepContext, Mono<Void>> undo) {
        this.contract = contract;
        this.reconcile = reconcile;
        this.undo = undo;
    }

    static LambdaStep reading(Input<?>... inputs) {
        return new LambdaStep(
                Contract.of("lambda").reading(inputs).withEffect(Effect.irreversible("it has no undo")), null, null);
    }

    static Step opaque(BiFunction<State, StepContext, Mono<Outputs>> run) {
        return new Lambda(new LambdaStep(Contract.unseen("opaque"), null, null), run);
    }

    /** Declares keys that the step writes. */
    public LambdaStep writing(Key<?>... keys) {
        return new LambdaStep(contract.writing(keys), reconcile, undo);
    }

    /** Declares keys that the step reads and may give another value. */
    public LambdaStep updating(Key<?>... keys) {
        return new LambdaStep(contract.updating(keys), reconcile, undo);
    }

    /** Declares that the step changes nothing: it may be tried again at will, and there is nothing to undo. */
    public LambdaStep withoutEffect() {
        return new LambdaStep(contract.withEffect(Effect.none()), reconcile, undo);
    }

    /** Declares the version of the step's meaning; the default is 1. */
    public LambdaStep version(int version) {
        return new LambdaStep(contract.withVersion(version), reconcile, undo);
    }

    /** How to find out whether an attempt of unknown outcome took effect. */
    public LambdaStep reconcile(BiFunction<State, StepContext, Mono<Found>> reconcile) {
        return new LambdaStep(contract, reconcile, undo);
    }

    /** How to take back what the step did; it may be called when there is nothing (or nothing more) to take back. */
    public LambdaStep undo(BiFunction<State, StepContext, Mono<Void>> undo) {
        return new LambdaStep(contract.withEffect(Effect.undoable()), reconcile, undo);
    }

    /** The step that does this. */
    public Step as(BiFunction<State, StepContext, Mono<Outputs>> run) {
        return new Lambda(this, Objects.requireNonNull(run, "run"));
    }

    /**
     * The step that does this on a thread that may block; cancel and timeout interrupt the thread, and the engine waits up to
     * {@code cancelGrace} for it to end.
     */
    public Step blocking(BiFunction<State, StepContext, Outputs> run) {
        return as((state, context) -> BlockingWork.of(context, () -> run.apply(state, context)));
    }

    private record Lambda(LambdaStep parts, BiFunction<State, StepContext, Mono<Outputs>> body) implements Step {
        @Override
        public Contract contract() {
            return parts.contract;
        }

        @Override
        public Mono<Outputs> run(State state, StepContext context) {
            return body.apply(state, context);
        }

        @Override
        public Mono<Found> reconcile(State state, StepContext context) {
            return parts.reconcile == null
                    ? Step.super.reconcile(state, context)
                    : parts.reconcile.apply(state, context);
        }

        @Override
        public Mono<Void> undo(State state, Found found, StepContext context) {
            return parts.undo == null ? Step.super.undo(state, found, context) : parts.undo.apply(state, context);
        }
    }
}

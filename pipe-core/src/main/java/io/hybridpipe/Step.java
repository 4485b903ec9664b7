// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe;

import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.Function;
import reactor.core.publisher.Mono;

/**
 * One piece of work in a pipe.
 *
 * <p>The engine calls {@link #run} for each attempt and subscribes to what it returns; nothing may happen before. A step that
 * changes something sends its calls through {@link StepContext#mutate} and offers {@link #reconcile} and {@link #undo}.
 * Implementations are immutable: one instance serves many runs at once.
 */
public interface Step {
    /**
     * What this step declares; called once, when it is put into a pipe, and always the same.
     *
     * @throws IllegalStateException if the description is not complete; {@code build()} tells it with the element's path
     */
    Contract contract();

    /**
     * Does the work and emits the outputs; an empty Mono means none.
     *
     * <p>Fails with a {@link io.hybridpipe.retry.StepFailure} whose class says what may be done next; anything else counts as
     * permanent. On cancel it stops what it can.
     *
     * @param state what the contract reads, and nothing else
     */
    Mono<Outputs> run(State state, StepContext context);

    /**
     * Finds out, by reading only, whether an attempt of unknown outcome took effect.
     *
     * @param state what {@link #run} got
     */
    default Mono<Found> reconcile(State state, StepContext context) {
        return Mono.just(Found.unknown("this step cannot look"));
    }

    /**
     * Takes back what the step did; called only when the contract's effect is undoable, and again when it failed before, so
     * what is already gone is no error.
     *
     * @param state what the contract reads and what the step wrote, at their latest values
     * @param found what is there: {@link Found.Done} after a success, else what reconcile saw
     */
    default Mono<Void> undo(State state, Found found, StepContext context) {
        return Mono.error(new IllegalStateException(contract().type()
                + " declares an undoable effect but has no undo; declare withEffect(..) or write undo"));
    }

    /**
     * Looks, before anything of the run is done, whether the step can succeed; an error refuses the whole run.
     *
     * <p>Reads only. {@code state} holds the run's input alone: ask inputs by {@link Input#find}.
     * It has a minute, waits for permits aside; a passing failure is asked again as {@link #options()} says, a
     * {@link io.hybridpipe.retry.FailureClass#TRANSIENT} one three times at most.
     */
    default Mono<Void> preflight(State state, StepContext context) {
        return Mono.empty();
    }

    /** The timeouts, retries and visibility window that this step asks for, unless the pipe says otherwise. */
    default StepOptions options() {
        return StepOptions.ofDefaults();
    }

    /** A step without effect that computes one key from one input. */
    static <A, R> Step mapping(Input<A> input, Key<R> output, Function<? super A, ? extends R> function) {
        return reading(input)
                .writing(output)
                .withoutEffect()
                .as((state, context) -> Mono.fromSupplier(() -> Outputs.of(output, function.apply(input.get(state)))));
    }

    /** A step that hands an input to the consumer, which changes nothing that would have to be undone. */
    static <A> Step using(Input<A> input, Consumer<? super A> consumer) {
        return reading(input)
                .withoutEffect()
                .as((state, context) -> Mono.fromSupplier(() -> {
                    consumer.accept(input.get(state));
                    return Outputs.none();
                }));
    }

    /** Starts a step made of lambdas; without {@code undo} and {@code withoutEffect} it counts as irreversible. */
    static LambdaStep reading(Input<?>... inputs) {
        return LambdaStep.reading(inputs);
    }

    /**
     * A step for quick scripts that declares nothing: it may read and write every key, and the check cannot see past it.
     */
    static Step opaque(BiFunction<State, StepContext, Mono<Outputs>> run) {
        return LambdaStep.opaque(run);
    }
}

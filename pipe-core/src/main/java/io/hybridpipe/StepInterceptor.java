// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe;

import reactor.core.publisher.Mono;

/**
 * Stands round every call into a step or scope: the one place for limiters, tracing, dry runs and guards.
 *
 * <p>It runs inside the attempt timeout. Of several, the first given is the outermost. Thread-safe.
 */
public interface StepInterceptor {
    /** Which of its methods is called. */
    enum Phase {
        /** {@link Step#run}. */
        RUN,
        /** {@link Scope#open}. */
        OPEN,
        /** {@link Step#reconcile} or {@link Scope#reconcile}. */
        RECONCILE,
        /** {@link Step#undo}. */
        UNDO,
        /** {@link Scope#close}. */
        CLOSE
    }

    /**
     * What happens instead of the call; most return {@code next}, decorated.
     *
     * @param phase which method is called
     * @param contract the step's or scope's contract
     * @param context the call's context
     * @param next the call, made when subscribed
     */
    <T> Mono<T> around(Phase phase, Contract contract, StepContext context, Mono<T> next);
}

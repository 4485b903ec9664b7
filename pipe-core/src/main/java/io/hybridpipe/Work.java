// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe;

import io.hybridpipe.StepInterceptor.Phase;
import java.time.Duration;
import java.util.Objects;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/**
 * What a step and a scope share: something is done, can be looked for, and is taken back. A scope is a step whose undo comes
 * at the end of its body.
 */
abstract class Work {
    private static final ClassValue<Boolean> PREFLIGHT = new ClassValue<>() {
        @Override
        protected Boolean computeValue(Class<?> type) {
            try {
                Class<?> declares = type.getMethod("preflight", State.class, StepContext.class)
                        .getDeclaringClass();
                return declares != Step.class && declares != Scope.class;
            } catch (NoSuchMethodException e) {
                throw new IllegalStateException("every step and scope has one", e);
            }
        }
    };

    final Contract contract;
    final StepOptions options;

    /** Why the description cannot say its contract, which is then unseen; null if it can. */
    final @Nullable RuntimeException flaw;

    /** Whether the class has a preflight of its own: most have none, and then nothing is asked. */
    final boolean hasPreflight;

    private Work(Supplier<Contract> contract, StepOptions options, Class<?> type) {
        hasPreflight = PREFLIGHT.get(type);
        Contract declared;
        RuntimeException thrown = null;
        try {
            declared = Objects.requireNonNull(contract.get(), "contract");
        } catch (RuntimeException incomplete) {
            // told by build(), together with all other problems
            declared = Contract.unseen(type.getSimpleName());
            thrown = incomplete;
        }
        this.contract = declared;
        flaw = thrown;
        this.options = Objects.requireNonNull(options, "options");
    }

    abstract Phase forward();

    abstract Phase backward();

    abstract Mono<Outputs> run(State state, StepContext context);

    abstract Mono<Found> reconcile(State state, StepContext context);

    abstract Mono<Void> undo(State state, Found found, StepContext context);

    abstract Mono<Void> preflight(State state, StepContext context);

    boolean isScope() {
        return forward() == Phase.OPEN;
    }

    /** How long one opening lasts; zero for steps. */
    Duration expiry() {
        return Duration.ZERO;
    }

    static Work of(Step step, UnaryOperator<StepOptions> options) {
        return new Work(step::contract, options.apply(step.options()), step.getClass()) {
            @Override
            Phase forward() {
                return Phase.RUN;
            }

            @Override
            Phase backward() {
                return Phase.UNDO;
            }

            @Override
            Mono<Outputs> run(State state, StepContext context) {
                return step.run(state, context);
            }

            @Override
            Mono<Found> reconcile(State state, StepContext context) {
                return step.reconcile(state, context);
            }

            @Override
            Mono<Void> undo(State state, Found found, StepContext context) {
                return step.undo(state, found, context);
            }

            @Override
            Mono<Void> preflight(State state, StepContext context) {
                return step.preflight(state, context);
            }
        };
    }

    static Work of(Scope scope, UnaryOperator<StepOptions> options) {
        return new Work(scope::contract, options.apply(scope.options()), scope.getClass()) {
            @Override
            Phase forward() {
                return Phase.OPEN;
            }

            @Override
            Phase backward() {
                return Phase.CLOSE;
            }

            @Override
            Mono<Outputs> run(State state, StepContext context) {
                return scope.open(state, context);
            }

            @Override
            Mono<Found> reconcile(State state, StepContext context) {
                return scope.reconcile(state, context);
            }

            @Override
            Mono<Void> undo(State state, Found found, StepContext context) {
                return scope.close(state, found, context);
            }

            @Override
            Mono<Void> preflight(State state, StepContext context) {
                return scope.preflight(state, context);
            }

            @Override
            Duration expiry() {
                return scope.expiry();
            }
        };
    }
}

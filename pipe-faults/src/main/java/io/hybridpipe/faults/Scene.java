// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.faults;

import io.hybridpipe.Pipe;
import io.hybridpipe.Scope;
import io.hybridpipe.Step;
import io.hybridpipe.test.StepContract;
import java.util.function.Function;

/**
 * A step, or a scope, to be played in a small pipe.
 *
 * @param name the name of its class; a variant adds a dash and what differs, such as {@code DeployStack-updating}
 * @param undoable whether what is done can be taken back
 * @param work furnishes the stage and says what is done on it
 * @param <S> where it is played
 */
public record Scene<S extends Stage>(String name, boolean undoable, Function<S, Work> work) {
    /** That of a step. */
    public static <S extends Stage> Scene<S> step(String name, Function<S, Step> step) {
        return new Scene<>(name, true, stage -> new StepWork(step.apply(stage)));
    }

    /** That of a step which cannot be taken back: it is played forward only, and may have done its work whole, or nothing. */
    public static <S extends Stage> Scene<S> irreversible(String name, Function<S, Step> step) {
        return new Scene<>(name, false, stage -> new StepWork(step.apply(stage)));
    }

    /** That of a scope, which is held to the end of the pipe. */
    public static <S extends Stage> Scene<S> scope(String name, Function<S, Scope> scope) {
        return new Scene<>(name, true, stage -> new ScopeWork(scope.apply(stage)));
    }

    /** A step or a scope. */
    public sealed interface Work {
        /** Adds it to a pipe for a stage of this speed. */
        Pipe.Builder addTo(Pipe.Builder pipe, int speed);

        /** What the engine relies on in it. */
        StepContract contract();
    }

    private record StepWork(Step step) implements Work {
        @Override
        public Pipe.Builder addTo(Pipe.Builder pipe, int speed) {
            return pipe.step("work", step, options -> Hastened.options(options, speed));
        }

        @Override
        public StepContract contract() {
            return StepContract.of(step);
        }
    }

    private record ScopeWork(Scope scope) implements Work {
        @Override
        public Pipe.Builder addTo(Pipe.Builder pipe, int speed) {
            return pipe.holding("work", new Hastened(scope, speed));
        }

        @Override
        public StepContract contract() {
            return StepContract.of(scope);
        }
    }

    @Override
    public String toString() {
        return name;
    }
}

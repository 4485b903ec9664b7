// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.azure;

import io.hybridpipe.Input;
import io.hybridpipe.State;
import io.hybridpipe.retry.StepFailure;
import java.util.Optional;

/**
 * Which texts a step takes for a name, an id or the like.
 *
 * <p>What is written in the pipe itself is looked at when the step is described, what comes through a key in the run, by the same
 * rule.
 */
@FunctionalInterface
public interface TextRule {
    /** What is wrong with the text, in one line; empty if nothing is. */
    Optional<String> problem(String text);

    /**
     * The text itself.
     *
     * @param step the step's type, with which the message begins
     * @throws IllegalArgumentException if something is wrong with it
     */
    default String checked(String step, String text) {
        problem(text).ifPresent(problem -> {
            throw new IllegalArgumentException(step + ": " + problem);
        });
        return text;
    }

    /**
     * The input, whose values signal a permanent {@link StepFailure} when something is wrong with them.
     *
     * @param step the step's type, with which the message begins
     * @throws IllegalArgumentException if it is a literal and something is wrong with it
     */
    default Input<? extends String> in(String step, Input<? extends String> given) {
        Optional<? extends String> literal = literal(given);
        if (literal.isPresent()) {
            checked(step, literal.get());
            return given;
        }
        return given.map(text -> {
            problem(text).ifPresent(problem -> {
                throw StepFailure.permanent(step + ": " + problem);
            });
            return text;
        });
    }

    /** The value of an input that reads no key: what is written in the pipe itself. */
    static <T> Optional<T> literal(Input<? extends T> input) {
        boolean readsNothing = input.reads().isEmpty() && input.optionalReads().isEmpty();
        return readsNothing ? Optional.of(input.get(State.empty())) : Optional.empty();
    }
}

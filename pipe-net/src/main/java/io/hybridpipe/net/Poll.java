// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.net;

import io.hybridpipe.Outputs;
import io.hybridpipe.StepContext;
import io.hybridpipe.StepOptions;
import io.hybridpipe.retry.StepFailure;
import java.time.Duration;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/**
 * Asking again and again until enough answers in a row are good.
 *
 * @param every from the end of one question to the next one
 * @param inARow so many good answers are enough
 * @param patience how long one question may take
 * @param within how long all of it may take
 */
record Poll(Duration every, int inARow, Duration patience, Duration within) {
    // the engine's own timeout comes a little later, since it does not know the last answer
    private static final Duration MARGIN = Duration.ofSeconds(5);

    Poll {
        requirePositive("interval", every);
        requirePositive("answer timeout", patience);
        requirePositive("time", within);
        if (inARow < 1) {
            throw new IllegalArgumentException("answers in a row are " + inARow + ", they must be at least 1");
        }
    }

    static Poll ofDefaults() {
        return new Poll(Duration.ofSeconds(2), 1, Duration.ofSeconds(5), Duration.ofMinutes(10));
    }

    Poll withEvery(Duration every) {
        return new Poll(every, inARow, patience, within);
    }

    Poll withInARow(int inARow) {
        return new Poll(every, inARow, patience, within);
    }

    Poll withPatience(Duration patience) {
        return new Poll(every, inARow, patience, within);
    }

    Poll withWithin(Duration within) {
        return new Poll(every, inARow, patience, within);
    }

    /**
     * One answer.
     *
     * @param good whether it counts
     * @param text what it was, in a few words
     */
    record Answer(boolean good, String text) {}

    StepOptions options() {
        return StepOptions.ofDefaults().withStepTimeout(within.plus(MARGIN));
    }

    /**
     * Asks until it is enough; cancel stops the question or the pause at once.
     *
     * @param whom who is asked
     * @param question asks once for each call
     */
    Mono<Outputs> ask(String whom, Supplier<Mono<Answer>> question, StepContext context) {
        return Mono.defer(() -> {
            Tally tally = new Tally(whom, context);
            return Mono.defer(question)
                    .timeout(patience, Mono.fromSupplier(() -> new Answer(false, "no answer in time")))
                    .doOnNext(tally::count)
                    .repeatWhen(ends -> ends.concatMap(end -> Mono.delay(every)))
                    .takeUntil(answer -> tally.good == inARow)
                    .then(Mono.just(Outputs.none()))
                    .timeout(
                            within,
                            Mono.error(() -> StepFailure.permanent(
                                    whom + ": not ready within " + within + "; last answer: " + tally.last())));
        });
    }

    private static void requirePositive(String what, Duration duration) {
        if (duration.isNegative() || duration.isZero()) {
            throw new IllegalArgumentException(what + " is " + duration + ", it must be positive");
        }
    }

    /** The answers of one subscription so far; counted by one thread at a time. */
    private final class Tally {
        private final String whom;
        private final StepContext context;
        private volatile int good;
        private volatile @Nullable Answer last;

        Tally(String whom, StepContext context) {
            this.whom = whom;
            this.context = context;
        }

        void count(Answer answer) {
            Answer before = last;
            good = answer.good() ? good + 1 : 0;
            last = answer;
            // the same bad answer for ten minutes is one piece of news
            if (answer.good() || !answer.equals(before)) {
                context.progress(good, inARow, whom + ": " + answer.text());
            }
        }

        String last() {
            Answer answer = last;
            return answer == null ? "none" : answer.text();
        }
    }
}

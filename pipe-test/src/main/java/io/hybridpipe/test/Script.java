// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.test;

import io.hybridpipe.retry.FailureClass;
import io.hybridpipe.retry.StepFailure;
import io.hybridpipe.test.Act.Change;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/**
 * What a sequence of calls does, first call first; calls beyond the script succeed.
 *
 * <p>The calls are counted over all runs and all places of a pipe where the same object stands. Thread-safe.
 *
 * @param <S> the script's own type
 */
public abstract sealed class Script<S extends Script<S>> permits Answers, Scripted {
    private final Deque<Act> acts = new ArrayDeque<>();
    private Duration takes = Duration.ZERO;

    Script() {}

    abstract S self();

    /** The next call succeeds; only needed where failures follow. */
    public S succeeds() {
        return then(Act.success(takes()));
    }

    /** The next call fails with this class, and nothing took effect. */
    public S fails(FailureClass failureClass) {
        return fails(1, failureClass);
    }

    /** The next {@code times} calls fail with this class, and nothing took effect. */
    public S fails(int times, FailureClass failureClass) {
        if (times < 1) {
            throw new IllegalArgumentException("times is " + times + ", it must be at least 1");
        }
        for (int i = 0; i < times; i++) {
            then(Act.failure(
                    takes(), Change.NOTHING, StepFailure.of(failureClass, "scripted " + failureClass + " failure")));
        }
        return self();
    }

    /** The next call fails with this, and nothing took effect. */
    public S failsWith(Throwable failure) {
        return then(Act.failure(takes(), Change.NOTHING, failure));
    }

    /** The next call is throttled: nothing took effect, and it must not be tried again sooner than this. */
    public S isThrottled(Duration retryAfter) {
        return failsWith(StepFailure.throttled(retryAfter, "scripted throttling", null));
    }

    /** The next call never answers, and nothing took effect. */
    public S hangs() {
        return then(Act.silence(takes(), Change.NOTHING));
    }

    /** The next call takes effect and never answers. */
    public S hangsAfterItsEffect() {
        return then(Act.silence(takes(), Change.ALL));
    }

    /** The next call takes effect, but the answer is lost: its failure is of unknown outcome. */
    public S losesTheAnswer() {
        return then(Act.failure(takes(), Change.ALL, StepFailure.unknownOutcome("scripted loss of the answer")));
    }

    /** The next call is lost before it takes effect, but nobody can know: its failure is of unknown outcome. */
    public S losesTheRequest() {
        return then(Act.failure(takes(), Change.NOTHING, StepFailure.unknownOutcome("scripted loss of the request")));
    }

    /** The next call gets half of its work done and then fails in passing, as a step of two requests does. */
    public S stopsHalfWay() {
        return then(
                Act.failure(takes(), Change.HALF, StepFailure.of(FailureClass.TRANSIENT, "scripted failure half way")));
    }

    /**
     * The next call throws this, an {@code Error} for instance, instead of returning a Mono.
     *
     * @param thrown an unchecked exception or an error
     */
    public S throwsError(Throwable thrown) {
        if (thrown instanceof RuntimeException || thrown instanceof Error) {
            return then(Act.thrown(thrown));
        }
        throw new IllegalArgumentException("a method of a step can only throw what is unchecked, not " + thrown);
    }

    /**
     * The calls that are scripted from here on, and those beyond the script, take this long; the default is no time. The
     * time is virtual under {@link PipeVerifier}. A change happens at its end, also when nobody waits for the answer any more.
     */
    public synchronized S takes(Duration time) {
        takes = time;
        return self();
    }

    synchronized S then(Act act) {
        acts.add(act);
        return self();
    }

    synchronized Duration takes() {
        return takes;
    }

    /** The next act, if it throws at once; then it is used up. */
    synchronized @Nullable Throwable thrownNow() {
        Act next = acts.peek();
        if (next == null || next.thrown() == null) {
            return null;
        }
        acts.remove();
        return next.thrown();
    }

    synchronized Act next() {
        Act next = acts.poll();
        return next == null ? Act.success(takes) : next;
    }
}

// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.test;

import io.hybridpipe.Pipe;
import io.hybridpipe.RunOptions;
import io.hybridpipe.State;
import io.hybridpipe.event.PipeEvent;
import io.hybridpipe.event.RunReport.Outcome;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Runs a pipe in virtual time and expects its events in order; a failed expectation prints them all.
 *
 * <pre>{@code
 * PipeVerifier.of(pipe)
 *         .input(State.of(NAME, "world"))
 *         .expect(StepStarted.class, "hello/greet")
 *         .expect(StepRetrying.class, "hello/greet")
 *         .expect(StepStarted.class, "hello/greet")
 *         .expect(StepFinished.class, "hello/greet")
 *         .verifyDone();
 * }</pre>
 *
 * <p>Without any expectation only the end is verified. With one, every event must be expected, except the first and the
 * last ({@code RunStarted}, {@code RunSettled}), which may be left out; {@link #lenient} allows others in between.
 *
 * <p><b>Time</b> is virtual and the verifier's own, so tests may run in parallel: backoffs, timeouts and deadlines pass in no
 * time. It moves by itself from one timer to the next whenever an expectation is not yet met and nothing else can happen:
 * that is, while only {@linkplain Scripted scripted} steps are under way. A call of any other step may be at work on another
 * thread, so it is waited for in real time (at most {@link #within}); move on with {@link #thenAwait} where it hangs on
 * purpose. {@link #inRealTime} leaves all to the system clock, for pipes that talk to servers.
 *
 * <p>The run gets the id {@code verified}, so that its tokens and the jitter of its backoffs are always the same. Each
 * {@code verify} is a new run. Not thread-safe.
 */
public final class PipeVerifier {
    private final Pipe pipe;
    private final List<Item> script = new ArrayList<>();
    private final List<Item.Expected> never = new ArrayList<>();
    private State input = State.empty();
    private UnaryOperator<RunOptions> options = UnaryOperator.identity();
    private Duration within = Duration.ofSeconds(10);
    private boolean lenient;
    private boolean realTime;

    private PipeVerifier(Pipe pipe) {
        this.pipe = Objects.requireNonNull(pipe, "pipe");
    }

    /** Starts the script of one run of the pipe. */
    public static PipeVerifier of(Pipe pipe) {
        return new PipeVerifier(pipe);
    }

    /** The run's input; default the empty state. */
    public PipeVerifier input(State input) {
        this.input = Objects.requireNonNull(input, "input");
        return this;
    }

    /** Changes the run's options; leave the scheduler to the verifier. */
    public PipeVerifier options(UnaryOperator<RunOptions> change) {
        UnaryOperator<RunOptions> before = options;
        options = given -> change.apply(before.apply(given));
        return this;
    }

    /** The real time that the whole run may take; default 10 seconds. */
    public PipeVerifier within(Duration realTime) {
        if (realTime.isNegative() || realTime.isZero()) {
            throw new IllegalArgumentException("within is " + realTime + ", it must be positive");
        }
        within = realTime;
        return this;
    }

    /** The expected events must come in this order, with any others before, between and after them. */
    public PipeVerifier lenient() {
        lenient = true;
        return this;
    }

    /** The run uses the system clock and real timers. */
    public PipeVerifier inRealTime() {
        realTime = true;
        return this;
    }

    /** Then an event of this type comes. */
    public PipeVerifier expect(Class<? extends PipeEvent> type) {
        return then(new Item.Expected(type, null, null));
    }

    /** Then an event of this type comes at this path. */
    public PipeVerifier expect(Class<? extends PipeEvent> type, String path) {
        return then(new Item.Expected(type, Objects.requireNonNull(path, "path"), null));
    }

    /** Then an event of this type comes at this path and meets the condition. */
    public <E extends PipeEvent> PipeVerifier expect(Class<E> type, String path, Predicate<? super E> condition) {
        return then(new Item.Expected(
                type, Objects.requireNonNull(path, "path"), event -> condition.test(type.cast(event))));
    }

    /** In the whole run no event of this type comes. */
    public PipeVerifier never(Class<? extends PipeEvent> type) {
        never.add(new Item.Expected(type, null, null));
        return this;
    }

    /** In the whole run no event of this type comes at this path. */
    public PipeVerifier never(Class<? extends PipeEvent> type, String path) {
        never.add(new Item.Expected(type, Objects.requireNonNull(path, "path"), null));
        return this;
    }

    /** Then this much of the run's time passes without any event. */
    public PipeVerifier expectNoEvent(Duration time) {
        return then(new Item.Silence(time));
    }

    /** Then this much of the run's time passes, whatever happens in it. */
    public PipeVerifier thenAwait(Duration time) {
        return then(new Item.Await(time));
    }

    /**
     * Then the run is asked to stop. It hears that as soon as it waits for something: script the step that is under way with
     * {@code takes} or {@code hangs}, for what ends at once has ended before.
     */
    public PipeVerifier thenCancel(String reason) {
        return then(new Item.Cancel(Objects.requireNonNull(reason, "reason")));
    }

    /** Then this code runs, for instance an assertion about what exists at that moment. */
    public PipeVerifier then(Runnable code) {
        return then(new Item.Action(Objects.requireNonNull(code, "code")));
    }

    private PipeVerifier then(Item item) {
        script.add(item);
        return this;
    }

    /**
     * Runs the pipe and verifies that all was done and every scope closed.
     *
     * @throws AssertionError with all events and the report, if an expectation fails or the run ends otherwise
     */
    public Verified verifyDone() {
        return verifyOutcome(Outcome.DONE);
    }

    /**
     * Runs the pipe and verifies that it failed or was cancelled and that all was undone.
     *
     * @throws AssertionError as {@link #verifyDone}
     */
    public Verified verifyUndone() {
        return verifyOutcome(Outcome.UNDONE);
    }

    /**
     * Runs the pipe and verifies that it failed or was cancelled and kept what it had made.
     *
     * @throws AssertionError as {@link #verifyDone}
     */
    public Verified verifyKept() {
        return verifyOutcome(Outcome.KEPT);
    }

    /**
     * Runs the pipe and verifies that something is left over.
     *
     * @throws AssertionError as {@link #verifyDone}
     */
    public Verified verifyLeftOvers() {
        return verifyOutcome(Outcome.LEFT_OVERS);
    }

    /**
     * Runs the pipe and verifies that it was refused before anything was changed.
     *
     * @throws AssertionError as {@link #verifyDone}
     */
    public Verified verifyRefused() {
        return verifyOutcome(Outcome.REFUSED);
    }

    /**
     * Runs the pipe and verifies that it ends with this outcome.
     *
     * @throws AssertionError as {@link #verifyDone}
     */
    public Verified verifyOutcome(Outcome outcome) {
        Objects.requireNonNull(outcome, "outcome");
        @Nullable VirtualTime time = realTime ? null : new VirtualTime();
        Verification verification = new Verification(script, never, lenient, outcome, within, time);
        return verification.run(pipe, input, options);
    }
}

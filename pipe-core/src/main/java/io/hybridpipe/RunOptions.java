// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe;

import io.hybridpipe.event.RunId;
import io.hybridpipe.event.RunListener;
import io.hybridpipe.journal.Journal;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import javax.crypto.SecretKey;
import org.jspecify.annotations.Nullable;
import reactor.core.scheduler.Scheduler;

/**
 * How one run behaves. Immutable; each method returns a changed copy.
 *
 * <p>Defaults: undo on failure, no deadline, 30 minutes for undo, 10 seconds for calls in flight after a cancel, a random run
 * id, the system clock, {@code Schedulers.parallel()} for timers, no listener, no interceptor, no shutdown hook, no journal.
 */
public final class RunOptions {
    /** What becomes of finished steps when the run fails or is cancelled. */
    public enum OnFailure {
        /** They are undone, in reverse. */
        UNDO,
        /** They stay, for a later resume; scopes are closed all the same. */
        KEEP
    }

    private static final RunOptions DEFAULTS = new RunOptions();

    OnFailure onFailure = OnFailure.UNDO;

    @Nullable
    Duration deadline;

    Duration undoDeadline = Duration.ofMinutes(30);
    Duration cancelGrace = Duration.ofSeconds(10);

    @Nullable
    Duration shutdownGrace;

    @Nullable
    RunId runId;

    @Nullable
    Clock clock;

    @Nullable
    Scheduler scheduler;

    @Nullable
    Journal journal;

    @Nullable
    String target;

    @Nullable
    SecretKey secretsKey;

    List<RunListener> listeners = List.of();
    List<StepInterceptor> interceptors = List.of();
    Map<String, String> labels = Map.of();

    private RunOptions() {}

    private RunOptions(RunOptions other) {
        onFailure = other.onFailure;
        deadline = other.deadline;
        undoDeadline = other.undoDeadline;
        cancelGrace = other.cancelGrace;
        shutdownGrace = other.shutdownGrace;
        runId = other.runId;
        clock = other.clock;
        scheduler = other.scheduler;
        journal = other.journal;
        target = other.target;
        secretsKey = other.secretsKey;
        listeners = other.listeners;
        interceptors = other.interceptors;
        labels = other.labels;
    }

    /** The defaults. */
    public static RunOptions ofDefaults() {
        return DEFAULTS;
    }

    /** What becomes of finished steps when the run fails or is cancelled; default {@link OnFailure#UNDO}. */
    public RunOptions onFailure(OnFailure onFailure) {
        RunOptions copy = new RunOptions(this);
        copy.onFailure = Objects.requireNonNull(onFailure, "onFailure");
        return copy;
    }

    /** When the run's forward work is stopped, counted from its start; default never. */
    public RunOptions deadline(Duration deadline) {
        RunOptions copy = new RunOptions(this);
        copy.deadline = positive(deadline, "deadline");
        return copy;
    }

    /** How long one pass of undo may take; default 30 minutes. Closes of scopes are made all the same. */
    public RunOptions undoDeadline(Duration undoDeadline) {
        RunOptions copy = new RunOptions(this);
        copy.undoDeadline = positive(undoDeadline, "undoDeadline");
        return copy;
    }

    /**
     * How long the engine listens, after a cancel or timeout, to calls that change something and are in flight; default 10
     * seconds. Choose it longer than a call may need to take effect.
     */
    public RunOptions cancelGrace(Duration cancelGrace) {
        RunOptions copy = new RunOptions(this);
        copy.cancelGrace = positive(cancelGrace, "cancelGrace");
        return copy;
    }

    /** Cancels the run when the JVM shuts down, and holds the shutdown until the run has settled or this time is over. */
    public RunOptions closeOnShutdown(Duration grace) {
        RunOptions copy = new RunOptions(this);
        copy.shutdownGrace = positive(grace, "closeOnShutdown");
        return copy;
    }

    /** The run's id; default a random one. */
    public RunOptions runId(RunId runId) {
        RunOptions copy = new RunOptions(this);
        copy.runId = Objects.requireNonNull(runId, "runId");
        return copy;
    }

    /** The clock that events, reports and steps see; default the scheduler's. */
    public RunOptions clock(Clock clock) {
        RunOptions copy = new RunOptions(this);
        copy.clock = Objects.requireNonNull(clock, "clock");
        return copy;
    }

    /**
     * The scheduler whose timers the run uses; default {@code Schedulers.parallel()}, looked up when the run starts. On one
     * whose time is not the wall clock's (virtual time) the engine itself runs too, so that time moves only when all is done.
     */
    public RunOptions scheduler(Scheduler scheduler) {
        RunOptions copy = new RunOptions(this);
        copy.scheduler = Objects.requireNonNull(scheduler, "scheduler");
        return copy;
    }

    /**
     * Where the run is written down, so that another process can resume or undo it with {@link Runs}; default nowhere. It also keeps two
     * runs from working on one {@link #target} at once. A run with the id of one that was written down already is refused.
     *
     * <p>Values are written as JSON under their keys' declared types and must be read back equal: texts, numbers, enums, what
     * {@code java.time} has, URIs, paths, addresses, bytes, records, and collections, maps, Optionals and {@link Secret}s of these.
     * Another class says its form by Jackson's {@code @JsonCreator} and {@code @JsonValue}; a sealed or abstract type needs
     * {@code @JsonTypeInfo} and {@code @JsonSubTypes}. A run that would write a value of any other type is refused before it starts.
     */
    public RunOptions journal(Journal journal) {
        RunOptions copy = new RunOptions(this);
        copy.journal = Objects.requireNonNull(journal, "journal");
        return copy;
    }

    /**
     * What no two runs with the same journal may work on at once; default the pipe's name and the inputs that it needs and that are
     * not secret. A run whose target is held by a living owner is refused. Given to {@link Runs}, it says on which target the runs must
     * be that they go on with: what one cloud does not have may be open in another one.
     */
    public RunOptions target(String target) {
        RunOptions copy = new RunOptions(this);
        copy.target = Objects.requireNonNull(target, "target");
        return copy;
    }

    /**
     * An AES key with which the journal's secret values are sealed; default none: then secret values are not written, and whoever
     * resumes the run must supply them again.
     */
    public RunOptions secretsKey(SecretKey secretsKey) {
        RunOptions copy = new RunOptions(this);
        copy.secretsKey = Objects.requireNonNull(secretsKey, "secretsKey");
        return copy;
    }

    /** One more listener. */
    public RunOptions listener(RunListener listener) {
        RunOptions copy = new RunOptions(this);
        copy.listeners = plus(listeners, listener);
        return copy;
    }

    /** One more interceptor, inside those given before. */
    public RunOptions around(StepInterceptor interceptor) {
        RunOptions copy = new RunOptions(this);
        copy.interceptors = plus(interceptors, interceptor);
        return copy;
    }

    /** A label that all events of the run bear. */
    public RunOptions label(String name, String value) {
        RunOptions copy = new RunOptions(this);
        Map<String, String> all = new LinkedHashMap<>(labels);
        all.put(name, value);
        copy.labels = Collections.unmodifiableMap(all);
        return copy;
    }

    private static <T> List<T> plus(List<T> list, T one) {
        List<T> all = new ArrayList<>(list);
        all.add(Objects.requireNonNull(one));
        return List.copyOf(all);
    }

    private static Duration positive(Duration duration, String name) {
        if (duration.isNegative() || duration.isZero()) {
            throw new IllegalArgumentException(name + " is " + duration + ", it must be positive");
        }
        return duration;
    }
}

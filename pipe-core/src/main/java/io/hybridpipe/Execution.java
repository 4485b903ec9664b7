// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe;

import io.hybridpipe.event.EventHeader;
import io.hybridpipe.event.Path;
import io.hybridpipe.event.PipeEvent;
import io.hybridpipe.event.RunId;
import io.hybridpipe.event.RunReport;
import io.hybridpipe.event.RunReport.Outcome;
import io.hybridpipe.journal.JournalRecord.Kind;
import io.hybridpipe.journal.Owner;
import io.hybridpipe.retry.StepFailure;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.Disposable;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;
import reactor.util.context.ContextView;

/**
 * One run: admits it, walks forward through the pipe's body, walks back if that failed, and settles.
 *
 * <p>All fields that change are touched only inside the {@link Mailbox}.
 */
final class Execution implements Run {
    static final Logger LOG = LoggerFactory.getLogger(Pipe.class);

    final Pipe pipe;
    /** How it goes on, if another process began it. */
    final @Nullable Resumption resumption;

    State input;
    final RunOptions options;
    final ContextView context;
    final Clock clock;
    final Scheduler scheduler;
    final Secrets secrets = new Secrets();
    /** What undo could not take back, with the reason. */
    final Map<Unit, String> leftovers = new LinkedHashMap<>();
    /** Finished steps that undo passed by. */
    final Set<Unit> notUndone = new LinkedHashSet<>();

    private final Mailbox mailbox;
    /** What the run writes down, and the lease under which it works. */
    final Records records;

    final Listening listening;
    final UndoPass undo;

    private final Sinks.One<End> end = Sinks.one();
    private final BodyNode root;
    private volatile @Nullable RunId id;
    private volatile @Nullable String asked;
    private long now;
    private boolean nowKnown;
    private Instant instant = Instant.EPOCH;
    private Instant startedAt = Instant.EPOCH;
    private @Nullable Throwable primary;
    private @Nullable Path primaryPath;
    private @Nullable Throwable stopRequested;
    private @Nullable Disposable preflight;
    private @Nullable Disposable deadlineTimer;
    private final List<Throwable> others = new ArrayList<>();
    private boolean refused;
    private boolean unrestored;
    private boolean over;
    private boolean keptAlive;

    Execution(Pipe pipe, State input, RunOptions options, ContextView context, @Nullable Resumption resumption) {
        this.pipe = pipe;
        this.resumption = resumption;
        this.input = input.detached();
        this.options = options;
        this.context = context;
        id = options.runId;
        Scheduler timers = options.scheduler == null ? Schedulers.parallel() : options.scheduler;
        scheduler = timers;
        boolean wallClock = WallClock.isOf(timers);
        clock = options.clock != null ? options.clock : wallClock ? Clock.systemUTC() : new SchedulerClock(timers);
        mailbox = new Mailbox(wallClock ? EngineThreads.executor() : Runnable::run, this::timePasses);
        records = new Records(this);
        listening = new Listening(this);
        undo = new UndoPass(this);
        root = BodyNode.root(this, pipe.describe());
    }

    // ---- from the outside

    @Override
    public RunId id() {
        RunId known = id;
        if (known == null) {
            synchronized (this) {
                known = id;
                if (known == null) {
                    known = RunId.random();
                    id = known;
                }
            }
        }
        return known;
    }

    @Override
    public Mono<State> result() {
        return end.asMono().flatMap(it -> it.failure == null ? Mono.just(it.state) : Mono.error(it.failure));
    }

    @Override
    public Mono<RunReport> settled() {
        return end.asMono().map(End::report);
    }

    @Override
    public void cancel(String reason) {
        ask("cancelled: " + reason);
    }

    /** Noted at once: the engine may be busy with elements that all end at once, and must not start another one. */
    private void ask(String why) {
        if (asked == null) {
            asked = why;
        }
        mailbox.post(this::heed);
    }

    /** Stops the run if somebody has asked for it; checked before each element starts. */
    void heed() {
        String why = asked;
        if (why != null) {
            stop(why);
        }
    }

    /** @param here whether the first steps may run on the calling thread */
    void start(boolean here) {
        if (options.shutdownGrace != null) {
            Shutdown.register(this, options.shutdownGrace);
        }
        if (here && !Schedulers.isInNonBlockingThread()) {
            mailbox.postHere(this::begin);
            // most short runs end in the line before; those that do not must outlive this thread, which may end now
            keepAlive();
        } else {
            keepAlive();
            mailbox.post(this::begin);
        }
    }

    private synchronized void keepAlive() {
        if (!over && !keptAlive) {
            keptAlive = true;
            EngineThreads.unsettled();
        }
    }

    // ---- the course of a run

    private void begin() {
        startedAt = instant();
        if (resumption != null) {
            records.takeUp(failure -> resume(resumption, failure));
            return;
        }
        Outline outline = pipe.describe();
        Set<String> missing = new TreeSet<>();
        for (Key<?> key : pipe.needs()) {
            Cell cell = input.cells.getOrElse(key.name(), null);
            if (cell == null) {
                missing.add(key.name());
            } else {
                secrets.learn(key, cell.value(key.type()));
            }
        }
        if (!missing.isEmpty()) {
            refuse(outline.path(), StepFailure.permanent("the input lacks " + String.join(", ", missing)), List.of());
            return;
        }
        learnInput();
        armDeadline();
        Mono<Preflight.Verdict> checks = outline.hasPreflight() ? new Preflight(this).run(outline) : null;
        if (checks == null) {
            admitted();
            return;
        }
        try {
            preflight(checks, outline);
        } catch (Throwable e) { // an Error that user code throws while it is subscribed
            refuse(outline.path(), e, List.of());
        }
    }

    /** Rebuilds the tree of elements from the log, then goes on in the direction that it has. */
    private void resume(Resumption how, @Nullable Throwable failure) {
        Path path = root.path();
        if (failure != null) {
            refuse(path, failure, List.of());
            return;
        }
        how.knows(records.past(), now() + options.cancelGrace.toMillis());
        how.teach(secrets);
        StepFailure problem = how.problem(pipe, options.target, records.values);
        if (problem != null) {
            refuse(path, problem, List.of());
            return;
        }
        input = how.input(pipe, records.values);
        learnInput();
        armDeadline();
        Past past = how.past();
        root.restoring = how.goesBack();
        primary = how.reason();
        primaryPath = past.turn == null ? path : past.turn.path();
        emit(root, 0, header -> new PipeEvent.RunResumed(header, pipe.name(), root.restoring));
        Throwable why = how.mode == Resumption.Mode.UNDO && past.turn == null ? primary : null;
        Runnable next = why == null
                ? this::begun
                : () -> records.append(Kind.TURN, path, () -> records.failure(why), this::begun);
        if (how.isOfAnotherPipe(pipe)) {
            // the next resume has to compare with the pipe whose elements may now be reached
            records.append(Kind.RUN_STARTED, path, records::started, next);
        } else {
            next.run();
        }
    }

    private void learnInput() {
        // all of it: keys that are read only if they are there are not among the needs
        input.cells.values().forEach(cell -> secrets.learn(cell.held(), cell.secretInput));
    }

    private void armDeadline() {
        if (options.deadline != null) {
            deadlineTimer = scheduler.schedule(
                    () -> ask("the run's deadline of " + options.deadline + " has passed"),
                    options.deadline.toMillis(),
                    TimeUnit.MILLISECONDS);
        }
    }

    boolean isResumed() {
        return resumption != null;
    }

    /** What the log says of an element; null if it says nothing, or if there was no earlier process. */
    Past.@Nullable Trace trace(Node node) {
        return resumption == null ? null : resumption.past().at(node.path());
    }

    /** Whether an earlier process had begun with this element. */
    boolean hasReached(Node node) {
        return resumption != null && resumption.past().reached(node.path());
    }

    /** From when on the calls of an earlier process count as settled. */
    long readyAt() {
        return resumption == null ? 0 : resumption.readyAt();
    }

    Optional<Object> given(Key<?> key) {
        return resumption == null ? Optional.empty() : resumption.given(key);
    }

    /** What cannot be rebuilt cannot be taken back either. */
    void cannotRestore(Throwable failure) {
        others.add(failure);
        unrestored = true;
    }

    private void preflight(Mono<Preflight.Verdict> checks, Outline outline) {
        preflight = checks.contextWrite(context)
                .subscribe(
                        verdict -> post(() -> {
                            preflight = null;
                            if (over) {
                                return;
                            }
                            if (verdict.failure() == null) {
                                admitted();
                            } else {
                                refuse(verdict.path(), verdict.failure(), verdict.others());
                            }
                        }),
                        e -> post(() -> refuse(outline.path(), e, List.of())));
    }

    private void refuse(Path path, Throwable failure, List<Throwable> others) {
        if (refused) {
            return;
        }
        refused = true;
        primary = failure;
        primaryPath = path;
        this.others.addAll(others);
        settle(failure);
    }

    private void admitted() {
        records.open(failure -> {
            if (failure == null) {
                emit(root, 0, header -> new PipeEvent.RunStarted(header, pipe.name()));
                records.append(Kind.RUN_STARTED, root.path(), records::started, this::begun);
            } else {
                refuse(pipe.describe().path(), failure, List.of());
            }
        });
    }

    private void begun() {
        if (stopRequested != null) {
            refuse(pipe.describe().path(), stopRequested, List.of());
            return;
        }
        root.in = input;
        root.start(this::forwardEnded);
    }

    private void stop(String why) {
        if (over || root.ended || stopRequested != null) {
            return;
        }
        StepFailure reason = StepFailure.unknownOutcome(secrets.scrub(why));
        stopRequested = reason;
        if (root.done == null) {
            if (preflight != null) {
                preflight.dispose();
                preflight = null;
                refuse(pipe.describe().path(), reason, List.of());
            }
            return;
        }
        emit(root, 0, header -> new PipeEvent.RunCancelRequested(header, String.valueOf(reason.getMessage())));
        root.stop(reason);
    }

    /** The journal has failed, or another process has taken the run over: nothing new is begun. */
    void stopsBecause(StepFailure why) {
        LOG.error("run {} of pipe '{}': {}", id(), pipe.name(), message(why));
        if (primary != null || root.ended) {
            others.add(why);
        }
        if (stopRequested == null) {
            stopRequested = why;
            if (root.done != null && !root.ended) {
                root.stop(why);
            }
        }
    }

    /** The target was another owner's, who has died or let the lease expire. */
    void tookOver(Owner former) {
        LOG.warn("run {} of pipe '{}' takes over from {}", id(), pipe.name(), former);
    }

    /** The first failure turns the run round; that is written down before anything is undone. */
    void failed(Node node, Throwable failure, Runnable then) {
        if (primary != null) {
            then.run();
            return;
        }
        primary = failure;
        primaryPath = node.path();
        if (keeps()) {
            then.run();
        } else {
            records.append(Kind.TURN, node.path(), () -> records.failure(failure), then);
        }
    }

    /** A failure of a concurrent member beside the one that decides. */
    void alsoFailed(Throwable failure) {
        others.add(failure);
    }

    private void forwardEnded(Node body) {
        stopTimers();
        Throwable failure = body.restoring ? primary : body.error;
        if (failure == null || keeps()) {
            settle(failure);
        } else {
            beginUndo();
            root.undo(() -> settle(failure));
        }
    }

    boolean keeps() {
        return records.isLost()
                || (resumption != null && resumption.mode == Resumption.Mode.SWEEP)
                || (options.onFailure == RunOptions.OnFailure.KEEP && !root.restoring);
    }

    /** Starts a pass of undo, early by a failed scope or at the end by the run. */
    void beginUndo() {
        undo.begin(message(primary));
    }

    // ---- the end

    private void settle(@Nullable Throwable failure) {
        stopTimers();
        Instant endedAt = instant();
        Outcome outcome = outcome(failure);
        Runnable settled = () -> settled(failure, outcome, endedAt);
        if (refused && (resumption != null || !records.isOpen())) {
            records.close(settled);
        } else {
            records.append(
                    Kind.SETTLED, root.path(), () -> Map.of("outcome", outcome.name()), () -> records.close(settled));
        }
    }

    private void settled(@Nullable Throwable failure, Outcome outcome, Instant endedAt) {
        over = true;
        emit(root, 0, header -> new PipeEvent.RunSettled(header, outcome, Duration.between(startedAt, endedAt)));
        Reporting reporting = new Reporting(this, outcome, startedAt, endedAt, primary, primaryPath, others, root);
        End result = outcome == Outcome.DONE
                ? new End(root.out(), null, reporting)
                : new End(State.empty(), reporting.exception(), reporting);
        if (outcome == Outcome.LEFT_OVERS) {
            LOG.error(reporting.leftoverLine());
        }
        listening.settled(result::report);
        // the JVM may end from the moment it is released: whoever waits for the end is told before
        try {
            end.tryEmitValue(result);
        } finally {
            if (options.shutdownGrace != null) {
                Shutdown.settled(this);
            }
            release();
        }
    }

    private void stopTimers() {
        if (deadlineTimer != null) {
            deadlineTimer.dispose();
        }
        undo.stop();
    }

    private synchronized void release() {
        if (keptAlive) {
            keptAlive = false;
            EngineThreads.settled();
        }
    }

    private Outcome outcome(@Nullable Throwable failure) {
        if (refused) {
            return Outcome.REFUSED;
        }
        if (records.isLost()) {
            return Outcome.TAKEN_OVER;
        }
        if (unrestored || leftovers.keySet().stream().anyMatch(Unit::isLeftover)) {
            return Outcome.LEFT_OVERS;
        }
        return failure == null ? Outcome.DONE : keeps() ? Outcome.KEPT : Outcome.UNDONE;
    }

    /** Calls back once with the end, on the engine's thread or, after the end, at once. */
    void whenEnded(Consumer<End> consumer) {
        end.asMono().subscribe(consumer);
    }

    /** How the run ended; the report is made when somebody asks. */
    static final class End {
        final State state;
        final @Nullable PipeFailedException failure;
        private final Reporting reporting;

        End(State state, @Nullable PipeFailedException failure, Reporting reporting) {
            this.state = state;
            this.failure = failure;
            this.reporting = reporting;
        }

        RunReport report() {
            return reporting.report();
        }
    }

    // ---- what nodes, units and calls use

    void post(Runnable task) {
        mailbox.post(task);
    }

    boolean isHere() {
        return mailbox.isHere();
    }

    void runOrPost(Runnable task) {
        mailbox.runOrPost(task);
    }

    /** The time of this turn in milliseconds: read once, and again when code of others has run. */
    long now() {
        if (!nowKnown) {
            now = clock.millis();
            nowKnown = true;
        }
        return now;
    }

    Instant instant() {
        long millis = now();
        if (instant.toEpochMilli() != millis) {
            instant = Instant.ofEpochMilli(millis);
        }
        return instant;
    }

    void timePasses() {
        nowKnown = false;
    }

    Disposable timer(long millis, Runnable task) {
        return scheduler.schedule(() -> mailbox.post(task), Math.max(0, millis), TimeUnit.MILLISECONDS);
    }

    boolean isHeard() {
        return listening.isHeard();
    }

    void emit(Node node, int attempt, Function<EventHeader, PipeEvent> event) {
        listening.emit(node, attempt, event);
    }

    String message(@Nullable Throwable failure) {
        return failure == null ? "" : secrets.scrub(Reporting.oneLine(failure));
    }

    BodyNode root() {
        return root;
    }
}

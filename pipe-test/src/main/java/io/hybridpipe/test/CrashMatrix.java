// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.test;

import io.hybridpipe.Pipe;
import io.hybridpipe.RunOptions;
import io.hybridpipe.State;
import io.hybridpipe.journal.JournalRecord;
import io.hybridpipe.test.CrashCell.Row;
import io.hybridpipe.test.CrashSetting.Time;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import reactor.core.scheduler.Scheduler;

/**
 * Disturbs a pipe at each of its calls in every way, brings the run to its end, and takes an inventory of what stands there.
 *
 * <pre>{@code
 * CrashMatrix.of(() -> {
 *             cloud.clear();
 *             return network(cloud);
 *         })
 *         .input(State.of(NAME, "orders"))
 *         .inventory(() -> cloud.names())
 *         .check();
 * }</pre>
 *
 * <p>Each call that runs a step, opens or closes a scope is a row. In each cell of it, on a fresh stand-in, one run is disturbed
 * there: the call (or the journal) {@linkplain Disturbance fails, the call hangs, the run is cancelled, or its process crashes},
 * before the call, in it, after it with its answer lost, after the answer but before the journal, or after the journal.
 * Then the run is left alone, or is resumed (also by a process that is disturbed itself), or undone from its journal. In the end
 * the inventory must be that of an undisturbed run, or that of before: exactly one of everything, or nothing, and never an open
 * scope. The calls that undo a finished run have rows too, in which the process crashes and another one goes on.
 *
 * <p>A crash is one of this JVM's making: of the dead run's process nothing gets through any more, no journal record, no timer,
 * no answer, and it has lost its lease; but a call that it has sent takes effect. After the cell has been judged that process is
 * continued, as one that had only been suspended, and must not change anything any more. What changes something and is not sent
 * through {@link io.hybridpipe.StepContext#mutate} cannot be cut off.
 *
 * <p>Time is virtual as under {@link PipeVerifier}, unless said otherwise. All cells have the same run id, which depends on the seed:
 * a cell can be repeated alone. Not thread-safe.
 */
public final class CrashMatrix {
    /** More waits than any cell has. */
    private static final int WAITS = 6;

    private final Function<Scheduler, Pipe> fresh;
    private Time time;
    private final Set<Disturbance> disturbances = EnumSet.allOf(Disturbance.class);
    private State input = State.empty();
    private State secrets = State.empty();
    private UnaryOperator<RunOptions> options = UnaryOperator.identity();
    private Duration within = Duration.ofSeconds(10);
    private long seed = 1;
    private @Nullable String only;
    private @Nullable Supplier<? extends List<String>> inventory;
    private Supplier<? extends List<String>> doors = List::of;

    private CrashMatrix(Function<Scheduler, Pipe> fresh, Time time) {
        this.fresh = fresh;
        this.time = time;
    }

    /**
     * Starts the description of a matrix.
     *
     * @param fresh makes, for each cell, a stand-in on which nothing is done yet, and returns the pipe on it
     */
    public static CrashMatrix of(Supplier<Pipe> fresh) {
        Objects.requireNonNull(fresh, "fresh");
        return new CrashMatrix(scheduler -> fresh.get(), Time.OF_THE_RUN);
    }

    /**
     * As {@link #of}, for stand-ins that live in virtual time too: it moves on although calls are in flight.
     *
     * @param fresh is given the scheduler of the cell's time, on which everything that takes time must wait
     */
    public static CrashMatrix inVirtualTime(Function<Scheduler, Pipe> fresh) {
        return new CrashMatrix(Objects.requireNonNull(fresh, "fresh"), Time.OF_ALL);
    }

    /** Uses the system's clock and timers, for stand-ins that do; {@code cancelGrace} is then 200 ms unless the options say otherwise. */
    public CrashMatrix inRealTime() {
        time = Time.REAL;
        return this;
    }

    /** The runs' input; default the empty state. */
    public CrashMatrix input(State input) {
        this.input = Objects.requireNonNull(input, "input");
        return this;
    }

    /** What whoever resumes or undoes a run supplies, since it is not written down; default the empty state. */
    public CrashMatrix secrets(State secrets) {
        this.secrets = Objects.requireNonNull(secrets, "secrets");
        return this;
    }

    /** Changes the runs' options; leave scheduler, journal, run id and what becomes of a failed run to the matrix. */
    public CrashMatrix options(UnaryOperator<RunOptions> change) {
        UnaryOperator<RunOptions> before = options;
        options = given -> change.apply(before.apply(given));
        return this;
    }

    /**
     * What stands in the stand-in, by an independent look: one text a thing, without what differs from run to run, such as
     * generated ids. The order does not matter.
     */
    public CrashMatrix inventory(Supplier<? extends List<String>> inventory) {
        this.inventory = Objects.requireNonNull(inventory, "inventory");
        return this;
    }

    /** What scopes hold open in the stand-in, which must be nothing whenever a run has ended; default nothing. */
    public CrashMatrix doors(Supplier<? extends List<String>> doors) {
        this.doors = Objects.requireNonNull(doors, "doors");
        return this;
    }

    /** Only these disturbances; default all. */
    public CrashMatrix only(Disturbance first, Disturbance... others) {
        disturbances.retainAll(EnumSet.of(first, others));
        return this;
    }

    /** Only the cell of this name, as the print of a failed one has it. */
    public CrashMatrix only(String cell) {
        only = Objects.requireNonNull(cell, "cell");
        return this;
    }

    /** Decides the run's id, and so its tokens and the jitter of its backoffs; default 1. */
    public CrashMatrix seed(long seed) {
        this.seed = seed;
        return this;
    }

    /** The real time that each wait of a cell may take; default 10 seconds. */
    public CrashMatrix within(Duration realTime) {
        if (realTime.isNegative() || realTime.isZero()) {
            throw new IllegalArgumentException("within is " + realTime + ", it must be positive");
        }
        within = realTime;
        return this;
    }

    /**
     * Plays all cells.
     *
     * @return the table: a row a call, a character a cell, and a legend
     * @throws AssertionError with the table and, for the first cells that failed, what is wrong and the run's journal
     * @throws IllegalStateException if there is no inventory, or no cell of the name
     */
    public String check() {
        if (inventory == null) {
            throw new IllegalStateException("a crash matrix needs an inventory");
        }
        CrashSetting setting = new CrashSetting(fresh, input, secrets, inventory, doors, options, time, within, seed);
        CrashTable table = table(setting);
        if (table.isFine()) {
            return table.toString();
        }
        throw new AssertionError(table.toString());
    }

    private CrashTable table(CrashSetting setting) {
        Undisturbed undisturbed = bounded("undisturbed", () -> undisturbed(setting));
        CrashTable table = new CrashTable(undisturbed.pipe, seed, undisturbed.undone, undisturbed.records);
        boolean any = false;
        for (Row row : undisturbed.rows) {
            for (CrashCell cell : cells(row)) {
                if (only == null || only.equals(cell.toString())) {
                    any = true;
                    play(cell, setting, undisturbed.all, table);
                }
            }
        }
        if (!any && only != null) {
            throw new IllegalStateException("there is no cell '" + only + "'");
        }
        return table;
    }

    private record Undisturbed(
            String pipe, List<Row> rows, List<String> all, CrashVerdict undone, List<JournalRecord> records) {}

    private static Undisturbed undisturbed(CrashSetting setting) {
        CrashTrial trial = new CrashTrial(setting);
        List<Row> rows = new ArrayList<>(trial.runs());
        List<String> doors = setting.doors().get();
        if (!doors.isEmpty()) {
            throw new AssertionError("undisturbed, the run is done, and there is open " + doors);
        }
        List<String> all = setting.look();
        rows.addAll(trial.undoes());
        return new Undisturbed(trial.pipeName(), rows, all, trial.undone(all), trial.records());
    }

    private List<CrashCell> cells(Row row) {
        List<CrashCell> cells = new ArrayList<>();
        for (Disturbance disturbance : row.inUndo() ? EnumSet.of(Disturbance.CRASH) : disturbances) {
            for (Aftermath aftermath : Aftermath.values()) {
                for (Moment moment : Moment.values()) {
                    boolean occurs =
                            switch (disturbance) {
                                // nobody is left whom a crash could leave alone
                                case CRASH -> aftermath != Aftermath.ALONE;
                                // nothing can be done about a disk that hangs, and a call that hangs has no moment of
                                // its own
                                case HANG ->
                                    aftermath != Aftermath.RESUMED_TWICE
                                            // a close is deaf to cancel, and its own timeout is too long in real time
                                            && !(time == Time.REAL && row.takesBack())
                                            && !moment.isInTheJournal()
                                            && moment != Moment.IN_THE_CALL;
                                default -> aftermath != Aftermath.RESUMED_TWICE;
                            };
                    if (occurs && disturbances.contains(disturbance)) {
                        cells.add(new CrashCell(row, disturbance, moment, aftermath));
                    }
                }
            }
        }
        return cells;
    }

    private void play(CrashCell cell, CrashSetting setting, List<String> all, CrashTable table) {
        AtomicReference<CrashTrial> playing = new AtomicReference<>();
        CrashVerdict verdict;
        try {
            verdict = bounded(cell.toString(), () -> {
                CrashTrial trial = new CrashTrial(setting);
                playing.set(trial);
                return trial.play(cell, all);
            });
        } catch (AssertionError e) {
            verdict = CrashVerdict.noGoodEnd(String.valueOf(e.getMessage()));
        }
        CrashTrial played = playing.get();
        table.add(cell, verdict, played == null ? List.of() : played.records());
    }

    /** On a thread of its own: in virtual time steps run on it, and one that never returns must not take the test with it. */
    private <T> T bounded(String what, Callable<T> work) {
        FutureTask<T> task = new FutureTask<>(work);
        Thread thread = new Thread(task, "crash-matrix");
        thread.setDaemon(true);
        thread.start();
        try {
            return task.get(within.multipliedBy(WAITS).toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            AssertionError stuck = new AssertionError(what + " does not come back; it is at\n"
                    + Stream.of(thread.getStackTrace())
                            .limit(20)
                            .map(it -> "  " + it + "\n")
                            .collect(Collectors.joining()));
            thread.interrupt();
            throw stuck;
        } catch (InterruptedException e) {
            thread.interrupt();
            Thread.currentThread().interrupt();
            throw new AssertionError("the test was interrupted", e);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof Error error) {
                throw error;
            }
            if (e.getCause() instanceof RuntimeException exception) {
                throw exception;
            }
            throw new IllegalStateException(e.getCause());
        }
    }
}

// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.model;

import static org.assertj.core.api.Assertions.assertThat;

import io.hybridpipe.Pipe;
import io.hybridpipe.RunOptions;
import io.hybridpipe.RunOptions.OnFailure;
import io.hybridpipe.Runs;
import io.hybridpipe.State;
import io.hybridpipe.event.PipeEvent;
import io.hybridpipe.event.RunId;
import io.hybridpipe.event.RunListener;
import io.hybridpipe.event.RunReport;
import io.hybridpipe.event.RunReport.Outcome;
import io.hybridpipe.journal.JournalRecord.Kind;
import io.hybridpipe.journal.MemoryJournal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;

/**
 * Random pipes whose process dies at random records, again and again, and is followed by another one: in the end exactly what the last
 * report says exists, and without faults of the cloud exactly what an undisturbed run makes.
 *
 * <p>{@code -Dcrashes.seeds=400000} runs more of them, {@code -Dcrashes.seed=N} one, with its events and records.
 */
class CrashModelTest {
    private static final int SEEDS = Integer.getInteger("crashes.seeds", 2_000);
    private static final int LIVES = 6;

    private final Map<String, Integer> seen = new TreeMap<>();

    @Test
    void howeverOftenTheProcessDiesExactlyWhatTheLastReportSaysExists() {
        Integer single = Integer.getInteger("crashes.seed");
        if (single != null) {
            check(single, true);
            return;
        }
        Map<String, List<Integer>> wrong = new TreeMap<>();
        for (int seed = 1; seed <= SEEDS; seed++) {
            try {
                check(seed, false);
            } catch (RuntimeException | AssertionError e) {
                String kind = String.valueOf(e.getMessage())
                        .replaceAll("[0-9]+", "#")
                        .lines()
                        .findFirst()
                        .orElse("");
                List<Integer> all =
                        wrong.computeIfAbsent(kind.substring(0, Math.min(60, kind.length())), key -> new ArrayList<>());
                if (all.size() < 5) {
                    all.add(seed);
                }
            }
        }
        System.out.println("model with crashes: " + SEEDS + " seeds " + seen);

        assertThat(wrong)
                .as("seeds by what went wrong; repeat one with -Dcrashes.seed=N")
                .isEmpty();
        assertThat(seen.keySet())
                .as("the model reaches all of it")
                .contains(
                        "crashed",
                        "DONE after crashes",
                        "UNDONE after crashes",
                        "LEFT_OVERS after crashes",
                        "KEPT after crashes",
                        "resumed after KEPT",
                        "as undisturbed",
                        "undone on request");
    }

    private void check(int seed, boolean talkative) {
        Random random = new Random(seed * 0x9E3779B97F4A7C15L >>> 3);
        VirtualScheduler time = new VirtualScheduler();
        ToyCloud cloud = new ToyCloud(time, new Random(seed * 31L), random.nextBoolean());
        // 0 no faults of the cloud, 1 passing ones, 2 hard ones, 3 none but crashes
        int mode = random.nextInt(4);
        cloud.faultRate = mode == 0 || mode == 3 ? 0 : random.nextInt(3) == 0 ? 0.3 : 0.08;
        cloud.hard = mode == 2;
        boolean keep = random.nextInt(4) == 0;
        long pipeSeed = random.nextLong();
        Pipe pipe = new RandomPipes(new Random(pipeSeed), cloud, ToyWork.Rules.ALL, true).pipe();
        long cancelAt = random.nextInt(3) == 0 ? random.nextInt(400) : -1;
        boolean undoInTheEnd = mode == 3 && random.nextInt(3) == 0;
        boolean slowJournal = random.nextInt(3) == 0;
        int deaths = 1 + random.nextInt(3);
        if (talkative) {
            System.out.println(pipe);
        }
        MemoryJournal journal = MemoryJournal.empty();
        RunId id = RunId.of("R" + seed);
        State input = State.of(ToyWork.CREDENTIAL, "first");
        RunReport report = null;
        boolean turned = false;
        for (int life = 0; life < LIVES; life++) {
            int records = deaths-- > 0 ? 1 + random.nextInt(12) * (1 + random.nextInt(4)) : Integer.MAX_VALUE;
            Mortal process = Mortal.of(journal, time, records, random.nextBoolean());
            if (slowJournal) {
                process.answeringAfter(() -> random.nextInt(6));
            }
            RunReport[] settled = {null};
            List<PipeEvent> events = new ArrayList<>();
            RunOptions options = RunOptions.ofDefaults()
                    .runId(id)
                    .scheduler(process.timers())
                    .journal(process)
                    .around(process)
                    .cancelGrace(Duration.ofMillis(ToyCloud.CANCEL_GRACE))
                    .onFailure(keep ? OnFailure.KEEP : OnFailure.UNDO)
                    .listener(new RunListener() {
                        @Override
                        public void on(PipeEvent event) {
                            events.add(event);
                            cloud.undoing |= event instanceof PipeEvent.RunUndoStarted;
                            if (talkative) {
                                System.out.println("  " + time.now() + " " + event.path() + " " + event);
                            }
                        }

                        @Override
                        public void settled(RunReport it) {
                            settled[0] = it;
                        }
                    });
            turned = journal.records(id).stream().anyMatch(it -> it.kind() == Kind.TURN);
            boolean undo = undoInTheEnd && life > 0 && !turned;
            Mono<?> run = life == 0
                    ? pipe.run(input, options)
                    : undo
                            ? Runs.of(process).undo(pipe, id, State.empty(), options)
                            : Runs.of(process).resume(pipe, id, State.empty(), options);
            var subscription = run.subscribe(ok -> {}, failed -> {});
            if (cancelAt >= 0 && life == 0) {
                process.timers().schedule(subscription::dispose, cancelAt, TimeUnit.MILLISECONDS);
            }
            time.runUntil(() -> settled[0] != null || process.isDead());
            if (process.isDead()) {
                see("crashed");
                if (talkative) {
                    System.out.println("  DEAD at " + time.now());
                    journal.records(id).forEach(it -> System.out.println("    " + it));
                }
                if (random.nextBoolean()) {
                    long until = time.now() + 500;
                    time.after(500, () -> {});
                    time.runUntil(() -> time.now() >= until);
                }
                continue;
            }
            report = settled[0];
            if (report == null) {
                throw new AssertionError("never settled");
            }
            ModelTest.inOrder(events);
            see(report.outcome().name() + (life > 0 ? " after crashes" : " at once"));
            if (report.outcome() == Outcome.REFUSED
                    && life > 0
                    && !journal.records(id).toString().contains("RUN_STARTED")) {
                // died before anything was written: there is nothing to resume
                return;
            }
            if (report.outcome() == Outcome.REFUSED && cancelAt < 0) {
                throw new AssertionError("refused: " + report);
            }
            if (report.outcome() == Outcome.KEPT && life < LIVES - 2 && random.nextBoolean()) {
                see("resumed after KEPT");
                cloud.faultRate = 0;
                continue;
            }
            break;
        }
        if (report == null) {
            throw new AssertionError("died too often");
        }
        if (!cloud.faultsOfTheEngine.isEmpty()) {
            throw new AssertionError(cloud.faultsOfTheEngine.get(0));
        }
        turned = journal.records(id).stream().anyMatch(it -> it.kind() == Kind.TURN);
        ModelTest.agrees(report, cloud, keep && !turned);
        if (mode == 3 && turned && report.outcome() != Outcome.REFUSED) {
            see("undone on request");
            if (report.outcome() != Outcome.UNDONE && report.notUndone().isEmpty()) {
                throw new AssertionError("crashes only, but not undone: " + report);
            }
        }
        if (mode == 3 && !turned && cancelAt < 0) {
            likeUndisturbed(report, cloud, pipeSeed);
        }
    }

    /** Without any fault of the cloud it does not matter that the process died. */
    private void likeUndisturbed(RunReport report, ToyCloud cloud, long pipeSeed) {
        if (report.outcome() != Outcome.DONE) {
            throw new AssertionError("crashes only, but " + report);
        }
        VirtualScheduler time = new VirtualScheduler();
        ToyCloud other = new ToyCloud(time, new Random(1), cloud.dedupes);
        Pipe pipe = new RandomPipes(new Random(pipeSeed), other, ToyWork.Rules.ALL, true).pipe();
        boolean[] over = {false};
        pipe.start(
                        State.of(ToyWork.CREDENTIAL, "first"),
                        RunOptions.ofDefaults().scheduler(time))
                .settled()
                .subscribe(it -> over[0] = true);
        time.runUntil(() -> over[0]);
        if (!inventory(other).equals(inventory(cloud))) {
            throw new AssertionError("differs from an undisturbed run\n" + inventory(other) + "\n" + inventory(cloud));
        }
        see("as undisturbed");
    }

    private static Map<String, Integer> inventory(ToyCloud cloud) {
        Map<String, Integer> all = new TreeMap<>();
        cloud.things.stream()
                .filter(ToyCloud.Thing::alive)
                .forEach(thing -> all.merge(
                        thing.path() + (thing.part().length() == 1 ? " " + thing.part() : ""), 1, Integer::sum));
        return all;
    }

    private void see(String what) {
        seen.merge(what, 1, Integer::sum);
    }
}

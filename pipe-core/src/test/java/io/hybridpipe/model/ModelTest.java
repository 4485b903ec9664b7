// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.model;

import static org.assertj.core.api.Assertions.assertThat;

import io.hybridpipe.Pipe;
import io.hybridpipe.Run;
import io.hybridpipe.RunOptions;
import io.hybridpipe.RunOptions.OnFailure;
import io.hybridpipe.State;
import io.hybridpipe.event.ElementKind;
import io.hybridpipe.event.PipeEvent;
import io.hybridpipe.event.RunId;
import io.hybridpipe.event.RunReport;
import io.hybridpipe.event.RunReport.ElementReport;
import io.hybridpipe.event.RunReport.Outcome;
import io.hybridpipe.event.RunReport.Status;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/**
 * Random pipes against a cloud that goes wrong at random: after each run exactly what its report says exists.
 *
 * <p>{@code -Dmodel.seeds=400000} runs more of them, {@code -Dmodel.seed=N} one, with its events.
 */
class ModelTest {
    private static final int SEEDS = Integer.getInteger("model.seeds", 2_000);
    private static final int CONTROL_SEEDS = 4_000;

    /** Which rules hold in a sweep over many seeds. */
    private record Rules(ToyWork.Rules steps, boolean grace, boolean visibility) {
        static final Rules ALL = new Rules(ToyWork.Rules.ALL, true, true);
    }

    private final Map<String, Integer> outcomes = new TreeMap<>();

    @Test
    void afterEveryRunExactlyWhatItsReportSaysExists() {
        Integer single = Integer.getInteger("model.seed");
        if (single != null) {
            check(single, Rules.ALL, true);
            return;
        }
        Map<String, List<Integer>> wrong = sweep(SEEDS, Rules.ALL);
        System.out.println("model: " + SEEDS + " seeds " + outcomes);

        assertThat(wrong)
                .as("seeds by what went wrong; repeat one with -Dmodel.seed=N")
                .isEmpty();
        assertThat(outcomes.keySet())
                .as("the model reaches every outcome")
                .contains("DONE", "UNDONE", "KEPT", "LEFT_OVERS");
    }

    @Test
    void withoutTheGraceForCallsInFlightTheModelFails() {
        assertThat(aSeedFails(new Rules(ToyWork.Rules.ALL, false, true))).isTrue();
    }

    @Test
    void withoutTheVisibilityWindowTheModelFails() {
        assertThat(aSeedFails(new Rules(ToyWork.Rules.ALL, true, false))).isTrue();
    }

    @Test
    void withoutTokenGenerationsTheModelFails() {
        assertThat(aSeedFails(new Rules(new ToyWork.Rules(true, false, true), true, true)))
                .isTrue();
    }

    @Test
    void withoutKeepingTheCallsThatChangeSomethingTheModelFails() {
        assertThat(aSeedFails(new Rules(new ToyWork.Rules(false, true, true), true, true)))
                .isTrue();
    }

    @Test
    void withoutLookingBeforeTryingAgainTheModelFails() {
        assertThat(aSeedFails(new Rules(new ToyWork.Rules(true, true, false), true, true)))
                .isTrue();
    }

    /** Whether the model notices that a rule is missing. */
    private boolean aSeedFails(Rules rules) {
        for (int seed = 1; seed <= CONTROL_SEEDS; seed++) {
            try {
                check(seed, rules, false);
            } catch (AssertionError e) {
                return true;
            }
        }
        return false;
    }

    private Map<String, List<Integer>> sweep(int seeds, Rules rules) {
        Map<String, List<Integer>> wrong = new TreeMap<>();
        for (int seed = 1; seed <= seeds; seed++) {
            try {
                check(seed, rules, false);
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
        return wrong;
    }

    private void check(int seed, Rules rules, boolean talkative) {
        Random random = new Random(seed * 0x9E3779B97F4A7C15L >>> 3);
        VirtualScheduler time = new VirtualScheduler();
        ToyCloud cloud = new ToyCloud(time, new Random(seed * 31L), random.nextBoolean());
        int mode = random.nextInt(3);
        cloud.faultRate = mode == 0 ? 0 : random.nextInt(3) == 0 ? 0.3 : 0.08;
        cloud.hard = mode == 2;
        boolean keep = random.nextInt(4) == 0;
        Pipe pipe = new RandomPipes(random, cloud, rules.steps, rules.visibility).pipe();
        long cancelAt = random.nextInt(3) == 0 ? random.nextInt(400) : -1;
        List<PipeEvent> events = new ArrayList<>();
        RunOptions options = RunOptions.ofDefaults()
                .runId(RunId.of("R" + seed))
                .scheduler(time)
                .cancelGrace(Duration.ofMillis(rules.grace ? ToyCloud.CANCEL_GRACE : 1))
                .onFailure(keep ? OnFailure.KEEP : OnFailure.UNDO)
                .listener(event -> {
                    events.add(event);
                    cloud.undoing |= event instanceof PipeEvent.RunUndoStarted;
                    if (talkative) {
                        System.out.println("  " + time.now() + " " + event.path() + " " + event);
                    }
                });
        if (random.nextInt(8) == 0) {
            options = options.deadline(Duration.ofMillis(50 + random.nextInt(300)));
        }
        if (cloud.hard && random.nextInt(12) == 0) {
            options = options.undoDeadline(Duration.ofMillis(100));
        }
        if (talkative) {
            System.out.println(pipe);
        }
        Run run = pipe.start(State.of(ToyWork.CREDENTIAL, "first"), options);
        if (cancelAt >= 0) {
            time.after(cancelAt, () -> run.cancel("test"));
        }
        RunReport[] report = {null};
        run.settled().subscribe(it -> report[0] = it);
        time.runUntil(() -> report[0] != null);

        if (report[0] == null) {
            throw new AssertionError("never settled");
        }
        outcomes.merge(report[0].outcome().name(), 1, Integer::sum);
        if (!cloud.faultsOfTheEngine.isEmpty()) {
            throw new AssertionError(cloud.faultsOfTheEngine.get(0));
        }
        inOrder(events);
        agrees(report[0], cloud, keep);
    }

    static void inOrder(List<PipeEvent> events) {
        for (int i = 0; i < events.size(); i++) {
            if (events.get(i).header().sequence() != i) {
                throw new AssertionError("event out of order: " + events.get(i));
            }
        }
    }

    static void agrees(RunReport report, ToyCloud cloud, boolean keep) {
        Set<String> alive = cloud.alive();
        Set<String> left =
                report.leftovers().stream().map(it -> it.path().value()).collect(Collectors.toSet());
        Set<String> passedBy =
                report.notUndone().stream().map(it -> it.path().value()).collect(Collectors.toSet());
        boolean failed = report.failure().isPresent();
        for (ElementReport element : report.elements()) {
            String path = element.path().value();
            if (element.kind() == ElementKind.SCOPE && alive.contains(path) && !left.contains(path)) {
                throw new AssertionError("open door, and no leftover: " + path + " " + report);
            }
            boolean shouldExist = element.kind() == ElementKind.STEP
                    && element.status() == Status.FINISHED
                    && (!failed || keep)
                    && cloud.things.stream().anyMatch(thing -> thing.path().equals(path));
            if (shouldExist && !alive.contains(path)) {
                throw new AssertionError("finished, but gone: " + path + " " + report);
            }
        }
        for (String path : alive) {
            if (failed && !keep && !left.contains(path) && !passedBy.contains(path)) {
                throw new AssertionError("orphan: " + path + " " + report);
            }
        }
        for (String path : left) {
            if (!alive.contains(path) && !cloud.hard) {
                throw new AssertionError("a leftover that is gone: " + path + " " + report);
            }
        }
        if (!left.isEmpty() && !cloud.hard && passedBy.isEmpty()) {
            throw new AssertionError("a leftover although every fault passes: " + report);
        }
        if (!left.isEmpty() != (report.outcome() == Outcome.LEFT_OVERS)) {
            throw new AssertionError("outcome and leftovers disagree: " + report);
        }
        cloud.things.stream()
                .filter(ToyCloud.Thing::alive)
                .collect(Collectors.groupingBy(thing -> thing.token() + thing.part(), Collectors.counting()))
                .forEach((token, count) -> {
                    if (count > 1) {
                        throw new AssertionError("two live things of one token " + token);
                    }
                });
    }
}

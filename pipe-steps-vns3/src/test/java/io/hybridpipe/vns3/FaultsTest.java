// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.vns3;

import static org.assertj.core.api.Assertions.assertThat;

import io.hybridpipe.event.RunReport.Outcome;
import io.hybridpipe.vns3.FaultTrial.Rehearsal;
import io.hybridpipe.vns3.FaultTrial.Spot;
import io.hybridpipe.vns3.FaultTrial.Verdict;
import io.hybridpipe.vns3.api.TlsTrust;
import java.net.http.HttpClient;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/**
 * Every mishap at each call of each step, forward and in undo. If it passes by, the run ends done or undone, and the configuration
 * of all controllers is exactly the wanted one or exactly the old one. If it does not, what stays on the controller that cannot be
 * reached any more is the step's, and named as left over; elsewhere the configuration is exactly the old one.
 *
 * <p>A usual build has time for a third of the mishaps of each step, each at one call, always the same; {@code
 * -Dtest.properties=-Dfaults.all=true} takes them all, {@code -Dfaults.seed=N} others, {@code -Dfaults.case=TEXT} those whose name
 * contains the text.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(1800)
class FaultsTest {
    private static final String ONE = System.getProperty("faults.case", "");
    private static final boolean ALL = Boolean.getBoolean("faults.all") || !ONE.isEmpty();
    private static final long SEED = Long.getLong("faults.seed", 1);
    private static final int AT_ONCE = Integer.getInteger("faults.at-once", 4);

    private int turns;
    private final HttpClient http = HttpClient.newBuilder()
            .sslContext(TlsTrust.trustAnything().context())
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(2))
            .build();
    private final Map<String, Map<Mishap, Tally>> table = new LinkedHashMap<>();

    private record Case(String row, FaultTrial trial, Rehearsal rehearsal, Spot spot, Mishap mishap) {
        Verdict run() {
            try {
                return trial.with(spot, mishap, rehearsal);
            } catch (RuntimeException e) {
                throw new IllegalStateException(toString(), e);
            }
        }

        @Override
        public String toString() {
            return row + "/" + spot + "/" + mishap;
        }
    }

    private static final class Tally {
        private int cases;
        private int done;
        private int undone;
        private int left;
        private int missed;

        void count(Verdict verdict) {
            cases++;
            done += verdict.outcome() == Outcome.DONE ? 1 : 0;
            undone += verdict.outcome() == Outcome.UNDONE ? 1 : 0;
            left += verdict.outcome() == Outcome.LEFT_OVERS ? 1 : 0;
            missed += verdict.struck() ? 0 : 1;
        }

        void add(Tally other) {
            cases += other.cases;
            done += other.done;
            undone += other.undone;
            left += other.left;
            missed += other.missed;
        }

        @Override
        public String toString() {
            return cases + "/" + done + "/" + undone + "/" + left + (missed == 0 ? "" : " (" + missed + " missed)");
        }
    }

    static Stream<Scene> scenes() {
        return Scene.all().stream();
    }

    @ParameterizedTest
    @MethodSource("scenes")
    void whateverHappensAtWhicheverCallTheConfigurationIsTheWantedOneOrTheOldOne(Scene scene) {
        List<Case> all = cases(scene);
        List<String> bad = new ArrayList<>();
        Scheduler threads = Schedulers.newBoundedElastic(AT_ONCE, 10_000, "faults");
        Flux.fromIterable(ALL ? all : sampleOf(all))
                .filter(each -> each.toString().contains(ONE))
                .flatMap(
                        each -> Mono.fromCallable(() -> Map.entry(each, each.run()))
                                .subscribeOn(threads),
                        AT_ONCE)
                .toStream()
                .forEach(ended -> {
                    count(ended.getKey(), ended.getValue());
                    if (!ended.getValue().wrong().isEmpty()) {
                        bad.add(ended.getKey() + "\n  " + ended.getValue().wrong());
                    }
                    // how often a run looks while it waits differs from run to run
                    if (!ended.getValue().struck() && ended.getKey().spot().changing()) {
                        bad.add(ended.getKey() + "\n  nothing struck");
                    }
                });
        threads.dispose();
        assertThat(bad)
                .as("one alone is run by -Dtest.properties='-Dfaults.case=NAME'")
                .isEmpty();
    }

    private List<Case> cases(Scene scene) {
        FaultTrial there = new FaultTrial(http, scene, false);
        FaultTrial andBack = new FaultTrial(http, scene, true);
        Rehearsal forward = there.rehearse();
        Rehearsal back = andBack.rehearse().instead(forward);
        List<Case> cases = new ArrayList<>();
        for (Mishap mishap : Mishap.values()) {
            for (Spot spot : forward.spots()) {
                if (mishap != Mishap.GONE && (spot.changing() || mishap.strikesReads())) {
                    cases.add(new Case(scene.name(), there, forward, spot, mishap));
                }
            }
            for (Spot spot : back.spots()) {
                if (spot.changing() || mishap.strikesReads()) {
                    cases.add(new Case(scene + "/undo", andBack, back, spot, mishap));
                }
            }
        }
        return cases;
    }

    /** One for every third mishap; the other ones are the turn of the next step. */
    private List<Case> sampleOf(List<Case> all) {
        List<Case> shuffled = new ArrayList<>(all);
        Collections.shuffle(shuffled, new Random(SEED + all.get(0).row().hashCode()));
        int turn = turns++;
        Set<Mishap> chosen = EnumSet.noneOf(Mishap.class);
        return shuffled.stream()
                .filter(each -> (each.mishap().ordinal() + turn) % 3 == 0 && chosen.add(each.mishap()))
                .toList();
    }

    private void count(Case it, Verdict verdict) {
        table.computeIfAbsent(it.row(), row -> new TreeMap<>())
                .computeIfAbsent(it.mishap(), mishap -> new Tally())
                .count(verdict);
    }

    @AfterAll
    void tell() {
        StringBuilder text = new StringBuilder("cases/done/undone/left-overs by step and mishap, seed " + SEED + "\n");
        Tally total = new Tally();
        table.forEach((name, row) -> {
            text.append(name).append('\n');
            row.forEach((mishap, tally) -> {
                text.append("    %-20s %s%n".formatted(mishap, tally));
                total.add(tally);
            });
        });
        System.out.println(text.append("in all ").append(total));
    }
}

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
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
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
 * Every mishap at each call of each step, forward and in undo: the run ends done or undone, and the configuration of all
 * controllers is exactly the wanted one or exactly the old one.
 *
 * <p>A usual build has time for one call of each step and mishap; {@code -Dtest.properties=-Dfaults.all=true} takes them all,
 * {@code -Dfaults.seed=N} others, {@code -Dfaults.case=TEXT} those whose name contains the text.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(1800)
class FaultsTest {
    private static final String ONE = System.getProperty("faults.case", "");
    private static final boolean ALL = Boolean.getBoolean("faults.all") || !ONE.isEmpty();
    private static final long SEED = Long.getLong("faults.seed", 1);
    private static final int AT_ONCE = Integer.getInteger("faults.at-once", 4);
    private static final Duration LONG = Duration.ofMinutes(30);

    private final HttpClient http = HttpClient.newBuilder()
            .sslContext(TlsTrust.trustAnything().context())
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(2))
            .build();
    private final Map<String, Map<Mishap, Tally>> table = new LinkedHashMap<>();

    private record Trial(String name, FaultTrial trial, Rehearsal rehearsal, Spot spot, Mishap mishap) {
        Verdict run() {
            return trial.with(spot, mishap, rehearsal);
        }
    }

    private static final class Tally {
        private int cases;
        private int done;
        private int undone;
        private int missed;

        void count(Verdict verdict) {
            cases++;
            done += verdict.outcome() == Outcome.DONE ? 1 : 0;
            undone += verdict.outcome() == Outcome.UNDONE ? 1 : 0;
            missed += verdict.struck() ? 0 : 1;
        }

        @Override
        public String toString() {
            return cases + "/" + done + "/" + undone + (missed == 0 ? "" : " (" + missed + " missed)");
        }
    }

    static Stream<Scene> scenes() {
        return Scene.all().stream();
    }

    @ParameterizedTest
    @MethodSource("scenes")
    void whateverHappensAtWhicheverCallTheConfigurationIsTheWantedOneOrTheOldOne(Scene scene) {
        List<String> bad = new ArrayList<>();
        for (boolean back : new boolean[] {false, true}) {
            FaultTrial trial = new FaultTrial(http, scene, back);
            List<Trial> trials = trials(scene + (back ? "/undo" : ""), trial, trial.rehearse());
            Map<Mishap, Tally> row = new TreeMap<>();
            Scheduler threads = Schedulers.newBoundedElastic(AT_ONCE, 10_000, "faults");
            Flux.fromIterable(trials)
                    .flatMap(
                            each -> Mono.fromCallable(() -> Map.entry(each, each.run()))
                                    .subscribeOn(threads),
                            AT_ONCE)
                    .toStream()
                    .forEach(ended -> {
                        row.computeIfAbsent(ended.getKey().mishap(), mishap -> new Tally())
                                .count(ended.getValue());
                        if (!ended.getValue().wrong().isEmpty()) {
                            bad.add(ended.getKey().name() + "\n  "
                                    + ended.getValue().wrong());
                        }
                    });
            threads.dispose();
            table.put(scene + (back ? "/undo" : ""), row);
        }
        assertThat(bad)
                .as("one alone is run by -Dtest.properties='-Dfaults.case=NAME'")
                .isEmpty();
    }

    private static List<Trial> trials(String name, FaultTrial trial, Rehearsal rehearsal) {
        List<Trial> trials = new ArrayList<>();
        for (Mishap mishap : Mishap.values()) {
            List<Spot> spots = new ArrayList<>(rehearsal.spots());
            spots.removeIf(spot -> !spot.changing() && !mishap.strikesReads());
            if (!ALL) {
                Collections.shuffle(spots, new Random(SEED + (name + mishap).hashCode()));
                spots = spots.subList(0, Math.min(1, spots.size()));
            }
            for (Spot spot : spots) {
                String full = name + "/" + spot + "/" + mishap;
                if (full.contains(ONE)) {
                    trials.add(new Trial(full, trial, rehearsal, spot, mishap));
                }
            }
        }
        return trials;
    }

    @AfterAll
    void tell() {
        StringBuilder text = new StringBuilder("cases/done/undone, by step and mishap, seed " + SEED + "\n");
        table.forEach((name, row) -> {
            text.append(name).append('\n');
            row.forEach((mishap, tally) -> text.append("    %-20s %s%n".formatted(mishap, tally)));
        });
        System.out.println(text);
    }
}

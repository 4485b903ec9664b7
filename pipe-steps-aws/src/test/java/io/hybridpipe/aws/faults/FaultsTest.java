// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.aws.faults;

import static org.assertj.core.api.Assertions.assertThat;

import io.hybridpipe.aws.faults.Trial.Rehearsal;
import io.hybridpipe.aws.faults.Trial.Spot;
import io.hybridpipe.aws.faults.Trial.Verdict;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
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
import software.amazon.awssdk.http.async.SdkAsyncHttpClient;
import software.amazon.awssdk.http.nio.netty.NettyNioAsyncHttpClient;

/**
 * Every mishap at each call of each step and scope, forward and in undo: there is exactly one of everything, or nothing.
 *
 * <p>A usual build has time for some mishaps of each step, each at one call, always the same; {@code
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
    private static final int OF_A_USUAL_BUILD = 2;

    private final Table table = new Table();
    private final SdkAsyncHttpClient http = NettyNioAsyncHttpClient.builder()
            .readTimeout(Mishap.REQUEST_TIMEOUT)
            .connectionTimeout(Duration.ofSeconds(5))
            .connectionAcquisitionTimeout(Duration.ofSeconds(10))
            .build();
    private int turns;

    private record Case(String row, Trial trial, Rehearsal rehearsal, Spot spot, Mishap mishap) {
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

    static Stream<Scene> scenes() {
        return Scene.all().stream();
    }

    @ParameterizedTest
    @MethodSource("scenes")
    void whateverHappensAtWhicheverCallThereIsExactlyOneOfEverythingOrNothing(Scene scene) {
        Verdict twice = new Trial(http, scene, true).undoneTwice();
        table.count(scene.name(), "undone-twice", twice);
        assertThat(twice.wrong()).isEmpty();

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
                    Case it = ended.getKey();
                    table.count(it.row(), it.mishap().toString(), ended.getValue());
                    if (!ended.getValue().wrong().isEmpty()) {
                        bad.add(it + "\n  " + ended.getValue().wrong());
                    }
                    // how often a run looks while it waits differs from run to run
                    if (!ended.getValue().struck() && it.spot().changing()) {
                        bad.add(it + "\n  nothing struck");
                    }
                });
        threads.dispose();
        assertThat(bad)
                .as("one alone is run by -Dtest.properties='-Dfaults.case=NAME'")
                .isEmpty();
    }

    private List<Case> cases(Scene scene) {
        Trial there = new Trial(http, scene, false);
        Trial andBack = new Trial(http, scene, true);
        Rehearsal forward = there.rehearse();
        Rehearsal back = andBack.rehearse().instead(forward);
        List<Case> cases = new ArrayList<>();
        for (Mishap mishap : Mishap.values()) {
            for (Spot spot : forward.spots()) {
                if (spot.changing() || mishap.strikesReads()) {
                    cases.add(new Case(scene.name(), there, forward, spot, mishap));
                }
            }
            for (Spot spot : back.spots()) {
                boolean isOfUndo = !forward.spots().contains(spot);
                if (isOfUndo && (spot.changing() || mishap.strikesReads())) {
                    cases.add(new Case(scene + "/undo", andBack, back, spot, mishap));
                }
            }
        }
        return cases;
    }

    /** One call for each of some mishaps; the other ones are the turn of the next steps. */
    private List<Case> sampleOf(List<Case> all) {
        List<Case> shuffled = new ArrayList<>(all);
        Collections.shuffle(shuffled, new Random(SEED + all.get(0).row().hashCode()));
        int turn = turns++;
        int every = Mishap.values().length / OF_A_USUAL_BUILD;
        Set<Mishap> chosen = EnumSet.noneOf(Mishap.class);
        return shuffled.stream()
                .filter(each -> (each.mishap().ordinal() + turn) % every == 0 && chosen.add(each.mishap()))
                .toList();
    }

    @AfterAll
    void tell() {
        http.close();
        System.out.println("seed " + SEED + "\n" + table);
    }
}

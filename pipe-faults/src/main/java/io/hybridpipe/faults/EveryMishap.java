// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.faults;

import static org.assertj.core.api.Assertions.assertThat;

import io.hybridpipe.event.RunReport.Outcome;
import io.hybridpipe.faults.Trial.Rehearsal;
import io.hybridpipe.faults.Trial.Spot;
import io.hybridpipe.faults.Trial.Verdict;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/**
 * Every mishap at each call of each step and scope, forward and in undo: there is exactly one of everything, or nothing.
 *
 * <p>A usual build has time for some mishaps of each step, each at one call, always the same; {@code
 * -Dtest.properties=-Dfaults.all=true} takes them all, {@code -Dfaults.seed=N} others, {@code -Dfaults.case=TEXT} those whose name
 * contains the text, and {@code -Dfaults.at-once=N} plays so many at once (default 4).
 *
 * @param <S> where the scenes are played
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(1800)
public abstract class EveryMishap<S extends Stage> {
    private static final String ONE = System.getProperty("faults.case", "");
    private static final boolean ALL = Boolean.getBoolean("faults.all") || !ONE.isEmpty();
    private static final long SEED = Long.getLong("faults.seed", 1);
    private static final int AT_ONCE = Integer.getInteger("faults.at-once", 4);
    private static final int OF_A_USUAL_BUILD = 2;

    private final Table table = new Table();
    private int turns;

    /** One for each step and scope that changes something. */
    protected abstract List<Scene<S>> scenes();

    /** All that can happen. */
    protected abstract List<Mishap<S>> mishaps();

    /** Any class of the module whose steps are played. */
    protected abstract Class<?> module();

    /** The steps of the module without a scene, by simple name, and why. */
    protected abstract Map<String, String> withoutScene();

    /** A new stage, which is closed when the run has been judged. */
    protected abstract S stage();

    private record Case<S extends Stage>(String row, Trial<S> trial, Rehearsal rehearsal, Spot spot, Mishap<S> mishap) {
        Verdict run() {
            try {
                return trial.with(spot, mishap, rehearsal);
            } catch (RuntimeException e) {
                return new Verdict(Outcome.LEFT_OVERS, true, String.valueOf(e));
            }
        }

        @Override
        public String toString() {
            return row + "/" + spot + "/" + mishap;
        }
    }

    Stream<Scene<S>> each() {
        return scenes().stream();
    }

    @ParameterizedTest
    @MethodSource("each")
    void whateverHappensAtWhicheverCallThereIsExactlyOneOfEverythingOrNothing(Scene<S> scene) {
        List<Case<S>> all = new ArrayList<>(casesOf(scene, false));
        if (scene.undoable()) {
            Verdict twice = trial(scene, true).undoneTwice();
            table.count(scene.name(), "undone-twice", twice);
            assertThat(twice.wrong()).isEmpty();
            all.addAll(casesOf(scene, true));
        }
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
                    Case<S> it = ended.getKey();
                    table.count(it.row(), it.mishap().toString(), ended.getValue());
                    if (!ended.getValue().wrong().isEmpty()) {
                        bad.add(it + "\n  " + ended.getValue().wrong());
                    }
                });
        threads.dispose();
        assertThat(bad)
                .as("one alone is run by -Dtest.properties='-Dfaults.case=NAME'")
                .isEmpty();
    }

    @Test
    void eachStepOfTheModuleHasASceneOrAReasonToHaveNone() {
        Set<String> named = new TreeSet<>(withoutScene().keySet());
        scenes().forEach(scene -> named.add(scene.name().replaceAll("-.*", "")));
        assertThat(named)
                .as("write a scene for what is missing here, or say in withoutScene() why it needs none")
                .containsExactlyElementsOf(StepClasses.beside(module()));
    }

    private Trial<S> trial(Scene<S> scene, boolean back) {
        return new Trial<>(this::stage, scene, back);
    }

    private List<Case<S>> casesOf(Scene<S> scene, boolean back) {
        Trial<S> trial = trial(scene, back);
        Rehearsal rehearsal = trial.rehearse();
        List<Case<S>> cases = new ArrayList<>();
        for (Mishap<S> mishap : mishaps()) {
            for (Spot spot : rehearsal.spots()) {
                if (spot.changing() || mishap.strikesReads()) {
                    cases.add(new Case<>(scene + (back ? "/undo" : ""), trial, rehearsal, spot, mishap));
                }
            }
        }
        return cases;
    }

    /** One call for each of some mishaps; the other ones are the turn of the next steps. */
    private List<Case<S>> sampleOf(List<Case<S>> all) {
        List<Case<S>> shuffled = new ArrayList<>(all);
        Collections.shuffle(shuffled, new Random(SEED + all.get(0).row().hashCode()));
        List<String> names = mishaps().stream().map(Mishap::toString).toList();
        int turn = turns++;
        int every = Math.max(1, names.size() / OF_A_USUAL_BUILD);
        Set<String> chosen = new HashSet<>();
        return shuffled.stream()
                .filter(each -> {
                    String name = each.mishap().toString();
                    return (names.indexOf(name) + turn) % every == 0 && chosen.add(name);
                })
                .toList();
    }

    @AfterAll
    void tell() {
        System.out.println("seed " + SEED + "\n" + table);
    }
}

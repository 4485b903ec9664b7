// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.faults;

import static org.assertj.core.api.Assertions.assertThat;

import io.hybridpipe.event.RunReport.Outcome;
import io.hybridpipe.faults.Trial.Rehearsal;
import io.hybridpipe.faults.Trial.Spot;
import io.hybridpipe.faults.Trial.Verdict;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every mishap at each call of each step and scope, forward and in undo: there is exactly one of everything, or nothing.
 *
 * <p>A usual build has time for one mishap of each step, at one call, always the same; {@code
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

    private final Table table = new Table();
    private final ExecutorService threads = Executors.newFixedThreadPool(AT_ONCE);
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

    /** A scene whose undisturbed runs are under way, beside those of the other scenes. */
    private final class Opened {
        private final Scene<S> scene;
        private final CompletableFuture<List<Case<S>>> there;
        private final CompletableFuture<List<Case<S>>> back;
        private final CompletableFuture<Optional<Verdict>> twice;

        Opened(Scene<S> scene) {
            this.scene = scene;
            boolean undoable = scene.undoable();
            there = begin(() -> casesOf(scene, false));
            back = begin(() -> undoable ? casesOf(scene, true) : List.of());
            twice = begin(() -> undoable ? Optional.of(trial(scene, true).undoneTwice()) : Optional.empty());
        }

        List<Case<S>> cases() {
            return Stream.of(there, back)
                    .flatMap(cases -> cases.join().stream())
                    .toList();
        }

        @Override
        public String toString() {
            return scene.toString();
        }
    }

    private <T> CompletableFuture<T> begin(Supplier<T> work) {
        return CompletableFuture.supplyAsync(work, threads);
    }

    List<Opened> each() {
        return scenes().stream().map(Opened::new).toList();
    }

    @ParameterizedTest
    @MethodSource("each")
    void whateverHappensAtWhicheverCallThereIsExactlyOneOfEverythingOrNothing(Opened opened) {
        opened.twice.join().ifPresent(twice -> {
            table.count(opened.toString(), "undone-twice", twice);
            assertThat(twice.wrong()).isEmpty();
        });
        List<Case<S>> all = opened.cases();
        List<Map.Entry<Case<S>, CompletableFuture<Verdict>>> begun = (ALL ? all : sampleOf(all))
                .stream()
                        .filter(each -> each.toString().contains(ONE))
                        .map(each -> Map.entry(each, begin(each::run)))
                        .toList();
        List<String> bad = new ArrayList<>();
        begun.forEach(each -> {
            Case<S> it = each.getKey();
            Verdict verdict = each.getValue().join();
            table.count(it.row(), it.mishap().toString(), verdict);
            if (!verdict.wrong().isEmpty()) {
                bad.add(it + "\n  " + verdict.wrong());
            }
        });
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

    /** One mishap at one call; the other ones are the turn of the next steps. */
    private List<Case<S>> sampleOf(List<Case<S>> all) {
        List<Case<S>> shuffled = new ArrayList<>(all);
        Collections.shuffle(shuffled, new Random(SEED + all.get(0).row().hashCode()));
        List<String> names = mishaps().stream().map(Mishap::toString).collect(Collectors.toList());
        Collections.rotate(names, -turns++);
        return names.stream()
                .flatMap(name -> shuffled.stream()
                        .filter(each -> each.mishap().toString().equals(name))
                        .limit(1))
                .limit(1)
                .toList();
    }

    @AfterAll
    void tell() {
        threads.shutdownNow();
        System.out.println("seed " + SEED + "\n" + table);
    }
}

// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.samples.fednet;

import static org.assertj.core.api.Assertions.assertThat;

import io.hybridpipe.Effect;
import io.hybridpipe.Outline;
import io.hybridpipe.event.ElementKind;
import io.hybridpipe.event.PipeEvent;
import io.hybridpipe.event.Resource;
import io.hybridpipe.event.RunReport.Leftover;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Each element of the main job is made to fail at each moment that it has. */
class FailedRunTest {
    private static final Outline PIPE = new FednetCommand().outline(Federation.ofDefaults());

    @Execution(ExecutionMode.CONCURRENT)
    @ParameterizedTest
    @MethodSource("failures")
    void aFailedElementLeavesNothingBehind(String failure) {
        FednetRun run = FednetRun.of("--fail", failure).go();

        assertThat(run.exitCode()).as(run.told()).isEqualTo(1);
        assertThat(run.after()).as(run.told()).containsExactlyInAnyOrderElementsOf(run.before());
        assertThat(run.report().leftovers()).isEmpty();
        assertThat(run.err()).hasLineCount(1).contains("everything was undone", "made to fail");
        for (Outline earlier : earlierThan(failure.substring(0, failure.indexOf(':')))) {
            assertThatItReallyActed(run, earlier);
        }
    }

    @Execution(ExecutionMode.CONCURRENT)
    @ParameterizedTest
    @MethodSource("failuresOfTakingBack")
    void whatCannotBeTakenBackIsNamedAndIsAllThatIsLeft(String failure) {
        FednetRun run = FednetRun.of("--fail", failure).go();

        assertThat(run.exitCode()).as(run.told()).isEqualTo(2);
        String path = failure.substring(0, failure.indexOf(':'));
        assertThat(run.report().leftovers()).as(run.told()).isNotEmpty();
        for (Leftover left : run.report().leftovers()) {
            assertThat(left.path().value().replaceAll("\\[[^]]*]", "")).isEqualTo(path);
            assertThat(left.resources()).as(run.told()).isNotEmpty();
            for (Resource resource : left.resources()) {
                assertThat(resource.show()).isNotBlank();
                assertThat(run.out()).contains(resource.id(), resource.show());
            }
        }
        assertThat(Lines.unrelated(Lines.added(run.before(), run.after()), known(run)))
                .as("left beside that in %s", run.told())
                .isEmpty();
    }

    /** By which words the leftovers are known, and, if only a close failed, what the run has made for good. */
    private static List<String> known(FednetRun run) {
        List<String> words = new ArrayList<>();
        run.report().leftovers().forEach(left -> {
            words.add(left.token());
            left.resources().stream()
                    .map(Resource::id)
                    .filter(FailedRunTest::isUnique)
                    .forEach(words::add);
        });
        if (run.report()
                        .failure()
                        .map(it ->
                                it.path().equals(run.report().leftovers().get(0).path()))
                        .orElse(true)
                && run.events().stream().noneMatch(seen -> seen.event() instanceof PipeEvent.RunUndoStarted)) {
            run.report().made().stream()
                    .map(Resource::id)
                    .filter(FailedRunTest::isUnique)
                    .forEach(words::add);
            words.add("hybridpipe:run=" + run.report().run());
        }
        return words;
    }

    /** The small numbers that a controller counts by stand in many lines. */
    private static boolean isUnique(String id) {
        return id.length() > 8;
    }

    static Stream<String> failures() {
        return Sample.of(all(PIPE).flatMap(each -> Stream.of(each.path() + ":before", each.path() + ":lost")), 8);
    }

    static Stream<String> failuresOfTakingBack() {
        return Sample.of(
                all(PIPE)
                        .filter(FailedRunTest::acts)
                        .map(each -> each.path() + (each.kind() == ElementKind.SCOPE ? ":close" : ":undo")),
                4);
    }

    private static Stream<Outline> all(Outline outline) {
        return Stream.concat(Stream.of(outline), outline.children().stream().flatMap(FailedRunTest::all));
    }

    private static boolean acts(Outline each) {
        return each.contract().filter(it -> it.effect() == Effect.undoable()).isPresent();
    }

    /** The elements that have their work behind them when this one's turn comes; members of a group have no order. */
    private static List<Outline> earlierThan(String path) {
        List<Outline> earlier = new ArrayList<>();
        collectEarlier(PIPE, path, earlier);
        return earlier;
    }

    private static boolean collectEarlier(Outline outline, String path, List<Outline> earlier) {
        if (outline.path().value().equals(path)) {
            return true;
        }
        List<Outline> inside = new ArrayList<>();
        boolean found = false;
        for (Outline child : outline.children()) {
            if (collectEarlier(child, path, inside)) {
                found = true;
                break;
            }
        }
        if (acts(outline)) {
            earlier.add(outline);
        }
        if (!(found && outline.kind() == ElementKind.GROUP)) {
            earlier.addAll(inside);
        }
        return found;
    }

    private static void assertThatItReallyActed(FednetRun run, Outline element) {
        String path = element.path().value();
        boolean scope = element.kind() == ElementKind.SCOPE;
        FednetRun.Seen start = run.event(scope ? PipeEvent.ScopeOpening.class : PipeEvent.StepStarted.class, path);
        FednetRun.Seen end = run.event(scope ? PipeEvent.ScopeOpened.class : PipeEvent.StepFinished.class, path);
        assertThat(run.callsBetween(start, end)).as("calls of " + path).anyMatch(call -> call.changing());
    }
}

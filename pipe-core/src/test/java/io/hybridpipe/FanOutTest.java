// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hybridpipe.event.Path;
import io.hybridpipe.event.PipeEvent;
import io.hybridpipe.event.RunReport.Outcome;
import io.hybridpipe.retry.FailureClass;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

class FanOutTest {
    private static final Key<List<String>> PEERS = Key.listOf("peers", String.class);
    private static final Key<String> PEER = Key.of("peer", String.class);
    private static final Key<String> TUNNEL = Key.of("tunnel", String.class);
    private static final Key<List<String>> TUNNELS = Key.listOf("tunnels", String.class);

    /** The answers that are awaited, by item, in the order in which the items began. */
    private final Map<String, Sinks.One<Outputs>> awaited = new LinkedHashMap<>();

    private Step connect() {
        return Step.reading(PEER).writing(TUNNEL).withoutEffect().as((state, context) -> {
            Sinks.One<Outputs> answer = Sinks.one();
            awaited.put(state.get(PEER), answer);
            return answer.asMono();
        });
    }

    private void connected(String peer) {
        awaited.get(peer).tryEmitValue(Outputs.of(TUNNEL, "to-" + peer)).orThrow();
    }

    private static Each<String> each() {
        return Each.of(PEERS, PEER, name -> name);
    }

    private VirtualRun run(Each<String> each, String... peers) {
        return run(each, body -> body.step("connect", connect()), peers);
    }

    private static VirtualRun run(Each<String> each, UnaryOperator<Pipe.Builder> body, String... peers) {
        Pipe pipe = Pipe.named("p").needs(PEERS).forEach("peer", each, body).build();
        return VirtualRun.of(pipe, State.of(PEERS, List.of(peers)));
    }

    @Test
    void theBodyRunsOnceForEachItemConcurrently() {
        VirtualRun run = run(each(), "a", "b", "c");

        assertThat(awaited.keySet()).containsExactly("a", "b", "c");
        List.of("c", "a", "b").forEach(this::connected);
        assertThat(run.report().outcome()).isEqualTo(Outcome.DONE);
    }

    @Test
    void atMostSoManyItemsRunAtOnce() {
        VirtualRun run = run(each().atMost(2), "a", "b", "c", "d");

        assertThat(awaited.keySet()).containsExactly("a", "b");
        connected("b");
        assertThat(awaited.keySet()).containsExactly("a", "b", "c");
        List.of("a", "c", "d").forEach(this::connected);
        assertThat(run.report().outcome()).isEqualTo(Outcome.DONE);
    }

    @Test
    void whatTheBodiesWroteIsCollectedInTheOrderOfTheItems() {
        VirtualRun run = run(each().collect(TUNNEL, TUNNELS), "a", "b", "c");

        List.of("c", "a", "b").forEach(this::connected);

        assertThat(run.state().get(TUNNELS)).containsExactly("to-a", "to-b", "to-c");
        assertThat(run.state().origin(TUNNELS)).contains(Path.of("p/peer"));
    }

    @Test
    void innerKeysAndTheItemDoNotLeak() {
        VirtualRun run = run(each().collect(TUNNEL, TUNNELS), "a");
        connected("a");

        assertThat(run.state().names()).containsExactly("peers", "tunnels");
    }

    @Test
    void noItemsAreAnEmptyListAndNoFailure() {
        VirtualRun run = run(each().collect(TUNNEL, TUNNELS));

        assertThat(run.state().get(TUNNELS)).isEmpty();
        assertThat(run.told())
                .containsExactly("RunStarted p", "ElementStarted p/peer", "ElementFinished p/peer", "RunSettled p");
    }

    @Test
    void anItemStandsInThePathByItsName() {
        VirtualRun run = run(each(), "fed-1");
        connected("fed-1");

        assertThat(run.told())
                .containsExactly(
                        "RunStarted p",
                        "ElementStarted p/peer",
                        "ElementStarted p/peer[fed-1]",
                        "StepStarted p/peer[fed-1]/connect",
                        "StepFinished p/peer[fed-1]/connect",
                        "ElementFinished p/peer[fed-1]",
                        "ElementFinished p/peer",
                        "RunSettled p");
    }

    @Test
    void pathsBelowAnItemKeepItAlsoInsideScopesGroupsAndNestedPipes() {
        Pipe nested = Pipe.named("n").step("leaf", Steps.reads()).build();

        VirtualRun run = run(
                each(),
                body -> body.holding("held", Door.named("h"))
                        .during(
                                "door",
                                Door.named("d"),
                                inner -> inner.concurrently(
                                        "group", Element.pipe("nested", nested, UnaryOperator.identity()))),
                "a",
                "b");

        assertThat(run.told(PipeEvent.StepFinished.class))
                .extracting(event -> event.path().value())
                .containsExactly("p/peer[a]/door/group/nested/leaf", "p/peer[b]/door/group/nested/leaf");
        assertThat(run.told(PipeEvent.ScopeClosed.class))
                .extracting(event -> event.path().value())
                .containsExactly("p/peer[a]/door", "p/peer[a]/held", "p/peer[b]/door", "p/peer[b]/held");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "two words", "a/b", "a[b]", "ä"})
    void anItemsNameHasOnlyLettersDigitsDotsDashesAndUnderscores(String bad) {
        VirtualRun run = run(each(), "good.Name_1-x", bad);

        assertThat(run.message()).isEqualTo("item 2 is named '" + bad + "', which must match [A-Za-z0-9._-]+");
        assertThat(run.report().failure().orElseThrow().failureClass()).isEqualTo(FailureClass.PERMANENT);
        assertThat(awaited).as("checked before the first item starts").isEmpty();
    }

    @Test
    void itemNamesAreUnique() {
        VirtualRun run = run(each(), "a", "b", "a");

        assertThat(run.message()).isEqualTo("two items are named 'a'");
        assertThat(awaited).as("checked before the first item starts").isEmpty();
    }

    @Test
    void itemsMayComeFromAnyInput() {
        Pipe pipe = Pipe.named("p")
                .needs(PEERS)
                .forEach(
                        "peer",
                        Each.of(
                                PEERS.map(all -> all.stream()
                                        .filter(it -> !it.equals("b"))
                                        .toList()),
                                PEER,
                                it -> it),
                        body -> body.step("connect", connect()))
                .build();

        VirtualRun.of(pipe, State.of(PEERS, List.of("a", "b", "c")));

        assertThat(awaited.keySet()).containsExactly("a", "c");
    }

    @Test
    void anItemsFailureStopsTheOthersAndIsTheFanOutsOwn() {
        VirtualRun run = run(each(), "a", "b");

        awaited.get("b").tryEmitError(new IllegalStateException("refused")).orThrow();

        assertThat(run.message()).isEqualTo("refused");
        assertThat(run.report().failure().orElseThrow().path()).isEqualTo(Path.of("p/peer[b]/connect"));
        assertThat(run.told(PipeEvent.ElementFailed.class))
                .extracting(event -> event.path() + ": " + event.message())
                .containsExactly(
                        "p/peer[b]: refused", "p/peer[a]: stopped because p/peer[b] failed", "p/peer: refused");
    }

    @Test
    void aNamingThatThrowsIsAFailureOfTheFanOut() {
        Each<String> each = Each.of(PEERS, PEER, name -> {
            throw new IllegalArgumentException("no name for " + name);
        });

        assertThat(run(each, "a").message()).isEqualTo("no name for a");
    }

    @Test
    void atLeastOneItemRunsAtOnce() {
        assertThatThrownBy(() -> each().atMost(0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("atMost is 0, it must be at least 1");
    }

    @Test
    void eachItemsUndoSeesItsOwnItem() {
        List<String> undone = new ArrayList<>();
        Step undoable = Step.reading(PEER)
                .undo((state, context) -> Mono.fromRunnable(() -> undone.add(state.get(PEER))))
                .as((state, context) -> Mono.empty());
        Pipe pipe = Pipe.named("p")
                .needs(PEERS)
                .forEach("peer", each(), body -> body.step("connect", undoable))
                .step("fail", Steps.fails(new IllegalStateException("late")))
                .build();

        VirtualRun.of(pipe, State.of(PEERS, List.of("a", "b"))).report();

        assertThat(undone).containsExactly("b", "a");
    }

    @Test
    void tenThousandItemsOneAtATimeDoNotDeepenTheStack() {
        List<String> many = IntStream.range(0, 10_000).mapToObj(String::valueOf).toList();
        Pipe pipe = Pipe.named("p")
                .needs(PEERS)
                .forEach(
                        "peer",
                        each().atMost(1).collect(TUNNEL, TUNNELS),
                        body -> body.step("connect", Step.mapping(PEER, TUNNEL, peer -> "to-" + peer)))
                .build();

        State end = VirtualRun.of(pipe, State.of(PEERS, many)).state();

        assertThat(end.get(TUNNELS)).hasSize(10_000).endsWith("to-9999");
    }
}

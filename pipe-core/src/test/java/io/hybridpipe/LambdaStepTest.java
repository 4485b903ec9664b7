// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hybridpipe.event.RunReport.Outcome;
import io.hybridpipe.retry.StepFailure;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;

class LambdaStepTest {
    private static final Key<String> NAME = Key.of("name", String.class);
    private static final Key<String> GREETING = Key.of("greeting", String.class);
    private static final Key<Integer> COUNT = Key.of("count", Integer.class);

    @Test
    void mappingComputesOneKeyFromOneInputWithoutEffect() {
        Step step = Step.mapping(NAME, GREETING, name -> "Hello, " + name);

        assertThat(step.contract()).hasToString("lambda v1 reads [name] writes [greeting]");
        assertThat(step.contract().effect()).isEqualTo(Effect.none());
    }

    @Test
    void usingHandsAnInputToAConsumer() {
        List<String> printed = new ArrayList<>();
        Step step = Step.using(NAME.map(String::toUpperCase), printed::add);

        VirtualRun.of(Pipe.named("p").needs(NAME).step("print", step).build(), State.of(NAME, "net"))
                .state();

        assertThat(printed).containsExactly("NET");
        assertThat(step.contract()).hasToString("lambda v1 reads [name] writes []");
        assertThat(step.contract().effect()).isEqualTo(Effect.none());
    }

    @Test
    void readingWritingUpdatingUndoAndVersionAreTheContract() {
        Contract contract = Step.reading(NAME)
                .writing(GREETING)
                .updating(COUNT)
                .version(3)
                .undo((state, context) -> Mono.empty())
                .as((state, context) -> Mono.empty())
                .contract();

        assertThat(contract).hasToString("lambda v3 reads [name] writes [greeting] updates [count]");
        assertThat(contract.reads()).isEqualTo(Set.of(NAME));
        assertThat(contract.writes()).isEqualTo(Set.of(GREETING));
        assertThat(contract.updates()).isEqualTo(Set.of(COUNT));
        assertThat(contract.effect()).isEqualTo(Effect.undoable());
        assertThat(contract.isOpaque()).isFalse();
    }

    @Test
    void keysKeepTheOrderInWhichTheyAreDeclared() {
        Key<?>[] keys = new Key<?>[20];
        for (int i = 0; i < keys.length; i++) {
            keys[i] = Key.of("k" + (i * 7 % 20), String.class);
        }
        Contract contract = Contract.of("Many").reading(keys).writing(keys).updating(keys);

        assertThat(contract.reads().toArray()).isEqualTo(keys);
        assertThat(contract.writes().toArray()).isEqualTo(keys);
        assertThat(contract.updates().toArray()).isEqualTo(keys);
        assertThatThrownBy(() -> contract.reads().clear()).isInstanceOf(UnsupportedOperationException.class);
    }

    @Test
    void withoutUndoALambdaCountsAsIrreversible() {
        Step step = Step.reading().as((state, context) -> Mono.empty());

        assertThat(step.contract().effect()).isEqualTo(Effect.irreversible("it has no undo"));
        assertThat(step.contract().effect().irreversibleBecause()).contains("it has no undo");
        assertThat(Effect.none().irreversibleBecause()).isEmpty();
    }

    @Test
    void reconcileOfALambdaIsAskedAfterAnUnknownOutcome() {
        Step step = Step.reading()
                .writing(GREETING)
                .undo((state, context) -> Mono.empty())
                .reconcile((state, context) -> Mono.just(Found.done(Outputs.of(GREETING, "found"))))
                .as((state, context) -> Mono.error(StepFailure.unknownOutcome("no answer")));

        assertThat(VirtualRun.of(Pipe.named("p").step("s", step).build())
                        .state()
                        .get(GREETING))
                .isEqualTo("found");
    }

    @Test
    void aStepWithAnUndoableContractButNoUndoIsALeftoverThatSaysSo() {
        Step step = new Step() {
            @Override
            public Contract contract() {
                return Contract.of("Forgetful");
            }

            @Override
            public Mono<Outputs> run(State state, StepContext context) {
                return Mono.empty();
            }
        };
        VirtualRun run = VirtualRun.of(Pipe.named("p")
                .step("make", step)
                .step("fail", Steps.fails(new IllegalStateException("late")))
                .build());

        assertThat(run.report().outcome()).isEqualTo(Outcome.LEFT_OVERS);
        assertThat(run.report().leftovers().get(0).why())
                .isEqualTo(
                        "Forgetful declares an undoable effect but has no undo; declare withEffect(..) or write undo");
    }

    @Test
    void anOpaqueStepReadsAndWritesAnyKey() {
        Step script = Step.opaque((state, context) ->
                Mono.just(Outputs.of(GREETING, "Hello, " + state.get(NAME)).and(NAME, "other")));

        State end = VirtualRun.of(
                        Pipe.named("p").needs(NAME).step("script", script).build(), State.of(NAME, "net"))
                .state();

        assertThat(end.get(GREETING)).isEqualTo("Hello, net");
        assertThat(end.get(NAME)).isEqualTo("other");
        assertThat(script.contract().isOpaque()).isTrue();
        assertThat(script.contract().effect().irreversibleBecause()).contains("it declares nothing");
    }

    @Test
    void oneClassServesTwiceInAPipeSinceTheCallerGivesItsOutputKeys() {
        Key<String> first = Key.of("first", String.class);
        Key<String> second = Key.of("second", String.class);
        Pipe pipe = Pipe.named("p")
                .needs(NAME)
                .step("one", Step.mapping(NAME, first, name -> name + "-1"))
                .step("two", Step.mapping(NAME, second, name -> name + "-2"))
                .build();

        State end = VirtualRun.of(pipe, State.of(NAME, "vpc")).state();

        assertThat(end.get(first) + " " + end.get(second)).isEqualTo("vpc-1 vpc-2");
    }

    @Test
    void foundIsFoldedByItsCase() {
        assertThat(List.of(
                                Found.absent(),
                                Found.done(Outputs.of(NAME, "n")),
                                Found.partly("half"),
                                Found.unknown("no idea"))
                        .stream()
                        .map(found -> found.<String>fold(
                                absent -> "absent",
                                done -> done.outputs().get(NAME),
                                Found.Partly::detail,
                                Found.Unknown::why)))
                .containsExactly("absent", "n", "half", "no idea");
    }
}

// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hybridpipe.event.Path;
import java.util.NoSuchElementException;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;

class StateTest {
    private static final Key<String> NAME = Key.of("name", String.class);
    private static final Key<String> GREETING = Key.of("greeting", String.class);
    private static final Key<Integer> COUNT = Key.of("count", Integer.class);

    @Test
    void withGivesACopyAndLeavesTheStateItself() {
        State first = State.of(NAME, "net");
        State second = first.with(COUNT, 3).with(NAME, "other");

        assertThat(first.get(NAME)).isEqualTo("net");
        assertThat(first.find(COUNT)).isEmpty();
        assertThat(second.get(NAME)).isEqualTo("other");
        assertThat(second.get(COUNT)).isEqualTo(3);
    }

    @Test
    void getOfAKeyWithoutValueNamesTheKey() {
        assertThatThrownBy(() -> State.empty().get(NAME))
                .isInstanceOf(NoSuchElementException.class)
                .hasMessage("key 'name' has no value");
    }

    @Test
    void findOfAKeyWithoutValueIsEmpty() {
        assertThat(State.empty().find(NAME)).isEmpty();
    }

    @Test
    void aValueIsNeverNull() {
        assertThatThrownBy(() -> State.of(NAME, nothing()))
                .isInstanceOf(NullPointerException.class)
                .hasMessage("value of name");
    }

    @SuppressWarnings("NullAway") // what a caller without null checks may do
    private static String nothing() {
        return System.getProperty("no such property");
    }

    @Test
    void originIsThePathThatWroteTheKey() {
        Pipe pipe = Pipe.named("hello")
                .needs(NAME)
                .pipe(
                        "inner",
                        Pipe.named("x")
                                .needs(NAME)
                                .gives(GREETING)
                                .step("greet", Step.mapping(NAME, GREETING, name -> "Hello, " + name))
                                .build())
                .build();

        State end = VirtualRun.of(pipe, State.of(NAME, "net")).state();

        assertThat(end.origin(GREETING)).contains(Path.of("hello/inner/greet"));
    }

    @Test
    void originOfTheRunsInputAndOfAKeyWithoutValueIsEmpty() {
        State state = State.of(NAME, "net");

        assertThat(state.origin(NAME)).isEmpty();
        assertThat(state.origin(COUNT)).isEmpty();
    }

    @Test
    void aStepSeesOnlyWhatItsContractReads() {
        String[] seen = new String[1];
        Pipe pipe = Pipe.named("p")
                .needs(NAME, COUNT)
                .step("look", Step.reading(COUNT).withoutEffect().as((state, context) -> {
                    seen[0] = state.names() + " " + state;
                    return Mono.empty();
                }))
                .build();

        VirtualRun.of(pipe, State.of(NAME, "net").with(COUNT, 3)).state();

        assertThat(seen[0]).isEqualTo("[count] State[count]");
    }

    @Test
    void readingAKeyThatTheContractDoesNotDeclareIsAnErrorThatNamesStepAndKey() {
        Pipe pipe = Pipe.named("p")
                .needs(NAME, COUNT)
                .step(
                        "look",
                        Step.reading(COUNT)
                                .withoutEffect()
                                .as((state, context) -> Mono.just(Outputs.of(GREETING, state.get(NAME)))))
                .build();

        VirtualRun run = VirtualRun.of(pipe, State.of(NAME, "net").with(COUNT, 3));

        assertThat(run.message()).isEqualTo("step p/look reads key 'name', which its contract does not declare");
    }

    @Test
    void inAStepAKeyWithoutValueNamesTheStep() {
        Pipe pipe = Pipe.named("p")
                .step("blind", Step.opaque((state, context) -> Mono.just(Outputs.of(GREETING, state.get(NAME)))))
                .build();

        assertThat(VirtualRun.of(pipe).message()).isEqualTo("step p/blind: key 'name' has no value");
    }

    @Test
    void aStatePrintsNamesAndNoValues() {
        assertThat(State.of(NAME, "net").with(COUNT, 3)).hasToString("State[count, name]");
    }

    @Test
    void aRunLeavesItsInputUntouchedAlsoWhenAStepUpdatesAKey() {
        State input = State.of(COUNT, 1);
        Pipe pipe = Pipe.named("p")
                .needs(COUNT)
                .step(
                        "count",
                        Step.reading()
                                .updating(COUNT)
                                .withoutEffect()
                                .as((state, context) -> Mono.just(Outputs.of(COUNT, state.get(COUNT) + 1))))
                .build();

        State end = VirtualRun.of(pipe, input).state();

        assertThat(end.get(COUNT)).isEqualTo(2);
        assertThat(input.get(COUNT)).isEqualTo(1);
    }
}

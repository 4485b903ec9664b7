// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.reflect.Modifier;
import java.util.Arrays;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class InputTest {
    private static final Key<String> HOST = Key.of("host", String.class);
    private static final Key<Integer> PORT = Key.of("port", Integer.class);

    @Test
    void aLiteralReadsNothingAndIsAlwaysThere() {
        Input<Integer> literal = Input.value(8000);

        assertThat(literal.reads()).isEmpty();
        assertThat(literal.optionalReads()).isEmpty();
        assertThat(literal.get(State.empty())).isEqualTo(8000);
        assertThat(literal.find(State.empty())).contains(8000);
    }

    @Test
    void aMappedInputReadsWhatItsSourceReads() {
        Input<String> url = HOST.map(host -> "https://" + host).map(base -> base + "/api");

        assertThat(url.reads()).isEqualTo(Set.of(HOST));
        assertThat(url.get(State.of(HOST, "h"))).isEqualTo("https://h/api");
    }

    @Test
    void anInputFromTwoOthersReadsWhatBothRead() {
        Input<String> address =
                Input.from(HOST, Input.from(PORT, Input.value(1), Integer::sum), (host, port) -> host + ":" + port);

        assertThat(address.reads()).isEqualTo(Set.of(HOST, PORT));
        assertThat(address.get(State.of(HOST, "h").with(PORT, 7))).isEqualTo("h:8");
    }

    @Test
    void anOptionalInputIsThereWithAndWithoutTheKeysValue() {
        Input<String> port =
                Input.optional(PORT).map(it -> it.map(String::valueOf).orElse("any"));

        assertThat(port.reads()).isEmpty();
        assertThat(port.optionalReads()).isEqualTo(Set.of(PORT));
        assertThat(port.get(State.empty())).isEqualTo("any");
        assertThat(port.get(State.of(PORT, 7))).isEqualTo("7");
    }

    @Test
    void anInputWithoutAKeysValueIsNotFoundAndGetNamesTheKey() {
        Input<String> address = Input.from(HOST, PORT, (host, port) -> host + ":" + port);
        State half = State.of(HOST, "h");

        assertThat(address.find(half)).isEmpty();
        assertThatThrownBy(() -> address.get(half))
                .isInstanceOf(NoSuchElementException.class)
                .hasMessage("key 'port' has no value");
    }

    @Test
    void anInputKnowsWhatItReadsSoItIsNoFunctionalInterface() {
        assertThat(Arrays.stream(Input.class.getMethods()).filter(it -> Modifier.isAbstract(it.getModifiers())))
                .hasSizeGreaterThan(1);
        assertThat(Input.class.isSealed()).isTrue();
    }

    @Test
    void anInputOfAMoreSpecialTypeIsTaken() {
        Input<? extends CharSequence> text = HOST;
        Input<Integer> length = Input.from(text, Input.value(1), (it, one) -> it.length() + one);

        assertThat(length.get(State.of(HOST, "four"))).isEqualTo(5);
    }

    @Test
    void aStepReadsTheKeysOfAllItsInputs() {
        Contract contract = Contract.of("Open").reading(HOST.map(String::length), Input.optional(PORT));

        assertThat(contract.reads()).isEqualTo(Set.of(HOST));
        assertThat(contract.optionalReads()).isEqualTo(Set.of(PORT));
    }

    @Test
    void anOptionalKeyThatNobodyWroteIsEmptyInAStep() {
        Key<Optional<Integer>> seen = Key.of("seen", new TypeRef<Optional<Integer>>() {});
        Pipe pipe = Pipe.named("p")
                .step("look", Step.mapping(Input.optional(PORT), seen, it -> it))
                .build();

        assertThat(VirtualRun.of(pipe).state().get(seen)).isEmpty();
        assertThat(VirtualRun.of(pipe, State.of(PORT, 7)).state().get(seen)).contains(7);
    }
}

// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe;

import static org.assertj.core.api.Assertions.assertThat;

import io.hybridpipe.event.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;

class NestedPipeTest {
    private static final Key<String> NAME = Key.of("name", String.class);
    private static final Key<String> OTHER = Key.of("other", String.class);
    private static final Key<String> GREETING = Key.of("greeting", String.class);
    private static final Key<String> DRAFT = Key.of("draft", String.class);
    private static final Key<Integer> LENGTH = Key.of("length", Integer.class);

    private static final Pipe GREET = Pipe.named("greet")
            .needs(NAME)
            .gives(GREETING)
            .step("draft", Step.mapping(NAME, DRAFT, name -> "Hello, " + name))
            .step("send", Step.mapping(DRAFT, GREETING, draft -> draft + "!"))
            .build();

    @Test
    void itSeesOnlyWhatItNeeds() {
        List<String> seen = new ArrayList<>();
        Pipe nosy = Pipe.named("nosy")
                .needs(NAME)
                .step("look", Step.opaque((state, context) -> {
                    seen.addAll(state.names());
                    return Mono.empty();
                }))
                .build();
        Pipe pipe = Pipe.named("p").needs(NAME, OTHER).pipe("inner", nosy).build();

        VirtualRun.of(pipe, State.of(NAME, "a").with(OTHER, "b")).state();

        assertThat(seen).containsExactly("name");
    }

    @Test
    void itShowsOnlyWhatItGives() {
        Pipe pipe = Pipe.named("p").needs(NAME).pipe("inner", GREET).build();

        State end = VirtualRun.of(pipe, State.of(NAME, "net")).state();

        assertThat(end.names()).containsExactly("greeting", "name");
        assertThat(end.get(GREETING)).isEqualTo("Hello, net!");
    }

    @Test
    void aKeyOfTheSameNameThatItDoesNotGiveDoesNotMeetTheOneOutside() {
        Pipe pipe = Pipe.named("p").needs(NAME, DRAFT).pipe("inner", GREET).build();

        State end =
                VirtualRun.of(pipe, State.of(NAME, "net").with(DRAFT, "mine")).state();

        assertThat(end.get(DRAFT)).isEqualTo("mine");
    }

    @Test
    void wiringSaysWhatItFindsAndWhereWhatItGivesIsFound() {
        Pipe pipe = Pipe.named("p")
                .needs(LENGTH)
                .pipe("one", GREET, wiring -> wiring.in(NAME, Input.value("literal"))
                        .out(GREETING, OTHER))
                .pipe("two", GREET, wiring -> wiring.in(NAME, LENGTH.map(n -> "x".repeat(n))))
                .build();

        State end = VirtualRun.of(pipe, State.of(LENGTH, 3)).state();

        assertThat(end.get(OTHER)).isEqualTo("Hello, literal!");
        assertThat(end.get(GREETING)).isEqualTo("Hello, xxx!");
        assertThat(end.origin(GREETING)).contains(Path.of("p/two/send"));
        assertThat(end.names()).containsExactly("greeting", "length", "other");
    }

    @Test
    void anOptionalKeyIsWiredByInputOptional() {
        Key<Optional<String>> maybe = Key.of("maybe", new TypeRef<Optional<String>>() {});
        Pipe nested = Pipe.named("n")
                .needs(maybe)
                .gives(GREETING)
                .step("greet", Step.mapping(maybe, GREETING, name -> "Hello, " + name.orElse("nobody")))
                .build();
        Pipe pipe = Pipe.named("p")
                .pipe("inner", nested, wiring -> wiring.in(maybe, Input.optional(NAME)))
                .build();

        assertThat(VirtualRun.of(pipe).state().get(GREETING)).isEqualTo("Hello, nobody");
        assertThat(VirtualRun.of(pipe, State.of(NAME, "net")).state().get(GREETING))
                .isEqualTo("Hello, net");
    }

    @Test
    void aKeyThatItNeedsAndGivesIsUpdatedOutside() {
        Pipe longer = Pipe.named("n")
                .needs(NAME)
                .gives(NAME)
                .step("add", Steps.updates(NAME))
                .build();
        Pipe pipe = Pipe.named("p")
                .needs(NAME)
                .pipe("first", longer)
                .pipe("second", longer)
                .build();

        assertThat(VirtualRun.of(pipe, State.of(NAME, "net")).state().get(NAME)).isEqualTo("net++");
    }

    @Test
    void aKeyThatItNeedsFromAnInputAndGivesIsANewOneOutside() {
        Pipe longer = Pipe.named("n")
                .needs(NAME)
                .gives(NAME)
                .step("add", Steps.updates(NAME))
                .build();
        Pipe pipe = Pipe.named("p")
                .pipe("inner", longer, wiring -> wiring.in(NAME, Input.value("net"))
                        .out(NAME, OTHER))
                .step("look", Step.mapping(OTHER, GREETING, it -> it))
                .build();

        assertThat(VirtualRun.of(pipe).state().get(GREETING)).isEqualTo("net+");
    }

    @Test
    void itsElementsStandBelowItsOwnNameInTheOuterPipe() {
        Pipe pipe = Pipe.named("p").needs(NAME).pipe("inner", GREET).build();

        assertThat(VirtualRun.of(pipe, State.of(NAME, "net")).told())
                .containsExactly(
                        "RunStarted p",
                        "ElementStarted p/inner",
                        "StepStarted p/inner/draft",
                        "StepFinished p/inner/draft",
                        "StepStarted p/inner/send",
                        "StepFinished p/inner/send",
                        "ElementFinished p/inner",
                        "RunSettled p");
    }

    @Test
    void onePipeServesTwiceInAnother() {
        Pipe pipe = Pipe.named("p")
                .needs(NAME)
                .concurrently(
                        "both",
                        Element.pipe("a", GREET, wiring -> wiring),
                        Element.pipe("b", GREET, wiring -> wiring.out(GREETING, OTHER)))
                .build();

        State end = VirtualRun.of(pipe, State.of(NAME, "net")).state();

        assertThat(end.get(GREETING)).isEqualTo(end.get(OTHER)).isEqualTo("Hello, net!");
    }
}

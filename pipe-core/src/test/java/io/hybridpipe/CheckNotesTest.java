// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;

/** What the check saw that is no problem but worth knowing. */
class CheckNotesTest {
    private static final Key<String> VPC = Key.of("vpc", String.class);

    private static final Step OPAQUE = Step.opaque((state, context) -> Mono.just(Outputs.of(VPC, "vpc-1")));

    private static Step undoable(Key<String> key) {
        return Step.reading()
                .writing(key)
                .undo((state, context) -> Mono.empty())
                .as((state, context) -> Mono.just(Outputs.of(key, "x")));
    }

    @Test
    void anOpaqueStepSaysFromWhereOnTheCheckCannotSee() {
        Pipe pipe = Pipe.named("p")
                .step("blind", OPAQUE)
                .step("look", Steps.reads(VPC))
                .build();

        assertThat(pipe.notes())
                .containsExactly("p/blind: declares nothing, so the check cannot see which keys exist from here on");
        assertThat(VirtualRun.of(pipe).state().get(VPC)).isEqualTo("vpc-1");
    }

    @Test
    void beforeAnOpaqueStepTheCheckSeesAll() {
        assertThat(org.assertj.core.api.Assertions.catchThrowable(() -> Pipe.named("p")
                        .step("look", Steps.reads(VPC))
                        .step("blind", OPAQUE)
                        .build()))
                .hasMessage("pipe 'p' has 1 problem:\n  p/look: reads key 'vpc', which nothing before it writes");
    }

    @Test
    void whatAnIrreversibleStepDependsOnUsuallyCannotBeUndoneEither() {
        Pipe pipe = Pipe.named("p")
                .step("make", undoable(VPC))
                .step("sign", Step.reading(VPC).as((state, context) -> Mono.empty()))
                .build();

        assertThat(pipe.notes())
                .containsExactly("p/sign: cannot be undone (it has no undo), and what it depends on, p/make,"
                        + " usually cannot be undone either");
    }

    @Test
    void notesOfANestedPipeAreShownByTheOuterOne() {
        Pipe nested = Pipe.named("n").step("blind", OPAQUE).build();

        assertThat(Pipe.named("p").pipe("inner", nested).build().notes())
                .containsExactly("p/inner: inside, n/blind: declares nothing, so the check cannot see which keys exist"
                        + " from here on");
    }

    @Test
    void aPipeThatTheCheckSeesThroughHasNoNotes() {
        assertThat(Pipe.named("p").step("make", undoable(VPC)).build().notes()).isEmpty();
    }
}

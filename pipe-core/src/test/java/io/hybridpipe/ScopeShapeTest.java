// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe;

import static org.assertj.core.api.Assertions.assertThat;

import io.hybridpipe.event.PipeEvent;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;

/** What during and holding mean for keys, paths and order; how scopes open and close is shown elsewhere. */
class ScopeShapeTest {
    private static final Key<String> RULE = Key.of("rule", String.class);
    private static final Key<String> VPC = Key.of("vpc", String.class);
    private static final Key<String> SEEN = Key.of("seen", String.class);

    private final List<String> log = new ArrayList<>();

    private Step noting(String text) {
        return Step.reading()
                .withoutEffect()
                .as((state, context) -> Mono.fromSupplier(() -> {
                    log.add(text);
                    return Outputs.none();
                }));
    }

    private Door door(String name) {
        return Door.named(name).loggingWith(log);
    }

    @Test
    void keysWrittenByOpenAreVisibleOnlyInsideAndThoseOfInnerStepsStay() {
        Pipe pipe = Pipe.named("p")
                .during("door", door("d").writing(RULE), body -> body.step(
                                "look", Step.mapping(RULE, SEEN, rule -> "saw " + rule))
                        .step("make", Steps.writes(VPC, "vpc-1")))
                .step("after", noting("after"))
                .build();

        State end = VirtualRun.of(pipe).state();

        assertThat(end.names()).containsExactly("seen", "vpc");
        assertThat(end.get(SEEN)).isEqualTo("saw d");
        assertThat(log).containsExactly("open d", "close d", "after");
    }

    @Test
    void theSameIsTrueForAScopeInAGroup() {
        Pipe pipe = Pipe.named("p")
                .concurrently(
                        "both",
                        Element.during(
                                "a", door("a").writing(RULE), body -> body.step("make", Steps.writes(VPC, "vpc-1"))),
                        Element.during(
                                "b",
                                door("b").writing(RULE),
                                body -> body.step("look", Step.mapping(RULE, SEEN, r -> r))))
                .build();

        State end = VirtualRun.of(pipe).state();

        assertThat(end.names()).containsExactly("seen", "vpc");
        assertThat(end.get(SEEN)).isEqualTo("b");
    }

    @Test
    void twoScopesOneAfterTheOtherMayWriteTheSameKey() {
        Pipe pipe = Pipe.named("p")
                .during("one", door("1").writing(RULE), body -> body.step("look", Steps.reads(RULE)))
                .during("two", door("2").writing(RULE), body -> body.step("look", Steps.reads(RULE)))
                .build();

        assertThat(VirtualRun.of(pipe).state().names()).isEmpty();
    }

    @Test
    void holdingIsTheSameRoundAllThatFollowsInThisBody() {
        Pipe pipe = Pipe.named("p")
                .step("before", noting("before"))
                .holding("first", door("1").writing(RULE))
                .step("between", noting("between"))
                .holding("second", door("2").reading(RULE))
                .step("look", Step.mapping(RULE, SEEN, rule -> "saw " + rule))
                .step("last", noting("last"))
                .build();

        State end = VirtualRun.of(pipe).state();

        assertThat(log).containsExactly("before", "open 1", "between", "open 2", "last", "close 2", "close 1");
        assertThat(end.get(SEEN)).isEqualTo("saw 1");
        assertThat(end.names()).containsExactly("seen");
    }

    @Test
    void whatFollowsAHoldingStandsBesideItInThePath() {
        Pipe pipe = Pipe.named("p")
                .during("outer", door("o"), body -> body.holding("held", door("h"))
                        .step("a", noting("a"))
                        .during("inner", door("i"), inner -> inner.step("b", noting("b"))))
                .build();

        assertThat(VirtualRun.of(pipe).told().stream()
                        .filter(it -> !it.contains("Started"))
                        .toList())
                .containsExactly(
                        "ScopeOpening p/outer",
                        "ScopeOpened p/outer",
                        "ScopeOpening p/outer/held",
                        "ScopeOpened p/outer/held",
                        "StepFinished p/outer/a",
                        "ScopeOpening p/outer/inner",
                        "ScopeOpened p/outer/inner",
                        "StepFinished p/outer/inner/b",
                        "ScopeClosing p/outer/inner",
                        "ScopeClosed p/outer/inner",
                        "ScopeClosing p/outer/held",
                        "ScopeClosed p/outer/held",
                        "ScopeClosing p/outer",
                        "ScopeClosed p/outer",
                        "RunSettled p");
    }

    @Test
    void aHoldingAtTheEndOfABodyIsOpenedAndClosed() {
        VirtualRun.of(Pipe.named("p").holding("held", door("h")).build()).state();

        assertThat(log).containsExactly("open h", "close h");
    }

    @Test
    void aHoldingInsideABodyEndsWithThatBody() {
        Pipe pipe = Pipe.named("p")
                .pipe(
                        "nested",
                        Pipe.named("n")
                                .holding("held", door("h"))
                                .step("in", noting("in"))
                                .build())
                .step("out", noting("out"))
                .build();

        VirtualRun run = VirtualRun.of(pipe);

        assertThat(run.state().names()).isEmpty();
        assertThat(log).containsExactly("open h", "in", "close h", "out");
        assertThat(run.told(PipeEvent.ScopeOpened.class))
                .extracting(event -> event.path().value())
                .containsExactly("p/nested/held");
    }

    @Test
    void aBuilderMayBeBuiltTwice() {
        Pipe.Builder builder = Pipe.named("p").holding("held", door("h")).step("in", noting("in"));

        assertThat(builder.build().describe().tree())
                .isEqualTo(builder.build().describe().tree());
    }

    @Test
    void aScopesKeyDoesNotHideTheSameNameThatASiblingInAGroupWrites() {
        Pipe pipe = Pipe.named("p")
                .concurrently(
                        "both",
                        Element.step("a", Steps.writes(RULE, "a's own")),
                        Element.during("b", door("b").writing(RULE), body -> body.step("change", Steps.updates(RULE))
                                .step("look", Step.mapping(RULE, SEEN, rule -> "saw " + rule))))
                .step("after", Steps.reads(RULE))
                .build();

        State end = VirtualRun.of(pipe).state();

        assertThat(end.get(RULE)).isEqualTo("a's own");
        assertThat(end.get(SEEN)).isEqualTo("saw b+");
    }
}

// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe;

import static org.assertj.core.api.Assertions.assertThat;

import io.hybridpipe.event.Path;
import io.hybridpipe.event.PipeEvent;
import io.hybridpipe.event.RunReport.Status;
import org.junit.jupiter.api.Test;

class ConditionTest {
    private static final Key<Integer> SIZE = Key.of("size", Integer.class);
    private static final Key<String> PEERING = Key.of("peering", String.class);
    private static final Key<String> SEEN = Key.of("seen", String.class);

    private static final Pipe PIPE = Pipe.named("p")
            .needs(SIZE)
            .when(
                    "big",
                    SIZE.map(size -> size > 10),
                    "it is small",
                    body -> body.step("peer", Steps.writes(PEERING, "pcx-1")))
            .step("look", Step.mapping(Input.optional(PEERING), SEEN, peering -> peering.orElse("none")))
            .build();

    @Test
    void theBodyRunsWhenTheConditionHolds() {
        VirtualRun run = VirtualRun.of(PIPE, State.of(SIZE, 11));

        assertThat(run.state().get(SEEN)).isEqualTo("pcx-1");
        assertThat(run.told())
                .containsExactly(
                        "RunStarted p",
                        "ElementStarted p/big",
                        "StepStarted p/big/peer",
                        "StepFinished p/big/peer",
                        "ElementFinished p/big",
                        "StepStarted p/look",
                        "StepFinished p/look",
                        "RunSettled p");
    }

    @Test
    void otherwiseItIsSkippedAndShownSoWithTheReason() {
        VirtualRun run = VirtualRun.of(PIPE, State.of(SIZE, 10));

        assertThat(run.told(PipeEvent.ElementSkipped.class)).singleElement().satisfies(event -> assertThat(
                        event.path() + ": " + event.reason())
                .isEqualTo("p/big: it is small"));
        assertThat(run.report().element(Path.of("p/big")).orElseThrow())
                .satisfies(it -> assertThat(it.status()).isEqualTo(Status.SKIPPED))
                .satisfies(it -> assertThat(it.message()).contains("it is small"));
        assertThat(run.report().element(Path.of("p/big/peer"))).isEmpty();
    }

    @Test
    void keysWrittenOnlyInsideAreOptionalOutside() {
        assertThat(VirtualRun.of(PIPE, State.of(SIZE, 10)).state().get(SEEN)).isEqualTo("none");
    }

    @Test
    void aConditionMayReadWhatAnEarlierStepWrote() {
        Pipe pipe = Pipe.named("p")
                .step("measure", Steps.writes(SIZE, 12))
                .when(
                        "big",
                        SIZE.map(size -> size > 10),
                        "it is small",
                        body -> body.step("peer", Steps.writes(PEERING, "pcx-1")))
                .build();

        assertThat(VirtualRun.of(pipe).state().find(PEERING)).contains("pcx-1");
    }

    @Test
    void aConditionThatThrowsFails() {
        Pipe pipe = Pipe.named("p")
                .needs(SIZE)
                .when("big", SIZE.map(size -> 1 / size > 0), "no", body -> body.step("x", Steps.reads()))
                .build();

        VirtualRun run = VirtualRun.of(pipe, State.of(SIZE, 0));

        assertThat(run.report().failure().orElseThrow().path()).isEqualTo(Path.of("p/big"));
        assertThat(run.message()).isEqualTo("/ by zero");
    }

    @Test
    void whatRanUnderAConditionIsUndoneWithTheRest() {
        Pipe pipe = Pipe.named("p")
                .when(
                        "always",
                        Input.value(true),
                        "no",
                        body -> body.step(
                                "make",
                                Step.reading()
                                        .undo((state, context) -> reactor.core.publisher.Mono.empty())
                                        .as((state, context) -> reactor.core.publisher.Mono.empty())))
                .when("never", Input.value(false), "no", body -> body.step("other", Steps.reads()))
                .step("fail", Steps.fails(new IllegalStateException("late")))
                .build();

        VirtualRun run = VirtualRun.of(pipe);

        assertThat(run.told()).containsSubsequence("StepFailed p/fail", "StepUndone p/always/make");
        assertThat(run.report().element(Path.of("p/never")).orElseThrow().status())
                .isEqualTo(Status.SKIPPED);
        assertThat(run.report().element(Path.of("p/always")).orElseThrow().status())
                .isEqualTo(Status.UNDONE);
    }
}

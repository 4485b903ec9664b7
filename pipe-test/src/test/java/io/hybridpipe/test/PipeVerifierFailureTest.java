// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.hybridpipe.Pipe;
import io.hybridpipe.Step;
import io.hybridpipe.event.PipeEvent.RunCancelRequested;
import io.hybridpipe.event.PipeEvent.RunSettled;
import io.hybridpipe.event.PipeEvent.StepFailed;
import io.hybridpipe.event.PipeEvent.StepFinished;
import io.hybridpipe.event.PipeEvent.StepRetrying;
import io.hybridpipe.event.PipeEvent.StepStarted;
import io.hybridpipe.event.RunReport.Outcome;
import io.hybridpipe.retry.FailureClass;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;

/** Each expectation really fails when it should, and says what happened. */
class PipeVerifierFailureTest {
    private final ScriptedStep create = ScriptedStep.named("vpc").fails(FailureClass.TRANSIENT);
    private final Pipe pipe = Pipe.named("net").step("create", create).build();

    private static AssertionError failureOf(ThrowingCallable verification) {
        AssertionError failure = catchThrowableOfType(AssertionError.class, verification);
        assertThat(failure).as("the verification must fail").isNotNull();
        return failure;
    }

    @Test
    void anEventOfAnotherTypeFailsAndIsMarkedInTheListOfEvents() {
        AssertionError failure = failureOf(() -> PipeVerifier.of(pipe)
                .expect(StepStarted.class, "net/create")
                .expect(StepFinished.class, "net/create")
                .verifyDone());

        assertThat(failure)
                .hasMessageStartingWith("expected StepFinished at net/create, but came StepRetrying at net/create")
                .hasMessageContaining("->   2    +0.000s  StepRetrying       net/create #1  failureClass=TRANSIENT")
                .hasMessageContaining("report:\n")
                .hasMessageContaining("outcome:");
    }

    @Test
    void anEventAtAnotherPathFails() {
        assertThat(failureOf(() -> PipeVerifier.of(pipe)
                        .expect(StepStarted.class, "net/destroy")
                        .verifyDone()))
                .hasMessageStartingWith("expected StepStarted at net/destroy, but came StepStarted at net/create");
    }

    @Test
    void anEventThatDoesNotMeetTheConditionFails() {
        assertThat(failureOf(() -> PipeVerifier.of(pipe)
                        .expect(StepStarted.class, "net/create", event -> event.stepType()
                                .equals("DeployStack"))
                        .verifyDone()))
                .hasMessageStartingWith(
                        "expected StepStarted at net/create that meets the condition, but came StepStarted");
    }

    @Test
    void anEventThatNeverComesFailsWhenTheRunHasSettled() {
        assertThat(failureOf(() ->
                        PipeVerifier.of(pipe).lenient().expect(StepFailed.class).verifyDone()))
                .hasMessageStartingWith("expected StepFailed, but the run has settled");
    }

    @Test
    void theWrongOrderFailsInLenientModeToo() {
        assertThat(failureOf(() -> PipeVerifier.of(pipe)
                        .lenient()
                        .expect(StepFinished.class)
                        .expect(StepRetrying.class)
                        .verifyDone()))
                .hasMessageStartingWith("expected StepRetrying, but the run has settled");
    }

    @Test
    void anEventAfterTheLastExpectedOneFails() {
        assertThat(failureOf(() -> PipeVerifier.of(pipe)
                        .expect(StepStarted.class)
                        .expect(StepRetrying.class)
                        .verifyDone()))
                .hasMessageStartingWith("expected no further event, but came StepStarted at net/create");
    }

    @Test
    void anythingAfterTheLastEventFails() {
        assertThat(failureOf(() -> PipeVerifier.of(pipe)
                        .lenient()
                        .expect(RunSettled.class)
                        .expect(StepStarted.class)
                        .verifyDone()))
                .hasMessageStartingWith("expected StepStarted, but the run has settled");
    }

    @Test
    void anUnwantedEventFailsWhereverItComes() {
        assertThat(failureOf(
                        () -> PipeVerifier.of(pipe).never(StepRetrying.class).verifyDone()))
                .hasMessageStartingWith("expected never StepRetrying, but it came");
        assertThat(failureOf(() -> PipeVerifier.of(pipe)
                        .never(StepStarted.class, "net/create")
                        .verifyDone()))
                .hasMessageStartingWith("expected never StepStarted at net/create, but it came");
        assertThatCode(() -> PipeVerifier.of(pipe)
                        .never(StepStarted.class, "net/destroy")
                        .verifyDone())
                .doesNotThrowAnyException();
    }

    @Test
    void eachOtherOutcomeFails() {
        for (Outcome other : Outcome.values()) {
            if (other != Outcome.DONE) {
                assertThat(failureOf(() -> PipeVerifier.of(pipe).verifyOutcome(other)))
                        .hasMessageStartingWith("expected the run to end " + other + ", but it ended done");
            }
        }
    }

    @Test
    void anEventInATimeOfSilenceFails() {
        ScriptedStep slow = ScriptedStep.named("vpc").takes(Duration.ofSeconds(30));

        assertThat(failureOf(() -> PipeVerifier.of(
                                Pipe.named("net").step("create", slow).build())
                        .expect(StepStarted.class)
                        .expectNoEvent(Duration.ofSeconds(31))
                        .verifyDone()))
                .hasMessageStartingWith("expected no event for PT31S")
                .hasMessageContaining("->   2   +30.000s  ResourceMade");
    }

    @Test
    void anAssertionInAnActionFailsAndShowsTheEvents() {
        AssertionError failure = failureOf(() -> PipeVerifier.of(pipe)
                .expect(StepStarted.class)
                .then(() -> assertThat(create.attempts()).as("attempts").isEqualTo(7))
                .verifyDone());

        assertThat(failure).hasMessageContaining("attempts");
        assertThat(failure.getSuppressed()).singleElement().satisfies(shown -> assertThat(shown.getMessage())
                .contains("StepRetrying"));
    }

    @Test
    void aRunThatDisappointedIsCancelledAndBroughtToItsEnd() {
        ScriptedStep slow = ScriptedStep.named("vpc").takes(Duration.ofMinutes(30));

        AssertionError failure = failureOf(
                () -> PipeVerifier.of(Pipe.named("net").step("create", slow).build())
                        .expect(StepStarted.class)
                        .then(() -> {
                            throw new AssertionError("no");
                        })
                        .verifyDone());

        assertThat(failure.getSuppressed()[0].getMessage())
                .contains(RunCancelRequested.class.getSimpleName(), "RunSettled", "outcome: undone");
        assertThat(slow.exists()).isFalse();
    }

    @Test
    void aCallOnAnotherThreadThatNeverEndsFailsInRealTimeAndIsNamed() {
        Step never = Step.reading().withoutEffect().as((state, context) -> Mono.never());

        assertThat(failureOf(() -> PipeVerifier.of(
                                Pipe.named("net").step("create", never).build())
                        .within(Duration.ofMillis(100))
                        .verifyDone()))
                .hasMessageStartingWith(
                        "the run has not settled within PT0.1S of real time; waited for RUN of net/create")
                .hasMessageContaining("thenAwait");
    }

    @Test
    void aStepThatBlocksTheEngineFailsInRealTimeAndShowsWhere() {
        CountDownLatch release = new CountDownLatch(1);
        Step blocks = Step.reading().withoutEffect().as((state, context) -> {
            try {
                release.await(1, TimeUnit.MINUTES);
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
            return Mono.empty();
        });

        AssertionError failure = failureOf(
                () -> PipeVerifier.of(Pipe.named("net").step("create", blocks).build())
                        .within(Duration.ofSeconds(1))
                        .verifyDone());
        release.countDown();

        assertThat(failure)
                .hasMessageStartingWith("the run does not come back within PT1S of real time")
                .hasMessageContaining("StepStarted");
        assertThat(failure.getCause().getStackTrace())
                .anySatisfy(frame -> assertThat(frame.getClassName()).contains("PipeVerifierFailureTest"));
    }

    @Test
    void inRealTimeTooTheWholeIsBounded() {
        Step never = Step.reading().withoutEffect().as((state, context) -> Mono.never());

        assertThat(failureOf(() -> PipeVerifier.of(
                                Pipe.named("net").step("create", never).build())
                        .inRealTime()
                        .within(Duration.ofSeconds(1))
                        .lenient()
                        .expect(StepFinished.class)
                        .verifyDone()))
                .hasMessageStartingWith("expected StepFinished, which has not come within PT1S of real time");
    }
}

// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hybridpipe.Element;
import io.hybridpipe.Key;
import io.hybridpipe.Outputs;
import io.hybridpipe.Pipe;
import io.hybridpipe.RunOptions;
import io.hybridpipe.State;
import io.hybridpipe.Step;
import io.hybridpipe.event.PipeEvent.RunCancelRequested;
import io.hybridpipe.event.PipeEvent.RunSettled;
import io.hybridpipe.event.PipeEvent.RunStarted;
import io.hybridpipe.event.PipeEvent.StepFailed;
import io.hybridpipe.event.PipeEvent.StepFinished;
import io.hybridpipe.event.PipeEvent.StepStarted;
import io.hybridpipe.event.PipeEvent.StepUndone;
import io.hybridpipe.retry.Backoff;
import io.hybridpipe.retry.FailureClass;
import io.hybridpipe.retry.RetryPolicy;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

class PipeVerifierTest {
    private static final Key<String> NAME = Key.of("name", String.class);
    private static final Key<String> GREETING = Key.of("greeting", String.class);

    private static Pipe hello() {
        return Pipe.named("hello")
                .needs(NAME)
                .step("greet", Step.mapping(NAME, GREETING, name -> "Hello, " + name))
                .build();
    }

    private static Pipe one(Step step) {
        return Pipe.named("net").step("create", step).build();
    }

    @Test
    void everyEventInOrderIsExpectedAndTheStateIsHandedOver() {
        Verified run = PipeVerifier.of(hello())
                .input(State.of(NAME, "world"))
                .expect(RunStarted.class, "hello")
                .expect(StepStarted.class, "hello/greet")
                .expect(StepFinished.class, "hello/greet")
                .expect(RunSettled.class)
                .verifyDone();

        assertThat(run.state().get(GREETING)).isEqualTo("Hello, world");
        assertThat(run.failure()).isEmpty();
        assertThat(run.toString()).contains("StepFinished", "hello/greet", "outcome: done");
    }

    @Test
    void theFirstAndTheLastEventMayBeLeftOut() {
        PipeVerifier.of(hello())
                .input(State.of(NAME, "world"))
                .expect(StepStarted.class, "hello/greet")
                .expect(StepFinished.class, "hello/greet")
                .verifyDone();
    }

    @Test
    void withoutAnyExpectationOnlyTheEndIsVerified() {
        assertThat(PipeVerifier.of(hello())
                        .input(State.of(NAME, "world"))
                        .verifyDone()
                        .events())
                .hasSize(4);
    }

    @Test
    void hoursOfBackoffPassInNoTime() {
        ScriptedStep create = ScriptedStep.named("vpc")
                .fails(20, FailureClass.TRANSIENT)
                .options(o -> o.withStepTimeout(Duration.ofDays(30))
                        .withRetry(RetryPolicy.ofAll(
                                new Backoff(Duration.ofHours(1), Duration.ofHours(10), 25, Duration.ofDays(30)))));

        Verified run = PipeVerifier.of(one(create)).verifyDone();

        assertThat(create.attempts()).isEqualTo(21);
        assertThat(run.report().took()).isGreaterThan(Duration.ofHours(10));
    }

    @Test
    void theSameRunTakesTheSameVirtualTimeEachTime() {
        Duration first = PipeVerifier.of(one(ScriptedStep.named("vpc").fails(3, FailureClass.TRANSIENT)))
                .verifyDone()
                .report()
                .took();
        Duration second = PipeVerifier.of(one(ScriptedStep.named("vpc").fails(3, FailureClass.TRANSIENT)))
                .verifyDone()
                .report()
                .took();

        assertThat(first).isEqualTo(second).isPositive();
    }

    @Test
    void cancelReachesAStepThatIsUnderWayAndAllIsUndone() {
        ScriptedStep first = ScriptedStep.named("vpc");
        ScriptedStep second = ScriptedStep.named("route").takes(Duration.ofMinutes(5));
        Pipe pipe = Pipe.named("net").step("vpc", first).step("route", second).build();

        PipeVerifier.of(pipe)
                .lenient()
                .expect(StepStarted.class, "net/route")
                .expectNoEvent(Duration.ofMinutes(4))
                .thenCancel("enough")
                .expect(RunCancelRequested.class, "net", event -> event.reason().contains("enough"))
                .expect(StepFailed.class, "net/route")
                .expect(StepUndone.class, "net/vpc")
                .verifyUndone();

        assertThat(first.exists()).isFalse();
        assertThat(second.exists()).isFalse();
    }

    @Test
    void actionsSeeTheWorldAtTheirMoment() {
        ScriptedStep create = ScriptedStep.named("vpc").takes(Duration.ofMinutes(2));

        PipeVerifier.of(one(create))
                .expect(StepStarted.class, "net/create")
                .thenAwait(Duration.ofMinutes(1))
                .then(() -> assertThat(create.exists()).isFalse())
                .thenAwait(Duration.ofMinutes(1))
                .then(() -> assertThat(create.exists()).isTrue())
                .expect(StepFinished.class, "net/create", event -> event.took().equals(Duration.ofMinutes(2)))
                .lenient()
                .verifyDone();
    }

    @Test
    void eachOutcomeHasItsVerification() {
        PipeVerifier.of(hello()).verifyRefused();
        PipeVerifier.of(one(ScriptedStep.named("vpc").fails(FailureClass.PERMANENT)))
                .verifyUndone();
        PipeVerifier.of(one(ScriptedStep.named("vpc").fails(FailureClass.PERMANENT)))
                .options(o -> o.onFailure(RunOptions.OnFailure.KEEP))
                .verifyKept();
        Verified left = PipeVerifier.of(Pipe.named("net")
                        .step("vpc", ScriptedStep.named("vpc").undoing(undo -> undo.fails(FailureClass.PERMANENT)))
                        .step("route", ScriptedStep.named("route").fails(FailureClass.PERMANENT))
                        .build())
                .verifyLeftOvers();

        assertThat(left.report().leftovers())
                .singleElement()
                .satisfies(it -> assertThat(it.path().value()).isEqualTo("net/vpc"));
        assertThatThrownBy(left::state).isInstanceOf(IllegalStateException.class);
        assertThat(left.failure()).isPresent();
    }

    @Test
    void aStepOnAnotherThreadIsWaitedForInRealTime() {
        CountDownLatch go = new CountDownLatch(1);
        Step blocking = Step.reading().withoutEffect().blocking((state, context) -> {
            try {
                assertThat(go.await(60, TimeUnit.SECONDS)).isTrue();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
            return Outputs.none();
        });
        Pipe pipe = Pipe.named("net")
                .concurrently("both", Element.step("slow", blocking), Element.step("scripted", ScriptedStep.named("a")))
                .build();

        Verified run = PipeVerifier.of(pipe)
                .lenient()
                .expect(StepFinished.class, "net/both/scripted")
                .then(go::countDown)
                .expect(StepFinished.class, "net/both/slow")
                .verifyDone();

        assertThat(run.report().took()).isZero();
    }

    @Test
    void inRealTimeTheSystemClockRules() {
        Step waits = Step.reading().withoutEffect().as((state, context) -> Mono.delay(Duration.ofMillis(20))
                .thenReturn(Outputs.none()));

        Verified run = PipeVerifier.of(one(waits))
                .inRealTime()
                .expect(StepStarted.class, "net/create")
                .thenAwait(Duration.ofMillis(1))
                .expect(StepFinished.class, "net/create")
                .verifyDone();

        assertThat(run.report().took()).isGreaterThanOrEqualTo(Duration.ofMillis(19));
    }

    @Test
    void eachVerifyIsANewRun() {
        AtomicInteger runs = new AtomicInteger();
        PipeVerifier verifier = PipeVerifier.of(one(Step.reading()
                        .withoutEffect()
                        .as((state, context) -> Mono.fromSupplier(() -> {
                            runs.incrementAndGet();
                            return Outputs.none();
                        }))))
                .expect(StepStarted.class)
                .expect(StepFinished.class);

        verifier.verifyDone();
        verifier.verifyDone();

        assertThat(runs).hasValue(2);
    }

    @Test
    void theWholeRunMayHappenOnManyThreads() {
        Step hop = Step.reading().withoutEffect().as((state, context) -> Mono.just(Outputs.none())
                .publishOn(Schedulers.parallel()));
        Pipe.Builder pipe = Pipe.named("net");
        for (int i = 0; i < 200; i++) {
            pipe.concurrently(
                    "g" + i,
                    Element.step("a", hop),
                    Element.step("b", ScriptedStep.named("b").takes(Duration.ofHours(1))));
        }

        Verified run = PipeVerifier.of(pipe.build()).verifyDone();

        assertThat(run.report().took()).isEqualTo(Duration.ofHours(200));
    }

    @Test
    void verifiersDoNotShareTheirTime() {
        Pipe inner = one(ScriptedStep.named("inner").takes(Duration.ofMinutes(50)));
        Step nested = Step.reading()
                .withoutEffect()
                .as((state, context) ->
                        Mono.fromRunnable(() -> PipeVerifier.of(inner).verifyDone()));

        assertThat(PipeVerifier.of(one(nested)).verifyDone().report().took()).isZero();
    }
}

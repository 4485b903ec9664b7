// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe;

import static org.assertj.core.api.Assertions.assertThat;

import io.hybridpipe.event.RunReport;
import io.hybridpipe.event.RunReport.Outcome;
import io.hybridpipe.retry.FailureClass;
import io.hybridpipe.retry.StepFailure;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;

/** Design §4.6: steps that block a thread, and workers that do not end when told to. */
class BlockingStepTest {
    private static final Duration SOON = Duration.ofSeconds(60);

    private final Trial trial = new Trial();
    private final List<String> calls = new CopyOnWriteArrayList<>();
    private final CountDownLatch working = new CountDownLatch(1);
    private final CountDownLatch letGo = new CountDownLatch(1);

    @Test
    void aBlockingBodyRunsOnAThreadThatMayBlock() {
        Key<String> thread = Key.of("thread", String.class);
        Step step = Step.reading()
                .writing(thread)
                .withoutEffect()
                .blocking((state, context) ->
                        Outputs.of(thread, Thread.currentThread().getName()));

        State end = Pipe.named("p").step("a", step).build().run(State.empty()).block(SOON);

        assertThat(end.get(thread)).startsWith("boundedElastic");
    }

    @Test
    void anErrorInABlockingBodyIsAFailure() {
        Step step = Step.reading().withoutEffect().blocking((state, context) -> {
            throw new NoClassDefFoundError("io/example/Missing");
        });

        RunReport report = settle(step, RunOptions.ofDefaults());

        assertThat(report.failure().orElseThrow().message()).isEqualTo("io/example/Missing");
    }

    @Test
    void aPassingFailureOfABlockingBodyIsTriedAgain() {
        Step step = Step.reading().undo((state, context) -> Mono.empty()).blocking((state, context) -> {
            if (context.attempt() == 1) {
                throw StepFailure.of(FailureClass.TRANSIENT, "connection refused");
            }
            return Outputs.none();
        });

        assertThat(settle(step, RunOptions.ofDefaults()).outcome()).isEqualTo(Outcome.DONE);
    }

    @Test
    void aCancelInterruptsTheWorkerAndItsEndIsWaitedFor() throws Exception {
        Step step = Step.reading()
                .reconcile((state, context) -> {
                    calls.add("look");
                    return Mono.just(Found.absent());
                })
                .undo((state, context) -> Mono.empty())
                .blocking((state, context) -> {
                    working.countDown();
                    try {
                        letGo.await();
                    } catch (InterruptedException e) {
                        calls.add("interrupted");
                    }
                    return Outputs.none();
                });

        Run run = Pipe.named("p").step("a", step).build().start(State.empty(), RunOptions.ofDefaults());
        assertThat(working.await(60, TimeUnit.SECONDS)).isTrue();
        run.cancel("test");

        assertThat(run.settled().block(SOON).outcome()).isEqualTo(Outcome.UNDONE);
        assertThat(calls).containsExactly("interrupted", "look");
    }

    @Test
    void aWorkerGivenUpIsLookedForAndUndoneOnceAndIsALeftoverThatMayStillAct() throws Exception {
        trial.start(Element.step("a", stubborn(Effect.undoable()), it -> it.withAttemptTimeout(Duration.ofSeconds(5))));
        assertThat(working.await(60, TimeUnit.SECONDS)).isTrue();
        trial.passAll();
        letGo.countDown();

        assertThat(calls).as("and no new attempt").containsExactly("run", "look", "undo");
        assertThat(trial.report().outcome()).isEqualTo(Outcome.LEFT_OVERS);
        assertThat(trial.report().leftovers()).singleElement().satisfies(it -> assertThat(it.why())
                .contains("may still act"));
    }

    @Test
    void aWorkerGivenUpAfterACancelIsLookedForAndUndoneOnce() throws Exception {
        trial.start(Element.step("a", stubborn(Effect.undoable())));
        assertThat(working.await(60, TimeUnit.SECONDS)).isTrue();
        trial.cancel().passAll();
        letGo.countDown();

        assertThat(calls).containsExactly("run", "look", "undo");
        assertThat(trial.leftovers()).containsExactly("p/a");
    }

    @Test
    void anUndoOfAWorkerGivenUpIsTriedOnce() throws Exception {
        trial.start(Element.step("a", stubborn(Effect.undoable(), Act.fails(FailureClass.TRANSIENT))));
        assertThat(working.await(60, TimeUnit.SECONDS)).isTrue();
        trial.cancel().passAll();
        letGo.countDown();

        assertThat(calls).containsExactly("run", "look", "undo");
        assertThat(trial.leftovers()).containsExactly("p/a");
    }

    @Test
    void aWorkerGivenUpIsALeftoverEvenIfItsStepCannotBeUndone() throws Exception {
        trial.start(Element.step("a", stubborn(Effect.irreversible("a licence is used up"))));
        assertThat(working.await(60, TimeUnit.SECONDS)).isTrue();
        trial.cancel().passAll();
        letGo.countDown();

        assertThat(trial.report().outcome()).isEqualTo(Outcome.LEFT_OVERS);
        assertThat(trial.report().leftovers()).singleElement().satisfies(it -> assertThat(it.why())
                .contains("may still act"));
    }

    private Step stubborn(Effect effect) {
        return stubborn(effect, Mono.empty());
    }

    /** A step whose thread ignores interrupts until the test lets it go. */
    private Step stubborn(Effect effect, Mono<Void> undo) {
        Step worker = Step.reading().blocking((state, context) -> {
            calls.add("run");
            working.countDown();
            while (true) {
                try {
                    letGo.await();
                    return Outputs.none();
                } catch (InterruptedException e) {
                    continue;
                }
            }
        });
        return new Step() {
            @Override
            public Contract contract() {
                return Contract.of("stubborn").withEffect(effect);
            }

            @Override
            public Mono<Outputs> run(State state, StepContext context) {
                return worker.run(state, context);
            }

            @Override
            public Mono<Found> reconcile(State state, StepContext context) {
                calls.add("look");
                return Mono.just(Found.unknown("who knows"));
            }

            @Override
            public Mono<Void> undo(State state, Found found, StepContext context) {
                calls.add("undo");
                return undo;
            }
        };
    }

    private static RunReport settle(Step step, RunOptions options) {
        return Pipe.named("p")
                .step("a", step)
                .build()
                .start(State.empty(), options)
                .settled()
                .block(SOON);
    }
}

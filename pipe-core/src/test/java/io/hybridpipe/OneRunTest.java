// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.hybridpipe.event.Path;
import io.hybridpipe.event.PipeEvent;
import io.hybridpipe.event.Resource;
import io.hybridpipe.event.RunId;
import io.hybridpipe.event.RunListener;
import io.hybridpipe.event.RunReport;
import io.hybridpipe.event.RunReport.Outcome;
import io.hybridpipe.event.RunReport.Status;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.test.StepVerifier;

/** Design §4.5: what one execution promises to whoever started it. */
// the virtual time that it sets counts in the whole JVM
@Isolated
class OneRunTest {
    private static final Key<String> ID = Key.of("id", String.class);
    private static final Duration SOON = Duration.ofSeconds(60);

    private final Trial trial = new Trial();

    @Test
    void aStartedRunHasItsIdAtOnce() {
        trial.start(trial.act("a").runs(context -> Mono.never()).step());

        assertThat(trial.run().id()).isEqualTo(RunId.of("r"));
    }

    @Test
    void theIdOfARunThatWasGivenNoneIsItsOwn() {
        Pipe pipe = Pipe.named("p").step("a", trial.act("a")).build();

        assertThat(pipe.start(State.empty(), RunOptions.ofDefaults()).id())
                .isNotEqualTo(pipe.start(State.empty(), RunOptions.ofDefaults()).id());
    }

    @Test
    void theResultIsTheStateAndIsReplayed() {
        trial.start(Pipe.named("p").step("a", trial.act("a").writing(ID, "x")).build(), State.empty());

        assertThat(trial.run().result().block(SOON).get(ID)).isEqualTo("x");
        assertThat(trial.run().result().block(SOON).get(ID)).isEqualTo("x");
    }

    @Test
    void theResultOfAFailedRunIsAnExceptionWithTheReport() {
        trial.start(trial.act("a").runs(context -> Act.refused()).step());

        PipeFailedException failed = catchThrowableOfType(
                PipeFailedException.class, () -> trial.run().result().block(SOON));

        assertThat(failed.report()).isEqualTo(trial.report());
        assertThat(failed).hasMessage("pipe 'p' undone: p/a: refused");
        assertThat(failed.getCause()).hasMessage("refused");
    }

    @Test
    void settledNeverErrorsAndIsReplayed() {
        trial.start(trial.act("a").runs(context -> Act.refused()).step());

        StepVerifier.create(trial.run().settled()).expectNext(trial.report()).verifyComplete();
        StepVerifier.create(trial.run().settled()).expectNext(trial.report()).verifyComplete();
    }

    @Test
    void aCancelOfTheResultDoesNotTouchTheRun() {
        Act a = trial.act("a");
        a.runs(context -> a.makeIn(Duration.ofSeconds(3), context));

        trial.start(a.step());
        trial.run().result().subscribe().dispose();
        trial.passAll();

        assertThat(trial.report().outcome()).isEqualTo(Outcome.DONE);
    }

    @Test
    void eachSubscriptionIsARunOfItsOwn() {
        List<RunId> runs = new ArrayList<>();
        Pipe pipe = Pipe.named("p")
                .step("a", Step.opaque((state, context) -> Mono.fromRunnable(() -> runs.add(context.runId()))))
                .build();
        Mono<State> run = pipe.run(State.empty());

        assertThat(runs).as("nothing runs before somebody subscribes").isEmpty();
        run.block(SOON);
        run.block(SOON);

        assertThat(runs).hasSize(2).doesNotHaveDuplicates();
    }

    @Test
    void cancelIsCheckedBeforeEachElementStarts() {
        Act first = trial.act("first");
        first.runs(context -> first.makeIn(Duration.ofSeconds(1), context));
        Act a = trial.act("a").runs(context -> Mono.fromRunnable(trial::cancel));
        Act b = trial.act("b");

        trial.start(first.step(), a.step(), b.step()).passAll();

        assertThat(trial.called())
                .as("although a ends at once")
                .contains("run a")
                .doesNotContain("run b");
        assertThat(trial.report().outcome()).isEqualTo(Outcome.UNDONE);
        assertThat(first.there).isFalse();
    }

    @Test
    void aCallThatHasEndedWhenTheCancelComesHasSucceeded() {
        Sinks.Empty<Outputs> answer = Sinks.empty();
        Act first = trial.act("first");
        first.runs(context -> first.makeIn(Duration.ofSeconds(1), context));
        Act a = trial.act("a").runs(context -> answer.asMono());
        Act b = trial.act("b")
                .runs(context -> Mono.fromRunnable(() -> {
                    answer.tryEmitEmpty();
                    trial.cancel();
                }));
        Element bThenC = Element.sequence("s", body -> body.element(b.step()).step("c", trial.act("c")));

        trial.start(first.step(), Element.concurrently("g", Group.ofDefaults(), a.step(), bThenC))
                .passAll();

        assertThat(trial.called()).contains("undo a").doesNotContain("look at a", "run c");
    }

    @Test
    void cancelIsCheckedBeforeEachMemberOfAGroupStarts() {
        Act first = trial.act("first");
        first.runs(context -> Mono.delay(Duration.ofSeconds(1), trial.time).then(Mono.empty()));
        Act a = trial.act("a").runs(context -> Mono.fromRunnable(trial::cancel));
        Act b = trial.act("b");

        trial.start(first.step(), Element.concurrently("g", Group.ofDefaults(), a.step(), b.step()))
                .passAll();

        assertThat(trial.called()).contains("run a").doesNotContain("run b");
        assertThat(trial.report().outcome()).isEqualTo(Outcome.UNDONE);
    }

    @Test
    void aRunWhoseLastElementHasFinishedIsDoneThoughItWasCancelled() {
        trial.options(it -> it.listener(event -> {
            if (event instanceof PipeEvent.StepFinished) {
                trial.cancel();
            }
        }));
        Act a = trial.act("a");
        a.runs(context -> a.makeIn(Duration.ofSeconds(2), context));

        trial.start(a.step()).passAll();

        assertThat(trial.report().outcome()).isEqualTo(Outcome.DONE);
    }

    @Test
    void duringTheLastCloseTheRunIsDone() {
        Act door = trial.act("door")
                .undoes(context -> Mono.delay(Duration.ofSeconds(5), trial.time).then());
        Act a = trial.act("a");

        trial.start(door.around(a.step())).pass(Duration.ofSeconds(1)).cancel().passAll();

        assertThat(trial.report().outcome()).isEqualTo(Outcome.DONE);
        assertThat(a.there).isTrue();
    }

    @Test
    void furtherCancelsChangeNothing() {
        Act a = trial.act("a").runs(context -> Mono.never());

        trial.start(a.step()).cancel();
        trial.run().cancel("another reason");
        trial.passAll();

        assertThat(trial.events(PipeEvent.RunCancelRequested.class))
                .singleElement()
                .satisfies(it -> assertThat(it.reason()).isEqualTo("cancelled: the test says so"));
        assertThat(trial.report().failure().orElseThrow().message()).isEqualTo("cancelled: the test says so");
    }

    @Test
    void aDeadlineStopsTheForwardWorkAndCountsFromTheStart() {
        Act a = trial.act("a");
        Act b = trial.act("b").runs(context -> Mono.never());

        trial.options(it -> it.deadline(Duration.ofMinutes(5))).start(a.step(), b.step());
        trial.pass(Duration.ofMinutes(5).minusMillis(1));
        assertThat(trial.isSettled()).isFalse();
        trial.pass(Duration.ofMillis(1));

        assertThat(trial.report().failure().orElseThrow().message()).contains("deadline of PT5M");
        assertThat(a.there).isFalse();
    }

    @Test
    void theReportNamesEveryElementWithAttemptsAndInstants() {
        Act a = trial.act("a");
        a.runs(context -> Act.fails(io.hybridpipe.retry.FailureClass.TRANSIENT), a::make);
        Act b = trial.act("b");
        b.runs(context -> b.makeIn(Duration.ofSeconds(3), context));

        trial.start(a.step(), Element.concurrently("g", Group.ofDefaults(), b.step()))
                .passAll();

        RunReport report = trial.report();
        assertThat(report.elements()).extracting(it -> it.path().value()).containsExactly("p/a", "p/g", "p/g/b");
        assertThat(report.elements().get(0).attempts()).isEqualTo(2);
        assertThat(report.element(Path.of("p/g/b")).orElseThrow().took()).isEqualTo(Duration.ofSeconds(3));
        assertThat(report.startedAt()).isEqualTo(Instant.EPOCH);
        assertThat(report.took()).isEqualTo(Duration.between(Instant.EPOCH, report.endedAt()));
        assertThat(report.elements())
                .extracting(RunReport.ElementReport::status)
                .containsOnly(Status.FINISHED);
    }

    @Test
    void aSuccessHasAReportWithWhatItMade() {
        trial.start(trial.act("a").step());

        assertThat(trial.report().outcome()).isEqualTo(Outcome.DONE);
        assertThat(trial.report().made()).containsExactly(Resource.of("thing", "a1", "toy"));
        assertThat(trial.report().failure()).isEmpty();
        assertThat(trial.report().leftovers()).isEmpty();
        assertThat(trial.report().notUndone()).isEmpty();
    }

    @Test
    void theCriticalPathHoldsTheMemberThatEndedLast() {
        Act quick = trial.act("quick");
        Act slow = trial.act("slow");
        slow.runs(context -> slow.makeIn(Duration.ofSeconds(3), context));
        Act after = trial.act("after");

        trial.start(Element.concurrently("g", Group.ofDefaults(), quick.step(), slow.step()), after.step())
                .passAll();

        assertThat(trial.report().criticalPath()).extracting(Path::value).containsExactly("p/g/slow", "p/after");
    }

    @Test
    void theReportGoesToTheListener() {
        List<RunReport> told = new ArrayList<>();
        trial.options(it -> it.listener(new RunListener() {
            @Override
            public void on(PipeEvent event) {
                assertThat(told).as("no event follows the report").isEmpty();
            }

            @Override
            public void settled(RunReport report) {
                told.add(report);
            }
        }));

        trial.start(trial.act("a").runs(context -> Act.refused()).step());

        assertThat(told).containsExactly(trial.report());
    }

    @Test
    void aListenerThatThrowsIsIgnored() {
        trial.options(it -> it.listener(new RunListener() {
            @Override
            public void on(PipeEvent event) {
                throw new IllegalStateException("a bad listener");
            }

            @Override
            public void settled(RunReport report) {
                throw new AssertionError("a very bad listener");
            }
        }));
        List<String> after = new ArrayList<>();
        trial.options(it -> it.listener(event -> after.add(event.type())));

        trial.start(trial.act("a").step());

        assertThat(trial.report().outcome()).isEqualTo(Outcome.DONE);
        assertThat(after).contains("RunStarted", "StepFinished", "RunSettled");
    }

    @Test
    void missingInputIsRefusedBeforeAnythingIsCalled() {
        Act a = trial.act("a").contract(it -> it.reading(ID));

        trial.start(Pipe.named("p").needs(ID).step("a", a).build(), State.empty());

        assertThat(trial.report().outcome()).isEqualTo(Outcome.REFUSED);
        assertThat(trial.report().failure().orElseThrow().message()).isEqualTo("the input lacks id");
        assertThat(trial.called()).isEmpty();
    }

    @Test
    void virtualTimeOfStepVerifierReachesRetriesAndTimeouts() {
        StepVerifier.withVirtualTime(() -> {
                    Step slow = Step.reading()
                            .withoutEffect()
                            .as((state, context) -> context.attempt() < 3
                                    ? Mono.never()
                                    : Mono.delay(Duration.ofHours(1)).thenReturn(Outputs.none()));
                    return Pipe.named("p")
                            .step("slow", slow, it -> it.withAttemptTimeout(Duration.ofHours(2))
                                    .withStepTimeout(Duration.ofDays(1))
                                    .withRetry(io.hybridpipe.retry.RetryPolicy.ofAll(
                                            io.hybridpipe.retry.Backoff.ofDefaults()
                                                    .withMaxElapsed(Duration.ofDays(1)))))
                            .build()
                            .run(State.empty());
                })
                .expectSubscription()
                .thenAwait(Duration.ofHours(6))
                .expectNextCount(1)
                .expectComplete()
                .verify(SOON);
    }
}

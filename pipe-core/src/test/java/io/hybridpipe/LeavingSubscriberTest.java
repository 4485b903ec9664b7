// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.hybridpipe.event.PipeEvent;
import io.hybridpipe.event.RunListener;
import io.hybridpipe.event.RunReport;
import io.hybridpipe.event.RunReport.Outcome;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;
import reactor.core.Disposable;
import reactor.core.publisher.Mono;
import reactor.util.context.ContextView;

/** Design §4.5: a run lives until it has settled, whoever listens. */
class LeavingSubscriberTest {
    private final Trial trial = new Trial();
    private final CompletableFuture<RunReport> settled = new CompletableFuture<>();

    LeavingSubscriberTest() {
        trial.options(it -> it.listener(new RunListener() {
            @Override
            public void on(PipeEvent event) {
                // the report is what is waited for
            }

            @Override
            public void settled(RunReport report) {
                settled.complete(report);
            }
        }));
    }

    private Mono<State> running(Element... elements) {
        Pipe.Builder pipe = Pipe.named("p");
        for (Element each : elements) {
            pipe.element(each);
        }
        return pipe.build().run(State.empty(), trial.options());
    }

    private RunReport report() {
        assertThat(settled).as("the listener was told the report").isCompleted();
        return settled.join();
    }

    @Test
    void aDisposedSubscriberOnlyAsksTheRunToCancel() {
        Act a = trial.act("a");
        Act b = trial.act("b");
        b.runs(context -> b.makeIn(Duration.ofSeconds(4), context));

        Disposable subscriber = running(a.step(), b.step()).subscribe();
        trial.pass(Duration.ofSeconds(1));
        subscriber.dispose();

        assertThat(settled).isNotDone();
        trial.passAll();
        assertThat(report().outcome()).isEqualTo(Outcome.UNDONE);
        assertThat(trial.called()).containsExactly("run a", "run b", "look at b", "undo b", "undo a");
        assertThat(report().failure().orElseThrow().message()).isEqualTo("cancelled: the subscriber left");
    }

    @Test
    void aTimeoutReleasesItsCallerAndTheRunUndoes() {
        Act a = trial.act("a");
        List<Throwable> told = new ArrayList<>();

        running(a.step(), trial.act("b").runs(context -> Mono.never()).step())
                .timeout(Duration.ofSeconds(3), trial.time)
                .subscribe(state -> {}, told::add);
        trial.pass(Duration.ofSeconds(3));

        assertThat(told).singleElement().isInstanceOf(java.util.concurrent.TimeoutException.class);
        trial.passAll();
        assertThat(report().outcome()).isEqualTo(Outcome.UNDONE);
        assertThat(a.there).isFalse();
    }

    @Test
    void aSubscriberThatLeavesDuringUndoDoesNotStopIt() {
        Act a = trial.act("a")
                .undoes(context -> Mono.delay(Duration.ofSeconds(5), trial.time).then(Mono.fromRunnable(() -> {})));
        Act b = trial.act("b");
        b.undoes(context -> b.takeAway(context).delaySubscription(Duration.ofSeconds(5), trial.time));

        Disposable subscriber = running(
                        a.step(),
                        b.step(),
                        trial.act("c").runs(context -> Act.refused()).step())
                .subscribe();
        trial.pass(Duration.ofSeconds(2));
        assertThat(trial.called()).endsWith("undo b");
        subscriber.dispose();
        trial.passAll();

        assertThat(trial.called()).endsWith("undo b", "undo a");
        assertThat(b.there).isFalse();
        assertThat(report().outcome()).isEqualTo(Outcome.UNDONE);
        assertThat(report().failure().orElseThrow().message()).isEqualTo("refused");
    }

    @Test
    void aBlockThatGivesUpOnlyAsksTheRunToCancel() throws Exception {
        Pipe pipe = Pipe.named("p")
                .step("a", Step.reading().withoutEffect().as((state, context) -> Mono.never()))
                .build();
        RunOptions realTime = RunOptions.ofDefaults().listener(new Settled(settled));

        assertThatThrownBy(() -> pipe.run(State.empty(), realTime).block(Duration.ofMillis(20)))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("Timeout");

        assertThat(settled.get(60, TimeUnit.SECONDS).outcome()).isEqualTo(Outcome.UNDONE);
    }

    @Test
    void anInterruptedBlockOnlyAsksTheRunToCancel() throws Exception {
        Pipe pipe = Pipe.named("p")
                .step("a", Step.reading().withoutEffect().as((state, context) -> {
                    Thread.currentThread().interrupt();
                    return Mono.never();
                }))
                .build();

        assertThatThrownBy(() -> pipe.run(State.empty(), RunOptions.ofDefaults().listener(new Settled(settled)))
                        .block())
                .hasMessageContaining("Interrupted");
        Thread.interrupted();

        assertThat(settled.get(60, TimeUnit.SECONDS).outcome()).isEqualTo(Outcome.UNDONE);
    }

    @Test
    void leftoversGoIntoOneErrorLineEvenWhenNobodyListens() {
        Logger logger = (Logger) LoggerFactory.getLogger(Pipe.class);
        ListAppender<ILoggingEvent> lines = new ListAppender<>();
        lines.start();
        logger.addAppender(lines);
        logger.setLevel(Level.ERROR);
        logger.setAdditive(false);
        try {
            Act a = trial.act("a").undoes(context -> Act.refused());
            Act b = trial.act("b").undoes(context -> Act.refused()).runs(context -> Mono.empty());
            running(
                            a.step(),
                            b.step(),
                            trial.act("c").runs(context -> Mono.never()).step())
                    .subscribe()
                    .dispose();
            trial.passAll();
        } finally {
            logger.setLevel(null);
            logger.setAdditive(true);
            logger.detachAppender(lines);
        }

        assertThat(lines.list).singleElement().satisfies(it -> assertThat(it.getFormattedMessage())
                .isEqualTo("run r of pipe 'p' left over: p/b: what it may have made under token "
                        + report().leftovers().get(0).token() + ", because refused; "
                        + "p/a: thing a1 in toy, because refused"));
    }

    @Test
    void theSubscribersContextIsGivenToEveryAttemptLookUndoAndClose() {
        List<String> seen = new ArrayList<>();
        Act door = trial.act("door");
        door.runs(context -> noting("open", seen).then(door.make(context)))
                .undoes(context -> noting("close", seen).then(door.takeAway(context)));
        Act a = trial.act("a");
        a.runs(context -> noting("run", seen).then(a.makeAndLose(context)))
                .finds(context -> noting("look", seen).thenReturn(Found.done(Outputs.none())))
                .undoes(context -> noting("undo", seen)
                        .then(context.mutate(noting("mutate", seen)))
                        .then());

        running(Element.during("door", door, body -> body.step(
                                "asks", trial.act("asks").preflight(context -> noting("preflight", seen)
                                        .then()))
                        .element(a.step())
                        .step("c", trial.act("c").runs(context -> Act.refused()))))
                .contextWrite(context -> context.put("user", "me"))
                .subscribe(state -> {}, e -> {});
        trial.passAll();

        assertThat(seen)
                .containsExactly("preflight me", "open me", "run me", "look me", "undo me", "mutate me", "close me");
    }

    private static Mono<String> noting(String what, List<String> seen) {
        return Mono.deferContextual((ContextView context) -> {
            seen.add(what + " " + context.getOrDefault("user", "nobody"));
            return Mono.just("");
        });
    }

    private record Settled(CompletableFuture<RunReport> report) implements RunListener {
        @Override
        public void on(PipeEvent event) {
            // the report is what is waited for
        }

        @Override
        public void settled(RunReport settled) {
            report.complete(settled);
        }
    }
}

// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.hybridpipe.event.BufferedListener;
import io.hybridpipe.event.PipeEvent;
import io.hybridpipe.event.RunListener;
import io.hybridpipe.event.RunReport;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

class ListenerTest {
    private static final Pipe PIPE =
            Pipe.named("p").step("a", Steps.reads()).step("b", Steps.reads()).build();

    private final ListAppender<ILoggingEvent> logged = new ListAppender<>();
    private final Logger logger = (Logger) LoggerFactory.getLogger("io.hybridpipe");

    @BeforeEach
    void listenToTheLog() {
        logged.list = new CopyOnWriteArrayList<>();
        logged.start();
        logger.setAdditive(false);
        logger.setLevel(Level.WARN);
        logger.addAppender(logged);
    }

    @AfterEach
    void leaveTheLog() {
        logger.detachAppender(logged);
        logger.setLevel(null);
        logger.setAdditive(true);
    }

    /** Without what other classes log that run beside this one. */
    private List<ILoggingEvent> loggedOfListeners() {
        return logged.list.stream()
                .filter(line -> line.getFormattedMessage().startsWith("listener "))
                .toList();
    }

    @Test
    void listenersAreCalledOneAtATimeInSequenceOrderAlsoWhenMembersAnswerOnManyThreads() {
        AtomicBoolean inside = new AtomicBoolean();
        AtomicInteger overlaps = new AtomicInteger();
        List<Long> sequence = Collections.synchronizedList(new ArrayList<>());
        Set<String> threads = Collections.synchronizedSet(new HashSet<>());
        Step elsewhere = Step.reading().withoutEffect().as((state, context) -> Mono.just(Outputs.none())
                .publishOn(Schedulers.parallel())
                .doOnNext(it -> context.progress(1, 1, "answered")));
        Element[] members = new Element[50];
        for (int i = 0; i < members.length; i++) {
            members[i] = Element.step("m" + i, elsewhere);
        }
        Pipe pipe = Pipe.named("p").concurrently("all", members).build();

        pipe.start(State.empty(), RunOptions.ofDefaults().listener(event -> {
                    if (!inside.compareAndSet(false, true)) {
                        overlaps.incrementAndGet();
                    }
                    threads.add(Thread.currentThread().getName());
                    sequence.add(event.header().sequence());
                    inside.set(false);
                }))
                .settled()
                .block(VirtualRun.SOON);

        assertThat(overlaps).hasValue(0);
        assertThat(sequence).isSorted().doesNotHaveDuplicates().hasSize(1 + 1 + 3 * 50 + 1 + 1);
        assertThat(threads).allMatch(name -> name.startsWith("hybridpipe-"), "the engine's thread");
    }

    @Test
    void aThrowingListenerIsLoggedOnceAndIgnored() {
        List<PipeEvent> others = new ArrayList<>();
        RunListener throwing = new RunListener() {
            @Override
            public void on(PipeEvent event) {
                throw new IllegalStateException("listener at " + event.type());
            }

            @Override
            public void settled(RunReport report) {
                throw new AssertionError("listener at the end");
            }

            @Override
            public String toString() {
                return "the throwing one";
            }
        };

        State end = PIPE.run(
                        State.empty(),
                        RunOptions.ofDefaults().listener(throwing).listener(others::add))
                .block(VirtualRun.SOON);

        assertThat(end.names()).isEmpty();
        assertThat(others).hasSize(6);
        assertThat(loggedOfListeners()).singleElement().satisfies(line -> {
            assertThat(line.getFormattedMessage())
                    .isEqualTo("listener the throwing one threw; it is ignored,"
                            + " and further throws of it are not logged");
            assertThat(line.getThrowableProxy().getMessage()).isEqualTo("listener at RunStarted");
        });
    }

    @Test
    void aSlowListenerSlowsTheRun() {
        List<String> order = new ArrayList<>();
        Pipe pipe = Pipe.named("p")
                .step(
                        "a",
                        Step.reading().withoutEffect().as((state, context) -> Mono.fromRunnable(() -> order.add("a"))))
                .build();

        pipe.run(State.empty(), RunOptions.ofDefaults().listener(event -> {
                    order.add(event.type() + " begins");
                    order.add(event.type() + " ends");
                }))
                .block(VirtualRun.SOON);

        assertThat(order)
                .containsExactly(
                        "RunStarted begins",
                        "RunStarted ends",
                        "StepStarted begins",
                        "StepStarted ends",
                        "a",
                        "StepFinished begins",
                        "StepFinished ends",
                        "RunSettled begins",
                        "RunSettled ends");
    }

    @Test
    void settledIsCalledOnceAfterTheLastEventWithTheReport() {
        List<String> order = new ArrayList<>();

        PIPE.run(State.empty(), RunOptions.ofDefaults().listener(new RunListener() {
                    @Override
                    public void on(PipeEvent event) {
                        order.add(event.type());
                    }

                    @Override
                    public void settled(RunReport report) {
                        order.add("settled " + report.outcome());
                    }
                }))
                .block(VirtualRun.SOON);

        assertThat(order).endsWith("RunSettled", "settled done");
        assertThat(order.stream().filter(it -> it.startsWith("settled"))).hasSize(1);
    }

    /** Holds its first event until it is let go; what it got then comes by {@code settled}. */
    private static final class Held implements RunListener {
        final CountDownLatch go = new CountDownLatch(1);
        final List<String> got = Collections.synchronizedList(new ArrayList<>());
        final CompletableFuture<List<String>> all = new CompletableFuture<>();

        @Override
        public void on(PipeEvent event) {
            try {
                assertThat(go.await(60, TimeUnit.SECONDS)).isTrue();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            got.add(event.type());
        }

        @Override
        public void settled(RunReport report) {
            got.add("settled " + report.outcome());
            all.complete(got);
        }
    }

    @Test
    void behindABufferASlowListenerDoesNotSlowTheRunAndWhatIsTooMuchIsDroppedAndCounted() throws Exception {
        Held slow = new Held();
        BufferedListener buffered = slow.buffered(2);

        PIPE.run(State.empty(), RunOptions.ofDefaults().listener(buffered)).block(VirtualRun.SOON);
        slow.go.countDown();

        List<String> got = slow.all.get(60, TimeUnit.SECONDS);
        assertThat(got).startsWith("RunStarted").endsWith("settled done");
        assertThat(got.size() - 1 + buffered.dropped()).isEqualTo(6);
        assertThat(buffered.dropped()).isBetween(3L, 4L);
    }

    @Test
    void behindALargeEnoughBufferNothingIsDropped() throws Exception {
        Held slow = new Held();
        BufferedListener buffered = slow.buffered(100);

        PIPE.run(State.empty(), RunOptions.ofDefaults().listener(buffered)).block(VirtualRun.SOON);
        slow.go.countDown();

        assertThat(slow.all.get(60, TimeUnit.SECONDS))
                .containsExactly(
                        "RunStarted",
                        "StepStarted",
                        "StepFinished",
                        "StepStarted",
                        "StepFinished",
                        "RunSettled",
                        "settled done");
        assertThat(buffered.dropped()).isZero();
    }

    @Test
    void behindABufferAThrowingListenerIsLoggedOnceAndStillGetsTheRest() throws Exception {
        CompletableFuture<RunReport> report = new CompletableFuture<>();
        AtomicInteger events = new AtomicInteger();
        RunListener throwing = new RunListener() {
            @Override
            public void on(PipeEvent event) {
                events.incrementAndGet();
                throw new AssertionError("listener at " + event.type());
            }

            @Override
            public void settled(RunReport settled) {
                report.complete(settled);
            }
        };

        PIPE.run(State.empty(), RunOptions.ofDefaults().listener(throwing.buffered(100)))
                .block(VirtualRun.SOON);

        assertThat(report.get(60, TimeUnit.SECONDS).outcome()).isEqualTo(RunReport.Outcome.DONE);
        assertThat(events).hasValue(6);
        assertThat(loggedOfListeners()).hasSize(1);
    }

    @Test
    void aBufferHoldsAtLeastOneEvent() {
        RunListener listener = event -> {};

        assertThatThrownBy(() -> listener.buffered(0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("capacity is 0, it must be at least 1");
    }
}

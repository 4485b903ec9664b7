// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.azure;

import static org.assertj.core.api.Assertions.assertThat;

import io.hybridpipe.test.TestContext;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.core.scheduler.Schedulers;

@Timeout(180)
class TurnsTest {
    private static final Duration SOON = Duration.ofSeconds(60);
    private static final String HUB = "/vnets/hub";

    private final Turns turns = new Turns();
    private final TestContext context = TestContext.at("p/s");
    private final BlockingQueue<String> begun = new LinkedBlockingQueue<>();

    /** A change that lasts until it is ended or cancelled. */
    private final class Change {
        private final Sinks.Empty<Void> end = Sinks.empty();
        private final Disposable waiting;

        Change(String parent, String name) {
            waiting = turns.of(context, parent, Mono.defer(() -> {
                        begun.add(name);
                        return end.asMono();
                    }))
                    .subscribe();
        }

        void end() {
            end.tryEmitEmpty();
        }

        void cancel() {
            waiting.dispose();
        }
    }

    private String next() throws InterruptedException {
        return String.valueOf(begun.poll(SOON.toSeconds(), TimeUnit.SECONDS));
    }

    @Test
    void changesOfOneParentComeOneAfterTheOtherInTheOrderInWhichTheyCame() throws Exception {
        Change a = new Change(HUB, "a");
        Change b = new Change("/VNETS/hub", "b");
        Change c = new Change(HUB, "c");
        assertThat(next()).isEqualTo("a");
        assertThat(begun).isEmpty();
        a.end();
        assertThat(next()).isEqualTo("b");
        assertThat(begun).isEmpty();
        b.end();
        assertThat(next()).isEqualTo("c");
        c.end();
        assertThat(context.waits()).contains("a turn to change /vnets/hub");
    }

    @Test
    void aChangeWithinAChangeHasTheTurnAlready() {
        Mono<String> inner = turns.of(context, HUB, Mono.just("inner"));
        Mono<String> outer = turns.of(context, HUB, turns.of(context, "/vnets/spoke", inner));

        assertThat(outer.block(SOON)).isEqualTo("inner");
        assertThat(outer.block(SOON)).as("the turn was given back").isEqualTo("inner");
        assertThat(context.waits()).hasSize(4);
    }

    @Test
    void changesOfDifferentParentsDoNotWaitForEachOther() throws Exception {
        Change hub = new Change(HUB, "hub");
        Change spoke = new Change("/vnets/spoke", "spoke");
        assertThat(next()).isEqualTo("hub");
        assertThat(next()).isEqualTo("spoke");
        hub.end();
        spoke.end();
    }

    @Test
    void whoIsCancelledGivesUpItsTurnOrItsPlace() throws Exception {
        Change a = new Change(HUB, "a");
        Change b = new Change(HUB, "b");
        Change c = new Change(HUB, "c");
        assertThat(next()).isEqualTo("a");
        b.cancel();
        a.cancel();
        assertThat(next()).isEqualTo("c");
        c.end();
        new Change(HUB, "d").end();
        assertThat(next()).isEqualTo("d");
    }

    @Test
    void aChangeThatFailsPassesTheTurnOn() throws Exception {
        turns.of(context, HUB, Mono.error(new IllegalStateException("refused")))
                .onErrorComplete()
                .block(SOON);
        new Change(HUB, "after").end();
        assertThat(next()).isEqualTo("after");
    }

    @Test
    void ofManyThatEndOrAreCancelledAtAnyTimeNoTwoChangeAtOnceAndEachGetsItsTurn() {
        Random random = new Random(7);
        AtomicInteger inside = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        Long ended = Flux.range(0, 2_000)
                .flatMap(
                        number -> {
                            boolean impatient = random.nextInt(4) == 0;
                            // one that is cancelled has lost its turn although it may still be at work
                            Mono<Integer> change = impatient
                                    ? Mono.just(number)
                                    : Mono.fromSupplier(() -> {
                                        most.accumulateAndGet(inside.incrementAndGet(), Math::max);
                                        inside.decrementAndGet();
                                        return number;
                                    });
                            Mono<Integer> turn = turns.of(context, HUB, change).subscribeOn(Schedulers.parallel());
                            return impatient
                                    ? turn.timeout(Duration.ofNanos(random.nextInt(50_000)), Mono.just(number))
                                    : turn;
                        },
                        64)
                .count()
                .block(SOON);
        assertThat(ended).isEqualTo(2_000);
        assertThat(most).hasValue(1);
    }
}

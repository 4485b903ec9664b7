// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.aws;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.hybridpipe.aws.Pace.Turn;
import io.hybridpipe.retry.FailureClass;
import io.hybridpipe.retry.StepFailure;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.reactivestreams.Subscription;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;
import reactor.test.scheduler.VirtualTimeScheduler;

class PaceTest {
    private static final StepFailure REFUSED = StepFailure.of(FailureClass.THROTTLED, "RequestLimitExceeded");

    private final VirtualTimeScheduler time = VirtualTimeScheduler.create();
    private final Pace unlimited = Pace.unlimited().by(() -> time);
    private final Pace twenty = unlimited.atMost(20);
    private final List<String> had = new ArrayList<>();
    private final List<Long> sentAt = new ArrayList<>();

    @Test
    void withoutALimitNobodyWaits() {
        assertThat(IntStream.range(0, 10_000)).allMatch(i -> unlimited.turnNow().isPresent());
        assertThat(unlimited.perSecond()).isInfinite();
    }

    @Test
    void theCeilingIsKeptAndOnlyAQuarterOfASecondComesAtOnce() {
        wait(twenty, "run", 200);
        assertThat(had).hasSize(5);
        pass(Duration.ofSeconds(1));
        assertThat(had).hasSize(25);
        pass(Duration.ofSeconds(8));
        assertThat(had).hasSize(185);
        pass(Duration.ofSeconds(1));
        assertThat(had).hasSize(200);
        pass(Duration.ofHours(1));
        wait(twenty, "run", 100);
        assertThat(had).as("an idle hour saves up no more").hasSize(205);
    }

    @Test
    void aBucketOfOneSecondAtTheServiceIsNeverOverrun() {
        Service service = new Service(20, 20);
        wait(twenty, "run", 500);
        for (int pause = 1; pause < 60; pause++) {
            pass(Duration.ofMillis(37L * pause));
            wait(twenty, "run", 10);
        }
        assertThat(sentAt).hasSizeGreaterThan(900);
        assertThat(sentAt).allMatch(service::admits);
    }

    @Test
    void whoFindsATurnAtOnceDoesNotOvertakeThoseWhoWait() {
        wait(twenty, "run", 6);
        assertThat(twenty.lanes()).isOne();
        pass(Duration.ofMillis(49));
        assertThat(twenty.turnNow()).isEmpty();
        pass(Duration.ofMillis(1));
        assertThat(had).hasSize(6);
        pass(Duration.ofMillis(50));
        assertThat(twenty.turnNow()).isPresent();
        assertThat(twenty.turnNow()).isEmpty();
    }

    @Test
    void aRunWithAThousandCallsDoesNotStarveOneWithASingleCall() {
        wait(twenty, "greedy", 1000);
        wait(twenty, "modest", 1);
        wait(twenty, "other", 2);
        pass(Duration.ofMillis(250));
        assertThat(had).hasSize(10);
        assertThat(had.subList(5, 10)).containsExactly("greedy", "modest", "other", "greedy", "other");
    }

    @Test
    void inARunWhoCameFirstGoesFirst() {
        List<Integer> order = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            int number = i;
            twenty.turn("run").subscribe(turn -> order.add(number));
        }
        pass(Duration.ofSeconds(5));
        assertThat(order).isSorted().hasSize(50);
    }

    @Test
    void whoGivesUpTakesNoTurnAndLeavesNothingBehind() {
        wait(twenty, "first", 5);
        Disposable all =
                Flux.range(0, 1000).flatMap(i -> twenty.turn("given up"), 1000).subscribe();
        wait(twenty, "last", 1);
        assertThat(twenty.lanes()).isEqualTo(2);
        all.dispose();
        assertThat(twenty.lanes()).isOne();
        pass(Duration.ofMillis(50));
        assertThat(had).endsWith("last").hasSize(6);
        assertThat(twenty.lanes()).isZero();
    }

    @Test
    void aRefusalLowersTheRateAtOnceAndItRisesAgain() {
        send(unlimited, 40, Duration.ofMillis(50));
        unlimited.failed(turn(unlimited), REFUSED);
        assertThat(unlimited.perSecond()).as("0.6 of 20").isCloseTo(12, within(0.4));
        assertThat(unlimited.turnNow()).isEmpty();
        pass(Duration.ofSeconds(4));
        assertThat(unlimited.perSecond()).as("where it was refused").isCloseTo(20, within(0.7));
        pass(Duration.ofSeconds(55));
        assertThat(unlimited.perSecond()).isFinite();
        pass(Duration.ofSeconds(1));
        assertThat(unlimited.perSecond()).as("after a minute").isInfinite();
    }

    @Test
    void manyCallsInFlightThatAreRefusedTogetherAreOneSignal() {
        List<Turn> wave = IntStream.range(0, 200).mapToObj(i -> turn(unlimited)).toList();
        wave.forEach(turn -> unlimited.failed(turn, REFUSED));
        assertThat(unlimited.perSecond()).as("0.6 of 200 in two seconds").isEqualTo(60);
        wait(unlimited, "run", 1);
        pass(Duration.ofSeconds(1));
        wave.forEach(turn -> unlimited.failed(turn, REFUSED));
        assertThat(unlimited.perSecond()).isEqualTo(70);
        unlimited.failed(turn(unlimited), REFUSED);
        assertThat(unlimited.perSecond()).as("sent after the fall").isEqualTo(42);
    }

    @Test
    void otherFailuresSayNothingOfThePace() {
        unlimited.failed(turn(unlimited), StepFailure.of(FailureClass.TRANSIENT, "503"));
        assertThat(unlimited.perSecond()).isInfinite();
    }

    @Test
    void howeverOftenItIsRefusedTwoRequestsASecondAreSent() {
        unlimited.failed(turn(unlimited), REFUSED);
        for (int i = 0; i < 20; i++) {
            wait(unlimited, "run", 1);
            pass(Duration.ofMillis(500));
            assertThat(had).hasSize(i + 1);
            refuseLast();
        }
        assertThat(unlimited.perSecond()).isEqualTo(2);
    }

    @Test
    void theCeilingStaysWhateverRises() {
        twenty.failed(turn(twenty), REFUSED);
        assertThat(twenty.perSecond()).isEqualTo(2);
        pass(Duration.ofMinutes(1));
        assertThat(twenty.perSecond()).isEqualTo(20);
    }

    @Test
    void nobodyCallsAServiceThatAskedToBeLeftAlone() {
        unlimited.failed(turn(unlimited), StepFailure.throttled(Duration.ofSeconds(7), "Throttling", REFUSED));
        wait(unlimited, "run", 1);
        pass(Duration.ofMillis(6_999));
        assertThat(had).isEmpty();
        pass(Duration.ofMillis(1));
        assertThat(had).hasSize(1);
        refuseLast();
        unlimited.failed(lastTurn.get(), StepFailure.throttled(Duration.ofDays(1), "Throttling, for a day", REFUSED));
        wait(unlimited, "run", 1);
        pass(Duration.ofSeconds(59));
        assertThat(had).as("one answer stops all for a minute at most").hasSize(1);
        pass(Duration.ofSeconds(1));
        assertThat(had).hasSize(2);
    }

    @Test
    void aClockThatIsPutBackHoldsNobodyUp() {
        AtomicReference<Scheduler> clock = new AtomicReference<>(time);
        Pace pace = Pace.unlimited().by(clock::get).atMost(20);
        time.advanceTimeBy(Duration.ofHours(5));
        wait(pace, "run", 5);
        VirtualTimeScheduler putBack = VirtualTimeScheduler.create();
        clock.set(putBack);
        wait(pace, "run", 20);
        putBack.advanceTimeBy(Duration.ofSeconds(1));
        assertThat(had).hasSize(25);
    }

    @Test
    void theRateOfAServiceThatTellsItToNobodyIsFoundAndUsed() {
        Service service = new Service(20, 100);
        int[] refused = {0};
        for (int run = 0; run < 200; run++) {
            String lane = "run " + run;
            unlimited
                    .turn(lane)
                    .delayElement(Duration.ofMillis(80), time)
                    .doOnNext(turn -> {
                        if (!service.admits(time.now(TimeUnit.MILLISECONDS))) {
                            refused[0]++;
                            unlimited.failed(turn, REFUSED);
                        }
                    })
                    .repeat()
                    .subscribe();
        }
        pass(Duration.ofMinutes(10));
        assertThat(service.admitted / 600.0).isBetween(16.0, 20.2);
        assertThat(refused[0]).isLessThan(service.admitted / 20);
    }

    @Test
    void whoComesDoesNotDoTheWorkOfThoseWhoWait() {
        Scheduler turns = Schedulers.newSingle("turns");
        try {
            Pace pace = Pace.unlimited().by(() -> turns).atMost(1000);
            List<String> toldOn = Flux.range(0, 300)
                    .flatMap(
                            i -> pace.turn("run " + i % 3)
                                    .map(turn -> Thread.currentThread().getName()),
                            300)
                    .collectList()
                    .block(Duration.ofSeconds(60));
            assertThat(toldOn).hasSize(300).allMatch(name -> name.startsWith("turns"));
        } finally {
            turns.dispose();
        }
    }

    @Test
    void oneWhoFailsWhenItIsToldTakesNobodyElsesTurn() {
        unlimited.failed(turn(unlimited), StepFailure.throttled(Duration.ofMinutes(1), "Throttling", REFUSED));
        wait(unlimited, "run", 2);
        unlimited.turn("broken").subscribe(turn -> {
            throw new NoClassDefFoundError("io/example/Missing");
        });
        wait(unlimited, "other", 2);
        pass(Duration.ofMinutes(1));
        assertThat(had).as("all at once, when the minute is over").hasSize(4);
        wait(unlimited, "later", 1);
        assertThat(had).hasSize(5);
    }

    @Test
    void whoGaveUpBeforeItCouldWaitTakesNoTurn() {
        twenty.turn("given up").doOnSubscribe(Subscription::cancel).subscribe();
        assertThat(twenty.lanes()).isZero();
        wait(twenty, "run", 5);
        assertThat(had).hasSize(5);
    }

    @Test
    void withoutASchedulerWhoWaitsIsToldSoAndLaterOnesAreServed() {
        AtomicReference<Scheduler> clock = new AtomicReference<>(time);
        Pace pace = Pace.unlimited().by(clock::get).atMost(1);
        List<Throwable> failures = new ArrayList<>();
        wait(pace, "run", 1);
        Scheduler shut = Schedulers.newSingle("shut");
        shut.dispose();
        clock.set(shut);
        pace.turn("run").subscribe(turn -> had.add("none"), failures::add);
        assertThat(failures).singleElement().matches(FailureClass::isPassing);
        assertThat(pace.lanes()).isZero();
        clock.set(time);
        wait(pace, "run", 1);
        pass(Duration.ofSeconds(1));
        assertThat(had).containsExactly("run", "run");
    }

    @Test
    void aCeilingMustBePositiveAndFinite() {
        for (double wrong : new double[] {0, -1, Double.NaN, Double.POSITIVE_INFINITY}) {
            assertThatThrownBy(() -> unlimited.atMost(wrong)).isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void turnsOfManyThreadsAreNeitherLostNorDoubled() {
        Pace fast = Pace.unlimited().atMost(20_000);
        List<Long> numbers = Flux.range(0, 4000)
                .flatMap(
                        i -> fast.turn("run " + i % 7)
                                .subscribeOn(Schedulers.parallel())
                                .map(Turn::number),
                        4000)
                .collectList()
                .block(Duration.ofSeconds(60));
        assertThat(numbers).hasSize(4000).doesNotHaveDuplicates();
        assertThat(fast.lanes()).isZero();
    }

    private final AtomicReference<Turn> lastTurn = new AtomicReference<>();

    private void wait(Pace pace, String lane, int calls) {
        for (int i = 0; i < calls; i++) {
            pace.turn(lane).subscribe(turn -> {
                lastTurn.set(turn);
                had.add(lane);
                sentAt.add(time.now(TimeUnit.MILLISECONDS));
            });
        }
    }

    private void refuseLast() {
        unlimited.failed(lastTurn.get(), REFUSED);
    }

    private void send(Pace pace, int calls, Duration every) {
        for (int i = 0; i < calls; i++) {
            turn(pace);
            pass(every);
        }
    }

    private Turn turn(Pace pace) {
        AtomicReference<Turn> turn = new AtomicReference<>();
        pace.turn("any").subscribe(turn::set);
        for (int i = 0; i < 100 && turn.get() == null; i++) {
            pass(Duration.ofMillis(20));
        }
        return turn.get();
    }

    private void pass(Duration duration) {
        time.advanceTimeBy(duration);
    }

    /** A token bucket as the services have it, which nobody is told of. */
    private static final class Service {
        final double perSecond;
        final double size;
        double tokens;
        long at;
        int admitted;

        Service(double perSecond, double size) {
            this.perSecond = perSecond;
            this.size = size;
            tokens = size;
        }

        boolean admits(long now) {
            tokens = Math.min(size, tokens + perSecond * (now - at) / 1000);
            at = now;
            if (tokens < 1) {
                return false;
            }
            tokens--;
            admitted++;
            return true;
        }
    }
}

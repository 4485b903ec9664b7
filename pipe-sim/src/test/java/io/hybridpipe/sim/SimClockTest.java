// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.sim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class SimClockTest {

    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

    @Test
    void manualClockStandsStillUntilAdvanced() {
        try (var clock = SimClock.manual(START)) {
            assertThat(clock.instant()).isEqualTo(START);
            clock.advance(Duration.ofSeconds(5));
            assertThat(clock.instant()).isEqualTo(START.plusSeconds(5));
        }
    }

    @Test
    void advanceRunsWhatIsDueInOrderOfTimeAtEachTasksOwnTime() {
        try (var clock = SimClock.manual(START)) {
            var seen = new ArrayList<String>();
            clock.after(Duration.ofSeconds(3), () -> seen.add("late " + clock.instant()));
            clock.after(Duration.ofSeconds(1), () -> {
                seen.add("early " + clock.instant());
                clock.after(Duration.ofSeconds(1), () -> seen.add("child " + clock.instant()));
            });
            clock.after(Duration.ofSeconds(9), () -> seen.add("never"));
            clock.advance(Duration.ofSeconds(4));
            assertThat(seen)
                    .containsExactly(
                            "early 2026-01-01T00:00:01Z", "child 2026-01-01T00:00:02Z", "late 2026-01-01T00:00:03Z");
        }
    }

    @Test
    void tasksOfTheSameTimeRunInTheOrderTheyWereAdded() {
        try (var clock = SimClock.manual(START)) {
            var seen = new ArrayList<Integer>();
            for (var i = 0; i < 50; i++) {
                var number = i;
                clock.after(Duration.ofSeconds(1), () -> seen.add(number));
            }
            clock.advance(Duration.ofSeconds(1));
            assertThat(seen).isSorted().hasSize(50);
        }
    }

    @Test
    void cancelledTaskDoesNotRun() {
        try (var clock = SimClock.manual(START)) {
            var seen = new ArrayList<String>();
            clock.after(Duration.ofSeconds(1), () -> seen.add("ran")).cancel();
            clock.advance(Duration.ofSeconds(2));
            assertThat(seen).isEmpty();
        }
    }

    @Test
    void manualClockRefusesToGoBack() {
        try (var clock = SimClock.manual(START)) {
            assertThatThrownBy(() -> clock.advance(Duration.ofSeconds(-1)))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("PT-1S");
        }
    }

    @Test
    void scaledClockRunsAnHourInMilliseconds() throws Exception {
        try (var clock = SimClock.scaled(1_000_000)) {
            var begin = clock.instant();
            var done = new CompletableFuture<Instant>();
            clock.after(Duration.ofHours(1), () -> done.complete(clock.instant()));
            assertThat(done.get(60, TimeUnit.SECONDS)).isAfterOrEqualTo(begin.plus(Duration.ofHours(1)));
        }
    }

    @Test
    void scaledClockGoesOnAfterATaskThatThrows() throws Exception {
        try (var clock = SimClock.scaled(1000)) {
            var reached = new CountDownLatch(1);
            clock.after(Duration.ZERO, () -> {
                throw new IllegalStateException("expected in the log");
            });
            clock.after(Duration.ofMillis(1), reached::countDown);
            assertThat(reached.await(60, TimeUnit.SECONDS)).isTrue();
        }
    }

    @Test
    void scaledClockCannotBeAdvancedByHand() {
        try (var clock = SimClock.scaled(1)) {
            assertThatThrownBy(() -> clock.advance(Duration.ofSeconds(1))).isInstanceOf(IllegalStateException.class);
        }
    }
}

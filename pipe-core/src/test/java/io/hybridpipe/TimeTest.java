// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe;

import static org.assertj.core.api.Assertions.assertThat;

import io.hybridpipe.event.PipeEvent;
import io.hybridpipe.event.RunReport;
import io.hybridpipe.retry.FailureClass;
import io.hybridpipe.retry.StepFailure;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;
import reactor.test.scheduler.VirtualTimeScheduler;

/** Without others beside it: the virtual time that it sets counts in the whole JVM. */
@Isolated
class TimeTest {
    private static final Step FAILS_TWICE = Step.reading()
            .withoutEffect()
            .as((state, context) -> context.attempt() < 3
                    ? Mono.error(StepFailure.throttled(Duration.ofMinutes(2), "slow down", null))
                    : Mono.empty());

    private static final Step NEVER = Step.reading().withoutEffect().as((state, context) -> Mono.never());

    @Test
    void theSchedulerIsLookedUpAtSubscriptionSoVirtualTimeReachesRetries() {
        Pipe pipe = Pipe.named("p").step("s", FAILS_TWICE).build();
        Mono<State> assembledBefore = pipe.run(State.empty());

        StepVerifier.withVirtualTime(() -> assembledBefore)
                .expectSubscription()
                .expectNoEvent(Duration.ofSeconds(239))
                .thenAwait(Duration.ofSeconds(1))
                .expectNextCount(1)
                .expectComplete()
                .verify(Duration.ofSeconds(60));
    }

    @Test
    void virtualTimeReachesTimeouts() {
        VirtualRun run = VirtualRun.of(Pipe.named("p")
                .step("s", NEVER, options -> options.withAttemptTimeout(Duration.ofMinutes(3))
                        .withMaxAttempts(1))
                .build());

        run.after(Duration.ofSeconds(179));
        assertThat(run.told(PipeEvent.StepFailed.class)).isEmpty();
        run.after(Duration.ofSeconds(1));
        assertThat(run.told(PipeEvent.StepFailed.class))
                .singleElement()
                .satisfies(it -> assertThat(it.failureClass()).isEqualTo(FailureClass.UNKNOWN_OUTCOME))
                .satisfies(it -> assertThat(it.took()).isEqualTo(Duration.ofMinutes(3)));
    }

    @Test
    void theClockOfTheOptionsIsWhatEventsReportsAndStepsSee() {
        Instant noon = Instant.parse("2026-11-21T12:00:00Z");
        List<Instant> seen = new ArrayList<>();
        Pipe pipe = Pipe.named("p")
                .step("s", Step.reading().withoutEffect().as((state, context) -> {
                    seen.add(context.clock().instant());
                    return Mono.empty();
                }))
                .build();
        List<PipeEvent> events = new ArrayList<>();

        RunReport report = pipe.start(
                        State.empty(),
                        RunOptions.ofDefaults()
                                .clock(Clock.fixed(noon, ZoneOffset.UTC))
                                .scheduler(VirtualTimeScheduler.create())
                                .listener(events::add))
                .settled()
                .block(VirtualRun.SOON);

        assertThat(seen).containsExactly(noon);
        assertThat(events).allMatch(event -> event.header().at().equals(noon));
        assertThat(report.startedAt()).isEqualTo(report.endedAt()).isEqualTo(noon);
        assertThat(report.elements().get(0).startedAt()).isEqualTo(noon);
    }

    @Test
    void withoutAClockAVirtualSchedulersTimeIsTheClock() {
        VirtualTimeScheduler time = VirtualTimeScheduler.create();
        Clock clock = new SchedulerClock(time);

        time.advanceTimeBy(Duration.ofHours(1));

        assertThat(clock.instant()).isEqualTo(Instant.EPOCH.plus(Duration.ofHours(1)));
        assertThat(clock.withZone(ZoneId.of("Europe/Berlin")).instant()).isEqualTo(clock.instant());
        assertThat(clock.getZone()).isEqualTo(ZoneOffset.UTC);
    }

    @Test
    void withoutOptionsTheClockIsTheSystems() {
        Instant before = Instant.now().minusSeconds(1);

        RunReport report = Pipe.named("p")
                .step("s", Steps.reads())
                .build()
                .start(State.empty(), RunOptions.ofDefaults())
                .settled()
                .block(VirtualRun.SOON);

        assertThat(report.startedAt()).isBetween(before, Instant.now().plusSeconds(1));
    }
}

// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe;

import static org.assertj.core.api.Assertions.assertThat;

import io.hybridpipe.event.PipeEvent;
import io.hybridpipe.event.RunReport.Outcome;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;

/** Design §4.8: each opening's work ends before its expiry, so that a sweep never closes a live scope. */
class ScopeExpiryTest {
    private static final Duration EXPIRY = Duration.ofMinutes(30);
    private static final Duration CLOSE_TIMEOUT = Duration.ofMinutes(1);

    private final Trial trial = new Trial();
    private final Act door = trial.act("door").expiring(EXPIRY);

    private Act hanging(String name) {
        return trial.act(name).runs(context -> Mono.never());
    }

    private Duration firstClose() {
        return trial.timesOf("close door").get(0);
    }

    @Test
    void workInsideEndsAtTheExpiryMinusTheCloseTimeout() {
        trial.start(door.around(hanging("a").step())).passAll();

        assertThat(trial.called())
                .as("a is looked for in a scope opened afresh")
                .containsExactly("open door", "run a", "close door", "open door", "look at a", "close door");
        assertThat(firstClose()).isEqualTo(EXPIRY.minus(CLOSE_TIMEOUT));
        assertThat(trial.report().failure().orElseThrow().message()).isEqualTo("the scope p/door expires");
        assertThat(trial.report().outcome()).isEqualTo(Outcome.UNDONE);
    }

    @Test
    void theCloseTimeoutIsThatOfTheScopesOptions() {
        door.options(it -> it.withUndoTimeout(Duration.ofMinutes(10)));

        trial.start(door.around(hanging("a").step())).passAll();

        assertThat(firstClose()).isEqualTo(Duration.ofMinutes(20));
    }

    @Test
    void theExpiryCountsFromTheStartOfTheAttemptThatOpenedSinceThatIsWhatTheCloudWasTold() {
        door.runs(context -> door.makeIn(Duration.ofMinutes(5), context));

        trial.start(door.around(hanging("a").step())).passAll();

        assertThat(firstClose()).isEqualTo(EXPIRY.minus(CLOSE_TIMEOUT));
        assertThat(trial.events(PipeEvent.ScopeOpened.class).get(0).expiresAt()).isEqualTo(Instant.EPOCH.plus(EXPIRY));
    }

    @Test
    void anAttemptThatDidNotOpenDoesNotCount() {
        door.runs(
                context -> Mono.delay(Duration.ofMinutes(5), trial.time)
                        .then(Mono.error(
                                io.hybridpipe.retry.StepFailure.throttled(Duration.ofMinutes(1), "slow down", null))),
                door::make);

        trial.start(door.around(hanging("a").step())).passAll();

        assertThat(firstClose()).isEqualTo(Duration.ofMinutes(6).plus(EXPIRY).minus(CLOSE_TIMEOUT));
    }

    @Test
    void undoInsideEndsThereTooAndGoesOnOnceInAScopeOpenedAfresh() {
        Act a = trial.act("a");
        a.undoes(context -> Mono.never(), a::takeAway);
        Act b = trial.act("b")
                .runs(context -> Mono.delay(Duration.ofMinutes(25), trial.time).then(Act.refused()));

        trial.start(door.around(a.step(), b.step())).passAll();

        assertThat(trial.called())
                .containsExactly(
                        "open door",
                        "run a",
                        "run b",
                        "look at b",
                        "undo a",
                        "close door",
                        "open door",
                        "undo a",
                        "close door");
        assertThat(firstClose()).isEqualTo(EXPIRY.minus(CLOSE_TIMEOUT));
        assertThat(a.there).isFalse();
        assertThat(trial.report().outcome()).isEqualTo(Outcome.UNDONE);
    }

    @Test
    void undoOpensAnExpiredScopeOnceAndNoMore() {
        Act a = trial.act("a").undoes(context -> Mono.never());
        Act b = trial.act("b")
                .runs(context -> Mono.delay(Duration.ofMinutes(25), trial.time).then(Act.refused()));

        trial.options(it -> it.undoDeadline(Duration.ofHours(12)))
                .start(door.around(a.step(), b.step()))
                .passAll();

        assertThat(trial.timesOf("open door")).hasSize(2);
        assertThat(trial.leftovers()).containsExactly("p/door/a");
        assertThat(door.there).isFalse();
    }

    @Test
    void theInstantOfExpiryIsToldWhenTheScopeIsOpen() {
        trial.start(door.around(trial.act("a").step()));

        assertThat(trial.events(PipeEvent.ScopeOpened.class))
                .extracting(PipeEvent.ScopeOpened::expiresAt)
                .containsExactly(Instant.EPOCH.plus(EXPIRY));
    }

    @Test
    void aScopeThatIsClosedInTimeHasNoExpiryAnyMore() {
        Act after = trial.act("after");
        after.runs(context -> after.makeIn(Duration.ofHours(1).minusSeconds(1), context));

        trial.start(door.around(trial.act("a").step()), after.step()).passAll();

        assertThat(trial.report().outcome()).isEqualTo(Outcome.DONE);
        assertThat(trial.timesOf("close door")).hasSize(1);
    }
}

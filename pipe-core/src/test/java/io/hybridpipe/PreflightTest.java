// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe;

import static org.assertj.core.api.Assertions.assertThat;

import io.hybridpipe.event.RunReport.Outcome;
import io.hybridpipe.retry.Backoff;
import io.hybridpipe.retry.FailureClass;
import io.hybridpipe.retry.RetryPolicy;
import io.hybridpipe.retry.StepFailure;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;

/** Design §4.5: check, then the preflight of all elements, then the run. */
class PreflightTest {
    private static final Key<String> ID = Key.of("id", String.class);

    private final Trial trial = new Trial();

    @Test
    void aRefusedPreflightRefusesTheRunBeforeAnythingIsChanged() {
        Act a = trial.act("a");
        Act b = trial.act("b").preflight(context -> Mono.error(StepFailure.permanent("no such account")));

        trial.start(a.step(), b.step());

        assertThat(trial.report().outcome()).isEqualTo(Outcome.REFUSED);
        assertThat(trial.report().failure().orElseThrow().path().value()).isEqualTo("p/b");
        assertThat(trial.called()).isEmpty();
        assertThat(trial.report().elements()).isEmpty();
    }

    @Test
    void allElementsAreAskedAndAllRefusalsAreSaidInDeclaredOrder() {
        Act a = trial.act("a").preflight(context -> Mono.delay(Duration.ofSeconds(2), trial.time)
                .then(Mono.error(StepFailure.permanent("first"))));
        Act door = trial.act("door").preflight(context -> Mono.error(StepFailure.permanent("second")));
        Act inside = trial.act("inside").preflight(context -> Mono.error(StepFailure.permanent("third")));

        trial.start(a.step(), door.around(inside.step())).passAll();

        assertThat(trial.report().failure().orElseThrow().message()).isEqualTo("first");
        assertThat(trial.report().failure().orElseThrow().others()).containsExactly("second", "third");
    }

    @Test
    void aQuestionThatFailsInPassingIsAskedAgainAndAtLastRefuses() {
        List<String> asked = new ArrayList<>();
        Act busy = trial.act("busy")
                .preflight(context -> Mono.defer(() -> {
                    asked.add("busy");
                    return asked.size() < 3
                            ? Mono.error(StepFailure.of(FailureClass.THROTTLED, "slow down"))
                            : Mono.empty();
                }));
        trial.start(busy.step()).passAll();
        assertThat(trial.report().outcome()).isEqualTo(Outcome.DONE);
        assertThat(asked).hasSize(3);

        Trial other = new Trial();
        asked.clear();
        Act dead = other.act("dead")
                .preflight(context -> Mono.defer(() -> {
                    asked.add("dead");
                    return Mono.error(StepFailure.of(FailureClass.TRANSIENT, "nobody there"));
                }));
        other.start(dead.step()).passAll();
        assertThat(other.report().failure().orElseThrow().message()).isEqualTo("nobody there");
        assertThat(asked).hasSize(4);
    }

    @Test
    void aThrottledQuestionIsAskedAsOftenAsTheStepItselfWouldBeTried() {
        AtomicInteger asked = new AtomicInteger();
        Backoff twelve =
                Backoff.ofDefaults().withMaxAttempts(12).withDelays(Duration.ofMillis(100), Duration.ofSeconds(1));
        Act busy = trial.act("busy")
                .options(it -> it.withRetry(RetryPolicy.none().with(FailureClass.THROTTLED, twelve)))
                .preflight(context -> Mono.error(() -> {
                    asked.incrementAndGet();
                    return StepFailure.of(FailureClass.THROTTLED, "slow down");
                }));

        trial.start(busy.step()).passAll();

        assertThat(trial.report().failure().orElseThrow().message()).isEqualTo("slow down");
        assertThat(asked).hasValue(12);
    }

    @Test
    void howeverPatientTheStepADeadServiceIsAskedFourTimes() {
        AtomicInteger asked = new AtomicInteger();
        Act dead = trial.act("dead")
                .options(it -> it.withMaxAttempts(40))
                .preflight(context -> Mono.error(() -> {
                    asked.incrementAndGet();
                    return StepFailure.of(FailureClass.TRANSIENT, "nobody there");
                }));

        trial.start(dead.step()).passAll();

        assertThat(trial.report().failure().orElseThrow().message()).isEqualTo("nobody there");
        assertThat(asked).hasValue(4);
    }

    @Test
    void aServiceThatSaysHowLongToWaitIsNotAskedBefore() {
        AtomicInteger asked = new AtomicInteger();
        Act busy = trial.act("busy")
                .preflight(context -> Mono.defer(() -> asked.incrementAndGet() == 1
                        ? Mono.error(StepFailure.throttled(Duration.ofSeconds(30), "slow down", null))
                        : Mono.empty()));

        trial.start(busy.step()).pass(Duration.ofSeconds(29));
        assertThat(asked).hasValue(1);
        trial.pass(Duration.ofSeconds(1));

        assertThat(asked).hasValue(2);
        assertThat(trial.report().outcome()).isEqualTo(Outcome.DONE);
    }

    @Test
    void aServiceThatWantsALongerWaitThanAPreflightHasRefusesTheRunAtOnceInItsOwnWords() {
        Act busy = trial.act("busy")
                .preflight(
                        context -> Mono.error(StepFailure.throttled(Duration.ofMinutes(1), "come back later", null)));

        trial.start(busy.step());

        assertThat(trial.report().outcome()).isEqualTo(Outcome.REFUSED);
        assertThat(trial.report().failure().orElseThrow().message()).isEqualTo("come back later");
    }

    @Test
    void nothingRunsBeforeAllHaveAnswered() {
        Act a = trial.act("a");
        Act b = trial.act("b").preflight(context -> Mono.delay(Duration.ofSeconds(20), trial.time)
                .then());

        trial.start(a.step(), b.step()).pass(Duration.ofSeconds(19));
        assertThat(trial.called()).isEmpty();
        trial.pass(Duration.ofSeconds(1));

        assertThat(trial.report().outcome()).isEqualTo(Outcome.DONE);
    }

    @Test
    void aPreflightThatHangsRefusesTheRunAfterAMinute() {
        Act a = trial.act("a").preflight(context -> Mono.never());

        trial.start(a.step()).pass(Duration.ofSeconds(59));
        assertThat(trial.isSettled()).isFalse();
        trial.pass(Duration.ofSeconds(1));

        assertThat(trial.report().outcome()).isEqualTo(Outcome.REFUSED);
        assertThat(trial.report().failure().orElseThrow().message()).contains("no answer within PT1M");
    }

    @Test
    void waitingForAPermitDoesNotUseUpAPreflightsMinute() {
        Mono<Void> permit = Mono.delay(Duration.ofMinutes(10), trial.time).then();
        Act a = trial.act("a").preflight(context -> context.waiting("its turn", permit)
                .then(Mono.delay(Duration.ofSeconds(50), trial.time))
                .then());

        trial.start(a.step()).pass(Duration.ofSeconds(649));
        assertThat(trial.isSettled()).isFalse();
        trial.pass(Duration.ofSeconds(1));

        assertThat(trial.report().outcome()).isEqualTo(Outcome.DONE);
    }

    @Test
    void aPreflightThatHangsAfterItsPermitRefusesTheRun() {
        Mono<Void> permit = Mono.delay(Duration.ofMinutes(10), trial.time).then();
        Act a = trial.act("a").preflight(context -> Mono.delay(Duration.ofSeconds(30), trial.time)
                .then(context.waiting("its turn", permit))
                .then(Mono.never()));

        trial.start(a.step()).pass(Duration.ofSeconds(659));
        assertThat(trial.isSettled()).isFalse();
        trial.pass(Duration.ofSeconds(2));

        assertThat(trial.report().outcome()).isEqualTo(Outcome.REFUSED);
        assertThat(trial.report().failure().orElseThrow().message()).contains("no answer within PT1M");
    }

    @Test
    void aCancelDuringPreflightRefusesTheRun() {
        List<String> told = new ArrayList<>();
        Act a = trial.act("a").preflight(context -> Mono.<Void>never().doOnCancel(() -> told.add("preflight stopped")));

        trial.start(a.step()).cancel();

        assertThat(trial.report().outcome()).isEqualTo(Outcome.REFUSED);
        assertThat(told).containsExactly("preflight stopped");
        assertThat(trial.called()).isEmpty();
    }

    @Test
    void theDeadlineCountsDuringPreflightToo() {
        Act a = trial.act("a").preflight(context -> Mono.never());

        trial.options(it -> it.deadline(Duration.ofSeconds(10))).start(a.step()).pass(Duration.ofSeconds(10));

        assertThat(trial.report().outcome()).isEqualTo(Outcome.REFUSED);
        assertThat(trial.report().failure().orElseThrow().message()).contains("deadline");
    }

    @Test
    void aPreflightThatThrowsRefusesTheRun() {
        Act a = trial.act("a").preflight(context -> {
            throw new NoClassDefFoundError("io/example/Missing");
        });

        trial.start(a.step());

        assertThat(trial.report().outcome()).isEqualTo(Outcome.REFUSED);
        assertThat(trial.report().failure().orElseThrow().message()).isEqualTo("io/example/Missing");
    }

    @Test
    void aPreflightThatThrowsAnErrorWhenSubscribedRefusesTheRun() {
        Act a = trial.act("a")
                .preflight(context -> Mono.fromRunnable(() -> {
                    throw new NoClassDefFoundError("io/example/Missing");
                }));

        trial.start(a.step()).passAll();

        assertThat(trial.report().outcome()).isEqualTo(Outcome.REFUSED);
        assertThat(trial.report().failure().orElseThrow().message()).isEqualTo("io/example/Missing");
    }

    @Test
    void keysThatAreNotWrittenYetAreUnknown() {
        List<Optional<String>> seen = new ArrayList<>();
        Act a = trial.act("a").writing(ID, "x");
        Step asks = new Step() {
            @Override
            public Contract contract() {
                return Contract.of("asks").reading(ID);
            }

            @Override
            public Mono<Outputs> run(State state, StepContext context) {
                return Mono.empty();
            }

            @Override
            public Mono<Void> preflight(State state, StepContext context) {
                seen.add(ID.find(state));
                return Mono.empty();
            }
        };

        trial.start(a.step(), Element.step("asks", asks));

        assertThat(seen).containsExactly(Optional.empty());
        assertThat(trial.report().outcome()).isEqualTo(Outcome.DONE);
    }

    @Test
    void aPreflightMustNotChangeAnything() {
        Act a = trial.act("a");
        a.preflight(a::takeAway);

        trial.start(a.step());

        assertThat(trial.report().outcome()).isEqualTo(Outcome.REFUSED);
        assertThat(trial.report().failure().orElseThrow().message()).contains("must not change anything");
    }

    @Test
    void aWiringThatThrowsFailsTheNestedPipeAndNotTheEngine() {
        Key<String> input = Key.of("input", String.class);
        Pipe nested = Pipe.named("nested")
                .needs(input)
                .step("a", trial.act("a").contract(it -> it.reading(input)))
                .build();
        Pipe pipe = Pipe.named("p")
                .needs(ID)
                .pipe("nested", nested, wiring -> wiring.in(input, ID.map(id -> id.substring(99))))
                .build();

        trial.start(pipe, State.of(ID, "short"));

        assertThat(trial.report().outcome()).isEqualTo(Outcome.UNDONE);
        assertThat(trial.report().failure().orElseThrow().path().value()).isEqualTo("p/nested");
    }
}

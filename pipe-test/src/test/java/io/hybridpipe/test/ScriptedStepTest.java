// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hybridpipe.Effect;
import io.hybridpipe.Found;
import io.hybridpipe.Key;
import io.hybridpipe.Outputs;
import io.hybridpipe.Pipe;
import io.hybridpipe.State;
import io.hybridpipe.StepInterceptor.Phase;
import io.hybridpipe.event.PipeEvent.StepFailed;
import io.hybridpipe.event.PipeEvent.StepFinished;
import io.hybridpipe.event.PipeEvent.StepReconciled;
import io.hybridpipe.event.PipeEvent.StepReconciling;
import io.hybridpipe.event.PipeEvent.StepRetrying;
import io.hybridpipe.event.PipeEvent.StepStarted;
import io.hybridpipe.event.PipeEvent.StepUndoStarted;
import io.hybridpipe.event.PipeEvent.StepUndone;
import io.hybridpipe.retry.FailureClass;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class ScriptedStepTest {
    private static final Key<String> NAME = Key.of("name", String.class);
    private static final Key<String> VPC = Key.of("vpc", String.class);
    private static final String AT = "net/create";

    private final ScriptedStep create = ScriptedStep.named("vpc").writes(VPC, "vpc-1");

    private Pipe pipe() {
        return Pipe.named("net").step("create", create).build();
    }

    /** The same with a step behind it that fails for good, so that undo comes. */
    private Pipe failing() {
        return Pipe.named("net")
                .step("create", create)
                .step("fail", ScriptedStep.named("x").fails(FailureClass.PERMANENT))
                .build();
    }

    @Test
    void itFailsAsOftenAsScriptedAndThenSucceeds() {
        create.fails(2, FailureClass.TRANSIENT);

        Verified run = PipeVerifier.of(pipe()).verifyDone();

        assertThat(create.attempts()).isEqualTo(3);
        assertThat(create.exists()).isTrue();
        assertThat(run.state().get(VPC)).isEqualTo("vpc-1");
        assertThat(run.report().made()).singleElement().satisfies(it -> assertThat(it.id())
                .isEqualTo("vpc-1"));
    }

    @Test
    void aLostAnswerHasTakenEffectAndIsFound() {
        create.losesTheAnswer();

        PipeVerifier.of(pipe())
                .expect(StepStarted.class, AT)
                .expect(StepReconciling.class, AT)
                .expect(StepReconciled.class, AT, it -> it.found().equals("done"))
                .expect(StepFinished.class, AT)
                .verifyDone();

        assertThat(create.attempts()).isEqualTo(1);
        assertThat(create.count()).isEqualTo(1);
    }

    @Test
    void aLostRequestHasNoEffectAndIsTriedAgain() {
        create.losesTheRequest();

        PipeVerifier.of(pipe())
                .lenient()
                .expect(StepReconciled.class, AT, it -> it.found().equals("absent"))
                .expect(StepRetrying.class, AT)
                .expect(StepFinished.class, AT)
                .verifyDone();

        assertThat(create.attempts()).isEqualTo(2);
        assertThat(create.count()).isEqualTo(1);
    }

    @Test
    void whatStoppedHalfWayIsFoundInPartAndTakenBackBeforeTheNextAttempt() {
        create.stopsHalfWay();

        PipeVerifier.of(pipe())
                .lenient()
                .expect(StepReconciled.class, AT, it -> it.found().equals("partly: half of scripted vpc-1"))
                .expect(StepUndoStarted.class, AT)
                .expect(StepStarted.class, AT)
                .expect(StepFinished.class, AT)
                .verifyDone();

        assertThat(create.undone()).isEqualTo(1);
        assertThat(create.count()).isEqualTo(1);
    }

    @Test
    void aHangEndsByTheAttemptTimeout() {
        create.hangs().options(o -> o.withAttemptTimeout(Duration.ofMinutes(3)));

        Verified run = PipeVerifier.of(pipe()).verifyDone();

        assertThat(create.attempts()).isEqualTo(2);
        assertThat(run.report().took()).isGreaterThanOrEqualTo(Duration.ofMinutes(3));
    }

    @Test
    void aHangAfterItsEffectIsFoundAsDone() {
        create.hangsAfterItsEffect().options(o -> o.withAttemptTimeout(Duration.ofMinutes(3)));

        PipeVerifier.of(pipe()).verifyDone();

        assertThat(create.attempts()).isEqualTo(1);
        assertThat(create.count()).isEqualTo(1);
    }

    @Test
    void anEffectThatComesAfterTheTimeoutIsNotLost() {
        create.takes(Duration.ofSeconds(65)).options(o -> o.withAttemptTimeout(Duration.ofMinutes(1)));

        PipeVerifier.of(pipe()).verifyDone();

        assertThat(create.attempts()).isEqualTo(1);
        assertThat(create.count()).isEqualTo(1);
    }

    @Test
    void whatItThrowsInsteadOfAMonoFailsTheStepForGood() {
        create.throwsError(new AssertionError("broken"));

        PipeVerifier.of(pipe())
                .lenient()
                .expect(
                        StepFailed.class,
                        AT,
                        it -> it.message().contains("broken") && it.failureClass() == FailureClass.PERMANENT)
                .verifyUndone();

        assertThat(create.attempts()).isEqualTo(1);
        assertThatThrownBy(() -> create.throwsError(new Exception("checked")))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void throttlingDelaysTheNextAttemptAsAsked() {
        create.isThrottled(Duration.ofSeconds(90));

        PipeVerifier.of(pipe())
                .lenient()
                .expect(StepStarted.class, AT)
                .expect(StepRetrying.class, AT, it -> it.delay().equals(Duration.ofSeconds(90)))
                .expect(StepStarted.class, AT)
                .expect(StepFinished.class, AT)
                .verifyDone();
    }

    @Test
    void outputsThatTheContractDoesNotAllowCanBeEmitted() {
        create.emits(Outputs.of(NAME, "surprise"));

        PipeVerifier.of(pipe())
                .lenient()
                .expect(StepFailed.class, AT, it -> it.message().contains("'vpc'"))
                .verifyUndone();
    }

    @Test
    void undoIsHonestAndCounted() {
        PipeVerifier.of(failing()).lenient().expect(StepUndone.class, AT).verifyUndone();

        assertThat(create.exists()).isFalse();
        assertThat(create.undone()).isEqualTo(1);
    }

    @Test
    void undoIsTriedAgainWhenItIsScriptedToFail() {
        create.undoing(undo -> undo.fails(2, FailureClass.TRANSIENT).losesTheAnswer());

        PipeVerifier.of(failing()).verifyUndone();

        assertThat(create.exists()).isFalse();
        assertThat(create.calls())
                .extracting(Scripted.Call::phase)
                .startsWith(Phase.RUN, Phase.UNDO, Phase.UNDO, Phase.UNDO);
    }

    @Test
    void anUndoThatFailsForGoodLeavesTheThing() {
        create.undoing(undo -> undo.fails(FailureClass.PERMANENT));

        Verified run = PipeVerifier.of(failing()).verifyLeftOvers();

        assertThat(create.exists()).isTrue();
        assertThat(run.report().leftovers()).singleElement().satisfies(left -> assertThat(left.token())
                .isEqualTo(create.calls().get(0).token()));
    }

    @Test
    void aLookCanFailAndCanLie() {
        create.losesTheAnswer()
                .looking(look -> look.fails(1, FailureClass.TRANSIENT))
                .seeing(Found.unknown("fog"));

        PipeVerifier.of(pipe())
                .lenient()
                .expect(StepReconciled.class, AT, it -> it.found().equals("unknown: fog"))
                .verifyUndone();

        assertThat(create.exists()).isFalse();
    }

    @Test
    void whatIsNotYetVisibleIsSeenWithinTheVisibilityWindow() {
        create.losesTheAnswer()
                .visibleAfter(Duration.ofSeconds(30))
                .options(o -> o.withVisibility(Duration.ofMinutes(1)));

        PipeVerifier.of(pipe()).verifyDone();

        assertThat(create.attempts()).isEqualTo(1);
        assertThat(create.count()).isEqualTo(1);
    }

    @Test
    void aWorldWithoutTokensMakesASecondThing() {
        create.losesTheAnswer().seeing(Found.absent()).ignoresTokens();

        PipeVerifier.of(pipe()).verifyDone();

        assertThat(create.count()).isEqualTo(2);
    }

    @Test
    void aRefusalComesBeforeAnythingIsDone() {
        create.refuses("no credentials");

        Verified run = PipeVerifier.of(pipe()).verifyRefused();

        assertThat(create.calls()).isEmpty();
        assertThat(run.report().failure())
                .hasValueSatisfying(it -> assertThat(it.message()).contains("no credentials"));
    }

    @Test
    void withoutEffectItMakesNothing() {
        create.effect(Effect.none()).losesTheAnswer();

        PipeVerifier.of(pipe()).verifyDone();

        assertThat(create.attempts()).isEqualTo(2);
        assertThat(create.exists()).isFalse();
    }

    @Test
    void itReadsWhatItDeclares() {
        create.reads(NAME);
        Pipe pipe = Pipe.named("net").needs(NAME).step("create", create).build();

        PipeVerifier.of(pipe).input(State.of(NAME, "n")).verifyDone();

        assertThat(create.contract().reads()).containsExactly(NAME);
    }

    @Test
    void theContractStaysOnceItIsInAPipe() {
        assertThat(pipe().name()).isEqualTo("net");

        assertThatThrownBy(() -> create.writes(NAME, "n")).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void callsAreRecordedWithPathAttemptTokenAndTime() {
        create.isThrottled(Duration.ofSeconds(7));

        PipeVerifier.of(pipe()).verifyDone();

        assertThat(create.calls()).hasSize(2);
        Scripted.Call second = create.calls().get(1);
        assertThat(second.path().value()).isEqualTo(AT);
        assertThat(second.attempt()).isEqualTo(2);
        assertThat(second.token()).isEqualTo(create.calls().get(0).token());
        assertThat(Duration.between(create.calls().get(0).at(), second.at())).isEqualTo(Duration.ofSeconds(7));
    }
}

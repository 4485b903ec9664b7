// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.test;

import static org.assertj.core.api.Assertions.assertThat;

import io.hybridpipe.Pipe;
import io.hybridpipe.StepInterceptor.Phase;
import io.hybridpipe.event.PipeEvent.ScopeClosed;
import io.hybridpipe.event.PipeEvent.ScopeClosing;
import io.hybridpipe.event.PipeEvent.ScopeOpened;
import io.hybridpipe.event.PipeEvent.ScopeOpening;
import io.hybridpipe.event.PipeEvent.StepFinished;
import io.hybridpipe.event.PipeEvent.StepStarted;
import io.hybridpipe.retry.FailureClass;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class ScriptedScopeTest {
    private final ScriptedScope door = ScriptedScope.named("rule");
    private final ScriptedStep work = ScriptedStep.named("work");
    private final Pipe pipe = Pipe.named("net")
            .during("door", door, inside -> inside.step("work", work))
            .build();

    @Test
    void itIsOpenAroundTheWorkAndClosedAfterwards() {
        PipeVerifier.of(pipe)
                .expect(ScopeOpening.class, "net/door")
                .expect(ScopeOpened.class, "net/door")
                .expect(StepStarted.class, "net/door/work")
                .expect(StepFinished.class, "net/door/work")
                .expect(ScopeClosing.class, "net/door")
                .expect(ScopeClosed.class, "net/door")
                .lenient()
                .verifyDone();

        assertThat(door.attempts()).isEqualTo(1);
        assertThat(door.undone()).isEqualTo(1);
        assertThat(door.exists()).isFalse();
        assertThat(door.calls()).extracting(Scripted.Call::phase).containsExactly(Phase.OPEN, Phase.CLOSE);
    }

    @Test
    void aCloseIsTriedAgainWhenItFails() {
        door.undoing(close -> close.fails(2, FailureClass.TRANSIENT));

        PipeVerifier.of(pipe).verifyDone();

        assertThat(door.exists()).isFalse();
    }

    @Test
    void aCloseThatFailsForGoodIsALeftover() {
        door.undoing(close -> close.fails(FailureClass.PERMANENT));

        PipeVerifier.of(pipe).verifyLeftOvers();

        assertThat(door.exists()).isTrue();
        assertThat(work.exists()).isTrue();
    }

    @Test
    void anOpenThatIsCancelledUnderWayIsClosed() {
        door.takes(Duration.ofSeconds(5));

        PipeVerifier.of(pipe)
                .lenient()
                .expect(ScopeOpening.class, "net/door")
                .thenAwait(Duration.ofSeconds(1))
                .thenCancel("enough")
                .verifyUndone();

        assertThat(door.exists()).isFalse();
        assertThat(door.undone()).isEqualTo(1);
        assertThat(work.attempts()).isZero();
    }

    @Test
    void workThatOutlivesTheExpiryIsStopped() {
        door.expiry(Duration.ofMinutes(10));
        work.hangs();

        Verified run = PipeVerifier.of(pipe).verifyUndone();

        assertThat(run.report().took()).isLessThanOrEqualTo(Duration.ofMinutes(10));
        assertThat(door.exists()).isFalse();
    }
}

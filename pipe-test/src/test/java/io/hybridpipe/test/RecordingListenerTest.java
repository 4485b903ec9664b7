// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hybridpipe.Pipe;
import io.hybridpipe.PipeFailedException;
import io.hybridpipe.RunOptions;
import io.hybridpipe.State;
import io.hybridpipe.event.PipeEvent.StepStarted;
import io.hybridpipe.event.RunReport.Outcome;
import io.hybridpipe.retry.FailureClass;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class RecordingListenerTest {
    private final RecordingListener told = new RecordingListener();
    private final ScriptedStep create = ScriptedStep.named("vpc");
    private final Pipe pipe = Pipe.named("net")
            .step("create", create)
            .step("again", ScriptedStep.named("b"))
            .build();

    private void run() {
        pipe.run(State.empty(), RunOptions.ofDefaults().listener(told)).block(Duration.ofSeconds(60));
    }

    @Test
    void itKeepsAllEventsInOrderAndTheReport() {
        run();

        assertThat(told.types())
                .containsExactly(
                        "RunStarted",
                        "StepStarted",
                        "ResourceMade",
                        "StepFinished",
                        "StepStarted",
                        "ResourceMade",
                        "StepFinished",
                        "RunSettled");
        assertThat(told.events()).hasSize(8);
        assertThat(told.of(StepStarted.class)).hasSize(2);
        assertThat(told.of(StepStarted.class, "net/create")).hasSize(1);
        assertThat(told.report())
                .hasValueSatisfying(it -> assertThat(it.outcome()).isEqualTo(Outcome.DONE));
    }

    @Test
    void itKeepsTheReportOfAFailureToo() {
        create.fails(FailureClass.PERMANENT);

        assertThatThrownBy(this::run).isInstanceOf(PipeFailedException.class);

        assertThat(told.report())
                .hasValueSatisfying(it -> assertThat(it.outcome()).isEqualTo(Outcome.UNDONE));
    }

    @Test
    void itHasNoReportBeforeTheRunHasSettled() {
        assertThat(told.report()).isEmpty();
        assertThat(told.events()).isEmpty();
        assertThat(told.toString()).contains("no event");
    }

    @Test
    void itPrintsOneLineAnEvent() {
        run();

        assertThat(told.toString().lines()).hasSize(8).anySatisfy(line -> assertThat(line)
                .contains("StepStarted", "net/create #1", "stepType=ScriptedStep", "s  "));
    }
}

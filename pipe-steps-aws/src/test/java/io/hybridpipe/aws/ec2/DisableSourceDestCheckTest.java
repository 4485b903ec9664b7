// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.aws.ec2;

import static io.hybridpipe.aws.TestAws.POLL;
import static io.hybridpipe.aws.TestAws.SOON;
import static org.assertj.core.api.Assertions.assertThat;

import io.hybridpipe.Found;
import io.hybridpipe.Key;
import io.hybridpipe.Pipe;
import io.hybridpipe.RunOptions;
import io.hybridpipe.State;
import io.hybridpipe.Step;
import io.hybridpipe.aws.TestAws;
import io.hybridpipe.event.RunReport;
import io.hybridpipe.event.RunReport.Outcome;
import io.hybridpipe.sim.aws.Inventory;
import io.hybridpipe.test.TestContext;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class DisableSourceDestCheckTest {
    private final TestContext context = TestContext.at("fednet/forwarding").withRunId("run-1");
    private TestAws aws;
    private TestAws.Network network;
    private DisableSourceDestCheck step;
    private Inventory before;

    @BeforeEach
    void start() {
        aws = TestAws.start();
        network = aws.network();
        check(true);
        step = DisableSourceDestCheck.in(aws.account())
                .networkInterface(network.eni())
                .pollEvery(POLL);
        before = aws.inventory();
    }

    @AfterEach
    void stop() {
        aws.close();
    }

    @Test
    void turnsTheCheckOffAndUndoTurnsItOnAgain() {
        step.run(State.empty(), context).block(SOON);
        assertThat(isChecked()).isFalse();
        assertThat(context.made()).hasSize(1);
        step.undo(State.empty(), Found.absent(), context).block(SOON);
        assertThat(aws.inventory()).isEqualTo(before);
        step.undo(State.empty(), Found.absent(), context).block(SOON);
        assertThat(aws.inventory()).isEqualTo(before);
    }

    @Test
    void aCheckThatIsOffAlreadyStaysOffAfterUndo() {
        check(false);
        Inventory off = aws.inventory();
        step.run(State.empty(), context).block(SOON);
        step.undo(State.empty(), Found.absent(), context).block(SOON);
        assertThat(aws.inventory()).isEqualTo(off);
    }

    @Test
    void aLostAnswerIsLookedForAndNothingIsChangedTwice() {
        aws.onChange("ModifyNetworkInterfaceAttribute").dropAfter();
        assertThat(runInPipe(false).outcome()).isEqualTo(Outcome.DONE);
        assertThat(isChecked()).isFalse();
        assertThat(aws.changes("ModifyNetworkInterfaceAttribute")).hasSize(2); // the first is this test's own
    }

    @Test
    void aLostRequestIsSentAgain() {
        aws.onChange("ModifyNetworkInterfaceAttribute").dropBefore();
        assertThat(runInPipe(false).outcome()).isEqualTo(Outcome.DONE);
        assertThat(isChecked()).isFalse();
    }

    @Test
    void aLaterFailureLeavesTheInterfaceAsItWas() {
        aws.onChange("ModifyNetworkInterfaceAttribute").dropAfter();
        assertThat(runInPipe(true).outcome()).isEqualTo(Outcome.UNDONE);
        assertThat(aws.inventory()).isEqualTo(before);
    }

    private RunReport runInPipe(boolean fails) {
        Key<String> never = Key.of("never", String.class);
        Pipe.Builder pipe =
                Pipe.named("p").step("forwarding", step, options -> options.withVisibility(Duration.ofMillis(50)));
        if (fails) {
            pipe.step("late", Step.mapping(io.hybridpipe.Input.value("x"), never, x -> {
                throw new IllegalStateException("a later step fails");
            }));
        }
        return pipe.build()
                .start(State.empty(), RunOptions.ofDefaults())
                .settled()
                .block(SOON);
    }

    private boolean isChecked() {
        return aws.account()
                .ec2()
                .describeNetworkInterfaces(r -> r.networkInterfaceIds(network.eni()))
                .join()
                .networkInterfaces()
                .get(0)
                .sourceDestCheck();
    }

    private void check(boolean on) {
        aws.account()
                .ec2()
                .modifyNetworkInterfaceAttribute(
                        r -> r.networkInterfaceId(network.eni()).sourceDestCheck(v -> v.value(on)))
                .join();
    }
}

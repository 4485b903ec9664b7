// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hybridpipe.event.RunReport.Outcome;
import io.hybridpipe.retry.FailureClass;
import java.util.ArrayList;
import java.util.List;
import java.util.NoSuchElementException;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;

class OutputsTest {
    private static final Key<String> VPC = Key.of("vpc", String.class);
    private static final Key<String> SUBNET = Key.of("subnet", String.class);

    private static VirtualRun run(LambdaStep declared, Mono<Outputs> outputs) {
        return VirtualRun.of(
                Pipe.named("p")
                        .needs(SUBNET)
                        .step("make", declared.as((state, context) -> outputs))
                        .build(),
                State.of(SUBNET, "subnet-1"));
    }

    @Test
    void anEmptyMonoMeansNoOutputs() {
        VirtualRun run = run(Step.reading().withoutEffect(), Mono.empty());

        assertThat(run.state().names()).containsExactly("subnet");
    }

    @Test
    void completingWithoutADeclaredKeyIsPermanent() {
        VirtualRun run = run(Step.reading().writing(VPC).withoutEffect(), Mono.empty());

        assertThat(run.report().failure().orElseThrow().failureClass()).isEqualTo(FailureClass.PERMANENT);
        assertThat(run.message()).isEqualTo("step p/make completed without key 'vpc', which its contract declares");
        assertThat(run.report().elements().get(0).attempts()).isEqualTo(1);
    }

    @Test
    void writingAnUndeclaredKeyIsPermanent() {
        VirtualRun run = run(Step.reading().withoutEffect(), Mono.just(Outputs.of(VPC, "vpc-1")));

        assertThat(run.report().failure().orElseThrow().failureClass()).isEqualTo(FailureClass.PERMANENT);
        assertThat(run.message()).isEqualTo("step p/make writes key 'vpc', which its contract does not declare");
    }

    @Test
    void writingAKeyThatExistsWithoutADeclaredUpdateIsPermanent() {
        Pipe pipe = Pipe.named("p")
                .step(
                        "make",
                        Step.reading()
                                .writing(VPC)
                                .withoutEffect()
                                .as((state, context) -> Mono.just(Outputs.of(VPC, "b"))))
                .build();

        VirtualRun run = VirtualRun.of(pipe, State.of(VPC, "a"));

        assertThat(run.report().failure().orElseThrow().failureClass()).isEqualTo(FailureClass.PERMANENT);
        assertThat(run.message())
                .isEqualTo("step p/make writes key 'vpc', which exists already; its contract declares no update of it");
    }

    @Test
    void aDeclaredUpdateReplacesTheValueOrLeavesIt() {
        VirtualRun changed =
                run(Step.reading().updating(SUBNET).withoutEffect(), Mono.just(Outputs.of(SUBNET, "subnet-2")));
        VirtualRun left = run(Step.reading().updating(SUBNET).withoutEffect(), Mono.empty());

        assertThat(changed.state().get(SUBNET)).isEqualTo("subnet-2");
        assertThat(left.state().get(SUBNET)).isEqualTo("subnet-1");
    }

    @Test
    void aStepWhoseOutputsAreWrongIsUndone() {
        List<Found> undone = new ArrayList<>();
        Step step = new Step() {
            @Override
            public Contract contract() {
                return Contract.of("MakeVpc").writing(VPC);
            }

            @Override
            public Mono<Outputs> run(State state, StepContext context) {
                return Mono.just(Outputs.none());
            }

            @Override
            public Mono<Found> reconcile(State state, StepContext context) {
                return Mono.just(Found.partly("a VPC without a name"));
            }

            @Override
            public Mono<Void> undo(State state, Found found, StepContext context) {
                return Mono.fromRunnable(() -> undone.add(found));
            }
        };

        VirtualRun run = VirtualRun.of(Pipe.named("p").step("make", step).build());

        assertThat(run.report().outcome()).isEqualTo(Outcome.UNDONE);
        assertThat(undone).containsExactly(Found.partly("a VPC without a name"));
    }

    @Test
    void theLaterValueOfAKeyCounts() {
        Outputs outputs = Outputs.of(VPC, "a").and(SUBNET, "s").and(VPC, "b");

        assertThat(outputs.get(VPC)).isEqualTo("b");
        assertThat(outputs.size()).isEqualTo(2);
        assertThat(outputs).hasToString("{subnet=s, vpc=b}");
    }

    @Test
    void outputsAreEqualWhateverTheirOrder() {
        assertThat(Outputs.of(VPC, "a").and(SUBNET, "s"))
                .isEqualTo(Outputs.of(SUBNET, "s").and(VPC, "a"))
                .hasSameHashCodeAs(Outputs.of(SUBNET, "s").and(VPC, "a"))
                .isNotEqualTo(Outputs.of(VPC, "a"));
    }

    @Test
    void aKeyThatIsNotThereIsNotFoundAndGetNamesIt() {
        assertThat(Outputs.none().find(VPC)).isEmpty();
        assertThatThrownBy(() -> Outputs.none().get(VPC))
                .isInstanceOf(NoSuchElementException.class)
                .hasMessage("no output 'vpc'");
    }
}

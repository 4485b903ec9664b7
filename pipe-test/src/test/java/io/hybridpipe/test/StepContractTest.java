// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hybridpipe.Contract;
import io.hybridpipe.Effect;
import io.hybridpipe.Found;
import io.hybridpipe.Key;
import io.hybridpipe.Outputs;
import io.hybridpipe.State;
import io.hybridpipe.Step;
import io.hybridpipe.StepContext;
import io.hybridpipe.retry.StepFailure;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import reactor.core.publisher.Mono;

class StepContractTest {
    private static final Key<String> VPC = Key.of("vpc", String.class);

    private final Cloud cloud = new Cloud();

    /** Networks by the token that made them, each with a tag once it has one. */
    private static final class Cloud {
        private final Map<String, String> networks = new TreeMap<>();

        synchronized Map<String, String> networks() {
            return new TreeMap<>(networks);
        }

        Mono<String> create(String token) {
            return Mono.fromSupplier(() -> {
                synchronized (this) {
                    networks.putIfAbsent(token, "untagged");
                    return "vpc-" + token;
                }
            });
        }

        Mono<Void> tag(String token) {
            return Mono.fromRunnable(() -> {
                synchronized (this) {
                    networks.computeIfPresent(token, (t, old) -> "tagged");
                }
            });
        }

        synchronized Found find(String token) {
            String network = networks.get(token);
            return network == null
                    ? Found.absent()
                    : network.equals("tagged")
                            ? Found.done(Outputs.of(VPC, "vpc-" + token))
                            : Found.partly("the network has no tag");
        }

        Mono<Void> delete(String token, boolean mustExist) {
            return Mono.defer(() -> {
                synchronized (this) {
                    boolean removed = networks.remove(token) != null;
                    return removed || !mustExist
                            ? Mono.empty()
                            : Mono.error(StepFailure.permanent("no network of " + token));
                }
            });
        }
    }

    /** A step of two changing calls that keeps the contract; its faulty kin below override one thing each. */
    private class CreateVpc implements Step {
        @Override
        public Contract contract() {
            return Contract.of("CreateVpc").writing(VPC);
        }

        @Override
        public Mono<Outputs> run(State state, StepContext context) {
            return context.mutate(cloud.create(context.token()))
                    .flatMap(id -> context.mutate(cloud.tag(context.token())).thenReturn(Outputs.of(VPC, id)));
        }

        @Override
        public Mono<Found> reconcile(State state, StepContext context) {
            return Mono.fromSupplier(() -> cloud.find(context.token()));
        }

        @Override
        public Mono<Void> undo(State state, Found found, StepContext context) {
            return context.mutate(cloud.delete(context.token(), false));
        }
    }

    private StepContract contractOf(Step step) {
        return StepContract.of(step).inventory(cloud::networks).whereCallsWorkAtOnce();
    }

    private void assertBreaks(Step step, String... messages) {
        assertThatThrownBy(() -> contractOf(step).verify())
                .isInstanceOf(AssertionError.class)
                .hasMessageContainingAll(messages);
    }

    @TestFactory
    Stream<DynamicTest> aStepOfTwoCallsKeepsTheContract() {
        return contractOf(new CreateVpc()).checks().stream()
                .map(check -> DynamicTest.dynamicTest(check.name(), check::run));
    }

    @Test
    void aScriptedStepKeepsTheContract() {
        ScriptedStep create = ScriptedStep.named("vpc").writes(VPC, "vpc-1");

        assertThatCode(() -> StepContract.of(create).inventory(create::count).verify())
                .doesNotThrowAnyException();
    }

    @Test
    void aScopeIsCheckedAsAStepWhoseUndoIsItsClose() {
        ScriptedScope door = ScriptedScope.named("rule");

        assertThatCode(() -> StepContract.of(door).inventory(door::count).verify())
                .doesNotThrowAnyException();
    }

    @Test
    void aStepThatActsBeforeSubscribeBreaksIt() {
        assertBreaks(
                new CreateVpc() {
                    @Override
                    public Mono<Outputs> run(State state, StepContext context) {
                        cloud.create(context.token()).block();
                        return super.run(state, context);
                    }
                },
                "CreateVpc: nothing happens before subscribe: the inventory changed without subscribe");
    }

    @Test
    void aStepThatChangesSomethingOutsideMutateBreaksIt() {
        assertBreaks(
                new CreateVpc() {
                    @Override
                    public Mono<Outputs> run(State state, StepContext context) {
                        return cloud.create(context.token()).flatMap(id -> context.mutate(cloud.tag(context.token()))
                                .thenReturn(Outputs.of(VPC, id)));
                    }
                },
                "nothing is changed while mutate refuses: mutate sent nothing, and yet the inventory changed: the inventory was {} and is");
    }

    @Test
    void aChangeBetweenTwoCallsCannotHide() {
        assertBreaks(
                new CreateVpc() {
                    @Override
                    public Mono<Outputs> run(State state, StepContext context) {
                        return context.mutate(Mono.empty())
                                .then(cloud.create(context.token()))
                                .flatMap(id -> context.mutate(cloud.tag(context.token()))
                                        .thenReturn(Outputs.of(VPC, id)));
                    }
                },
                "the inventory changed between two calls through mutate from {} to {");
    }

    @Test
    void aStepWithoutItsDeclaredOutputBreaksIt() {
        assertBreaks(
                new CreateVpc() {
                    @Override
                    public Mono<Outputs> run(State state, StepContext context) {
                        return super.run(state, context).thenReturn(Outputs.none());
                    }
                },
                "the outputs lack the declared key 'vpc'");
    }

    @Test
    void aStepThatForgetsToUndoBreaksIt() {
        assertBreaks(
                new CreateVpc() {
                    @Override
                    public Mono<Void> undo(State state, Found found, StepContext context) {
                        return Mono.empty();
                    }
                },
                "a run gives what it declares and undo takes it back: undo did not take everything back: the inventory was ");
    }

    @Test
    void anUndoThatFailsWhenNothingIsThereBreaksIt() {
        assertBreaks(
                new CreateVpc() {
                    @Override
                    public Mono<Void> undo(State state, Found found, StepContext context) {
                        return context.mutate(cloud.delete(context.token(), true));
                    }
                },
                "undo twice is no error: undo failed",
                "undo of nothing is no error: undo failed",
                "each lost answer of undo can be undone again: undo failed");
    }

    @Test
    void anUndoThatTakesNoNoticeOfHalfTheWorkBreaksIt() {
        assertBreaks(
                new CreateVpc() {
                    @Override
                    public Mono<Void> undo(State state, Found found, StepContext context) {
                        return found instanceof Found.Partly ? Mono.empty() : super.undo(state, found, context);
                    }
                },
                "each lost answer can be undone: after the lost answer of mutate call 1",
                "each lost request can be undone: after the lost request of mutate call 2",
                "each cancel in mid-call can be undone: after the cancel in mutate call 1");
    }

    @Test
    void aReconcileThatOverlooksWhatIsThereBreaksIt() {
        assertBreaks(
                new CreateVpc() {
                    @Override
                    public Mono<Found> reconcile(State state, StepContext context) {
                        return Mono.just(Found.absent());
                    }
                },
                "reconcile sees the truth: after the run",
                "something is there, but reconcile says Absent");
    }

    @Test
    void aReconcileThatTakesTheHalfForTheWholeBreaksIt() {
        assertBreaks(
                new CreateVpc() {
                    @Override
                    public Mono<Found> reconcile(State state, StepContext context) {
                        return Mono.just(Found.done(Outputs.of(VPC, "vpc-" + context.token())));
                    }
                },
                "reconcile sees the truth: before the run, reconcile says Done",
                "each lost request can be undone: after the lost request of mutate call 1 nothing is there");
    }

    @Test
    void aStepThatRemembersItsFirstAttemptBreaksIt() {
        assertBreaks(
                new CreateVpc() {
                    @Override
                    public Mono<Outputs> run(State state, StepContext context) {
                        return super.run(state, context).cache();
                    }
                },
                "a second subscription is a fresh attempt: the second subscription failed");
    }

    @Test
    void aSecondCallThatIsNotSentThroughMutateCannotHide() {
        assertBreaks(
                new CreateVpc() {
                    @Override
                    public Mono<Outputs> run(State state, StepContext context) {
                        return context.mutate(cloud.create(context.token()))
                                .flatMap(id -> cloud.tag(context.token()).thenReturn(Outputs.of(VPC, id)));
                    }
                },
                "nothing is changed between calls: the inventory changed after the last call through mutate");
    }

    @Test
    void aStepWithoutUndoHasNoContractToCheck() {
        assertThatThrownBy(() -> StepContract.of(ScriptedStep.named("x").effect(Effect.none())))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("no undoable effect");
    }

    @Test
    void withoutAnInventoryNothingIsBelieved() {
        assertThatThrownBy(() -> StepContract.of(new CreateVpc()).verify())
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("say inventory");
    }

    @Test
    void theChecksHaveNamesThatDiffer() {
        assertThat(contractOf(new CreateVpc()).checks())
                .extracting(ContractCheck::name)
                .doesNotHaveDuplicates()
                .hasSizeGreaterThan(8);
    }
}

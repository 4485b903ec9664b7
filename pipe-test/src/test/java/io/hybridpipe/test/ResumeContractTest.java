// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hybridpipe.Contract;
import io.hybridpipe.Found;
import io.hybridpipe.Key;
import io.hybridpipe.Outputs;
import io.hybridpipe.Scope;
import io.hybridpipe.State;
import io.hybridpipe.Step;
import io.hybridpipe.StepContext;
import io.hybridpipe.event.Resource;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;

class ResumeContractTest {
    private static final Key<String> VPC = Key.of("vpc", String.class);

    /** Networks by id: the token of who made it, and whether it has its route. */
    private final Map<String, String> cloud = new ConcurrentSkipListMap<>();

    private final AtomicInteger ids = new AtomicInteger();

    /** Makes a network, then its route; its faulty kin below override one thing each. */
    private class CreateVpc implements Step {
        @Override
        public Contract contract() {
            return Contract.of("CreateVpc").writing(VPC);
        }

        @Override
        public Mono<Outputs> run(State state, StepContext context) {
            return create(context)
                    .flatMap(id -> context.mutate(Mono.fromRunnable(() -> cloud.put(id, context.token() + " routed")))
                            .thenReturn(Outputs.of(VPC, id)));
        }

        Mono<String> create(StepContext context) {
            return context.mutate(Mono.fromSupplier(() -> {
                String id = "vpc-" + ids.incrementAndGet();
                cloud.put(id, context.token());
                context.made(vpc(id));
                return id;
            }));
        }

        @Override
        public Mono<Found> reconcile(State state, StepContext context) {
            return Mono.fromSupplier(() -> find(context)
                    .map(id -> {
                        context.made(vpc(id));
                        return cloud.get(id).endsWith("routed")
                                ? Found.done(Outputs.of(VPC, id))
                                : Found.partly(id + " has no route");
                    })
                    .orElse(Found.absent()));
        }

        @Override
        public Mono<Void> undo(State state, Found found, StepContext context) {
            return Mono.defer(() -> Mono.justOrEmpty(find(context)))
                    .flatMap(id -> context.mutate(Mono.fromRunnable(() -> {
                        cloud.remove(id);
                        context.gone(vpc(id));
                    })));
        }

        Optional<String> find(StepContext context) {
            return cloud.entrySet().stream()
                    .filter(vpc -> vpc.getValue().startsWith(context.token()))
                    .map(Map.Entry::getKey)
                    .findFirst();
        }

        Resource vpc(String id) {
            return Resource.of("Vpc", id, "here");
        }
    }

    private ResumeContract contract(Supplier<Step> steps) {
        return ResumeContract.of(steps).inventory(() -> Map.copyOf(cloud));
    }

    @Test
    void aStepThatFindsWhatItMadeByItsTokenKeepsIt() {
        contract(CreateVpc::new).goesOn();
        contract(CreateVpc::new).isTakenBack();
        assertThat(cloud).isEmpty();
    }

    @Test
    void aScopeIsAStepWhoseUndoIsItsClose() {
        ResumeContract contract = ResumeContract.ofScope(VpcScope::new).inventory(() -> Map.copyOf(cloud));
        contract.goesOn();
        contract.isTakenBack();
        assertThat(cloud).isEmpty();
    }

    private class VpcScope implements Scope {
        private final Step step = new CreateVpc();

        @Override
        public Contract contract() {
            return step.contract();
        }

        @Override
        public Mono<Outputs> open(State state, StepContext context) {
            return step.run(state, context);
        }

        @Override
        public Mono<Found> reconcile(State state, StepContext context) {
            return step.reconcile(state, context);
        }

        @Override
        public Mono<Void> close(State state, Found found, StepContext context) {
            return step.undo(state, found, context);
        }
    }

    /** Remembers in a field what it made. */
    private class Forgetful extends CreateVpc {
        private Optional<String> mine = Optional.empty();

        @Override
        Mono<String> create(StepContext context) {
            return super.create(context).doOnNext(id -> mine = Optional.of(id));
        }

        @Override
        Optional<String> find(StepContext context) {
            return mine.filter(cloud::containsKey);
        }
    }

    @Test
    void aStepThatRemembersInAFieldIsFoundOut() {
        assertThatThrownBy(contract(Forgetful::new)::goesOn)
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("undo of an undisturbed run does not leave the inventory as it was");
        assertThatThrownBy(contract(Forgetful::new)::isTakenBack).isInstanceOf(AssertionError.class);
    }

    @Test
    void aStepThatTakesHalfForTheWholeIsFoundOut() {
        assertThatThrownBy(contract(() -> new CreateVpc() {
                    @Override
                    public Mono<Found> reconcile(State state, StepContext context) {
                        return Mono.fromSupplier(() -> find(context)
                                .map(id -> Found.done(Outputs.none()))
                                .orElse(Found.absent()));
                    }
                })::goesOn)
                .hasMessageContaining("killed in changing call 1 of 2, the outputs")
                .hasMessageContaining("lack 'vpc'");
    }

    @Test
    void aStepThatDoesNotSayWhatADeadOneMadeIsFoundOut() {
        assertThatThrownBy(contract(() -> new CreateVpc() {
                    @Override
                    public Mono<Found> reconcile(State state, StepContext context) {
                        return Mono.fromSupplier(() -> find(context)
                                .map(id -> Found.done(Outputs.of(VPC, id)))
                                .orElse(Found.absent()));
                    }
                })::goesOn)
                .hasMessage("CreateVpc: killed in changing call 1 of 2, made [], but an undisturbed run makes [Vpc]");
    }

    @Test
    void aStepThatMakesASecondOneIsFoundOut() {
        assertThatThrownBy(contract(() -> new CreateVpc() {
                    @Override
                    public Mono<Found> reconcile(State state, StepContext context) {
                        return super.reconcile(state, context)
                                .map(found -> found instanceof Found.Partly ? Found.absent() : found);
                    }
                })::goesOn)
                .hasMessage(
                        "CreateVpc: killed in changing call 1 of 2, made [Vpc vpc-2 in here, Vpc vpc-3 in here], but an"
                                + " undisturbed run makes [Vpc]");
    }

    @Test
    void aStepThatUndoesOnlyWhatItIsToldOfIsFoundOut() {
        assertThatThrownBy(contract(() -> new CreateVpc() {
                    @Override
                    public Mono<Void> undo(State state, Found found, StepContext context) {
                        return found instanceof Found.Unknown ? Mono.empty() : super.undo(state, found, context);
                    }
                })::isTakenBack)
                .hasMessageContaining("undo of Unknown[why=nobody looked] does not leave the inventory as it was");
    }
}

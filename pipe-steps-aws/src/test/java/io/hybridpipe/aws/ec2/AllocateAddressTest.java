// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.aws.ec2;

import static io.hybridpipe.aws.TestAws.POLL;
import static io.hybridpipe.aws.TestAws.SOON;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hybridpipe.Found;
import io.hybridpipe.Key;
import io.hybridpipe.Outputs;
import io.hybridpipe.State;
import io.hybridpipe.aws.TestAws;
import io.hybridpipe.net.Ip;
import io.hybridpipe.retry.FailureClass;
import io.hybridpipe.test.StepContract;
import io.hybridpipe.test.TestContext;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.Timeout;
import software.amazon.awssdk.services.ec2.model.Address;
import software.amazon.awssdk.services.ec2.model.Tag;

@Timeout(180)
class AllocateAddressTest {
    private static final Key<String> ENI = Key.of("eni", String.class);
    private static final Key<String> ALLOCATION = Key.of("allocation", String.class);
    private static final Key<Ip> ADDRESS = Key.of("address", Ip.class);

    private final TestContext context = TestContext.at("orders/address").withRunId("run-1");
    private final TestContext other = TestContext.at("orders/address").withRunId("run-2");
    private TestAws aws;
    private TestAws.Network network;
    private State state;
    private AllocateAddress step;

    @BeforeEach
    void start() {
        aws = TestAws.start();
        network = aws.publicNetwork();
        state = State.of(ENI, network.eni());
        step = AllocateAddress.in(aws.account())
                .toInterface(ENI)
                .into(ALLOCATION, ADDRESS)
                .pollEvery(POLL);
    }

    @AfterEach
    void stop() {
        aws.close();
    }

    @TestFactory
    Stream<DynamicTest> keepsTheContractOfSteps() {
        return StepContract.of(step).state(state).inventory(aws::inventory).within(SOON).checks().stream()
                .map(check -> DynamicTest.dynamicTest(check.name(), check::run));
    }

    @Test
    void theAddressIsAssociatedAndBearsPipeRunStepAndToken() {
        Outputs outputs = step.run(state, context).block(SOON);
        Address made = describe(outputs.get(ALLOCATION));
        assertThat(made.publicIp()).isEqualTo(outputs.get(ADDRESS).toString());
        assertThat(made.networkInterfaceId()).isEqualTo(network.eni());
        assertThat(made.tags())
                .contains(Tag.builder()
                        .key("hybridpipe:token")
                        .value(context.token())
                        .build())
                .hasSize(context.tags().size());
    }

    @Test
    void anAddressWhoseAnswerWasLostIsFoundAndGoneOnWith() {
        aws.faults().on("AllocateAddress").dropAfter();
        assertThatThrownBy(() -> step.run(state, context).block(SOON))
                .extracting(FailureClass::of)
                .isEqualTo(FailureClass.UNKNOWN_OUTCOME);
        assertThat(step.reconcile(state, context).block(SOON)).isInstanceOf(Found.Partly.class);
        Outputs again = step.run(state, context).block(SOON);
        assertThat(step.reconcile(state, context).block(SOON)).isEqualTo(Found.done(again));
        assertThat(aws.inventory().ids("elastic-ip")).containsExactly(again.get(ALLOCATION));
    }

    @Test
    void anAssociationWhoseAnswerWasLostIsNotAskedForAgain() {
        aws.faults().on("AssociateAddress").dropAfter();
        assertThatThrownBy(() -> step.run(state, context).block(SOON))
                .extracting(FailureClass::of)
                .isEqualTo(FailureClass.TRANSIENT);
        Outputs again = step.run(state, context).block(SOON);
        assertThat(describe(again.get(ALLOCATION)).networkInterfaceId()).isEqualTo(network.eni());
        assertThat(aws.calls("AssociateAddress")).hasSize(1);
    }

    @Test
    void anInterfaceThatHasAnotherAddressKeepsItAndTheMessageSaysWhoseItIs() {
        Outputs first = step.run(state, other).block(SOON);
        assertThatThrownBy(() -> step.run(state, context).block(SOON))
                .hasMessage(network.eni() + " in account-a/eu-central-1 has " + first.get(ALLOCATION) + " ("
                        + first.get(ADDRESS)
                        + "), made by orders/address of run run-2, already; that address is left as"
                        + " it is")
                .extracting(FailureClass::of)
                .isEqualTo(FailureClass.PERMANENT);
        step.undo(state, Found.absent(), context).block(SOON);
        assertThat(aws.inventory().ids("elastic-ip")).containsExactly(first.get(ALLOCATION));
        assertThat(describe(first.get(ALLOCATION)).networkInterfaceId()).isEqualTo(network.eni());
    }

    @Test
    void anAddressCanBeAnInstances() {
        String instance = aws.account()
                .ec2()
                .runInstances(r -> r.imageId(TestAws.IMAGE)
                        .instanceType("t3.small")
                        .minCount(1)
                        .maxCount(1)
                        .subnetId(network.subnet()))
                .join()
                .instances()
                .get(0)
                .instanceId();
        AllocateAddress ofInstance = step.toInstance(instance);
        Outputs outputs = ofInstance.run(state, context).block(SOON);
        assertThat(describe(outputs.get(ALLOCATION)).instanceId()).isEqualTo(instance);
        assertThat(ofInstance.reconcile(state, context).block(SOON)).isEqualTo(Found.done(outputs));
    }

    @Test
    void anInstanceThatIsPendingIsTriedAgainLater() {
        aws.faults()
                .on("AssociateAddress")
                .error(
                        "InvalidInstanceID",
                        "The pending instance 'i-0123456789abcdef0' is not in a valid state for this operation.");
        assertThatThrownBy(() -> step.run(state, context).block(SOON))
                .extracting(FailureClass::of)
                .isEqualTo(FailureClass.NOT_YET_VISIBLE);
    }

    @Test
    void aNetworkWithoutInternetGatewayIsPermanentAndTheAddressIsReleasedByUndo() {
        try (TestAws inner = TestAws.start()) {
            AllocateAddress isolated = AllocateAddress.in(inner.account())
                    .toInterface(inner.network().eni())
                    .pollEvery(POLL);
            assertThatThrownBy(() -> isolated.run(state, context).block(SOON))
                    .hasMessageContaining("Gateway.NotAttached")
                    .extracting(FailureClass::of)
                    .isEqualTo(FailureClass.PERMANENT);
            isolated.undo(state, Found.absent(), context).block(SOON);
            assertThat(inner.inventory().ids("elastic-ip")).isEmpty();
        }
    }

    @Test
    void anAddressThatCountsAsUsedForAMomentIsReleasedByTheNextUndo() {
        step.run(state, context).block(SOON);
        aws.faults().on("ReleaseAddress").error("InvalidIPAddress.InUse", "Address is in use.");
        assertThatThrownBy(() -> step.undo(state, Found.absent(), context).block(SOON))
                .extracting(FailureClass::of)
                .isEqualTo(FailureClass.TRANSIENT);
        step.undo(state, Found.absent(), context).block(SOON);
        assertThat(aws.inventory().ids("elastic-ip")).isEmpty();
    }

    @Test
    void aDryRunTellsBeforeTheRunThatThePermissionIsMissing() {
        step.preflight(state, context).block(SOON);
        assertThat(aws.inventory().ids("elastic-ip")).isEmpty();
        try (TestAws poor = TestAws.start(
                settings -> settings.account("111122223333", "AKIATEST000000000001", "secret-of-111122223333")
                        .deny("111122223333", "AllocateAddress"))) {
            assertThatThrownBy(() -> AllocateAddress.in(poor.account())
                            .preflight(state, context)
                            .block(SOON))
                    .hasMessageContaining("the credentials lack the permission: UnauthorizedOperation");
        }
    }

    private Address describe(String allocation) {
        return aws.account()
                .ec2()
                .describeAddresses(r -> r.allocationIds(allocation))
                .join()
                .addresses()
                .get(0);
    }
}

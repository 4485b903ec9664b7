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
import io.hybridpipe.sim.SimResponse;
import io.hybridpipe.test.StepContract;
import io.hybridpipe.test.TestContext;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.Timeout;
import reactor.util.retry.Retry;
import software.amazon.awssdk.services.ec2.model.GroupIdentifier;
import software.amazon.awssdk.services.ec2.model.InstanceNetworkInterfaceSpecification;
import software.amazon.awssdk.services.ec2.model.NetworkInterface;
import software.amazon.awssdk.services.ec2.model.Tag;

@Timeout(180)
class CreateNetworkInterfaceTest {
    private static final Key<String> SUBNET = Key.of("subnet", String.class);
    private static final Key<String> GROUP = Key.of("group", String.class);
    private static final Key<String> ENI = Key.of("eni", String.class);
    private static final Key<Ip> ADDRESS = Key.of("address", Ip.class);

    private final TestContext context = TestContext.at("orders/interface").withRunId("run-1");
    private TestAws aws;
    private TestAws.Network network;
    private State state;
    private CreateNetworkInterface step;

    @BeforeEach
    void start() {
        aws = TestAws.start();
        network = aws.network();
        aws.sim().calls().clear();
        state = State.of(SUBNET, network.subnet()).with(GROUP, network.group());
        step = step(aws);
    }

    @AfterEach
    void stop() {
        aws.close();
    }

    private static CreateNetworkInterface step(TestAws aws) {
        return CreateNetworkInterface.in(aws.account())
                .subnet(SUBNET)
                .group(GROUP)
                .description("of the controller")
                .sourceDestCheck(false)
                .into(ENI)
                .privateIpInto(ADDRESS)
                .pollEvery(POLL);
    }

    @TestFactory
    Stream<DynamicTest> keepsTheContractOfSteps() {
        return StepContract.of(step).state(state).inventory(aws::inventory).within(SOON).checks().stream()
                .map(check -> DynamicTest.dynamicTest(check.name(), check::run));
    }

    @Test
    void theInterfaceIsAsDescribedAndBearsPipeRunStepAndToken() {
        Ip wanted = Ip.of("10.1.1.77");
        Outputs outputs = step.privateIp(wanted).run(state, context).block(SOON);
        NetworkInterface made = describe(outputs.get(ENI));
        assertThat(outputs.get(ADDRESS)).isEqualTo(wanted);
        assertThat(made.subnetId()).isEqualTo(network.subnet());
        assertThat(made.groups()).extracting(GroupIdentifier::groupId).containsExactly(network.group());
        assertThat(made.privateIpAddress()).isEqualTo("10.1.1.77");
        assertThat(made.description()).isEqualTo("of the controller");
        assertThat(made.sourceDestCheck()).isFalse();
        assertThat(made.tagSet())
                .contains(Tag.builder()
                        .key("hybridpipe:token")
                        .value(context.token())
                        .build())
                .hasSize(context.tags().size());
        assertThat(context.made()).singleElement().satisfies(it -> assertThat(it.id())
                .isEqualTo(made.networkInterfaceId()));
    }

    @Test
    void anInterfaceWhoseAnswerWasLostIsFoundAndGoneOnWith() {
        aws.faults().on("CreateNetworkInterface").dropAfter();
        assertThatThrownBy(() -> step.run(state, context).block(SOON))
                .extracting(FailureClass::of)
                .isEqualTo(FailureClass.UNKNOWN_OUTCOME);
        Found found = step.reconcile(state, context).block(SOON);
        assertThat(found).isInstanceOf(Found.Partly.class);
        Outputs again = step.run(state, context).block(SOON);
        assertThat(step.reconcile(state, context).block(SOON)).isEqualTo(Found.done(again));
        assertThat(aws.calls("CreateNetworkInterface")).hasSize(1);
    }

    @Test
    void anInterfaceThatEc2DoesNotShowYetIsNotMadeTwice() {
        try (TestAws slow = TestAws.start()) {
            TestAws.Network there = slow.network();
            State known = State.of(SUBNET, there.subnet()).with(GROUP, there.group());
            slow.sim().calls().clear();
            int before = slow.inventory().ids("network-interface").size();
            slow.faults().on("CreateNetworkInterface").dropAfter();
            // an attempt whose interface is not seen by the next one
            slow.faults()
                    .on(call -> call.action().equals("DescribeNetworkInterfaces"))
                    .nth(2)
                    .answer(emptyList());
            assertThatThrownBy(() -> step(slow).run(known, context).block(SOON)).hasMessageContaining("no answer");
            step(slow).run(known, context).block(SOON);
            assertThat(slow.calls("CreateNetworkInterface")).hasSize(2);
            assertThat(slow.inventory().ids("network-interface")).hasSize(before + 1);
        }
    }

    @Test
    void anInterfaceThatIsSeenFiveSecondsLaterIsWaitedFor() {
        try (TestAws slow = TestAws.start(settings -> settings.visibleAfter(Duration.ofSeconds(5)))) {
            TestAws.Network there = slow.network();
            State known = State.of(SUBNET, there.subnet()).with(GROUP, there.group());
            assertThat(retried(slow, known).get(ENI)).startsWith("eni-");
        }
    }

    @Test
    void anAnswerThatIsLostAfterTheInterfaceIsMadeCostsNothingButAnotherAttempt() {
        aws.faults().on("ModifyNetworkInterfaceAttribute").dropAfter();
        assertThatThrownBy(() -> step.run(state, context).block(SOON))
                .extracting(FailureClass::of)
                .isEqualTo(FailureClass.TRANSIENT);
        String made = step.run(state, context).block(SOON).get(ENI);
        assertThat(describe(made).sourceDestCheck()).isFalse();
        assertThat(aws.calls("CreateNetworkInterface")).hasSize(1);
    }

    @Test
    void anAddressOutsideOfTheSubnetIsPermanentAndSaysWhere() {
        assertThatThrownBy(() ->
                        step.privateIp(Ip.of("10.2.0.1")).run(state, context).block(SOON))
                .hasMessageStartingWith(
                        "CreateNetworkInterface in " + network.subnet() + " in account-a/eu-central-1: ")
                .extracting(FailureClass::of)
                .isEqualTo(FailureClass.PERMANENT);
    }

    @Test
    void undoDetachesAnInterfaceThatAnInstanceHasBesideItsFirstOne() {
        String made = step.run(state, context).block(SOON).get(ENI);
        String instance = instance(network.eni());
        aws.account()
                .ec2()
                .attachNetworkInterface(
                        r -> r.instanceId(instance).networkInterfaceId(made).deviceIndex(1))
                .join();
        step.undo(state, Found.absent(), context).block(SOON);
        assertThat(aws.inventory().ids("network-interface")).doesNotContain(made);
        assertThat(aws.inventory().ids("instance")).containsExactly(instance);
        assertThat(context.gone()).extracting(gone -> gone.id()).containsExactly(made);
    }

    @Test
    void theFirstInterfaceOfAnInstanceStaysAndTheMessageSaysWhoseItIs() {
        String made = step.run(state, context).block(SOON).get(ENI);
        String instance = instance(made);
        var own = new Own<>(MachineKinds.NETWORK_INTERFACE, aws.account(), context, POLL);
        Interfaces impatient = new Interfaces(own, Duration.ofMillis(50));
        assertThatThrownBy(() -> impatient.remove(List.of(describe(made))).block(SOON))
                .hasMessage(made + " in account-a/eu-central-1 cannot be deleted: it is attached to " + instance
                        + " as device 0")
                .extracting(FailureClass::of)
                .isEqualTo(FailureClass.TRANSIENT);
        assertThat(aws.calls("DeleteNetworkInterface")).isEmpty();
    }

    @Test
    void aDryRunTellsBeforeTheRunThatThePermissionIsMissing() {
        step.preflight(state, context).block(SOON);
        step.preflight(State.empty(), context).block(SOON);
        assertThat(aws.calls("CreateNetworkInterface")).hasSize(1); // the second does not know the subnet
        try (TestAws poor = TestAws.start(
                settings -> settings.account("111122223333", "AKIATEST000000000001", "secret-of-111122223333")
                        .deny("111122223333", "CreateNetworkInterface"))) {
            assertThatThrownBy(() -> step(poor).preflight(state, context).block(SOON))
                    .hasMessageContaining("the credentials lack the permission: UnauthorizedOperation");
        }
    }

    @Test
    void anInterfaceOfAnotherRunIsNotTouched() {
        String made = step.run(state, context).block(SOON).get(ENI);
        TestContext other = TestContext.at("orders/interface").withRunId("run-2");
        assertThat(step.reconcile(state, other).block(SOON)).isEqualTo(Found.absent());
        step.undo(state, Found.absent(), other).block(SOON);
        assertThat(aws.inventory().ids("network-interface")).contains(made);
    }

    /** As the engine does while things are not visible yet. */
    private Outputs retried(TestAws slow, State known) {
        return step(slow)
                .run(known, context)
                .retryWhen(Retry.fixedDelay(100, POLL)
                        .filter(failure -> FailureClass.of(failure) == FailureClass.NOT_YET_VISIBLE))
                .block(SOON);
    }

    private String instance(String eni) {
        return aws.account()
                .ec2()
                .runInstances(r -> r.imageId(TestAws.IMAGE)
                        .instanceType("t3.small")
                        .minCount(1)
                        .maxCount(1)
                        .networkInterfaces(InstanceNetworkInterfaceSpecification.builder()
                                .deviceIndex(0)
                                .networkInterfaceId(eni)
                                .build()))
                .join()
                .instances()
                .get(0)
                .instanceId();
    }

    private NetworkInterface describe(String id) {
        return aws.account()
                .ec2()
                .describeNetworkInterfaces(r -> r.networkInterfaceIds(id))
                .join()
                .networkInterfaces()
                .get(0);
    }

    private static SimResponse emptyList() {
        return SimResponse.xml(
                200,
                "<DescribeNetworkInterfacesResponse xmlns=\"http://ec2.amazonaws.com/doc/2016-11-15/\">"
                        + "<networkInterfaceSet/></DescribeNetworkInterfacesResponse>");
    }
}

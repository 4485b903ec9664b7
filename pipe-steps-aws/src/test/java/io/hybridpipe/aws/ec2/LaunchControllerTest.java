// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.aws.ec2;

import static io.hybridpipe.aws.TestAws.POLL;
import static io.hybridpipe.aws.TestAws.SOON;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hybridpipe.Found;
import io.hybridpipe.Key;
import io.hybridpipe.Outputs;
import io.hybridpipe.Secret;
import io.hybridpipe.State;
import io.hybridpipe.TypeRef;
import io.hybridpipe.aws.TestAws;
import io.hybridpipe.net.Ip;
import io.hybridpipe.retry.FailureClass;
import io.hybridpipe.sim.Fault;
import io.hybridpipe.sim.aws.Inventory;
import io.hybridpipe.sim.aws.SimAws;
import io.hybridpipe.test.StepContract;
import io.hybridpipe.test.TestContext;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.Disposable;
import reactor.util.retry.Retry;
import software.amazon.awssdk.retries.api.BackoffStrategy;
import software.amazon.awssdk.services.ec2.model.Instance;
import software.amazon.awssdk.services.ec2.model.InstanceNetworkInterface;
import software.amazon.awssdk.services.ec2.model.Tag;

@Timeout(180)
class LaunchControllerTest {
    private static final String SLOW_IMAGE = "ami-0510000051000005a";
    private static final String NEW_IMAGE = "ami-0e0000e0000e00001";
    private static final Key<String> SUBNET = Key.of("subnet", String.class);
    private static final Key<String> GROUP = Key.of("group", String.class);
    private static final Key<LaunchedController> CONTROLLER = Key.of("controller", LaunchedController.class);

    private final TestContext context = TestContext.at("orders/launch").withRunId("run-1");
    private TestAws aws;
    private TestAws.Network network;
    private State state;
    private LaunchController step;

    @BeforeEach
    void start() {
        aws = TestAws.start(settings -> settings.image(SLOW_IMAGE, "slow", Duration.ofDays(1))
                .image(new SimAws.Image(
                        NEW_IMAGE, "machine-2", "111122223333", Instant.parse("2026-03-01T00:00:00Z"), Duration.ZERO))
                .image(new SimAws.Image(
                        "ami-0e0000e0000e00002",
                        "machine-1",
                        "111122223333",
                        Instant.parse("2026-02-01T00:00:00Z"),
                        Duration.ZERO))
                .publicParameter("/aws/service/machines/latest", NEW_IMAGE)
                .publicParameter("/aws/service/machines/note", "no image"));
        network = aws.publicNetwork();
        state = state(network);
        step = step(aws);
    }

    @AfterEach
    void stop() {
        aws.close();
    }

    private static State state(TestAws.Network network) {
        return State.of(SUBNET, network.subnet()).with(GROUP, network.group());
    }

    private static LaunchController step(TestAws aws) {
        return LaunchController.in(aws.account())
                .image(TestAws.IMAGE)
                .instanceType("t3.medium")
                .subnet(SUBNET)
                .group(GROUP)
                .name("controller")
                .into(CONTROLLER)
                .pollEvery(POLL);
    }

    @TestFactory
    Stream<DynamicTest> keepsTheContractOfSteps() {
        return checks(step);
    }

    @TestFactory
    Stream<DynamicTest> keepsTheContractOfStepsWithAGivenInterfaceAndAddress() {
        return checks(onGivenThings(allocate()));
    }

    private Stream<DynamicTest> checks(LaunchController variant) {
        return StepContract.of(variant).state(state).inventory(aws::inventory).within(SOON).checks().stream()
                .map(check -> DynamicTest.dynamicTest(check.name(), check::run));
    }

    @Test
    void theMachineRunsItsChecksPassAndPacketsOfOthersReachIt() {
        LaunchedController made = step.privateIp(Ip.of("10.1.1.77"))
                .run(state, context)
                .block(SOON)
                .get(CONTROLLER);
        Instance instance = describe(made.instance());
        InstanceNetworkInterface card = instance.networkInterfaces().get(0);
        assertThat(instance.state().nameAsString()).isEqualTo("running");
        assertThat(instance.instanceTypeAsString()).isEqualTo("t3.medium");
        assertThat(card.networkInterfaceId()).isEqualTo(made.networkInterface());
        assertThat(card.sourceDestCheck()).isFalse();
        assertThat(card.groups()).singleElement().satisfies(group -> assertThat(group.groupId())
                .isEqualTo(network.group()));
        assertThat(card.association().publicIp()).isEqualTo(made.publicIp().toString());
        assertThat(made.privateIp()).isEqualTo(Ip.of("10.1.1.77"));
        assertThat(aws.inventory().ids("elastic-ip")).containsExactly(made.allocation());
        assertThat(instance.tags())
                .contains(tag("Name", "controller"), tag("hybridpipe:token", context.token()))
                .hasSize(context.tags().size() + 1);
        assertThat(aws.account()
                        .ec2()
                        .describeInstanceStatus(r -> r.instanceIds(made.instance()))
                        .join()
                        .instanceStatuses()
                        .get(0)
                        .instanceStatus()
                        .statusAsString())
                .isEqualTo("ok");
        assertThat(context.made())
                .extracting(resource -> resource.id())
                .containsExactlyInAnyOrder(made.instance(), made.allocation());
        assertThat(context.progress())
                .extracting(TestContext.Progress::text)
                .contains(made.instance() + " running", made.instance() + " runs, system check ok, instance check ok");
    }

    @ParameterizedTest
    @ValueSource(strings = {"AllocateAddress", "RunInstances", "ModifyNetworkInterfaceAttribute", "AssociateAddress"})
    void aLostAnswerIsGoneOnWithAndThereIsOneOfEverything(String action) {
        aws.faults().on(action).dropAfter();
        assertThatThrownBy(() -> step.run(state, context).block(SOON))
                .hasMessageContaining("no answer")
                .extracting(FailureClass::of)
                .isEqualTo(action.equals("AllocateAddress") ? FailureClass.UNKNOWN_OUTCOME : FailureClass.TRANSIENT);
        assertThat(step.reconcile(state, context).block(SOON)).isNotEqualTo(Found.absent());
        Outputs again = step.run(state, context).block(SOON);
        assertThat(step.reconcile(state, context).block(SOON)).isEqualTo(Found.done(again));
        assertThat(aws.inventory().ids("instance")).hasSize(1);
        assertThat(aws.inventory().ids("elastic-ip")).hasSize(1);
        assertThat(aws.calls(action)).hasSize(1);
    }

    @Test
    void aLackOfCapacityIsTransientAndTheAddressIsKeptForTheNextAttempt() {
        aws.faults().on("RunInstances").error("InsufficientInstanceCapacity", "We currently do not have sufficient.");
        assertThatThrownBy(() -> step.run(state, context).block(SOON))
                .hasMessageStartingWith("RunInstances " + TestAws.IMAGE + " t3.medium in account-a/eu-central-1: ")
                .extracting(FailureClass::of)
                .isEqualTo(FailureClass.TRANSIENT);
        step.run(state, context).block(SOON);
        assertThat(aws.inventory().ids("elastic-ip")).hasSize(1);
    }

    @Test
    void aMachineThatEndsWhileItIsWaitedForFailsAndTheNextAttemptLaunchesAnother() {
        LaunchController slow = step.image(SLOW_IMAGE);
        Fault held = aws.faults().on("DescribeInstanceStatus").holdBefore();
        CompletableFuture<Outputs> running = slow.run(state, context).toFuture();
        held.reached().orTimeout(60, TimeUnit.SECONDS).join();
        String first = aws.inventory().ids("instance").iterator().next();
        terminate(first);
        held.release();
        assertThatThrownBy(() -> running.orTimeout(60, TimeUnit.SECONDS).join())
                .hasMessageContaining(first + " in account-a/eu-central-1 is ")
                .hasMessageContaining(" before it was ready: ")
                .extracting(FailureClass::of)
                .isEqualTo(FailureClass.PERMANENT);
        LaunchedController second = step.run(state, context).block(SOON).get(CONTROLLER);
        assertThat(second.instance()).isNotEqualTo(first);
        assertThat(context.gone()).extracting(gone -> gone.id()).contains(first);
        assertThat(aws.inventory().ids("instance")).containsExactly(second.instance());
    }

    @Test
    void theAddressOfAMachineThatIsEndingIsThatOfTheNextOne() {
        Fault booting = aws.faults().on("DescribeInstanceStatus").holdBefore();
        Disposable dead = step.image(SLOW_IMAGE).run(state, context).subscribe();
        booting.reached().orTimeout(60, TimeUnit.SECONDS).join();
        dead.dispose();
        booting.release();
        String first = aws.inventory().ids("instance").iterator().next();
        Fault seen = aws.faults().on("DescribeAddresses").holdAfter();
        CompletableFuture<Outputs> running = step.run(state, context).toFuture();
        seen.reached().orTimeout(60, TimeUnit.SECONDS).join();
        terminate(first);
        aws.account()
                .ec2()
                .waiter()
                .waitUntilInstanceTerminated(
                        r -> r.instanceIds(first), w -> w.backoffStrategyV2(BackoffStrategy.fixedDelay(POLL)))
                .join();
        seen.release();
        LaunchedController second =
                running.orTimeout(60, TimeUnit.SECONDS).join().get(CONTROLLER);
        assertThat(second.instance()).isNotEqualTo(first);
        assertThat(aws.inventory().ids("elastic-ip")).containsExactly(second.allocation());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            Server.InsufficientInstanceCapacity | Server.InsufficientInstanceCapacity: no room | TRANSIENT
            Server.InternalError                | Internal error                               | TRANSIENT
            Client.InternalError                | Client.InternalError: Client error on launch | PERMANENT
            Client.VolumeLimitExceeded          | Volume limit exceeded                        | PERMANENT
            """)
    void theReasonOfAnEndIsOneLineAndItsAuthorDecidesWhetherItMayPass(String code, String text, FailureClass its) {
        Boot boot = new Boot(new Own<>(MachineKinds.ANY_INSTANCE, aws.account(), context, POLL), Duration.ofMinutes(1));
        assertThat(boot.ended(Instance.builder()
                        .instanceId("i-0123456789abcdef0")
                        .state(state -> state.name("terminated"))
                        .stateReason(reason -> reason.code(code).message(text))
                        .build()))
                .hasMessage("i-0123456789abcdef0 in account-a/eu-central-1 is terminated before it was ready: "
                        + (text.startsWith(code) ? text : code + ": " + text))
                .extracting(FailureClass::of)
                .isEqualTo(its);
    }

    @Test
    void aMachineWhoseChecksDoNotPassInTimeIsPermanentAndUndoTakesItAway() {
        Inventory before = aws.inventory();
        LaunchController slow = step.image(SLOW_IMAGE).readyWithin(Duration.ofSeconds(2));
        assertThatThrownBy(() -> slow.run(state, context).block(SOON))
                .hasMessageEndingWith(" has not passed its status checks within PT2S: runs, system check initializing,"
                        + " instance check initializing")
                .extracting(FailureClass::of)
                .isEqualTo(FailureClass.PERMANENT);
        assertThat(slow.reconcile(state, context).block(SOON))
                .asString()
                .contains("runs, system check initializing, instance check initializing");
        slow.undo(state, Found.absent(), context).block(SOON);
        assertThat(aws.inventory()).isEqualTo(before);
    }

    @Test
    void aMachineThatIsSeenFiveSecondsLaterIsWaitedFor() {
        try (TestAws slow = TestAws.start(settings -> settings.visibleAfter(Duration.ofSeconds(5)))) {
            State known = state(slow.publicNetwork());
            LaunchedController made = step(slow)
                    .run(known, context)
                    .retryWhen(Retry.fixedDelay(100, POLL)
                            .filter(failure -> FailureClass.of(failure) == FailureClass.NOT_YET_VISIBLE))
                    .block(SOON)
                    .get(CONTROLLER);
            assertThat(slow.inventory().ids("instance")).containsExactly(made.instance());
            step(slow).undo(known, Found.absent(), context).block(SOON);
            assertThat(slow.inventory().ids("instance")).isEmpty();
            assertThat(slow.inventory().ids("elastic-ip")).isEmpty();
        }
    }

    @Test
    void aGivenAddressAndInterfaceStayAsTheyWere() {
        String allocation = allocate();
        Inventory before = aws.inventory();
        LaunchController given = onGivenThings(allocation);
        LaunchedController made = given.run(state, context).block(SOON).get(CONTROLLER);
        assertThat(made.networkInterface()).isEqualTo(network.eni());
        assertThat(made.allocation()).isEqualTo(allocation);
        given.undo(state, Found.absent(), context).block(SOON);
        assertThat(aws.inventory()).isEqualTo(before);
    }

    @Test
    void anAssociationThatWasThereBeforeStays() {
        String allocation = allocate();
        aws.account()
                .ec2()
                .associateAddress(r -> r.allocationId(allocation).networkInterfaceId(network.eni()))
                .join();
        Inventory before = aws.inventory();
        LaunchController given = onGivenThings(allocation);
        given.run(state, context).block(SOON);
        given.undo(state, Found.absent(), context).block(SOON);
        assertThat(aws.inventory()).isEqualTo(before);
    }

    @Test
    void anAddressThatSomethingElseHasIsNotMoved() {
        String allocation = allocate();
        aws.account()
                .ec2()
                .associateAddress(r -> r.allocationId(allocation).networkInterfaceId(network.otherEni()))
                .join();
        assertThatThrownBy(() -> step.address(allocation).run(state, context).block(SOON))
                .hasMessageContaining(" is associated with " + network.otherEni() + " already; it is not moved to eni-")
                .extracting(FailureClass::of)
                .isEqualTo(FailureClass.PERMANENT);
    }

    @Test
    void theImageIsWhatAParameterHoldsOrTheNewestOfAName() {
        assertThat(imageOf(step.imageParameter("/aws/service/machines/latest"))).isEqualTo(NEW_IMAGE);
        assertThat(imageOf(step.newestImage("111122223333", "machine-*"))).isEqualTo(NEW_IMAGE);
        assertThatThrownBy(() -> imageOf(step.imageParameter("/aws/service/machines/note")))
                .hasMessage("parameter /aws/service/machines/note in account-a/eu-central-1 does not hold the id of an"
                        + " image");
        assertThatThrownBy(() -> imageOf(step.newestImage("self", "other-*")))
                .hasMessage("self has no available image whose name fits 'other-*' in account-a/eu-central-1");
    }

    private String imageOf(LaunchController variant) {
        TestContext fresh = TestContext.at("orders/launch").withRunId("run-" + System.nanoTime());
        LaunchedController made = variant.run(state, fresh).block(SOON).get(CONTROLLER);
        return describe(made.instance()).imageId();
    }

    @Test
    void theUserDataArrivesAndIsInNoMessage() {
        Key<Secret<String>> data = Key.of("user-data", new TypeRef<Secret<String>>() {});
        State known = state.with(data, Secret.of("password=canary-4711"));
        LaunchController secretive = step.userData(data);
        aws.faults().on("RunInstances").error("InvalidParameterValue", "Something is invalid.");
        assertThatThrownBy(() -> secretive.run(known, context).block(SOON)).satisfies(failure -> {
            for (Throwable each = failure; each != null; each = each.getCause()) {
                assertThat(each.toString()).doesNotContain("canary", encoded("password=canary-4711"));
            }
        });
        secretive.run(known, context).block(SOON);
        assertThat(aws.calls("RunInstances").get(1).request().form().get("UserData"))
                .containsExactly(encoded("password=canary-4711"));
    }

    @Test
    void thePreflightRefusesAnImageAKeyPairAndAPermissionThatAreNotThere() {
        step.preflight(state, context).block(SOON);
        step.preflight(State.empty(), context).block(SOON);
        assertThatThrownBy(() -> step.image("ami-00000000000000bad")
                        .preflight(State.empty(), context)
                        .block(SOON))
                .hasMessageContaining("InvalidAMIID.NotFound");
        assertThatThrownBy(() ->
                        step.keyName("nobody").preflight(State.empty(), context).block(SOON))
                .hasMessageContaining("InvalidKeyPair.NotFound");
        assertThat(aws.inventory().ids("instance")).isEmpty();
        try (TestAws poor = TestAws.start(
                settings -> settings.account("111122223333", "AKIATEST000000000001", "secret-of-111122223333")
                        .deny("111122223333", "RunInstances"))) {
            assertThatThrownBy(() -> step(poor).preflight(state, context).block(SOON))
                    .hasMessageContaining("the credentials lack the permission: UnauthorizedOperation");
        }
    }

    @Test
    void aMachineOfAnotherRunIsNotTouched() {
        LaunchedController made = step.run(state, context).block(SOON).get(CONTROLLER);
        Inventory before = aws.inventory();
        TestContext other = TestContext.at("orders/launch").withRunId("run-2");
        assertThat(step.reconcile(state, other).block(SOON)).isEqualTo(Found.absent());
        step.undo(state, Found.absent(), other).block(SOON);
        assertThat(aws.inventory()).isEqualTo(before);
        assertThat(describe(made.instance()).state().nameAsString()).isEqualTo("running");
    }

    private LaunchController onGivenThings(String allocation) {
        return LaunchController.in(aws.account())
                .image(TestAws.IMAGE)
                .instanceType("t3.medium")
                .networkInterface(network.eni())
                .address(allocation)
                .into(CONTROLLER)
                .pollEvery(POLL);
    }

    @Test
    void groupsForAGivenInterfaceAreRefusedSinceItHasItsOwn() {
        assertThatThrownBy(() -> step.networkInterface(network.eni())
                        .preflight(state, context)
                        .block(SOON))
                .hasMessage("a given network interface has its own groups and private address: leave out group(..) and"
                        + " privateIp(..)");
    }

    private void terminate(String instance) {
        aws.account().ec2().terminateInstances(r -> r.instanceIds(instance)).join();
    }

    private String allocate() {
        return aws.account().ec2().allocateAddress().join().allocationId();
    }

    private Instance describe(String id) {
        return aws.account()
                .ec2()
                .describeInstances(r -> r.instanceIds(id))
                .join()
                .reservations()
                .get(0)
                .instances()
                .get(0);
    }

    private static Tag tag(String key, String value) {
        return Tag.builder().key(key).value(value).build();
    }

    private static String encoded(String text) {
        return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }
}

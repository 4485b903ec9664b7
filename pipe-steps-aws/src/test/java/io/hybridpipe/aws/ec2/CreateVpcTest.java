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
import io.hybridpipe.net.Cidr;
import io.hybridpipe.retry.FailureClass;
import io.hybridpipe.test.StepContract;
import io.hybridpipe.test.TestContext;
import java.time.Duration;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.Timeout;
import software.amazon.awssdk.services.ec2.model.Tag;

@Timeout(180)
class CreateVpcTest {
    private static final Key<Cidr> BLOCK = Key.of("vpc-cidr", Cidr.class);
    private static final Key<String> VPC = Key.of("vpc", String.class);
    private static final State STATE = State.of(BLOCK, Cidr.of("10.1.0.0/16"));

    private final TestContext context = TestContext.at("orders/create-vpc").withRunId("run-1");
    private TestAws aws;
    private CreateVpc step;

    @BeforeEach
    void start() {
        aws = TestAws.start();
        step = CreateVpc.in(aws.account()).cidr(BLOCK).into(VPC).pollEvery(POLL);
    }

    @AfterEach
    void stop() {
        aws.close();
    }

    @TestFactory
    Stream<DynamicTest> keepsTheContractOfSteps() {
        return StepContract.of(step).state(STATE).inventory(aws::inventory).within(SOON).checks().stream()
                .map(check -> DynamicTest.dynamicTest(check.name(), check::run));
    }

    @Test
    void theVpcBearsPipeRunStepAndToken() {
        String vpc = step.run(STATE, context).block(SOON).get(VPC);
        assertThat(aws.account()
                        .ec2()
                        .describeVpcs(r -> r.vpcIds(vpc))
                        .join()
                        .vpcs()
                        .get(0)
                        .tags())
                .containsExactlyInAnyOrderElementsOf(context.tags().entrySet().stream()
                        .map(tag -> Tag.builder()
                                .key(tag.getKey())
                                .value(tag.getValue())
                                .build())
                        .toList());
        assertThat(context.made()).singleElement().satisfies(made -> {
            assertThat(made.kind()).isEqualTo("AWS::EC2::VPC");
            assertThat(made.id()).isEqualTo(vpc);
            assertThat(made.show()).contains("aws ec2 describe-vpcs --vpc-ids " + vpc + " --region eu-central-1");
        });
    }

    @Test
    void aVpcWhoseAnswerWasLostIsFoundAndGoneOnWith() {
        aws.faults().on("CreateVpc").dropAfter();
        assertThatThrownBy(() -> step.run(STATE, context).block(SOON))
                .extracting(FailureClass::of)
                .isEqualTo(FailureClass.UNKNOWN_OUTCOME);
        Found found = step.reconcile(STATE, context).block(SOON);
        Outputs again = step.run(STATE, context).block(SOON);
        assertThat(found).isEqualTo(Found.done(again));
        assertThat(aws.calls("CreateVpc")).hasSize(1);
    }

    @Test
    void aVpcThatIsNotSeenYetIsWaitedFor() {
        try (TestAws slow = TestAws.start(settings -> settings.visibleAfter(Duration.ofSeconds(30)))) {
            CreateVpc patient =
                    CreateVpc.in(slow.account()).cidr(BLOCK).into(VPC).pollEvery(POLL);
            String vpc = patient.run(STATE, context).block(SOON).get(VPC);
            assertThat(slow.account().ec2().describeVpcs().join().vpcs())
                    .anyMatch(seen -> seen.vpcId().equals(vpc));
        }
    }

    @Test
    void aLookThatFailsInPassingWhileItWaitsIsForgiven() {
        aws.faults().on("DescribeVpcs").nth(2).status(503);
        assertThat(step.run(STATE, context).block(SOON).get(VPC)).startsWith("vpc-");
    }

    @Test
    void aBlockThatEc2DoesNotTakeIsPermanentAndSaysWhy() {
        State tooLarge = State.of(BLOCK, Cidr.of("10.0.0.0/8"));
        assertThatThrownBy(() -> step.run(tooLarge, context).block(SOON))
                .hasMessageStartingWith("CreateVpc 10.0.0.0/8 in account-a/eu-central-1: InvalidVpc.Range: ")
                .extracting(FailureClass::of)
                .isEqualTo(FailureClass.PERMANENT);
    }

    @Test
    void aDryRunTellsBeforeTheRunThatThePermissionIsMissing() {
        step.preflight(STATE, context).block(SOON);
        try (TestAws poor = TestAws.start(
                settings -> settings.account("111122223333", "AKIATEST000000000001", "secret-of-111122223333")
                        .deny("111122223333", "CreateVpc"))) {
            CreateVpc forbidden =
                    CreateVpc.in(poor.account()).cidr(BLOCK).into(VPC).pollEvery(POLL);
            assertThatThrownBy(() -> forbidden.preflight(STATE, context).block(SOON))
                    .hasMessageContaining("the credentials lack the permission: UnauthorizedOperation");
        }
        assertThat(aws.inventory().ids("vpc")).isEmpty();
    }

    @Test
    void aVpcOfAnotherRunIsNotTouched() {
        step.run(STATE, context).block(SOON);
        TestContext other = TestContext.at("orders/create-vpc").withRunId("run-2");
        assertThat(step.reconcile(STATE, other).block(SOON)).isEqualTo(Found.absent());
        step.undo(STATE, Found.absent(), other).block(SOON);
        assertThat(aws.inventory().ids("vpc")).hasSize(1);
    }
}

// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.aws.cloudformation;

import static io.hybridpipe.aws.TestAws.POLL;
import static io.hybridpipe.aws.TestAws.SOON;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import io.hybridpipe.Found;
import io.hybridpipe.Input;
import io.hybridpipe.Key;
import io.hybridpipe.Outputs;
import io.hybridpipe.Pipe;
import io.hybridpipe.Run;
import io.hybridpipe.RunOptions;
import io.hybridpipe.Secret;
import io.hybridpipe.State;
import io.hybridpipe.TypeRef;
import io.hybridpipe.aws.TestAws;
import io.hybridpipe.event.RunReport;
import io.hybridpipe.net.Cidr;
import io.hybridpipe.retry.FailureClass;
import io.hybridpipe.retry.StepFailure;
import io.hybridpipe.sim.Fault;
import io.hybridpipe.sim.aws.Inventory;
import io.hybridpipe.test.TestContext;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import reactor.core.Disposable;
import reactor.core.publisher.Mono;
import software.amazon.awssdk.services.cloudformation.model.ChangeSetType;

class DeployStackTest {
    private static final Key<Cidr> CIDR = Key.of("vpc-cidr", Cidr.class);
    private static final Key<Cidr> SUBNET = Key.of("subnet-cidr", Cidr.class);
    private static final Key<String> VPC = Key.of("vpc", String.class);
    private static final Key<Cidr> ECHO = Key.of("echo", Cidr.class);
    private static final String TEMPLATE = """
            Parameters:
              VpcCidr: {Type: String}
              SubnetCidr: {Type: String}
            Resources:
              Vpc: {Type: AWS::EC2::VPC, Properties: {CidrBlock: !Ref VpcCidr}}
              Subnet: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Vpc, CidrBlock: !Ref SubnetCidr}}
              Table: {Type: AWS::EC2::RouteTable, Properties: {VpcId: !Ref Vpc}}
            Outputs:
              Vpc: {Value: !Ref Vpc}
              Echo: {Value: !Ref VpcCidr}
            """;
    private static final State INPUT = State.of(CIDR, Cidr.of("10.1.0.0/16")).with(SUBNET, Cidr.of("10.1.1.0/24"));
    private static final State BAD_INPUT = INPUT.with(SUBNET, Cidr.of("10.9.1.0/24"));

    private final TestContext context = TestContext.at("fednet/create-new-vpc").withRunId("run-1");
    private TestAws aws;
    private DeployStack step;

    @BeforeEach
    void start() {
        aws = TestAws.start();
        step = DeployStack.in(aws.account())
                .named("orders-vpc")
                .template(TEMPLATE)
                .parameter("VpcCidr", CIDR)
                .parameter("SubnetCidr", SUBNET)
                .output("Vpc", VPC)
                .output("Echo", ECHO, Cidr::of)
                .pollEvery(POLL);
    }

    @AfterEach
    void stop() {
        aws.close();
    }

    @Test
    void makesTheStackAndReadsItsOutputs() {
        assertThat(step.contract().reads()).isEqualTo(Set.of(CIDR, SUBNET));
        assertThat(step.contract().writes()).isEqualTo(Set.of(VPC, ECHO));
        Outputs made = step.run(INPUT, context).block(SOON);
        assertThat(made.get(ECHO)).isEqualTo(Cidr.of("10.1.0.0/16"));
        assertThat(aws.inventory().ids("vpc")).containsExactly(made.get(VPC));
        assertThat(context.progress())
                .last()
                .extracting(TestContext.Progress::done)
                .isEqualTo(3);
        assertThat(context.made()).singleElement().satisfies(stack -> {
            assertThat(stack.kind()).isEqualTo("AWS::CloudFormation::Stack");
            assertThat(stack.id()).startsWith("arn:aws:cloudformation:eu-central-1:");
            assertThat(stack.show())
                    .isEqualTo("aws cloudformation describe-stacks --stack-name orders-vpc --region eu-central-1");
        });
    }

    @Test
    void theStackBearsTheRunsTagsFromItsFirstMoment() {
        step.run(INPUT, context).block(SOON);
        var stack = aws.account()
                .cloudFormation()
                .describeStacks(r -> r.stackName("orders-vpc"))
                .join()
                .stacks()
                .get(0);
        assertThat(stack.tags())
                .anySatisfy(tag -> {
                    assertThat(tag.key()).isEqualTo("hybridpipe:token");
                    assertThat(tag.value()).isEqualTo(context.token());
                })
                .hasSize(4);
        assertThat(aws.calls("CreateChangeSet").get(0).wire())
                .contains("ChangeSetType=CREATE", "ClientToken=" + context.token());
        assertThat(aws.calls("ExecuteChangeSet").get(0).wire()).contains("ClientRequestToken=" + context.token());
    }

    @Test
    void aThrottledAttemptIsFollowedByOneThatSucceeds() {
        aws.faults().on("CreateChangeSet").times(2).error("Throttling", "Rate exceeded");
        assertThat(settle(INPUT).outcome()).isEqualTo(RunReport.Outcome.DONE);
        assertThat(aws.calls("CreateChangeSet")).hasSize(3);
    }

    @Test
    void aFailureNamesTheFirstResourceThatFailedAndWhyAndIsTakenBack() {
        RunReport report = settle(BAD_INPUT);
        assertThat(report.failure().orElseThrow().failureClass()).isEqualTo(FailureClass.PERMANENT);
        assertThat(report.failure().orElseThrow().message())
                .startsWith("stack orders-vpc in account-a/eu-central-1 failed (ROLLBACK_")
                .contains("Subnet (AWS::EC2::Subnet): ", "10.9.1.0/24");
        assertThat(report.outcome()).isEqualTo(RunReport.Outcome.UNDONE);
        assertThat(aws.inventory().isEmpty()).isTrue();
    }

    @Test
    void whenNoResourceFailedTheStacksOwnReasonIsSaid() {
        StepFailure failure =
                failure(step.template(TEMPLATE + "  Second: {Value: !Select [1, !Split ['|', !Ref Vpc]]}\n")
                        .run(INPUT, context));
        assertThat(failure)
                .hasMessageStartingWith("stack orders-vpc in account-a/eu-central-1 failed (ROLLBACK_")
                .hasMessageEndingWith(
                        "): Template error: Fn::Select cannot select nonexistent value at index 1. Rollback"
                                + " requested by user.");
    }

    @Test
    void whatAFailedAttemptLeftIsDeletedAndMadeAgain() {
        assertThat(failure(step.run(BAD_INPUT, context)).failureClass()).isEqualTo(FailureClass.PERMANENT);
        assertThat(step.reconcile(BAD_INPUT, context).block(SOON))
                .isEqualTo(Found.partly("stack orders-vpc is ROLLBACK_COMPLETE"));
        Outputs made = step.run(INPUT, context).block(SOON);
        assertThat(aws.inventory().ids("vpc")).containsExactly(made.get(VPC));
        assertThat(aws.calls("DeleteStack")).hasSize(1);
    }

    @Test
    void whatIsLeftFromBeforeAnUndoIsDeletedAndMadeAgain() {
        step.run(INPUT, context).block(SOON);
        TestContext later = context.withNextToken();
        assertThat(step.reconcile(INPUT, later).block(SOON)).isInstanceOf(Found.Partly.class);
        Outputs made = step.run(INPUT, later).block(SOON);
        assertThat(aws.inventory().ids("vpc")).containsExactly(made.get(VPC));
        assertThat(later.gone()).isEqualTo(context.made());
        assertThat(later.made()).hasSize(1).doesNotContainAnyElementsOf(context.made());
    }

    @Test
    void aStackThatSomebodyDeletedWhileTheRunWasDeadIsMadeAgain() {
        step.run(INPUT, context).block(SOON);
        DeleteStack.in(aws.account())
                .named("orders-vpc")
                .pollEvery(POLL)
                .run(State.empty(), TestContext.at("other/delete"))
                .block(SOON);
        TestContext resumed = context.withAttempt(2);
        assertThat(step.reconcile(INPUT, resumed).block(SOON)).isEqualTo(Found.absent());
        Outputs made = step.run(INPUT, resumed).block(SOON);
        assertThat(aws.inventory().ids("vpc")).containsExactly(made.get(VPC));
        assertThat(resumed.made()).hasSize(1).doesNotContainAnyElementsOf(context.made());
    }

    @Test
    void aStackThatGoesWhileItIsLookedAtIsSaidToBeGone() {
        step.run(INPUT, context).block(SOON);
        aws.account()
                .cloudFormation()
                .deleteStack(r -> r.stackName("orders-vpc"))
                .join();
        TestContext resumed = context.withAttempt(2);
        assertThat(step.reconcile(INPUT, resumed).block(SOON)).isEqualTo(Found.absent());
        assertThat(resumed.made()).isEmpty();
    }

    @Test
    void aStackOfSomebodyElseIsRefusedAndLeftAsItIs() {
        aws.account()
                .cloudFormation()
                .createStack(r -> r.stackName("orders-vpc").templateBody(MINIMAL))
                .join();
        Inventory before = aws.inventory();
        String refused = "stack orders-vpc exists already in account-a/eu-central-1 (CREATE_";
        assertThat(failure(step.preflight(INPUT, context)))
                .hasMessageStartingWith(refused)
                .hasMessageEndingWith(
                        ", not made by HybridPipe); it is left as it is: delete it or choose another name, or permit updating()");
        assertThat(failure(step.run(INPUT, context))).hasMessageStartingWith(refused);
        assertThat(step.reconcile(INPUT, context).block(SOON)).isEqualTo(Found.absent());
        step.undo(INPUT, Found.unknown("?"), context).block(SOON);
        assertThat(aws.inventory().ids("stack")).isEqualTo(before.ids("stack"));
        assertThat(aws.calls("DeleteStack")).isEmpty();
    }

    @Test
    void afterALostAnswerTheStackIsFoundWaitedForAndNotMadeTwice() {
        aws.faults().on("ExecuteChangeSet").dropAfter();
        assertThat(settle(INPUT).outcome()).isEqualTo(RunReport.Outcome.DONE);
        assertThat(aws.calls("ExecuteChangeSet")).hasSize(1);
        assertThat(aws.inventory().ids("vpc")).hasSize(1);
    }

    @Test
    void aStackThatOnlyWaitsForItsChangeSetAfterALostAnswerIsTakenBackAndMade() {
        aws.faults().on("CreateChangeSet").dropAfter();
        assertThat(settle(INPUT).outcome()).isEqualTo(RunReport.Outcome.DONE);
        assertThat(aws.inventory().ids("stack")).containsExactly("orders-vpc");
        assertThat(aws.calls("ExecuteChangeSet")).hasSize(1);
    }

    @Test
    void aStackThatWaitsForAChangeSetOfSomebodyElseIsNotTaken() {
        aws.account()
                .cloudFormation()
                .createChangeSet(r -> r.stackName("orders-vpc")
                        .changeSetName("by-hand")
                        .changeSetType(ChangeSetType.CREATE)
                        .templateBody(MINIMAL))
                .join();
        assertThat(failure(step.updating().run(INPUT, context)))
                .hasMessageContaining("(REVIEW_IN_PROGRESS, not made by HybridPipe); it is left as it is");
        step.updating().undo(INPUT, Found.unknown("?"), context).block(SOON);
        assertThat(aws.inventory().ids("stack")).containsExactly("orders-vpc");
    }

    @Test
    void aRequestThatNeverArrivedIsSentAgain() {
        aws.faults().on("CreateChangeSet").dropBefore();
        assertThat(settle(INPUT).outcome()).isEqualTo(RunReport.Outcome.DONE);
        assertThat(aws.calls("CreateChangeSet")).hasSize(2);
        assertThat(aws.inventory().ids("vpc")).hasSize(1);
    }

    @Test
    void anEarlierAttemptThatComesThroughLateDoesNotMakeASecondStack() {
        Fault held = aws.faults().on("CreateChangeSet").holdAfter();
        Fault unseen = aws.faults().on("DescribeStacks").error("ValidationError", "Stack with id x does not exist");
        var first = step.run(INPUT, context).toFuture();
        held.reached().orTimeout(60, SECONDS).join();
        first.cancel(true);
        held.release();
        unseen.remove();
        assertThat(step.run(INPUT, context).block(SOON).get(ECHO)).isEqualTo(Cidr.of("10.1.0.0/16"));
        assertThat(aws.calls("ExecuteChangeSet")).hasSize(1);
        assertThat(aws.inventory().ids("vpc")).hasSize(1);
    }

    @Test
    void aDroppedReadIsAskedAgainWithinTheAttempt() {
        aws.faults().on("DescribeStacks").nth(3).dropAfter();
        aws.faults().on("DescribeStackEvents").nth(2).status(503);
        aws.faults().on("DescribeChangeSet").nth(1).dropAfter();
        RunReport report = settle(INPUT);
        assertThat(report.outcome()).isEqualTo(RunReport.Outcome.DONE);
        assertThat(report.elements()).singleElement().satisfies(stack -> assertThat(stack.attempts())
                .isEqualTo(1));
        assertThat(aws.calls("CreateChangeSet")).hasSize(1);
    }

    @Test
    void cancelWhileTheStackIsMadeTakesItBack() {
        Fault held = aws.faults().on("CreateChangeSet").holdAfter();
        Run run = pipe().start(INPUT, RunOptions.ofDefaults().cancelGrace(Duration.ofMillis(50)));
        held.reached().orTimeout(60, SECONDS).join();
        run.cancel("enough");
        RunReport report = run.settled().block(SOON);
        held.release();
        assertThat(report.outcome()).isEqualTo(RunReport.Outcome.UNDONE);
        assertThat(aws.inventory().isEmpty()).isTrue();
    }

    @Test
    void aTimeoutWhileTheStackIsMadeLooksForItAndGoesOn() {
        Fault held = aws.faults().on("ExecuteChangeSet").holdAfter();
        Pipe slow = Pipe.named("p")
                .needs(CIDR, SUBNET)
                .step("stack", step, o -> o.withAttemptTimeout(Duration.ofSeconds(5))
                        .withVisibility(Duration.ZERO))
                .build();
        Run run = slow.start(INPUT, RunOptions.ofDefaults().cancelGrace(Duration.ofMillis(50)));
        RunReport report = run.settled().block(SOON);
        held.release();
        assertThat(report.outcome()).isEqualTo(RunReport.Outcome.DONE);
        assertThat(aws.calls("ExecuteChangeSet")).hasSize(1);
    }

    @Test
    void undoDeletesTheStackWaitsUntilItIsGoneAndMayBeCalledAgain() {
        Outputs made = step.run(INPUT, context).block(SOON);
        step.undo(INPUT, Found.done(made), context).block(SOON);
        assertThat(aws.inventory().isEmpty()).isTrue();
        assertThat(context.made()).isEmpty();
        assertThat(context.gone()).hasSize(1);
        step.undo(INPUT, Found.done(made), context).block(SOON);
        assertThat(aws.calls("DeleteStack")).hasSize(1);
    }

    @Test
    void aDeletionThatFailsNamesWhatHoldsItAndSucceedsWhenThatIsGone() {
        Outputs made = step.run(INPUT, context).block(SOON);
        var ec2 = aws.account().ec2();
        String subnet = aws.inventory().ids("subnet").iterator().next();
        String eni = ec2.createNetworkInterface(r -> r.subnetId(subnet))
                .join()
                .networkInterface()
                .networkInterfaceId();
        StepFailure failure = failure(step.undo(INPUT, Found.done(made), context));
        assertThat(failure.failureClass()).isEqualTo(FailureClass.TRANSIENT);
        assertThat(failure)
                .hasMessageStartingWith("stack orders-vpc in account-a/eu-central-1 cannot be deleted: ")
                .hasMessageContaining("Subnet (AWS::EC2::Subnet " + subnet + "): ");
        ec2.deleteNetworkInterface(r -> r.networkInterfaceId(eni)).join();
        step.undo(INPUT, Found.done(made), context).block(SOON);
        assertThat(aws.inventory().isEmpty()).isTrue();
    }

    @Test
    void eachSubscriptionIsAFreshRun() {
        Mono<Outputs> run = step.run(INPUT, context);
        assertThat(aws.sim().calls().all()).isEmpty();
        Outputs first = run.block(SOON);
        step.undo(INPUT, Found.done(first), context).block(SOON);
        Outputs second = step.run(INPUT, context.withNextToken()).block(SOON);
        assertThat(second.get(VPC)).isNotEqualTo(first.get(VPC));
        assertThat(step.run(INPUT, context.withNextToken()).block(SOON)).isEqualTo(second);
    }

    @Test
    void anOutputThatTheStackDoesNotHaveIsSaid() {
        assertThat(failure(step.output("Nope", Key.of("nope", String.class)).run(INPUT, context)))
                .hasMessage("stack orders-vpc in account-a/eu-central-1 has no output 'Nope', only [Echo, Vpc]");
    }

    @Test
    void anOutputThatCannotBeReadIsSaidButNotThatOfASecret() {
        Key<UUID> id = Key.of("id", UUID.class);
        assertThat(failure(step.output("Echo", id, UUID::fromString).run(INPUT, context)))
                .hasMessage("stack orders-vpc in account-a/eu-central-1: output 'Echo' cannot be read as 'id':"
                        + " Invalid UUID string: 10.1.0.0/16");
        assertThat(failure(step.output("Echo", id.secret(), UUID::fromString).run(INPUT, context)))
                .hasMessageEndingWith("output 'Echo' cannot be read as 'id': IllegalArgumentException");
    }

    @Test
    void parametersAreTextsListsAndRevealedSecrets() {
        String template = """
                Parameters: {Names: {Type: CommaDelimitedList}, Key: {Type: String, NoEcho: true}}
                Resources: {Vpc: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.1.0.0/16}}}
                Outputs: {Second: {Value: !Select [1, !Ref Names]}, Key: {Value: !Ref Key}}
                """;
        Key<String> second = Key.of("second", String.class);
        Key<Secret<String>> secret =
                Key.of("secret", new TypeRef<Secret<String>>() {}).secret();
        Outputs made = DeployStack.in(aws.account())
                .named("small")
                .template(template)
                .parameter("Names", Input.value(List.of("a", "b")))
                .parameter("Key", Input.value(Secret.of("canary")))
                .output("Second", second)
                .output("Key", secret, Secret::of)
                .pollEvery(POLL)
                .run(State.empty(), context)
                .block(SOON);
        assertThat(made.get(second)).isEqualTo("b");
        assertThat(made.get(secret).reveal()).isEqualTo("canary");
        assertThat(made.toString()).doesNotContain("canary");
    }

    @Test
    void preflightRefusesWhatCannotSucceed() {
        assertThat(failure(step.named("orders vpc").preflight(State.empty(), context)))
                .hasMessage("stack name 'orders vpc' must match [a-zA-Z][-a-zA-Z0-9]{0,127}");
        assertThat(failure(step.parameter("Vpccidr", "x").preflight(State.empty(), context)))
                .hasMessage("the template takes the parameters [SubnetCidr, VpcCidr]; it does not know [Vpccidr]");
        assertThat(failure(DeployStack.in(aws.account())
                        .named("a")
                        .template(TEMPLATE)
                        .parameter("VpcCidr", CIDR)
                        .preflight(State.empty(), context)))
                .hasMessage(
                        "the template takes the parameters [SubnetCidr, VpcCidr]; no value is given for [SubnetCidr]");
        assertThat(failure(step.template("{{{").preflight(State.empty(), context)))
                .hasMessageStartingWith("ValidateTemplate in account-a/eu-central-1: ValidationError: ");
        assertThat(failure(step.template("x".repeat(51_201)).preflight(State.empty(), context)))
                .hasMessage("the template has 51201 bytes, CloudFormation takes at most 51200 in a request");
        assertThat(failure(DeployStack.in(aws.account()).named("a").preflight(State.empty(), context)))
                .hasMessage("the stack has no template: call template(..)");
        assertThat(aws.inventory().isEmpty()).isTrue();
        step.preflight(State.empty(), context).block(SOON);
    }

    @Test
    void preflightRefusesCredentialsThatAwsDoesNotKnow() {
        DeployStack unknown = DeployStack.in(aws.account("AKIAUNKNOWN000000000", "secret-of-nobody"))
                .named("a")
                .template(MINIMAL);
        assertThat(failure(unknown.preflight(State.empty(), context)))
                .hasMessageStartingWith("GetCallerIdentity in account-a/eu-central-1: AWS does not know these"
                        + " credentials: InvalidClientTokenId")
                .hasMessageNotContaining("secret-of-nobody");
    }

    @Test
    void aDeletionWhoseProcessDiedIsGoneOnWithByAFreshInstanceAndNotAskedForAgain() {
        step.run(INPUT, context).block(SOON);
        TestContext dying = TestContext.at("other/delete").holdingTheAnswerOf(1);
        Disposable process = newDeletion().run(State.empty(), dying).subscribe(done -> {}, failure -> {});
        dying.held().block(SOON);
        dying.stop();
        process.dispose();
        TestContext resumed = TestContext.at("other/delete").withAttempt(2);
        Found found = newDeletion().reconcile(State.empty(), resumed).block(SOON);
        if (!(found instanceof Found.Done)) {
            assertThat(found).isEqualTo(Found.absent());
            newDeletion().run(State.empty(), resumed).block(SOON);
        }
        assertThat(aws.inventory().isEmpty()).isTrue();
        assertThat(aws.calls("DeleteStack")).hasSize(1);
    }

    private DeleteStack newDeletion() {
        return DeleteStack.in(aws.account()).named("orders-vpc").pollEvery(POLL);
    }

    @Test
    void deleteStackDeletesAnyStackAndIsDoneWhenThereIsNone() {
        step.run(INPUT, context).block(SOON);
        TestContext other = TestContext.at("clean/delete").withRunId("run-2");
        DeleteStack delete = DeleteStack.in(aws.account()).named("orders-vpc").pollEvery(POLL);
        assertThat(delete.reconcile(State.empty(), other).block(SOON)).isEqualTo(Found.absent());
        delete.run(State.empty(), other).block(SOON);
        assertThat(aws.inventory().isEmpty()).isTrue();
        assertThat(delete.reconcile(State.empty(), other).block(SOON)).isEqualTo(Found.done(Outputs.none()));
        assertThat(delete.run(State.empty(), other).block(SOON)).isEqualTo(Outputs.none());
        assertThat(aws.calls("DeleteStack")).hasSize(1);
    }

    private static final String MINIMAL =
            "Resources: {Vpc: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.8.0.0/16}}}";

    private RunReport settle(State input) {
        return pipe().start(input, RunOptions.ofDefaults()).settled().block(SOON);
    }

    private Pipe pipe() {
        return Pipe.named("p")
                .needs(CIDR, SUBNET)
                .step("stack", step, o -> o.withVisibility(Duration.ZERO))
                .build();
    }

    private static StepFailure failure(Mono<?> failing) {
        return failing.map(done -> StepFailure.permanent("no failure"))
                .defaultIfEmpty(StepFailure.permanent("no failure"))
                .onErrorResume(StepFailure.class, Mono::just)
                .block(SOON);
    }
}

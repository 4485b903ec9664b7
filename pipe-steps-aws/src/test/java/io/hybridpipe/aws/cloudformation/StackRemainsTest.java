// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.aws.cloudformation;

import static io.hybridpipe.aws.TestAws.POLL;
import static io.hybridpipe.aws.TestAws.SOON;
import static org.assertj.core.api.Assertions.assertThat;

import io.hybridpipe.Found;
import io.hybridpipe.Outputs;
import io.hybridpipe.Pipe;
import io.hybridpipe.RunOptions;
import io.hybridpipe.State;
import io.hybridpipe.Step;
import io.hybridpipe.StepOptions;
import io.hybridpipe.aws.TestAws;
import io.hybridpipe.event.Resource;
import io.hybridpipe.event.RunReport;
import io.hybridpipe.retry.StepFailure;
import io.hybridpipe.test.TestContext;
import java.time.Duration;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;
import software.amazon.awssdk.services.cloudformation.model.ChangeSetType;
import software.amazon.awssdk.services.cloudformation.model.DescribeChangeSetResponse;
import software.amazon.awssdk.services.cloudformation.model.Tag;

/** What is left of a stack that is deleted, and who says so. */
@Timeout(180)
class StackRemainsTest {
    private static final String RETAINING = """
            Resources:
              Vpc: {Type: AWS::EC2::VPC, DeletionPolicy: Retain, Properties: {CidrBlock: 10.1.0.0/16}}
              Table: {Type: AWS::EC2::RouteTable, Properties: {VpcId: !Ref Vpc}}
            """;
    private static final String PLAIN = """
            Resources:
              Vpc: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.1.0.0/16}}
              Subnet: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Vpc, CidrBlock: 10.1.1.0/24}}
            """;

    private TestAws aws;

    @BeforeEach
    void start() {
        aws = TestAws.start();
    }

    @AfterEach
    void stop() {
        aws.close();
    }

    @Test
    void whatADeletedStackRetainsIsListedAmongTheResourcesThatAreThere() {
        deploy(RETAINING);
        String vpc = id("vpc");
        RunReport report = settle(pipe("delete", delete(), o -> o));
        assertThat(report.outcome()).isEqualTo(RunReport.Outcome.DONE);
        assertThat(report.made()).singleElement().satisfies(left -> {
            assertThat(left.kind()).isEqualTo("AWS::EC2::VPC");
            assertThat(left.id()).isEqualTo(vpc);
            assertThat(left.show())
                    .isEqualTo("aws cloudcontrol get-resource --type-name AWS::EC2::VPC --identifier " + vpc
                            + " --region eu-central-1");
        });
        assertThat(aws.inventory().ids("stack")).isEmpty();
    }

    @Test
    void whatHoldsADeletionIsNamedAndListed() {
        deploy(PLAIN);
        String subnet = id("subnet");
        hold(subnet);
        RunReport report = settle(pipe("delete", delete(), StackRemainsTest::once));
        assertThat(report.outcome()).isNotEqualTo(RunReport.Outcome.DONE);
        assertThat(report.failure().orElseThrow().message())
                .startsWith(
                        "stack web in account-a/eu-central-1 cannot be deleted: Subnet (AWS::EC2::Subnet " + subnet);
        assertThat(report.made()).extracting(Resource::id).contains(subnet);
    }

    @Test
    void whatIsDeletedAtLastIsGone() {
        deploy(PLAIN);
        String eni = hold(id("subnet"));
        TestContext context = TestContext.at("clean/delete");
        delete().run(State.empty(), context).onErrorComplete().as(failing -> failing.block(SOON));
        assertThat(context.made()).isNotEmpty();
        aws.account()
                .ec2()
                .deleteNetworkInterface(r -> r.networkInterfaceId(eni))
                .join();
        TestContext later = context.withAttempt(2);
        delete().run(State.empty(), later).block(SOON);
        assertThat(later.madeBefore()).isEmpty();
        assertThat(aws.inventory().isEmpty()).isTrue();
    }

    @Test
    void whatADeletedStackRetainsIsToldThoughTheFirstLookAtItsEventsFails() {
        deploy(RETAINING);
        aws.faults().on("DescribeStackEvents").nth(1).status(503);
        TestContext context = TestContext.at("clean/delete");
        delete().run(State.empty(), context).block(SOON);
        assertThat(context.made()).singleElement().extracting(Resource::id).isEqualTo(id("vpc"));
    }

    @Test
    void aLaterTryTellsWhatIsRetainedThoughTheStackIsGone() {
        deploy(RETAINING);
        TestContext context = unableToTell();
        assertThat(aws.inventory().ids("stack")).isEmpty();
        assertThat(context.made()).singleElement().extracting(Resource::kind).isEqualTo(StackCalls.KIND);
        TestContext looking = context.afterwards();
        assertThat(delete().reconcile(State.empty(), looking).block(SOON)).isEqualTo(Found.done(Outputs.none()));
        assertThat(looking.madeBefore())
                .singleElement()
                .extracting(Resource::id)
                .isEqualTo(id("vpc"));
        TestContext later = context.withAttempt(2);
        delete().run(State.empty(), later).block(SOON);
        assertThat(later.madeBefore()).singleElement().extracting(Resource::id).isEqualTo(id("vpc"));
    }

    @Test
    void aLaterUndoFailsForWhatIsRetainedThoughTheStackIsGone() {
        TestContext context = TestContext.at("net/stack").withRunId("run-1");
        step(RETAINING).run(State.empty(), context).block(SOON);
        aws.faults().on("DescribeStackEvents").nth(1).error("AccessDenied", "not you");
        step(RETAINING)
                .undo(State.empty(), Found.done(Outputs.none()), context)
                .onErrorComplete()
                .block(SOON);
        StepVerifier.create(step(RETAINING).undo(State.empty(), Found.done(Outputs.none()), context))
                .expectErrorMessage("stack web in account-a/eu-central-1 is deleted, but its template retains"
                        + " AWS::EC2::VPC " + id("vpc"))
                .verify(SOON);
    }

    @Test
    void aLaterTryLeavesAnotherStackThatGotTheNameMeanwhile() {
        deploy(PLAIN);
        TestContext context = unableToTell();
        deploy(PLAIN);
        String vpc = id("vpc");
        assertThat(delete().reconcile(State.empty(), context.afterwards()).block(SOON))
                .isEqualTo(Found.done(Outputs.none()));
        delete().run(State.empty(), context.withAttempt(2)).block(SOON);
        assertThat(aws.inventory().ids("stack")).containsExactly("web");
        assertThat(id("vpc")).isEqualTo(vpc);
    }

    /** What a try has said that deleted the stack and could say no more. */
    private TestContext unableToTell() {
        aws.faults().on("DescribeStackEvents").nth(1).error("AccessDenied", "not you");
        TestContext context = TestContext.at("clean/delete");
        StepVerifier.create(delete().run(State.empty(), context))
                .expectError(StepFailure.class)
                .verify(SOON);
        return context;
    }

    @Test
    void ofTwoRunsThatBeganTheSameStackTheLastUndoDeletesIt() {
        TestContext one = TestContext.at("net/stack").withRunId("run-1");
        TestContext other = one.withRunId("run-2");
        aws.faults().on("ExecuteChangeSet").nth(1).error("AccessDenied", "not you");
        step(PLAIN).run(State.empty(), one).onErrorComplete().block(SOON);
        String set = aws.account()
                .cloudFormation()
                .createChangeSet(r -> r.stackName("web")
                        .changeSetName(ChangeSets.name(other.token()))
                        .changeSetType(ChangeSetType.CREATE)
                        .templateBody(PLAIN)
                        .tags(other.tags().entrySet().stream()
                                .map(tag -> Tag.builder()
                                        .key(tag.getKey())
                                        .value(tag.getValue())
                                        .build())
                                .toList()))
                .join()
                .id();
        Mono.fromFuture(() -> aws.account().cloudFormation().describeChangeSet(r -> r.changeSetName(set)))
                .map(DescribeChangeSetResponse::statusAsString)
                .filter("CREATE_COMPLETE"::equals)
                .repeatWhenEmpty(again -> again.delayElements(POLL))
                .block(SOON);
        assertThat(step(PLAIN).reconcile(State.empty(), one).block(SOON)).isInstanceOf(Found.Partly.class);
        step(PLAIN).undo(State.empty(), Found.unknown("?"), one).block(SOON);
        assertThat(aws.inventory().ids("stack")).containsExactly("web");
        assertThat(one.made()).isEmpty();
        step(PLAIN).undo(State.empty(), Found.unknown("?"), other).block(SOON);
        assertThat(aws.inventory().isEmpty()).isTrue();
    }

    @Test
    void aStackMayTakeAsLongAsItIsGiven() {
        assertThat(step(PLAIN).within(Duration.ofHours(2)).options().stepTimeout())
                .isEqualTo(Duration.ofHours(3));
    }

    @Test
    void whatAnUndoneStackRetainsIsLeftOver() {
        RunReport report = Pipe.named("p")
                .step("stack", step(RETAINING))
                .step("fail", Step.reading().withoutEffect().as((state, context) -> {
                    throw new IllegalStateException("no luck");
                }))
                .build()
                .start(State.empty(), RunOptions.ofDefaults())
                .settled()
                .block(SOON);
        assertThat(report.outcome()).isEqualTo(RunReport.Outcome.LEFT_OVERS);
        assertThat(report.leftovers()).singleElement().satisfies(left -> {
            assertThat(left.why())
                    .isEqualTo("stack web in account-a/eu-central-1 is deleted, but its template retains AWS::EC2::VPC "
                            + id("vpc"));
            assertThat(left.resources())
                    .singleElement()
                    .extracting(Resource::id)
                    .isEqualTo(id("vpc"));
        });
    }

    private DeployStack step(String template) {
        return DeployStack.in(aws.account()).named("web").template(template).pollEvery(POLL);
    }

    private void deploy(String template) {
        step(template)
                .run(State.empty(), TestContext.at("net/stack").withRunId("earlier"))
                .block(SOON);
    }

    private DeleteStack delete() {
        return DeleteStack.in(aws.account()).named("web").pollEvery(POLL);
    }

    private String hold(String subnet) {
        return aws.account()
                .ec2()
                .createNetworkInterface(r -> r.subnetId(subnet))
                .join()
                .networkInterface()
                .networkInterfaceId();
    }

    private String id(String kind) {
        return aws.inventory().ids(kind).iterator().next();
    }

    private static StepOptions once(StepOptions options) {
        return options.withVisibility(Duration.ZERO).withMaxAttempts(1);
    }

    private static Pipe pipe(String name, Step step, UnaryOperator<StepOptions> options) {
        return Pipe.named("p").step(name, step, options).build();
    }

    private static RunReport settle(Pipe pipe) {
        return pipe.start(State.empty(), RunOptions.ofDefaults()).settled().block(SOON);
    }
}

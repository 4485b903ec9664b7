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
import io.hybridpipe.aws.TestAws;
import io.hybridpipe.aws.ec2.CreateVpc;
import io.hybridpipe.event.RunReport;
import io.hybridpipe.net.Cidr;
import io.hybridpipe.retry.FailureClass;
import io.hybridpipe.retry.StepFailure;
import io.hybridpipe.sim.SimResponse;
import io.hybridpipe.test.TestContext;
import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/** What a stack's failure says, and what is there afterwards. */
@Timeout(180)
class StackFailureTest {
    private static final String THIRD_FAILS = """
            Resources:
              Vpc: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.1.0.0/16}}
              Inside: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Vpc, CidrBlock: 10.1.1.0/24}}
              Outside:
                Type: AWS::EC2::Subnet
                DependsOn: Inside
                Properties: {VpcId: !Ref Vpc, CidrBlock: 10.9.1.0/24}
              Table: {Type: AWS::EC2::RouteTable, DependsOn: Outside, Properties: {VpcId: !Ref Vpc}}
            """;
    private static final String GOOD = THIRD_FAILS.replace("10.9.1.0", "10.1.2.0");
    private static final String GROUP = """
            Parameters: {Port: {Type: Number, Default: 443}}
            Resources:
              Vpc: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.1.0.0/16}}
              Web:
                Type: AWS::EC2::SecurityGroup
                Properties:
                  GroupDescription: web
                  VpcId: !Ref Vpc
                  SecurityGroupIngress: [{IpProtocol: tcp, FromPort: !Ref Port, ToPort: !Ref Port, CidrIp: 10.0.0.0/8}]
            Outputs: {Group: {Value: !Ref Web}}
            """;

    private final TestContext context = TestContext.at("net/stack").withRunId("run-1");
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
    void aStackWhoseThirdResourceFailsIsGoneAndSoIsAllElseOfTheRun() {
        RunReport report = Pipe.named("net")
                .step(
                        "vpc",
                        CreateVpc.in(aws.account()).cidr(Cidr.of("10.7.0.0/16")).pollEvery(POLL))
                .step("stack", step(THIRD_FAILS))
                .build()
                .start(State.empty(), RunOptions.ofDefaults())
                .settled()
                .block(SOON);
        assertThat(report.outcome()).isEqualTo(RunReport.Outcome.UNDONE);
        RunReport.FailureReport failure = report.failure().orElseThrow();
        assertThat(failure.path()).hasToString("net/stack");
        assertThat(failure.failureClass()).isEqualTo(FailureClass.PERMANENT);
        assertThat(failure.message())
                .startsWith("stack web in account-a/eu-central-1 failed (ROLLBACK_")
                .contains("): Outside (AWS::EC2::Subnet): ", "10.9.1.0/24");
        assertThat(report.made()).isEmpty();
        assertThat(report.leftovers()).isEmpty();
        assertThat(aws.inventory().isEmpty()).isTrue();
    }

    @Test
    void theFirstResourceThatFailedIsNamedThoughALookAtTheEventsFails() {
        DeployStack update = step(GROUP).updating();
        update.run(State.empty(), TestContext.at("other/stack").withRunId("run-0"))
                .block(SOON);
        aws.faults()
                .on(call -> call.action().equals("DescribeStackEvents") && status().equals("UPDATE_ROLLBACK_COMPLETE"))
                .times(2)
                .status(503);
        assertThat(failure(update.parameter("Port", "70000").run(State.empty(), context)))
                .hasMessageStartingWith("stack web in account-a/eu-central-1 failed (UPDATE_ROLLBACK_COMPLETE): Web");
    }

    @Test
    void aStackThatSomebodyFailedToMakeIsMadeAgainAndTheProgressSaysSo() {
        failure(step(THIRD_FAILS)
                .run(State.empty(), TestContext.at("other/stack").withRunId("run-0")));
        await("ROLLBACK_COMPLETE");
        step(GOOD).preflight(State.empty(), context).block(SOON);
        step(GOOD).run(State.empty(), context).block(SOON);
        assertThat(context.progress())
                .extracting(TestContext.Progress::text)
                .contains(
                        "stack web, made by other/stack of run run-0, could not be made and holds nothing: it is deleted"
                                + " and made again");
        assertThat(status()).isEqualTo("CREATE_COMPLETE");
        assertThat(aws.inventory().ids("vpc")).hasSize(1);
    }

    @Test
    void aTemporaryStackLeavesWhatSomebodyFailedToMakeAsItIs() {
        failure(step(THIRD_FAILS)
                .run(State.empty(), TestContext.at("other/stack").withRunId("run-0")));
        await("ROLLBACK_COMPLETE");
        TemporaryStack scope =
                TemporaryStack.in(aws.account()).named("web").template(GOOD).pollEvery(POLL);
        assertThat(failure(scope.open(State.empty(), context)))
                .hasMessage(
                        "stack web exists already in account-a/eu-central-1 (ROLLBACK_COMPLETE, made by other/stack of"
                                + " run run-0); it is left as it is: delete it or choose another name");
        assertThat(status()).isEqualTo("ROLLBACK_COMPLETE");
    }

    @Test
    void anUpdateThatCannotBeRolledBackIsExplainedAndLeft() {
        Outputs made = step(GROUP)
                .run(State.empty(), TestContext.at("other/stack").withRunId("run-0"))
                .block(SOON);
        assertThat(made).isEqualTo(Outputs.none());
        String group = stackOutput();
        aws.account().ec2().deleteSecurityGroup(r -> r.groupId(group)).join();
        DeployStack update = step(GROUP).parameter("Port", "8443").updating();
        String explained = "stack web in account-a/eu-central-1 failed and could not be rolled back"
                + " (UPDATE_ROLLBACK_FAILED): Web (AWS::EC2::SecurityGroup " + group + "): ";
        String howToGoOn =
                "; mend what is in the way, then: aws cloudformation continue-update-rollback --stack-name web"
                        + " --region eu-central-1";
        StepFailure failure = failure(update.run(State.empty(), context));
        assertThat(failure.failureClass()).isEqualTo(FailureClass.PERMANENT);
        assertThat(failure)
                .hasMessageStartingWith(explained)
                .hasMessageContaining("; what failed first: Web (AWS::EC2::SecurityGroup " + group + "): ")
                .hasMessageEndingWith(howToGoOn);
        assertThat(update.reconcile(State.empty(), context).block(SOON))
                .isEqualTo(Found.partly("stack web is UPDATE_ROLLBACK_FAILED"));
        assertThat(failure(update.undo(State.empty(), Found.unknown("?"), context)))
                .hasMessageStartingWith(explained);
        // whoever comes next is told before anything is done
        TestContext next = TestContext.at("next/stack").withRunId("run-2");
        assertThat(failure(update.preflight(State.empty(), next))).hasMessageEndingWith(howToGoOn);
        assertThat(failure(update.run(State.empty(), next))).hasMessageStartingWith(explained);
        assertThat(status()).isEqualTo("UPDATE_ROLLBACK_FAILED");
    }

    @Test
    void ofANestedStackTheResourceInsideIsNamedAndNotTheSiblingsThatWereCancelled() {
        String nested = "arn:aws:cloudformation:eu-central-1:111122223333:stack/web-Net/1";
        String parent = "arn:aws:cloudformation:eu-central-1:111122223333:stack/web/2";
        events(
                "stack/web/",
                List.of(
                        event(
                                parent,
                                "web",
                                parent,
                                "AWS::CloudFormation::Stack",
                                "ROLLBACK_IN_PROGRESS",
                                "[Net, Other]"),
                        event(
                                parent,
                                "Net",
                                nested,
                                "AWS::CloudFormation::Stack",
                                "CREATE_FAILED",
                                "Embedded stack failed"),
                        event(parent, "Other", "", "AWS::EC2::VPC", "CREATE_FAILED", "Resource creation cancelled"),
                        event(parent, "web", parent, "AWS::CloudFormation::Stack", "CREATE_IN_PROGRESS", "")));
        events(
                "stack/web-Net/",
                List.of(
                        event(nested, "web-Net", nested, "AWS::CloudFormation::Stack", "DELETE_IN_PROGRESS", ""),
                        event(nested, "Sub", "", "AWS::EC2::Subnet", "CREATE_FAILED", "no room"),
                        event(nested, "web-Net", nested, "AWS::CloudFormation::Stack", "CREATE_IN_PROGRESS", "")));
        assertThat(failure(step(THIRD_FAILS).run(State.empty(), context)))
                .hasMessageEndingWith("): Net/Sub (AWS::EC2::Subnet): no room");
    }

    @Test
    void aWaitThatLastsTooLongEndsAndSaysHowFarItCame() {
        StepFailure failure = failure(
                step(GOOD).creatingDirectly().within(Duration.ofNanos(1)).run(State.empty(), context));
        assertThat(failure.failureClass()).isEqualTo(FailureClass.PERMANENT);
        assertThat(failure).hasMessageMatching("stack web in account-a/eu-central-1 is .* after PT0\\.000000001S");
    }

    private DeployStack step(String template) {
        return DeployStack.in(aws.account()).named("web").template(template).pollEvery(POLL);
    }

    private void events(String of, List<String> newestFirst) {
        String body = "<DescribeStackEventsResponse xmlns=\"http://cloudformation.amazonaws.com/doc/2010-05-15/\">"
                + "<DescribeStackEventsResult><StackEvents>" + String.join("", newestFirst)
                + "</StackEvents></DescribeStackEventsResult></DescribeStackEventsResponse>";
        aws.faults()
                .on(call -> call.action().equals("DescribeStackEvents")
                        && call.wire().replace("%2F", "/").contains(of))
                .always()
                .answer(SimResponse.xml(200, body));
    }

    private static String event(
            String stack, String logicalId, String physicalId, String type, String status, String reason) {
        return List.of(
                        List.of("EventId", logicalId + status),
                        List.of("StackId", stack),
                        List.of("LogicalResourceId", logicalId),
                        List.of("PhysicalResourceId", physicalId),
                        List.of("ResourceType", type),
                        List.of("ResourceStatus", status),
                        List.of("ResourceStatusReason", reason))
                .stream()
                .map(field -> "<" + field.get(0) + ">" + field.get(1) + "</" + field.get(0) + ">")
                .collect(Collectors.joining("", "<member>", "</member>"));
    }

    private String stackOutput() {
        return aws.account()
                .cloudFormation()
                .describeStacks(r -> r.stackName("web"))
                .join()
                .stacks()
                .get(0)
                .outputs()
                .get(0)
                .outputValue();
    }

    private void await(String status) {
        Mono.fromSupplier(this::status)
                .subscribeOn(Schedulers.boundedElastic())
                .filter(status::equals)
                .repeatWhenEmpty(again -> again.delayElements(POLL))
                .block(SOON);
    }

    private String status() {
        return aws.account()
                .cloudFormation()
                .describeStacks(r -> r.stackName("web"))
                .join()
                .stacks()
                .get(0)
                .stackStatusAsString();
    }

    private static StepFailure failure(Mono<?> failing) {
        return failing.map(done -> StepFailure.permanent("no failure"))
                .defaultIfEmpty(StepFailure.permanent("no failure"))
                .onErrorResume(StepFailure.class, Mono::just)
                .block(SOON);
    }
}

// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.aws.cloudformation;

import static io.hybridpipe.aws.TestAws.POLL;
import static io.hybridpipe.aws.TestAws.SOON;
import static org.assertj.core.api.Assertions.assertThat;

import io.hybridpipe.Found;
import io.hybridpipe.Input;
import io.hybridpipe.Key;
import io.hybridpipe.Outputs;
import io.hybridpipe.Pipe;
import io.hybridpipe.RunOptions;
import io.hybridpipe.Secret;
import io.hybridpipe.State;
import io.hybridpipe.Step;
import io.hybridpipe.aws.AwsAccount;
import io.hybridpipe.aws.TestAws;
import io.hybridpipe.event.Resource;
import io.hybridpipe.event.RunReport;
import io.hybridpipe.retry.FailureClass;
import io.hybridpipe.retry.StepFailure;
import io.hybridpipe.sim.SimResponse;
import io.hybridpipe.test.ResumeContract;
import io.hybridpipe.test.StepContract;
import io.hybridpipe.test.TestContext;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.Timeout;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;
import software.amazon.awssdk.services.cloudformation.model.Parameter;
import software.amazon.awssdk.services.cloudformation.model.Stack;
import software.amazon.awssdk.services.cloudformation.model.StackEvent;
import software.amazon.awssdk.services.cloudformation.model.Tag;

/** A stack that somebody else made, updated and brought back. */
@Timeout(180)
class StackUpdateTest {
    private static final Key<String> GROUP = Key.of("group", String.class);
    private static final String TEMPLATE = """
            Parameters:
              Port: {Type: Number, Default: 443}
              Word: {Type: String, NoEcho: true, Default: none}
            Resources:
              Vpc: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.1.0.0/16}}
              Web:
                Type: AWS::EC2::SecurityGroup
                Properties:
                  GroupDescription: web
                  VpcId: !Ref Vpc
                  SecurityGroupIngress: [{IpProtocol: tcp, FromPort: !Ref Port, ToPort: !Ref Port, CidrIp: 10.0.0.0/8}]
            Outputs:
              Group: {Value: !Ref Web}
            """;
    private static final String WIDER = TEMPLATE.replace(
            "Outputs:", "  Table: {Type: AWS::EC2::RouteTable, Properties: {VpcId: !Ref Vpc}}\nOutputs:");

    private final List<AwsAccount> handles = new ArrayList<>();
    private final TestContext context = TestContext.at("fednet/update").withRunId("run-1");
    private TestAws aws;
    private DeployStack step;

    @BeforeEach
    void start() {
        aws = TestAws.start();
        step = update(aws.account());
        byHand();
    }

    @AfterEach
    void stop() {
        handles.forEach(AwsAccount::close);
        aws.close();
    }

    private static DeployStack update(AwsAccount account) {
        return DeployStack.in(account)
                .named("web")
                .template(WIDER)
                .parameter("Port", "8443")
                .tag("Stage", "test")
                .output("Group", GROUP)
                .updating()
                .pollEvery(POLL);
    }

    @Test
    void aStackOfSomebodyElseIsUpdatedAndKeepsItsTags() {
        String group = ids("security-group").get(0);
        Outputs outputs = step.run(State.empty(), context).block(SOON);
        assertThat(outputs.get(GROUP)).isIn(ids("security-group"));
        assertThat(group).isIn(ids("security-group"));
        assertThat(ids("route-table")).hasSize(2);
        assertThat(stack().stackStatusAsString()).isEqualTo("UPDATE_COMPLETE");
        assertThat(tags()).isEqualTo(Map.of("Team", "web", "Stage", "test"));
        assertThat(context.progress()).last().satisfies(told -> {
            assertThat(told.done()).isEqualTo(told.total());
            assertThat(told.total()).isGreaterThan(1);
        });
        assertThat(context.made())
                .singleElement()
                .extracting(Resource::kind)
                .isEqualTo("AWS::CloudFormation::ChangeSet");
    }

    @Test
    void undoBringsBackTemplateParametersAndTagsAndMayBeCalledAgain() {
        String before = world();
        Outputs outputs = step.run(State.empty(), context).block(SOON);
        assertThat(world()).isNotEqualTo(before);
        step.undo(State.empty(), Found.done(outputs), context).block(SOON);
        assertThat(world()).isEqualTo(before);
        assertThat(context.made()).isEmpty();
        int changes = context.mutations();
        step.undo(State.empty(), Found.done(outputs), context).block(SOON);
        assertThat(context.mutations()).isEqualTo(changes);
    }

    @Test
    void aLateViewOfTheStackAfterTheExecutionIsNotTakenForItsEnd() {
        String id = stack().stackId();
        StackEvent created = aws.account()
                .cloudFormation()
                .describeStackEvents(r -> r.stackName("web"))
                .join()
                .stackEvents()
                .get(0);
        assertThat(StackEvents.token(created)).isEmpty();
        late(
                "DescribeStacks",
                "<Stacks><member><StackName>web</StackName><StackId>" + id
                        + "</StackId><CreationTime>2026-01-01T00:00:00Z</CreationTime><StackStatus>UPDATE_COMPLETE</StackStatus>"
                        + "</member></Stacks>");
        late(
                "DescribeStackEvents",
                "<StackEvents><member><EventId>" + created.eventId() + "</EventId><StackId>" + id
                        + "</StackId><PhysicalResourceId>" + id
                        + "</PhysicalResourceId><ResourceStatus>CREATE_COMPLETE</ResourceStatus></member></StackEvents>");
        Outputs outputs = step.run(State.empty(), context).block(SOON);
        assertThat(outputs.get(GROUP)).isIn(ids("security-group"));
        assertThat(stack().stackStatusAsString()).isEqualTo("UPDATE_COMPLETE");
    }

    private void late(String action, String result) {
        aws.faults()
                .on(call -> call.action().equals(action)
                        && !aws.calls("ExecuteChangeSet").isEmpty())
                .times(1)
                .answer(SimResponse.xml(
                        200,
                        "<" + action + "Response xmlns=\"http://cloudformation.amazonaws.com/doc/2010-05-15/\"><"
                                + action + "Result>" + result + "</" + action + "Result></" + action + "Response>"));
    }

    @Test
    void anUpdateIsUndoneInARunThatFailsLater() {
        String before = world();
        RunReport report = Pipe.named("p")
                .step("update", step)
                .step("fail", Step.using(GROUP, group -> {
                    throw new IllegalStateException("no luck");
                }))
                .build()
                .start(State.empty(), RunOptions.ofDefaults())
                .settled()
                .block(SOON);
        assertThat(report.outcome()).isEqualTo(RunReport.Outcome.UNDONE);
        assertThat(world()).isEqualTo(before);
    }

    @Test
    void whereNothingChangesThereIsSuccessNothingLeftAndNothingToUndo() {
        DeployStack same = DeployStack.in(aws.account())
                .named("web")
                .template(TEMPLATE)
                .output("Group", GROUP)
                .updating()
                .pollEvery(POLL);
        String before = world();
        Outputs outputs = same.run(State.empty(), context).block(SOON);
        assertThat(outputs.get(GROUP)).isIn(ids("security-group"));
        assertThat(changeSets()).isEmpty();
        assertThat(context.made()).isEmpty();
        same.undo(State.empty(), Found.done(outputs), context).block(SOON);
        assertThat(world()).isEqualTo(before);
        assertThat(aws.calls("ExecuteChangeSet")).isEmpty();
    }

    @Test
    void withoutPermissionAStackThatExistsIsRefused() {
        DeployStack cautious =
                DeployStack.in(aws.account()).named("web").template(WIDER).pollEvery(POLL);
        assertThat(failure(cautious.run(State.empty(), context)))
                .hasMessageContaining("stack web exists already in account-a/eu-central-1 (CREATE_COMPLETE, not made by"
                        + " HybridPipe)")
                .hasMessageEndingWith("or permit updating()");
        assertThat(aws.calls("CreateChangeSet")).isEmpty();
    }

    @Test
    void anUpdateThatFailsIsRolledBackAndNamesTheFirstResourceOfThisUpdate() {
        failure(step.parameter("Port", "70000").run(State.empty(), context));
        String before = world();
        StepFailure failure = failure(step.parameter("Port", "70001").run(State.empty(), context.withAttempt(2)));
        assertThat(failure.failureClass()).isEqualTo(FailureClass.PERMANENT);
        assertThat(failure)
                .hasMessageStartingWith("stack web in account-a/eu-central-1 failed (UPDATE_ROLLBACK_COMPLETE): Web"
                        + " (AWS::EC2::SecurityGroup ")
                .hasMessageContaining("70001");
        assertThat(step.reconcile(State.empty(), context).block(SOON)).isEqualTo(Found.absent());
        step.undo(State.empty(), Found.unknown("?"), context).block(SOON);
        assertThat(world()).isEqualTo(before);
    }

    @Test
    void aStackThatSomebodyElseHasChangedSinceIsLeftAsItIs() {
        Outputs outputs = step.run(State.empty(), context).block(SOON);
        step.parameter("Port", "9443")
                .run(State.empty(), TestContext.at("other/update").withRunId("run-2"))
                .block(SOON);
        String before = world();
        assertThat(step.reconcile(State.empty(), context).block(SOON))
                .isEqualTo(Found.partly("stack web has been changed since"));
        assertThat(failure(step.undo(State.empty(), Found.done(outputs), context)))
                .hasMessageContaining("has been changed by somebody else since this step updated it");
        assertThat(world()).isEqualTo(before);
    }

    @Test
    void whatIsNotEchoedOrIsSecretIsNotWrittenDownAndStaysAsTheUpdateSetIt() {
        Outputs outputs = step.parameter("Word", Input.value(Secret.of("canary-word")))
                .parameter("Port", Input.value(Secret.of("8444")))
                .run(State.empty(), context)
                .block(SOON);
        FormerStack former = FormerStack.of(context.made().get(0));
        assertThat(former.parameters()).containsOnlyKeys("Port", "Word").containsValues(null, null);
        assertThat(former.template()).isEqualTo(TEMPLATE);
        step.undo(State.empty(), Found.done(outputs), context).block(SOON);
        assertThat(parameters()).containsEntry("Port", "8444");
        assertThat(ids("route-table")).hasSize(1);
    }

    @Test
    void parametersThatAreNotGivenKeepTheirValues() {
        step.run(State.empty(), context).block(SOON);
        DeployStack silent = DeployStack.in(aws.account())
                .named("web")
                .template(TEMPLATE.replace(", Default: 443", ""))
                .updating()
                .pollEvery(POLL);
        TestContext later = TestContext.at("other/update").withRunId("run-2");
        silent.preflight(State.empty(), later).block(SOON);
        silent.run(State.empty(), later).block(SOON);
        assertThat(parameters()).containsEntry("Port", "8443");
        assertThat(ids("route-table")).hasSize(1);
    }

    @Test
    void secretsInListsAreNotWrittenDown() {
        step.parameter("Port", Input.value(List.of(Secret.of("8444"))))
                .run(State.empty(), context)
                .block(SOON);
        assertThat(FormerStack.of(context.made().get(0)).parameters()).containsEntry("Port", null);
    }

    @Test
    void aTemplateThatReadsASecretIsRefused() {
        Key<String> secret = Key.of("word", String.class).secret();
        assertThat(failure(step.template(secret.map(word -> WIDER)).run(State.of(secret, "canary"), context)))
                .hasMessageContaining("the template reads a secret");
        assertThat(aws.calls("CreateChangeSet")).isEmpty();
    }

    @Test
    void anOperationOfSomebodyElseIsWaitedFor() {
        aws.account()
                .cloudFormation()
                .updateStack(r -> r.stackName("web")
                        .templateBody(TEMPLATE)
                        .parameters(Parameter.builder()
                                .parameterKey("Port")
                                .parameterValue("22")
                                .build()))
                .join();
        step.run(State.empty(), context).block(SOON);
        assertThat(parameters()).containsEntry("Port", "8443");
        step.undo(State.empty(), Found.done(Outputs.none()), context).block(SOON);
        assertThat(parameters()).containsEntry("Port", "22");
    }

    @Test
    void aLostAnswerToTheExecutionIsNotFollowedByAnotherUpdate() {
        aws.faults().on("ExecuteChangeSet").dropAfter();
        RunReport report = Pipe.named("p")
                .step("update", step, o -> o.withVisibility(Duration.ZERO))
                .build()
                .start(State.empty(), RunOptions.ofDefaults())
                .settled()
                .block(SOON);
        assertThat(report.outcome()).isEqualTo(RunReport.Outcome.DONE);
        assertThat(aws.calls("ExecuteChangeSet")).hasSize(1);
        assertThat(report.made())
                .singleElement()
                .extracting(Resource::kind)
                .isEqualTo("AWS::CloudFormation::ChangeSet");
    }

    @TestFactory
    Stream<DynamicTest> updatingKeepsTheContractOfSteps() {
        return StepContract.of(step).inventory(this::world).within(SOON).checks().stream()
                .map(check -> DynamicTest.dynamicTest(check.name(), check::run));
    }

    @Test
    void aFreshInstanceGoesOnWithAnUpdateThatADeadOneBegan() {
        ResumeContract.of(() -> update(handle()))
                .inventory(this::world)
                .within(SOON)
                .goesOn();
    }

    @Test
    void aFreshInstanceBringsBackWhatADeadOneUpdated() {
        ResumeContract.of(() -> update(handle()))
                .inventory(this::world)
                .within(SOON)
                .isTakenBack();
    }

    private void byHand() {
        aws.account()
                .cloudFormation()
                .createStack(r -> r.stackName("web")
                        .templateBody(TEMPLATE)
                        .tags(Tag.builder().key("Team").value("web").build()))
                .join();
        Mono.fromSupplier(this::stack)
                .subscribeOn(Schedulers.boundedElastic())
                .filter(stack -> stack.stackStatusAsString().equals("CREATE_COMPLETE"))
                .repeatWhenEmpty(again -> again.delayElements(POLL))
                .block(SOON);
    }

    private AwsAccount handle() {
        AwsAccount handle = aws.newHandle();
        handles.add(handle);
        return handle;
    }

    /**
     * All there is, but for what tells history: the stack's status, since an undone update is one more update, and the ids of
     * rules, which a change makes anew.
     */
    private String world() {
        Map<String, Object> all = new TreeMap<>(aws.inventory().kinds());
        all.remove("stack");
        all.put("parameters", parameters());
        all.put("tags", tags());
        all.put("change sets", changeSets());
        all.put(
                "template",
                aws.account()
                        .cloudFormation()
                        .getTemplate(r -> r.stackName("web"))
                        .join()
                        .templateBody());
        return all.toString().replaceAll("sgr-[0-9a-f]+", "sgr");
    }

    private Stack stack() {
        return aws.account()
                .cloudFormation()
                .describeStacks(r -> r.stackName("web"))
                .join()
                .stacks()
                .get(0);
    }

    private Map<String, String> tags() {
        return stack().tags().stream().collect(Collectors.toMap(Tag::key, Tag::value));
    }

    private Map<String, String> parameters() {
        return stack().parameters().stream()
                .collect(Collectors.toMap(Parameter::parameterKey, Parameter::parameterValue));
    }

    /** Those that nobody has executed. */
    private List<String> changeSets() {
        return aws.account().cloudFormation().listChangeSets(r -> r.stackName("web")).join().summaries().stream()
                .filter(set -> !set.executionStatusAsString().startsWith("EXECUTE"))
                .map(set -> set.changeSetName())
                .toList();
    }

    private List<String> ids(String kind) {
        return List.copyOf(aws.inventory().ids(kind));
    }

    private static StepFailure failure(Mono<?> failing) {
        return failing.map(done -> StepFailure.permanent("no failure"))
                .defaultIfEmpty(StepFailure.permanent("no failure"))
                .onErrorResume(StepFailure.class, Mono::just)
                .block(SOON);
    }
}

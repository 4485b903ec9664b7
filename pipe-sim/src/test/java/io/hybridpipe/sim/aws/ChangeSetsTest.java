// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.sim.aws;

import static io.hybridpipe.sim.aws.Aws.of;
import static io.hybridpipe.sim.aws.Aws.refusal;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.cloudformation.model.Change;
import software.amazon.awssdk.services.cloudformation.model.ChangeSetType;
import software.amazon.awssdk.services.cloudformation.model.CreateChangeSetRequest;
import software.amazon.awssdk.services.cloudformation.model.CreateChangeSetResponse;
import software.amazon.awssdk.services.cloudformation.model.DescribeChangeSetResponse;
import software.amazon.awssdk.services.cloudformation.model.OnStackFailure;
import software.amazon.awssdk.services.cloudformation.model.Tag;

class ChangeSetsTest {

    private static final String NET = """
            Parameters:
              Cidr: {Type: String, Default: 10.1.0.0/16}
              Names: {Type: String, Default: "false"}
            Resources:
              Vpc:
                Type: AWS::EC2::VPC
                Properties: {CidrBlock: !Ref Cidr, EnableDnsHostnames: !Ref Names}
              Routes:
                Type: AWS::EC2::RouteTable
                Properties: {VpcId: !Ref Vpc}
              Gateway:
                Type: AWS::EC2::InternetGateway
            """;

    private final Aws aws = new Aws();

    @AfterEach
    void close() {
        aws.close();
    }

    private CreateChangeSetResponse create(String name, Consumer<CreateChangeSetRequest.Builder> more) {
        return of(aws.cloudFormation.createChangeSet(request -> {
            request.stackName("net").changeSetName(name).templateBody(NET);
            more.accept(request);
        }));
    }

    private DescribeChangeSetResponse describe(String name) {
        return of(aws.cloudFormation.describeChangeSet(
                request -> request.stackName("net").changeSetName(name)));
    }

    private DescribeChangeSetResponse computed(String name) {
        return aws.await(() -> describe(name), set -> set.statusAsString().matches("CREATE_COMPLETE|FAILED"));
    }

    private void execute(String name) {
        of(aws.cloudFormation.executeChangeSet(
                request -> request.stackName("net").changeSetName(name)));
    }

    private void makeNet() {
        create("make", request -> request.changeSetType(ChangeSetType.CREATE));
        computed("make");
        execute("make");
        assertThat(aws.settled("net").stackStatusAsString()).isEqualTo("CREATE_COMPLETE");
    }

    private static Map<String, String> replacements(DescribeChangeSetResponse set) {
        return set.changes().stream()
                .map(Change::resourceChange)
                .collect(Collectors.toMap(
                        change -> change.logicalResourceId(),
                        change -> change.actionAsString() + " " + change.replacementAsString() + " "
                                + change.scopeAsStrings()));
    }

    @Test
    void aSetIsPendingThenInProgressThenAvailableAndItsStackIsOnlyInReview() {
        var made = create("first", request -> request.changeSetType(ChangeSetType.CREATE)
                .tags(Tag.builder().key("Team").value("web").build()));
        assertThat(describe("first").statusAsString()).isEqualTo("CREATE_PENDING");
        assertThat(describe("first").executionStatusAsString()).isEqualTo("UNAVAILABLE");
        aws.clock.advance(Duration.ofSeconds(1));
        assertThat(describe("first").statusAsString()).isEqualTo("CREATE_IN_PROGRESS");
        var set = computed("first");
        assertThat(set.executionStatusAsString()).isEqualTo("AVAILABLE");
        assertThat(set.changeSetId()).isEqualTo(made.id());
        assertThat(set.stackId()).isEqualTo(made.stackId());
        var stack = aws.describe("net");
        assertThat(stack.stackStatusAsString()).isEqualTo("REVIEW_IN_PROGRESS");
        // the tags are the stack's only when the set is executed
        assertThat(set.tags()).hasSize(1);
        assertThat(stack.tags()).isEmpty();
        assertThat(of(aws.cloudFormation.describeStackResources(request -> request.stackName("net")))
                        .stackResources())
                .isEmpty();
        assertThat(aws.inventory().ids("vpc")).isEmpty();
    }

    @Test
    void executionIsInProgressUntilItsStackIsSettledAndCannotBeRepeated() {
        create("first", request -> request.changeSetType(ChangeSetType.CREATE));
        computed("first");
        execute("first");
        assertThat(describe("first").executionStatusAsString()).isEqualTo("EXECUTE_IN_PROGRESS");
        assertThat(refusal(aws.cloudFormation.executeChangeSet(
                        request -> request.stackName("net").changeSetName("first"))))
                .isEqualTo("InvalidChangeSetStatus");
        var stack = aws.settled("net");
        assertThat(stack.changeSetId()).isEqualTo(describe("first").changeSetId());
        assertThat(describe("first").executionStatusAsString()).isEqualTo("EXECUTE_COMPLETE");
        assertThat(refusal(aws.cloudFormation.executeChangeSet(
                        request -> request.stackName("net").changeSetName("first"))))
                .isEqualTo("InvalidChangeSetStatus");
    }

    @Test
    void aTokenMakesCreatingAndExecutingTheSameOnceOnly() {
        var first = create(
                "first", request -> request.changeSetType(ChangeSetType.CREATE).clientToken("token-1"));
        var again = create(
                "first", request -> request.changeSetType(ChangeSetType.CREATE).clientToken("token-1"));
        assertThat(again.id()).isEqualTo(first.id());
        assertThatThrownBy(() -> create("first", request -> request.changeSetType(ChangeSetType.CREATE)
                        .clientToken("token-2")))
                .hasMessageContaining("cannot be created due to a mismatch with existing attribute ClientToken");
        assertThatThrownBy(() -> create("first", request -> request.changeSetType(ChangeSetType.CREATE)
                        .clientToken("token-1")
                        .parameters(Aws.parameters(Map.of("Cidr", "10.9.0.0/16")))))
                .hasMessageContaining("mismatch with existing attribute Parameters");
        computed("first");
        for (var time = 0; time < 2; time++) {
            of(aws.cloudFormation.executeChangeSet(
                    request -> request.stackName("net").changeSetName("first").clientRequestToken("go-1")));
        }
        var stack = aws.settled("net");
        assertThat(stack.stackStatusAsString()).isEqualTo("CREATE_COMPLETE");
        assertThat(aws.inventory().ids("vpc")).hasSize(1);
        create("second", request -> request.usePreviousTemplate(true)
                .templateBody(null)
                .parameters(Aws.parameters(Map.of("Names", "true"))));
        computed("second");
        assertThat(refusal(aws.cloudFormation.executeChangeSet(request ->
                        request.stackName("net").changeSetName("second").clientRequestToken("go-1"))))
                .isEqualTo("TokenAlreadyExistsException");
    }

    @Test
    void aSetForAStackThatIsThereAlreadyOrThatIsNotThereIsRefused() {
        assertThatThrownBy(() -> create("update", request -> {})).hasMessageContaining("Stack [net] does not exist");
        create("first", request -> request.changeSetType(ChangeSetType.CREATE));
        assertThatThrownBy(() -> create("update", request -> {})).hasMessageContaining("Stack [net] does not exist");
        computed("first");
        execute("first");
        aws.settled("net");
        assertThatThrownBy(() -> create("second", request -> request.changeSetType(ChangeSetType.CREATE)))
                .hasMessageContaining(
                        "Stack [net] already exists and cannot be created again with the changeSet [second].");
    }

    @Test
    void twoSetsOfAStackInReviewAreComparedWithNothingAndTheExecutedOneCounts() {
        create("first", request -> request.changeSetType(ChangeSetType.CREATE));
        create("second", request -> request.changeSetType(ChangeSetType.CREATE)
                .parameters(Aws.parameters(Map.of("Cidr", "10.2.0.0/16"))));
        computed("first");
        computed("second");
        execute("first");
        var stack = aws.settled("net");
        assertThat(stack.parameters())
                .anySatisfy(one -> assertThat(one.parameterValue()).isEqualTo("10.1.0.0/16"));
        assertThat(refusal(aws.cloudFormation.describeChangeSet(
                        request -> request.stackName("net").changeSetName("second"))))
                .isEqualTo("ChangeSetNotFound");
    }

    @Test
    void deletingTheSetOfAStackInReviewLeavesTheStackWhichCanBeDeleted() {
        create("first", request -> request.changeSetType(ChangeSetType.CREATE));
        assertThat(refusal(aws.cloudFormation.deleteChangeSet(
                        request -> request.stackName("net").changeSetName("first"))))
                .isEqualTo("InvalidChangeSetStatus");
        computed("first");
        of(aws.cloudFormation.deleteChangeSet(
                request -> request.stackName("net").changeSetName("first")));
        var stack = aws.describe("net");
        assertThat(stack.stackStatusAsString()).isEqualTo("REVIEW_IN_PROGRESS");
        of(aws.cloudFormation.deleteStack(request -> request.stackName("net")));
        assertThat(aws.settled(stack.stackId()).stackStatusAsString()).isEqualTo("DELETE_COMPLETE");
    }

    @Test
    void replacementIsTrueForWhatIsChangedItselfConditionalForWhatHangsOnItFalseForWhatCanBeChanged() {
        makeNet();
        create("cidr", request -> request.parameters(Aws.parameters(Map.of("Cidr", "10.2.0.0/16"))));
        var set = computed("cidr");
        assertThat(replacements(set))
                .isEqualTo(Map.of(
                        "Vpc", "Modify True [Properties]",
                        "Routes", "Modify Conditional [Properties]"));
        assertThat(set.changes().get(1).resourceChange().details())
                .singleElement()
                .satisfies(detail -> {
                    assertThat(detail.evaluationAsString()).isEqualTo("Dynamic");
                    assertThat(detail.changeSourceAsString()).isEqualTo("ResourceReference");
                    assertThat(detail.causingEntity()).isEqualTo("Vpc");
                    assertThat(detail.target().requiresRecreationAsString()).isEqualTo("Always");
                });
        create("names", request -> request.parameters(Aws.parameters(Map.of("Names", "true"))));
        assertThat(replacements(computed("names"))).isEqualTo(Map.of("Vpc", "Modify False [Properties]"));
        create(
                "tags",
                request -> request.tags(Tag.builder().key("team").value("net").build()));
        assertThat(replacements(computed("tags")))
                .isEqualTo(Map.of(
                        "Vpc", "Modify False [Tags]",
                        "Routes", "Modify False [Tags]",
                        "Gateway", "Modify False [Tags]"));
        create(
                "fewer",
                request -> request.templateBody(
                        NET.substring(0, NET.indexOf("  Gateway:")) + "Outputs: {Net: {Value: !Ref Vpc}}"));
        assertThat(replacements(computed("fewer"))).isEqualTo(Map.of("Gateway", "Remove null []"));
    }

    @Test
    void anUpdateThatGoesAroundTheSetsMakesThemObsoleteButNotTheExecutedOne() {
        create("made", request -> request.changeSetType(ChangeSetType.CREATE));
        computed("made");
        execute("made");
        aws.settled("net");
        create("names", request -> request.parameters(Aws.parameters(Map.of("Names", "true"))));
        computed("names");
        of(aws.cloudFormation.updateStack(request -> request.stackName("net")
                .usePreviousTemplate(true)
                .parameters(Aws.parameters(Map.of("Names", "true")))));
        aws.settled("net");
        assertThat(describe("names").executionStatusAsString()).isEqualTo("OBSOLETE");
        assertThat(describe("made").executionStatusAsString()).isEqualTo("EXECUTE_COMPLETE");
        assertThat(refusal(aws.cloudFormation.executeChangeSet(
                        request -> request.stackName("net").changeSetName("names"))))
                .isEqualTo("InvalidChangeSetStatus");
    }

    @Test
    void changesComeInPages() {
        var many = IntStream.range(0, 45)
                .mapToObj(index -> "  G" + index + ": {Type: AWS::EC2::InternetGateway}\n")
                .collect(Collectors.joining("", "Resources:\n", ""));
        create("many", request -> request.changeSetType(ChangeSetType.CREATE).templateBody(many));
        computed("many");
        var names = new ArrayList<String>();
        var pages = 0;
        String token = null;
        do {
            var from = token;
            var page = of(aws.cloudFormation.describeChangeSet(
                    request -> request.stackName("net").changeSetName("many").nextToken(from)));
            page.changes().forEach(change -> names.add(change.resourceChange().logicalResourceId()));
            token = page.nextToken();
            pages++;
        } while (token != null);
        assertThat(pages).isEqualTo(3);
        assertThat(names).hasSize(45).doesNotHaveDuplicates();
        assertThat(refusal(aws.cloudFormation.describeChangeSet(request ->
                        request.stackName("net").changeSetName("many").nextToken("20"))))
                .isEqualTo("ValidationError");
    }

    @Test
    void aSetThatSaysDeleteOnFailureLeavesNoStackBehind() {
        var before = aws.inventory();
        var made = create("first", request -> request.changeSetType(ChangeSetType.CREATE)
                .onStackFailure(OnStackFailure.DELETE)
                .parameters(Aws.parameters(Map.of("Cidr", "10.1.0.0/8"))));
        computed("first");
        assertThatThrownBy(() -> of(aws.cloudFormation.executeChangeSet(request ->
                        request.stackName("net").changeSetName("first").disableRollback(true))))
                .hasMessageContaining("OnStackFailure");
        execute("first");
        var stack = aws.settled(made.stackId());
        assertThat(stack.stackStatusAsString()).isEqualTo("DELETE_COMPLETE");
        assertThat(aws.inventory()).isEqualTo(before);
    }

    @Test
    void whatHasNoEffectHereIsRefusedAndWhatIsWrongToo() {
        assertThatThrownBy(() -> create("a", request -> request.changeSetType(ChangeSetType.IMPORT)))
                .hasMessageContaining("not supported by this stand-in");
        assertThatThrownBy(() -> create("a", request -> request.changeSetType(ChangeSetType.CREATE)
                        .roleARN("arn:aws:iam::999999999999:role/deploy")))
                .hasMessageContaining("is invalid or cannot be assumed");
        assertThatThrownBy(() -> create("a", request -> request.changeSetType(ChangeSetType.CREATE)
                        .capabilitiesWithStrings("CAPABILITY_ALL")))
                .hasMessageContaining("enum value set");
        assertThatThrownBy(() -> create("a", request -> request.changeSetType(ChangeSetType.CREATE)
                        .templateBody(null)
                        .templateURL("https://bucket.s3.amazonaws.com/net.yaml")))
                .hasMessageContaining("TemplateURL must reference a valid S3 object");
        create("a", request -> request.changeSetType(ChangeSetType.CREATE)
                .roleARN("arn:aws:iam::" + Aws.ACCOUNT + ":role/deploy")
                .notificationARNs("arn:aws:sns:eu-west-1:" + Aws.ACCOUNT + ":stacks")
                .capabilitiesWithStrings("CAPABILITY_IAM")
                .includeNestedStacks(false));
        var set = computed("a");
        assertThat(set.notificationARNs()).hasSize(1);
        assertThat(set.capabilitiesAsStrings()).containsExactly("CAPABILITY_IAM");
        execute("a");
        assertThat(aws.settled("net").roleARN()).endsWith(":role/deploy");
    }
}

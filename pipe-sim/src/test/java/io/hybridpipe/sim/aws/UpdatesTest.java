// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.sim.aws;

import static io.hybridpipe.sim.aws.Aws.of;
import static io.hybridpipe.sim.aws.Aws.outputs;
import static io.hybridpipe.sim.aws.Aws.refusal;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.cloudformation.model.ChangeSetType;
import software.amazon.awssdk.services.cloudformation.model.DescribeChangeSetResponse;

class UpdatesTest {

    private static final String GROUP = """
            Parameters:
              Port: {Type: Number, Default: 443}
              Cidr: {Type: String, Default: 10.1.0.0/16}
            Resources:
              Vpc:
                Type: AWS::EC2::VPC
                Properties: {CidrBlock: !Ref Cidr}
              Web:
                Type: AWS::EC2::SecurityGroup
                Properties:
                  GroupDescription: web
                  VpcId: !Ref Vpc
                  SecurityGroupIngress:
                    - {IpProtocol: tcp, FromPort: !Ref Port, ToPort: !Ref Port, CidrIp: 0.0.0.0/0}
            Outputs:
              Group: {Value: !Ref Web}
              VpcId: {Value: !Ref Vpc}
            """;

    private final Aws aws = new Aws();

    @AfterEach
    void close() {
        aws.close();
    }

    private DescribeChangeSetResponse changeSet(String name) {
        return aws.await(
                () -> of(aws.cloudFormation.describeChangeSet(
                        r -> r.stackName("web").changeSetName(name))),
                set -> set.statusAsString().matches("CREATE_COMPLETE|FAILED"));
    }

    private DescribeChangeSetResponse update(String name, Map<String, String> parameters) {
        of(aws.cloudFormation.createChangeSet(r ->
                r.stackName("web").changeSetName(name).templateBody(GROUP).parameters(Aws.parameters(parameters))));
        return changeSet(name);
    }

    private void execute(String name) {
        of(aws.cloudFormation.executeChangeSet(r -> r.stackName("web").changeSetName(name)));
    }

    @Test
    void aChangeSetOfTypeCreateShowsWhatItWillAddAndThenDoesIt() {
        of(aws.cloudFormation.createChangeSet(r -> r.stackName("web")
                .changeSetName("first")
                .changeSetType(ChangeSetType.CREATE)
                .templateBody(GROUP)));
        assertThat(aws.describe("web").stackStatusAsString()).isEqualTo("REVIEW_IN_PROGRESS");
        assertThat(refusal(aws.cloudFormation.executeChangeSet(
                        r -> r.stackName("web").changeSetName("first"))))
                .isEqualTo("InvalidChangeSetStatus");
        var set = changeSet("first");
        assertThat(set.executionStatusAsString()).isEqualTo("AVAILABLE");
        assertThat(set.changes())
                .extracting(change -> change.resourceChange().actionAsString() + " "
                        + change.resourceChange().logicalResourceId())
                .containsExactly("Add Vpc", "Add Web");
        execute("first");
        assertThat(aws.settled("web").stackStatusAsString()).isEqualTo("CREATE_COMPLETE");
    }

    @Test
    void aChangeSetWithoutChangesFailsAndSaysSo() {
        aws.create("web", GROUP, Map.of());
        aws.settled("web");
        var set = update("none", Map.of());
        assertThat(set.statusAsString()).isEqualTo("FAILED");
        assertThat(set.statusReason()).startsWith("The submitted information didn't contain changes.");
        of(aws.cloudFormation.deleteChangeSet(r -> r.stackName("web").changeSetName("none")));
        assertThat(refusal(aws.cloudFormation.describeChangeSet(
                        r -> r.stackName("web").changeSetName("none"))))
                .isEqualTo("ChangeSetNotFound");
    }

    @Test
    void changedRulesAreChangedInPlaceAndForeignOnesStay() {
        aws.create("web", GROUP, Map.of());
        var group = outputs(aws.settled("web")).get("Group");
        of(aws.ec2.authorizeSecurityGroupIngress(
                r -> r.groupId(group).ipProtocol("tcp").fromPort(22).toPort(22).cidrIp("203.0.113.7/32")));
        update("port", Map.of("Port", "8443"));
        execute("port");
        var stack = aws.settled("web");
        assertThat(stack.stackStatusAsString()).isEqualTo("UPDATE_COMPLETE");
        assertThat(outputs(stack)).containsEntry("Group", group);
        assertThat(of(aws.ec2.describeSecurityGroups(r -> r.groupIds(group)))
                        .securityGroups()
                        .get(0)
                        .ipPermissions())
                .extracting(permission -> permission.fromPort())
                .containsExactlyInAnyOrder(22, 8443);
    }

    @Test
    void whatCannotBeChangedIsReplacedWithAllThatHangsOnIt() {
        aws.create("web", GROUP, Map.of());
        var before = outputs(aws.settled("web"));
        update("cidr", Map.of("Cidr", "10.2.0.0/16"));
        execute("cidr");
        var stack = aws.settled("web");
        assertThat(stack.stackStatusAsString()).isEqualTo("UPDATE_COMPLETE");
        assertThat(outputs(stack).get("VpcId")).isNotEqualTo(before.get("VpcId"));
        assertThat(aws.inventory().ids("vpc")).containsExactly(outputs(stack).get("VpcId"));
        assertThat(aws.inventory().ids("security-group"))
                .contains(outputs(stack).get("Group"))
                .doesNotContain(before.get("Group"));
    }

    @Test
    void anUpdateThatFailsGoesBackToWhatWas() {
        aws.create("web", GROUP, Map.of());
        aws.settled("web");
        var before = aws.inventory();
        update("bad", Map.of("Port", "70000"));
        execute("bad");
        var stack = aws.settled("web");
        assertThat(stack.stackStatusAsString()).isEqualTo("UPDATE_ROLLBACK_COMPLETE");
        assertThat(aws.inventory().ids("vpc")).isEqualTo(before.ids("vpc"));
        assertThat(aws.inventory().kinds().get("security-group"))
                .isEqualTo(before.kinds().get("security-group"));
    }
}

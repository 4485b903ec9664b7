// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.sim.aws;

import static io.hybridpipe.sim.aws.Aws.of;
import static io.hybridpipe.sim.aws.Aws.outputs;
import static io.hybridpipe.sim.aws.Aws.refusal;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.cloudformation.model.Parameter;
import software.amazon.awssdk.services.cloudformation.model.StackEvent;
import software.amazon.awssdk.services.cloudformation.model.Tag;
import software.amazon.awssdk.services.cloudformation.model.UpdateStackRequest;

class UpdateRollbacksTest {

    private static final String WEB = """
            Parameters:
              Port: {Type: Number, Default: 443}
              Cidr: {Type: String, Default: 10.1.0.0/16}
              Second: {Type: String, Default: none}
            Conditions:
              Two: !Not [!Equals [!Ref Second, none]]
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
              Other:
                Type: AWS::EC2::VPC
                Condition: Two
                Properties: {CidrBlock: !Ref Second}
            Outputs:
              Group: {Value: !Ref Web}
              VpcId: {Value: !Ref Vpc}
            """;

    private final Aws aws = new Aws();

    @AfterEach
    void close() {
        aws.close();
    }

    private String made() {
        var id = aws.create("web", WEB, Map.of());
        assertThat(aws.settled("web").stackStatusAsString()).isEqualTo("CREATE_COMPLETE");
        return id;
    }

    private void update(Map<String, String> parameters, Consumer<UpdateStackRequest.Builder> more) {
        of(aws.cloudFormation.updateStack(request -> {
            request.stackName("web").usePreviousTemplate(true).parameters(Aws.parameters(parameters));
            more.accept(request);
        }));
    }

    private void update(Map<String, String> parameters) {
        update(parameters, request -> {});
    }

    private static Parameter previous(String name) {
        return Parameter.builder().parameterKey(name).usePreviousValue(true).build();
    }

    private String status() {
        return aws.settled("web").stackStatusAsString();
    }

    /** Oldest first, as {@code name status}, of the resources or of the stack itself. */
    private List<String> ways(String name) {
        var events = aws.events("web");
        Collections.reverse(events);
        return events.stream()
                .filter(event -> event.logicalResourceId().equals(name))
                .map(StackEvent::resourceStatusAsString)
                .distinct()
                .toList();
    }

    @Test
    void aReplacementIsMadeFirstAndTheOldOneGoesInTheCleanUp() {
        made();
        update(Map.of("Cidr", "10.2.0.0/16"));
        aws.await(() -> aws.inventory().ids("vpc"), vpcs -> vpcs.size() == 2);
        assertThat(status()).isEqualTo("UPDATE_COMPLETE");
        assertThat(ways("web"))
                .endsWith("UPDATE_IN_PROGRESS", "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS", "UPDATE_COMPLETE");
        assertThat(ways("Vpc"))
                .endsWith("UPDATE_IN_PROGRESS", "UPDATE_COMPLETE", "DELETE_IN_PROGRESS", "DELETE_COMPLETE");
        assertThat(aws.inventory().ids("vpc")).hasSize(1);
    }

    @Test
    void anUpdateThatFailsTakesBackWhatItMadeAndReplaced() {
        made();
        var before = aws.inventory();
        update(Map.of("Cidr", "10.2.0.0/16", "Second", "10.3.0.0/16", "Port", "70000"));
        assertThat(status()).isEqualTo("UPDATE_ROLLBACK_COMPLETE");
        assertThat(ways("web"))
                .endsWith(
                        "UPDATE_ROLLBACK_IN_PROGRESS",
                        "UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS",
                        "UPDATE_ROLLBACK_COMPLETE");
        assertThat(aws.inventory().ids("vpc")).isEqualTo(before.ids("vpc"));
        assertThat(aws.inventory().ids("security-group")).isEqualTo(before.ids("security-group"));
        assertThat(aws.describe("web").parameters())
                .anySatisfy(parameter -> assertThat(parameter.parameterValue()).isEqualTo("443"));
        // what was rolled back can be updated again
        update(Map.of("Port", "8443"));
        assertThat(status()).isEqualTo("UPDATE_COMPLETE");
    }

    @Test
    void whatWasDeletedOutsideMakesTheRollbackFailAndSkippingItEndsTheRollback() {
        made();
        var group = outputs(aws.describe("web")).get("Group");
        of(aws.ec2.deleteSecurityGroup(request -> request.groupId(group)));
        update(Map.of("Port", "8443"));
        assertThat(status()).isEqualTo("UPDATE_ROLLBACK_FAILED");
        assertThat(aws.describe("web").stackStatusReason())
                .isEqualTo("The following resource(s) failed to update: [Web]. ");
        assertThatThrownBy(() -> update(Map.of("Port", "8444")))
                .hasMessageContaining("is in UPDATE_ROLLBACK_FAILED state and can not be updated.");

        of(aws.cloudFormation.continueUpdateRollback(request -> request.stackName("web")));
        assertThat(status()).isEqualTo("UPDATE_ROLLBACK_FAILED");
        assertThat(refusal(aws.cloudFormation.continueUpdateRollback(
                        request -> request.stackName("web").resourcesToSkip("Vpc"))))
                .isEqualTo("ValidationError");
        of(aws.cloudFormation.continueUpdateRollback(
                request -> request.stackName("web").resourcesToSkip("Web")));
        assertThat(status()).isEqualTo("UPDATE_ROLLBACK_COMPLETE");
        assertThat(refusal(aws.cloudFormation.continueUpdateRollback(request -> request.stackName("web"))))
                .isEqualTo("ValidationError");
        of(aws.cloudFormation.deleteStack(request -> request.stackName("web")));
        aws.await(() -> aws.inventory().ids("stack"), Set::isEmpty);
        assertThat(aws.inventory().ids("vpc")).isEmpty();
    }

    @Test
    void aCancelledUpdateGoesBack() {
        made();
        var before = aws.inventory();
        update(Map.of("Cidr", "10.2.0.0/16"));
        aws.await(() -> aws.inventory().ids("vpc"), vpcs -> vpcs.size() == 2);
        of(aws.cloudFormation.cancelUpdateStack(request -> request.stackName("web")));
        assertThat(status()).isEqualTo("UPDATE_ROLLBACK_COMPLETE");
        assertThat(aws.inventory().ids("vpc")).isEqualTo(before.ids("vpc"));
        assertThat(aws.events("web"))
                .anySatisfy(event -> assertThat(event.resourceStatusReason()).isEqualTo("Resource update cancelled"));
        assertThatThrownBy(() -> of(aws.cloudFormation.cancelUpdateStack(request -> request.stackName("web"))))
                .hasMessageContaining("CancelUpdateStack cannot be called from current stack status");
    }

    @Test
    void withoutRollbackAFailedUpdateStaysAndCanBeGoneOnWith() {
        made();
        update(Map.of("Second", "10.3.0.0/16", "Port", "70000"), request -> request.disableRollback(true));
        assertThat(status()).isEqualTo("UPDATE_FAILED");
        assertThat(aws.inventory().ids("vpc")).hasSize(2);
        assertThatThrownBy(() -> update(Map.of("Port", "8443")))
                .hasMessageContaining("This stack is currently in a non-terminal [UPDATE_FAILED] state.");
        update(Map.of("Second", "10.3.0.0/16", "Port", "8443"), request -> request.disableRollback(true));
        assertThat(status()).isEqualTo("UPDATE_COMPLETE");
        assertThat(aws.inventory().ids("vpc")).hasSize(2);
    }

    @Test
    void withoutRollbackAFailedUpdateCanBeTakenBackToTheLastGoodState() {
        made();
        var before = aws.inventory();
        update(Map.of("Second", "10.3.0.0/16", "Port", "70000"), request -> request.disableRollback(true));
        assertThat(status()).isEqualTo("UPDATE_FAILED");
        update(
                Map.of("Second", "10.4.0.0/16", "Port", "70001", "Cidr", "10.2.0.0/16"),
                request -> request.disableRollback(true));
        assertThat(status()).isEqualTo("UPDATE_FAILED");
        of(aws.cloudFormation.rollbackStack(request -> request.stackName("web")));
        assertThat(status()).isEqualTo("UPDATE_ROLLBACK_COMPLETE");
        assertThat(aws.inventory().ids("vpc")).isEqualTo(before.ids("vpc"));
        assertThat(aws.inventory().ids("security-group")).isEqualTo(before.ids("security-group"));
    }

    @Test
    void aCreationLeftAsItFailedCanBeMendedOrTakenBack() {
        of(aws.cloudFormation.createStack(request -> request.stackName("web")
                .templateBody(WEB)
                .disableRollback(true)
                .parameters(Aws.parameters(Map.of("Port", "70000")))));
        assertThat(status()).isEqualTo("CREATE_FAILED");
        assertThat(aws.inventory().ids("vpc")).hasSize(1);
        update(Map.of("Port", "443"), request -> request.disableRollback(true));
        assertThat(status()).isEqualTo("UPDATE_COMPLETE");
        assertThat(aws.inventory().ids("vpc")).hasSize(1);

        of(aws.cloudFormation.createStack(request -> request.stackName("second")
                .templateBody(WEB)
                .disableRollback(true)
                .parameters(Aws.parameters(Map.of("Port", "70000")))));
        aws.settled("second");
        of(aws.cloudFormation.rollbackStack(request -> request.stackName("second")));
        assertThat(aws.settled("second").stackStatusAsString()).isEqualTo("ROLLBACK_COMPLETE");
        assertThat(aws.inventory().ids("vpc")).hasSize(1);
    }

    @Test
    void deletingAStackInAFailedUpdateTakesWhatTheUpdateReplacedToo() {
        made();
        update(Map.of("Cidr", "10.2.0.0/16", "Port", "70000"), request -> request.disableRollback(true));
        assertThat(status()).isEqualTo("UPDATE_FAILED");
        assertThat(aws.inventory().ids("vpc")).hasSize(2);
        of(aws.cloudFormation.deleteStack(request -> request.stackName("web")));
        aws.await(() -> aws.inventory().ids("stack"), Set::isEmpty);
        assertThat(aws.inventory().ids("vpc")).isEmpty();
    }

    @Test
    void aStackInMidUpdateCanBeNeitherUpdatedNorDeleted() {
        made();
        update(Map.of("Port", "8443"));
        assertThatThrownBy(() -> update(Map.of("Port", "8444")))
                .hasMessageContaining("is in UPDATE_IN_PROGRESS state and can not be updated.");
        assertThatThrownBy(() -> of(aws.cloudFormation.deleteStack(request -> request.stackName("web"))))
                .hasMessageContaining("cannot be deleted while in status UPDATE_IN_PROGRESS");
        assertThat(status()).isEqualTo("UPDATE_COMPLETE");
    }

    @Test
    void whatIsNotGivenAnewStaysAndWhatIsGivenTwiceIsRefused() {
        aws.create("web", WEB, Map.of("Port", "8443"));
        aws.settled("web");
        of(aws.cloudFormation.updateStack(request -> request.stackName("web")
                .usePreviousTemplate(true)
                .parameters(
                        previous("Port"),
                        Parameter.builder()
                                .parameterKey("Second")
                                .parameterValue("10.3.0.0/16")
                                .build())
                .tags(Tag.builder().key("team").value("net").build())));
        assertThat(status()).isEqualTo("UPDATE_COMPLETE");
        assertThat(aws.describe("web").parameters())
                .anySatisfy(parameter -> assertThat(parameter.parameterValue()).isEqualTo("8443"));
        assertThat(refusal(aws.cloudFormation.updateStack(request ->
                        request.stackName("web").usePreviousTemplate(true).templateBody(WEB))))
                .isEqualTo("ValidationError");
        assertThatThrownBy(() -> of(aws.cloudFormation.updateStack(request ->
                        request.stackName("web").usePreviousTemplate(true).parameters(previous("Nothing")))))
                .hasMessageContaining(
                        "Cannot specify usePreviousValue as true for a parameter key not in the previous");
        assertThatThrownBy(() -> of(aws.cloudFormation.updateStack(request -> request.stackName("web")
                        .usePreviousTemplate(true)
                        .parameters(previous("Port"), previous("Second")))))
                .hasMessageContaining("No updates are to be performed.");
    }

    @Test
    void tagsOfTheStackAreOnEveryResourceAndForeignOnesStay() {
        made();
        var vpc = outputs(aws.describe("web")).get("VpcId");
        of(aws.ec2.createTags(request -> request.resources(vpc)
                .tags(software.amazon.awssdk.services.ec2.model.Tag.builder()
                        .key("foreign")
                        .value("yes")
                        .build())));
        update(
                Map.of(),
                request -> request.tags(Tag.builder().key("team").value("net").build()));
        assertThat(status()).isEqualTo("UPDATE_COMPLETE");
        assertThat(tags(vpc))
                .containsEntry("team", "net")
                .containsEntry("foreign", "yes")
                .containsEntry("aws:cloudformation:logical-id", "Vpc")
                .containsKeys("aws:cloudformation:stack-name", "aws:cloudformation:stack-id");
        update(
                Map.of(),
                request -> request.tags(Tag.builder().key("owner").value("ops").build()));
        assertThat(status()).isEqualTo("UPDATE_COMPLETE");
        assertThat(tags(vpc))
                .containsEntry("owner", "ops")
                .containsKey("foreign")
                .doesNotContainKey("team");
    }

    private Map<String, String> tags(String id) {
        return of(aws.ec2.describeTags(request -> request.filters(Aws.filter("resource-id", id)))).tags().stream()
                .collect(Collectors.toMap(tag -> tag.key(), tag -> tag.value()));
    }

    @Test
    void anOtherTypeUnderTheSameNameIsRefused() {
        made();
        assertThatThrownBy(() -> of(aws.cloudFormation.updateStack(request ->
                        request.stackName("web").templateBody("Resources: {Vpc: {Type: AWS::EC2::InternetGateway}}"))))
                .hasMessageContaining("Update of resource type is not permitted.")
                .hasMessageContaining("[Vpc]");
    }
}

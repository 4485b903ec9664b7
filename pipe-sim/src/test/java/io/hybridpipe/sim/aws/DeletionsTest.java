// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.sim.aws;

import static io.hybridpipe.sim.aws.Aws.of;
import static io.hybridpipe.sim.aws.Aws.outputs;
import static io.hybridpipe.sim.aws.Aws.refusal;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.cloudformation.model.DeletionMode;
import software.amazon.awssdk.services.cloudformation.model.OnFailure;
import software.amazon.awssdk.services.cloudformation.model.StackEvent;

class DeletionsTest {

    private static final String NET = """
            Resources:
              Vpc:
                Type: AWS::EC2::VPC
                Properties: {CidrBlock: 10.1.0.0/16}
              Subnet:
                Type: AWS::EC2::Subnet
                Properties: {VpcId: !Ref Vpc, CidrBlock: 10.1.1.0/24}
            Outputs:
              VpcId: {Value: !Ref Vpc, Export: {Name: !Sub "${AWS::StackName}-vpc"}}
              SubnetId: {Value: !Ref Subnet}
            """;

    private final Aws aws = new Aws();

    @AfterEach
    void close() {
        aws.close();
    }

    private String made(String name, String template) {
        var id = aws.create(name, template, Map.of());
        assertThat(aws.settled(id).stackStatusAsString()).isEqualTo("CREATE_COMPLETE");
        return id;
    }

    private String stuck() {
        var id = made("net", NET);
        var subnet = outputs(aws.describe(id)).get("SubnetId");
        of(aws.ec2.createNetworkInterface(request -> request.subnetId(subnet)));
        of(aws.cloudFormation.deleteStack(request -> request.stackName(id)));
        var stack = aws.settled(id);
        assertThat(stack.stackStatusAsString()).isEqualTo("DELETE_FAILED");
        assertThat(stack.stackStatusReason()).isEqualTo("The following resource(s) failed to delete: [Subnet]. ");
        return id;
    }

    private List<String> skipped(String id) {
        return aws.events(id).stream()
                .filter(event -> event.resourceStatusAsString().equals("DELETE_SKIPPED"))
                .map(StackEvent::logicalResourceId)
                .toList();
    }

    @Test
    void aProtectedStackIsNotDeletedUntilTheProtectionIsOff() {
        var id = of(aws.cloudFormation.createStack(
                        request -> request.stackName("net").templateBody(NET).enableTerminationProtection(true)))
                .stackId();
        assertThat(aws.settled(id).enableTerminationProtection()).isTrue();
        assertThatThrownBy(() -> of(aws.cloudFormation.deleteStack(request -> request.stackName(id))))
                .hasMessageContaining("Stack [net] cannot be deleted while TerminationProtection is enabled");
        of(aws.cloudFormation.updateTerminationProtection(
                request -> request.stackName("net").enableTerminationProtection(false)));
        of(aws.cloudFormation.deleteStack(request -> request.stackName(id)));
        assertThat(aws.settled(id).stackStatusAsString()).isEqualTo("DELETE_COMPLETE");
    }

    @Test
    void resourcesCanBeRetainedOnlyWhereDeletingThemFailed() {
        var fresh = made("fresh", NET);
        assertThat(refusal(aws.cloudFormation.deleteStack(
                        request -> request.stackName(fresh).retainResources("Vpc"))))
                .isEqualTo("ValidationError");
        var id = stuck();
        assertThat(refusal(aws.cloudFormation.deleteStack(
                        request -> request.stackName(id).retainResources("Vpc"))))
                .isEqualTo("ValidationError");
        var subnet = outputs(aws.describe(id)).get("SubnetId");
        of(aws.cloudFormation.deleteStack(request -> request.stackName(id).retainResources("Subnet")));
        // the VPC cannot go while the retained subnet is in it
        assertThat(aws.settled(id).stackStatusReason())
                .isEqualTo("The following resource(s) failed to delete: [Vpc]. ");
        assertThat(aws.inventory().ids("subnet")).contains(subnet);
        of(aws.cloudFormation.deleteStack(request -> request.stackName(id).retainResources("Vpc")));
        assertThat(aws.settled(id).stackStatusAsString()).isEqualTo("DELETE_COMPLETE");
        assertThat(skipped(id)).containsExactlyInAnyOrder("Subnet", "Vpc");
    }

    @Test
    void forceLeavesBehindWhatCannotBeDeleted() {
        var fresh = made("fresh", NET);
        assertThat(refusal(aws.cloudFormation.deleteStack(
                        request -> request.stackName(fresh).deletionMode(DeletionMode.FORCE_DELETE_STACK))))
                .isEqualTo("ValidationError");
        var id = stuck();
        of(aws.cloudFormation.deleteStack(
                request -> request.stackName(id).deletionMode(DeletionMode.FORCE_DELETE_STACK)));
        assertThat(aws.settled(id).stackStatusAsString()).isEqualTo("DELETE_COMPLETE");
        assertThat(skipped(id)).contains("Subnet");
        assertThat(aws.inventory().ids("subnet")).hasSize(2);
    }

    @Test
    void forceGoesPastWhatCannotBeDeletedAndSkipsAllThatIsLeft() {
        var id = stuck();
        var vpc = outputs(aws.describe(id)).get("VpcId");
        of(aws.cloudFormation.deleteStack(
                request -> request.stackName(id).deletionMode(DeletionMode.FORCE_DELETE_STACK)));
        assertThat(aws.settled(id).stackStatusAsString()).isEqualTo("DELETE_COMPLETE");
        assertThat(skipped(id)).containsExactlyInAnyOrder("Subnet", "Vpc");
        assertThat(aws.inventory().ids("vpc")).contains(vpc);
    }

    @Test
    void policiesDecideWhatStays() {
        var id = made("net", """
                Resources:
                  Vpc: {Type: AWS::EC2::VPC, DeletionPolicy: Retain, Properties: {CidrBlock: 10.1.0.0/16}}
                  Second:
                    Type: AWS::EC2::VPC
                    DeletionPolicy: RetainExceptOnCreate
                    Properties: {CidrBlock: 10.2.0.0/16}
                  Third:
                    Type: AWS::EC2::VPC
                    UpdateReplacePolicy: Retain
                    Properties: {CidrBlock: 10.3.0.0/16}
                """);
        of(aws.cloudFormation.updateStack(request -> request.stackName("net").templateBody("""
                Resources:
                  Second:
                    Type: AWS::EC2::VPC
                    DeletionPolicy: RetainExceptOnCreate
                    Properties: {CidrBlock: 10.2.0.0/16}
                  Third:
                    Type: AWS::EC2::VPC
                    UpdateReplacePolicy: Retain
                    Properties: {CidrBlock: 10.4.0.0/16}
                """)));
        assertThat(aws.settled(id).stackStatusAsString()).isEqualTo("UPDATE_COMPLETE");
        assertThat(skipped(id)).containsExactlyInAnyOrder("Vpc", "Third");
        assertThat(aws.inventory().ids("vpc")).hasSize(4);
        of(aws.cloudFormation.deleteStack(request -> request.stackName(id)));
        assertThat(aws.settled(id).stackStatusAsString()).isEqualTo("DELETE_COMPLETE");
        assertThat(aws.inventory().ids("vpc")).hasSize(3);
    }

    @Test
    void whatIsRetainedExceptOnCreateGoesWithAFailedCreationAndWhatIsRetainedStays() {
        var id = aws.create("net", """
                Resources:
                  Vpc: {Type: AWS::EC2::VPC, DeletionPolicy: Retain, Properties: {CidrBlock: 10.1.0.0/16}}
                  Second:
                    Type: AWS::EC2::VPC
                    DeletionPolicy: RetainExceptOnCreate
                    Properties: {CidrBlock: 10.2.0.0/16}
                  Bad:
                    Type: AWS::EC2::Subnet
                    DependsOn: Second
                    Properties: {VpcId: !Ref Vpc, CidrBlock: 10.9.0.0/24}
                """, Map.of());
        assertThat(aws.settled(id).stackStatusAsString()).isEqualTo("ROLLBACK_COMPLETE");
        assertThat(skipped(id)).containsExactly("Vpc");
        assertThat(aws.inventory().ids("vpc")).hasSize(1);
    }

    @Test
    void anExportInUseKeepsItsStackAndItsValue() {
        var id = made("net", NET);
        made("app", """
                Resources:
                  Routes:
                    Type: AWS::EC2::RouteTable
                    Properties: {VpcId: !ImportValue net-vpc}
                """);
        assertThat(of(aws.cloudFormation.listExports(request -> {})).exports())
                .singleElement()
                .satisfies(export -> {
                    assertThat(export.name()).isEqualTo("net-vpc");
                    assertThat(export.exportingStackId()).isEqualTo(id);
                });
        assertThat(of(aws.cloudFormation.listImports(request -> request.exportName("net-vpc")))
                        .imports())
                .containsExactly("app");
        of(aws.cloudFormation.deleteStack(request -> request.stackName("net")));
        var stack = aws.describe("net");
        assertThat(stack.stackStatusAsString()).isEqualTo("CREATE_COMPLETE");
        assertThat(stack.stackStatusReason()).isEqualTo("Export net-vpc cannot be deleted as it is in use by app");

        of(aws.cloudFormation.updateStack(
                request -> request.stackName("net").templateBody(NET.replace("10.1.", "10.2."))));
        assertThat(aws.settled("net").stackStatusAsString()).isEqualTo("UPDATE_ROLLBACK_COMPLETE");
        assertThat(aws.events("net")).anySatisfy(event -> assertThat(event.resourceStatusReason())
                .startsWith("Export net-vpc cannot be updated as it is in use by app"));
        of(aws.cloudFormation.deleteStack(request -> request.stackName("app")));
        aws.await(() -> aws.inventory().ids("stack"), stacks -> stacks.size() == 1);
        of(aws.cloudFormation.deleteStack(request -> request.stackName("net")));
        assertThat(aws.settled(id).stackStatusAsString()).isEqualTo("DELETE_COMPLETE");
    }

    @Test
    void anImportOfNothingAndAnExportOfAnothersNameRollTheStackBack() {
        var first = aws.create("app", """
                Resources:
                  Routes:
                    Type: AWS::EC2::RouteTable
                    Properties: {VpcId: !ImportValue nothing}
                """, Map.of());
        assertThat(aws.settled(first).stackStatusAsString()).isEqualTo("ROLLBACK_COMPLETE");
        assertThat(aws.events(first)).anySatisfy(event -> assertThat(event.resourceStatusReason())
                .isEqualTo("No export named nothing found. Rollback requested by user."));
        made("net", NET);
        var second = aws.create("other", NET.replace("${AWS::StackName}", "net"), Map.of());
        assertThat(aws.settled(second).stackStatusAsString()).isEqualTo("ROLLBACK_COMPLETE");
        assertThat(aws.events(second)).anySatisfy(event -> assertThat(event.resourceStatusReason())
                .startsWith("Export with name net-vpc is already exported by stack net"));
    }

    @Test
    void aCreationThatTakesTooLongIsRolledBack() {
        var id = of(aws.cloudFormation.createStack(request -> request.stackName("slow")
                        .timeoutInMinutes(1)
                        .onFailure(OnFailure.ROLLBACK)
                        .templateBody(chain(40))))
                .stackId();
        assertThat(aws.settled(id).stackStatusAsString()).isEqualTo("ROLLBACK_COMPLETE");
        assertThat(aws.events(id)).anySatisfy(event -> assertThat(event.resourceStatusReason())
                .isEqualTo("Stack creation time exceeded the specified timeout. Rollback requested by user."));
        assertThat(aws.inventory().ids("internet-gateway")).isEmpty();
    }

    /** Gateways of which each waits for the one before. */
    private static String chain(int length) {
        var text = new StringBuilder("Resources:\n  G0: {Type: AWS::EC2::InternetGateway}\n");
        for (var index = 1; index < length; index++) {
            text.append("  G%d: {Type: AWS::EC2::InternetGateway, DependsOn: G%d}\n".formatted(index, index - 1));
        }
        return text.toString();
    }

    @Test
    void aTokenBelongsToOneRequestOnly() {
        var id = made("net", NET);
        of(aws.cloudFormation.deleteStack(request -> request.stackName(id).clientRequestToken("gone")));
        of(aws.cloudFormation.deleteStack(request -> request.stackName(id).clientRequestToken("gone")));
        assertThat(refusal(aws.cloudFormation.deleteStack(
                        request -> request.stackName("other").clientRequestToken("gone"))))
                .isEqualTo("TokenAlreadyExistsException");
        aws.settled(id);
        assertThat(aws.events(id))
                .filteredOn(event -> event.resourceStatusAsString().startsWith("DELETE"))
                .isNotEmpty()
                .allSatisfy(event -> assertThat(event.clientRequestToken()).isEqualTo("gone"));
    }
}

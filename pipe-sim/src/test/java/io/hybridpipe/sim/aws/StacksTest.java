// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.sim.aws;

import static io.hybridpipe.sim.aws.Aws.of;
import static io.hybridpipe.sim.aws.Aws.outputs;
import static io.hybridpipe.sim.aws.Aws.refusal;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.cloudformation.model.OnFailure;
import software.amazon.awssdk.services.cloudformation.model.StackEvent;

class StacksTest {

    private static final String VPC = Aws.template("orders-vpc.yaml");
    private static final Map<String, String> PARAMETERS =
            Map.of("VpcCidr", "10.1.0.0/16", "KeyName", "orders", "ControllerImage", Aws.IMAGE);

    private final Aws aws = new Aws();

    @BeforeEach
    void key() {
        of(aws.ec2.createKeyPair(request -> request.keyName("orders").keyType("ed25519")));
    }

    @AfterEach
    void close() {
        aws.close();
    }

    private List<StackEvent> events(String stack) {
        return aws.events(stack);
    }

    @Test
    void theMainJobsStackIsCreatedDescribedAndDeletedWithoutATrace() {
        var before = aws.inventory();
        var id = aws.create("orders-vpc", VPC, PARAMETERS);
        assertThat(aws.describe("orders-vpc").stackStatusAsString()).isEqualTo("CREATE_IN_PROGRESS");

        var stack = aws.settled("orders-vpc");
        assertThat(stack.stackStatusAsString()).as(String.valueOf(events(id))).isEqualTo("CREATE_COMPLETE");
        var outputs = outputs(stack);
        assertThat(outputs)
                .containsOnlyKeys(
                        "VpcId", "ControllerIp", "ControllerEni", "ControllerGroup", "ControllerId", "RouteTable");
        var eni = of(aws.ec2.describeNetworkInterfaces(
                        request -> request.networkInterfaceIds(outputs.get("ControllerEni"))))
                .networkInterfaces()
                .get(0);
        assertThat(eni.sourceDestCheck()).isFalse();
        assertThat(eni.privateIpAddress()).isEqualTo("10.1.0.4");
        assertThat(eni.association().publicIp()).isEqualTo(outputs.get("ControllerIp"));
        assertThat(eni.attachment().instanceId()).isEqualTo(outputs.get("ControllerId"));
        assertThat(eni.tagSet())
                .anySatisfy(tag -> assertThat(tag.value()).isEqualTo("orders-vpc-controller"))
                .anySatisfy(tag -> assertThat(tag.key()).isEqualTo("aws:cloudformation:stack-name"));
        var instance = of(aws.ec2.describeInstances(request -> request.instanceIds(outputs.get("ControllerId"))))
                .reservations()
                .get(0)
                .instances()
                .get(0);
        assertThat(instance.state().nameAsString()).isEqualTo("running");
        assertThat(instance.publicIpAddress()).isEqualTo(outputs.get("ControllerIp"));
        assertThat(instance.instanceTypeAsString()).isEqualTo("t3.small");

        of(aws.cloudFormation.deleteStack(request -> request.stackName("orders-vpc")));
        var gone = aws.settled(id);
        assertThat(gone.stackStatusAsString()).as(String.valueOf(events(id))).isEqualTo("DELETE_COMPLETE");
        assertThat(refusal(aws.cloudFormation.describeStacks(request -> request.stackName("orders-vpc"))))
                .isEqualTo("ValidationError");
        assertThat(aws.inventory()).isEqualTo(before);
    }

    @Test
    void eventsComeNewestFirstInPagesAndInTheOrderOfDependencies() {
        var id = aws.create("orders-vpc", VPC, PARAMETERS);
        aws.settled(id);
        var events = events(id);
        assertThat(of(aws.cloudFormation.describeStackEvents(request -> request.stackName(id)))
                        .stackEvents())
                .hasSize(StackQueries.EVENTS_A_PAGE);
        assertThat(events).hasSizeGreaterThan(StackQueries.EVENTS_A_PAGE);
        assertThat(events.get(0).resourceStatusAsString()).isEqualTo("CREATE_COMPLETE");
        assertThat(events.get(0).physicalResourceId()).isEqualTo(id);
        assertThat(events.get(events.size() - 1).resourceStatusReason()).isEqualTo("User Initiated");
        var completed = events.stream()
                .filter(event -> event.resourceStatusAsString().equals("CREATE_COMPLETE"))
                .map(StackEvent::logicalResourceId)
                .toList();
        assertThat(completed).doesNotHaveDuplicates();
        assertThat(completed.indexOf("Vpc")).isGreaterThan(completed.indexOf("ControllerSubnet"));
        assertThat(completed.indexOf("GatewayAttachment")).isGreaterThan(completed.indexOf("DefaultRoute"));
        assertThat(completed.indexOf("ControllerEni")).isGreaterThan(completed.indexOf("Controller"));
    }

    @Test
    void aResourceThatFailsRollsTheStackBackAndLeavesNothing() {
        var before = aws.inventory();
        var id = aws.create("orders-vpc", VPC.replace("!Ref ControllerImage\n", "ami-0000000000000dead\n"), PARAMETERS);
        var stack = aws.settled(id);
        assertThat(stack.stackStatusAsString()).isEqualTo("ROLLBACK_COMPLETE");
        assertThat(events(id))
                .anySatisfy(event -> {
                    assertThat(event.logicalResourceId()).isEqualTo("Controller");
                    assertThat(event.resourceStatusAsString()).isEqualTo("CREATE_FAILED");
                    assertThat(event.resourceStatusReason())
                            .contains("ami-0000000000000dead")
                            .contains("does not exist");
                })
                .anySatisfy(event -> assertThat(event.resourceStatusReason())
                        .contains("The following resource(s) failed to create: [Controller]"));
        assertThat(refusal(aws.cloudFormation.updateStack(
                        request -> request.stackName("orders-vpc").usePreviousTemplate(true))))
                .isEqualTo("ValidationError");
        of(aws.cloudFormation.deleteStack(request -> request.stackName("orders-vpc")));
        assertThat(aws.settled(id).stackStatusAsString()).isEqualTo("DELETE_COMPLETE");
        assertThat(aws.inventory()).isEqualTo(before);
    }

    @Test
    void withOnFailureDeleteAFailedStackGoesAway() {
        var id = of(aws.cloudFormation.createStack(request -> request.stackName("orders-vpc")
                        .templateBody(VPC)
                        .onFailure(OnFailure.DELETE)
                        .parameters(Aws.parameters(
                                Map.of("VpcCidr", "10.1.0.0/15", "KeyName", "orders", "ControllerImage", Aws.IMAGE)))))
                .stackId();
        assertThat(aws.settled(id).stackStatusAsString()).isEqualTo("DELETE_COMPLETE");
    }

    @Test
    void aForeignInterfaceInASubnetMakesTheDeleteFailWithAReasonAndALaterOneSucceeds() {
        var id = aws.create("orders-vpc", VPC, PARAMETERS);
        aws.settled(id);
        var vpc = outputs(aws.describe(id)).get("VpcId");
        var subnet = of(aws.ec2.describeSubnets(
                        request -> request.filters(Aws.filter("vpc-id", vpc), Aws.filter("cidr-block", "10.1.1.0/24"))))
                .subnets()
                .get(0)
                .subnetId();
        var foreign = of(aws.ec2.createNetworkInterface(request -> request.subnetId(subnet)))
                .networkInterface()
                .networkInterfaceId();
        of(aws.cloudFormation.deleteStack(request -> request.stackName(id)));
        var failed = aws.settled(id);
        assertThat(failed.stackStatusAsString()).isEqualTo("DELETE_FAILED");
        assertThat(failed.stackStatusReason()).contains("[AppSubnet]");
        assertThat(events(id)).anySatisfy(event -> {
            assertThat(event.resourceStatusAsString()).isEqualTo("DELETE_FAILED");
            assertThat(event.resourceStatusReason()).contains("has dependencies and cannot be deleted");
        });
        of(aws.ec2.deleteNetworkInterface(request -> request.networkInterfaceId(foreign)));
        of(aws.cloudFormation.deleteStack(request -> request.stackName(id)));
        assertThat(aws.settled(id).stackStatusAsString()).isEqualTo("DELETE_COMPLETE");
    }

    @Test
    void aTokenUsedAgainAnswersTheSameStackEvenAfterItsEnd() {
        var first = createWithToken("10.1.0.0/16");
        assertThat(createWithToken("10.1.0.0/16")).isEqualTo(first);
        assertThat(refusal(aws.cloudFormation.createStack(request ->
                        request.stackName("orders-vpc").templateBody(VPC).clientRequestToken("token-1"))))
                .isEqualTo("TokenAlreadyExistsException");
        aws.settled(first);
        of(aws.cloudFormation.deleteStack(request -> request.stackName(first)));
        aws.settled(first);
        assertThat(createWithToken("10.1.0.0/16")).isEqualTo(first);
        assertThat(events(first)).last().satisfies(event -> assertThat(event.clientRequestToken())
                .isEqualTo("token-1"));
    }

    private String createWithToken(String cidr) {
        return of(aws.cloudFormation.createStack(request -> request.stackName("orders-vpc")
                        .templateBody(VPC)
                        .clientRequestToken("token-1")
                        .parameters(Aws.parameters(
                                Map.of("VpcCidr", cidr, "KeyName", "orders", "ControllerImage", Aws.IMAGE)))))
                .stackId();
    }

    @Test
    void anOutputThatCannotBeComputedRollsTheStackBackAndIsTheReason() {
        var before = aws.inventory();
        var id = of(aws.cloudFormation.createStack(
                        request -> request.stackName("orders-vpc").templateBody("""
                        Resources: {Vpc: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.1.0.0/16}}}
                        Outputs: {Second: {Value: !Select [1, !Split ["|", !Ref Vpc]]}}
                        """)))
                .stackId();
        assertThat(aws.settled(id).stackStatusAsString()).isEqualTo("ROLLBACK_COMPLETE");
        assertThat(events(id))
                .filteredOn(event -> event.resourceStatusAsString().equals("ROLLBACK_IN_PROGRESS"))
                .singleElement()
                .satisfies(event -> assertThat(event.resourceStatusReason())
                        .isEqualTo("Template error: Fn::Select cannot select nonexistent value at index 1. Rollback"
                                + " requested by user."));
        assertThat(aws.inventory().ids("vpc")).isEqualTo(before.ids("vpc"));
    }

    @Test
    void deletingAStackInMidCreationLeavesNothing() {
        var before = aws.inventory();
        var id = aws.create("orders-vpc", VPC, PARAMETERS);
        aws.await(aws::inventory, now -> !now.ids("subnet").isEmpty());
        of(aws.cloudFormation.deleteStack(request -> request.stackName(id)));
        assertThat(aws.settled(id).stackStatusAsString()).isEqualTo("DELETE_COMPLETE");
        assertThat(aws.inventory()).isEqualTo(before);
    }

    @Test
    void secretParametersAreMaskedInAnswers() {
        var parameters = new HashMap<>(PARAMETERS);
        parameters.put("License", "canary-license");
        var id = aws.create("orders-vpc", VPC, parameters);
        var shown = aws.describe(id).parameters().stream()
                .filter(parameter -> parameter.parameterKey().equals("License"))
                .findFirst();
        assertThat(shown).isPresent().get().satisfies(parameter -> assertThat(parameter.parameterValue())
                .isEqualTo("****"));
        assertThat(aws.sim.calls().of("CreateStack").get(0).wire()).contains("canary-license");
        assertThat(aws.sim.calls().of("DescribeStacks").get(0).wire()).doesNotContain("canary-license");
    }

    @Test
    void aParameterWithABadPatternFailsItsStackWhichGoesBack() {
        aws.create(
                "bad",
                "Resources: {P: {Type: 'AWS::SSM::Parameter', Properties: {Type: String, Value: x, AllowedPattern: '['}}}",
                Map.of());
        assertThat(aws.settled("bad").stackStatusAsString()).isEqualTo("ROLLBACK_COMPLETE");
        assertThat(aws.events("bad")).anySatisfy(event -> assertThat(event.resourceStatusReason())
                .contains("The request does not meet the regular expression requirement: ["));
    }
}

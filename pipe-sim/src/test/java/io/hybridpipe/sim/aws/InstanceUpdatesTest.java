// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.sim.aws;

import static io.hybridpipe.sim.aws.Aws.of;
import static io.hybridpipe.sim.aws.Aws.outputs;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.cloudformation.model.Tag;
import software.amazon.awssdk.services.ec2.model.Instance;

class InstanceUpdatesTest {

    private static final String MACHINE = """
            Parameters:
              Kind: {Type: String, Default: t3.small}
              Boot: {Type: String, Default: first}
            Resources:
              Vpc:
                Type: AWS::EC2::VPC
                Properties: {CidrBlock: 10.1.0.0/16}
              Subnet:
                Type: AWS::EC2::Subnet
                Properties: {VpcId: !Ref Vpc, CidrBlock: 10.1.1.0/24}
              Machine:
                Type: AWS::EC2::Instance
                Properties:
                  ImageId: ami-00000000000000001
                  InstanceType: !Ref Kind
                  SubnetId: !Ref Subnet
                  UserData: !Base64 {Ref: Boot}
            Outputs:
              Id: {Value: !Ref Machine}
            """;

    private final Aws aws = new Aws();
    private String machine = "";

    @BeforeEach
    void machine() {
        aws.create("web", MACHINE, Map.of());
        var stack = aws.settled("web");
        assertThat(stack.stackStatusAsString()).isEqualTo("CREATE_COMPLETE");
        machine = outputs(stack).get("Id");
    }

    @AfterEach
    void close() {
        aws.close();
    }

    private Instance instance() {
        return of(aws.ec2.describeInstances(request -> request.instanceIds(machine)))
                .reservations()
                .get(0)
                .instances()
                .get(0);
    }

    private String state() {
        return instance().state().nameAsString();
    }

    private void update(String kind) {
        of(aws.cloudFormation.updateStack(request ->
                request.stackName("web").usePreviousTemplate(true).parameters(Aws.parameters(Map.of("Kind", kind)))));
    }

    private void cancelOnce(String state) {
        aws.await(this::state, state::equals);
        of(aws.cloudFormation.cancelUpdateStack(request -> request.stackName("web")));
        assertThat(aws.settled("web").stackStatusAsString()).isEqualTo("UPDATE_ROLLBACK_COMPLETE");
        aws.clock.advance(Duration.ofMinutes(2));
        assertThat(instance().instanceTypeAsString()).isEqualTo("t3.small");
        assertThat(state()).isEqualTo("running");
    }

    @Test
    void aChangeOfTheTypeStopsAndStartsTheInstance() {
        update("t3.large");
        aws.await(this::state, "stopping"::equals);
        assertThat(aws.describe("web").stackStatusAsString()).isEqualTo("UPDATE_IN_PROGRESS");
        assertThat(aws.settled("web").stackStatusAsString()).isEqualTo("UPDATE_COMPLETE");
        assertThat(instance().instanceTypeAsString()).isEqualTo("t3.large");
        assertThat(state()).isEqualTo("running");
    }

    @Test
    void aChangeTakenBackBeforeTheInstanceHasStoppedLeavesTheOldType() {
        update("t3.large");
        cancelOnce("stopping");
    }

    @Test
    void aChangeTakenBackWhileTheInstanceStartsAgainLeavesTheOldType() {
        update("t3.large");
        cancelOnce("pending");
    }

    @Test
    void newTagsOfAStoppedInstanceLeaveItStopped() {
        of(aws.ec2.stopInstances(request -> request.instanceIds(machine)));
        aws.await(this::state, "stopped"::equals);
        of(aws.cloudFormation.updateStack(request -> request.stackName("web")
                .usePreviousTemplate(true)
                .tags(Tag.builder().key("team").value("net").build())));
        assertThat(aws.settled("web").stackStatusAsString()).isEqualTo("UPDATE_COMPLETE");
        assertThat(state()).isEqualTo("stopped");
    }
}

// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.sim.aws;

import static io.hybridpipe.sim.aws.Aws.of;
import static io.hybridpipe.sim.aws.Aws.refusal;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.ec2.model.Instance;
import software.amazon.awssdk.services.ec2.model.InstanceAttributeName;
import software.amazon.awssdk.services.ec2.model.InstanceNetworkInterfaceSpecification;
import software.amazon.awssdk.services.ec2.model.InstanceStatus;

class InstancesTest {

    private final Aws aws = new Aws();
    private String vpc;
    private String subnet;

    @BeforeEach
    void network() {
        vpc = of(aws.ec2.createVpc(r -> r.cidrBlock("10.1.0.0/16"))).vpc().vpcId();
        subnet = of(aws.ec2.createSubnet(r -> r.vpcId(vpc).cidrBlock("10.1.0.0/24")))
                .subnet()
                .subnetId();
        var gateway = of(aws.ec2.createInternetGateway()).internetGateway().internetGatewayId();
        of(aws.ec2.attachInternetGateway(r -> r.internetGatewayId(gateway).vpcId(vpc)));
    }

    @AfterEach
    void close() {
        aws.close();
    }

    private Instance launch(String token) {
        return of(aws.ec2.runInstances(r -> r.imageId(Aws.IMAGE)
                        .minCount(1)
                        .maxCount(1)
                        .subnetId(subnet)
                        .clientToken(token)))
                .instances()
                .get(0);
    }

    private Instance describe(String id) {
        return of(aws.ec2.describeInstances(r -> r.instanceIds(id)))
                .reservations()
                .get(0)
                .instances()
                .get(0);
    }

    private String state(String id) {
        return describe(id).state().nameAsString();
    }

    @Test
    void anInstanceIsFoundByItsClientTokenAndTheTokenOfATerminatedOneIsRefused() {
        var id = launch("t-1").instanceId();
        launch("t-2");
        var found = of(aws.ec2.describeInstances(r -> r.filters(Aws.filter("client-token", "t-1"))))
                .reservations();
        assertThat(found).hasSize(1);
        assertThat(found.get(0).instances().get(0).instanceId()).isEqualTo(id);
        assertThat(found.get(0).instances().get(0).clientToken()).isEqualTo("t-1");
        of(aws.ec2.terminateInstances(r -> r.instanceIds(id)));
        assertThat(refusal(aws.ec2.runInstances(r -> r.imageId(Aws.IMAGE)
                        .minCount(1)
                        .maxCount(1)
                        .subnetId(subnet)
                        .clientToken("t-1"))))
                .isEqualTo("IdempotentInstanceTerminated");
        assertThat(aws.inventory().ids("instance")).hasSize(1);
    }

    @Test
    void aLaunchThatFailsHalfWayLeavesNothing() {
        var before = aws.inventory();
        assertThat(refusal(aws.ec2.runInstances(r -> r.imageId(Aws.IMAGE)
                        .minCount(1)
                        .maxCount(1)
                        .networkInterfaces(
                                InstanceNetworkInterfaceSpecification.builder()
                                        .deviceIndex(0)
                                        .subnetId(subnet)
                                        .build(),
                                InstanceNetworkInterfaceSpecification.builder()
                                        .deviceIndex(1)
                                        .subnetId(subnet)
                                        .privateIpAddress("10.9.9.9")
                                        .build()))))
                .isEqualTo("InvalidParameterValue");
        assertThat(aws.inventory()).isEqualTo(before);
    }

    @Test
    void anInstanceStopsAndStartsAndListenersFollow() {
        var seen = new ArrayList<InstanceEvent.Kind>();
        aws.sim.onInstance(event -> seen.add(event.kind()));
        var id = launch("t").instanceId();
        assertThat(refusal(aws.ec2.stopInstances(r -> r.instanceIds(id)))).isEqualTo("IncorrectInstanceState");
        aws.clock.advance(Duration.ofSeconds(10));
        var change = of(aws.ec2.stopInstances(r -> r.instanceIds(id)))
                .stoppingInstances()
                .get(0);
        assertThat(change.previousState().nameAsString()).isEqualTo("running");
        assertThat(change.currentState().nameAsString()).isEqualTo("stopping");
        assertThat(refusal(aws.ec2.startInstances(r -> r.instanceIds(id)))).isEqualTo("IncorrectInstanceState");
        aws.clock.advance(Duration.ofSeconds(10));
        assertThat(state(id)).isEqualTo("stopped");
        assertThat(of(aws.ec2.describeInstanceStatus()).instanceStatuses()).isEmpty();
        of(aws.ec2.modifyInstanceAttribute(r -> r.instanceId(id).instanceType(value -> value.value("m5.large"))));
        of(aws.ec2.startInstances(r -> r.instanceIds(id)));
        aws.clock.advance(Duration.ofSeconds(10));
        assertThat(state(id)).isEqualTo("running");
        assertThat(describe(id).instanceTypeAsString()).isEqualTo("m5.large");
        assertThat(seen)
                .containsExactly(InstanceEvent.Kind.RUNNING, InstanceEvent.Kind.STOPPED, InstanceEvent.Kind.RUNNING);
    }

    @Test
    void bothStatusChecksPassAfterTheBootAndStatusesComeInPages() {
        for (var i = 0; i < 6; i++) {
            launch("t-" + i);
        }
        aws.clock.advance(Duration.ofSeconds(10));
        var first = of(aws.ec2.describeInstanceStatus(r -> r.maxResults(5)));
        assertThat(first.instanceStatuses())
                .hasSize(5)
                .extracting(status -> status.systemStatus().statusAsString())
                .containsOnly("initializing");
        assertThat(of(aws.ec2.describeInstanceStatus(r -> r.maxResults(5).nextToken(first.nextToken())))
                        .instanceStatuses())
                .hasSize(1);
        aws.clock.advance(Duration.ofSeconds(60));
        assertThat(of(aws.ec2.describeInstanceStatus()).instanceStatuses())
                .extracting(InstanceStatus::instanceStatus)
                .allSatisfy(check -> {
                    assertThat(check.statusAsString()).isEqualTo("ok");
                    assertThat(check.details().get(0).statusAsString()).isEqualTo("passed");
                });
        var id = first.instanceStatuses().get(0).instanceId();
        assertThat(refusal(aws.ec2.describeInstanceStatus(r -> r.instanceIds(id).maxResults(5))))
                .isEqualTo("InvalidParameterCombination");
    }

    @Test
    void theSourceDestCheckOfAnInstanceIsThatOfItsOnlyInterface() {
        var id = launch("t").instanceId();
        of(aws.ec2.modifyInstanceAttribute(r -> r.instanceId(id).sourceDestCheck(value -> value.value(false))));
        assertThat(describe(id).sourceDestCheck()).isFalse();
        assertThat(of(aws.ec2.describeInstanceAttribute(
                                r -> r.instanceId(id).attribute(InstanceAttributeName.SOURCE_DEST_CHECK)))
                        .sourceDestCheck()
                        .value())
                .isFalse();
        var card = of(aws.ec2.createNetworkInterface(r -> r.subnetId(subnet)))
                .networkInterface()
                .networkInterfaceId();
        of(aws.ec2.attachNetworkInterface(
                r -> r.networkInterfaceId(card).instanceId(id).deviceIndex(1)));
        assertThat(refusal(aws.ec2.modifyInstanceAttribute(
                        r -> r.instanceId(id).sourceDestCheck(value -> value.value(true)))))
                .isEqualTo("InvalidInstanceID");
    }

    @Test
    void aProtectedInstanceIsNotTerminated() {
        var id = launch("t").instanceId();
        of(aws.ec2.modifyInstanceAttribute(r -> r.instanceId(id).disableApiTermination(value -> value.value(true))));
        assertThat(refusal(aws.ec2.terminateInstances(r -> r.instanceIds(id)))).isEqualTo("OperationNotPermitted");
        of(aws.ec2.modifyInstanceAttribute(r -> r.instanceId(id).disableApiTermination(value -> value.value(false))));
        of(aws.ec2.terminateInstances(r -> r.instanceIds(id)));
    }

    @Test
    void interfacesEndWithTheirInstanceWhenItMadeThemOrWhenTold() {
        var kept = of(aws.ec2.createNetworkInterface(r -> r.subnetId(subnet)))
                .networkInterface()
                .networkInterfaceId();
        var doomed = of(aws.ec2.createNetworkInterface(r -> r.subnetId(subnet)))
                .networkInterface()
                .networkInterfaceId();
        var instance = launch("t");
        var id = instance.instanceId();
        aws.clock.advance(Duration.ofSeconds(10));
        of(aws.ec2.attachNetworkInterface(
                r -> r.networkInterfaceId(kept).instanceId(id).deviceIndex(1)));
        var attachment = of(aws.ec2.attachNetworkInterface(
                        r -> r.networkInterfaceId(doomed).instanceId(id).deviceIndex(2)))
                .attachmentId();
        of(aws.ec2.modifyNetworkInterfaceAttribute(r -> r.networkInterfaceId(doomed)
                .attachment(change -> change.attachmentId(attachment).deleteOnTermination(true))));
        of(aws.ec2.terminateInstances(r -> r.instanceIds(id)));
        aws.clock.advance(Duration.ofSeconds(10));
        assertThat(aws.inventory().ids("network-interface")).containsExactly(kept);
    }

    @Test
    void anAddressGoesToAnInstanceOnceItRunsAndMovesOnlyWhenAllowed() {
        var id = launch("t-1").instanceId();
        var address = of(aws.ec2.allocateAddress());
        assertThat(refusal(aws.ec2.associateAddress(
                        r -> r.allocationId(address.allocationId()).instanceId(id))))
                .isEqualTo("InvalidInstanceID");
        aws.clock.advance(Duration.ofSeconds(10));
        of(aws.ec2.associateAddress(r -> r.publicIp(address.publicIp()).instanceId(id)));
        assertThat(describe(id).publicIpAddress()).isEqualTo(address.publicIp());
        var other = launch("t-2").instanceId();
        aws.clock.advance(Duration.ofSeconds(10));
        assertThat(refusal(aws.ec2.associateAddress(r ->
                        r.allocationId(address.allocationId()).instanceId(other).allowReassociation(false))))
                .isEqualTo("Resource.AlreadyAssociated");
        of(aws.ec2.associateAddress(
                r -> r.allocationId(address.allocationId()).instanceId(other).allowReassociation(true)));
        assertThat(describe(id).publicIpAddress()).isNull();
        assertThat(describe(other).publicIpAddress()).isEqualTo(address.publicIp());
    }
}

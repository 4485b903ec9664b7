// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.sim.aws;

import static io.hybridpipe.sim.aws.Aws.of;
import static io.hybridpipe.sim.aws.Aws.refusal;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import io.hybridpipe.sim.Call;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.services.ec2.model.ResourceType;

class LostCallsTest {

    private final Aws aws = new Aws();

    @AfterEach
    void close() {
        aws.close();
    }

    @Test
    void aCallDroppedBeforeItsEffectChangesNothing() {
        aws.sim.faults().on("CreateVpc").dropBefore();
        assertThatThrownBy(() -> of(aws.ec2.createVpc(r -> r.cidrBlock("10.1.0.0/16"))))
                .isInstanceOf(SdkClientException.class);
        assertThat(aws.inventory().isEmpty()).isTrue();
        of(aws.ec2.createVpc(r -> r.cidrBlock("10.1.0.0/16")));
        assertThat(aws.inventory().ids("vpc")).hasSize(1);
    }

    @Test
    void aLostAnswerLeavesAVpcThatItsTagFinds() {
        aws.sim.faults().on("CreateVpc").dropAfter();
        assertThatThrownBy(() -> of(aws.ec2.createVpc(r ->
                        r.cidrBlock("10.1.0.0/16").tagSpecifications(Aws.tagged(ResourceType.VPC, "token", "t-1")))))
                .isInstanceOf(SdkClientException.class);
        assertThat(of(aws.ec2.describeVpcs(r -> r.filters(Aws.filter("tag:token", "t-1"))))
                        .vpcs())
                .hasSize(1);
        assertThat(of(aws.ec2.describeVpcs(r -> r.filters(Aws.filter("tag:token", "t-2"))))
                        .vpcs())
                .isEmpty();
    }

    @Test
    void theNextChangingCallIsHeldAfterItsEffectUntilReleased() throws Exception {
        var held = aws.sim.faults().on(Call::changing).holdAfter();
        assertThat(of(aws.ec2.describeVpcs()).vpcs()).isEmpty();
        var call = aws.ec2.createVpc(r -> r.cidrBlock("10.1.0.0/16"));
        assertThat(held.reached().get(60, TimeUnit.SECONDS).action()).isEqualTo("CreateVpc");
        assertThat(aws.inventory().ids("vpc")).hasSize(1);
        assertThat(call).isNotDone();
        held.release();
        assertThat(of(call).vpc().cidrBlock()).isEqualTo("10.1.0.0/16");
    }

    @Test
    void errorsAndStatusesByRuleReachTheSdkAsTheServicesOwn() {
        aws.sim.faults().on("CreateVpc").error("RequestLimitExceeded", "Request limit exceeded.");
        assertThat(refusal(aws.ec2.createVpc(r -> r.cidrBlock("10.1.0.0/16")))).isEqualTo("RequestLimitExceeded");
        aws.sim.faults().on("DescribeStacks").error("Throttling", "Rate exceeded");
        assertThat(refusal(aws.cloudFormation.describeStacks())).isEqualTo("Throttling");
        aws.sim.faults().on("CreateVpc").status(503);
        assertThatThrownBy(() -> of(aws.ec2.createVpc(r -> r.cidrBlock("10.1.0.0/16"))))
                .isInstanceOfSatisfying(AwsServiceException.class, e -> assertThat(e.statusCode())
                        .isEqualTo(503));
        assertThat(aws.inventory().isEmpty()).isTrue();
    }

    @Test
    void theLogTellsWhoAskedForWhatAndKeepsTheWire() {
        var vpc = of(aws.ec2.createVpc(r -> r.cidrBlock("10.1.0.0/16"))).vpc().vpcId();
        of(aws.ec2.createSecurityGroup(
                r -> r.groupName("web").description("canary-0815").vpcId(vpc)));
        assertThat(refusal(aws.ec2.createVpc(r -> r.cidrBlock("10.2.0.0/16").dryRun(true))))
                .isEqualTo("DryRunOperation");
        assertThat(aws.sim.calls().changing())
                .extracting(Call::service, Call::action, Call::target, Call::caller, Call::status)
                .containsExactly(
                        tuple("ec2", "CreateVpc", "10.1.0.0/16", Aws.ACCOUNT, 200),
                        tuple("ec2", "CreateSecurityGroup", vpc, Aws.ACCOUNT, 200));
        assertThat(aws.sim.calls().wire()).contains("canary-0815").contains("<vpcId>" + vpc + "</vpcId>");
    }
}

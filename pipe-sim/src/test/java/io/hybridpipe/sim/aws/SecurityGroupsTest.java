// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.sim.aws;

import static io.hybridpipe.sim.aws.Aws.of;
import static io.hybridpipe.sim.aws.Aws.refusal;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class SecurityGroupsTest {

    private static Aws aws;
    private static String group;

    @BeforeAll
    static void start() {
        aws = new Aws();
        var vpc = of(aws.ec2.createVpc(r -> r.cidrBlock("10.1.0.0/16"))).vpc().vpcId();
        group = of(aws.ec2.createSecurityGroup(
                        r -> r.groupName("web").description("web").vpcId(vpc)))
                .groupId();
    }

    @AfterAll
    static void close() {
        aws.close();
    }

    @Test
    void aRuleOfTheOtherDirectionIsNotRevokedByItsId() {
        var rule = of(aws.ec2.authorizeSecurityGroupIngress(
                        r -> r.groupId(group).ipPermissions(Aws.tcp(443, "203.0.113.7/32", ""))))
                .securityGroupRules()
                .get(0)
                .securityGroupRuleId();
        assertThat(refusal(
                        aws.ec2.revokeSecurityGroupEgress(r -> r.groupId(group).securityGroupRuleIds(rule))))
                .isEqualTo("InvalidSecurityGroupRuleId.NotFound");
        var revoked =
                of(aws.ec2.revokeSecurityGroupIngress(r -> r.groupId(group).securityGroupRuleIds(rule)));
        assertThat(revoked.revokedSecurityGroupRules()).hasSize(1);
    }

    @Test
    void namesAreLookedForInTheDefaultVpcWhichThereIsNot() {
        assertThat(refusal(aws.ec2.describeSecurityGroups(r -> r.groupNames("web"))))
                .isEqualTo("InvalidGroup.NotFound");
        assertThat(of(aws.ec2.describeSecurityGroups(r -> r.filters(Aws.filter("group-name", "web"))))
                        .securityGroups())
                .hasSize(1);
    }
}

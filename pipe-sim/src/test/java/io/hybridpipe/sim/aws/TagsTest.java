// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.sim.aws;

import static io.hybridpipe.sim.aws.Aws.of;
import static io.hybridpipe.sim.aws.Aws.refusal;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.ec2.model.Tag;
import software.amazon.awssdk.services.ec2.model.TagDescription;

class TagsTest {

    private final Aws aws = new Aws();

    @AfterEach
    void close() {
        aws.close();
    }

    private String vpc() {
        return of(aws.ec2.createVpc(r -> r.cidrBlock("10.1.0.0/16"))).vpc().vpcId();
    }

    private static Tag tag(String key) {
        return Tag.builder().key(key).build();
    }

    @Test
    void theTagsOfADefaultGroupsRulesEndWithItsVpc() {
        var vpc = vpc();
        var rules = of(aws.ec2.describeSecurityGroupRules(r -> {})).securityGroupRules().stream()
                .map(rule -> rule.securityGroupRuleId())
                .toList();
        assertThat(rules).hasSize(2);
        of(aws.ec2.createTags(
                r -> r.resources(rules).tags(Tag.builder().key("a").value("b").build())));
        assertThat(of(aws.ec2.describeTags()).tags())
                .extracting(TagDescription::resourceId)
                .containsExactlyInAnyOrderElementsOf(rules);
        of(aws.ec2.deleteVpc(r -> r.vpcId(vpc)));
        assertThat(of(aws.ec2.describeTags()).tags()).isEmpty();
    }

    @Test
    void tagsThatAwsGaveCannotBeDeletedByName() {
        aws.create("net", """
                {"Resources": {"Vpc": {"Type": "AWS::EC2::VPC", "Properties": {"CidrBlock": "10.1.0.0/16"}}}}
                """, Map.of());
        aws.settled("net");
        var vpc = of(aws.ec2.describeVpcs()).vpcs().get(0);
        assertThat(vpc.tags()).extracting(Tag::key).contains("aws:cloudformation:stack-name");
        assertThat(refusal(
                        aws.ec2.deleteTags(r -> r.resources(vpc.vpcId()).tags(tag("aws:cloudformation:stack-name")))))
                .isEqualTo("InvalidParameterValue");
        assertThat(of(aws.ec2.describeVpcs()).vpcs().get(0).tags()).isEqualTo(vpc.tags());
    }

    @Test
    void tagsOfWhatDoesNotExistCannotBeDeletedAndThenNoneAre() {
        var vpc = vpc();
        of(aws.ec2.createTags(
                r -> r.resources(vpc).tags(Tag.builder().key("a").value("b").build())));
        assertThat(refusal(aws.ec2.deleteTags(r -> r.resources(vpc, "vpc-00000000000000000"))))
                .isEqualTo("InvalidVpcID.NotFound");
        assertThat(of(aws.ec2.describeVpcs()).vpcs().get(0).tags()).hasSize(1);
        of(aws.ec2.deleteTags(r -> r.resources(vpc).tags(tag("a"))));
        assertThat(of(aws.ec2.describeVpcs()).vpcs().get(0).tags()).isEmpty();
    }
}

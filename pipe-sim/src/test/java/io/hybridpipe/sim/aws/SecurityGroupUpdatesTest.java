// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.sim.aws;

import static io.hybridpipe.sim.aws.Aws.of;
import static io.hybridpipe.sim.aws.Aws.outputs;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.cloudformation.model.Tag;

class SecurityGroupUpdatesTest {

    private static final String GROUP = """
            Resources:
              Vpc:
                Type: AWS::EC2::VPC
                Properties:
                  CidrBlock: 10.1.0.0/16
                  Tags: [{Key: own, Value: "yes"}]
              Web:
                Type: AWS::EC2::SecurityGroup
                Properties:
                  GroupDescription: web
                  VpcId: !Ref Vpc
                  Tags: [{Key: own, Value: "yes"}]
                  SecurityGroupIngress:
                    - {IpProtocol: tcp, FromPort: 443, ToPort: 443, CidrIp: 0.0.0.0/0, Description: everybody}
            %s
            Outputs:
              Group: {Value: !Ref Web}
            """;

    private static final String EGRESS =
            "      SecurityGroupEgress: [{IpProtocol: tcp, FromPort: 53, ToPort: 53, CidrIp: 10.0.0.0/8}]";

    private final Aws aws = new Aws();

    @AfterEach
    void close() {
        aws.close();
    }

    private String made(String egress) {
        aws.create("web", GROUP.formatted(egress), Map.of());
        var stack = aws.settled("web");
        assertThat(stack.stackStatusAsString()).isEqualTo("CREATE_COMPLETE");
        return outputs(stack).get("Group");
    }

    private void update(String template) {
        of(aws.cloudFormation.updateStack(request -> request.stackName("web").templateBody(template)));
        assertThat(aws.settled("web").stackStatusAsString()).isEqualTo("UPDATE_COMPLETE");
    }

    /** As {@code direction protocol port peer description}. */
    private List<String> rules(String group) {
        return of(aws.ec2.describeSecurityGroupRules(request -> request.filters(Aws.filter("group-id", group))))
                .securityGroupRules()
                .stream()
                .map(rule -> (rule.isEgress() ? "out " : "in ") + rule.ipProtocol() + " " + rule.fromPort() + " "
                        + rule.cidrIpv4()
                        + (rule.description() == null ? "" : " " + rule.description()))
                .toList();
    }

    @Test
    void theFirstEgressRulesReplaceTheOneThatAllowsAllAndItComesBackWhenTheyGo() {
        var group = made("");
        assertThat(rules(group)).containsExactlyInAnyOrder("in tcp 443 0.0.0.0/0 everybody", "out -1 -1 0.0.0.0/0");
        update(GROUP.formatted(EGRESS));
        assertThat(rules(group)).containsExactlyInAnyOrder("in tcp 443 0.0.0.0/0 everybody", "out tcp 53 10.0.0.0/8");
        update(GROUP.formatted(""));
        assertThat(rules(group)).containsExactlyInAnyOrder("in tcp 443 0.0.0.0/0 everybody", "out -1 -1 0.0.0.0/0");
    }

    @Test
    void aNewDescriptionOfARuleIsWrittenToTheRuleThatIsThere() {
        var group = made(EGRESS);
        update(GROUP.formatted(EGRESS).replace("everybody", "the world"));
        assertThat(rules(group)).containsExactlyInAnyOrder("in tcp 443 0.0.0.0/0 the world", "out tcp 53 10.0.0.0/8");
    }

    @Test
    void newTagsOfTheStackReachResourcesThatHaveTheirOwnTags() {
        var group = made("");
        of(aws.cloudFormation.updateStack(request -> request.stackName("web")
                .usePreviousTemplate(true)
                .tags(Tag.builder().key("team").value("net").build())));
        assertThat(aws.settled("web").stackStatusAsString()).isEqualTo("UPDATE_COMPLETE");
        assertThat(of(aws.ec2.describeTags(request -> request.filters(Aws.filter("resource-id", group))))
                        .tags())
                .extracting(tag -> tag.key() + "=" + tag.value())
                .contains("own=yes", "team=net");
    }
}

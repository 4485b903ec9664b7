// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.aws.ec2;

import io.hybridpipe.StepContext;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.ec2.model.IpPermission;
import software.amazon.awssdk.services.ec2.model.IpRange;
import software.amazon.awssdk.services.ec2.model.Ipv6Range;
import software.amazon.awssdk.services.ec2.model.SecurityGroupRule;
import software.amazon.awssdk.services.ec2.model.UserIdGroupPair;

/**
 * A rule that a run wants in a security group.
 *
 * @param group the group that admits
 * @param ports to what
 * @param source from where: a block of addresses or a group's id
 */
record Ingress(String group, Ports ports, String source) {
    private static final int LONGEST_DESCRIPTION = 255;

    static Ingress of(String group, Ports ports, String source) {
        return new Ingress(group, isIpv6(source) ? ports.inIpv6() : ports, source);
    }

    /** Whether EC2 takes the rule for this one: it looks at all but descriptions and tags. */
    boolean isEqualTo(SecurityGroupRule rule) {
        return group.equals(rule.groupId())
                && !Boolean.TRUE.equals(rule.isEgress())
                && ports.areOf(rule)
                && source.equals(sourceOf(rule));
    }

    IpPermission toPermission(String description) {
        IpPermission.Builder permission = ports.toPermission();
        if (isGroup(source)) {
            permission.userIdGroupPairs(UserIdGroupPair.builder()
                    .groupId(source)
                    .description(description)
                    .build());
        } else if (isIpv6(source)) {
            permission.ipv6Ranges(Ipv6Range.builder()
                    .cidrIpv6(source)
                    .description(description)
                    .build());
        } else {
            permission.ipRanges(
                    IpRange.builder().cidrIp(source).description(description).build());
        }
        return permission.build();
    }

    /** Who made it, within EC2's 255 characters and alphabet; only the path gives way. */
    static String toDescription(StepContext context, Optional<Instant> until) {
        String ends = until.map(end -> " until " + end).orElse("") + " token " + context.token();
        String begins = "hybridpipe run " + context.runId() + " ";
        String path = context.path().value().replaceAll("[^a-zA-Z0-9._:/()#,@\\[\\]+=&;{}!$*-]", "_");
        int room = LONGEST_DESCRIPTION - begins.length() - ends.length();
        return begins + path.substring(Math.max(0, path.length() - room)) + ends;
    }

    private static @Nullable String sourceOf(SecurityGroupRule rule) {
        if (rule.referencedGroupInfo() != null) {
            return rule.referencedGroupInfo().groupId();
        }
        return rule.cidrIpv4() == null ? rule.cidrIpv6() : rule.cidrIpv4();
    }

    private static boolean isGroup(String source) {
        return source.startsWith("sg-");
    }

    private static boolean isIpv6(String source) {
        return source.indexOf(':') >= 0;
    }

    @Override
    public String toString() {
        return group + " " + ports + " from " + source;
    }
}

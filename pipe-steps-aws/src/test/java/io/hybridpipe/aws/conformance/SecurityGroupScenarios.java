// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.aws.conformance;

import static io.hybridpipe.aws.conformance.Ground.filter;
import static io.hybridpipe.aws.conformance.Scenario.ok;
import static io.hybridpipe.aws.conformance.Scenario.refused;

import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import software.amazon.awssdk.services.ec2.model.AuthorizeSecurityGroupIngressResponse;
import software.amazon.awssdk.services.ec2.model.IpPermission;

/** Security groups and their rules. */
@SuppressWarnings("unchecked") // the SDK takes several lambdas as varargs
final class SecurityGroupScenarios {
    private static final String NO_GROUP = "sg-00000000000000000";
    private static final String NO_RULE = "sgr-00000000000000000";

    private SecurityGroupScenarios() {}

    static List<Scenario> all() {
        return Stream.of(groups(), ingress(), egress(), rules())
                .flatMap(List::stream)
                .toList();
    }

    private static List<Scenario> groups() {
        return List.of(
                ok("CreateSecurityGroup", "a name and tags", g -> g.ec2().createSecurityGroup(r -> r.vpcId(g.vpc())
                        .groupName("controller")
                        .description("for the controller")
                        .tagSpecifications(t -> t.resourceType("security-group")
                                .tags(tag -> tag.key("pipe").value("fednet"))))),
                ok("CreateSecurityGroup", "a name that another VPC's group has", g -> {
                    g.group();
                    return g.ec2().createSecurityGroup(r -> r.vpcId(g.vpc("10.2.0.0/16"))
                            .groupName("web")
                            .description("again"));
                }),
                refused("CreateSecurityGroup", "InvalidGroup.Duplicate", "a name of this VPC's group", g -> {
                    g.group();
                    return g.ec2()
                            .createSecurityGroup(
                                    r -> r.vpcId(g.vpc()).groupName("web").description("again"));
                }),
                refused("CreateSecurityGroup", "InvalidVpcID.NotFound", "an unknown VPC", g -> g.ec2()
                        .createSecurityGroup(r -> r.vpcId("vpc-00000000000000000")
                                .groupName("web")
                                .description("web"))),
                refused("CreateSecurityGroup", "MissingParameter", "no description", g -> g.ec2()
                        .createSecurityGroup(r -> r.vpcId(g.vpc()).groupName("web"))),
                refused("CreateSecurityGroup", "InvalidParameterValue", "a name like an id", g -> g.ec2()
                        .createSecurityGroup(
                                r -> r.vpcId(g.vpc()).groupName("sg-web").description("web"))),
                ok("DeleteSecurityGroup", "unused", g -> g.ec2().deleteSecurityGroup(r -> r.groupId(g.group()))),
                refused("DeleteSecurityGroup", "DependencyViolation", "an interface is in it", g -> {
                    g.card();
                    return g.ec2().deleteSecurityGroup(r -> r.groupId(g.group()));
                }),
                refused("DeleteSecurityGroup", "DependencyViolation", "another's rule names it", g -> {
                    g.ec2()
                            .authorizeSecurityGroupIngress(
                                    r -> r.groupId(g.group("db")).ipPermissions(p -> p.ipProtocol("tcp")
                                            .fromPort(5432)
                                            .toPort(5432)
                                            .userIdGroupPairs(pair -> pair.groupId(g.group()))))
                            .join();
                    return g.ec2().deleteSecurityGroup(r -> r.groupId(g.group()));
                }),
                refused("DeleteSecurityGroup", "InvalidGroup.NotFound", "unknown", g -> g.ec2()
                        .deleteSecurityGroup(r -> r.groupId(NO_GROUP))),
                refused("DeleteSecurityGroup", "CannotDelete", "the one that the VPC came with", g -> g.ec2()
                        .deleteSecurityGroup(r -> r.groupId(g.defaultGroup()))),
                ok("DescribeSecurityGroups", "by name and VPC", g -> {
                    allow(g, 8000, "203.0.113.7/32");
                    return g.ec2()
                            .describeSecurityGroups(
                                    r -> r.filters(filter("group-name", "web"), filter("vpc-id", g.vpc())));
                }),
                ok("DescribeSecurityGroups", "the one that the VPC came with", g -> g.ec2()
                        .describeSecurityGroups(r -> r.groupIds(g.defaultGroup()))),
                refused("DescribeSecurityGroups", "InvalidGroup.NotFound", "unknown", g -> g.ec2()
                        .describeSecurityGroups(r -> r.groupIds(NO_GROUP))),
                refused("DescribeSecurityGroups", "InvalidGroupId.Malformed", "an id that is none", g -> g.ec2()
                        .describeSecurityGroups(r -> r.groupIds("web"))));
    }

    private static List<Scenario> ingress() {
        return List.of(
                ok("AuthorizeSecurityGroupIngress", "a port for a block, with a description and tags", g -> g.ec2()
                        .authorizeSecurityGroupIngress(r -> r.groupId(g.group())
                                .ipPermissions(tcp(8000, "203.0.113.7/32"))
                                .tagSpecifications(t -> t.resourceType("security-group-rule")
                                        .tags(tag -> tag.key("pipe").value("fednet"))))),
                ok("AuthorizeSecurityGroupIngress", "everything for a group", g -> g.ec2()
                        .authorizeSecurityGroupIngress(r -> r.groupId(g.group()).ipPermissions(p -> p.ipProtocol("-1")
                                .userIdGroupPairs(pair -> pair.groupId(g.group("db")))))),
                ok("AuthorizeSecurityGroupIngress", "a block that is written from its middle", g -> {
                    allow(g, 8000, "203.0.113.7/24");
                    return g.ec2().describeSecurityGroups(r -> r.groupIds(g.group()));
                }),
                refused("AuthorizeSecurityGroupIngress", "InvalidPermission.Duplicate", "the same again", g -> {
                    allow(g, 8000, "203.0.113.7/32");
                    return g.ec2().authorizeSecurityGroupIngress(r -> r.groupId(g.group())
                            .ipPermissions(tcp(8000, "203.0.113.7/32")));
                }),
                refused(
                        "AuthorizeSecurityGroupIngress",
                        "InvalidPermission.Duplicate",
                        "the same with another description",
                        g -> {
                            allow(g, 8000, "203.0.113.7/32");
                            return g.ec2().authorizeSecurityGroupIngress(r -> r.groupId(g.group())
                                    .ipPermissions(p -> p.ipProtocol("tcp")
                                            .fromPort(8000)
                                            .toPort(8000)
                                            .ipRanges(range -> range.cidrIp("203.0.113.7/32")
                                                    .description("another"))));
                        }),
                refused("AuthorizeSecurityGroupIngress", "InvalidGroup.NotFound", "unknown group", g -> g.ec2()
                        .authorizeSecurityGroupIngress(
                                r -> r.groupId(NO_GROUP).ipPermissions(tcp(8000, "203.0.113.7/32")))),
                refused("AuthorizeSecurityGroupIngress", "InvalidParameterValue", "no block at all", g -> g.ec2()
                        .authorizeSecurityGroupIngress(
                                r -> r.groupId(g.group()).ipPermissions(tcp(8000, "203.0.113.7/33")))),
                refused("AuthorizeSecurityGroupIngress", "InvalidParameterValue", "signs not allowed", g -> g.ec2()
                        .authorizeSecurityGroupIngress(r -> r.groupId(g.group()).ipPermissions(p -> p.ipProtocol("tcp")
                                .fromPort(8000)
                                .toPort(8000)
                                .ipRanges(
                                        range -> range.cidrIp("203.0.113.7/32").description("<b>"))))),
                refused("AuthorizeSecurityGroupIngress", "MissingParameter", "no rule", g -> g.ec2()
                        .authorizeSecurityGroupIngress(r -> r.groupId(g.group()))),
                ok("RevokeSecurityGroupIngress", "as it was allowed", g -> {
                    allow(g, 8000, "203.0.113.7/32");
                    return g.ec2().revokeSecurityGroupIngress(r -> r.groupId(g.group())
                            .ipPermissions(tcp(8000, "203.0.113.7/32")));
                }),
                ok("RevokeSecurityGroupIngress", "by id", g -> {
                    String rule = allow(g, 8000, "203.0.113.7/32");
                    return g.ec2().revokeSecurityGroupIngress(r -> r.groupId(g.group())
                            .securityGroupRuleIds(rule));
                }),
                refused("RevokeSecurityGroupIngress", "InvalidPermission.NotFound", "that is not there", g -> g.ec2()
                        .revokeSecurityGroupIngress(
                                r -> r.groupId(g.group()).ipPermissions(tcp(8000, "203.0.113.7/32")))),
                refused("RevokeSecurityGroupIngress", "InvalidGroup.NotFound", "unknown group", g -> g.ec2()
                        .revokeSecurityGroupIngress(
                                r -> r.groupId(NO_GROUP).ipPermissions(tcp(8000, "203.0.113.7/32")))),
                refused(
                        "RevokeSecurityGroupIngress",
                        "InvalidSecurityGroupRuleId.NotFound",
                        "unknown rule",
                        g -> g.ec2().revokeSecurityGroupIngress(r -> r.groupId(g.group())
                                .securityGroupRuleIds(NO_RULE))));
    }

    private static List<Scenario> egress() {
        return List.of(
                ok("AuthorizeSecurityGroupEgress", "a port for a block", g -> g.ec2()
                        .authorizeSecurityGroupEgress(
                                r -> r.groupId(g.group()).ipPermissions(tcp(443, "203.0.113.0/24")))),
                refused(
                        "AuthorizeSecurityGroupEgress",
                        "InvalidPermission.Duplicate",
                        "what each group has",
                        g -> g.ec2().authorizeSecurityGroupEgress(r -> r.groupId(g.group())
                                .ipPermissions(p -> p.ipProtocol("-1").ipRanges(range -> range.cidrIp("0.0.0.0/0"))))),
                refused("AuthorizeSecurityGroupEgress", "InvalidGroup.NotFound", "unknown group", g -> g.ec2()
                        .authorizeSecurityGroupEgress(
                                r -> r.groupId(NO_GROUP).ipPermissions(tcp(443, "203.0.113.0/24")))),
                ok("RevokeSecurityGroupEgress", "what each group has", g -> g.ec2()
                        .revokeSecurityGroupEgress(r -> r.groupId(g.group())
                                .ipPermissions(p -> p.ipProtocol("-1").ipRanges(range -> range.cidrIp("0.0.0.0/0"))))),
                refused("RevokeSecurityGroupEgress", "InvalidPermission.NotFound", "that is not there", g -> g.ec2()
                        .revokeSecurityGroupEgress(
                                r -> r.groupId(g.group()).ipPermissions(tcp(443, "203.0.113.0/24")))));
    }

    private static List<Scenario> rules() {
        return List.of(
                ok("DescribeSecurityGroupRules", "by group", g -> {
                    allow(g, 8000, "203.0.113.7/32");
                    return g.ec2().describeSecurityGroupRules(r -> r.filters(filter("group-id", g.group())));
                }),
                ok("DescribeSecurityGroupRules", "by id", g -> {
                    String rule = allow(g, 8000, "203.0.113.7/32");
                    return g.ec2().describeSecurityGroupRules(r -> r.securityGroupRuleIds(rule));
                }),
                refused("DescribeSecurityGroupRules", "InvalidSecurityGroupRuleId.NotFound", "unknown", g -> g.ec2()
                        .describeSecurityGroupRules(r -> r.securityGroupRuleIds(NO_RULE))),
                ok("ModifySecurityGroupRules", "another description", g -> {
                    String rule = allow(g, 8000, "203.0.113.7/32");
                    return g.ec2().modifySecurityGroupRules(r -> r.groupId(g.group())
                            .securityGroupRules(update -> update.securityGroupRuleId(rule)
                                    .securityGroupRule(wanted -> wanted.ipProtocol("tcp")
                                            .fromPort(8000)
                                            .toPort(8000)
                                            .cidrIpv4("203.0.113.7/32")
                                            .description("expires soon"))));
                }),
                refused("ModifySecurityGroupRules", "InvalidSecurityGroupRuleId.NotFound", "unknown", g -> g.ec2()
                        .modifySecurityGroupRules(r -> r.groupId(g.group())
                                .securityGroupRules(update -> update.securityGroupRuleId(NO_RULE)
                                        .securityGroupRule(wanted -> wanted.ipProtocol("tcp")
                                                .fromPort(8000)
                                                .toPort(8000)
                                                .cidrIpv4("203.0.113.7/32"))))));
    }

    private static Consumer<IpPermission.Builder> tcp(int port, String from) {
        return permission -> permission
                .ipProtocol("tcp")
                .fromPort(port)
                .toPort(port)
                .ipRanges(range -> range.cidrIp(from).description("for the run"));
    }

    private static String allow(Ground g, int port, String from) {
        AuthorizeSecurityGroupIngressResponse allowed = g.ec2()
                .authorizeSecurityGroupIngress(r -> r.groupId(g.group()).ipPermissions(tcp(port, from)))
                .join();
        return allowed.securityGroupRules().get(0).securityGroupRuleId();
    }
}

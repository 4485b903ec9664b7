// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.sim.aws;

import io.hybridpipe.sim.aws.Model.Rule;
import io.hybridpipe.sim.aws.Model.SecurityGroup;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Security groups and their rules over the API. */
final class SecurityGroupActions {

    private static final Describe<SecurityGroup> GROUPS = new Describe<SecurityGroup>(
                    "GroupId", "securityGroupInfo", region -> region.groupStore)
            .filter("group-id", SecurityGroup::id)
            .filter("group-name", SecurityGroup::name)
            .filter("description", SecurityGroup::description)
            .filter("vpc-id", SecurityGroup::vpc)
            .filters("owner-id", (region, group) -> List.of(region.account))
            .filters("ip-permission.cidr", (region, group) -> shown(region, group)
                    .filter(rule -> !rule.egress() && !rule.peerIsGroup())
                    .map(Rule::peer)
                    .toList())
            .filters("ip-permission.from-port", (region, group) -> shown(region, group)
                    .filter(rule -> !rule.egress())
                    .map(rule -> String.valueOf(rule.from()))
                    .toList())
            .narrowed((region, params) -> {
                // "DescribeSecurityGroups" in the API reference: names are for a default VPC, and here is none
                params.list("GroupName").stream().findFirst().ifPresent(name -> {
                    throw AwsError.of("InvalidGroup.NotFound", "The security group '%s' does not exist", name);
                });
                return group -> true;
            });

    private SecurityGroupActions() {}

    static void register(Map<String, Action> actions) {
        actions.put("CreateSecurityGroup", (region, params, answer) -> {
            var tags = TagActions.given(params, "security-group");
            var vpc = params.find("VpcId")
                    .orElseThrow(() -> AwsError.of("VPCIdNotSpecified", "No default VPC for this user"));
            var group = region.groups.create(params.get("GroupName"), params.get("GroupDescription"), vpc);
            region.tags.put(group.id(), tags);
            region.made(group.id());
            answer.put("return", true).put("groupId", group.id());
            TagActions.write(region, answer, group.id());
        });
        actions.put("DeleteSecurityGroup", (region, params, answer) -> {
            region.groups.delete(params.get("GroupId"));
            answer.put("return", true).put("groupId", params.get("GroupId"));
        });
        var describe = GROUPS.writing((region, out) -> write(region, out.xml(), out.item()));
        actions.put("DescribeSecurityGroups", describe);
        actions.put("AuthorizeSecurityGroupIngress", (r, params, answer) -> authorize(r, params, answer, false));
        actions.put("AuthorizeSecurityGroupEgress", (r, params, answer) -> authorize(r, params, answer, true));
        actions.put("RevokeSecurityGroupIngress", (r, params, answer) -> revoke(r, params, answer, false));
        actions.put("RevokeSecurityGroupEgress", (r, params, answer) -> revoke(r, params, answer, true));
        actions.put("DescribeSecurityGroupRules", SecurityGroupActions::describeRules);
        actions.put("ModifySecurityGroupRules", SecurityGroupActions::modifyRules);
    }

    private static void authorize(Region region, Params params, Xml answer, boolean egress) {
        var tags = TagActions.given(params, "security-group-rule");
        var group = params.get("GroupId");
        region.groupStore.get(group);
        var added = region.groups.authorize(group, rules(region, params, egress));
        added.forEach(rule -> {
            region.tags.put(rule.id(), tags);
            region.made(rule.id());
        });
        answer.put("return", true).each("securityGroupRuleSet", added, (xml, rule) -> write(region, xml, group, rule));
    }

    private static void revoke(Region region, Params params, Xml answer, boolean egress) {
        var group = params.get("GroupId");
        region.groupStore.get(group);
        var ids = params.list("SecurityGroupRuleId");
        var unwanted = ids.isEmpty()
                ? rules(region, params, egress)
                : ids.stream().map(id -> region.groups.rule(group, id, egress)).toList();
        var removed = region.groups.revoke(group, unwanted);
        answer.put("return", true)
                .each("revokedSecurityGroupRuleSet", removed, (xml, rule) -> xml.put("securityGroupRuleId", rule.id())
                        .put("groupId", group)
                        .put("isEgress", egress)
                        .put("ipProtocol", rule.protocol())
                        .put("fromPort", rule.from())
                        .put("toPort", rule.to())
                        .put(rule.peerIsGroup() ? "referencedGroupId" : "cidrIpv4", rule.peer()));
    }

    private static List<Rule> rules(Region region, Params params, boolean egress) {
        var rules = new ArrayList<Rule>();
        var permissions = new ArrayList<>(params.structs("IpPermissions"));
        if (permissions.isEmpty() && params.find("IpProtocol").isPresent()) {
            rules.add(region.groups.toRule(
                    egress,
                    params.get("IpProtocol"),
                    params.number("FromPort"),
                    params.number("ToPort"),
                    params.get("CidrIp"),
                    ""));
        }
        for (var permission : permissions) {
            var protocol = permission.get("IpProtocol");
            var from = permission.number("FromPort");
            var to = permission.number("ToPort");
            for (var range : permission.structs("IpRanges")) {
                var description = range.find("Description").orElse("");
                rules.add(region.groups.toRule(egress, protocol, from, to, range.get("CidrIp"), description));
            }
            for (var pair : permission.structs("Groups")) {
                var description = pair.find("Description").orElse("");
                rules.add(region.groups.toRule(egress, protocol, from, to, pair.get("GroupId"), description));
            }
        }
        if (rules.isEmpty()) {
            throw AwsError.missing("ipPermissions");
        }
        return rules;
    }

    private static Stream<Rule> shown(Region region, SecurityGroup group) {
        return group.rules().stream().filter(rule -> region.visibility.shown(rule.id()));
    }

    private record Placed(SecurityGroup group, Rule rule) {}

    private static void describeRules(Region region, Params params, Xml answer) {
        var wanted = params.list("SecurityGroupRuleId");
        var all = region.groupStore.all().stream()
                .filter(group -> region.visibility.shown(group.id()))
                .flatMap(group -> shown(region, group).map(rule -> new Placed(group, rule)))
                .toList();
        for (var id : wanted) {
            if (all.stream().noneMatch(placed -> placed.rule().id().equals(id))) {
                throw SecurityGroups.noRule(id);
            }
        }
        var selected = all.stream()
                .filter(placed ->
                        wanted.isEmpty() || wanted.contains(placed.rule().id()))
                .filter(placed -> params.structs("Filter").stream().allMatch(filter -> fits(region, filter, placed)))
                .toList();
        var page = Describe.page(
                region,
                params,
                "securityGroupRuleSet",
                selected,
                placed -> placed.rule().id(),
                5,
                1000);
        answer.each(
                "securityGroupRuleSet",
                page.items(),
                (xml, placed) -> write(region, xml, placed.group().id(), placed.rule()));
        page.next().ifPresent(token -> answer.put("nextToken", token));
    }

    private static boolean fits(Region region, Params filter, Placed placed) {
        var name = filter.get("Name");
        var tags = region.shownTags(placed.rule().id());
        if (name.startsWith("tag:")) {
            var value = tags.get(name.substring(4));
            return value != null && Describe.matches(filter, List.of(value));
        }
        return switch (name) {
            case "group-id" -> Describe.matches(filter, List.of(placed.group().id()));
            case "security-group-rule-id" ->
                Describe.matches(filter, List.of(placed.rule().id()));
            case "tag-key" -> Describe.matches(filter, tags.keySet());
            default -> throw AwsError.invalid("The filter '%s' is invalid", name);
        };
    }

    private static void modifyRules(Region region, Params params, Xml answer) {
        var group = params.get("GroupId");
        for (var change : params.structs("SecurityGroupRule")) {
            var old = region.groups.rule(group, change.get("SecurityGroupRuleId"));
            var wanted = change.struct("SecurityGroupRule");
            var peer = wanted.find("CidrIpv4").or(() -> wanted.find("ReferencedGroupId"));
            var rule = region.groups.toRule(
                    old.egress(),
                    wanted.find("IpProtocol").orElse(old.protocol()),
                    wanted.number("FromPort").or(() -> Optional.of(old.from())),
                    wanted.number("ToPort").or(() -> Optional.of(old.to())),
                    peer.orElse(old.peer()),
                    wanted.find("Description").orElse(""));
            region.groups.replace(group, rule.with(old.id(), rule.description()));
        }
        answer.put("return", true);
    }

    private static void write(Region region, Xml xml, SecurityGroup group) {
        xml.put("ownerId", region.account)
                .put("groupName", group.name())
                .put("groupDescription", group.description())
                .put("groupId", group.id())
                .put("securityGroupArn", region.arn("ec2", "security-group/" + group.id()))
                .put("vpcId", group.vpc());
        permissions(region, xml, "ipPermissions", group, false);
        permissions(region, xml, "ipPermissionsEgress", group, true);
        TagActions.write(region, xml, group.id());
    }

    private record Service(String protocol, int from, int to) {}

    /** The service shows rules grouped by protocol and ports. */
    private static void permissions(Region region, Xml xml, String set, SecurityGroup group, boolean egress) {
        var grouped = shown(region, group)
                .filter(rule -> rule.egress() == egress)
                .collect(Collectors.groupingBy(
                        rule -> new Service(rule.protocol(), rule.from(), rule.to()),
                        LinkedHashMap::new,
                        Collectors.toList()));
        xml.each(set, grouped.entrySet(), (one, entry) -> {
            var service = entry.getKey();
            one.put("ipProtocol", service.protocol());
            if (!service.protocol().equals("-1")) {
                one.put("fromPort", service.from()).put("toPort", service.to());
            }
            var pairs = entry.getValue().stream().filter(Rule::peerIsGroup).toList();
            one.each("groups", pairs, (pair, rule) -> pair.put("userId", region.account)
                    .put("groupId", rule.peer())
                    .putIf("description", rule.description()));
            var ranges = entry.getValue().stream()
                    .filter(rule -> !rule.peerIsGroup())
                    .toList();
            one.each("ipRanges", ranges, (range, rule) -> range.put("cidrIp", rule.peer())
                    .putIf("description", rule.description()));
        });
    }

    private static void write(Region region, Xml xml, String group, Rule rule) {
        xml.put("securityGroupRuleId", rule.id())
                .put("groupId", group)
                .put("groupOwnerId", region.account)
                .put("isEgress", rule.egress())
                .put("ipProtocol", rule.protocol())
                .put("fromPort", rule.from())
                .put("toPort", rule.to());
        if (rule.peerIsGroup()) {
            xml.in("referencedGroupInfo", info -> info.put("groupId", rule.peer())
                    .put("userId", region.account));
        } else {
            xml.put("cidrIpv4", rule.peer());
        }
        xml.putIf("description", rule.description());
        TagActions.write(region, xml, rule.id());
    }
}

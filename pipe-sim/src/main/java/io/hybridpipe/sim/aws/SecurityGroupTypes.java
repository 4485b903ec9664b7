// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.sim.aws;

import io.hybridpipe.sim.aws.Model.Rule;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Security groups and their rules in stacks. */
final class SecurityGroupTypes {

    private SecurityGroupTypes() {}

    static ResourceType securityGroup() {
        return new ResourceType("AWS::EC2::SecurityGroup")
                .requires("GroupDescription", "VpcId")
                .allows("GroupName")
                .changes("SecurityGroupIngress", "SecurityGroupEgress")
                .nested("SecurityGroupIngress", ruleKeys("SourceSecurityGroupId"))
                .nested("SecurityGroupEgress", ruleKeys("DestinationSecurityGroupId"))
                .tagged()
                .made((region, props, name) -> {
                    var group = region.groups.create(
                            props.or("GroupName", name), props.get("GroupDescription"), props.get("VpcId"));
                    setRules(region, group.id(), props);
                    return group.id();
                })
                .updated((region, id, old, wanted) ->
                        replaceRules(region, id, allRules(region, old), allRules(region, wanted)))
                .deleted((region, id, props) -> region.groups.delete(id))
                .attributes(
                        Set.of("GroupId", "Id", "VpcId"),
                        (region, id, props) -> Map.of(
                                "GroupId",
                                id,
                                "Id",
                                id,
                                "VpcId",
                                region.groupStore.get(id).vpc()));
    }

    private static String[] ruleKeys(String peerGroup) {
        return new String[] {"IpProtocol", "FromPort", "ToPort", "CidrIp", "Description", peerGroup};
    }

    private static void setRules(Region region, String group, Props props) {
        var rules = rules(region, props);
        if (!props.structs("SecurityGroupEgress").isEmpty()) {
            // given egress rules replace the one that allows everything
            var all = region.groupStore.get(group).rules();
            region.groups.revoke(group, all);
        }
        region.groups.authorize(group, rules);
    }

    /** The rules that a group with these properties has: without egress rules of its own it lets everything out. */
    private static List<Rule> allRules(Region region, Props props) {
        var rules = new ArrayList<>(rules(region, props));
        if (props.structs("SecurityGroupEgress").isEmpty()) {
            rules.add(region.groups.toRule(true, "-1", Optional.empty(), Optional.empty(), "0.0.0.0/0", ""));
        }
        return rules;
    }

    private static void replaceRules(Region region, String group, List<Rule> old, List<Rule> wanted) {
        // rules that were added over the API since then are not the stack's and stay
        var present = region.groupStore.get(group).rules();
        region.groups.revoke(
                group,
                old.stream()
                        .filter(rule -> wanted.stream().noneMatch(rule::sameAs))
                        .filter(rule -> present.stream().anyMatch(rule::sameAs))
                        .toList());
        region.groups.authorize(
                group,
                wanted.stream()
                        .filter(rule -> old.stream().noneMatch(rule::sameAs))
                        .toList());
        describe(region, group, old, wanted);
    }

    private static void describe(Region region, String group, List<Rule> old, List<Rule> wanted) {
        for (var rule : wanted) {
            if (old.stream()
                    .anyMatch(one -> one.sameAs(rule) && !one.description().equals(rule.description()))) {
                region.groupStore.get(group).rules().stream()
                        .filter(rule::sameAs)
                        .findFirst()
                        .ifPresent(one -> region.groups.replace(group, one.with(one.id(), rule.description())));
            }
        }
    }

    private static List<Rule> rules(Region region, Props props) {
        var rules = new ArrayList<Rule>();
        props.structs("SecurityGroupIngress").forEach(rule -> rules.add(rule(region, rule, false)));
        props.structs("SecurityGroupEgress").forEach(rule -> rules.add(rule(region, rule, true)));
        return rules;
    }

    private static Rule rule(Region region, Props props, boolean egress) {
        var group = egress ? "DestinationSecurityGroupId" : "SourceSecurityGroupId";
        var peer = props.find("CidrIp").or(() -> props.find(group));
        return region.groups.toRule(
                egress,
                props.get("IpProtocol"),
                props.whole("FromPort"),
                props.whole("ToPort"),
                peer.orElseThrow(() -> AwsError.of(
                        "InvalidRequest", "Exactly one of CidrIp and %s must be specified and not empty", group)),
                props.or("Description", ""));
    }

    static ResourceType securityGroupRule(String direction, boolean egress) {
        return new ResourceType("AWS::EC2::SecurityGroup" + direction)
                .requires("GroupId", "IpProtocol")
                .changes("Description")
                .allows("FromPort", "ToPort", "CidrIp", egress ? "DestinationSecurityGroupId" : "SourceSecurityGroupId")
                .made((region, props, name) -> region.groups
                        .authorize(props.get("GroupId"), List.of(rule(region, props, egress)))
                        .get(0)
                        .id())
                .updated((region, id, old, wanted) -> {
                    var group = wanted.get("GroupId");
                    region.groups.replace(group, region.groups.rule(group, id).with(id, wanted.or("Description", "")));
                })
                .deleted((region, id, props) ->
                        region.groups.revoke(props.get("GroupId"), List.of(rule(region, props, egress))))
                .attributes(Set.of("Id"), (region, id, props) -> Map.of("Id", id));
    }
}

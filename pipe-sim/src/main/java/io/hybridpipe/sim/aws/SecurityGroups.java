// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.sim.aws;

import io.hybridpipe.sim.aws.Model.Rule;
import io.hybridpipe.sim.aws.Model.SecurityGroup;
import io.hybridpipe.sim.aws.Model.Vpc;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Security groups and their rules. */
final class SecurityGroups {

    private static final String DESCRIPTION = "[a-zA-Z0-9. _\\-:/()#,@\\[\\]+=&;{}!$*]{0,255}";

    /** In each direction, from "Amazon VPC quotas". */
    static final int RULES_PER_GROUP = 60;

    private final Region region;

    SecurityGroups(Region region) {
        this.region = region;
    }

    SecurityGroup createDefault(Vpc vpc) {
        var id = region.ids.next("sg");
        var all = new Rule(ruleId(), true, "-1", -1, -1, "0.0.0.0/0", "");
        var own = new Rule(ruleId(), false, "-1", -1, -1, id, "");
        return region.groupStore.put(
                new SecurityGroup(id, "default", "default VPC security group", vpc.id(), List.of(own, all)));
    }

    SecurityGroup create(String name, String description, String vpc) {
        region.vpcStore.get(vpc);
        if (name.startsWith("sg-") || name.length() > 255) {
            throw AwsError.invalid(
                    "Value (%s) for parameter GroupName is invalid. The group name may not be in the format sg-*.",
                    name);
        }
        if (name.equals("default")) {
            throw AwsError.invalid("Cannot use reserved security group name: %s", name);
        }
        if (!description.matches(DESCRIPTION) || !name.matches(DESCRIPTION)) {
            throw AwsError.invalid(
                    "Invalid security group description. Valid descriptions are strings less than 256 characters from the"
                            + " following set:  a-zA-Z0-9. _-:/()#,@[]+=&;{}!$*");
        }
        if (region.groupStore.any(
                group -> group.vpc().equals(vpc) && group.name().equals(name))) {
            throw AwsError.of(
                    "InvalidGroup.Duplicate", "The security group '%s' already exists for VPC '%s'", name, vpc);
        }
        var all = new Rule(ruleId(), true, "-1", -1, -1, "0.0.0.0/0", "");
        return region.groupStore.put(new SecurityGroup(region.ids.next("sg"), name, description, vpc, List.of(all)));
    }

    void delete(String id) {
        var group = region.groupStore.get(id);
        if (group.name().equals("default")) {
            throw AwsError.of(
                    "CannotDelete", "the specified group: \"%s\" name: \"default\" cannot be deleted by a user", id);
        }
        var used = region.interfaceStore.any(card -> card.groups().contains(id))
                || region.groupStore.any(other -> !other.id().equals(id)
                        && other.rules().stream().anyMatch(rule -> rule.peer().equals(id)));
        if (used) {
            throw AwsError.dependency("resource %s has a dependent object", id);
        }
        forget(group);
    }

    /** Takes a group away with its rules and all their tags, whoever still uses it. */
    void forget(SecurityGroup group) {
        region.groupStore.remove(group.id());
        region.tags.forget(group.id());
        group.rules().forEach(rule -> region.tags.forget(rule.id()));
    }

    /** Adds rules, all or none; gives them with their new ids. */
    List<Rule> authorize(String groupId, List<Rule> wanted) {
        var group = region.groupStore.get(groupId);
        var rules = new ArrayList<>(group.rules());
        var added = new ArrayList<Rule>();
        for (var rule : wanted) {
            if (wanted.stream().filter(rule::sameAs).count() > 1) {
                throw AwsError.invalid("The same permission must not appear multiple times");
            }
            if (rules.stream().filter(old -> old.egress() == rule.egress()).count() >= RULES_PER_GROUP) {
                throw AwsError.of(
                        "RulesPerSecurityGroupLimitExceeded",
                        "The maximum number of rules per security group has been reached.");
            }
            if (rules.stream().anyMatch(rule::sameAs)) {
                throw AwsError.of(
                        "InvalidPermission.Duplicate", "the specified rule \"%s\" already exists", text(rule));
            }
            var made = rule.with(ruleId(), rule.description());
            rules.add(made);
            added.add(made);
        }
        region.groupStore.put(group.withRules(rules));
        return added;
    }

    /** Takes rules away, all or none, whatever their descriptions; gives what was taken away. */
    List<Rule> revoke(String groupId, List<Rule> unwanted) {
        var group = region.groupStore.get(groupId);
        var rules = new ArrayList<>(group.rules());
        var removed = new ArrayList<Rule>();
        for (var rule : unwanted) {
            var found = rules.stream().filter(rule::sameAs).findFirst().orElseThrow(() -> AwsError.of(
                            "InvalidPermission.NotFound", "The specified rule does not exist in this security group.")
                    .asConflict());
            rules.remove(found);
            removed.add(found);
            region.tags.forget(found.id());
        }
        region.groupStore.put(group.withRules(rules));
        return removed;
    }

    Rule rule(String groupId, String ruleId) {
        return region.groupStore.get(groupId).rules().stream()
                .filter(rule -> rule.id().equals(ruleId))
                .findFirst()
                .orElseThrow(() -> noRule(ruleId));
    }

    /** The rule if it is of this direction. */
    Rule rule(String groupId, String ruleId, boolean egress) {
        var rule = rule(groupId, ruleId);
        if (rule.egress() != egress) {
            throw noRule(ruleId);
        }
        return rule;
    }

    static AwsError noRule(String id) {
        return AwsError.of("InvalidSecurityGroupRuleId.NotFound", "The security group rule ID '%s' does not exist", id);
    }

    void replace(String groupId, Rule changed) {
        var group = region.groupStore.get(groupId);
        rule(groupId, changed.id());
        if (group.rules().stream().anyMatch(rule -> !rule.id().equals(changed.id()) && rule.sameAs(changed))) {
            throw AwsError.of("InvalidPermission.Duplicate", "the specified rule \"%s\" already exists", text(changed));
        }
        region.groupStore.put(group.withRules(group.rules().stream()
                .map(rule -> rule.id().equals(changed.id()) ? changed : rule)
                .toList()));
    }

    /** Checks and brings into one form what callers write: names and numbers of protocols, ports, peers. */
    Rule toRule(
            boolean egress,
            String protocol,
            Optional<Integer> from,
            Optional<Integer> to,
            String peer,
            String description) {
        var name = protocolName(protocol);
        if (!description.matches(DESCRIPTION)) {
            throw AwsError.invalid(
                    "Invalid rule description. Valid descriptions are strings less than 256 characters from the"
                            + " following set:  a-zA-Z0-9. _-:/()#,@[]+=&;{}!$*");
        }
        var ports = name.equals("tcp") || name.equals("udp");
        if (ports && (from.isEmpty() || to.isEmpty())) {
            throw AwsError.invalid("Invalid value 'Must specify both from and to ports with TCP/UDP.' for portRange.");
        }
        var first = ports || name.equals("icmp") ? from.orElse(-1) : -1;
        var last = ports || name.equals("icmp") ? to.orElse(-1) : -1;
        if (ports && (first < 0 || last > 65535 || first > last)) {
            throw AwsError.invalid("Invalid TCP/UDP port range (%s:%s)", first, last);
        }
        return new Rule("", egress, name, first, last, toPeer(peer), description);
    }

    private String toPeer(String peer) {
        if (peer.startsWith("sg-")) {
            return region.groupStore.get(peer).id();
        }
        try {
            return Cidr.block(peer, "cidrIp").toString();
        } catch (AwsError e) {
            throw AwsError.invalid("CIDR block %s is malformed", peer);
        }
    }

    private static String protocolName(String protocol) {
        var lower = protocol.toLowerCase(Locale.ROOT);
        var name =
                switch (lower) {
                    case "6" -> "tcp";
                    case "17" -> "udp";
                    case "1" -> "icmp";
                    case "all" -> "-1";
                    default -> lower;
                };
        if (!name.matches("tcp|udp|icmp|-1|[0-9]{1,3}")) {
            throw AwsError.invalid("Invalid value '%s' for IP protocol. Unknown protocol.", protocol);
        }
        return name;
    }

    private static String text(Rule rule) {
        var peer = "peer: " + rule.peer();
        if (rule.protocol().equals("-1")) {
            return peer + ", ALL, ALLOW";
        }
        return "%s, %s, from port: %d, to port: %d, ALLOW"
                .formatted(peer, rule.protocol().toUpperCase(Locale.ROOT), rule.from(), rule.to());
    }

    private String ruleId() {
        return region.ids.next("sgr");
    }
}

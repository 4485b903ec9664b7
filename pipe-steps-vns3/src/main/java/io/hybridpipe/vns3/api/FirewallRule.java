// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.vns3.api;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * One rule of a firewall of version 6.
 *
 * @param id its id, a text
 * @param rule the rule as it was written, such as {@code FORWARD -o eth0 -j ACCEPT}; variables stand as <code>${name}</code>
 * @param resolved the rule with its variables resolved
 * @param table the table it stands in
 * @param position its place, 0 is first
 * @param comment free text
 * @param disabled whether it is not in force
 * @param groups the groups it is in
 * @param createdAt when it was made
 * @param lastResolvedAt when its variables were resolved last
 * @param enforced what the operating system enforces for it, if that was asked for
 * @param errors what was wrong with it, if the answer tells
 * @param other what else it tells
 */
public record FirewallRule(
        String id,
        String rule,
        Optional<String> resolved,
        Optional<String> table,
        int position,
        String comment,
        boolean disabled,
        List<String> groups,
        Optional<Instant> createdAt,
        Optional<Instant> lastResolvedAt,
        List<Enforced> enforced,
        List<String> errors,
        OtherFields other) {
    /**
     * A rule of the operating system.
     *
     * @param rule the rule
     * @param position its place there
     * @param table the operating system's table
     * @param type where it exists
     * @param other what else it tells
     */
    public record Enforced(
            String rule, int position, Optional<String> table, Optional<String> type, OtherFields other) {
        static Enforced from(Fields fields) {
            return new Enforced(
                    fields.text("rule").orElse(""),
                    fields.number("position").orElse(0),
                    fields.text("table"),
                    fields.text("rule_type"),
                    fields.other());
        }
    }

    static FirewallRule from(Fields fields) {
        return new FirewallRule(
                fields.text("id").orElse(""),
                fields.text("rule").orElse(""),
                fields.text("rule_resolved"),
                fields.text("table"),
                fields.number("position").orElse(0),
                fields.text("comment").orElse(""),
                fields.flag("disabled"),
                fields.texts("groups"),
                fields.instant("created_at"),
                fields.instant("last_resolved"),
                fields.objects(Enforced::from, "os_rules"),
                fields.texts("errors"),
                fields.other());
    }
}

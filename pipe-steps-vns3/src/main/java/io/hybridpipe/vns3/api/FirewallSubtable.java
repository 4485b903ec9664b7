// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.vns3.api;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * A named list of firewall rules that rules of a main table can send packets to.
 *
 * @param name its name, which is its id too and begins each of its rules
 * @param type the table that can send packets to it, such as {@code prerouting}
 * @param description free text
 * @param rules its rules
 * @param size how many rules there are
 * @param createdAt when it was made
 * @param updatedAt when it was changed
 * @param errors the rules that were refused, if this is the answer to a change
 * @param other what else it tells
 */
public record FirewallSubtable(
        String name,
        Optional<String> type,
        String description,
        List<FirewallRule> rules,
        Optional<Integer> size,
        Optional<Instant> createdAt,
        Optional<Instant> updatedAt,
        List<AcceptedRules.Refused> errors,
        OtherFields other) {
    static FirewallSubtable from(Fields fields) {
        return new FirewallSubtable(
                fields.text("name").orElse(""),
                fields.text("type"),
                fields.text("description").orElse(""),
                fields.objects(FirewallRule::from, "rules"),
                fields.number("size"),
                fields.instant("created_at"),
                fields.instant("updated_at"),
                AcceptedRules.Refused.allIn(fields),
                fields.other());
    }
}

// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.vns3.api;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * A named set of networks, ports, services or other sets, which rules can refer to.
 *
 * @param name its name, which is its id too
 * @param type {@code net}, {@code list}, {@code service} or {@code port}
 * @param description free text
 * @param entries what is in it
 * @param size how many entries there are
 * @param createdAt when it was made
 * @param updatedAt when it was changed
 * @param errors the entries that were refused, if this is the answer to a change
 * @param other what else it tells
 */
public record FirewallSet(
        String name,
        Optional<String> type,
        String description,
        List<Entry> entries,
        Optional<Integer> size,
        Optional<Instant> createdAt,
        Optional<Instant> updatedAt,
        List<AcceptedRules.Refused> errors,
        OtherFields other) {
    /**
     * One entry.
     *
     * @param entry as it was written; variables stand as <code>${name}</code>
     * @param comment free text
     * @param resolved with its variables resolved
     * @param lastResolvedAt when that was done last
     * @param createdAt when it was made
     * @param other what else it tells
     */
    public record Entry(
            String entry,
            String comment,
            Optional<String> resolved,
            Optional<Instant> lastResolvedAt,
            Optional<Instant> createdAt,
            OtherFields other) {
        static Entry from(Fields fields) {
            return new Entry(
                    fields.text("entry").orElse(""),
                    fields.text("comment").orElse(""),
                    fields.text("entry_resolved"),
                    fields.instant("last_resolved"),
                    fields.instant("created_at"),
                    fields.other());
        }
    }

    static FirewallSet from(Fields fields) {
        return new FirewallSet(
                fields.text("name").orElse(""),
                fields.text("type"),
                fields.text("description").orElse(""),
                fields.objects(Entry::from, "entries"),
                fields.number("size"),
                fields.instant("created_at"),
                fields.instant("updated_at"),
                AcceptedRules.Refused.allIn(fields),
                fields.other());
    }
}

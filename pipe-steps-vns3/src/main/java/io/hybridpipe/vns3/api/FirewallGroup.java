// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.vns3.api;

import java.util.List;
import java.util.Optional;

/**
 * A named group of firewall rules.
 *
 * @param name its name, which is its id too
 * @param description free text
 * @param rules the ids of its rules
 * @param size how many there are
 * @param other what else it tells
 */
public record FirewallGroup(
        String name, String description, List<String> rules, Optional<Integer> size, OtherFields other) {
    static FirewallGroup from(Fields fields) {
        return new FirewallGroup(
                fields.text("name").orElse(""),
                fields.text("description").orElse(""),
                fields.texts("rules"),
                fields.number("size"),
                fields.other());
    }
}

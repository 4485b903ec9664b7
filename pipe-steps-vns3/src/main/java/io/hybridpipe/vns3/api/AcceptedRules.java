// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.vns3.api;

import java.util.List;

/**
 * What became of several rules that were sent at once.
 *
 * @param rules those that are there now
 * @param errors those that are not, and why
 * @param other what else it tells
 */
public record AcceptedRules(List<FirewallRule> rules, List<Refused> errors, OtherFields other) {
    /**
     * A rule that was refused.
     *
     * @param rule the rule; empty where the controller gives only the reason
     * @param error the reason
     * @param other what else it tells
     */
    public record Refused(String rule, String error, OtherFields other) {
        static Refused from(Fields fields) {
            return new Refused(
                    fields.text("rule", "entry").orElse(""),
                    fields.text("error").orElse(""),
                    fields.other());
        }

        /** What was refused is told as an object, or by its reason alone. */
        static List<Refused> allIn(Fields fields) {
            List<Refused> objects = fields.objects(Refused::from, "errors");
            return objects.isEmpty()
                    ? fields.texts("errors").stream()
                            .map(reason -> new Refused("", reason, OtherFields.none()))
                            .toList()
                    : objects;
        }
    }

    static AcceptedRules from(Fields fields) {
        // a single rule is answered as itself
        return fields.text("rule").isPresent()
                ? new AcceptedRules(List.of(FirewallRule.from(fields)), List.of(), OtherFields.none())
                : new AcceptedRules(fields.objects(FirewallRule::from, "rules"), Refused.allIn(fields), fields.other());
    }
}

// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.vns3.api;

import java.util.List;

/** What is to change of a firewall rule of version 6; what is not named stays. Immutable; equal by value. */
public final class FirewallRuleChange extends Request {
    private static final FirewallRuleChange NONE = new FirewallRuleChange(Body.empty());

    private FirewallRuleChange(Body body) {
        super(body);
    }

    /** No change yet. */
    public static FirewallRuleChange none() {
        return NONE;
    }

    /** Another rule. */
    public FirewallRuleChange withRule(String rule) {
        return new FirewallRuleChange(body().with("rule", rule));
    }

    /** Another comment. */
    public FirewallRuleChange withComment(String comment) {
        return new FirewallRuleChange(body().with("comment", comment));
    }

    /** Other groups, in place of those it is in. */
    public FirewallRuleChange withGroups(List<String> groups) {
        return new FirewallRuleChange(body().with("groups", List.copyOf(groups)));
    }

    /** In force or not. */
    public FirewallRuleChange withDisabled(boolean disabled) {
        return new FirewallRuleChange(body().with("disabled", disabled));
    }
}

// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.vns3.api;

import java.util.List;

/** A firewall rule of version 6 to be made: enabled and last unless said otherwise. Immutable; equal by value. */
public final class NewFirewallRule extends Request {
    private NewFirewallRule(Body body) {
        super(body);
    }

    /** A rule that begins with its table, such as {@code FORWARD -o eth0 -j ACCEPT}. */
    public static NewFirewallRule of(String rule) {
        return new NewFirewallRule(Body.of("rule", rule));
    }

    /** A copy that stands there, 0 is first. */
    public NewFirewallRule withPosition(int position) {
        return new NewFirewallRule(body().with("position", position));
    }

    /** A copy with a comment. */
    public NewFirewallRule withComment(String comment) {
        return new NewFirewallRule(body().with("comment", comment));
    }

    /** A copy in these groups. */
    public NewFirewallRule withGroups(List<String> groups) {
        return new NewFirewallRule(body().with("groups", List.copyOf(groups)));
    }

    /** A copy that is, or is not, in force. */
    public NewFirewallRule withDisabled(boolean disabled) {
        return new NewFirewallRule(body().with("disabled", disabled));
    }
}

// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.vns3;

import java.util.List;
import java.util.Optional;

/**
 * One rule of a controller's firewall, as it stands there or as it is wanted.
 *
 * @param text the rule in the words of iptables, with single spaces
 * @param id the id by which it is deleted; only rules that stand on a controller of version 6 have one
 * @param extras what else a controller of version 6 keeps of it; empty for a wanted rule of which it does not matter
 */
record Rule(String text, Optional<String> id, Optional<Extras> extras) {
    /**
     * What a rule of version 6 has beside its text.
     *
     * @param comment free text
     * @param groups the groups it is in
     * @param disabled whether it is kept without being in force
     */
    record Extras(String comment, List<String> groups, boolean disabled) {
        Extras {
            groups = List.copyOf(groups);
        }
    }

    Rule {
        text = text.strip().replaceAll("\\s+", " ");
    }

    /** A rule of which only the text matters, and that it is in force. */
    static Rule of(String text) {
        return new Rule(text, Optional.empty(), Optional.empty());
    }

    /** Whether this rule, which stands on a controller, is the wanted one. */
    boolean is(Rule wanted) {
        boolean sameExtras = wanted.extras.isPresent()
                ? wanted.extras.equals(extras)
                : extras.filter(Extras::disabled).isEmpty();
        return text.equals(wanted.text) && sameExtras;
    }

    @Override
    public String toString() {
        return "'" + text + "'";
    }
}

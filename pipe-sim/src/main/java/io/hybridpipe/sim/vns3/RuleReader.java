// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.sim.vns3;

import io.hybridpipe.sim.vns3.Ruleset.Entry;
import java.time.Clock;
import java.util.List;
import java.util.Optional;

/**
 * Reads rules: those of version 2 begin with their table and may name variables, those of version 1 with a custom chain; both
 * may name sets and subtables.
 */
final class RuleReader {
    private final Variables variables;
    private final Subtables subtables;
    private final FwSets sets;
    private final Clock clock;

    RuleReader(Variables variables, Subtables subtables, FwSets sets, Clock clock) {
        this.variables = variables;
        this.subtables = subtables;
        this.sets = sets;
        this.clock = clock;
    }

    /** A rule of the main tables; fields left out keep their old value. */
    Entry read(Fields wanted, Optional<Entry> old) {
        String text = wanted.text("rule")
                .map(String::trim)
                .or(() -> old.map(Entry::inTable))
                .filter(given -> !given.isEmpty())
                .orElseThrow(() -> ApiError.argument(old.isPresent() ? "Invalid rule" : "rule is missing"));
        return new Entry(
                old.map(Entry::id).orElseGet(Ruleset::newId),
                text,
                inMainTable(text),
                wanted.text("comment").or(() -> old.map(Entry::comment)).orElse(""),
                wanted.flag("disabled").or(() -> old.map(Entry::disabled)).orElse(false),
                wanted.texts("groups").or(() -> old.map(Entry::groups)).orElse(List.of()),
                old.map(Entry::createdAt).orElseGet(clock::instant));
    }

    private FirewallRule inMainTable(String text) {
        FirewallRule rule = parse(text);
        if (!Ruleset.isTable(rule.chain())) {
            throw ApiError.argument("Invalid table for rule");
        }
        return rule;
    }

    /** A rule of whatever chain, with its variables resolved and what it names known. */
    FirewallRule parse(String text) {
        return known(FirewallRule.parse(variables.resolve(text)));
    }

    /** A rule of version 1, which knows no variables, in its custom chain. */
    FirewallRule inCustomChain(String text) {
        FirewallRule rule = known(FirewallRule.parse(text));
        if (!Ruleset.hangsInTable(rule.chain())) {
            throw FirewallRule.parseError("No chain/target/match by that name.");
        }
        return Ruleset.inCustomChain(rule);
    }

    /** No list of what a controller has built in is published; but no target of iptables has an underscore or small letters. */
    private FirewallRule known(FirewallRule rule) {
        String target = rule.target().orElse("");
        if (!target.matches("([A-Z][A-Z0-9-]*)?") && !subtables.exists(target)) {
            throw FirewallRule.parseError("Couldn't load target `" + target + "':No such file or directory");
        }
        rule.conditions().stream()
                .filter(condition -> condition.option().equals("--match-set"))
                .map(condition ->
                        condition.values().isEmpty() ? "" : condition.values().get(0))
                .filter(set -> !sets.exists(set))
                .findFirst()
                .ifPresent(set -> {
                    throw FirewallRule.parseError("Set " + set + " doesn't exist.");
                });
        return rule;
    }
}

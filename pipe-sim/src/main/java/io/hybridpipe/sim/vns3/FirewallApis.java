// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.sim.vns3;

import java.time.Clock;
import java.util.Map;

/** One firewall, and the two versions of the API over it; version 2 is there from 6.0 on. */
final class FirewallApis {
    private final Ruleset rules = new Ruleset();
    private final RuleGroups groups = new RuleGroups(rules);
    private final Subtables subtables;
    private final FwSets sets;
    private final RuleReader reader;
    private final PacketFilter filter;
    private final Firewall firstVersion;
    private final FirewallV2 secondVersion;

    FirewallApis(Licensing licensing, Tasks tasks, Clock clock) {
        Variables variables = new Variables(licensing);
        this.subtables = new Subtables(rules, clock);
        this.sets = new FwSets(variables, subtables, clock);
        this.reader = new RuleReader(variables, subtables, sets, clock);
        this.filter = new PacketFilter(rules, subtables, sets);
        this.firstVersion = new Firewall(rules, reader, filter, tasks, clock);
        this.secondVersion = new FirewallV2(rules, reader, groups, filter);
    }

    void register(Operations api) {
        subtables.parsedBy(reader);
        firstVersion.register(api);
        new Subgroups(subtables).register(api);
        new FwSetsV1(sets).register(api);
        api.since("6.0.0", newer -> {
            secondVersion.register(newer);
            groups.register(newer);
            sets.register(newer);
            subtables.register(newer);
        });
    }

    PacketFilter filter() {
        return filter;
    }

    /** By kind. */
    Map<String, Map<String, String>> inventory() {
        return Map.of(
                "firewall", rules.inventory(),
                "rules-group", groups.inventory(),
                "fwset", sets.inventory(),
                "subtable", subtables.inventory());
    }
}

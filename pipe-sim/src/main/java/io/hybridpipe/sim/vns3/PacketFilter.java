// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.sim.vns3;

import inet.ipaddr.IPAddress;
import io.hybridpipe.sim.net.Packet;
import io.hybridpipe.sim.net.Protocol;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What the firewall rules do to packets on their way through a controller: FORWARD stops them, POSTROUTING hides their
 * source. A rule whose target is a subtable goes on there. Of SNAT and DNAT it knows only that they end the search.
 */
final class PacketFilter implements FirewallRule.Surroundings {
    private static final Set<String> MASQUERADE = Set.of("MASQUERADE", "MASQUERADE-ONCE");
    private static final Set<String> FINAL =
            Set.of("ACCEPT", "DROP", "REJECT", "MASQUERADE", "MASQUERADE-ONCE", "SNAT", "DNAT");
    private static final int REMEMBERED = 1024;

    private final Ruleset rules;
    private final Subtables subtables;
    private final FwSets sets;
    private final LinkedHashSet<Packet> passed = new LinkedHashSet<>();

    PacketFilter(Ruleset rules, Subtables subtables, FwSets sets) {
        this.rules = rules;
        this.subtables = subtables;
        this.sets = sets;
    }

    /** The rule that keeps a packet from being forwarded; the first that matches decides, and none lets it pass. */
    Optional<FirewallRule> stops(Packet packet) {
        Optional<FirewallRule> stop = decisive("forward", packet)
                .filter(rule ->
                        rule.target().filter(Set.of("DROP", "REJECT")::contains).isPresent());
        if (stop.isEmpty()) {
            remember(packet);
        }
        return stop;
    }

    /** The rule that hides the source of a packet behind the controller's own address when it leaves. */
    Optional<FirewallRule> masquerades(Packet packet) {
        return decisive("postrouting", packet)
                .filter(rule -> rule.target().filter(MASQUERADE::contains).isPresent());
    }

    void resetConnectionTracking() {
        passed.clear();
    }

    @Override
    public boolean established(Packet packet) {
        return passed.contains(packet.reply());
    }

    @Override
    public boolean inSet(String name, IPAddress address, Protocol protocol, int port) {
        return sets.contains(name, address, protocol, port);
    }

    private void remember(Packet packet) {
        passed.add(packet);
        if (passed.size() > REMEMBERED) {
            passed.remove(passed.iterator().next());
        }
    }

    private Optional<FirewallRule> decisive(String table, Packet packet) {
        List<FirewallRule> candidates = rules.active().stream()
                .filter(entry -> entry.table().equals(table))
                .map(Ruleset.Entry::rule)
                .toList();
        return decisive(candidates, packet);
    }

    private Optional<FirewallRule> decisive(List<FirewallRule> candidates, Packet packet) {
        for (FirewallRule rule : candidates) {
            String target = rule.target().orElse("");
            if (target.isEmpty() || !rule.matches(packet, this)) {
                continue;
            }
            if (FINAL.contains(target)) {
                return Optional.of(rule);
            }
            if (target.equals("RETURN")) {
                return Optional.empty();
            }
            Optional<FirewallRule> inside = decisive(subtables.active(target), packet);
            if (inside.isPresent()) {
                return inside;
            }
        }
        return Optional.empty();
    }
}

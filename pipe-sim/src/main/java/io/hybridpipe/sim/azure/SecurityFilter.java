// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.sim.azure;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import inet.ipaddr.IPAddress;
import io.hybridpipe.sim.net.Packet;
import io.hybridpipe.sim.net.Protocol;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/** The rules of one security group in one direction, by priority: the first that fits a packet decides. */
record SecurityFilter(String name, List<Rule> rules, ServiceTags tags) {

    private record Rule(String name, int priority, JsonNode properties) {}

    /**
     * What a group says of a packet.
     *
     * @param group by name
     * @param rule which one decided, and on what
     */
    record Verdict(boolean allows, String group, String rule) {
        String text() {
            return group + ": " + rule;
        }
    }

    static SecurityFilter of(ObjectNode group, String direction, ServiceTags tags) {
        var rules = new ArrayList<Rule>();
        for (var rule : Json.objects(group.path("properties").path("securityRules"))) {
            add(rules, rule.path("name").asText(), rule.path("properties"), direction);
        }
        for (var rule : DefaultRules.ALL) {
            add(rules, rule.name(), rule.properties("Succeeded"), direction);
        }
        rules.sort(Comparator.comparingInt(Rule::priority));
        return new SecurityFilter(group.path("name").asText(), rules, tags);
    }

    private static void add(List<Rule> rules, String name, JsonNode properties, String direction) {
        if (properties.path("direction").asText().equals(direction)) {
            rules.add(new Rule(name, properties.path("priority").asInt(), properties));
        }
    }

    Verdict judge(Packet packet) {
        var rule = rules.stream()
                .filter(one -> fits(one.properties(), packet))
                .findFirst()
                // the last default rule fits every packet
                .orElseThrow(() -> new IllegalStateException("network security group " + name + " has no last rule"));
        var allows = rule.properties().path("access").asText().equals("Allow");
        return new Verdict(
                allows,
                "network security group " + name,
                "rule %s (priority %d) %s %s"
                        .formatted(rule.name(), rule.priority(), allows ? "allows" : "denies", describe(packet)));
    }

    private static String describe(Packet packet) {
        var port = hasPorts(packet.protocol()) ? " " + packet.destinationPort() : "";
        return "%s%s from %s to %s"
                .formatted(
                        packet.protocol().name().toLowerCase(Locale.ROOT), port, packet.source(), packet.destination());
    }

    private boolean fits(JsonNode rule, Packet packet) {
        return protocolFits(rule.path("protocol").asText(), packet.protocol())
                && addressFits(rule, "sourceAddressPrefix", packet.source())
                && addressFits(rule, "destinationAddressPrefix", packet.destination())
                && portFits(rule, "sourcePortRange", packet.protocol(), packet.sourcePort())
                && portFits(rule, "destinationPortRange", packet.protocol(), packet.destinationPort());
    }

    private static boolean protocolFits(String written, Protocol protocol) {
        return written.equals("*") || written.equalsIgnoreCase(protocol.name());
    }

    private boolean addressFits(JsonNode rule, String field, IPAddress address) {
        return Json.oneOrMany(rule, field, field + "es").stream().anyMatch(written -> tags.covers(written, address));
    }

    /** Packets without ports fit only where every port does. */
    private static boolean portFits(JsonNode rule, String field, Protocol protocol, int port) {
        return Json.oneOrMany(rule, field, field + "s").stream()
                .flatMap(written -> Ports.parse(written).stream())
                .anyMatch(range -> hasPorts(protocol) ? range.contains(port) : range.isEvery());
    }

    private static boolean hasPorts(Protocol protocol) {
        return protocol == Protocol.TCP || protocol == Protocol.UDP;
    }
}

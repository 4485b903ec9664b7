// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.sim.vns3;

import static io.hybridpipe.sim.vns3.Operations.Needs.LICENSE;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.hybridpipe.sim.net.Packet;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** The firewall of version 1: an ordered list of rules, each change a task that is polled by its token. */
final class Firewall {
    private final Tasks tasks;
    private final List<FirewallRule> rules = new ArrayList<>();

    Firewall(Tasks tasks) {
        this.tasks = tasks;
    }

    void register(Operations api) {
        api.on("GET", "/firewall/rules", LICENSE, call -> list());
        api.on("POST", "/firewall/rules", LICENSE, call -> add(call.body()));
        api.on("DELETE", "/firewall/rules", LICENSE, call -> remove(call.body()));
        api.on("DELETE", "/firewall/rules/{position}", LICENSE, this::removeAt);
    }

    /** The rule that keeps a packet from being forwarded; the first that matches decides, and none lets it pass. */
    Optional<FirewallRule> stops(Packet packet) {
        return rules.stream()
                .filter(rule -> rule.chain().equals("FORWARD_CUST") && rule.matches(packet))
                .filter(rule -> rule.target()
                        .filter(List.of("ACCEPT", "DROP", "REJECT")::contains)
                        .isPresent())
                .findFirst()
                .filter(rule -> !rule.target().equals(Optional.of("ACCEPT")));
    }

    /** The rule that hides the source of a packet behind the controller's own address when it leaves. */
    Optional<FirewallRule> masquerades(Packet packet) {
        return rules.stream()
                .filter(rule -> rule.target().equals(Optional.of("MASQUERADE")) && rule.matches(packet))
                .findFirst();
    }

    Map<String, String> inventory() {
        Map<String, String> data = new TreeMap<>();
        for (int i = 0; i < rules.size(); i++) {
            data.put("%03d".formatted(i), rules.get(i).text());
        }
        return data;
    }

    private ArrayNode list() {
        ArrayNode list = Json.array();
        for (int i = 0; i < rules.size(); i++) {
            list.addArray().add(rules.get(i).text()).add(i);
        }
        return list;
    }

    private ObjectNode add(Fields wanted) {
        FirewallRule rule = FirewallRule.parse(wanted.required("rule"));
        int position = wanted.number("position").orElse(-1);
        if (position > rules.size()) {
            throw ApiError.argument("position exceeds the number of rules");
        }
        rules.add(position < 0 ? rules.size() : position, rule);
        return Json.object().put("status", "submitted").put("rule", rule.text()).put("token", tasks.submit());
    }

    private ObjectNode remove(Fields wanted) {
        String text = wanted.text("rule")
                .map(String::trim)
                .orElseThrow(() -> ApiError.argument("either position or rule argument must be provided"));
        for (int i = 0; i < rules.size(); i++) {
            if (rules.get(i).text().equals(text)) {
                return removed(i);
            }
        }
        throw ApiError.argument("rule does not exist");
    }

    private ObjectNode removeAt(ApiCall call) {
        return removed(call.id("position")
                .filter(position -> position < rules.size())
                .orElseThrow(() -> ApiError.argument("position exceeds the number of rules")));
    }

    private ObjectNode removed(int position) {
        FirewallRule rule = rules.remove(position);
        return Json.object()
                .put("status", "submitted")
                .put("rule", rule.text())
                .put("position", position)
                .put("token", tasks.submit());
    }
}

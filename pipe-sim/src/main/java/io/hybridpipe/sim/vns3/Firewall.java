// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.sim.vns3;

import static io.hybridpipe.sim.vns3.Operations.Needs.LICENSE;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.hybridpipe.sim.vns3.Ruleset.Entry;
import java.time.Clock;
import java.util.List;

/** The firewall in version 1 of its API: an ordered list of rules, each change a task that is polled by its token. */
final class Firewall {
    private final Ruleset rules;
    private final RuleReader reader;
    private final PacketFilter filter;
    private final Tasks tasks;
    private final Clock clock;

    Firewall(Ruleset rules, RuleReader reader, PacketFilter filter, Tasks tasks, Clock clock) {
        this.rules = rules;
        this.reader = reader;
        this.filter = filter;
        this.tasks = tasks;
        this.clock = clock;
    }

    void register(Operations api) {
        api.on("GET", "/firewall/rules", LICENSE, call -> list());
        api.on("POST", "/firewall/rules", LICENSE, call -> add(call.body()));
        api.on("DELETE", "/firewall/rules", LICENSE, call -> remove(call.body()));
        api.on("DELETE", "/firewall/rules/{position}", LICENSE, this::removeAt);
        api.since("5.0.2", newer -> newer.on("PUT", "/firewall", LICENSE, call -> overwrite(call.body()))
                .on("PUT", "/firewall/actions", LICENSE, call -> act(filter, call.body())));
    }

    /** The one action that both versions know. */
    static ObjectNode act(PacketFilter filter, Fields wanted) {
        if (!wanted.required("action").equals("reset_connection_tracking")) {
            throw ApiError.argument("action is invalid");
        }
        filter.resetConnectionTracking();
        return Json.object().put("status", "ok");
    }

    private ArrayNode list() {
        ArrayNode list = Json.array();
        rules.active()
                .forEach(entry -> list.addArray().add(entry.inCustomChain()).add(list.size() - 1));
        return list;
    }

    private ObjectNode add(Fields wanted) {
        FirewallRule rule = reader.inCustomChain(wanted.required("rule"));
        int position = wanted.number("position").orElse(-1);
        List<Entry> shown = rules.active();
        if (position > shown.size()) {
            throw ApiError.argument("position exceeds the number of rules");
        }
        boolean last = position < 0 || position == shown.size();
        rules.insert(last ? -1 : rules.position(shown.get(position)), entry(rule));
        return Json.object().put("status", "submitted").put("rule", rule.text()).put("token", tasks.submit());
    }

    private ObjectNode overwrite(Fields wanted) {
        String text = wanted.text("rules").orElseThrow(() -> ApiError.argument("rules is missing"));
        rules.overwrite(text.lines()
                .filter(line -> !line.isBlank())
                .map(line -> entry(reader.inCustomChain(line)))
                .toList());
        return Json.object().put("token", tasks.submit()).put("status", "submitted");
    }

    private Entry entry(FirewallRule rule) {
        return new Entry(Ruleset.newId(), rule.text(), rule, "", false, List.of(), clock.instant());
    }

    private ObjectNode remove(Fields wanted) {
        String text = wanted.text("rule")
                .map(String::trim)
                .orElseThrow(() -> ApiError.argument("either position or rule argument must be provided"));
        List<Entry> shown = rules.active();
        for (int position = 0; position < shown.size(); position++) {
            if (shown.get(position).inCustomChain().equals(text)) {
                return removed(shown.get(position), position);
            }
        }
        throw ApiError.argument("rule does not exist");
    }

    private ObjectNode removeAt(ApiCall call) {
        List<Entry> shown = rules.active();
        int position = call.id("position")
                .filter(at -> at < shown.size())
                .orElseThrow(() -> ApiError.argument("position exceeds the number of rules"));
        return removed(shown.get(position), position);
    }

    private ObjectNode removed(Entry entry, int position) {
        rules.remove(entry);
        return Json.object()
                .put("status", "submitted")
                .put("rule", entry.inCustomChain())
                .put("position", position)
                .put("token", tasks.submit());
    }
}

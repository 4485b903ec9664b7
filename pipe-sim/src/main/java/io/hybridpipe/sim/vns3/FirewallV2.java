// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.sim.vns3;

import static io.hybridpipe.sim.vns3.Operations.Needs.LICENSE;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.hybridpipe.sim.SimResponse;
import io.hybridpipe.sim.vns3.Ruleset.Entry;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The rules of version 2 of the firewall's API, which came with 6.0: each has an id, a comment and groups. */
final class FirewallV2 {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Ruleset rules;
    private final RuleReader reader;
    private final RuleGroups groups;
    private final PacketFilter filter;

    FirewallV2(Ruleset rules, RuleReader reader, RuleGroups groups, PacketFilter filter) {
        this.rules = rules;
        this.reader = reader;
        this.groups = groups;
        this.filter = filter;
    }

    void register(Operations api) {
        String all = "/v2/firewall/rules";
        String one = all + "/{id}";
        api.on("GET", all, LICENSE, this::list);
        api.on("POST", all, LICENSE, 201, call -> create(call.body()));
        api.on("PUT", all, LICENSE, call -> overwrite(call.body()));
        // what the vendor's Python SDK sends instead
        api.on("PUT", "/v2/firewall", LICENSE, call -> overwrite(call.body()));
        api.on("PUT", one, LICENSE, this::update);
        api.on("DELETE", one, LICENSE, this::delete);
        api.on("PUT", all + "/import", LICENSE, call -> importAll(call.body()));
        api.answering("GET", all + "/export", LICENSE, this::export);
        api.on("PUT", "/v2/firewall/actions", LICENSE, call -> Firewall.act(filter, call.body()));
    }

    private ArrayNode list(ApiCall call) {
        Optional<String> state = call.query("state");
        if (state.filter(text -> !List.of("active", "disabled").contains(text)).isPresent()) {
            throw ApiError.argument("state is invalid");
        }
        boolean osView = call.query("osview").map(Boolean::parseBoolean).orElse(false);
        ArrayNode list = Json.array();
        selected(call.query("groups"), call.query("tables"))
                .filter(entry -> state.map(text -> text.equals("disabled") == entry.disabled())
                        .orElse(true))
                .forEach(entry -> list.add(json(entry, osView)));
        return list;
    }

    private Stream<Entry> selected(Optional<String> wantedGroups, Optional<String> tables) {
        return rules.all().stream()
                .filter(entry -> wantedGroups
                        .map(csv -> Stream.of(csv.split(",")).map(String::trim).anyMatch(entry.groups()::contains))
                        .orElse(true))
                .filter(entry -> tables.map(
                                csv -> List.of(csv.toLowerCase(Locale.ROOT).split("\\s*,\\s*"))
                                        .contains(entry.table()))
                        .orElse(true));
    }

    private JsonNode create(Fields wanted) {
        if (wanted.body().path("rules").isMissingNode()) {
            Entry entry = reader.read(wanted, Optional.empty());
            insert(position(wanted), List.of(entry));
            return json(entry, false);
        }
        List<Entry> made = new ArrayList<>();
        ArrayNode errors = Json.array();
        for (Fields one : wanted.objects("rules", "rule")) {
            try {
                made.add(reader.read(one.over(wanted), Optional.empty()));
            } catch (ApiError refused) {
                errors.add(refused.text());
            }
        }
        insert(position(wanted), made);
        return many(made, errors);
    }

    private int position(Fields wanted) {
        int position = wanted.number("position").orElse(-1);
        if (position > rules.size()) {
            throw ApiError.argument("position exceeds the number of rules");
        }
        return position < 0 ? rules.size() : position;
    }

    private void insert(int position, List<Entry> made) {
        for (int i = 0; i < made.size(); i++) {
            rules.insert(position + i, made.get(i));
            groups.know(made.get(i).groups());
        }
    }

    private ObjectNode update(ApiCall call) {
        Entry old = find(call);
        Entry changed = reader.read(call.body(), Optional.of(old));
        rules.replace(old, changed);
        groups.know(changed.groups());
        ObjectNode answer = json(changed, false);
        answer.putArray("errors");
        return answer;
    }

    private ObjectNode delete(ApiCall call) {
        Entry entry = find(call);
        ObjectNode answer = json(entry, false);
        rules.remove(entry);
        return answer;
    }

    private Entry find(ApiCall call) {
        return rules.find(call.path().getOrDefault("id", ""))
                .orElseThrow(() -> ApiError.notFound("rule does not exist"));
    }

    /** Rules that are wrong are named and left out, the others take the place of all there were. */
    private ObjectNode overwrite(Fields wanted) {
        List<Entry> made = new ArrayList<>();
        ArrayNode errors = Json.array();
        for (Fields one : wanted.objects("rules", "rule")) {
            Optional<Entry> old = one.text("id").flatMap(rules::find);
            try {
                one.required("rule");
                Entry entry = reader.read(one, old);
                int position = one.number("position").orElse(made.size());
                made.add(Math.max(0, Math.min(position, made.size())), entry);
            } catch (ApiError refused) {
                errors.addObject().put("rule", one.text("rule").orElse("")).put("error", refused.text());
            }
        }
        rules.overwrite(made);
        made.forEach(entry -> groups.know(entry.groups()));
        return many(made, errors);
    }

    private ObjectNode importAll(Fields wanted) {
        List<Entry> made = new ArrayList<>();
        ArrayNode errors = Json.array();
        for (Fields one : imported(wanted.required("rules"))) {
            try {
                made.add(reader.read(one.over(wanted), Optional.empty()));
            } catch (ApiError refused) {
                if (refused.text().equals("Invalid table for rule")) {
                    throw refused;
                }
                errors.add(refused.text());
            }
        }
        insert(position(wanted), made);
        return many(made, errors);
    }

    private static List<Fields> imported(String text) {
        if (!text.trim().startsWith("[") && !text.trim().startsWith("{")) {
            return text.lines()
                    .filter(line -> !line.isBlank())
                    .map(line -> new Fields(Json.object().put("rule", line)))
                    .toList();
        }
        try {
            return new Fields(Json.object().set("rules", JSON.readTree(text))).objects("rules", "rule");
        } catch (JsonProcessingException notJson) {
            throw ApiError.argument("rules is invalid");
        }
    }

    private SimResponse export(ApiCall call) {
        List<Entry> chosen = selected(call.query("group"), call.query("tables")).toList();
        String type = call.query("type").orElse("plaintext");
        if (type.equals("json")) {
            ArrayNode all = Json.array();
            chosen.forEach(entry -> all.add(json(entry, false)));
            return SimResponse.json(200, all.toString());
        }
        if (!type.equals("plaintext")) {
            throw ApiError.argument("type is invalid");
        }
        return SimResponse.of(
                200,
                "text/plain; charset=utf-8",
                chosen.stream().map(entry -> entry.inTable() + "\n").collect(Collectors.joining()));
    }

    private ObjectNode many(List<Entry> made, ArrayNode errors) {
        ObjectNode answer = Json.object();
        ArrayNode list = answer.putArray("rules");
        made.forEach(entry -> list.add(json(entry, false)));
        answer.set("errors", errors);
        return answer;
    }

    private ObjectNode json(Entry entry, boolean osView) {
        ObjectNode json = Json.object()
                .put("id", entry.id())
                .put("rule", entry.inTable())
                .put("rule_resolved", entry.resolvedInTable())
                .put("table", entry.table())
                .put("position", rules.position(entry))
                .put("comment", entry.comment())
                .put("last_resolved", Json.timestamp(entry.createdAt()))
                .put("disabled", entry.disabled())
                .put("created_at", Json.timestamp(entry.createdAt()));
        json.set("groups", Json.texts(entry.groups()));
        ArrayNode osRules = json.putArray("os_rules");
        if (osView && !entry.disabled()) {
            List<Entry> beside = rules.active().stream()
                    .filter(other -> other.table().equals(entry.table()))
                    .toList();
            osRules.addObject()
                    .put("rule", entry.inCustomChain())
                    .put("position", beside.indexOf(entry))
                    .put("table", entry.table().endsWith("routing") ? "nat" : "filter")
                    .put("rule_type", "rule");
        }
        return json;
    }
}

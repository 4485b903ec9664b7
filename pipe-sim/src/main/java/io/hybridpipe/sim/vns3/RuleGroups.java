// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.sim.vns3;

import static io.hybridpipe.sim.vns3.Operations.Needs.LICENSE;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.hybridpipe.sim.SimResponse;
import io.hybridpipe.sim.vns3.Ruleset.Entry;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Named groups of firewall rules; a rule says which it is in, and a group that a rule names comes to be by that. */
final class RuleGroups {
    private final Ruleset rules;
    private final Map<String, String> descriptions = new LinkedHashMap<>();

    RuleGroups(Ruleset rules) {
        this.rules = rules;
    }

    void register(Operations api) {
        // the second is what the vendor's Python SDK sends
        for (String all : List.of("/v2/firewall/rules-groups", "/v2/firewall/rule-groups")) {
            String one = all + "/{name}";
            api.on("GET", all, LICENSE, call -> list());
            api.on("POST", all, LICENSE, 201, call -> create(call.body()));
            api.on("GET", one, LICENSE, call -> json(name(call)));
            api.on("PUT", one, LICENSE, this::update);
            api.on("DELETE", one, LICENSE, 202, this::delete);
            api.answering("POST", one + "/rules", LICENSE, this::addRule);
        }
    }

    void know(List<String> names) {
        names.forEach(name -> descriptions.putIfAbsent(name, ""));
    }

    Map<String, String> inventory() {
        return new TreeMap<>(descriptions);
    }

    private ArrayNode list() {
        ArrayNode list = Json.array();
        descriptions.keySet().forEach(name -> list.add(json(name)));
        return list;
    }

    private ObjectNode create(Fields wanted) {
        String name = wanted.required("name");
        unused(name);
        List<Entry> members = members(wanted);
        descriptions.put(name, wanted.text("description").orElse(""));
        members.forEach(entry -> join(entry, name));
        return json(name);
    }

    private ObjectNode update(ApiCall call) {
        String old = name(call);
        String name = call.body().text("name").filter(text -> !text.isBlank()).orElse(old);
        if (!name.equals(old)) {
            unused(name);
        }
        List<Entry> members = call.body().texts("rule_ids").isPresent() ? members(call.body()) : membersOf(old);
        String description = call.body().text("description").orElse(descriptions.getOrDefault(old, ""));
        membersOf(old).forEach(entry -> leave(entry, old));
        descriptions.remove(old);
        descriptions.put(name, description);
        members.forEach(entry -> join(rules.find(entry.id()).orElseThrow(), name));
        return json(name);
    }

    private ObjectNode delete(ApiCall call) {
        String name = name(call);
        boolean force = call.query("force").map(Boolean::parseBoolean).orElse(false);
        List<Entry> members = membersOf(name);
        if (!members.isEmpty() && !force) {
            throw ApiError.argument("Group has rules defined. Please delete rules or pass force=true.");
        }
        ObjectNode answer = json(name);
        members.forEach(entry -> leave(entry, name));
        descriptions.remove(name);
        return answer;
    }

    private SimResponse addRule(ApiCall call) {
        String name = name(call);
        Entry entry = rule(call.body().required("rule_id"));
        boolean member = entry.groups().contains(name);
        join(entry, name);
        return Json.response(member ? 200 : 201, json(name));
    }

    private String name(ApiCall call) {
        String name = call.path().getOrDefault("name", "");
        if (!descriptions.containsKey(name)) {
            throw ApiError.notFound("group does not exist");
        }
        return name;
    }

    private void unused(String name) {
        if (descriptions.containsKey(name)) {
            throw ApiError.argument("Group with name " + name + " already exists");
        }
    }

    private List<Entry> members(Fields wanted) {
        return wanted.texts("rule_ids").orElse(List.of()).stream()
                .distinct()
                .map(this::rule)
                .toList();
    }

    private Entry rule(String id) {
        return rules.find(id).orElseThrow(() -> ApiError.argument("Rule " + id + " does not exist"));
    }

    private List<Entry> membersOf(String name) {
        return rules.all().stream()
                .filter(entry -> entry.groups().contains(name))
                .toList();
    }

    private void join(Entry entry, String name) {
        if (!entry.groups().contains(name)) {
            List<String> more = new ArrayList<>(entry.groups());
            more.add(name);
            rules.replace(entry, entry.withGroups(more));
        }
    }

    private void leave(Entry entry, String name) {
        rules.replace(
                entry,
                entry.withGroups(entry.groups().stream()
                        .filter(other -> !other.equals(name))
                        .toList()));
    }

    private ObjectNode json(String name) {
        List<String> ids = membersOf(name).stream().map(Entry::id).toList();
        ObjectNode json = Json.object().put("name", name).put("description", descriptions.getOrDefault(name, ""));
        json.set("rules", Json.texts(ids));
        return json.put("size", ids.size());
    }
}

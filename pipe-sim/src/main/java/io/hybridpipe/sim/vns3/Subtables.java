// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.sim.vns3;

import static io.hybridpipe.sim.vns3.Operations.Needs.LICENSE;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Stream;

/** Named lists of rules that rules of one main table can go on to, as iptables goes on to a chain of its user's. */
final class Subtables {

    private record Rule(String id, String written, FirewallRule rule, String comment, boolean disabled) {
        private String inventory() {
            return written + (comment.isEmpty() ? "" : " # " + comment) + (disabled ? " (disabled)" : "");
        }
    }

    private record Subtable(
            String name, String description, String type, List<Rule> rules, Instant createdAt, Instant updatedAt) {

        Subtable {
            rules = List.copyOf(rules);
        }

        private boolean goesOnTo(String other) {
            return rules.stream().anyMatch(rule -> leads(rule.rule(), other));
        }
    }

    private final Ruleset main;
    private final Clock clock;
    private final Map<String, Subtable> subtables = new TreeMap<>();
    private Function<String, FirewallRule> parser = FirewallRule::parse;

    Subtables(Ruleset main, Clock clock) {
        this.main = main;
        this.clock = clock;
    }

    /** Has rules read by one that resolves variables; it asks here in turn which subtables there are. */
    void parsedBy(RuleReader reader) {
        this.parser = reader::parse;
    }

    void register(Operations api) {
        String all = "/v2/firewall/subtables";
        String one = all + "/{name}";
        api.on("GET", all, LICENSE, call -> list());
        api.on("POST", all, LICENSE, 201, call -> create(call.body()));
        api.on("GET", one, LICENSE, call -> json(find(call), call.query("osview")));
        api.on("PUT", one, LICENSE, this::update);
        api.on("DELETE", one, LICENSE, 202, this::delete);
        api.on("POST", one + "/rules", LICENSE, 201, this::addRule);
    }

    List<String> names() {
        return List.copyOf(subtables.keySet());
    }

    /** The rules of one, as written. */
    List<String> texts(String name) {
        return Optional.ofNullable(subtables.get(name)).map(Subtable::rules).orElse(List.of()).stream()
                .map(Rule::written)
                .toList();
    }

    /** Makes a subtable of exactly these rules, or makes one that exists have them; one wrong rule spoils all. */
    void define(String name, String type, List<String> texts) {
        List<Rule> rules = texts.stream()
                .map(text -> rule(name, new Fields(Json.object().put("rule", text))))
                .toList();
        Instant now = clock.instant();
        put(Optional.ofNullable(subtables.get(name)).orElse(new Subtable(name, "", type, rules, now, now)), rules);
    }

    void forget(String name) {
        subtables.remove(name);
    }

    /** Whether a rule of a main table or of another subtable leads here. */
    boolean visited(String name) {
        return !visitors(name).isEmpty() || subtables.values().stream().anyMatch(other -> other.goesOnTo(name));
    }

    private List<Ruleset.Entry> visitors(String name) {
        return main.all().stream().filter(entry -> leads(entry.rule(), name)).toList();
    }

    private static boolean leads(FirewallRule rule, String name) {
        return rule.target().equals(Optional.of(name));
    }

    /** The rules of the main tables and of all subtables. */
    Stream<FirewallRule> everyRule() {
        return Stream.concat(
                main.all().stream().map(Ruleset.Entry::rule),
                subtables.values().stream()
                        .flatMap(subtable -> subtable.rules().stream())
                        .map(Rule::rule));
    }

    boolean exists(String name) {
        return subtables.containsKey(name);
    }

    /** The rules that act; none if there is no such subtable. */
    List<FirewallRule> active(String name) {
        return Optional.ofNullable(subtables.get(name)).map(Subtable::rules).orElse(List.of()).stream()
                .filter(rule -> !rule.disabled())
                .map(Rule::rule)
                .toList();
    }

    Map<String, String> inventory() {
        Map<String, String> data = new TreeMap<>();
        subtables.forEach((name, subtable) -> data.put(
                name,
                subtable.type() + " " + subtable.description() + " "
                        + subtable.rules().stream().map(Rule::inventory).toList()));
        return data;
    }

    private ArrayNode list() {
        ArrayNode list = Json.array();
        subtables.values().forEach(subtable -> list.add(json(subtable, Optional.empty())));
        return list;
    }

    private ObjectNode create(Fields wanted) {
        String name = wanted.required("name");
        if (!name.matches("[A-Za-z][A-Za-z0-9_-]*")) {
            throw ApiError.argument("invalid subtable name");
        }
        String type = wanted.required("type").toLowerCase(Locale.ROOT);
        if (!Ruleset.isTable(type.toUpperCase(Locale.ROOT))) {
            throw ApiError.argument("invalid subtable type");
        }
        if (exists(name)) {
            throw ApiError.argument("Subtable with name " + name + " already exists");
        }
        Instant now = clock.instant();
        return saved(new Subtable(name, wanted.text("description").orElse(""), type, List.of(), now, now), wanted);
    }

    private ObjectNode update(ApiCall call) {
        Subtable old = find(call);
        String description = call.body().text("description").orElse(old.description());
        return saved(
                new Subtable(old.name(), description, old.type(), old.rules(), old.createdAt(), clock.instant()),
                call.body());
    }

    /** Rules that are wrong are named and left out. */
    private ObjectNode saved(Subtable subtable, Fields wanted) {
        ArrayNode errors = Json.array();
        List<Rule> rules = new ArrayList<>(subtable.rules());
        if (wanted.body().has("rules")) {
            rules.clear();
            for (Fields one : wanted.objects("rules", "rule")) {
                try {
                    Rule rule = rule(subtable.name(), one);
                    int position = one.number("position").orElse(rules.size());
                    rules.add(Math.max(0, Math.min(position, rules.size())), rule);
                } catch (ApiError refused) {
                    errors.addObject().put("rule", one.text("rule").orElse("")).put("error", refused.text());
                }
            }
        }
        ObjectNode answer = put(subtable, rules);
        answer.set("errors", errors);
        return answer;
    }

    private ObjectNode addRule(ApiCall call) {
        Subtable subtable = find(call);
        Rule rule = rule(subtable.name(), call.body());
        List<Rule> rules = new ArrayList<>(subtable.rules());
        int position = call.body().number("position").orElse(-1);
        rules.add(position < 0 || position > rules.size() ? rules.size() : position, rule);
        ObjectNode answer = put(subtable, rules);
        answer.putArray("errors");
        return answer;
    }

    private Rule rule(String subtable, Fields wanted) {
        String written = wanted.required("rule").trim();
        FirewallRule rule = parser.apply(written);
        if (!rule.chain().equals(subtable)) {
            throw ApiError.argument("Invalid rule for subtable. Subtable rules must start with name of subtable.");
        }
        if (rule.target().filter(target -> comesTo(target, subtable)).isPresent()) {
            throw FirewallRule.parseError("Too many levels of symbolic links");
        }
        return new Rule(
                Ruleset.newId(),
                written,
                rule,
                wanted.text("comment").orElse(""),
                wanted.flag("disabled").orElse(false));
    }

    /** As in the kernel no chain comes back to itself, so that each search ends. */
    private boolean comesTo(String from, String to) {
        return from.equals(to)
                || Optional.ofNullable(subtables.get(from)).map(Subtable::rules).orElse(List.of()).stream()
                        .anyMatch(rule -> rule.rule()
                                .target()
                                .filter(next -> comesTo(next, to))
                                .isPresent());
    }

    private ObjectNode put(Subtable subtable, List<Rule> rules) {
        Subtable kept = new Subtable(
                subtable.name(), subtable.description(), subtable.type(), rules, subtable.createdAt(), clock.instant());
        subtables.put(kept.name(), kept);
        return json(kept, Optional.empty());
    }

    /** Forced, it takes the rules that lead to it along: a chain that does not exist has no visitors. */
    private ObjectNode delete(ApiCall call) {
        Subtable subtable = find(call);
        boolean force = call.query("force").map(Boolean::parseBoolean).orElse(false);
        if (visited(subtable.name()) && !force) {
            throw ApiError.argument("Firewall rule with subtable exists. Please delete rule first.");
        }
        visitors(subtable.name()).forEach(main::remove);
        subtables.remove(subtable.name());
        List.copyOf(subtables.values()).stream()
                .filter(other -> other.goesOnTo(subtable.name()))
                .forEach(other -> put(
                        other,
                        other.rules().stream()
                                .filter(rule -> !leads(rule.rule(), subtable.name()))
                                .toList()));
        return json(subtable, Optional.empty());
    }

    private Subtable find(ApiCall call) {
        return Optional.ofNullable(subtables.get(call.path().getOrDefault("name", "")))
                .orElseThrow(() -> ApiError.notFound("Subtable does not exist"));
    }

    private static ObjectNode json(Subtable subtable, Optional<String> osView) {
        ObjectNode json = Json.object()
                .put("name", subtable.name())
                .put("description", subtable.description())
                .put("type", subtable.type())
                .put("created_at", Json.timestamp(subtable.createdAt()))
                .put("updated_at", Json.timestamp(subtable.updatedAt()))
                .put("size", subtable.rules().size());
        ArrayNode rules = json.putArray("rules");
        for (int position = 0; position < subtable.rules().size(); position++) {
            Rule rule = subtable.rules().get(position);
            ArrayNode osRules = rules.addObject()
                    .put("rule", rule.written())
                    .put("position", position)
                    .put("comment", rule.comment())
                    .put("rule_resolved", rule.rule().text())
                    .put("disabled", rule.disabled())
                    .put("id", rule.id())
                    .putArray("os_rules");
            if (osView.map(Boolean::parseBoolean).orElse(false) && !rule.disabled()) {
                osRules.addObject().put("rule", rule.rule().text()).put("position", position);
            }
        }
        return json;
    }
}

// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.sim.vns3;

import static io.hybridpipe.sim.vns3.Operations.Needs.LICENSE;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import inet.ipaddr.IPAddress;
import io.hybridpipe.sim.net.Protocol;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Named sets that firewall rules match against: of networks, of ports, of services ({@code tcp:443}), or of other sets.
 *
 * <p>The description names the types as those of ipset, whose list:set takes no list: so sets never go in a circle.
 */
final class FwSets {
    private static final List<String> TYPES = List.of("net", "list", "service", "port");

    private record Entry(String written, String resolved, String comment, Instant at) {
        private String inventory() {
            return written + (comment.isEmpty() ? "" : " # " + comment);
        }
    }

    private record FwSet(
            String name, String type, String description, List<Entry> entries, Instant createdAt, Instant updatedAt) {

        FwSet {
            entries = List.copyOf(entries);
        }

        private FwSet with(List<Entry> others, Instant now) {
            return new FwSet(name, type, description, others, createdAt, now);
        }
    }

    private final Variables variables;
    private final Subtables subtables;
    private final Clock clock;
    private final Map<String, FwSet> sets = new TreeMap<>();

    FwSets(Variables variables, Subtables subtables, Clock clock) {
        this.variables = variables;
        this.subtables = subtables;
        this.clock = clock;
    }

    void register(Operations api) {
        String all = "/v2/firewall/fwsets";
        String one = all + "/{name}";
        api.on("GET", all, LICENSE, call -> list());
        api.on("POST", all, LICENSE, 201, call -> create(call.body()));
        api.on("GET", one, LICENSE, call -> json(find(call)));
        api.on("PUT", one, LICENSE, this::update);
        api.on("DELETE", one, LICENSE, 202, this::delete);
        api.on("POST", one + "/entries", LICENSE, 201, this::addEntry);
        api.on("DELETE", one + "/entries", LICENSE, this::deleteEntry);
    }

    List<String> names() {
        return List.copyOf(sets.keySet());
    }

    /** The entries of one, as written. */
    List<String> entries(String name) {
        return Optional.ofNullable(sets.get(name)).map(FwSet::entries).orElse(List.of()).stream()
                .map(Entry::written)
                .toList();
    }

    /** Makes a set of exactly these entries, or makes one that exists have them; one wrong entry spoils all. */
    void define(String name, String type, List<String> texts) {
        Instant now = clock.instant();
        FwSet old = Optional.ofNullable(sets.get(name)).orElse(new FwSet(name, type, "", List.of(), now, now));
        List<Entry> entries = texts.stream()
                .map(text -> entry(new Fields(Json.object().put("entry", text))))
                .toList();
        entries.stream()
                .filter(entry -> !valid(old.type(), entry.resolved()))
                .findFirst()
                .ifPresent(wrong -> {
                    throw ApiError.argument("Error creating entry: " + wrong.written());
                });
        sets.put(name, old.with(entries, now));
    }

    /** Removes a set that neither rules nor other sets name. */
    void forget(String name) {
        if (referenced(name)) {
            throw ApiError.argument("Fwset has references. These can be firewall rules or other fwsets.");
        }
        sets.remove(name);
    }

    boolean exists(String name) {
        return sets.containsKey(name);
    }

    boolean contains(String name, IPAddress address, Protocol protocol, int port) {
        FwSet set = sets.get(name);
        return set != null && set.entries().stream().anyMatch(entry -> has(set, entry, address, protocol, port));
    }

    Map<String, String> inventory() {
        Map<String, String> data = new TreeMap<>();
        sets.forEach((name, set) -> data.put(
                name,
                set.type() + " " + set.entries().stream().map(Entry::inventory).toList() + " " + set.description()));
        return data;
    }

    private boolean has(FwSet set, Entry entry, IPAddress address, Protocol protocol, int port) {
        return switch (set.type()) {
            case "net" ->
                Addresses.cidr(entry.resolved())
                        .filter(block -> block.contains(address))
                        .isPresent();
            case "port" -> inRange(entry.resolved(), port);
            case "service" ->
                entry.resolved().startsWith(protocol.name().toLowerCase(Locale.ROOT) + ":")
                        && inRange(entry.resolved().substring(entry.resolved().indexOf(':') + 1), port);
            default -> isPlain(entry.resolved()) && contains(entry.resolved(), address, protocol, port);
        };
    }

    private static boolean inRange(String range, int port) {
        String[] ends = range.split("-");
        return port >= Integer.parseInt(ends[0]) && port <= Integer.parseInt(ends[ends.length - 1]);
    }

    private boolean valid(String type, String entry) {
        return switch (type) {
            case "net" -> Addresses.cidr(entry).isPresent();
            case "port" -> entry.matches("[0-9]{1,5}(-[0-9]{1,5})?");
            case "service" -> entry.matches("(tcp|udp):[0-9]{1,5}(-[0-9]{1,5})?");
            default -> isPlain(entry);
        };
    }

    /** Whether there is such a set and it is no list; a name may stand for another set than it did when it was entered. */
    private boolean isPlain(String name) {
        FwSet set = sets.get(name);
        return set != null && !set.type().equals("list");
    }

    private ArrayNode list() {
        ArrayNode list = Json.array();
        sets.values().forEach(set -> list.add(json(set)));
        return list;
    }

    private ObjectNode create(Fields wanted) {
        String name = named(wanted.required("name"));
        String type = wanted.required("type");
        if (!TYPES.contains(type)) {
            throw ApiError.argument("Invalid fwset type");
        }
        if (sets.containsKey(name)) {
            throw ApiError.argument("Fwset with name " + name + " already exists");
        }
        Instant now = clock.instant();
        FwSet empty = new FwSet(name, type, wanted.text("description").orElse(""), List.of(), now, now);
        return saved(empty, wanted);
    }

    private ObjectNode update(ApiCall call) {
        FwSet old = find(call);
        String name = call.body().text("name").map(FwSets::named).orElse(old.name());
        if (!name.equals(old.name()) && sets.containsKey(name)) {
            throw ApiError.argument("Failed to rename set. OS error: Set cannot be renamed: "
                    + "a set with the new name already exists");
        }
        if (!name.equals(old.name()) && referenced(old.name())) {
            throw ApiError.argument("Failed to rename set. OS error: Set cannot be renamed: it is referenced");
        }
        FwSet changed = new FwSet(
                name,
                old.type(),
                call.body().text("description").orElse(old.description()),
                old.entries(),
                old.createdAt(),
                clock.instant());
        ObjectNode answer = saved(changed, call.body());
        if (!name.equals(old.name())) {
            sets.remove(old.name());
        }
        return answer;
    }

    /** Entries that are wrong are named and left out. */
    private ObjectNode saved(FwSet set, Fields wanted) {
        ArrayNode errors = Json.array();
        List<Entry> entries = new ArrayList<>(set.entries());
        if (wanted.body().hasNonNull("entries")) {
            entries.clear();
            for (Fields one : entriesOf(wanted)) {
                Entry entry = entry(one);
                if (valid(set.type(), entry.resolved())) {
                    entries.add(entry);
                } else {
                    errors.add(json(entry).put("error", "invalid " + set.type() + " entry " + entry.written()));
                }
            }
        }
        FwSet kept = set.with(entries, clock.instant());
        sets.put(kept.name(), kept);
        ObjectNode answer = json(kept);
        answer.set("errors", errors);
        return answer;
    }

    private static List<Fields> entriesOf(Fields wanted) {
        return wanted.body().path("entries").isTextual()
                ? wanted.body()
                        .path("entries")
                        .asText()
                        .lines()
                        .flatMap(line -> List.of(line.split(",")).stream())
                        .map(String::trim)
                        .filter(text -> !text.isEmpty())
                        .map(text -> new Fields(Json.object().put("entry", text)))
                        .toList()
                : wanted.objects("entries", "entry");
    }

    private Entry entry(Fields wanted) {
        String written = wanted.required("entry").trim();
        return new Entry(
                written, variables.resolve(written), wanted.text("comment").orElse(""), clock.instant());
    }

    private ObjectNode delete(ApiCall call) {
        FwSet set = find(call);
        boolean force = call.query("force").map(Boolean::parseBoolean).orElse(false);
        if (referenced(set.name()) && !force) {
            throw ApiError.argument("Fwset has references. These can be firewall rules or other fwsets.");
        }
        sets.remove(set.name());
        return json(set);
    }

    private boolean referenced(String name) {
        return subtables.everyRule().anyMatch(rule -> rule.names(name))
                || sets.values().stream()
                        .filter(set -> set.type().equals("list"))
                        .flatMap(set -> set.entries().stream())
                        .anyMatch(entry -> entry.resolved().equals(name));
    }

    private ObjectNode addEntry(ApiCall call) {
        FwSet set = find(call);
        Entry entry = entry(call.body());
        if (!valid(set.type(), entry.resolved())) {
            throw ApiError.argument("Error creating entry: " + entry.written());
        }
        List<Entry> entries = new ArrayList<>(set.entries());
        entries.add(entry);
        return put(set.with(entries, clock.instant()));
    }

    private ObjectNode deleteEntry(ApiCall call) {
        FwSet set = find(call);
        String wanted = call.body().required("entry").trim();
        List<Entry> left = set.entries().stream()
                .filter(entry ->
                        !entry.written().equals(wanted) && !entry.resolved().equals(wanted))
                .toList();
        if (left.size() == set.entries().size()) {
            throw ApiError.argument("Error deleting entry: " + wanted);
        }
        return put(set.with(left, clock.instant()));
    }

    private ObjectNode put(FwSet set) {
        sets.put(set.name(), set);
        return json(set);
    }

    private FwSet find(ApiCall call) {
        return Optional.ofNullable(sets.get(call.path().getOrDefault("name", "")))
                .orElseThrow(() -> ApiError.notFound("Fwset does not exist"));
    }

    private static String named(String name) {
        if (!name.matches("[A-Za-z0-9_-]+")) {
            throw ApiError.argument("invalid Fwset name - " + name);
        }
        return name;
    }

    private static ObjectNode json(FwSet set) {
        ObjectNode json = Json.object()
                .put("name", set.name())
                .put("description", set.description())
                .put("created_at", Json.timestamp(set.createdAt()))
                .put("updated_at", Json.timestamp(set.updatedAt()))
                .put("size", set.entries().size())
                .put("type", set.type());
        ArrayNode entries = json.putArray("entries");
        set.entries().forEach(entry -> entries.add(json(entry)));
        return json;
    }

    private static ObjectNode json(Entry entry) {
        return Json.object()
                .put("entry", entry.written())
                .put("comment", entry.comment())
                .put("entry_resolved", entry.resolved())
                .put("last_resolved", Json.timestamp(entry.at()))
                .put("created_at", Json.timestamp(entry.at()));
    }
}

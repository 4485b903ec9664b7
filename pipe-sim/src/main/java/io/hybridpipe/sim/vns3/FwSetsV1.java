// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.sim.vns3;

import static io.hybridpipe.sim.vns3.Operations.Needs.LICENSE;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Sets as version 1 of the firewall's API shows them: their kind is the beginning of their name, and an entry is a line that
 * may begin with that name.
 */
final class FwSetsV1 {
    private static final Map<String, String> TYPES = Map.of("NETS", "net", "PORTS", "port", "LIST", "list");
    private static final String NAME = "(NETS|PORTS|LIST)_[A-Za-z0-9_-]+";

    private final FwSets sets;

    FwSetsV1(FwSets sets) {
        this.sets = sets;
    }

    void register(Operations api) {
        String path = "/firewall/fwsets";
        api.on("GET", path, LICENSE, this::list);
        api.on("POST", path, LICENSE, call -> create(call.body()));
        api.on("PUT", path, LICENSE, call -> Subgroups.reload(call.body()));
        api.on("DELETE", path, LICENSE, call -> delete(call.body()));
    }

    private ArrayNode list(ApiCall call) {
        Optional<String> name = call.query("name");
        boolean verbose = call.query("verbose").map(Boolean::parseBoolean).orElse(true);
        List<String> names = name.map(one -> List.of(known(one))).orElseGet(sets::names);
        ArrayNode list = Json.array();
        for (String one : names) {
            if (!verbose && name.isEmpty()) {
                list.add(one);
            } else {
                sets.entries(one).forEach(entry -> list.add(one + " " + entry));
            }
        }
        return list;
    }

    private JsonNode create(Fields wanted) {
        String name = name(wanted);
        if (!name.matches(NAME)) {
            throw ApiError.argument("invalid Fwset name - " + name);
        }
        List<String> entries = new ArrayList<>();
        if (!wanted.flag("flush").orElse(true) && sets.exists(name)) {
            entries.addAll(sets.entries(name));
        }
        Subgroups.lines(wanted)
                .forEach(line -> entries.add(
                        line.startsWith(name + " ")
                                ? line.substring(name.length()).trim()
                                : line));
        sets.define(name, TYPES.getOrDefault(name.split("_")[0], "net"), entries);
        return Json.object().put("rules", String.join("\n", entries)).put("status", "ok");
    }

    private JsonNode delete(Fields wanted) {
        sets.forget(known(name(wanted)));
        return Json.object().put("status", "finished_ok");
    }

    private String known(String name) {
        if (!sets.exists(name)) {
            throw ApiError.argument("Fwset named " + name + " not found.");
        }
        return name;
    }

    /** Given, or what all rules begin with. */
    private static String name(Fields wanted) {
        List<String> named = Subgroups.lines(wanted).stream()
                .map(line -> line.split("\\s+")[0])
                .filter(word -> word.matches(NAME))
                .distinct()
                .toList();
        if (named.size() > 1) {
            throw ApiError.argument("More than one Fwset name found in rules");
        }
        return wanted.text("name")
                .filter(text -> !text.isBlank())
                .or(() -> named.stream().findFirst())
                .orElseThrow(() -> ApiError.argument("name is missing"));
    }
}

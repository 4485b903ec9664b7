// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.sim.vns3;

import static io.hybridpipe.sim.vns3.Operations.Needs.LICENSE;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Subtables as version 1 of the firewall's API shows them: named chains whose rules come and go as lines of one text. Which
 * main table a chain hangs in is told by the beginning of its name, {@code PRE_} for PREROUTING and so on, else FORWARD.
 */
final class Subgroups {
    private final Subtables subtables;

    Subgroups(Subtables subtables) {
        this.subtables = subtables;
    }

    void register(Operations api) {
        String path = "/firewall/rules/subgroup";
        api.on("GET", path, LICENSE, this::list);
        api.on("POST", path, LICENSE, call -> create(call.body()));
        api.on("PUT", path, LICENSE, call -> reload(call.body()));
        api.on("DELETE", path, LICENSE, call -> delete(call.body()));
    }

    /** The names alone if it is not to be verbose, else each followed by its rules; of one chain its rules. */
    private ArrayNode list(ApiCall call) {
        Optional<String> name = call.query("name");
        if (name.isPresent()) {
            return Json.texts(subtables.texts(known(name.get())));
        }
        boolean verbose = call.query("verbose").map(Boolean::parseBoolean).orElse(true);
        ArrayNode list = Json.array();
        subtables.names().forEach(one -> {
            if (verbose) {
                list.addArray().add(one).addAll(Json.texts(subtables.texts(one)));
            } else {
                list.add(one);
            }
        });
        return list;
    }

    private JsonNode create(Fields wanted) {
        List<String> lines = lines(wanted);
        String name = name(wanted, lines);
        if (!name.matches("[A-Z][A-Z0-9_]*")) {
            throw ApiError.argument("invalid subgroup name - " + name);
        }
        List<String> rules = new ArrayList<>();
        if (!wanted.flag("flush").orElse(false) && subtables.exists(name)) {
            rules.addAll(subtables.texts(name));
        }
        int position = wanted.number("position").orElse(-1);
        rules.addAll(position < 0 || position > rules.size() ? rules.size() : position, lines);
        subtables.define(name, table(name), rules);
        return Json.object().put("rules", String.join("\n", rules)).put("status", "ok");
    }

    private static String table(String name) {
        return switch (name.split("_")[0]) {
            case "PRE" -> "prerouting";
            case "POST" -> "postrouting";
            case "IN", "INPUT" -> "input";
            case "OUT", "OUTPUT" -> "output";
            default -> "forward";
        };
    }

    static JsonNode reload(Fields wanted) {
        if (!wanted.flag("reinitialize").orElse(false)) {
            throw ApiError.argument("reinitialize is invalid");
        }
        return Json.object().put("status", "ok");
    }

    /** A chain that rules still lead to is emptied and stays, as its answer says. */
    private JsonNode delete(Fields wanted) {
        String name = known(name(wanted, lines(wanted)));
        if (subtables.visited(name)) {
            subtables.define(name, table(name), List.of());
            throw ApiError.of(
                    410, "APINotFoundError", "Chain references remain for " + name + ", although rules were deleted.");
        }
        subtables.forget(name);
        return Json.object().put("status", "ok");
    }

    private String known(String name) {
        if (!subtables.exists(name)) {
            throw ApiError.notFound("Chain named " + name + " not found.");
        }
        return name;
    }

    /** Given, or what the rules begin with. */
    private static String name(Fields wanted, List<String> lines) {
        return wanted.text("name")
                .filter(text -> !text.isBlank())
                .or(() -> lines.stream().findFirst().map(line -> line.split("\\s+")[0]))
                .orElseThrow(() -> ApiError.argument("name is missing"));
    }

    static List<String> lines(Fields wanted) {
        return wanted.text("rules")
                .orElse("")
                .lines()
                .map(String::trim)
                .filter(line -> !line.isEmpty())
                .toList();
    }
}

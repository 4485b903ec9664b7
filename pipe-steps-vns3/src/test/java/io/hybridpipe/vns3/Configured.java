// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.vns3;

import io.hybridpipe.sim.vns3.Inventory;
import io.hybridpipe.sim.vns3.SimVns3;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * What is configured on a controller, without what differs from run to run: a thing that another one refers to is named by what it
 * is in place of its id, the marks of a run are one word, and the certificate that each controller makes for itself is left out.
 *
 * @param byKind the lines of each kind, sorted
 */
record Configured(SortedMap<String, List<String>> byKind) {
    private static final String ID = "[1-9][0-9]*|[0-9a-f]{20}";
    private static final Pattern MARK = Pattern.compile("hybridpipe:(token|run)=[^ \",\\]]+");
    private static final Pattern ENDPOINT = Pattern.compile("(\\bendpointId=|\"endpoint_id\":)([0-9]+)");
    private static final Pattern TUNNEL = Pattern.compile("(\\btunnel=Optional\\[|\"tunnel\":)([0-9]+)");
    private static final Pattern NAME = Pattern.compile("\"name\":(\"[^\"]*\")");
    private static final Pattern SELECTORS = Pattern.compile("\\blocal=[^,]+, remote=[^,]+");

    static Configured on(SimVns3 controller) {
        Inventory inventory = controller.inventory();
        Map<String, String> endpoints = named(inventory.of("endpoint"), NAME);
        Map<String, String> tunnels = named(inventory.of("tunnel"), SELECTORS);
        SortedMap<String, List<String>> all = new TreeMap<>();
        inventory.byKind().forEach((kind, things) -> {
            if (kind.equals("certificate")) {
                return;
            }
            List<String> lines = new ArrayList<>();
            things.forEach((id, text) -> lines.add((id.matches(ID) ? "" : id + ": ")
                    + refer(TUNNEL, refer(ENDPOINT, withoutIds(text), endpoints), tunnels)));
            lines.sort(null);
            all.put(kind, lines);
        });
        return new Configured(all);
    }

    /** The same but for the API password, which is somebody else's. */
    Configured withoutPassword() {
        SortedMap<String, List<String>> rest = new TreeMap<>(byKind);
        rest.computeIfPresent("config", (kind, lines) -> lines.stream()
                .filter(line -> !line.startsWith("api_password"))
                .toList());
        return new Configured(rest);
    }

    /** What there is of things that neither of these has, wherever in its list it stands. */
    List<String> strangersTo(Configured one, Configured other) {
        Set<String> known = new HashSet<>(one.things());
        known.addAll(other.things());
        return things().stream().filter(thing -> !known.contains(thing)).toList();
    }

    private List<String> things() {
        return byKind.entrySet().stream()
                .flatMap(kind -> kind.getValue().stream()
                        .map(line -> kind.getKey() + " " + line.replaceFirst("^[0-9]{3}: ", "")))
                .toList();
    }

    private static String withoutIds(String text) {
        // an endpoint's tunnels are a kind of their own
        return MARK.matcher(text)
                .replaceAll("$1")
                .replaceAll("\"tunnels\":\\{([^{}]|\\{[^{}]*})*}", "\"tunnels\":{}")
                .replaceAll("(\\bid=|\"id\":\"?|\")(" + ID + ")(?=[,}\\]\"])", "$1#");
    }

    private static Map<String, String> named(Map<String, String> things, Pattern name) {
        return things.entrySet().stream().collect(Collectors.toMap(Map.Entry::getKey, thing -> {
            Matcher found = name.matcher(thing.getValue());
            return found.find() ? found.group() : thing.getValue();
        }));
    }

    private static String refer(Pattern pattern, String text, Map<String, String> names) {
        return pattern.matcher(text)
                .replaceAll(found -> Matcher.quoteReplacement(
                        found.group(1) + "<" + names.getOrDefault(found.group(2), "nothing that is there") + ">"));
    }

    @Override
    public String toString() {
        return byKind.entrySet().stream()
                .flatMap(kind -> kind.getValue().stream().map(line -> "    " + kind.getKey() + " " + line))
                .collect(Collectors.joining("\n"));
    }
}

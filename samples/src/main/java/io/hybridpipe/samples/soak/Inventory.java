// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.samples.soak;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/** All that there is, one line a thing, without what differs between two runs that did the same. */
final class Inventory {
    private static final Map<Pattern, String> VARIES = new LinkedHashMap<>();

    static {
        // tokens, ids that clouds make up, and what is derived from them
        VARIES.put(Pattern.compile("\\b[0-9a-f]{32}\\b"), "#");
        VARIES.put(Pattern.compile("\\b[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\\b"), "#");
        VARIES.put(Pattern.compile("\\b([a-z]+)-[0-9a-f]{17}\\b"), "$1-#");
        VARIES.put(Pattern.compile("-[A-Z0-9]{12}\\b"), "-#");
        VARIES.put(Pattern.compile("#[0-9a-f]{12}\\b"), "#");
        VARIES.put(Pattern.compile("\\d{4}-\\d\\d-\\d\\dT[0-9:.]+Z"), "#");
        VARIES.put(Pattern.compile("\\b198\\.18\\.\\d+\\.\\d+\\b"), "#");
        // each controller signs a certificate of its own
        VARIES.put(Pattern.compile("certificate sha256: [0-9a-f]{64}"), "certificate sha256: #");
        // a controller counts what it has been told since its launch
        VARIES.put(Pattern.compile("\\b(endpoint|tunnel|route) \\d+:"), "$1 #:");
        VARIES.put(Pattern.compile("\\b(id|endpointId|endpoint_id|tunnel)(\"?[=:])\\d+"), "$1$2#");
        VARIES.put(Pattern.compile("\"\\d+\":"), "\"#\":");
    }

    private Inventory() {}

    /** The lines in order, with ids, tokens and times replaced, so that equal things are equal lines. */
    static List<String> normal(List<String> lines, String run) {
        return lines.stream()
                .map(line -> {
                    String normal = line.replace(run, "RUN");
                    for (Map.Entry<Pattern, String> each : VARIES.entrySet()) {
                        normal = each.getKey().matcher(normal).replaceAll(each.getValue());
                    }
                    return normal;
                })
                .sorted()
                .toList();
    }

    /** What is wrong with what is there: each line that is missing or too many. */
    static List<String> difference(List<String> wanted, List<String> there) {
        List<String> difference = new ArrayList<>();
        minus(there, wanted).forEach(line -> difference.add("too many: " + line));
        minus(wanted, there).forEach(line -> difference.add("missing:  " + line));
        return difference;
    }

    /** As often as a line is there more often. */
    private static List<String> minus(List<String> from, List<String> what) {
        List<String> rest = new ArrayList<>(from);
        what.forEach(rest::remove);
        return rest;
    }
}

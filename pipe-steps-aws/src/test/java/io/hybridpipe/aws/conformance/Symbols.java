// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.aws.conformance;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Names for what a service makes up (ids, unique names, MAC addresses): the same for the same, in order of appearance. */
final class Symbols {
    private static final Pattern MADE_UP = Pattern.compile("\\b(?<id>[a-z]+(-[a-z]+)*)-[0-9a-f]{8,17}\\b"
            + "|(?<uuid>\\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\\b)"
            + "|(?<mac>\\b[0-9a-f]{2}(:[0-9a-f]{2}){5}\\b)");

    private final Map<String, String> known = new LinkedHashMap<>();
    private final Map<String, Integer> counts = new HashMap<>();

    /** The text with every made-up part replaced. */
    String in(String text) {
        return MADE_UP.matcher(text).replaceAll(found -> Matcher.quoteReplacement(symbol((Matcher) found)));
    }

    private String symbol(Matcher found) {
        String kind = found.group("id") != null ? found.group("id") : found.group("uuid") != null ? "uuid" : "mac";
        return known.computeIfAbsent(found.group(), made -> kind + "#" + counts.merge(kind, 1, Integer::sum));
    }
}

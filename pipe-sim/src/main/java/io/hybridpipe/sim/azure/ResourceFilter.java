// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.sim.azure;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.hybridpipe.sim.SimRequest;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The {@code $filter} of lists of resources and groups: equality of {@code tagName} and {@code tagValue},
 * {@code resourceType}, {@code resourceGroup}, {@code name} and {@code location}, joined by {@code and}.
 */
final class ResourceFilter {

    private static final Pattern TERM =
            Pattern.compile("\\s*(\\w+)\\s+eq\\s+'((?:[^']|'')*)'\\s*", Pattern.CASE_INSENSITIVE);
    private static final Pattern AND = Pattern.compile("and\\b", Pattern.CASE_INSENSITIVE);

    private ResourceFilter() {}

    /** What of these a request wants. */
    static List<ObjectNode> apply(SimRequest request, List<ObjectNode> items) {
        var filter = request.query("$filter").orElse("").strip();
        if (filter.isEmpty()) {
            return items;
        }
        var wanted = predicate(filter, terms(filter));
        return items.stream().filter(wanted).toList();
    }

    private static Map<String, String> terms(String filter) {
        var terms = new HashMap<String, String>();
        var matcher = TERM.matcher(filter);
        var at = 0;
        while (true) {
            matcher.region(at, filter.length());
            if (!matcher.lookingAt()) {
                throw invalid(filter);
            }
            terms.put(
                    matcher.group(1).toLowerCase(Locale.ROOT), matcher.group(2).replace("''", "'"));
            at = matcher.end();
            if (at == filter.length()) {
                return terms;
            }
            var and = AND.matcher(filter).region(at, filter.length());
            if (!and.lookingAt()) {
                throw invalid(filter);
            }
            at = and.end();
        }
    }

    private static Predicate<ObjectNode> predicate(String filter, Map<String, String> terms) {
        var all = new ArrayList<Predicate<ObjectNode>>();
        terms.forEach((name, value) -> all.add(
                switch (name) {
                    case "tagname" -> item -> hasTag(item, value, terms.get("tagvalue"));
                    case "tagvalue" -> {
                        if (!terms.containsKey("tagname")) {
                            throw invalid(filter);
                        }
                        yield item -> true;
                    }
                    case "resourcetype" -> item -> item.path("type").asText().equalsIgnoreCase(value);
                    case "name", "location" -> item -> item.path(name).asText().equalsIgnoreCase(value);
                    case "resourcegroup" ->
                        item -> ArmId.parse(item.path("id").asText())
                                .filter(id -> id.group().equalsIgnoreCase(value))
                                .isPresent();
                    default -> throw invalid(filter);
                }));
        return item -> all.stream().allMatch(one -> one.test(item));
    }

    /** Names of tags are the same in any case, values are not. */
    private static boolean hasTag(ObjectNode item, String name, @Nullable String value) {
        return item.path("tags").properties().stream()
                .anyMatch(tag -> tag.getKey().equalsIgnoreCase(name)
                        && (value == null || tag.getValue().asText().equals(value)));
    }

    private static ArmError invalid(String filter) {
        return ArmError.badRequest(
                "InvalidFilterInQueryString", "Invalid $filter '%s' specified in the query string.", filter);
    }
}

// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.sim.aws;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/** Finds what a piece of a template refers to: by Ref, GetAtt, and inside the text of Sub. */
final class References {

    static final Pattern PLACEHOLDER = Pattern.compile("\\$\\{([^!}][^}]*)}");

    /** A name and, when an attribute is asked for, which one. */
    record Reference(String name, String attribute) {}

    private References() {}

    static List<Reference> in(Object value) {
        var found = new ArrayList<Reference>();
        collect(value, found);
        return found;
    }

    static Set<String> names(Object value) {
        var names = new LinkedHashSet<String>();
        in(value).forEach(reference -> names.add(reference.name()));
        return names;
    }

    private static void collect(Object value, List<Reference> found) {
        if (value instanceof List<?> list) {
            list.forEach(item -> collect(item, found));
        } else if (value instanceof Map<?, ?> map) {
            map.forEach((key, inner) -> {
                switch (String.valueOf(key)) {
                    case "Ref" -> found.add(new Reference(String.valueOf(inner), ""));
                    case "Fn::GetAtt" -> attribute(inner, found);
                    case "Fn::Sub" -> substitution(inner, found);
                    default -> collect(inner, found);
                }
            });
        }
    }

    private static void attribute(Object inner, List<Reference> found) {
        if (inner instanceof String text && text.contains(".")) {
            var parts = text.split("\\.", 2);
            found.add(new Reference(parts[0], parts[1]));
        } else if (inner instanceof List<?> list && list.size() == 2) {
            found.add(new Reference(String.valueOf(list.get(0)), String.valueOf(list.get(1))));
        } else {
            throw AwsError.of(
                    "ValidationError",
                    "Template error: every Fn::GetAtt object requires two non-empty parameters, the resource name and the"
                            + " resource attribute");
        }
    }

    private static void substitution(Object inner, List<Reference> found) {
        var text = inner instanceof List<?> list && !list.isEmpty() ? list.get(0) : inner;
        var own = inner instanceof List<?> list && list.size() > 1 && list.get(1) instanceof Map<?, ?> map
                ? map
                : Map.of();
        own.values().forEach(value -> collect(value, found));
        var matcher = PLACEHOLDER.matcher(String.valueOf(text));
        while (matcher.find()) {
            var name = matcher.group(1).strip();
            if (!own.containsKey(name)) {
                var parts = name.startsWith("AWS::") ? new String[] {name} : name.split("\\.", 2);
                found.add(new Reference(parts[0], parts.length == 2 ? parts[1] : ""));
            }
        }
    }
}

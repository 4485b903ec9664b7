// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.sim.aws;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Finds what a piece of a template refers to: by Ref, GetAtt, and inside the text of Sub. */
final class References {

    static final Pattern PLACEHOLDER = Pattern.compile("\\$\\{([^!}][^}]*)}");

    /** A name and, when an attribute is asked for, which one. */
    record Reference(String name, String attribute) {}

    private final Function<String, @Nullable Boolean> conditions;
    private final List<Reference> found = new ArrayList<>();

    private References(Function<String, @Nullable Boolean> conditions) {
        this.conditions = conditions;
    }

    static List<Reference> in(Object value) {
        return in(value, name -> null);
    }

    /** The same without the branches that are not taken; a condition of unknown outcome (null) takes both. */
    static List<Reference> in(Object value, Function<String, @Nullable Boolean> conditions) {
        var references = new References(conditions);
        references.collect(value);
        return references.found;
    }

    static Set<String> names(Object value) {
        var names = new LinkedHashSet<String>();
        in(value).forEach(reference -> names.add(reference.name()));
        return names;
    }

    /** The names of the conditions that decide in a piece of a template. */
    static Set<String> conditions(Object value) {
        var names = new LinkedHashSet<String>();
        in(value, name -> {
            names.add(name);
            return null;
        });
        return names;
    }

    private void collect(Object value) {
        if (value instanceof List<?> list) {
            list.forEach(item -> collect(item));
        } else if (value instanceof Map<?, ?> map) {
            map.forEach((key, inner) -> {
                switch (String.valueOf(key)) {
                    case "Ref" -> found.add(new Reference(String.valueOf(inner), ""));
                    case "Fn::GetAtt" -> attribute(inner);
                    case "Fn::Sub" -> substitution(inner);
                    case "Fn::If" -> branches(inner);
                    default -> collect(inner);
                }
            });
        }
    }

    private void branches(Object inner) {
        var taken = inner instanceof List<?> list && list.size() == 3
                ? conditions.apply(String.valueOf(list.get(0)))
                : null;
        if (taken != null && inner instanceof List<?> list) {
            collect(list.get(taken ? 1 : 2));
        } else {
            collect(inner);
        }
    }

    private void attribute(Object inner) {
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

    private void substitution(Object inner) {
        var text = inner instanceof List<?> list && !list.isEmpty() ? list.get(0) : inner;
        var own = inner instanceof List<?> list && list.size() > 1 && list.get(1) instanceof Map<?, ?> map
                ? map
                : Map.of();
        own.values().forEach(value -> collect(value));
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

// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.sim.aws;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Puts stored values in place of {@code {{resolve:ssm:NAME}}} and {@code {{resolve:ssm:NAME:VERSION}}} in properties. */
final class DynamicReferences {

    private static final Pattern REFERENCE = Pattern.compile("\\{\\{resolve:([^:}]+):([^}]+)}}");

    private DynamicReferences() {}

    /** {@code stored} gives the value of a parameter of the Parameter Store, by name or by name and version. */
    static Object resolve(Object value, UnaryOperator<String> stored) {
        if (value instanceof List<?> list) {
            return list.stream().map(item -> resolve(item, stored)).toList();
        }
        if (value instanceof Map<?, ?> map) {
            var resolved = new LinkedHashMap<String, Object>();
            map.forEach((key, inner) -> resolved.put(String.valueOf(key), resolve(inner, stored)));
            return resolved;
        }
        if (!(value instanceof String text) || !text.contains("{{resolve:")) {
            return value;
        }
        return REFERENCE.matcher(text).replaceAll(found -> {
            if (!found.group(1).equals("ssm")) {
                throw Template.invalid("Dynamic references to %s are not supported by this stand-in", found.group(1));
            }
            return Matcher.quoteReplacement(stored.apply(found.group(2)));
        });
    }
}

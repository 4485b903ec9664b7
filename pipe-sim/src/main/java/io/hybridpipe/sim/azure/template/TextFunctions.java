// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.sim.azure.template;

import static io.hybridpipe.sim.azure.template.Function.ANY;
import static io.hybridpipe.sim.azure.template.Values.bool;
import static io.hybridpipe.sim.azure.template.Values.number;
import static io.hybridpipe.sim.azure.template.Values.text;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.StreamSupport;

/** Functions on texts. */
final class TextFunctions {

    private static final int LONGEST_PADDING = 16_384;
    private static final Pattern HOLE = Pattern.compile("\\{\\{|}}|\\{(\\d{1,4})}|[{}]");
    private static final String LETTERS = "abcdefghijklmnopqrstuvwxyz234567";

    static final List<Function> ALL = List.of(
            new Function("concat", 0, ANY, (in, args) -> concat(args)),
            new Function("format", 1, ANY, (in, args) -> format(args)),
            new Function("toLower", 1, 1, (in, args) -> text(args.text(0).toLowerCase(Locale.ROOT))),
            new Function("toUpper", 1, 1, (in, args) -> text(args.text(0).toUpperCase(Locale.ROOT))),
            new Function("trim", 1, 1, (in, args) -> text(args.text(0).strip())),
            new Function("substring", 2, 3, (in, args) -> substring(args)),
            new Function("replace", 3, 3, (in, args) -> replace(args)),
            new Function("split", 2, 2, (in, args) -> split(args)),
            new Function("join", 2, 2, (in, args) -> join(args)),
            new Function("startsWith", 2, 2, (in, args) -> bool(small(args, 0).startsWith(small(args, 1)))),
            new Function("endsWith", 2, 2, (in, args) -> bool(small(args, 0).endsWith(small(args, 1)))),
            new Function("indexOf", 2, 2, (in, args) -> indexOf(args)),
            new Function("lastIndexOf", 2, 2, (in, args) -> lastIndexOf(args)),
            new Function("padLeft", 2, 3, (in, args) -> padLeft(args)),
            new Function("string", 1, 1, (in, args) -> text(Values.write(args.get(0)))),
            new Function("uniqueString", 1, ANY, (in, args) -> text(unique(args))),
            new Function("guid", 1, ANY, (in, args) -> text(guid(args))),
            new Function("base64", 1, 1, (in, args) -> text(base64(args.text(0)))),
            new Function("base64ToString", 1, 1, (in, args) -> text(decoded(args))));

    private TextFunctions() {}

    private static JsonNode concat(Arguments args) {
        if (args.size() > 0 && args.all(ArrayNode.class)) {
            var all = Values.array();
            args.all().forEach(list -> list.forEach(all::add));
            return all;
        }
        for (var i = 0; i < args.size(); i++) {
            if (args.get(i).isContainerNode() || args.get(i).isNull()) {
                args.wrong(i, "String");
            }
        }
        return text(args.all().stream().map(Values::write).collect(Collectors.joining()));
    }

    private static JsonNode format(Arguments args) {
        var pattern = args.text(0);
        return text(HOLE.matcher(pattern).replaceAll(found -> {
            var token = found.group();
            if (token.equals("{{") || token.equals("}}")) {
                return token.substring(1);
            }
            var hole = found.group(1);
            if (hole == null) {
                throw args.refused(
                        "the format '%s' has something in braces other than a number, which this stand-in does not know",
                        pattern);
            }
            var index = Integer.parseInt(hole) + 1;
            if (index >= args.size()) {
                throw args.refused("the format '%s' has more placeholders than arguments were provided", pattern);
            }
            return Matcher.quoteReplacement(Values.write(args.get(index)));
        }));
    }

    private static JsonNode substring(Arguments args) {
        var text = args.text(0);
        var start = args.small(1);
        var length = args.size() > 2 ? args.small(2) : text.length() - start;
        if (start < 0 || length < 0 || start > text.length() - length) {
            throw args.refused("index and length parameters must refer to a location within the string");
        }
        return text(text.substring(start, start + length));
    }

    private static JsonNode replace(Arguments args) {
        if (args.text(1).isEmpty()) {
            throw args.refused("the string to be replaced must not be empty");
        }
        return text(args.text(0).replace(args.text(1), args.text(2)));
    }

    private static JsonNode split(Arguments args) {
        var delimiters = args.get(1) instanceof ArrayNode many
                ? StreamSupport.stream(many.spliterator(), false)
                        .map(Values::write)
                        .toList()
                : List.of(args.text(1));
        var pattern = delimiters.stream()
                .filter(delimiter -> !delimiter.isEmpty())
                .map(Pattern::quote)
                .collect(Collectors.joining("|"));
        var parts = Values.array();
        if (pattern.isEmpty()) {
            return parts.add(args.text(0));
        }
        for (var part : args.text(0).split(pattern, -1)) {
            parts.add(part);
        }
        return parts;
    }

    private static JsonNode join(Arguments args) {
        var delimiter = args.text(1);
        return text(StreamSupport.stream(args.array(0).spliterator(), false)
                .map(Values::write)
                .collect(Collectors.joining(delimiter)));
    }

    private static String small(Arguments args, int index) {
        return args.text(index).toLowerCase(Locale.ROOT);
    }

    private static JsonNode indexOf(Arguments args) {
        if (args.get(0) instanceof ArrayNode list) {
            for (var i = 0; i < list.size(); i++) {
                if (Values.same(list.get(i), args.get(1))) {
                    return number(i);
                }
            }
            return number(-1);
        }
        return number(small(args, 0).indexOf(small(args, 1)));
    }

    private static JsonNode lastIndexOf(Arguments args) {
        if (args.get(0) instanceof ArrayNode list) {
            for (var i = list.size() - 1; i >= 0; i--) {
                if (Values.same(list.get(i), args.get(1))) {
                    return number(i);
                }
            }
            return number(-1);
        }
        return number(small(args, 0).lastIndexOf(small(args, 1)));
    }

    private static JsonNode padLeft(Arguments args) {
        var value = args.get(0).isIntegralNumber() ? args.get(0).asText() : args.text(0);
        var length = args.small(1);
        var padding = args.text(2, " ");
        if (length > LONGEST_PADDING || padding.length() != 1) {
            throw args.refused(
                    "the total length must not exceed %d and the padding must be one character", LONGEST_PADDING);
        }
        return text(padding.repeat(Math.max(0, length - value.length())) + value);
    }

    /** Thirteen characters that are the same for the same texts; not those of the service, whose hash is not published. */
    private static String unique(Arguments args) {
        var hash = Values.hash("unique" + texts(args));
        var name = new StringBuilder();
        for (var i = 0; i < 13; i++) {
            name.append(LETTERS.charAt(hash[i] & 31));
        }
        return name.toString();
    }

    /** An identity that is the same for the same texts; not that of the service. */
    private static String guid(Arguments args) {
        return UUID.nameUUIDFromBytes(Values.hash("guid" + texts(args))).toString();
    }

    private static List<String> texts(Arguments args) {
        return IntStream.range(0, args.size()).mapToObj(args::text).toList();
    }

    private static String base64(String text) {
        return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }

    private static String decoded(Arguments args) {
        try {
            return new String(Base64.getDecoder().decode(args.text(0)), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            throw args.refused("the value is not valid Base64");
        }
    }
}

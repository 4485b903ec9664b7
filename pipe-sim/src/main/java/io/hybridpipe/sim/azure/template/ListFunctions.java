// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.sim.azure.template;

import static io.hybridpipe.sim.azure.template.Function.ANY;
import static io.hybridpipe.sim.azure.template.Values.bool;
import static io.hybridpipe.sim.azure.template.Values.number;
import static io.hybridpipe.sim.azure.template.Values.text;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongBinaryOperator;

/** Functions on arrays and objects; some of them take texts as well. */
final class ListFunctions {

    static final int LONGEST_RANGE = 10_000;

    static final List<Function> ALL = List.of(
            new Function("array", 1, 1, (in, args) -> args.get(0).isArray() ? args.get(0) : list(args.all())),
            new Function("createArray", 0, ANY, (in, args) -> list(args.all())),
            new Function("createObject", 0, ANY, (in, args) -> createObject(args)),
            new Function("contains", 2, 2, (in, args) -> bool(contains(args))),
            new Function("length", 1, 1, (in, args) -> number(length(args))),
            new Function("empty", 1, 1, (in, args) -> bool(args.get(0).isNull() || length(args) == 0)),
            new Function("first", 1, 1, (in, args) -> end(args, true)),
            new Function("last", 1, 1, (in, args) -> end(args, false)),
            new Function("skip", 2, 2, (in, args) -> part(args, true)),
            new Function("take", 2, 2, (in, args) -> part(args, false)),
            new Function("union", 1, ANY, (in, args) -> union(args)),
            new Function("intersection", 2, ANY, (in, args) -> intersection(args)),
            new Function("flatten", 1, 1, (in, args) -> flatten(args)),
            new Function("range", 2, 2, (in, args) -> range(args)),
            new Function("min", 1, ANY, (in, args) -> extreme(args, Math::min)),
            new Function("max", 1, ANY, (in, args) -> extreme(args, Math::max)),
            new Function("coalesce", 1, ANY, (in, args) -> coalesce(args)),
            new Function("items", 1, 1, (in, args) -> items(args)),
            new Function("objectKeys", 1, 1, (in, args) -> keys(args)),
            new Function("json", 1, 1, (in, args) -> json(args)));

    private ListFunctions() {}

    private static ArrayNode list(List<JsonNode> elements) {
        return Values.array().addAll(elements);
    }

    private static JsonNode createObject(Arguments args) {
        if (args.size() % 2 != 0) {
            throw args.refused("the function requires an even number of arguments");
        }
        var object = Values.object();
        for (var i = 0; i < args.size(); i += 2) {
            object.set(args.text(i), args.get(i + 1));
        }
        return object;
    }

    private static boolean contains(Arguments args) {
        if (args.get(0) instanceof ArrayNode list) {
            return contains(list, args.get(1));
        }
        if (args.get(0) instanceof ObjectNode object) {
            return Values.member(object, args.text(1)).isPresent();
        }
        return args.text(0)
                .contains(args.get(1).isIntegralNumber() ? args.get(1).asText() : args.text(1));
    }

    private static boolean contains(ArrayNode list, JsonNode wanted) {
        for (var element : list) {
            if (Values.same(element, wanted)) {
                return true;
            }
        }
        return false;
    }

    private static int length(Arguments args) {
        return args.get(0).isContainerNode() ? args.get(0).size() : args.text(0).length();
    }

    private static JsonNode end(Arguments args, boolean first) {
        var whole = args.get(0);
        if (whole.isTextual()) {
            var text = args.text(0);
            return text(text.isEmpty() ? "" : first ? text.substring(0, 1) : text.substring(text.length() - 1));
        }
        var list = args.array(0);
        return list.isEmpty() ? Values.none() : list.get(first ? 0 : list.size() - 1);
    }

    private static JsonNode part(Arguments args, boolean rest) {
        var size = length(args);
        var at = (int) Math.max(0, Math.min(size, args.number(1)));
        if (args.get(0).isTextual()) {
            return text(rest ? args.text(0).substring(at) : args.text(0).substring(0, at));
        }
        var part = Values.array();
        for (var i = rest ? at : 0; i < (rest ? size : at); i++) {
            part.add(args.array(0).get(i));
        }
        return part;
    }

    private static JsonNode union(Arguments args) {
        if (args.get(0).isObject()) {
            var merged = Values.object();
            for (var i = 0; i < args.size(); i++) {
                merge(merged, args.object(i));
            }
            return merged;
        }
        var all = Values.array();
        for (var i = 0; i < args.size(); i++) {
            for (var element : args.array(i)) {
                if (!contains(all, element)) {
                    all.add(element);
                }
            }
        }
        return all;
    }

    private static void merge(ObjectNode into, ObjectNode from) {
        for (var member : from.properties()) {
            if (into.get(member.getKey()) instanceof ObjectNode before
                    && member.getValue() instanceof ObjectNode after) {
                var both = before.deepCopy();
                merge(both, after);
                into.set(member.getKey(), both);
            } else {
                into.set(member.getKey(), member.getValue());
            }
        }
    }

    private static JsonNode intersection(Arguments args) {
        if (args.get(0).isObject()) {
            var common = args.object(0).deepCopy();
            for (var i = 1; i < args.size(); i++) {
                var other = args.object(i);
                var names = new ArrayList<String>();
                common.fieldNames().forEachRemaining(names::add);
                names.removeIf(name -> other.has(name) && Values.same(common.get(name), other.get(name)));
                common.remove(names);
            }
            return common;
        }
        var common = Values.array();
        for (var element : args.array(0)) {
            var everywhere = true;
            for (var i = 1; i < args.size(); i++) {
                everywhere &= contains(args.array(i), element);
            }
            if (everywhere && !contains(common, element)) {
                common.add(element);
            }
        }
        return common;
    }

    private static JsonNode flatten(Arguments args) {
        var flat = Values.array();
        for (var inner : args.array(0)) {
            if (!inner.isArray()) {
                throw args.refused("every element must be an array");
            }
            inner.forEach(flat::add);
        }
        return flat;
    }

    private static JsonNode range(Arguments args) {
        var start = args.number(0);
        var count = args.number(1);
        if (count < 0 || count > LONGEST_RANGE || start > Integer.MAX_VALUE - count || start < Integer.MIN_VALUE) {
            throw args.refused(
                    "the count must be between 0 and %d and the sum of both must not exceed %d",
                    LONGEST_RANGE, Integer.MAX_VALUE);
        }
        var numbers = Values.array();
        for (var i = 0; i < count; i++) {
            numbers.add(number(start + i));
        }
        return numbers;
    }

    private static JsonNode extreme(Arguments args, LongBinaryOperator better) {
        var numbers = args.get(0) instanceof ArrayNode list && args.size() == 1
                ? new Arguments(args.function(), elements(list))
                : args;
        if (numbers.size() == 0) {
            throw args.refused("there is no number");
        }
        var best = numbers.number(0);
        for (var i = 1; i < numbers.size(); i++) {
            best = better.applyAsLong(best, numbers.number(i));
        }
        return number(best);
    }

    private static List<JsonNode> elements(ArrayNode list) {
        var elements = new ArrayList<JsonNode>();
        list.forEach(elements::add);
        return elements;
    }

    private static JsonNode coalesce(Arguments args) {
        return args.all().stream().filter(value -> !value.isNull()).findFirst().orElseGet(Values::none);
    }

    private static JsonNode items(Arguments args) {
        var items = Values.array();
        args.object(0).properties().stream()
                .sorted((a, b) -> a.getKey().compareToIgnoreCase(b.getKey()))
                .forEach(member -> items.addObject().put("key", member.getKey()).set("value", member.getValue()));
        return items;
    }

    private static JsonNode keys(Arguments args) {
        var keys = Values.array();
        args.object(0).fieldNames().forEachRemaining(keys::add);
        return keys;
    }

    private static JsonNode json(Arguments args) {
        try {
            return Values.parse(args.text(0));
        } catch (JsonProcessingException e) {
            throw args.refused("the value is not valid JSON");
        }
    }
}

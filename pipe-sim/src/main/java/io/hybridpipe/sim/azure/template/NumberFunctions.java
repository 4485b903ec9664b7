// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.sim.azure.template;

import static io.hybridpipe.sim.azure.template.Function.ANY;
import static io.hybridpipe.sim.azure.template.Values.bool;
import static io.hybridpipe.sim.azure.template.Values.number;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.function.IntPredicate;
import java.util.function.LongBinaryOperator;

/** Functions on numbers and truths, and comparisons. */
final class NumberFunctions {

    static final List<Function> ALL = List.of(
            arithmetic("add", Math::addExact),
            arithmetic("sub", Math::subtractExact),
            arithmetic("mul", Math::multiplyExact),
            arithmetic("div", (a, b) -> a / b),
            arithmetic("mod", (a, b) -> a % b),
            new Function("int", 1, 1, (in, args) -> toInt(args)),
            new Function("bool", 1, 1, (in, args) -> toBool(args)),
            new Function("true", 0, 0, (in, args) -> bool(true)),
            new Function("false", 0, 0, (in, args) -> bool(false)),
            new Function("null", 0, 0, (in, args) -> Values.none()),
            new Function("not", 1, 1, (in, args) -> bool(!args.bool(0))),
            new Function("and", 2, ANY, (in, args) -> and(args)),
            new Function("or", 2, ANY, (in, args) -> or(args)),
            // its branches are not evaluated before it is known which is taken: Evaluation does that
            new Function("if", 3, 3, (in, args) -> args.get(args.bool(0) ? 1 : 2)),
            new Function("equals", 2, 2, (in, args) -> bool(Values.same(args.get(0), args.get(1)))),
            comparison("less", sign -> sign < 0),
            comparison("lessOrEquals", sign -> sign <= 0),
            comparison("greater", sign -> sign > 0),
            comparison("greaterOrEquals", sign -> sign >= 0));

    private NumberFunctions() {}

    private static Function arithmetic(String name, LongBinaryOperator operator) {
        return new Function(name, 2, 2, (in, args) -> {
            try {
                return number(operator.applyAsLong(args.number(0), args.number(1)));
            } catch (ArithmeticException e) {
                throw args.refused("the operation '%s' is not defined or overflows", name);
            }
        });
    }

    private static Function comparison(String name, IntPredicate holds) {
        return new Function(
                name,
                2,
                2,
                (in, args) -> bool(holds.test(
                        args.get(0).isTextual()
                                ? args.text(0).compareTo(args.text(1))
                                : Long.compare(args.number(0), args.number(1)))));
    }

    private static JsonNode toInt(Arguments args) {
        if (!args.get(0).isTextual()) {
            return number(args.number(0));
        }
        try {
            return number(Long.parseLong(args.text(0).strip()));
        } catch (NumberFormatException e) {
            throw args.refused("the value '%s' cannot be converted to the type 'Integer'", args.text(0));
        }
    }

    private static JsonNode toBool(Arguments args) {
        var value = args.get(0);
        if (value.isBoolean()) {
            return value;
        }
        if (value.isIntegralNumber()) {
            return bool(args.number(0) != 0);
        }
        var text = args.text(0).strip();
        if (!text.equalsIgnoreCase("true") && !text.equalsIgnoreCase("false")) {
            throw args.refused("the value '%s' cannot be converted to the type 'Boolean'", text);
        }
        return bool(text.equalsIgnoreCase("true"));
    }

    private static JsonNode and(Arguments args) {
        var holds = true;
        for (var i = 0; i < args.size(); i++) {
            holds &= args.bool(i);
        }
        return bool(holds);
    }

    private static JsonNode or(Arguments args) {
        var holds = false;
        for (var i = 0; i < args.size(); i++) {
            holds |= args.bool(i);
        }
        return bool(holds);
    }
}

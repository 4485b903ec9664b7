// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.sim.azure.template;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.POJONode;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;

/**
 * Evaluates expressions and trees that hold some, in one place of a template: with the indexes of the copy loops around it and,
 * while a deployment runs, with the resources that are there.
 */
final class Evaluation {

    /** The most elements that a copy loop makes, as the service has it. */
    static final int LONGEST_COPY = 800;

    /** The most characters of a text and elements of a list: the service's limit to the size of a template. */
    private static final int LARGEST = 4 * 1024 * 1024;

    /** An expression that waits for the run, with the place it stands in; it is a leaf of an expanded tree. */
    record Deferred(Expression expression, Evaluation in) {}

    /** What {@code reference} needs: who is meant by a name, and a look at what is there. */
    record Running(Resources resources, Lookup lookup) {}

    private final Symbols symbols;
    private final Scope scope;
    private final Map<String, Long> copies;
    private final @Nullable Running running;

    private Evaluation(Symbols symbols, Scope scope, Map<String, Long> copies, @Nullable Running running) {
        this.symbols = symbols;
        this.scope = scope;
        this.copies = copies;
        this.running = running;
    }

    static Evaluation of(Symbols symbols, Scope scope) {
        return new Evaluation(symbols, scope, Map.of(), null);
    }

    /** The same place inside one more turn of a copy loop. */
    Evaluation withCopy(String name, long index) {
        var more = new HashMap<>(copies);
        more.put("", index);
        more.put(Values.key(name), index);
        return new Evaluation(symbols, scope, more, running);
    }

    /** The same place while the deployment runs. */
    Evaluation whileRunning(Running now) {
        return new Evaluation(symbols, scope, copies, now);
    }

    Scope scope() {
        return scope;
    }

    JsonNode parameter(String name) {
        return symbols.parameter(name);
    }

    JsonNode variable(String name) {
        return symbols.variable(name);
    }

    JsonNode deployment() {
        return symbols.deployment();
    }

    long copyIndex(String loop) {
        var index = copies.get(Values.key(loop));
        if (index == null) {
            throw new ExpressionException(
                    loop.isEmpty()
                            ? "The template function 'copyIndex' is not expected at this location. The function can only be used"
                                    + " in a resource with copy specified. Please see https://aka.ms/arm-copy for usage details"
                            : "The template function 'copyIndex' has an invalid argument: the copy loop '%s' is not around it."
                                    + " Please see https://aka.ms/arm-copy for usage details",
                    loop);
        }
        return index;
    }

    JsonNode reference(String target, String apiVersion, boolean full) {
        if (running == null) {
            throw unexpected("reference");
        }
        var resource = running.resources().referred(target);
        var version =
                apiVersion.isEmpty() ? resource.map(Resources.Item::apiVersion).orElse("") : apiVersion;
        if (version.isEmpty()) {
            throw new ExpressionException(
                    "The resource reference '%s' is not valid: it requires an API version. Please see"
                            + " https://aka.ms/arm-template for usage details",
                    target);
        }
        var read = running.lookup().read(resource.map(Resources.Item::id).orElse(target), version);
        if (full) {
            return read.put("apiVersion", version);
        }
        return read.path("properties").isObject() ? read.get("properties") : Values.object();
    }

    private static ExpressionException unexpected(String function) {
        return new ExpressionException(
                "The template function '%s' is not expected at this location. Please see https://aka.ms/arm-functions for usage"
                        + " details",
                function);
    }

    /**
     * A tree with its expressions evaluated and its property loops unrolled.
     *
     * @param defer whether expressions that need the run are left as {@link Deferred} rather than refused
     */
    JsonNode expand(JsonNode tree, boolean defer) {
        if (tree instanceof ObjectNode object) {
            var expanded = Values.object();
            for (var member : object.properties()) {
                if (member.getKey().equals("copy") && member.getValue() instanceof ArrayNode loops) {
                    loops.forEach(loop -> expanded.set(text(loop, "name"), repeated(loop, defer)));
                } else {
                    expanded.set(member.getKey(), expand(member.getValue(), defer));
                }
            }
            return expanded;
        }
        if (tree instanceof ArrayNode array) {
            var expanded = Values.array();
            array.forEach(element -> expanded.add(expand(element, defer)));
            return expanded;
        }
        if (!tree.isTextual()) {
            return tree;
        }
        var string = tree.textValue();
        if (!ExpressionReader.isExpression(string)) {
            return Values.text(ExpressionReader.literal(string));
        }
        var expression = ExpressionReader.read(string);
        if (defer && running == null && expression.isRuntime()) {
            check(expression);
            return new POJONode(new Deferred(expression, this));
        }
        return evaluate(expression);
    }

    /** The elements of a loop over a property, a variable or an output. */
    ArrayNode repeated(JsonNode loop, boolean defer) {
        var count = count(loop);
        var name = loop.path("name").asText("");
        var elements = Values.array();
        for (var i = 0; i < count; i++) {
            elements.add(withCopy(name, i).expand(loop.path("input"), defer));
        }
        return elements;
    }

    int count(JsonNode loop) {
        var count = expand(loop.path("count"), false);
        if (!count.isIntegralNumber() || count.longValue() < 0 || count.longValue() > LONGEST_COPY) {
            throw new ExpressionException(
                    "The copy count must be a number from 0 to %d. Please see https://aka.ms/arm-copy for usage details",
                    LONGEST_COPY);
        }
        return count.intValue();
    }

    private static String text(JsonNode node, String name) {
        var text = node.path(name).textValue();
        if (text == null) {
            throw new ExpressionException(
                    "The '%s' of a copy loop must be a text. Please see https://aka.ms/arm-copy for usage details",
                    name);
        }
        return text;
    }

    /** Says what is wrong with an expression that cannot be evaluated yet, as far as that can be told. */
    private void check(Expression expression) {
        expression.calls().forEach(call -> {
            var function = Functions.named(call.name());
            function.check(call.arguments().size());
            var reads = function.name().equals("parameters") || function.name().equals("variables");
            if (reads && call.arguments().get(0) instanceof Expression.Literal) {
                evaluate(call);
            }
        });
    }

    /** A tree from {@link #expand} with what was deferred evaluated. */
    static JsonNode finish(JsonNode tree, Running now) {
        if (tree instanceof ObjectNode object) {
            var finished = Values.object();
            object.properties().forEach(member -> finished.set(member.getKey(), finish(member.getValue(), now)));
            return finished;
        }
        if (tree instanceof ArrayNode array) {
            var finished = Values.array();
            array.forEach(element -> finished.add(finish(element, now)));
            return finished;
        }
        if (tree instanceof POJONode leaf && leaf.getPojo() instanceof Deferred deferred) {
            return deferred.in().whileRunning(now).evaluate(deferred.expression());
        }
        return tree;
    }

    JsonNode evaluate(Expression expression) {
        if (expression instanceof Expression.Literal literal) {
            return literal.value();
        }
        if (expression instanceof Expression.Member member) {
            return member(evaluate(member.of()), evaluate(member.key()));
        }
        var call = (Expression.Call) expression;
        var function = Functions.named(call.name());
        function.check(call.arguments().size());
        var arguments = call.arguments();
        if (function.name().equals("if")) {
            // the branch not taken may fail: "only the true or false expression is evaluated", says the page on logical
            // functions
            var condition = evaluate(arguments.get(0));
            var taken = new Arguments(function.name(), List.of(condition)).bool(0) ? 1 : 2;
            return evaluate(arguments.get(taken));
        }
        var values = arguments.stream().map(this::evaluate).toList();
        return sized(function.body().apply(this, new Arguments(function.name(), values)));
    }

    /** The value, unless it is larger than a template may be: variables that double each other would fill the memory. */
    private static JsonNode sized(JsonNode value) {
        var size = value.isTextual() ? value.textValue().length() : value.size();
        if (size > LARGEST) {
            throw new ExpressionException(
                    "The language expression evaluates to a value that is larger than '%d'", LARGEST);
        }
        return value;
    }

    private static JsonNode member(JsonNode value, JsonNode key) {
        if (value instanceof ArrayNode array && key.isIntegralNumber()) {
            if (!key.canConvertToInt() || key.intValue() < 0 || key.intValue() >= array.size()) {
                throw new ExpressionException(
                        "The language expression property array index '%s' is out of bounds", key.asText());
            }
            return array.get(key.intValue());
        }
        if (!(value instanceof ObjectNode object) || !key.isTextual()) {
            throw new ExpressionException(
                    "The language expression property '%s' can't be evaluated: it is asked of a value of type '%s'",
                    Values.write(key), Values.type(value));
        }
        return Values.member(object, key.textValue())
                .orElseThrow(() -> new ExpressionException(
                        "The language expression property '%s' doesn't exist, available properties are '%s'",
                        key.textValue(), String.join(", ", (Iterable<String>) object::fieldNames)));
    }

    /** The elements of an array as a list. */
    static List<JsonNode> elements(JsonNode array) {
        return StreamSupport.stream(array.spliterator(), false).toList();
    }
}

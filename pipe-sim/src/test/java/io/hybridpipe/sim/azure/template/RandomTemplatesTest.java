// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.sim.azure.template;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * However wild a template is, it gives a plan or a refusal and nothing else. Seeded: a failure names its seed, and
 * {@code -Dtemplates.seeds=100000} tries that many.
 */
class RandomTemplatesTest {

    private static final int SEEDS = Integer.getInteger("templates.seeds", 1_000);
    private static final List<String> PIECES = List.of(
            "'",
            "''",
            "(",
            ")",
            "[",
            "]",
            ".",
            ",",
            " ",
            "1",
            "-7",
            "99999999999999999999",
            "'a'",
            "'10.0.0.0/8'",
            "name",
            "{0}",
            "\u0000",
            "é");
    private static final List<String> WORDS = List.of(
            "type",
            "name",
            "apiVersion",
            "value",
            "defaultValue",
            "copy",
            "count",
            "input",
            "condition",
            "dependsOn",
            "resources",
            "properties",
            "template",
            "mode",
            "string",
            "int",
            "N.S/things",
            "a",
            "b",
            "a/b",
            "2024-01-01",
            "batchSize",
            "serial");

    private static final Lookup LOOKUP =
            (id, version) -> Values.object().put("id", id).put("location", version);

    private static String pick(List<String> from, Random random) {
        return from.get(random.nextInt(from.size()));
    }

    /** An expression of known functions with arguments that may fit or not, or a heap of pieces. */
    private static String expression(Random random, int depth) {
        var choice = random.nextInt(10);
        if (choice == 0) {
            var heap = new StringBuilder();
            for (var i = random.nextInt(8); i >= 0; i--) {
                heap.append(pick(PIECES, random));
            }
            return heap.toString();
        }
        if (choice < 4 || depth > 4) {
            return choice == 1 ? String.valueOf(random.nextInt(50) - 5) : "'" + pick(WORDS, random) + "'";
        }
        var functions = List.copyOf(Functions.all());
        var function = functions.get(random.nextInt(functions.size()));
        var call = new StringBuilder(function.name()).append('(');
        var count = Math.min(function.least() + random.nextInt(2), 6);
        for (var i = 0; i < count; i++) {
            call.append(i > 0 ? ", " : "").append(expression(random, depth + 1));
        }
        call.append(')');
        return random.nextInt(5) == 0
                ? call.append(random.nextBoolean() ? ".name" : "[0]").toString()
                : call.toString();
    }

    private static JsonNode tree(Random random, int depth) {
        switch (depth > 4 ? 3 + random.nextInt(5) : random.nextInt(8)) {
            case 0, 1 -> {
                var object = Values.object();
                for (var i = random.nextInt(5); i > 0; i--) {
                    object.set(pick(WORDS, random), tree(random, depth + 1));
                }
                return object;
            }
            case 2 -> {
                var list = Values.array();
                for (var i = random.nextInt(3); i > 0; i--) {
                    list.add(tree(random, depth + 1));
                }
                return list;
            }
            case 3 -> {
                return Values.number(random.nextInt(5) - 1);
            }
            case 4 -> {
                return random.nextBoolean() ? Values.none() : Values.bool(random.nextBoolean());
            }
            case 5 -> {
                return Values.text(pick(WORDS, random));
            }
            default -> {
                return Values.text("[" + expression(random, 0) + "]");
            }
        }
    }

    private static ObjectNode resource(Random random) {
        var resource = Values.object()
                .put("type", "N.S/things")
                .put("apiVersion", "1")
                .put("name", random.nextInt(4) == 0 ? "[" + expression(random, 0) + "]" : "r" + random.nextInt(100));
        for (var word : List.of("copy", "condition", "dependsOn", "properties", "resources")) {
            if (random.nextInt(3) == 0) {
                resource.set(word, tree(random, 1));
            }
        }
        return resource;
    }

    private static ObjectNode template(Random random) {
        var template = Values.object().put("$schema", "s").put("contentVersion", "1");
        for (var section : List.of("parameters", "variables", "outputs")) {
            var entries = template.putObject(section);
            for (var i = random.nextInt(3); i > 0; i--) {
                if (random.nextInt(3) == 0) {
                    entries.set(pick(WORDS, random), tree(random, 1));
                } else if (section.equals("variables")) {
                    entries.put(pick(WORDS, random), "[" + expression(random, 0) + "]");
                } else {
                    entries.putObject(pick(WORDS, random))
                            .put("type", random.nextBoolean() ? "string" : "array")
                            .put(
                                    section.equals("outputs") ? "value" : "defaultValue",
                                    "[" + expression(random, 0) + "]");
                }
            }
        }
        var resources = template.putArray("resources");
        for (var i = random.nextInt(4); i > 0; i--) {
            resources.add(random.nextInt(6) == 0 ? tree(random, 1) : resource(random));
        }
        return template;
    }

    @Test
    void aRandomTemplateGivesAPlanOrARefusal() {
        var plans = 0;
        var refusals = 0;
        for (var seed = 1; seed <= SEEDS; seed++) {
            var random = new Random(seed * 7919L);
            var template = template(random);
            try {
                var plan = Plan.of(
                        template, random.nextInt(4) == 0 ? tree(random, 1) : Values.object(), Templates.scope());
                plan.resources().forEach(resource -> resource.body(LOOKUP));
                plan.outputs(LOOKUP);
                plans++;
            } catch (TemplateException expected) {
                refusals++;
            } catch (RuntimeException | StackOverflowError e) {
                fail("seed " + seed + ": " + template, e);
            }
        }
        assertThat(plans).as("templates that are good").isGreaterThan(SEEDS / 100);
        assertThat(refusals).as("templates that are not").isGreaterThan(SEEDS / 4);
    }

    @Test
    void aRandomExpressionHasAValueOrIsRefused() {
        var values = 0;
        for (var seed = 1; seed <= SEEDS * 3; seed++) {
            var expression = "[" + expression(new Random(seed * 104_729L), 0) + "]";
            try {
                Templates.value(expression);
                values++;
            } catch (ExpressionException expected) {
                // refused
            } catch (RuntimeException | StackOverflowError e) {
                fail("seed " + seed + ": " + expression, e);
            }
        }
        assertThat(values).as("expressions that have a value").isGreaterThan(SEEDS / 4);
    }
}

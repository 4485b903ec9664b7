// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.sim.aws;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import java.util.stream.Stream;

/** Computes the values in a template: references, functions and conditions. Not thread-safe. */
final class Evaluator {

    /** All functions, conditions included, in the order in which the service names them. */
    static final Set<String> FUNCTIONS = Collections.unmodifiableSet(new LinkedHashSet<>(List.of(
            "Fn::Base64",
            "Fn::GetAtt",
            "Fn::GetAZs",
            "Fn::ImportValue",
            "Fn::If",
            "Fn::Join",
            "Fn::FindInMap",
            "Fn::Select",
            "Fn::Split",
            "Fn::Sub",
            "Fn::Cidr",
            "Fn::Equals",
            "Fn::And",
            "Fn::Or",
            "Fn::Not")));

    private static final Object NO_VALUE = new Object();

    /** Gives what a reference to a resource stands for, once it exists. */
    interface Resources {
        String physicalId(String name);

        Object attribute(String name, String attribute);
    }

    /** Gives what is outside of the stack. */
    interface Outside {
        /** The value of an export. */
        String export(String name);

        /** The value of a parameter in the Parameter Store, by name or by {@code NAME:VERSION}. */
        String stored(String name);
    }

    private final Template template;
    private final UnaryOperator<String> parameters;
    private final Map<String, Object> pseudo;
    private final List<String> zones;
    private final Resources resources;
    private final Outside outside;
    private final Map<String, Boolean> conditions = new HashMap<>();
    private final Set<String> pending = new LinkedHashSet<>();

    Evaluator(
            Template template,
            UnaryOperator<String> parameters,
            Map<String, Object> pseudo,
            List<String> zones,
            Resources resources,
            Outside outside) {
        this.template = template;
        this.parameters = parameters;
        this.pseudo = pseudo;
        this.zones = zones;
        this.resources = resources;
        this.outside = outside;
    }

    /** Computes all conditions, and refuses a template that refers to a resource which they leave out. */
    void check() {
        template.conditions.keySet().forEach(this::condition);
        var left = new TreeSet<>(template.resources.keySet());
        template.resources.values().stream().filter(this::included).forEach(resource -> left.remove(resource.name()));
        var unresolved = new TreeSet<String>();
        included().forEach(value -> References.in(value, this::condition).stream()
                .map(References.Reference::name)
                .filter(left::contains)
                .forEach(unresolved::add));
        if (!unresolved.isEmpty()) {
            throw invalid(
                    "Template format error: Unresolved resource dependencies %s in the Resources block of the template",
                    unresolved);
        }
    }

    boolean included(Template.Resource resource) {
        return resource.condition().map(this::condition).orElse(true);
    }

    boolean included(Template.Output output) {
        return output.condition().map(this::condition).orElse(true);
    }

    /** The pieces of the template that count: the properties of resources, the values and export names of outputs. */
    List<Object> included() {
        return Stream.concat(
                        template.resources.values().stream()
                                .filter(this::included)
                                .<Object>map(Template.Resource::properties),
                        template.outputs.values().stream()
                                .filter(this::included)
                                .flatMap(output -> Stream.concat(Stream.of(output.value()), output.export().stream())))
                .toList();
    }

    boolean condition(String name) {
        var known = conditions.get(name);
        if (known != null) {
            return known;
        }
        if (!template.conditions.containsKey(name)) {
            throw invalid("Template format error: Unresolved condition dependency %s in the Conditions block", name);
        }
        if (!pending.add(name)) {
            throw invalid("Template error: Found circular condition dependency between %s", pending);
        }
        var computed = truth(template.conditions.get(name));
        pending.remove(name);
        conditions.put(name, computed);
        return computed;
    }

    /** The properties of a resource, without those that turned out to be AWS::NoValue. */
    Map<String, Object> properties(Template.Resource resource) {
        var values = new LinkedHashMap<String, Object>();
        resource.properties().keySet().forEach(name -> property(resource, name)
                .ifPresent(value -> values.put(name, value)));
        return values;
    }

    /** One property of a resource; empty if it is not given or AWS::NoValue. */
    Optional<Object> property(Template.Resource resource, String name) {
        return Optional.ofNullable(resource.properties().get(name))
                .map(this::value)
                .filter(value -> value != NO_VALUE)
                .map(value -> DynamicReferences.resolve(value, outside::stored));
    }

    /** The names of the exports that a piece of the template imports, but in branches that are not taken. */
    Set<String> imports(Object value) {
        var names = new TreeSet<String>();
        if (value instanceof List<?> list) {
            list.forEach(item -> names.addAll(imports(item)));
        } else if (value instanceof Map<?, ?> map) {
            map.forEach((key, inner) -> {
                if (key.equals("Fn::ImportValue")) {
                    names.add(text(inner));
                } else if (key.equals("Fn::If")) {
                    names.addAll(imports(taken(inner)));
                } else {
                    names.addAll(imports(inner));
                }
            });
        }
        return names;
    }

    private Object taken(Object branches) {
        var parts = arguments("Fn::If", branches, 3);
        return condition(String.valueOf(parts.get(0))) ? parts.get(1) : parts.get(2);
    }

    String text(Object value) {
        var computed = value(value);
        if (computed == NO_VALUE) {
            return "";
        }
        if (computed instanceof List<?> list) {
            return list.stream().map(String::valueOf).collect(Collectors.joining(","));
        }
        return String.valueOf(computed);
    }

    Object value(Object value) {
        if (value instanceof List<?> list) {
            return list.stream()
                    .map(this::value)
                    .filter(item -> item != NO_VALUE)
                    .map(Object.class::cast)
                    .toList();
        }
        if (!(value instanceof Map<?, ?> map)) {
            return value;
        }
        if (map.size() == 1) {
            var only = map.entrySet().iterator().next();
            var name = String.valueOf(only.getKey());
            if (name.equals("Ref") || name.startsWith("Fn::") || name.equals("Condition")) {
                return function(name, only.getValue());
            }
        }
        var values = new LinkedHashMap<String, Object>();
        map.forEach((key, inner) -> {
            var computed = value(inner);
            if (computed != NO_VALUE) {
                values.put(String.valueOf(key), computed);
            }
        });
        return values;
    }

    private Object function(String name, Object argument) {
        return switch (name) {
            case "Ref" -> reference(String.valueOf(argument));
            case "Condition" -> String.valueOf(condition(String.valueOf(argument)));
            case "Fn::GetAtt" -> {
                var reference = References.in(Map.of(name, argument)).get(0);
                yield resources.attribute(reference.name(), reference.attribute());
            }
            case "Fn::Sub" -> substitute(argument);
            case "Fn::Join" -> {
                var parts = arguments(name, argument, 2);
                yield items(parts.get(1)).stream()
                        .map(String::valueOf)
                        .collect(Collectors.joining(String.valueOf(parts.get(0))));
            }
            case "Fn::Select" -> {
                var parts = arguments(name, argument, 2);
                var list = items(parts.get(1));
                var index = number(parts.get(0));
                if (index < 0 || index >= list.size()) {
                    throw invalid("Template error: Fn::Select cannot select nonexistent value at index %d", index);
                }
                yield list.get(index);
            }
            case "Fn::Split" -> {
                var parts = arguments(name, argument, 2);
                yield Arrays.stream(text(parts.get(1)).split(Pattern.quote(String.valueOf(parts.get(0))), -1))
                        .map(Object.class::cast)
                        .toList();
            }
            case "Fn::If" -> value(taken(argument));
            case "Fn::Equals", "Fn::And", "Fn::Or", "Fn::Not" -> String.valueOf(truth(Map.of(name, argument)));
            case "Fn::FindInMap" -> findInMap(arguments(name, argument, 3));
            case "Fn::GetAZs" -> zonesOf(text(argument));
            case "Fn::Base64" ->
                Base64.getEncoder().encodeToString(text(argument).getBytes(StandardCharsets.UTF_8));
            case "Fn::ImportValue" -> outside.export(text(argument));
            case "Fn::Cidr" -> cidr(arguments(name, argument, 3));
            default -> throw invalid("Template error: Encountered unsupported function: %s", name);
        };
    }

    private Object reference(String name) {
        if (name.equals("AWS::NoValue")) {
            return NO_VALUE;
        }
        if (pseudo.containsKey(name)) {
            return pseudo.get(name);
        }
        var parameter = template.parameters.get(name);
        if (parameter == null) {
            return resources.physicalId(name);
        }
        return ParameterValues.typed(parameter.type(), parameters.apply(name));
    }

    private String substitute(Object argument) {
        var parts = argument instanceof List<?> list ? list : List.of(argument, Map.of());
        var own = parts.get(1) instanceof Map<?, ?> map ? map : Map.of();
        var pattern = String.valueOf(parts.get(0));
        var matcher = References.PLACEHOLDER.matcher(pattern);
        var text = new StringBuilder();
        var from = 0;
        while (matcher.find()) {
            // only what the template itself says can be a literal, not what comes in by a value
            text.append(unescaped(pattern.substring(from, matcher.start())));
            text.append(text(placeholder(matcher.group(1).strip(), own)));
            from = matcher.end();
        }
        return text.append(unescaped(pattern.substring(from))).toString();
    }

    private static String unescaped(String text) {
        return text.replace("${!", "${");
    }

    private static Object placeholder(String name, Map<?, ?> own) {
        var value = own.get(name);
        if (value != null) {
            return value;
        }
        return Map.of(name.contains(".") && !name.startsWith("AWS::") ? "Fn::GetAtt" : "Ref", name);
    }

    /** The zones of a region, of this one if none is named. */
    private List<Object> zonesOf(String region) {
        var here = String.valueOf(pseudo.getOrDefault("AWS::Region", ""));
        return zones.stream()
                .<Object>map(zone -> region.isEmpty() ? zone : region + zone.substring(here.length()))
                .toList();
    }

    private Object findInMap(List<Object> parts) {
        var name = text(parts.get(0));
        var top = text(parts.get(1));
        var second = text(parts.get(2));
        var mapping = template.mappings.getOrDefault(name, Map.of());
        if (mapping.get(top) instanceof Map<?, ?> inner && inner.get(second) != null) {
            return inner.get(second);
        }
        throw invalid("Template error: Unable to get mapping for %s::%s::%s", name, top, second);
    }

    private List<Object> cidr(List<Object> parts) {
        var count = number(parts.get(1));
        var block = Cidr.block(text(parts.get(0)), "ipBlock");
        var prefix = 32 - number(parts.get(2));
        if (prefix < block.getNetworkPrefixLength() || prefix > 32 || count < 1 || count > 256) {
            throw invalid("Template error: Fn::Cidr cannot make %d blocks of %s", count, block);
        }
        var first = block.getLower().withoutPrefixLength();
        var size = 1L << (32 - prefix);
        if (count * size > block.getCount().longValueExact()) {
            throw invalid("Template error: Fn::Cidr cannot make %d blocks of %s", count, block);
        }
        return LongStream.range(0, count)
                .mapToObj(index -> first.increment(index * size) + "/" + prefix)
                .map(Object.class::cast)
                .toList();
    }

    private boolean truth(Object value) {
        if (value instanceof Map<?, ?> map && map.size() == 1) {
            var only = map.entrySet().iterator().next();
            var argument = only.getValue();
            switch (String.valueOf(only.getKey())) {
                case "Fn::Equals" -> {
                    var parts = arguments("Fn::Equals", argument, 2);
                    return text(parts.get(0)).equals(text(parts.get(1)));
                }
                case "Fn::Not" -> {
                    return !truth(arguments("Fn::Not", argument, 1).get(0));
                }
                case "Fn::And" -> {
                    return several("Fn::And", argument).stream().allMatch(this::truth);
                }
                case "Fn::Or" -> {
                    return several("Fn::Or", argument).stream().anyMatch(this::truth);
                }
                case "Condition" -> {
                    return condition(String.valueOf(argument));
                }
                default -> {
                    return Boolean.parseBoolean(text(value));
                }
            }
        }
        return Boolean.parseBoolean(text(value));
    }

    private int number(Object value) {
        var text = text(value);
        try {
            return Integer.parseInt(text);
        } catch (NumberFormatException e) {
            throw invalid("Template error: a number was expected in place of %s", text);
        }
    }

    private List<Object> items(Object list) {
        var computed = value(list);
        if (computed instanceof List<?> items) {
            return items.stream().map(Object.class::cast).toList();
        }
        throw invalid(
                "Template error: a list was expected in place of %s", computed == NO_VALUE ? "AWS::NoValue" : computed);
    }

    private static List<Object> several(String name, Object argument) {
        if (argument instanceof List<?> list && list.size() >= 2 && list.size() <= 10) {
            return list.stream().map(Object.class::cast).toList();
        }
        throw invalid(
                "Template error: every %s object requires a list of at least 2 and at most 10 boolean parameters.",
                name);
    }

    private static List<Object> arguments(String name, Object argument, int count) {
        if (argument instanceof List<?> list && list.size() == count) {
            return list.stream().map(Object.class::cast).toList();
        }
        throw invalid("Template error: %s requires a list argument with %d items", name, count);
    }

    private static AwsError invalid(String message, Object... values) {
        return AwsError.of("ValidationError", message, values);
    }
}

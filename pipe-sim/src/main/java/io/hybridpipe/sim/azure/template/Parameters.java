// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.sim.azure.template;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Map;
import java.util.stream.Collectors;

/** Takes in the parameters of a deployment: those that are given, those that have defaults, and what is wrong with them. */
final class Parameters {

    static final int MOST = 256;
    private static final String USAGE = "Please see https://aka.ms/arm-create-parameter-file for usage details.";

    private final ObjectNode declared;
    private final JsonNode given;
    private final Secrets secrets;
    private final Positions positions;

    /**
     * @param secrets gets to know the values of secure parameters as they are computed
     */
    Parameters(ObjectNode declared, JsonNode given, Secrets secrets, Positions positions) {
        this.declared = declared;
        this.given = given;
        this.secrets = secrets;
        this.positions = positions;
    }

    /** Defines all parameters and evaluates each; the result is what the service shows: types, and values that are no secrets. */
    ObjectNode take(Symbols symbols) {
        if (declared.size() > MOST) {
            throw TemplateException.invalid(
                    "The number of template parameters limit exceeded. Limit: '%d' and actual: '%d'. Please see"
                            + " https://aka.ms/arm-template-limits for usage details.",
                    MOST, declared.size());
        }
        checkNoOthers();
        for (var parameter : declared.properties()) {
            define(parameter.getKey(), parameter.getValue(), symbols);
        }
        var shown = Values.object();
        for (var parameter : declared.properties()) {
            var name = parameter.getKey();
            var type = Type.of(parameter.getValue(), "parameter", name);
            var value = evaluated(symbols, name);
            check(name, type, parameter.getValue(), value);
            var entry = shown.putObject(name).put("type", type.shown());
            if (!type.isSecure()) {
                entry.set("value", value);
            }
        }
        return shown;
    }

    private void checkNoOthers() {
        var unknown = given.properties().stream()
                .map(Map.Entry::getKey)
                .filter(name -> Values.member(declared, name).isEmpty())
                .collect(Collectors.joining(", "));
        if (!unknown.isEmpty()) {
            throw TemplateException.invalid(
                    "The template parameters '%s' in the parameters file are not valid; they are not present in the original"
                            + " template and can therefore not be provided at deployment time. The only supported parameters"
                            + " for this template are '%s'. Please see https://aka.ms/arm-pass-parameter-values for usage"
                            + " details.",
                    unknown, String.join(", ", (Iterable<String>) declared::fieldNames));
        }
    }

    private void define(String name, JsonNode declaration, Symbols symbols) {
        var entry = Values.member(given, name);
        if (entry.isEmpty()) {
            var fallback = declaration.get("defaultValue");
            if (fallback == null) {
                throw TemplateException.invalid(
                        "The value for the template parameter '%s' at %s is not provided. %s",
                        name, positions.of(declaration), USAGE);
            }
            symbols.define(name, in -> {
                var value = in.expand(fallback, false);
                if (Secrets.isSecure(declaration)) {
                    secrets.add(value);
                }
                return value;
            });
            return;
        }
        if (entry.get().has("reference")) {
            throw TemplateException.unsupported("A key vault reference, as for the parameter '%s', is".formatted(name));
        }
        var value = entry.get().get("value");
        if (value == null || value.isNull()) {
            throw TemplateException.invalid(
                    "The value of deployment parameter '%s' is null. Please specify the value or use the parameter reference."
                            + " See https://aka.ms/arm-create-parameter-file for details.",
                    name);
        }
        symbols.define(name, in -> value);
    }

    private JsonNode evaluated(Symbols symbols, String name) {
        try {
            return symbols.parameter(name);
        } catch (ExpressionException e) {
            throw TemplateException.invalid(
                    "The template parameter '%s' at %s is not valid: %s.",
                    name, positions.of(declared.path(name)), e.text());
        }
    }

    private static void check(String name, Type type, JsonNode declaration, JsonNode value) {
        if (!type.takes(value)) {
            throw TemplateException.invalid(
                    "The provided value for the template parameter '%s' is not valid. Expected a value of type '%s', but"
                            + " received a value of type '%s'. %s",
                    name, type.expected(), Values.type(value), USAGE);
        }
        var allowed = declaration.path("allowedValues");
        if (allowed.isArray() && !isAllowed(value, allowed)) {
            throw TemplateException.invalid(
                    "The provided value%s for the template parameter '%s' is not valid. The parameter value is not part of the"
                            + " allowed value(s): '%s'.",
                    type.isSecure() ? "" : " '" + Values.write(value) + "'",
                    name,
                    type.isSecure()
                            ? "***"
                            : Evaluation.elements(allowed).stream()
                                    .map(Values::write)
                                    .collect(Collectors.joining(",")));
        }
        if (value.isIntegralNumber()) {
            bound(name, declaration, "minValue", "The value should be greater than or equal to", value.longValue(), 1);
            bound(name, declaration, "maxValue", "The value should be less than or equal to", value.longValue(), -1);
        } else if (value.isTextual() || value.isArray()) {
            var length = value.isTextual() ? value.textValue().length() : value.size();
            bound(name, declaration, "minLength", "Length of the value should be greater than or equal to", length, 1);
            bound(name, declaration, "maxLength", "Length of the value should be less than or equal to", length, -1);
        }
    }

    /** An array is allowed when each of its elements is, or when it is there as a whole. */
    private static boolean isAllowed(JsonNode value, JsonNode allowed) {
        var all = Evaluation.elements(allowed);
        return all.stream().anyMatch(one -> Values.same(one, value))
                || value.isArray()
                        && Evaluation.elements(value).stream()
                                .allMatch(element -> all.stream().anyMatch(one -> Values.same(one, element)));
    }

    private static void bound(String name, JsonNode declaration, String key, String what, long actual, int sign) {
        var bound = declaration.path(key);
        if (bound.isIntegralNumber() && Long.compare(actual, bound.longValue()) * sign < 0) {
            throw TemplateException.invalid(
                    "The provided value for the template parameter '%s' is not valid. %s '%d'. %s",
                    name, what, bound.longValue(), USAGE);
        }
    }
}

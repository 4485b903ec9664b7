// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.sim.aws;

import java.math.BigDecimal;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Checks the values given for a template's parameters and fills in defaults. */
final class ParameterValues {

    private ParameterValues() {}

    static boolean typeKnown(String type) {
        return type.matches("String|Number|CommaDelimitedList|(List<)?(Number|String|AWS::EC2::[A-Za-z:]+)>?");
    }

    /** All parameters by name with their values as text; refuses what the service refuses. */
    static Map<String, String> resolve(Template template, Map<String, String> given) {
        var unknown = given.keySet().stream()
                .filter(name -> !template.parameters.containsKey(name))
                .toList();
        if (!unknown.isEmpty()) {
            throw invalid("Parameters: %s do not exist in the template", unknown);
        }
        var missing = template.parameters.values().stream()
                .filter(parameter -> !given.containsKey(parameter.name())
                        && parameter.fact("Default").isEmpty())
                .map(Template.Parameter::name)
                .toList();
        if (!missing.isEmpty()) {
            throw invalid("Parameters: %s must have values", missing);
        }
        var values = new LinkedHashMap<String, String>();
        template.parameters.forEach((name, parameter) -> {
            var value = given.getOrDefault(name, parameter.fact("Default").orElse(""));
            check(parameter, value);
            values.put(name, value);
        });
        return values;
    }

    static boolean isList(String type) {
        return type.equals("CommaDelimitedList") || type.startsWith("List<");
    }

    private static void check(Template.Parameter parameter, String value) {
        var items = isList(parameter.type())
                ? Arrays.stream(value.split(",")).map(String::strip).toList()
                : List.of(value);
        if (parameter.facts().get("AllowedValues") instanceof List<?> allowed
                && !items.stream().allMatch(allowed::contains)) {
            throw invalid("Parameter '%s' must be one of AllowedValues", parameter.name());
        }
        parameter.fact("AllowedPattern").ifPresent(pattern -> {
            if (!items.stream().allMatch(item -> item.matches(pattern))) {
                throw violated(parameter, "must match pattern " + pattern);
            }
        });
        parameter.fact("MinLength").ifPresent(min -> {
            if (value.length() < Integer.parseInt(min)) {
                throw violated(parameter, "must have length greater than or equal to " + min);
            }
        });
        parameter.fact("MaxLength").ifPresent(max -> {
            if (value.length() > Integer.parseInt(max)) {
                throw violated(parameter, "must have length less than or equal to " + max);
            }
        });
        if (parameter.type().contains("Number")) {
            items.forEach(item -> checkNumber(parameter, item));
        }
    }

    private static void checkNumber(Template.Parameter parameter, String item) {
        BigDecimal number;
        try {
            number = new BigDecimal(item);
        } catch (NumberFormatException e) {
            throw invalid("Parameter '%s' must be a number.", parameter.name());
        }
        if (limit(parameter, "MinValue")
                .filter(min -> number.compareTo(min) < 0)
                .isPresent()) {
            throw violated(
                    parameter,
                    "must be greater than or equal to "
                            + limit(parameter, "MinValue").orElseThrow());
        }
        if (limit(parameter, "MaxValue")
                .filter(max -> number.compareTo(max) > 0)
                .isPresent()) {
            throw violated(
                    parameter,
                    "must be less than or equal to "
                            + limit(parameter, "MaxValue").orElseThrow());
        }
    }

    private static Optional<BigDecimal> limit(Template.Parameter parameter, String fact) {
        return parameter.fact(fact).map(BigDecimal::new);
    }

    private static AwsError violated(Template.Parameter parameter, String rule) {
        return invalid(
                "Parameter %s failed to satisfy constraint: %s",
                parameter.name(), parameter.fact("ConstraintDescription").orElse(rule));
    }

    private static AwsError invalid(String message, Object... values) {
        return AwsError.of("ValidationError", message, values);
    }
}

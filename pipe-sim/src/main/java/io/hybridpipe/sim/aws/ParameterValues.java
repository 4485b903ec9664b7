// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.sim.aws;

import java.math.BigDecimal;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/** Checks the values given for a template's parameters and fills in defaults. */
final class ParameterValues {

    private ParameterValues() {}

    /** All parameters by name with their values as text; refuses what the service refuses. */
    static Map<String, String> resolve(Template template, Map<String, String> given) {
        var unknown = given.keySet().stream()
                .filter(name -> !template.parameters.containsKey(name))
                .toList();
        if (!unknown.isEmpty()) {
            throw Template.invalid("Parameters: %s do not exist in the template", unknown);
        }
        var missing = template.parameters.values().stream()
                .filter(parameter -> !given.containsKey(parameter.name())
                        && parameter.fact("Default").isEmpty())
                .map(Template.Parameter::name)
                .toList();
        if (!missing.isEmpty()) {
            throw Template.invalid("Parameters: %s must have values", missing);
        }
        var values = new LinkedHashMap<String, String>();
        template.parameters.forEach((name, parameter) -> {
            var value = given.getOrDefault(name, parameter.fact("Default").orElse(""));
            check(parameter, value);
            values.put(name, value);
        });
        return values;
    }

    /** What the Parameter Store has now for those parameters whose values are names in it. */
    static Map<String, String> stored(Region region, Template template, Map<String, String> values) {
        var found = new LinkedHashMap<String, String>();
        template.parameters.values().stream()
                .filter(parameter -> parameter.type().stored())
                .forEach(parameter ->
                        found.put(parameter.name(), stored(region, values.getOrDefault(parameter.name(), ""))));
        return found;
    }

    /** The value of a parameter in the Parameter Store, by name or by name and version. */
    static String stored(Region region, String name) {
        Parameters.Version version;
        try {
            version = region.parameters.get(name);
        } catch (AwsError e) {
            throw Template.invalid("Unable to fetch parameters [%s] from parameter store for this account.", name);
        }
        if (version.secret()) {
            throw Template.invalid(
                    "Parameters [%s] referenced by template have types not supported by CloudFormation.", name);
        }
        return version.value();
    }

    /** Refuses values of parameters that name something which does not exist. */
    static void checkExisting(Region region, Stack.Input input) {
        input.template().parameters.values().stream()
                .filter(parameter -> parameter.type().names())
                .forEach(parameter -> items(parameter.type(), input.value(parameter.name()))
                        .forEach(item -> {
                            if (!exists(region, parameter.type().item(), item)) {
                                throw Template.invalid(
                                        "Parameter validation failed: parameter value %s for parameter name %s does not"
                                                + " exist.",
                                        item, parameter.name());
                            }
                        }));
    }

    private static boolean exists(Region region, String kind, String value) {
        return switch (kind) {
            case "AWS::EC2::AvailabilityZone::Name" -> region.zones().anyMatch(value::equals);
            case "AWS::EC2::Image::Id" -> region.imageStore.has(value);
            case "AWS::EC2::Instance::Id" -> region.instanceStore.has(value);
            case "AWS::EC2::KeyPair::KeyName" -> region.keys.byName(value).isPresent();
            case "AWS::EC2::SecurityGroup::Id" -> region.groupStore.has(value);
            case "AWS::EC2::SecurityGroup::GroupName" ->
                region.groupStore.any(group -> group.name().equals(value));
            case "AWS::EC2::Subnet::Id" -> region.subnetStore.has(value);
            case "AWS::EC2::VPC::Id" -> region.vpcStore.has(value);
            case "AWS::SSM::Parameter::Name" -> region.parameters.find(value).isPresent();
            // volumes and hosted zones: there are none here
            default -> false;
        };
    }

    /** The value of a parameter as references give it: a text, or the items of a list. */
    static Object typed(ParameterType type, String value) {
        return type.list() ? items(type, value) : value;
    }

    private static List<String> items(ParameterType type, String value) {
        return type.list() ? Arrays.stream(value.split(",")).map(String::strip).toList() : List.of(value);
    }

    private static void check(Template.Parameter parameter, String value) {
        var items = items(parameter.type(), value);
        if (parameter.facts().containsKey("AllowedValues")
                && !parameter.allowedValues().containsAll(items)) {
            throw violated(parameter, "must be one of AllowedValues");
        }
        parameter.fact("AllowedPattern").ifPresent(pattern -> {
            try {
                if (!items.stream().allMatch(Pattern.compile(pattern).asMatchPredicate())) {
                    throw violated(parameter, "must match pattern " + pattern);
                }
            } catch (PatternSyntaxException e) {
                throw Template.invalid(
                        "Template format error: AllowedPattern of parameter %s is not a regular expression: %s",
                        parameter.name(), pattern);
            }
        });
        limit(parameter, "MinLength").ifPresent(min -> {
            if (BigDecimal.valueOf(value.length()).compareTo(min) < 0) {
                throw violated(parameter, "must contain at least " + min + " characters");
            }
        });
        limit(parameter, "MaxLength").ifPresent(max -> {
            if (BigDecimal.valueOf(value.length()).compareTo(max) > 0) {
                throw violated(parameter, "must contain at most " + max + " characters");
            }
        });
        if (parameter.type().number()) {
            items.forEach(item -> checkNumber(parameter, item));
        }
    }

    private static void checkNumber(Template.Parameter parameter, String item) {
        BigDecimal number;
        try {
            number = new BigDecimal(item);
        } catch (NumberFormatException e) {
            throw Template.invalid("Parameter '%s' must be a number.", parameter.name());
        }
        limit(parameter, "MinValue").ifPresent(min -> {
            if (number.compareTo(min) < 0) {
                throw violated(parameter, "must be a number not less than " + min);
            }
        });
        limit(parameter, "MaxValue").ifPresent(max -> {
            if (number.compareTo(max) > 0) {
                throw violated(parameter, "must be a number not greater than " + max);
            }
        });
    }

    private static Optional<BigDecimal> limit(Template.Parameter parameter, String name) {
        return parameter.fact(name).map(text -> {
            try {
                return new BigDecimal(text);
            } catch (NumberFormatException e) {
                throw Template.invalid(
                        "Template format error: %s of parameter %s is not a number: %s", name, parameter.name(), text);
            }
        });
    }

    private static AwsError violated(Template.Parameter parameter, String rule) {
        return parameter
                .fact("ConstraintDescription")
                .map(description -> Template.invalid(
                        "Parameter %s failed to satisfy constraint: %s", parameter.name(), description))
                .orElseGet(() -> Template.invalid("Parameter '%s' %s", parameter.name(), rule));
    }
}

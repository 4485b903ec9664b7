// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.sim.aws;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** Reads what requests put in for stacks, and refuses what the service, or this stand-in, does not take. */
final class StackInputs {

    private static final List<String> CAPABILITIES =
            List.of("CAPABILITY_IAM", "CAPABILITY_NAMED_IAM", "CAPABILITY_AUTO_EXPAND");

    /** What has an effect at the service and would have none here; better refused than ignored. */
    private static final List<String> UNSUPPORTED = List.of(
            "StackPolicyBody",
            "StackPolicyURL",
            "StackPolicyDuringUpdateBody",
            "StackPolicyDuringUpdateURL",
            "ResourceTypes.member.1",
            "ResourcesToImport.member.1.ResourceType",
            "ImportExistingResources",
            "RollbackConfiguration.RollbackTriggers.member.1.Arn",
            "DeploymentMode");

    private StackInputs() {}

    /** The input of a new stack. */
    static Stack.Input of(Region region, Params params) {
        return read(region, params, template(params), Optional.empty());
    }

    /** The input of an update: what is not given anew stays as it is. */
    static Stack.Input changed(Region region, Params params, Stack stack) {
        var previous = params.flag("UsePreviousTemplate");
        if (previous
                && Stream.of("TemplateBody", "TemplateURL")
                        .anyMatch(name -> params.find(name).isPresent())) {
            throw invalid("You cannot specify both usePreviousTemplate and Template Body/Template URL.");
        }
        var input =
                read(region, params, previous ? stack.input.template() : template(params), Optional.of(stack.input));
        var moved = stack.resources.values().stream()
                .filter(Stack.Resource::exists)
                .filter(resource -> Optional.ofNullable(
                                input.template().resources.get(resource.logicalId))
                        .filter(definition -> !definition.type().equals(resource.type))
                        .isPresent())
                .map(resource -> resource.logicalId)
                .toList();
        if (!moved.isEmpty()) {
            throw invalid(
                    "Update of resource type is not permitted. The new template modifies resource type of the following"
                            + " resources: %s",
                    moved);
        }
        stack.evaluator(input).check();
        return input;
    }

    /** The template of a request, which has to bring it along: there is no S3 here to fetch it from. */
    static Template template(Params params) {
        params.find("TemplateURL").ifPresent(url -> {
            throw invalid("TemplateURL must reference a valid S3 object to which you have access.");
        });
        return Template.of(params.find("TemplateBody")
                .orElseThrow(() -> invalid("Either Template URL or Template Body must be specified.")));
    }

    /** What is to happen on failure; {@code name} is the parameter that says so. */
    static Optional<Stack.OnFailure> onFailure(Params params, String name) {
        var given = params.find(name);
        if (given.isPresent() && params.find("DisableRollback").isPresent()) {
            throw invalid("Either DisableRollback or %s can be specified, not both.", name);
        }
        if (params.flag("DisableRollback")) {
            return Optional.of(Stack.OnFailure.DO_NOTHING);
        }
        return given.map(value -> Stream.of(Stack.OnFailure.values())
                .filter(known -> known.name().equals(value))
                .findFirst()
                .orElseThrow(() -> notOneOf(value, name, List.of(Stack.OnFailure.values()))));
    }

    private static Stack.Input read(Region region, Params params, Template template, Optional<Stack.Input> previous) {
        UNSUPPORTED.stream()
                .filter(name -> params.find(name).isPresent())
                .findFirst()
                .ifPresent(name -> {
                    throw invalid("%s is not supported by this stand-in", name);
                });
        var before = previous.map(Stack.Input::parameters).orElse(Map.of());
        var values = ParameterValues.resolve(template, parameters(params, template, before));
        return new Stack.Input(
                template,
                values,
                ParameterValues.stored(region, template, values),
                tags(params).or(() -> previous.map(Stack.Input::tags)).orElse(Map.of()),
                settings(region, params, previous));
    }

    private static Map<String, String> parameters(Params params, Template template, Map<String, String> previous) {
        var given = new LinkedHashMap<String, String>();
        for (var parameter : params.structs("Parameters")) {
            var name = parameter.get("ParameterKey");
            if (!parameter.flag("UsePreviousValue")) {
                given.put(name, parameter.find("ParameterValue").orElse(""));
            } else if (parameter.find("ParameterValue").isPresent()) {
                throw invalid(
                        "Invalid input for parameter key %s. Cannot specify usePreviousValue as true and non empty value"
                                + " for a parameter",
                        name);
            } else if (!previous.containsKey(name)) {
                throw invalid(
                        "Invalid input for parameter key %s. Cannot specify usePreviousValue as true for a parameter"
                                + " key not in the previous template",
                        name);
            } else if (template.parameters.containsKey(name)) {
                given.put(name, previous.get(name));
            }
        }
        return given;
    }

    private static Optional<Map<String, String>> tags(Params params) {
        var tags = new LinkedHashMap<String, String>();
        for (var tag : params.structs("Tags")) {
            var key = tag.get("Key");
            if (key.startsWith("aws:")) {
                throw invalid("aws: prefixed tag key names are not allowed for external use.");
            }
            if (tags.put(key, tag.find("Value").orElse("")) != null) {
                throw invalid("Duplicate tag keys found. Please note that Tag keys are case insensitive.");
            }
        }
        if (tags.size() > 50) {
            throw invalid("The number of tags exceeds the limit of 50");
        }
        return tags.isEmpty() ? Optional.empty() : Optional.of(tags);
    }

    private static Stack.Settings settings(Region region, Params params, Optional<Stack.Input> previous) {
        var capabilities = params.list("Capabilities");
        capabilities.stream()
                .filter(one -> !CAPABILITIES.contains(one))
                .findFirst()
                .ifPresent(one -> {
                    throw notOneOf(one, "capabilities", CAPABILITIES);
                });
        var before = previous.map(Stack.Input::settings);
        var role = params.find("RoleARN")
                .or(() -> before.map(Stack.Settings::role))
                .orElse("");
        if (!role.isEmpty() && !role.startsWith("arn:aws:iam::" + region.account + ":role/")) {
            throw invalid("Role %s is invalid or cannot be assumed", role);
        }
        var notifications = params.list("NotificationARNs");
        notifications.stream()
                .filter(topic -> !topic.startsWith("arn:aws:sns:"))
                .findFirst()
                .ifPresent(topic -> {
                    throw invalid("%s is not a valid SNS topic ARN", topic);
                });
        return new Stack.Settings(
                capabilities,
                role,
                notifications.isEmpty()
                        ? before.map(Stack.Settings::notifications).orElse(List.of())
                        : notifications);
    }

    private static AwsError notOneOf(String value, String parameter, List<?> known) {
        return invalid(
                "1 validation error detected: Value '%s' at '%s' failed to satisfy constraint: Member must satisfy enum"
                        + " value set: %s",
                value, parameter, known);
    }

    private static AwsError invalid(String message, Object... values) {
        return AwsError.of("ValidationError", message, values);
    }
}

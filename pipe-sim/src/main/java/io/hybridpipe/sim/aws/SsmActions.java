// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.sim.aws;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The Parameter Store of AWS Systems Manager over its JSON protocol. */
final class SsmActions {

    /** GetParameters and pages of GetParametersByPath hold no more, as the API reference says. */
    private static final int MOST = 10;

    /** An action whose request and answer are JSON. */
    @FunctionalInterface
    interface JsonAction {
        void run(Region region, Body body, ObjectNode answer);
    }

    private SsmActions() {}

    static void register(Map<String, JsonAction> actions) {
        actions.put("PutParameter", SsmActions::put);
        actions.put("GetParameter", (region, body, answer) -> {
            var selector = body.get("Name");
            var version = region.parameters.get(selector);
            write(region, answer.putObject("Parameter"), selector, version, body.flag("WithDecryption"));
        });
        actions.put("GetParameters", SsmActions::getAll);
        actions.put("GetParametersByPath", SsmActions::byPath);
        actions.put("DeleteParameter", (region, body, answer) -> region.parameters.delete(body.get("Name")));
        actions.put("DeleteParameters", (region, body, answer) -> {
            var deleted = answer.putArray("DeletedParameters");
            var invalid = answer.putArray("InvalidParameters");
            names(body).forEach(name -> (region.parameters.remove(name) ? deleted : invalid).add(name));
        });
    }

    private static void put(Region region, Body body, ObjectNode answer) {
        var tags = new LinkedHashMap<String, String>();
        body.structs("Tags").forEach(tag -> tags.put(tag.get("Key"), tag.get("Value")));
        var overwrite = body.flag("Overwrite");
        if (overwrite && !tags.isEmpty()) {
            throw AwsError.of(
                    "ValidationException",
                    "Invalid request: tags and overwrite can't be used together. To create a parameter with tags, please"
                            + " remove overwrite flag. To update tags for an existing parameter, please use"
                            + " AddTagsToResource or RemoveTagsFromResource.");
        }
        var made = region.parameters.put(new Parameters.Wanted(
                body.get("Name"),
                body.get("Value"),
                body.find("Type"),
                overwrite,
                body.find("AllowedPattern"),
                body.find("DataType"),
                body.find("Tier")));
        region.tags.put(Parameters.tagId(made.name()), tags);
        answer.put("Version", made.version()).put("Tier", made.tier());
    }

    private static void getAll(Region region, Body body, ObjectNode answer) {
        var found = answer.putArray("Parameters");
        var invalid = answer.putArray("InvalidParameters");
        for (var selector : names(body)) {
            try {
                var version = region.parameters.get(selector);
                write(region, found.addObject(), selector, version, body.flag("WithDecryption"));
            } catch (AwsError unknown) {
                invalid.add(selector);
            }
        }
    }

    private static List<String> names(Body body) {
        var names = body.texts("Names");
        if (names.isEmpty()) {
            throw Body.violated("null", "Names", "Member must not be null");
        }
        if (names.size() > MOST) {
            throw Body.violated(names.toString(), "Names", "Member must have length less than or equal to " + MOST);
        }
        return names;
    }

    private static void byPath(Region region, Body body, ObjectNode answer) {
        var path = body.get("Path");
        if (!path.startsWith("/")) {
            throw AwsError.of(
                    "ValidationException",
                    "The parameter doesn't meet the parameter name requirements. The parameter name must begin with a"
                            + " forward slash \"/\".");
        }
        var size = body.number("MaxResults").orElse(MOST);
        if (size < 1 || size > MOST) {
            throw Body.violated(
                    String.valueOf(size), "MaxResults", "Member must have value less than or equal to " + MOST);
        }
        var page = Page.of(
                region.parameters.below(path, body.flag("Recursive")),
                Parameters.Version::name,
                region.scope() + "GetParametersByPath" + path,
                body.find("NextToken"),
                size,
                token -> AwsError.of("InvalidNextToken", "The specified token is not valid."));
        var found = answer.putArray("Parameters");
        page.items()
                .forEach(version ->
                        write(region, found.addObject(), version.name(), version, body.flag("WithDecryption")));
        page.next().ifPresent(token -> answer.put("NextToken", token));
    }

    private static void write(
            Region region, ObjectNode one, String selector, Parameters.Version version, boolean decrypted) {
        one.put("Name", version.name())
                .put("Type", version.type())
                .put("Value", version.secret() && !decrypted ? version.sealed() : version.value())
                .put("Version", version.version())
                .put("LastModifiedDate", version.modified().toEpochMilli() / 1000.0)
                .put("ARN", region.parameters.arn(version))
                .put("DataType", version.dataType());
        if (selector.endsWith(":" + version.version())) {
            one.put("Selector", ":" + version.version());
        }
    }
}

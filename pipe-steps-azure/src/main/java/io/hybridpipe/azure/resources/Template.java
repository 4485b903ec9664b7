// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.azure.resources;

import com.azure.json.JsonOptions;
import com.azure.json.JsonProviders;
import com.azure.json.JsonReader;
import com.azure.json.JsonToken;
import io.hybridpipe.retry.StepFailure;
import java.io.IOException;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.BiConsumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A template for Resource Manager as far as a step has to understand it: its parameters, the names of its
 * outputs, and the api-versions of its resources.
 * What the rest means is the service's business.
 *
 * @param where where it comes from, for messages
 * @param body what is sent
 */
record Template(String where, Map<?, ?> body) {
    /** Of a template, after which the service refuses it (Azure: "Best practices for ARM templates", template limits). */
    static final int LARGEST = 4 * 1024 * 1024;

    private static final String NESTED = "microsoft.resources/deployments";
    private static final Pattern POSITION = Pattern.compile("line: (\\d+), column: (\\d+)");

    /**
     * A parameter that the template declares.
     *
     * @param type in lower case, such as {@code securestring}; empty if it is told elsewhere
     * @param optional whether it needs no value
     */
    record Parameter(String name, String type, boolean optional) {
        /** Whether the service keeps its value to itself. */
        boolean isSecure() {
            return type.startsWith("secure");
        }
    }

    /**
     * Reads a template; comments are allowed, as in the files that the Azure CLI takes.
     *
     * @throws StepFailure a permanent one that says where and why, if it is none, or one that this library does not deploy
     */
    static Template parse(String where, String text) {
        Template template = new Template(where, object(where, text));
        if (!(template.body.get("resources") instanceof Collection<?>)
                && !(template.body.get("resources") instanceof Map<?, ?>)) {
            throw StepFailure.permanent(where + " is no template: it has no 'resources'");
        }
        template.eachResource((type, resource) -> {
            if (type.equals(NESTED)) {
                // what they make is in no answer of validate, so an undo could not tell it from what was there before
                throw StepFailure.permanent(where + " deploys another template inside ('" + resource.get("name")
                        + "'): an undo could not tell what that one made from what was there before; give it a step of its"
                        + " own");
            }
        });
        return template;
    }

    private static Map<?, ?> object(String where, String text) {
        try (JsonReader reader = JsonProviders.createReader(text, new JsonOptions().setJsoncSupported(true))) {
            if (reader.readUntyped() instanceof Map<?, ?> object && reader.nextToken() == JsonToken.END_DOCUMENT) {
                return object;
            }
        } catch (IOException | IllegalStateException notJson) {
            // the reader's own message quotes the text
            throw StepFailure.permanent(where + " is not JSON" + position(notJson.getMessage()));
        }
        throw StepFailure.permanent(where + " is no template: it must be one JSON object");
    }

    private static String position(@Nullable String message) {
        Matcher position = POSITION.matcher(message == null ? "" : message);
        String last = "";
        while (position.find()) {
            last = ": see line " + position.group(1) + ", column " + position.group(2);
        }
        return last;
    }

    /** What it declares, by name; upper and lower case are the same, as for the service. */
    SortedMap<String, Parameter> parameters() {
        SortedMap<String, Parameter> declared = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        in(body, "parameters").forEach((key, value) -> {
            String name = String.valueOf(key);
            Map<?, ?> declaration = value instanceof Map<?, ?> map ? map : Map.of();
            Map<?, ?> typed = declaration.get("type") == null ? definition(declaration.get("$ref")) : declaration;
            boolean optional = declaration.containsKey("defaultValue") || Boolean.TRUE.equals(typed.get("nullable"));
            String type = typed.get("type") instanceof String text ? text.toLowerCase(Locale.ROOT) : "";
            declared.put(name, new Parameter(name, type, optional));
        });
        return declared;
    }

    /** The names of its outputs. */
    SortedSet<String> outputs() {
        return in(body, "outputs").keySet().stream()
                .map(String::valueOf)
                .collect(Collectors.toCollection(TreeSet::new));
    }

    /** In language version 2 a parameter may have its type from a definition. */
    private Map<?, ?> definition(@Nullable Object reference) {
        String prefix = "#/definitions/";
        return reference instanceof String text && text.startsWith(prefix)
                ? in(in(body, "definitions"), text.substring(prefix.length()))
                : Map.of();
    }

    /** The api-version under which it makes resources of this type, if it names it plainly. */
    Optional<String> apiVersion(String type) {
        Map<String, String> versions = new HashMap<>();
        eachResource((each, resource) -> {
            if (resource.get("apiVersion") instanceof String version && !version.startsWith("[")) {
                versions.put(each, version);
            }
        });
        return Optional.ofNullable(versions.get(type.toLowerCase(Locale.ROOT)));
    }

    /** Tells each resource with its full type in lower case, those that stand inside of others too. */
    private void eachResource(BiConsumer<String, Map<?, ?>> told) {
        eachResource(body.get("resources"), "", told);
    }

    private static void eachResource(@Nullable Object resources, String parent, BiConsumer<String, Map<?, ?>> told) {
        // language version 2 has them under symbolic names
        Collection<?> all = resources instanceof Map<?, ?> named
                ? named.values()
                : resources instanceof List<?> list ? list : List.of();
        for (Object each : all) {
            if (each instanceof Map<?, ?> resource) {
                String own = String.valueOf(resource.get("type")).toLowerCase(Locale.ROOT);
                String type = parent.isEmpty() || own.contains(".") ? own : parent + "/" + own;
                told.accept(type, resource);
                eachResource(resource.get("resources"), type, told);
            }
        }
    }

    private static Map<?, ?> in(Map<?, ?> map, String name) {
        return map.get(name) instanceof Map<?, ?> inner ? inner : Map.of();
    }

    /** Where it comes from. */
    @Override
    public String toString() {
        return where;
    }
}

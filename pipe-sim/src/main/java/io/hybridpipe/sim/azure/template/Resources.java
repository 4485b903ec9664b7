// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.sim.azure.template;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.POJONode;
import io.hybridpipe.sim.azure.template.Evaluation.Deferred;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/** The resources of a template: loops unrolled, children taken out of their parents, each with its id and what it waits for. */
final class Resources {

    static final int MOST = 800;
    /** What a resource says to the template rather than to the service. */
    private static final Set<String> OWN = Set.of(
            "type",
            "name",
            "apiVersion",
            "dependsOn",
            "condition",
            "copy",
            "comments",
            "resources",
            "metadata",
            "subscriptionId",
            "resourceGroup");

    /**
     * One resource.
     *
     * @param body what is sent for it, with expressions that wait for the run
     * @param depends what its {@code dependsOn} says, evaluated
     * @param wanted whether its condition holds
     * @param place where it stands in the template, for messages
     */
    record Item(
            String id,
            String type,
            String name,
            String apiVersion,
            JsonNode body,
            List<String> depends,
            boolean wanted,
            String place) {

        private String key() {
            return Values.key(id);
        }

        boolean isMeant(String reference) {
            var wantedKey = Values.key(reference);
            return key().equals(wantedKey)
                    || Values.key(name).equals(wantedKey)
                    || wantedKey.contains("/") && key().endsWith("/providers/" + wantedKey);
        }
    }

    private final Map<String, Item> items = new LinkedHashMap<>();
    private final Map<String, List<Item>> loops = new HashMap<>();
    private final Map<String, Set<String>> serial = new HashMap<>();
    private final Positions positions;

    private Resources(Positions positions) {
        this.positions = positions;
    }

    static Resources of(JsonNode section, Evaluation in, Positions positions) {
        var resources = new Resources(positions);
        for (var resource : section) {
            resources.add(resource, "", "", in);
        }
        return resources;
    }

    /** All of them in the order of the template, those included whose condition does not hold. */
    List<Item> all() {
        return List.copyOf(items.values());
    }

    /** An id in the template's spelling. */
    String idOf(String key) {
        var item = items.get(key);
        return item == null ? key : item.id();
    }

    /** The resource of the template that {@code reference} means, if it is one of the template's. */
    Optional<Item> referred(String target) {
        if (target.startsWith("/")) {
            return Optional.ofNullable(items.get(Values.key(target)));
        }
        var named = meant(target);
        if (named.isEmpty()) {
            throw new ExpressionException(
                    "The template reference '%s' is not valid: could not find template resource or resource copy with this"
                            + " name. Please see https://aka.ms/arm-function-reference for usage details",
                    target);
        }
        return Optional.of(named.get(0));
    }

    private List<Item> meant(String reference) {
        return items.values().stream().filter(item -> item.isMeant(reference)).toList();
    }

    private void add(JsonNode resource, String parentType, String parentName, Evaluation in) {
        if (!(resource instanceof ObjectNode object)) {
            throw TemplateException.invalid("The template resource is not valid: an object was expected.");
        }
        if (!(object.get("copy") instanceof ObjectNode loop)) {
            addOne(object, parentType, parentName, in);
            return;
        }
        var name = loop.path("name").asText();
        var count = at(object, name, () -> in.count(loop));
        var made = new ArrayList<Item>();
        for (var i = 0; i < count; i++) {
            made.add(addOne(object, parentType, parentName, in.withCopy(name, i)));
        }
        loops.put(Values.key(name), made);
        if (loop.path("mode").asText().equalsIgnoreCase("Serial")) {
            var batch = Math.max(1, loop.path("batchSize").asInt(1));
            for (var i = batch; i < made.size(); i++) {
                var earlier = made.subList((i / batch - 1) * batch, i / batch * batch);
                serial.put(
                        made.get(i).key(),
                        new LinkedHashSet<>(earlier.stream().map(Item::key).toList()));
            }
        }
    }

    private Item addOne(ObjectNode resource, String parentType, String parentName, Evaluation in) {
        var label = resource.path("name").asText();
        var ownName = text(resource, "name", label, in);
        var ownType = text(resource, "type", ownName, in);
        var name = parentName.isEmpty() ? ownName : parentName + "/" + ownName;
        var type = parentType.isEmpty() ? ownType : parentType + "/" + ownType;
        var version = text(resource, "apiVersion", name, in);
        if (type.split("/", -1).length != name.split("/", -1).length + 1 || hasGap(type) || hasGap(name)) {
            throw TemplateException.invalid(
                    "The template resource '%s' for type '%s' at %s has incorrect segment lengths. A nested resource type must"
                            + " have identical number of segments as its resource name. A root resource type must have segment"
                            + " length one greater than its resource name. Please see https://aka.ms/arm-template/#resources"
                            + " for usage details.",
                    name, type, positions.of(resource));
        }
        for (var refused : List.of("scope", "existing", "import", "extension")) {
            if (resource.has(refused)) {
                throw TemplateException.unsupported("The member '%s' of the resource '%s' is".formatted(refused, name));
            }
        }
        var item = at(resource, name, () -> {
            var condition = resource.has("condition") ? in.expand(resource.get("condition"), false) : Values.bool(true);
            if (!condition.isBoolean()) {
                throw new ExpressionException(
                        "The template resource condition is expected to be of type 'Boolean', it is of type '%s'",
                        Values.type(condition));
            }
            return new Item(
                    id(resource, type, name, in),
                    type,
                    name,
                    version,
                    Nested.isDeployment(type)
                            ? Nested.body(resource, OWN, in)
                            : in.expand(resource.deepCopy().remove(OWN), true),
                    dependencies(resource, in),
                    condition.booleanValue(),
                    positions.of(resource));
        });
        if (items.putIfAbsent(item.key(), item) != null) {
            throw TemplateException.invalid(
                    "The resource '%s' at %s is defined multiple times in a template. Please see"
                            + " https://aka.ms/arm-template/#resources for usage details.",
                    item.type() + "/" + item.name(), item.place());
        }
        if (items.size() > MOST) {
            throw TemplateException.invalid(
                    "The number of template resources limit exceeded. Limit: '%d' and actual: '%d'. Please see"
                            + " https://aka.ms/arm-template-limits for usage details.",
                    MOST, items.size());
        }
        for (var child : resource.path("resources")) {
            add(child, type, name, in);
        }
        return item;
    }

    /** Whether one of the segments is empty. */
    private static boolean hasGap(String path) {
        return List.of(path.split("/", -1)).contains("");
    }

    private static String segment(ObjectNode resource, String member, String fallback, Evaluation in) {
        if (!resource.has(member)) {
            return fallback;
        }
        var value = in.expand(resource.get(member), false).asText();
        if (value.isEmpty() || value.contains("/")) {
            throw new ExpressionException("The '%s' of a resource must be a name, it is '%s'", member, value);
        }
        return value;
    }

    private static String id(ObjectNode resource, String type, String name, Evaluation in) {
        var group = segment(resource, "resourceGroup", in.scope().groupName(), in);
        var subscription = segment(resource, "subscriptionId", in.scope().subscriptionId(), in);
        var types = type.split("/", -1);
        var names = name.split("/", -1);
        var id = new StringBuilder(
                "/subscriptions/" + subscription + "/resourceGroups/" + group + "/providers/" + types[0]);
        for (var i = 1; i < types.length; i++) {
            id.append('/').append(types[i]).append('/').append(names[i - 1]);
        }
        return id.toString();
    }

    private static List<String> dependencies(ObjectNode resource, Evaluation in) {
        var depends = new ArrayList<String>();
        for (var one : resource.path("dependsOn")) {
            var expanded = in.expand(one, false);
            if (!expanded.isTextual()) {
                throw new ExpressionException("The 'dependsOn' of a resource must be a list of texts");
            }
            depends.add(expanded.textValue());
        }
        return depends;
    }

    private String text(ObjectNode resource, String member, String label, Evaluation in) {
        return at(resource, label, () -> {
            var value = in.expand(resource.path(member), false);
            if (!value.isTextual() || value.textValue().isEmpty()) {
                throw new ExpressionException(
                        "The %s property cannot be null or empty. Please see https://aka.ms/arm-template/#resources for usage"
                                + " details",
                        member);
            }
            return value.textValue();
        });
    }

    private <T> T at(ObjectNode resource, String name, Supplier<T> value) {
        try {
            return value.get();
        } catch (ExpressionException e) {
            throw TemplateException.invalid(
                    "The template resource '%s' at %s is not valid: %s.", name, positions.of(resource), e.text());
        }
    }

    /** The ids of the wanted resources that one waits for: by its own word, by reference to a name, by its place in a loop. */
    Set<String> dependencies(Item item) {
        var found = new LinkedHashSet<String>(serial.getOrDefault(item.key(), Set.of()));
        for (var one : item.depends()) {
            var loop = loops.get(Values.key(one));
            var meant = loop == null ? meant(one) : loop;
            if (meant.isEmpty() && loop == null) {
                throw TemplateException.invalid(
                        "The resource '%s' is not defined in the template. Please see https://aka.ms/arm-template for usage"
                                + " details.",
                        one);
            }
            meant.forEach(other -> found.add(other.key()));
        }
        referencesIn(item.body(), found, item);
        var wanted = new LinkedHashSet<String>();
        found.stream().map(items::get).filter(Item::wanted).forEach(other -> wanted.add(other.id()));
        return wanted;
    }

    /**
     * Adds what a body refers to by name. By the page on {@code reference} only a name makes an order, an id does not; but an id
     * outside of the template needs a version to be read with.
     */
    private void referencesIn(JsonNode body, Set<String> found, Item owner) {
        if (body.isPojo() && ((POJONode) body).getPojo() instanceof Deferred deferred) {
            deferred.expression()
                    .calls()
                    .filter(call -> Expression.RUNTIME.contains(Functions.key(call.name())))
                    .filter(call -> !call.arguments().get(0).isRuntime())
                    .forEach(call -> refer(call, deferred.in(), found, owner));
        }
        body.forEach(part -> referencesIn(part, found, owner));
    }

    private void refer(Expression.Call call, Evaluation in, Set<String> found, Item owner) {
        try {
            var target = new Arguments(
                            call.name(), List.of(in.evaluate(call.arguments().get(0))))
                    .text(0);
            var meant = referred(target);
            if (!target.startsWith("/")) {
                meant.ifPresent(item -> found.add(item.key()));
            } else if (meant.isEmpty() && call.arguments().size() < 2) {
                throw new ExpressionException(
                        "The resource reference '%s' is not valid: it requires an API version. Please see"
                                + " https://aka.ms/arm-template for usage details",
                        target);
            }
        } catch (ExpressionException e) {
            throw TemplateException.invalid(
                    "The template resource '%s' at %s is not valid: %s.", owner.name(), owner.place(), e.text());
        }
    }
}

// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.sim.azure;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Makes the stored body of a resource out of what a client sent, and writes states and ETags into it. */
final class Bodies {

    private static final Set<String> OWN = Set.of("id", "name", "type", "etag", "location", "properties");

    private Bodies() {}

    /** The body of a resource with its children, as sent by a client. */
    static ObjectNode whole(Kind kind, ArmId id, ObjectNode sent, @Nullable ObjectNode before, Estate estate) {
        ResourceNames.check(id);
        var body = Json.object()
                .put("name", id.name())
                .put("id", id.toString())
                .put("type", id.type())
                .put("location", location(id, sent, before));
        sent.properties().stream()
                .filter(field ->
                        !OWN.contains(field.getKey()) && !field.getValue().isNull())
                .forEach(field -> body.set(field.getKey(), field.getValue().deepCopy()));
        var properties = properties(sent, kind.derived());
        body.set("properties", properties);
        if (kind.derived().contains("resourceGuid")) {
            var known = before == null ? null : Json.text(before, "properties", "resourceGuid");
            properties.put("resourceGuid", known == null ? estate.newIdentity() : known);
        }
        for (var child : kind.children()) {
            if (child.stay() && before != null && !properties.has(child.type())) {
                properties.set(
                        child.type(),
                        before.path("properties").path(child.type()).deepCopy());
                continue;
            }
            var sentChildren = properties.path(child.type());
            var children = Json.object().putArray(child.type());
            var names = new HashSet<String>();
            for (var one : sentChildren) {
                var name = Json.text(one, "name");
                if (!(one instanceof ObjectNode object) || name == null || !names.add(name.toLowerCase(Locale.ROOT))) {
                    throw Words.unreadable("Each of the %s of %s needs a name of its own.", child.type(), id);
                }
                children.add(child(child, id.child(child.type(), name), object));
            }
            properties.set(child.type(), children);
        }
        return body;
    }

    /** A parent's body with one child put in, in place of the one with the same id. */
    static ObjectNode withChild(Kind kind, ObjectNode parent, ArmId id, ObjectNode sent) {
        var named = Json.text(sent, "name");
        if (named != null && !named.equalsIgnoreCase(id.name())) {
            throw ArmError.badRequest(
                    "InvalidRequestContent",
                    "The name '%s' in the body does not match the name '%s' in the path.",
                    named,
                    id.name());
        }
        var made = child(kind.child(id.types().get(1)).orElseThrow(), id, sent);
        var body = parent.deepCopy();
        var list = Json.arrayIn(Json.objectIn(body, "properties"), id.types().get(1));
        for (var i = 0; i < list.size(); i++) {
            if (id.toString().equalsIgnoreCase(Json.text(list.get(i), "id"))) {
                list.set(i, made);
                return body;
            }
        }
        list.add(made);
        return body;
    }

    static ObjectNode withoutChild(ObjectNode parent, ArmId id) {
        var body = parent.deepCopy();
        var list = Json.arrayIn(Json.objectIn(body, "properties"), id.types().get(1));
        for (var i = list.size() - 1; i >= 0; i--) {
            if (id.toString().equalsIgnoreCase(Json.text(list.get(i), "id"))) {
                list.remove(i);
            }
        }
        return body;
    }

    private static ObjectNode child(Kind.Child kind, ArmId id, ObjectNode sent) {
        ResourceNames.check(id);
        var made = Json.object().put("name", id.name()).put("id", id.toString()).put("type", id.type());
        made.set("properties", properties(sent, kind.derived()));
        return made;
    }

    private static ObjectNode properties(ObjectNode sent, List<String> derived) {
        var properties = Json.object();
        var given = sent.path("properties");
        if (!given.isObject() && !given.isMissingNode() && !given.isNull()) {
            throw Words.unreadable("Path 'properties' must be an object.");
        }
        given.properties().stream()
                .filter(field -> !derived.contains(field.getKey())
                        && !field.getKey().equals("provisioningState")
                        && !field.getValue().isNull())
                .forEach(
                        field -> properties.set(field.getKey(), field.getValue().deepCopy()));
        return properties;
    }

    /** The location, as the service writes it: small and without spaces. */
    static String location(ArmId id, ObjectNode sent, @Nullable ObjectNode before) {
        var given = Json.text(sent, "location");
        if (given == null || given.isBlank()) {
            throw ArmError.badRequest("LocationRequired", "The location property is required for this definition.");
        }
        var location = location(given)
                .orElseThrow(() -> ArmError.badRequest(
                        "LocationNotAvailableForResourceType",
                        "The provided location '%s' is not available for resource type '%s'. List of available regions for"
                                + " the resource type is '%s'.",
                        given,
                        id.type(),
                        String.join(",", Kinds.LOCATIONS)));
        if (before != null && !location.equals(Json.text(before, "location"))) {
            throw ArmError.conflict(
                    "InvalidResourceLocation",
                    "The resource '%s' already exists in location '%s' in resource group '%s'. A resource with the same name"
                            + " cannot be created in location '%s'. Please select a new resource name.",
                    id.name(),
                    before.path("location").asText(),
                    id.group(),
                    location);
        }
        return location;
    }

    static Optional<String> location(String given) {
        var small = given.toLowerCase(Locale.ROOT).replace(" ", "");
        return Kinds.LOCATIONS.contains(small) ? Optional.of(small) : Optional.empty();
    }

    static String stateOf(ObjectNode body) {
        return body.path("properties").path("provisioningState").asText();
    }

    /** Writes a state into a resource; a parent shows the state of a child that changes, a child that of its parent. */
    static void state(Kind kind, ObjectNode body, ArmId id, String state) {
        if (id.isTop()) {
            states(kind, body, state);
            return;
        }
        var shown = state.equals("Deleting") ? "Updating" : state;
        Json.objectIn(body, "properties").put("provisioningState", shown);
        Estate.find(body, id.toString())
                .ifPresent(child -> Json.objectIn(child, "properties").put("provisioningState", state));
    }

    static void settled(Kind kind, ObjectNode body) {
        states(kind, body, "Succeeded");
    }

    private static void states(Kind kind, ObjectNode body, String state) {
        var properties = Json.objectIn(body, "properties");
        properties.put("provisioningState", state);
        kind.children().forEach(child -> parts(properties, child.type(), state));
        parts(properties, "ipConfigurations", state);
    }

    private static void parts(ObjectNode properties, String list, String state) {
        for (var part : Json.objects(properties.path(list))) {
            Json.objectIn(part, "properties").put("provisioningState", state);
        }
    }

    /** Writes a new ETag into a network resource and its parts: they share one. */
    static void newEtag(ObjectNode body, Estate estate) {
        if (body.path("type").asText().startsWith("Microsoft.Network/")) {
            var etag = "W/\"" + estate.newIdentity() + "\"";
            body.put("etag", etag);
            for (var list : body.path("properties")) {
                for (var part : Json.objects(list)) {
                    if (part.hasNonNull("name") && part.hasNonNull("id")) {
                        part.put("etag", etag);
                    }
                }
            }
        }
    }
}

// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.sim.azure;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;

/**
 * Finds what a body points to. In a body an object with an id and a name is a resource, one with an id alone points to one.
 */
final class References {

    /**
     * One pointer.
     *
     * @param from the id of the innermost resource that holds it
     * @param to the id that it holds, as written
     * @param path where it stands, such as {@code properties.ipConfigurations[0].properties.subnet.id}
     */
    record Reference(String from, String to, String path) {}

    private References() {}

    static List<Reference> in(ObjectNode body) {
        var found = new ArrayList<Reference>();
        collect(body, "", "", found);
        return found;
    }

    private static void collect(JsonNode node, String owner, String path, List<Reference> found) {
        if (node.isArray()) {
            for (var i = 0; i < node.size(); i++) {
                collect(node.get(i), owner, path + "[" + i + "]", found);
            }
        } else if (node instanceof ObjectNode object) {
            var id = object.path("id").textValue();
            var within = owner;
            if (id != null && object.hasNonNull("name")) {
                within = id;
            } else if (id != null) {
                found.add(new Reference(owner, id, path.isEmpty() ? "id" : path + ".id"));
            }
            for (var field : object.properties()) {
                if (!field.getKey().equals("tags")) {
                    collect(
                            field.getValue(),
                            within,
                            path.isEmpty() ? field.getKey() : path + "." + field.getKey(),
                            found);
                }
            }
        }
    }

    /** Cuts a pointer down to its id: what a client sends beside it is not stored here. */
    static void keepOnlyId(ObjectNode holder, String name) {
        if (holder.get(name) instanceof ObjectNode pointer && pointer.hasNonNull("id")) {
            holder.set(name, Json.object().set("id", pointer.get("id")));
        } else {
            holder.remove(name);
        }
    }
}

// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.sim.azure;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;

/** What Resource Manager shows of things that are not resources, and of resources in lists of all types. */
final class Documents {

    private Documents() {}

    static ObjectNode subscription(String id) {
        return Json.object()
                .put("id", "/subscriptions/" + id)
                .put("subscriptionId", id)
                .put("displayName", "stand-in")
                .put("state", "Enabled");
    }

    static ObjectNode location(String subscription, String name) {
        return Json.object()
                .put("id", "/subscriptions/" + subscription + "/locations/" + name)
                .put("name", name)
                .put("displayName", name);
    }

    static ObjectNode provider(String subscription, String namespace) {
        var provider = Json.object()
                .put("id", "/subscriptions/" + subscription + "/providers/" + namespace)
                .put("namespace", namespace)
                .put("registrationState", "Registered");
        var types = provider.putArray("resourceTypes");
        if (namespace.equals(Deployments.NAMESPACE)) {
            type(types, "resourceGroups", ApiVersions.ofResourceManager());
            type(types, Deployments.TYPE, ApiVersions.ofResourceManager());
        }
        Kinds.ALL.stream().filter(kind -> kind.namespace().equals(namespace)).forEach(kind -> {
            type(types, kind.type(), ApiVersions.of(kind));
            kind.children().forEach(child -> type(types, kind.type() + "/" + child.type(), ApiVersions.of(kind)));
        });
        return provider;
    }

    private static void type(ArrayNode types, String name, List<String> versions) {
        var type = types.addObject().put("resourceType", name);
        var list = type.putArray("apiVersions");
        versions.forEach(list::add);
        var locations = type.putArray("locations");
        Kinds.LOCATIONS.forEach(locations::add);
    }

    /** A resource as the lists of all types show it: without properties. */
    static ObjectNode brief(Resource resource) {
        var brief = resource.body().deepCopy();
        brief.retain("id", "name", "type", "location", "tags", "sku");
        return brief;
    }
}

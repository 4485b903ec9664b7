// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.sim.azure;

import io.hybridpipe.sim.Operation;
import io.hybridpipe.sim.SimRequest;

/** Names calls as role definitions do, such as {@code Microsoft.Network/routeTables/routes/write}. */
final class ActionNames {

    private ActionNames() {}

    static Operation of(SimRequest request) {
        var path = ArmPath.parse(request.path());
        var changing = !request.method().equals("GET") && !request.method().equals("HEAD");
        var service = path.namespace().isEmpty() || path.namespace().equalsIgnoreCase(Deployments.NAMESPACE)
                ? Deployments.NAMESPACE
                : Kinds.namespace(path.namespace()).orElse(path.namespace());
        var action = service + "/" + noun(path) + "/" + verb(request.method());
        return new Operation(service, action, request.path(), path.subscription(), changing);
    }

    private static String noun(ArmPath path) {
        if (path.namespace().isEmpty()) {
            var nouns = new StringBuilder("subscriptions");
            if (!path.group().isEmpty()) {
                nouns.append("/resourceGroups");
            }
            if (!path.rest().isEmpty()) {
                nouns.append('/')
                        .append(
                                path.endsWith("resourcegroups")
                                        ? "resourceGroups"
                                        : path.rest().get(0));
            }
            return nouns.toString();
        }
        var types = path.types();
        if (types.isEmpty()) {
            return "providers";
        }
        if (types.get(0).equalsIgnoreCase("locations")) {
            return "locations/" + (types.size() > 1 ? types.get(1) : "");
        }
        return Kinds.find(path.namespace(), types.get(0))
                .map(kind -> types.size() < 2
                        ? kind.type()
                        : kind.type() + "/"
                                + kind.child(types.get(1)).map(Kind.Child::type).orElse(types.get(1)))
                .orElse(String.join("/", types));
    }

    private static String verb(String method) {
        return switch (method) {
            case "GET", "HEAD" -> "read";
            case "PUT", "PATCH" -> "write";
            case "DELETE" -> "delete";
            default -> "action";
        };
    }
}

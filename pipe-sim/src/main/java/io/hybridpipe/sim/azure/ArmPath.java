// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.sim.azure;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A request's path taken apart; fixed words match in any case.
 *
 * @param subscription the id, or empty
 * @param group the resource group's name, or empty
 * @param namespace the provider, or empty
 * @param rest what follows the last of these
 */
record ArmPath(String subscription, String group, String namespace, List<String> rest) {

    static ArmPath parse(String path) {
        var parts = new ArrayList<>(List.of(path.split("/")));
        parts.removeIf(String::isEmpty);
        var subscription = takeAfter(parts, "subscriptions");
        var group = subscription.isEmpty() ? "" : takeAfter(parts, "resourcegroups");
        var namespace = takeAfter(parts, "providers");
        if (!group.isEmpty()
                && namespace.isEmpty()
                && !parts.isEmpty()
                && parts.get(0).equalsIgnoreCase("deployments")) {
            // a deployment's operations are asked for on this shorter path as well
            namespace = Deployments.NAMESPACE;
        }
        return new ArmPath(subscription, group, namespace, List.copyOf(parts));
    }

    private static String takeAfter(List<String> parts, String word) {
        if (parts.size() < 2 || !parts.get(0).equalsIgnoreCase(word)) {
            return "";
        }
        parts.remove(0);
        return parts.remove(0);
    }

    /** Whether the rest is one word that names a list of things, such as {@code resourcegroups}. */
    boolean endsWith(String word) {
        return rest.size() == 1 && rest.get(0).equalsIgnoreCase(word);
    }

    /** The types that the rest names, without the names between them. */
    List<String> types() {
        var types = new ArrayList<String>();
        for (var i = 0; i < rest.size(); i += 2) {
            types.add(rest.get(i));
        }
        return types;
    }

    /** The id, if the path is that of one resource in a group. */
    Optional<ArmId> resource() {
        if (group.isEmpty() || namespace.isEmpty() || rest.isEmpty() || rest.size() % 2 != 0) {
            return Optional.empty();
        }
        var names = new ArrayList<String>();
        for (var i = 1; i < rest.size(); i += 2) {
            names.add(rest.get(i));
        }
        return Optional.of(new ArmId(subscription, group, namespace, types(), names));
    }
}

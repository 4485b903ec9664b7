// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.azure.network;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * Where a resource is, or is to be: its resource group and its names, that of its parent first.
 *
 * @param group the resource group's name
 * @param names as in the resource's id: one for a resource of its own, two for a child
 */
record Place(String group, List<String> names) {
    Place {
        names = List.copyOf(names);
    }

    static Place of(String group, String... names) {
        return new Place(group, List.of(names));
    }

    /** Where the resource with this id is, in whatever subscription; empty if it is none of this type. */
    static Optional<Place> in(String id, String type) {
        String[] parts = id.split("/");
        return parts.length < 3 ? Optional.empty() : in(id, parts[2], type);
    }

    /** Where the resource with this id is; empty if it is none of this type in this subscription. */
    static Optional<Place> in(String id, String subscription, String type) {
        String[] parts = id.split("/");
        // "", subscriptions, S, resourceGroups, G, providers, namespace, type, name, ..
        boolean hasGaps = Arrays.stream(parts).skip(1).anyMatch(String::isBlank);
        if (parts.length < 9 || hasGaps || !parts[2].equalsIgnoreCase(subscription)) {
            return Optional.empty();
        }
        Place place = new Place(
                parts[4],
                IntStream.range(8, parts.length)
                        .filter(i -> i % 2 == 0)
                        .mapToObj(i -> parts[i])
                        .toList());
        boolean isAsDeep = place.names.size() == type.split("/").length - 1;
        return isAsDeep && place.id(subscription, type).equalsIgnoreCase(id) ? Optional.of(place) : Optional.empty();
    }

    /** The name of the resource itself. */
    String name() {
        return names.get(names.size() - 1);
    }

    /** The name of the resource that it is a child of, or its own. */
    String parent() {
        return names.get(0);
    }

    /**
     * The resource's id.
     *
     * @param type such as {@code Microsoft.Network/virtualNetworks/subnets}, with a segment for each name
     */
    String id(String subscription, String type) {
        String[] types = type.split("/");
        if (types.length != names.size() + 1) {
            throw new IllegalArgumentException(names + " does not name a " + type);
        }
        StringBuilder id = new StringBuilder(
                "/subscriptions/" + subscription + "/resourceGroups/" + group + "/providers/" + types[0]);
        for (int i = 0; i < names.size(); i++) {
            id.append('/').append(types[i + 1]).append('/').append(names.get(i));
        }
        return id.toString();
    }

    /** The id of the resource that it is a child of, or its own: what Resource Manager locks while it changes. */
    String parentId(String subscription, String type) {
        String[] types = type.split("/");
        return of(group, parent()).id(subscription, String.join("/", Arrays.copyOf(types, 2)));
    }

    /** Group and names, for messages. */
    @Override
    public String toString() {
        return group + "/" + String.join("/", names);
    }
}

// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.sim.azure;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * The id of a resource in a resource group. Ids are the same whatever the case of their letters: compare {@link #key()}.
 *
 * @param namespace such as {@code Microsoft.Network}
 * @param types such as {@code virtualNetworks}, {@code subnets}
 * @param names one for each type
 */
record ArmId(String subscription, String group, String namespace, List<String> types, List<String> names) {

    ArmId {
        types = List.copyOf(types);
        names = List.copyOf(names);
    }

    /** Reads an id; empty if the text is not one. */
    static Optional<ArmId> parse(String text) {
        var parts = text.split("/", -1);
        if (parts.length < 9
                || parts.length % 2 == 0
                || !parts[0].isEmpty()
                || !parts[1].equalsIgnoreCase("subscriptions")
                || !parts[3].equalsIgnoreCase("resourceGroups")
                || !parts[5].equalsIgnoreCase("providers")) {
            return Optional.empty();
        }
        var types = new ArrayList<String>();
        var names = new ArrayList<String>();
        for (var i = 7; i < parts.length; i += 2) {
            if (parts[i].isEmpty() || parts[i + 1].isEmpty()) {
                return Optional.empty();
            }
            types.add(parts[i]);
            names.add(parts[i + 1]);
        }
        return Optional.of(new ArmId(parts[2], parts[4], parts[6], types, names));
    }

    /** The full type, such as {@code Microsoft.Network/virtualNetworks/subnets}. */
    String type() {
        return namespace + "/" + String.join("/", types);
    }

    String name() {
        return names.get(names.size() - 1);
    }

    boolean isTop() {
        return types.size() == 1;
    }

    /** The resource in whose body this one stands: itself if it is no child. */
    ArmId top() {
        return new ArmId(subscription, group, namespace, types.subList(0, 1), names.subList(0, 1));
    }

    ArmId child(String type, String name) {
        var moreTypes = new ArrayList<>(types);
        moreTypes.add(type);
        var moreNames = new ArrayList<>(names);
        moreNames.add(name);
        return new ArmId(subscription, group, namespace, moreTypes, moreNames);
    }

    /** What is the same for every spelling of this id. */
    String key() {
        return toString().toLowerCase(Locale.ROOT);
    }

    @Override
    public String toString() {
        var text = new StringBuilder(
                "/subscriptions/" + subscription + "/resourceGroups/" + group + "/providers/" + namespace);
        for (var i = 0; i < types.size(); i++) {
            text.append('/').append(types.get(i)).append('/').append(names.get(i));
        }
        return text.toString();
    }
}

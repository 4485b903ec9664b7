// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.sim.aws;

import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * All that an account has in a region at one moment; two are equal when the same resources exist with the same content and tags.
 *
 * <p>Terminated instances, deleted stacks and peerings that have ended are not in it; a peering is in those of both sides. What a VPC brings along (default group, main route table) is.
 *
 * @param kinds by kind ({@code vpc}, {@code subnet}, {@code stack} and so on, as tags name them), then by id: the content as text
 */
public record Inventory(SortedMap<String, SortedMap<String, String>> kinds) {

    /** Makes it unmodifiable. */
    public Inventory {
        kinds = Collections.unmodifiableSortedMap(kinds);
    }

    static Inventory of(Region region) {
        var kinds = new TreeMap<String, SortedMap<String, String>>();
        for (var store : region.stores()) {
            for (var resource : store.all()) {
                if (resource instanceof Model.Instance instance && !instance.alive()
                        || resource instanceof Peering peering
                                && !peering.state().live()) {
                    continue;
                }
                kinds.computeIfAbsent(store.kind(), kind -> new TreeMap<>())
                        .put(resource.id(), resource + " " + region.tags.of(resource.id()));
            }
        }
        region.parameters.all().forEach(parameter -> kinds.computeIfAbsent("parameter", kind -> new TreeMap<>())
                .put(parameter.name(), parameter + " " + region.tags.of(Parameters.tagId(parameter.name()))));
        for (var stack : region.stacks.live()) {
            kinds.computeIfAbsent("stack", kind -> new TreeMap<>()).put(stack.name, stack.status + " " + stack.id);
        }
        return new Inventory(kinds);
    }

    /** The ids of one kind. */
    public Set<String> ids(String kind) {
        return Optional.ofNullable(kinds.get(kind)).map(Map::keySet).orElse(Set.of());
    }

    /** Whether there is nothing. */
    public boolean isEmpty() {
        return kinds.isEmpty();
    }

    /** One line for each resource. */
    @Override
    public String toString() {
        return kinds.entrySet().stream()
                .flatMap(kind -> kind.getValue().entrySet().stream()
                        .map(one -> kind.getKey() + " " + one.getKey() + ": " + one.getValue()))
                .collect(Collectors.joining("\n"));
    }
}

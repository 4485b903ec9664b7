// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.azure.resources;

import com.azure.resourcemanager.resources.fluent.models.GenericResourceInner;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The disks that a virtual machine has made together with itself: no template names them, and unless that says {@code
 * "deleteOption": "Delete"}, they stay when the machine goes (Azure: "Delete a VM and attached resources").
 *
 * <p>The machine is asked when it is about to be deleted, and it does not say when it came to a disk: an empty one that somebody
 * else added to it after the deployment ({@code az vm disk attach --new}) cannot be told from the machine's own.
 */
final class OwnDisks {
    /** The others were there before the machine, which they were attached to. */
    private static final Set<String> MADE = Set.of("FromImage", "Empty");

    private OwnDisks() {}

    /** Those of this machine. */
    static Set<ResourceId> of(GenericResourceInner resource) {
        Map<?, ?> storage = in(resource.properties(), "storageProfile");
        Stream<?> data = storage.get("dataDisks") instanceof List<?> list ? list.stream() : Stream.empty();
        return Stream.concat(Stream.of(in(storage, "osDisk")), data)
                .filter(disk -> disk instanceof Map<?, ?> map && MADE.contains(String.valueOf(map.get("createOption"))))
                .map(disk -> in(disk, "managedDisk").get("id"))
                .filter(Objects::nonNull)
                .map(id -> ResourceId.of(id.toString()))
                .collect(Collectors.toSet());
    }

    private static Map<?, ?> in(@Nullable Object value, String name) {
        return value instanceof Map<?, ?> map && map.get(name) instanceof Map<?, ?> inner ? inner : Map.of();
    }
}

// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.sim.aws;

import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/** The tags of all resources of a region, by resource id. */
final class Tags {

    private final Map<String, SortedMap<String, String>> byId = new TreeMap<>();

    /** Under which key it is kept whether a tag is visible. */
    static String key(String id, String key) {
        return id + "#" + key;
    }

    SortedMap<String, String> of(String id) {
        return byId.getOrDefault(id, new TreeMap<>());
    }

    void put(String id, Map<String, String> tags) {
        if (!tags.isEmpty()) {
            byId.computeIfAbsent(id, i -> new TreeMap<>()).putAll(tags);
        }
    }

    void remove(String id, String key) {
        var tags = byId.get(id);
        if (tags != null) {
            tags.remove(key);
        }
    }

    void forget(String id) {
        byId.remove(id);
    }

    /** What puts everything back as it is now. */
    Runnable savepoint() {
        var now = new TreeMap<String, SortedMap<String, String>>();
        byId.forEach((id, tags) -> now.put(id, new TreeMap<>(tags)));
        return () -> {
            byId.clear();
            byId.putAll(now);
        };
    }

    Map<String, SortedMap<String, String>> all() {
        return byId;
    }
}

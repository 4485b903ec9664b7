// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.sim.vns3;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Collections;
import java.util.HexFormat;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * What is configured on a controller: kind, then id, then one line that tells everything about it.
 *
 * <p>Two inventories are equal when the configuration is. Secrets take part in that, but are shown as a hash under a key
 * that lives as long as this JVM. The state of tunnels does not take part.
 *
 * @param byKind {@code config}, {@code license}, {@code keyset}, {@code peering}, {@code ipsec}, {@code endpoint},
 *     {@code tunnel}, {@code route}, {@code firewall}, {@code rules-group}, {@code fwset}, {@code subtable}, {@code token},
 *     {@code access-url}, {@code clientpack}, {@code interface}, {@code certificate}, {@code admin-ui}, {@code support};
 *     kinds without anything are left out
 */
public record Inventory(SortedMap<String, SortedMap<String, String>> byKind) {
    private static final byte[] KEY = new byte[32];

    static {
        new SecureRandom().nextBytes(KEY);
    }

    /** Copies the maps, sorted. */
    public Inventory {
        SortedMap<String, SortedMap<String, String>> copy = new TreeMap<>();
        byKind.forEach((kind, resources) -> {
            if (!resources.isEmpty()) {
                copy.put(kind, Collections.unmodifiableSortedMap(new TreeMap<>(resources)));
            }
        });
        byKind = Collections.unmodifiableSortedMap(copy);
    }

    /** The resources of one kind by id; empty if there are none. */
    public Map<String, String> of(String kind) {
        return byKind.getOrDefault(kind, Collections.emptySortedMap());
    }

    static String disguise(String secret) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(KEY, "HmacSHA256"));
            return "#" + HexFormat.of().formatHex(mac.doFinal(secret.getBytes(StandardCharsets.UTF_8)), 0, 6);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK has HmacSHA256", e);
        }
    }

    /** One line a resource. */
    @Override
    public String toString() {
        return byKind.entrySet().stream()
                .flatMap(kind -> kind.getValue().entrySet().stream()
                        .map(resource -> kind.getKey() + " " + resource.getKey() + ": " + resource.getValue()))
                .collect(Collectors.joining("\n"));
    }
}

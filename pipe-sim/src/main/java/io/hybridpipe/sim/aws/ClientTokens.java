// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.sim.aws;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/** What was made under which client token: the same token with the same parameters gives the same thing again. */
final class ClientTokens {

    private record Use(String fingerprint, Object made) {}

    private final Map<String, Use> uses = new HashMap<>();

    /** What puts everything back as it is now. */
    Runnable savepoint() {
        var now = new HashMap<>(uses);
        return () -> {
            uses.clear();
            uses.putAll(now);
        };
    }

    /** The token under which something was made. */
    Optional<String> tokenOf(String action, Object made) {
        return uses.entrySet().stream()
                .filter(use -> use.getKey().startsWith(action + " ")
                        && use.getValue().made().equals(made))
                .map(use -> use.getKey().substring(action.length() + 1))
                .findFirst();
    }

    <T> T once(String action, Optional<String> token, String fingerprint, Class<T> type, Supplier<T> make) {
        if (token.isEmpty()) {
            return make.get();
        }
        var key = action + " " + token.get();
        var use = uses.get(key);
        if (use == null) {
            var made = make.get();
            uses.put(key, new Use(fingerprint, made));
            return made;
        }
        if (!use.fingerprint().equals(fingerprint)) {
            throw AwsError.of(
                    "IdempotentParameterMismatch",
                    "Arguments on this idempotent request are inconsistent with arguments used in previous request(s).");
        }
        return type.cast(use.made());
    }
}

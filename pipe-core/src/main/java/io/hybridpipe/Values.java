// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe;

import io.hybridpipe.json.Json;
import java.util.Map;
import java.util.Optional;
import javax.crypto.SecretKey;
import org.jspecify.annotations.Nullable;

/** Values as the journal has them: each under its key's declared type, secrets sealed or left out. */
final class Values {
    private static final Map<String, Object> WITHHELD = Map.of("$withheld", true);

    private final Json json = Json.compact().masking(Secret.class);
    private final Secrets secrets;
    private final @Nullable SecretKey sealing;

    /** @param sealing the AES key with which secrets are sealed; without one they are left out */
    Values(Secrets secrets, @Nullable SecretKey sealing) {
        this.secrets = secrets;
        this.sealing = sealing;
    }

    /** The value as JSON has it; one that is or holds a secret is sealed, or left out if there is no key to seal it with. */
    Object written(Key<?> key, Object value) {
        return key.isSecret() ? WITHHELD : json.tree(value, key.type());
    }

    /** The value that was written; empty if it was left out and must be asked for. */
    Optional<Object> read(Key<?> key, Object written) {
        return WITHHELD.equals(written) ? Optional.empty() : Optional.of(json.value(written, key.type()));
    }
}

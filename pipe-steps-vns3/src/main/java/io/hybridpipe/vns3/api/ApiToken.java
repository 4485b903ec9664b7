// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.vns3.api;

import io.hybridpipe.Secret;
import java.time.Instant;
import java.util.Optional;

/**
 * A token that opens the API for a while in place of the password.
 *
 * @param id its id, for expiring and deleting it
 * @param name its name
 * @param token what {@link Credentials#token} takes
 * @param refreshes whether each use lengthens its life
 * @param expired whether it opens nothing any more
 * @param lifetime how long it lives, in the controller's words, such as {@code 1h}
 * @param createdAt when it was made
 * @param createdFrom the address it was asked for from
 * @param expiresAt when it expires
 * @param lastUsedAt when it was used last
 * @param lastUsedFrom the address it was used from last
 * @param other what else it tells
 */
public record ApiToken(
        int id,
        String name,
        Secret<String> token,
        boolean refreshes,
        boolean expired,
        Optional<String> lifetime,
        Optional<Instant> createdAt,
        Optional<String> createdFrom,
        Optional<Instant> expiresAt,
        Optional<Instant> lastUsedAt,
        Optional<String> lastUsedFrom,
        OtherFields other) {
    static ApiToken from(Fields fields) {
        return new ApiToken(
                fields.id(),
                fields.text("name", "token_name").orElse(""),
                fields.secret("token").orElse(Secret.of("")),
                fields.flag("refreshes"),
                fields.flag("expired"),
                fields.text("lifetime"),
                fields.instant("created_at"),
                fields.text("created_ip"),
                fields.instant("expires_at"),
                fields.instant("last_accessed_at"),
                fields.text("last_accessed_ip"),
                fields.other());
    }
}

// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.vns3.api;

import io.hybridpipe.Secret;
import java.time.Instant;
import java.util.Optional;

/**
 * A URL that lets whoever has it in for a while.
 *
 * @param id its id, for expiring and deleting it
 * @param name its name
 * @param url the URL, which needs no further password
 * @param access what it opens: {@code rs} for remote support, {@code cp:NAME} for a clientpack
 * @param expired whether it opens nothing any more
 * @param lifetime how long it lives, in the controller's words, such as {@code 1h}
 * @param createdAt when it was made
 * @param createdFrom the address it was asked for from
 * @param expiresAt when it expires
 * @param lastUsedAt when it was used last
 * @param lastUsedFrom the address it was used from last
 * @param other what else it tells
 */
public record AccessUrl(
        int id,
        String name,
        Secret<String> url,
        Optional<String> access,
        boolean expired,
        Optional<String> lifetime,
        Optional<Instant> createdAt,
        Optional<String> createdFrom,
        Optional<Instant> expiresAt,
        Optional<Instant> lastUsedAt,
        Optional<String> lastUsedFrom,
        OtherFields other) {
    static AccessUrl from(Fields fields) {
        return new AccessUrl(
                fields.id(),
                fields.text("name", "description").orElse(""),
                fields.secret("url").orElse(Secret.of("")),
                fields.text("access"),
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

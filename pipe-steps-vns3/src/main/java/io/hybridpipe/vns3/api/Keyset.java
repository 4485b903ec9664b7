// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.vns3.api;

import java.time.Instant;
import java.util.Optional;

/**
 * What {@code GET /keyset} tells of a controller's keyset, the credentials of its overlay network.
 *
 * @param present whether it is there
 * @param inProgress whether it is being made or fetched now
 * @param running for how many seconds already
 * @param checksum the same on all controllers of a topology
 * @param uuid its id
 * @param createdAt when it was ready
 * @param startedAt when the making or fetching began, in seconds since 1970; another number means another attempt
 * @param other what else it tells
 */
public record Keyset(
        boolean present,
        boolean inProgress,
        Optional<Long> running,
        Optional<String> checksum,
        Optional<String> uuid,
        Optional<Instant> createdAt,
        Optional<Long> startedAt,
        OtherFields other) {
    static Keyset from(Fields fields) {
        return new Keyset(
                fields.flag("keyset_present"),
                fields.flag("in_progress"),
                fields.longNumber("running"),
                fields.text("checksum"),
                fields.text("uuid"),
                fields.instant("created_at_i", "created_at"),
                fields.longNumber("started_at_i"),
                fields.other());
    }
}

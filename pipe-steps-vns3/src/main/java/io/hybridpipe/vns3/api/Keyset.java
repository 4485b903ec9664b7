// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.vns3.api;

import java.util.Optional;

/**
 * What {@code GET /keyset} tells of a controller's keyset, the credentials of its overlay network.
 *
 * @param present whether it is there
 * @param inProgress whether it is being made now
 * @param checksum the same on all controllers of a topology
 * @param startedAt when the making began, in seconds since 1970
 */
public record Keyset(boolean present, boolean inProgress, Optional<String> checksum, Optional<Long> startedAt) {
    static Keyset from(Fields fields) {
        return new Keyset(
                fields.flag("keyset_present"),
                fields.flag("in_progress"),
                fields.text("checksum"),
                fields.longNumber("started_at_i"));
    }
}

// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.vns3.api;

import java.util.Optional;

/**
 * What {@code GET /peering} tells of a controller's place in its topology.
 *
 * @param peered whether it is peered
 * @param id its id; empty until it is set
 */
public record Peering(boolean peered, Optional<Integer> id) {
    static Peering from(Fields fields) {
        return new Peering(fields.flag("peered"), fields.number("id"));
    }
}

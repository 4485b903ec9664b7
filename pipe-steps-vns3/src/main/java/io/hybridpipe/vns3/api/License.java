// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.vns3.api;

import java.util.List;
import java.util.Optional;

/**
 * What {@code GET /license} tells of a controller's license.
 *
 * @param finalized whether its parameters are set, which happens once and cannot be undone
 * @param state such as {@code accepted}, {@code in-progress}, {@code failed}
 * @param capabilities features such as {@code IPsec}
 * @param overlaySubnet the overlay's CIDR
 */
public record License(
        boolean finalized, Optional<String> state, List<String> capabilities, Optional<String> overlaySubnet) {
    static License from(Fields fields) {
        return new License(
                fields.flag("finalized"),
                fields.text("license"),
                fields.texts("capabilities"),
                fields.object("topology").text("overlay_subnet"));
    }
}

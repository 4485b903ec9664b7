// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.vns3.api;

import java.util.Map;
import java.util.Optional;

/**
 * A client that is connected to the overlay network.
 *
 * @param overlayAddress its address there
 * @param address where it connects from
 * @param controller the id of the controller it is connected to
 * @param tags the tags of its clientpack by key
 * @param other what else it tells
 */
public record ConnectedClient(
        Optional<String> overlayAddress,
        Optional<String> address,
        Optional<Integer> controller,
        Map<String, String> tags,
        OtherFields other) {
    static ConnectedClient from(Fields fields) {
        return new ConnectedClient(
                fields.text("overlay_ipaddress"),
                fields.text("ipaddress"),
                fields.number("managerid", "manager_id"),
                fields.textsByName("tags"),
                fields.other());
    }
}

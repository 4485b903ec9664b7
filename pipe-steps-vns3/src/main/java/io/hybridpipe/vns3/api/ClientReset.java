// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.vns3.api;

import java.util.Optional;

/**
 * What a controller answers when a client's connection is to be reset.
 *
 * @param disconnecting what it disconnects
 * @param overlayAddress the client's address in the overlay network
 * @param other what else it tells
 */
public record ClientReset(Optional<String> disconnecting, Optional<String> overlayAddress, OtherFields other) {
    static ClientReset from(Fields fields) {
        return new ClientReset(fields.text("disconnecting"), fields.text("overlay_ipaddress"), fields.other());
    }
}

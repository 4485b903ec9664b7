// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.vns3.api;

import java.util.List;
import java.util.Optional;

/**
 * What {@code GET /ipsec} tells: how a controller names itself to its peers, and which remote gateways it knows.
 *
 * @param address its own address as the world sees it
 * @param identity the address by which it names itself in IKE
 * @param overlaySubnet the overlay's CIDR
 * @param asn its autonomous system number
 * @param endpoints the remote gateways
 * @param other what else it tells
 */
public record Ipsec(
        Optional<String> address,
        Optional<String> identity,
        Optional<String> overlaySubnet,
        Optional<Long> asn,
        List<IpsecEndpoint> endpoints,
        OtherFields other) {
    static Ipsec from(Fields fields) {
        Fields self = fields.object("this_endpoint");
        return new Ipsec(
                self.text("ipaddress"),
                self.text("ipsec_local_ipaddress").or(() -> self.text("private_ipaddress")),
                self.text("overlay_subnet"),
                self.longNumber("asn"),
                fields.objects(IpsecEndpoint::from, "remote_endpoints"),
                fields.other());
    }
}

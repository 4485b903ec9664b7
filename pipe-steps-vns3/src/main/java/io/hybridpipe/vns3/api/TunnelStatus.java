// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.vns3.api;

import java.util.Optional;

/**
 * What {@code GET /status/ipsec} tells of one tunnel.
 *
 * @param id the tunnel's id
 * @param endpoint the id of its endpoint
 * @param connected whether traffic can pass
 * @param phase1 {@code up} when the gateways know each other (IKE)
 * @param phase2 {@code up} when the subnets are agreed (ESP)
 */
public record TunnelStatus(int id, int endpoint, boolean connected, Optional<String> phase1, Optional<String> phase2) {
    static TunnelStatus from(Fields fields) {
        Fields parameters = fields.object("tunnel_params");
        return new TunnelStatus(
                fields.number("id").orElse(0),
                fields.number("endpoint_id")
                        .or(() -> fields.number("endpointid"))
                        .orElse(0),
                fields.flag("connected"),
                parameters.text("phase1"),
                parameters.text("phase2"));
    }
}

// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.vns3.api;

import java.util.List;

/**
 * What {@code GET /status} tells of the network at this moment.
 *
 * @param clients the clients that are connected
 * @param subnets the subnets that can be reached
 * @param tunnels the IPsec tunnels
 * @param other what else it tells
 */
public record RuntimeStatus(
        List<ConnectedClient> clients, List<ConnectedSubnet> subnets, List<TunnelStatus> tunnels, OtherFields other) {
    static RuntimeStatus from(Fields fields) {
        return new RuntimeStatus(
                fields.objects(ConnectedClient::from, "connected_clients"),
                fields.list("connected_subnets").map(ConnectedSubnet::allIn).orElse(List.of()),
                fields.objects(TunnelStatus::from, "ipsec"),
                fields.other());
    }
}

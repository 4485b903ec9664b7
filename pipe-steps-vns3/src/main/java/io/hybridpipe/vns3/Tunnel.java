// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.vns3;

import io.hybridpipe.net.Cidr;
import io.hybridpipe.net.Ip;
import java.util.List;
import java.util.stream.Collectors;

/**
 * An IPsec peering between two controllers, as both sides know it.
 *
 * @param local one side
 * @param remote the other side
 */
public record Tunnel(Side local, Side remote) {
    /**
     * What one controller made of the peering.
     *
     * @param controller the controller's name
     * @param address the controller's address
     * @param endpoint the id of the IPsec endpoint that stands for the other side
     * @param ends this side's ends of the tunnels, in the order in which the pairs of subnets were given: the first end here
     *     and the first end there are of one tunnel
     */
    public record Side(String controller, Ip address, int endpoint, List<End> ends) {
        /** Copies the list. */
        public Side {
            ends = List.copyOf(ends);
        }

        private String subnets() {
            return ends.stream().map(end -> end.subnet().toString()).collect(Collectors.joining(", "));
        }
    }

    /**
     * One side's end of one tunnel.
     *
     * @param tunnel the tunnel's id on this side's controller
     * @param subnet the subnet on this side
     */
    public record End(int tunnel, Cidr subnet) {}

    @Override
    public String toString() {
        return local.controller() + " " + local.subnets() + " <-> " + remote.subnets() + " " + remote.controller();
    }
}

// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.vns3;

import io.hybridpipe.net.Cidr;
import io.hybridpipe.net.Ip;

/**
 * An IPsec tunnel between two controllers, as both sides know it.
 *
 * @param local one side
 * @param remote the other side
 */
public record Tunnel(Side local, Side remote) {
    /**
     * What one controller made of the tunnel.
     *
     * @param controller the controller's name
     * @param address the controller's address
     * @param endpoint the id of the IPsec endpoint that stands for the other side
     * @param tunnel the id of the tunnel under that endpoint
     * @param subnet the subnet on this side
     */
    public record Side(String controller, Ip address, int endpoint, int tunnel, Cidr subnet) {}

    @Override
    public String toString() {
        return local.controller() + " " + local.subnet() + " <-> " + remote.subnet() + " " + remote.controller();
    }
}

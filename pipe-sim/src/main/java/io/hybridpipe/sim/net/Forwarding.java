// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.sim.net;

import inet.ipaddr.IPAddress;

/** What a machine that routes does with a packet. */
public sealed interface Forwarding {

    /**
     * The packet was for the machine itself.
     *
     * @param why what decided
     */
    record Local(String why) implements Forwarding {}

    /**
     * It leaves again through the machine's interface.
     *
     * @param packet as it leaves
     * @param why what decided
     */
    record Out(Packet packet, String why) implements Forwarding {}

    /**
     * It goes through a tunnel.
     *
     * @param tunnel the tunnel's name
     * @param remoteGateway the public address of the other end
     * @param inner the packet that travels inside
     * @param why what decided
     */
    record IntoTunnel(String tunnel, IPAddress remoteGateway, Packet inner, String why) implements Forwarding {}

    /**
     * It ends here.
     *
     * @param by what dropped it
     * @param why the reason
     */
    record Dropped(String by, String why) implements Forwarding {}
}

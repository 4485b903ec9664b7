// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.sim.net;

import inet.ipaddr.IPAddress;

/**
 * One packet.
 *
 * @param source where it comes from
 * @param destination where it shall go
 * @param protocol what it carries
 * @param sourcePort 0 for protocols without ports
 * @param destinationPort 0 for protocols without ports
 */
public record Packet(IPAddress source, IPAddress destination, Protocol protocol, int sourcePort, int destinationPort) {

    /** This packet from another source, as after source translation. */
    public Packet withSource(IPAddress other) {
        return new Packet(other, destination, protocol, sourcePort, destinationPort);
    }

    /** This packet to another destination, as after destination translation. */
    public Packet withDestination(IPAddress other) {
        return new Packet(source, other, protocol, sourcePort, destinationPort);
    }

    /** The answer to this packet: ends and ports swapped. */
    public Packet reply() {
        return new Packet(destination, source, protocol, destinationPort, sourcePort);
    }
}

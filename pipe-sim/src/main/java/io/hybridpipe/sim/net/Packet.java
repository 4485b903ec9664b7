// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.sim.net;

import inet.ipaddr.IPAddress;
import inet.ipaddr.IPAddressString;

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

    /** A TCP packet from a high port, between addresses in text form. */
    public static Packet tcp(String source, String destination, int port) {
        return new Packet(address(source), address(destination), Protocol.TCP, 49152, port);
    }

    /** A ping, between addresses in text form. */
    public static Packet icmp(String source, String destination) {
        return new Packet(address(source), address(destination), Protocol.ICMP, 0, 0);
    }

    private static IPAddress address(String text) {
        IPAddress address = new IPAddressString(text).getAddress();
        if (address == null) {
            throw new IllegalArgumentException("not an address: " + text);
        }
        return address;
    }

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

// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.sim.net;

import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * The way of one packet, hop by hop, and whether it arrived; the last hop says where and why it ended.
 *
 * @param packet as it set out
 * @param hops what happened to it, in order
 * @param passed whether it reached its destination
 */
public record Trace(Packet packet, List<Hop> hops, boolean passed) {

    /**
     * One thing that happened to a packet.
     *
     * @param depth 0 for the packet itself, 1 for the packet around it in a tunnel, and so on
     * @param place the cloud and interface, or the machine
     * @param what what happened there
     * @param why the rules and routes that decided, naming ids
     */
    public record Hop(int depth, String place, String what, List<String> why) {

        /** One line, indented by depth. */
        @Override
        public String toString() {
            String reasons = why.isEmpty() ? "" : " [" + String.join("; ", why) + "]";
            return "  ".repeat(depth) + place + ": " + what + reasons;
        }
    }

    /** Copies the hops. */
    public Trace {
        hops = List.copyOf(hops);
    }

    /** Where the way ended. */
    public Hop end() {
        return hops.get(hops.size() - 1);
    }

    /** The packet and its fate, then one line a hop. */
    @Override
    public String toString() {
        return words(packet) + (passed ? " passes" : " is stopped") + "\n"
                + hops.stream().map(hop -> "  " + hop + "\n").collect(Collectors.joining());
    }

    static String words(Packet packet) {
        String ports = packet.destinationPort() == 0 ? "" : ":" + packet.destinationPort();
        return packet.protocol().name().toLowerCase(Locale.ROOT) + " " + packet.source() + " -> " + packet.destination()
                + ports;
    }

    /**
     * A packet and its answer.
     *
     * @param there the way of the packet
     * @param back the way of its answer
     */
    public record BothWays(Trace there, Trace back) {

        /** Whether both arrived. */
        public boolean passed() {
            return there.passed() && back.passed();
        }

        /** Both ways, one after the other. */
        @Override
        public String toString() {
            return there.toString() + back;
        }
    }
}

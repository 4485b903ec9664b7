// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.sim.net;

import java.util.List;

/**
 * A cloud as a packet sees it: interfaces, routes and rules as they are at the moment of the question. Thread-safe.
 *
 * <p>The two directions of a flow are asked for on their own; that real rules remember flows is the caller's to consider.
 */
public interface CloudNetwork {

    /** What to call it in an explanation. */
    String name();

    /** All interfaces there are now. */
    List<Port> ports();

    /**
     * Where a packet goes that an interface sends: source check, rules for leaving, route by longest prefix, next hop. The
     * interface at the next hop is not yet asked; hand the result to {@link #deliver}.
     */
    Next send(Port from, Packet packet);

    /**
     * Whether an interface takes in a packet: rules for entering, and the destination check when the packet is not for the
     * interface's own address. A packet to its public address is translated to the private one.
     */
    Next deliver(Port to, Packet packet);
}

// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.sim.net;

/** What runs on an interface's machine and routes packets, such as a VNS3 controller. Thread-safe. */
public interface Machine {

    /** What to call it in an explanation. */
    String name();

    /** What it does with a packet that reached it. */
    Forwarding forward(Packet packet);
}

// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.sim.net;

import java.net.URI;
import java.util.Optional;

/** What runs on an interface's machine and routes packets, such as a VNS3 controller. Thread-safe. */
public interface Machine {

    /** What to call it in an explanation. */
    String name();

    /** What it does with a packet that reached it. */
    Forwarding forward(Packet packet);

    /** Where on loopback its API is served, if it has one. */
    default Optional<URI> api() {
        return Optional.empty();
    }
}

// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.sim.vns3;

import inet.ipaddr.IPAddress;
import java.util.Optional;

/** One pair of selectors under an endpoint: what may pass between which subnets. */
record Tunnel(int id, int endpointId, IPAddress local, IPAddress remote, boolean enabled, String description, Ping ping)
        implements Selectors {

    /** The controller's own keep-alive ping through a tunnel, kept as it was given. */
    record Ping(String address, Optional<Integer> seconds, String device) {
        static final Ping NONE = new Ping("", Optional.empty(), "");
    }

    /** With other selectors. */
    Tunnel between(IPAddress here, IPAddress there) {
        return new Tunnel(id, endpointId, here, there, enabled, description, ping);
    }

    Tunnel withId(int given) {
        return new Tunnel(given, endpointId, local, remote, enabled, description, ping);
    }
}

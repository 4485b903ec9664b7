// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.sim.vns3;

import inet.ipaddr.IPAddress;
import java.time.Instant;

/** One of the pairs of subnets that a route-based endpoint carries in place of everything. */
record TrafficPair(
        int id,
        int endpointId,
        IPAddress local,
        IPAddress remote,
        boolean enabled,
        String description,
        Tunnel.Ping ping,
        Instant createdAt,
        Instant updatedAt)
        implements Selectors {

    TrafficPair withId(int given) {
        return new TrafficPair(given, endpointId, local, remote, enabled, description, ping, createdAt, updatedAt);
    }

    TrafficPair withEnabled(boolean on, Instant now) {
        return new TrafficPair(id, endpointId, local, remote, on, description, ping, createdAt, now);
    }

    /** Without its times, which tell nothing about what is configured. */
    String inventory() {
        return id + ": " + selectors() + (enabled ? "" : " disabled") + " " + description + " " + ping;
    }
}

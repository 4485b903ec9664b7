// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.vns3.api;

import java.time.Instant;
import java.util.Optional;

/**
 * Two subnets that a route-based endpoint lets talk to each other.
 *
 * @param id its id on that controller
 * @param localSubnet the subnet on this side
 * @param remoteSubnet the subnet on the other side
 * @param description free text
 * @param enabled whether it is in force
 * @param endpoint the id of its endpoint
 * @param ping what is pinged through it to keep it up
 * @param createdAt when it was made
 * @param updatedAt when it was changed
 * @param other what else it tells
 */
public record TrafficPair(
        int id,
        String localSubnet,
        String remoteSubnet,
        String description,
        boolean enabled,
        int endpoint,
        Ping ping,
        Optional<Instant> createdAt,
        Optional<Instant> updatedAt,
        OtherFields other) {
    static TrafficPair from(Fields fields) {
        return new TrafficPair(
                fields.id(),
                fields.text("local_subnet").orElse(""),
                fields.text("remote_subnet").orElse(""),
                fields.text("description").orElse(""),
                fields.either("enabled").orElse(true),
                fields.number("endpoint_id", "ipsec_endpoint_id").orElse(0),
                Ping.from(fields),
                fields.instant("created_at"),
                fields.instant("updated_at"),
                fields.other());
    }
}

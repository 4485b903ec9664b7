// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.vns3.api;

import java.time.Duration;
import java.util.Optional;

/**
 * What a controller pings through a tunnel to keep it up, if anything.
 *
 * @param address what is pinged
 * @param every how long between two pings
 * @param device the interface whose address is the sender's, such as {@code eth0}
 */
public record Ping(Optional<String> address, Optional<Duration> every, Optional<String> device) {
    static Ping from(Fields fields) {
        return new Ping(
                fields.text("ping_ipaddress"),
                fields.longNumber("ping_interval").map(Duration::ofSeconds),
                fields.text("ping_interface"));
    }
}

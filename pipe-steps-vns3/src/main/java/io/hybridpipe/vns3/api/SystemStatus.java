// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.vns3.api;

import java.time.Duration;
import java.util.Optional;

/**
 * What {@code GET /status/system} tells of the machine.
 *
 * @param version the software version
 * @param uptime how long ago it started, if it says so
 */
public record SystemStatus(Optional<String> version, Optional<Duration> uptime) {
    static SystemStatus from(Fields fields) {
        return new SystemStatus(
                fields.text("vns3_version"), fields.longNumber("uptime").map(Duration::ofSeconds));
    }
}

// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.vns3.api;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * What {@code GET /status/system} tells of the machine.
 *
 * @param version the software version
 * @param kernel the kernel's version
 * @param uptime how long ago it started, if it says so
 * @param timestamp the machine's own time
 * @param loadAverage the load of the last minutes
 * @param memory lines on its memory
 * @param swap lines on its swap space
 * @param other what else it tells, such as {@code diskinfo} and {@code container_system}
 */
public record SystemStatus(
        Optional<Vns3Version> version,
        Optional<String> kernel,
        Optional<Duration> uptime,
        Optional<Instant> timestamp,
        List<String> loadAverage,
        List<String> memory,
        List<String> swap,
        OtherFields other) {
    static SystemStatus from(Fields fields) {
        return new SystemStatus(
                fields.version("vns3_version"),
                fields.text("kernel_version"),
                fields.longNumber("uptime").map(Duration::ofSeconds),
                fields.instant("timestamp_i", "timestamp"),
                fields.texts("loadavg"),
                fields.texts("meminfo"),
                fields.texts("swapinfo"),
                fields.other());
    }
}

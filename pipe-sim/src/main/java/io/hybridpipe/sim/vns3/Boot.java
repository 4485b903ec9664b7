// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.sim.vns3;

import java.time.Duration;

/**
 * How long a controller takes to go down and to come up, in simulated time.
 *
 * <p>A starting controller refuses connections, then a proxy in front of it answers 502 and 503 in HTML, then, after a launch
 * only, every password is answered 401 because none is set yet. Real lengths are not published.
 *
 * @param goesDownAfter from the answer that announces a reboot to the moment when connections are refused
 * @param refused how long connections are refused
 * @param badGateway how long 502 and then 503 are answered, half of the time each
 * @param unauthorized how long 401 is answered after a launch
 */
public record Boot(Duration goesDownAfter, Duration refused, Duration badGateway, Duration unauthorized) {

    /** Down after 2 s, refused for 20 s, 502 and 503 for 6 s, 401 for 4 s. */
    public static Boot ofDefaults() {
        return new Boot(Duration.ofSeconds(2), Duration.ofSeconds(20), Duration.ofSeconds(6), Duration.ofSeconds(4));
    }
}

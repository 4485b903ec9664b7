// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.sim.vns3;

import inet.ipaddr.IPAddress;
import io.hybridpipe.sim.SimClock;
import io.hybridpipe.sim.net.World;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/** What every part of a controller knows of the machine that it runs on. */
interface Box {
    String name();

    /** What it calls its software. */
    String version();

    default SoftwareVersion release() {
        return SoftwareVersion.of(version());
    }

    /** The name of the machine in its cloud, or of the controller where it has none. */
    String machine();

    SimClock clock();

    Optional<World> world();

    IPAddress privateAddress();

    /** As the world has it at this moment: addresses are associated after a launch. */
    Optional<IPAddress> publicAddress();

    /** The block of neighbours around the private address. */
    IPAddress subnet();

    Instant startedAt();

    /** Goes down once the answer to the call at hand, or to the one that began it, has gone out, and boots again. */
    void reboot();

    /** Has the process behind the API start anew once the call at hand is answered: its proxy answers 502 meanwhile. */
    void resetApi();

    /** Runs a task later under the controller's lock, unless the controller is down or closed by then. */
    void later(Duration delay, Runnable task);

    /** The address that the internet sees, or the private one where there is no other. */
    default IPAddress address() {
        return publicAddress().orElseGet(this::privateAddress);
    }
}

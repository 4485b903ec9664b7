// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.sim.net;

import inet.ipaddr.IPAddress;
import java.util.Optional;

/**
 * A network interface in a cloud.
 *
 * @param id the cloud's id of it
 * @param privateAddress its address in the cloud's network
 * @param publicAddress the internet address that is translated to it
 * @param machine the id of the instance or VM that it is attached to, or empty
 */
public record Port(String id, IPAddress privateAddress, Optional<IPAddress> publicAddress, String machine) {

    /** What people call it: the last part of an id that is a path, else the whole id. */
    public String label() {
        return id.substring(id.lastIndexOf('/') + 1);
    }
}

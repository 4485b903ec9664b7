// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.sim.azure;

import inet.ipaddr.IPAddress;
import java.util.Optional;

/**
 * Something happened to a virtual machine that whoever assembles a world may have to follow.
 *
 * @param kind what happened
 * @param subscription where it is
 * @param machine its id
 * @param image what it was made from: an image's id, or {@code publisher:offer:sku:version}; empty if from a disk
 * @param port the id of its primary network interface
 * @param privateAddress of that interface
 * @param publicAddress of that interface at the moment of the event, if it has one
 */
public record MachineEvent(
        Kind kind,
        String subscription,
        String machine,
        String image,
        String port,
        IPAddress privateAddress,
        Optional<IPAddress> publicAddress) {

    /** What can happen. */
    public enum Kind {
        /** It is running; its software begins to boot. */
        RUNNING,
        /** While running, its primary interface gained or lost a public address. */
        ADDRESS_CHANGED,
        /** It is being stopped, deallocated or restarted; nothing on it answers until it is running again. */
        STOPPED,
        /** It was deleted. */
        GONE
    }

    MachineEvent as(Kind other) {
        return new MachineEvent(other, subscription, machine, image, port, privateAddress, publicAddress);
    }
}

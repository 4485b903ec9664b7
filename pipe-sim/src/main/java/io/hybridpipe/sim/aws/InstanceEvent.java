// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.sim.aws;

import inet.ipaddr.IPAddress;
import java.util.Optional;

/**
 * Something happened to an instance that whoever assembles a world may have to follow.
 *
 * @param kind what happened
 * @param account the account that owns the instance
 * @param region where it is
 * @param instance its id
 * @param image what it was launched from
 * @param port the id of its primary network interface
 * @param privateAddress of that interface
 * @param publicAddress of that interface at the moment of the event, if it has one
 */
public record InstanceEvent(
        Kind kind,
        String account,
        String region,
        String instance,
        SimAws.Image image,
        String port,
        IPAddress privateAddress,
        Optional<IPAddress> publicAddress) {

    /** What can happen. */
    public enum Kind {
        /** It changed from pending to running; its software begins to boot. */
        RUNNING,
        /** While running, its primary interface gained or lost a public address. */
        ADDRESS_CHANGED,
        /** It is being stopped; nothing on it answers until it is running again. */
        STOPPED,
        /** Its end began; nothing on it answers any more. */
        TERMINATED
    }
}

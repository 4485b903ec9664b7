// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.sim.net;

import java.util.List;

/** What a cloud network does with a packet, and the rules and routes that decided it, one line each, naming ids. */
public sealed interface Next {

    /**
     * It goes to an interface.
     *
     * @param to the interface; after {@link CloudNetwork#send} it has yet to let the packet in
     * @param packet as it arrives there
     * @param why what decided
     */
    record Deliver(Port to, Packet packet, List<String> why) implements Next {}

    /**
     * It leaves for the internet.
     *
     * @param packet with its source translated to the public address
     * @param why what decided
     */
    record ToInternet(Packet packet, List<String> why) implements Next {}

    /**
     * It ends here.
     *
     * @param by what dropped it, by name and id
     * @param why the reason
     * @param passed what had let it through before
     */
    record Dropped(String by, String why, List<String> passed) implements Next {}
}

// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.sim.vns3;

import inet.ipaddr.IPAddress;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;

/**
 * What both ends of a tunnel have in common since it was negotiated last, as one of them sees it. The names of its two
 * directions follow from that alone, so that what is inbound at one end is outbound at the other.
 *
 * @param at when the end that came up last did
 * @param here the address by which the other end sees this one
 * @param there the other end's
 */
record Association(Instant at, IPAddress here, IPAddress there) {

    Association asSeenFromThere() {
        return new Association(at, there, here);
    }

    Association orLater(Association other) {
        return other.at.isBefore(at) ? this : other;
    }

    /** @param renewals how often it was negotiated anew because its time was over */
    String inboundSpi(List<Selectors> selectors, long renewals) {
        return spi(there, here, selectors.stream().map(one -> one.remote() + ">" + one.local()), renewals);
    }

    String outboundSpi(List<Selectors> selectors, long renewals) {
        return spi(here, there, selectors.stream().map(one -> one.local() + ">" + one.remote()), renewals);
    }

    private String spi(IPAddress from, IPAddress to, Stream<String> subnets, long renewals) {
        String name = from + ">" + to + " " + subnets.sorted().distinct().toList() + " " + at + " " + renewals;
        return "%08x".formatted(name.hashCode());
    }
}

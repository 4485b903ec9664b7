// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.sim.net;

/** The IP protocols that the stand-ins' rules tell apart. */
public enum Protocol {
    /** Echo and its kin; has no ports. */
    ICMP,
    /** With ports. */
    TCP,
    /** With ports; IKE uses 500 and 4500. */
    UDP,
    /** IPsec's own protocol, number 50; has no ports. */
    ESP
}

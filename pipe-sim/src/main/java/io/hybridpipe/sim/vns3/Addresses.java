// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.sim.vns3;

import inet.ipaddr.AddressStringParameters.RangeParameters;
import inet.ipaddr.IPAddress;
import inet.ipaddr.IPAddressString;
import inet.ipaddr.IPAddressStringParameters;
import java.util.Optional;

/** Reads addresses and CIDRs strictly: the library's wildcards, ranges and short forms are not what the API takes. */
final class Addresses {
    private static final IPAddressStringParameters STRICT = new IPAddressStringParameters.Builder()
            .allowAll(false)
            .allowEmpty(false)
            .allowSingleSegment(false)
            .allowMask(false)
            .allow_inet_aton(false)
            .setRangeOptions(RangeParameters.NO_RANGE)
            .toParams();

    private Addresses() {}

    /** One host address, without a prefix length. */
    static Optional<IPAddress> host(String text) {
        return Optional.ofNullable(new IPAddressString(text.trim(), STRICT).getAddress())
                .filter(address -> !address.isPrefixed());
    }

    /** A block with its host bits cleared; a bare address is a block of one. */
    static Optional<IPAddress> cidr(String text) {
        return Optional.ofNullable(new IPAddressString(text.trim(), STRICT).getAddress())
                .map(address -> address.isPrefixed() ? address.toPrefixBlock() : address);
    }

    /** The address of an interface in CIDR form: {@code 169.254.1.1/30} keeps its host bits. */
    static Optional<IPAddress> interfaceCidr(String text) {
        return Optional.ofNullable(new IPAddressString(text.trim(), STRICT).getAddress());
    }

    static String text(IPAddress block) {
        return block.isMultiple() || block.isPrefixed()
                ? block.toCanonicalString()
                : block.toCanonicalString() + "/" + block.getBitCount();
    }
}

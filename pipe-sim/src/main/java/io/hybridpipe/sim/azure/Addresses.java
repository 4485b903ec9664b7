// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.sim.azure;

import inet.ipaddr.IPAddress;
import inet.ipaddr.IPAddressString;
import java.util.Optional;

/** Reads addresses and prefixes as the network service takes them. */
final class Addresses {

    private Addresses() {}

    /** A single address, without a prefix. */
    static Optional<IPAddress> address(String text) {
        return text.contains("/") ? Optional.empty() : block(text);
    }

    /** A prefix in CIDR notation whose host bits are zero; anything else is refused as the service does. */
    static IPAddress prefix(String text, String resource) {
        var block = text.contains("/") ? block(text) : Optional.<IPAddress>empty();
        if (block.isEmpty()) {
            throw ArmError.badRequest(
                    "InvalidAddressPrefixFormat",
                    "Address prefix %s of resource %s is not formatted correctly. It should follow CIDR notation, for"
                            + " example 10.0.0.0/24.",
                    text,
                    resource);
        }
        var prefix = block.get().toPrefixBlock();
        if (!prefix.getLower().equals(block.get().getLower())) {
            throw ArmError.badRequest(
                    "InvalidCIDRNotation",
                    "The address prefix %s in resource %s has an invalid CIDR notation. For the given prefix length, the"
                            + " address prefix should be %s.",
                    text,
                    resource,
                    prefix);
        }
        return prefix;
    }

    /** An address or a CIDR block; empty if the text is neither. */
    static Optional<IPAddress> block(String text) {
        // the library also reads "", "*", "10.1" and "1.2.3.*"; the service does not
        var string = new IPAddressString(text);
        var plain = text.matches("[0-9]+(\\.[0-9]+){3}(/[0-9]+)?")
                || text.matches("[0-9A-Fa-f:]*:[0-9A-Fa-f:.]*(/[0-9]+)?");
        return plain && string.isValid() ? Optional.ofNullable(string.getAddress()) : Optional.empty();
    }
}

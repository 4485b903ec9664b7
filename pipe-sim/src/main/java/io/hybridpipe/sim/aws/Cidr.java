// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.sim.aws;

import inet.ipaddr.AddressStringException;
import inet.ipaddr.IPAddress;
import inet.ipaddr.IPAddressString;
import inet.ipaddr.IncompatibleAddressException;

/** Reads CIDR blocks and addresses as EC2 does: IPv4, host bits dropped. */
final class Cidr {

    private Cidr() {}

    /** A block in canonical form, or the service's refusal. */
    static IPAddress block(String text, String parameter) {
        try {
            var address = new IPAddressString(text).toAddress();
            if (text.contains("/") && address.isIPv4() && address.isPrefixed()) {
                return address.toPrefixBlock();
            }
        } catch (AddressStringException | IncompatibleAddressException e) {
            // refused below like every other text that is no block
        }
        throw AwsError.invalid(
                "Value (%s) for parameter %s is invalid. This is not a valid CIDR block.", text, parameter);
    }

    /** A single address, or the service's refusal. */
    static IPAddress address(String text) {
        var parsed = new IPAddressString(text);
        var address = parsed.isIPv4() && !text.contains("/") ? parsed.getAddress() : null;
        if (address == null || address.isMultiple()) {
            throw AwsError.of("InvalidAddress.Malformed", "Invalid IPv4 address: %s", text);
        }
        return address;
    }
}

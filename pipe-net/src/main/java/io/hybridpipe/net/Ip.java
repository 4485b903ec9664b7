// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.net;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import inet.ipaddr.AddressStringException;
import inet.ipaddr.AddressStringParameters.RangeParameters;
import inet.ipaddr.IPAddress;
import inet.ipaddr.IPAddressString;
import inet.ipaddr.IPAddressStringParameters;
import java.net.InetAddress;

/**
 * One IPv4 or IPv6 address, such as {@code 10.1.0.10}.
 *
 * <p>In JSON it is a plain string. Ordered IPv4 first, then by number. Immutable.
 */
public final class Ip implements Comparable<Ip> {
    // 010.1.0.0, 10.1 and 0x0a010000 mean different addresses to different programs, so none of them is taken
    private static final IPAddressStringParameters STRICT = new IPAddressStringParameters.Builder()
            .allowEmpty(false)
            .allowSingleSegment(false)
            .allowPrefix(false)
            .allowMask(false)
            .allowAll(false)
            .allowWildcardedSeparator(false)
            .allow_inet_aton(false)
            .setRangeOptions(RangeParameters.NO_RANGE)
            .getIPv4AddressParametersBuilder()
            .allowLeadingZeros(false)
            .allowBinary(false)
            .getParentBuilder()
            .getIPv6AddressParametersBuilder()
            .allowZone(false)
            .allowBinary(false)
            .allowBase85(false)
            .getParentBuilder()
            .toParams();

    private final IPAddress address;

    private Ip(IPAddress address) {
        this.address = address;
    }

    /**
     * The address written in this text: four decimal numbers without leading zeros, or IPv6 without a zone.
     *
     * @throws IllegalArgumentException if it is none; the message shows the text
     */
    @JsonCreator
    public static Ip of(String text) {
        try {
            return new Ip(parse(text));
        } catch (AddressStringException | IllegalArgumentException notOne) {
            throw new IllegalArgumentException(Quoted.of(text) + " is not an IP address"
                    + (text.indexOf('/') >= 0 ? ": it has a prefix length" : ""));
        }
    }

    static Ip of(IPAddress address) {
        return new Ip(address.withoutPrefixLength());
    }

    static IPAddress parse(String text) throws AddressStringException {
        // the library would trim, and what is written back must be what was read
        if (text.chars().anyMatch(Character::isWhitespace)) {
            throw new IllegalArgumentException("white space");
        }
        return new IPAddressString(text, STRICT).toAddress();
    }

    /** Whether it is an IPv6 address. */
    public boolean isIpv6() {
        return address.isIPv6();
    }

    /** The block that holds this address alone: {@code /32}, or {@code /128} for IPv6. */
    public Cidr toCidr() {
        return Cidr.of(this, address.getBitCount());
    }

    /** The same as the JDK's type; nothing is looked up. */
    public InetAddress toInetAddress() {
        return address.toInetAddress();
    }

    IPAddress address() {
        return address;
    }

    @Override
    public int compareTo(Ip other) {
        return address.compareTo(other.address);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Ip ip && ip.address.equals(address);
    }

    @Override
    public int hashCode() {
        return address.hashCode();
    }

    /** The address in its canonical form, for instance {@code 10.1.0.10} or {@code 2001:db8::1}. */
    @JsonValue
    @Override
    public String toString() {
        return address.toCanonicalString();
    }
}

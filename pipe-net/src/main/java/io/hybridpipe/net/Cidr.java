// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.net;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import inet.ipaddr.AddressStringException;
import inet.ipaddr.IPAddress;
import java.math.BigInteger;
import java.util.regex.Pattern;

/**
 * A block of IPv4 or IPv6 addresses, such as {@code 10.1.0.0/16}.
 *
 * <p>In JSON it is a plain string. Ordered by its first address, IPv4 first, the larger block first. Immutable.
 */
public final class Cidr implements Comparable<Cidr> {
    private static final Pattern NUMBER = Pattern.compile("0|[1-9][0-9]{0,2}");

    private final IPAddress block;

    private Cidr(IPAddress block) {
        this.block = block;
    }

    /**
     * The block written in this text: a network address, a slash and the prefix length.
     *
     * @throws IllegalArgumentException if it is none, for instance because bits are set behind the prefix; the message
     *     shows the text and says what is wrong with it
     */
    @JsonCreator
    public static Cidr of(String text) {
        int slash = text.indexOf('/');
        if (slash < 0) {
            throw not(text, "it has no prefix length, such as the /16 of 10.1.0.0/16");
        }
        IPAddress address;
        try {
            address = Ip.parse(text.substring(0, slash));
        } catch (AddressStringException | IllegalArgumentException notOne) {
            throw not(text, Quoted.of(text.substring(0, slash)) + " is not an IP address");
        }
        String prefix = text.substring(slash + 1);
        if (!NUMBER.matcher(prefix).matches() || Integer.parseInt(prefix) > address.getBitCount()) {
            throw not(
                    text,
                    "the prefix length " + Quoted.of(prefix) + " is not a number from 0 to " + address.getBitCount());
        }
        IPAddress block = address.toPrefixBlock(Integer.parseInt(prefix));
        if (!block.getLower().equals(address)) {
            throw not(text, "bits are set behind the prefix; the block is " + new Cidr(block));
        }
        return new Cidr(block);
    }

    /**
     * The block with this prefix length that holds the address, whatever bits the address has behind the prefix.
     *
     * @param prefix from 0 to 32, or to 128 for IPv6
     * @throws IllegalArgumentException if the prefix length is out of range
     */
    public static Cidr of(Ip address, int prefix) {
        if (prefix < 0 || prefix > address.address().getBitCount()) {
            throw new IllegalArgumentException("prefix length " + prefix + " is not a number from 0 to "
                    + address.address().getBitCount());
        }
        return new Cidr(address.address().toPrefixBlock(prefix));
    }

    static Cidr of(IPAddress prefixBlock) {
        return new Cidr(prefixBlock);
    }

    /** The first address, by which the block is named. */
    public Ip network() {
        return Ip.of(block.getLower());
    }

    /** The last address; in an IPv4 network that for broadcast. */
    public Ip last() {
        return Ip.of(block.getUpper());
    }

    /** The prefix length, from 0 to 32, or to 128 for IPv6. */
    public int prefix() {
        return block.getNetworkPrefixLength();
    }

    /** Whether these are IPv6 addresses. */
    public boolean isIpv6() {
        return block.isIPv6();
    }

    /** How many addresses the block has, the first and the last included. */
    public BigInteger addresses() {
        return block.getCount();
    }

    /**
     * How many hosts an ordinary network on this block can have: in IPv4 all addresses but the first and the last, except
     * that a {@code /31} has two and a {@code /32} one. Clouds keep more for themselves (AWS and Azure five in each subnet).
     */
    public BigInteger hosts() {
        boolean keepsTwo = block.isIPv4() && prefix() < 31;
        return keepsTwo ? addresses().subtract(BigInteger.TWO) : addresses();
    }

    /**
     * The address at a place in the block, counted from 0, which is the network address.
     *
     * @throws IndexOutOfBoundsException if the block has no such place
     */
    public Ip address(long index) {
        if (index < 0 || BigInteger.valueOf(index).compareTo(addresses()) >= 0) {
            throw new IndexOutOfBoundsException("address " + index + " of " + this + ", which has " + addresses());
        }
        return Ip.of(block.getLower().increment(index));
    }

    /** Whether the address is in this block; never for addresses of the other IP version. */
    public boolean contains(Ip address) {
        return block.contains(address.address());
    }

    /** Whether all of the other block is in this one. */
    public boolean contains(Cidr other) {
        return block.contains(other.block);
    }

    /** Whether some address is in both blocks. */
    public boolean overlaps(Cidr other) {
        return block.overlaps(other.block);
    }

    IPAddress block() {
        return block;
    }

    @Override
    public int compareTo(Cidr other) {
        int byNetwork = network().compareTo(other.network());
        return byNetwork == 0 ? Integer.compare(prefix(), other.prefix()) : byNetwork;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Cidr cidr && cidr.prefix() == prefix() && cidr.block.equals(block);
    }

    @Override
    public int hashCode() {
        return block.hashCode();
    }

    /** The block in its canonical form, for instance {@code 10.1.0.0/16}. */
    @JsonValue
    @Override
    public String toString() {
        return block.toCanonicalString();
    }

    private static IllegalArgumentException not(String text, String why) {
        return new IllegalArgumentException(Quoted.of(text) + " is not a CIDR: " + why);
    }
}

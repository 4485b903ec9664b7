// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.net;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A subnet that a network is to have: of a given size anywhere, or exactly here.
 *
 * @param name what it is called
 * @param prefix its prefix length
 * @param cidr where it is, or null if any free place will do
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record SubnetRequest(
        String name, int prefix, @Nullable Cidr cidr) {
    /**
     * Addresses of each subnet that no host can have: in AWS the first four and the last
     * (docs.aws.amazon.com, "Subnet CIDR blocks"), in Azure as many (learn.microsoft.com, "Virtual network FAQ").
     */
    static final int KEPT_BY_CLOUDS = 5;

    /** Checks that both ways to say the size agree. */
    public SubnetRequest {
        Objects.requireNonNull(name, "name");
        if (cidr != null && cidr.prefix() != prefix) {
            throw new IllegalArgumentException(
                    "subnet " + Quoted.of(name) + " has prefix " + prefix + " but is " + cidr);
        }
    }

    /** A subnet that is exactly here. */
    public static SubnetRequest of(String name, Cidr cidr) {
        return new SubnetRequest(name, cidr.prefix(), cidr);
    }

    /** A subnet with this prefix length, anywhere in its network. */
    public static SubnetRequest of(String name, int prefix) {
        return new SubnetRequest(name, prefix, null);
    }

    /**
     * The smallest IPv4 subnet that has room for so many hosts beside the five addresses that AWS and Azure keep; for
     * instance 251 hosts fit into a {@code /24} and 252 need a {@code /23}.
     *
     * @param hosts from 1 to 2^32 - 5
     * @throws IllegalArgumentException if it is out of range
     */
    public static SubnetRequest forHosts(String name, long hosts) {
        if (hosts < 1 || hosts > (1L << 32) - KEPT_BY_CLOUDS) {
            throw new IllegalArgumentException(hosts + " hosts do not fit into any IPv4 subnet");
        }
        return of(name, Long.numberOfLeadingZeros(hosts + KEPT_BY_CLOUDS - 1) - 32);
    }
}

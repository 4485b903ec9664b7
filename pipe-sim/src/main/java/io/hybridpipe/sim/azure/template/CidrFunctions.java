// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.sim.azure.template;

import static io.hybridpipe.sim.azure.template.Values.text;

import com.fasterxml.jackson.databind.JsonNode;
import inet.ipaddr.AddressStringException;
import inet.ipaddr.IPAddress;
import inet.ipaddr.IPAddressString;
import inet.ipaddr.IncompatibleAddressException;
import inet.ipaddr.ipv4.IPv4Address;
import inet.ipaddr.ipv6.IPv6Address;
import java.math.BigInteger;
import java.util.List;

/** Functions on address ranges, as the page "CIDR functions for ARM templates" says. */
final class CidrFunctions {

    static final List<Function> ALL = List.of(
            new Function("parseCidr", 1, 1, (in, args) -> parse(args)),
            new Function("cidrSubnet", 3, 3, (in, args) -> subnet(args)),
            new Function("cidrHost", 2, 2, (in, args) -> host(args)));

    private CidrFunctions() {}

    private static IPAddress network(Arguments args) {
        var given = args.text(0);
        try {
            var string = new IPAddressString(given);
            if (given.indexOf('/') > 0 && string.isIPAddress() && string.isPrefixed()) {
                return string.toAddress().toPrefixBlock();
            }
        } catch (AddressStringException | IncompatibleAddressException e) {
            throw args.refused("'%s' is not a valid CIDR notation of an IP address range", given);
        }
        throw args.refused("'%s' is not a valid CIDR notation of an IP address range", given);
    }

    private static JsonNode parse(Arguments args) {
        var network = network(args);
        var parsed = Values.object()
                .put("network", plain(network.getLower()))
                .put("netmask", plain(network.getNetworkMask()));
        if (network.isIPv4()) {
            parsed.put("broadcast", plain(network.getUpper()));
        }
        return parsed.put("firstUsable", plain(network.getLower().increment(below(network))))
                .put("lastUsable", plain(network.getUpper().increment(-below(network))))
                .put("cidr", network.getNetworkPrefixLength());
    }

    private static JsonNode subnet(Arguments args) {
        var network = network(args);
        var length = args.small(1);
        var index = args.number(2);
        var own = network.getNetworkPrefixLength();
        if (length < own || length > network.getBitCount()) {
            throw args.refused("the new CIDR '%d' must be between '%d' and '%d'", length, own, network.getBitCount());
        }
        var count = BigInteger.ONE.shiftLeft(length - own);
        if (index < 0 || BigInteger.valueOf(index).compareTo(count) >= 0) {
            throw args.refused(
                    "the subnet index '%d' must be at least 0 and less than the number of subnets, '%s'", index, count);
        }
        var offset = BigInteger.valueOf(index).shiftLeft(network.getBitCount() - length);
        return text(plain(plus(network.getLower(), offset)) + "/" + length);
    }

    private static JsonNode host(Arguments args) {
        var network = network(args);
        var index = args.number(1);
        var first = below(network);
        var usable = network.getCount().subtract(BigInteger.valueOf(2L * first));
        if (index < 0 || BigInteger.valueOf(index).compareTo(usable) >= 0) {
            throw args.refused(
                    "the host index '%d' must be at least 0 and less than the number of usable addresses, '%s'",
                    index, usable);
        }
        return text(plain(plus(network.getLower(), BigInteger.valueOf(index).add(BigInteger.valueOf(first)))));
    }

    /** How many addresses at each end are not usable: the network's own and its broadcast address in an IPv4 range that has them. */
    private static int below(IPAddress network) {
        return network.isIPv4() && network.getNetworkPrefixLength() <= 30 ? 1 : 0;
    }

    private static IPAddress plus(IPAddress address, BigInteger offset) {
        var sum = new BigInteger(1, address.getBytes()).add(offset);
        var bytes = new byte[address.getByteCount()];
        var raw = sum.toByteArray();
        var length = Math.min(raw.length, bytes.length);
        System.arraycopy(raw, raw.length - length, bytes, bytes.length - length, length);
        return address.isIPv4() ? new IPv4Address(bytes) : new IPv6Address(bytes);
    }

    private static String plain(IPAddress address) {
        return address.withoutPrefixLength().toCanonicalString();
    }
}

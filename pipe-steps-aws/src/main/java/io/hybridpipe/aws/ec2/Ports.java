// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.aws.ec2;

import java.util.Set;
import software.amazon.awssdk.services.ec2.model.IpPermission;
import software.amazon.awssdk.services.ec2.model.SecurityGroupRule;

/**
 * The protocol of a rule and its ports, as EC2 says them.
 *
 * @param protocol a name or a number; {@code -1} is any
 * @param first the first port, or -1 where there are none
 * @param last the last port, or -1 where there are none
 */
record Ports(String protocol, int first, int last) {
    private static final int NONE = -1;
    private static final Set<String> WITH_PORTS = Set.of("tcp", "udp");
    private static final Set<String> WITH_TYPES = Set.of("icmp", "icmpv6");

    static Ports tcp(int first, int last) {
        return range("tcp", first, last);
    }

    static Ports udp(int first, int last) {
        return range("udp", first, last);
    }

    /** ICMP of every type and code, in the version of the source. */
    static Ports icmp() {
        return new Ports("icmp", NONE, NONE);
    }

    static Ports all() {
        return new Ports("-1", NONE, NONE);
    }

    /** A protocol by its number, such as 50 for ESP; those with ports or types have methods of their own. */
    static Ports protocol(int number) {
        if (number < 0 || number > 255) {
            throw new IllegalArgumentException("protocol " + number + " is not within 0 to 255");
        }
        if (number == 1 || number == 6 || number == 17 || number == 58) {
            throw new IllegalArgumentException("protocol " + number + ": say icmp(), tcp(..) or udp(..)");
        }
        return new Ports(String.valueOf(number), NONE, NONE);
    }

    private static Ports range(String protocol, int first, int last) {
        if (first < 0 || last > 65535 || last < first) {
            throw new IllegalArgumentException("ports " + first + " to " + last + " are not within 0 to 65535");
        }
        return new Ports(protocol, first, last);
    }

    Ports inIpv6() {
        return protocol.equals("icmp") ? new Ports("icmpv6", first, last) : this;
    }

    boolean areOf(SecurityGroupRule rule) {
        boolean anyPorts = !WITH_PORTS.contains(protocol) && !WITH_TYPES.contains(protocol);
        return protocol.equals(rule.ipProtocol())
                && (anyPorts
                        || (Integer.valueOf(first).equals(rule.fromPort())
                                && Integer.valueOf(last).equals(rule.toPort())));
    }

    /** With ports where there are none, too: EC2 takes no notice of them, and emulators fail without. */
    IpPermission.Builder toPermission() {
        return IpPermission.builder().ipProtocol(protocol).fromPort(first).toPort(last);
    }

    @Override
    public String toString() {
        if (protocol.equals("-1")) {
            return "all traffic";
        }
        if (WITH_PORTS.contains(protocol)) {
            return protocol + " " + first + (first == last ? "" : "-" + last);
        }
        return WITH_TYPES.contains(protocol) ? protocol : "protocol " + protocol;
    }
}

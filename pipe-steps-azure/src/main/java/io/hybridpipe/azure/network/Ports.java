// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.azure.network;

import com.azure.resourcemanager.network.fluent.models.SecurityRuleInner;
import com.azure.resourcemanager.network.models.SecurityRuleProtocol;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * To what a security rule lets callers: a protocol, and of TCP and UDP which ports.
 *
 * @param protocol as the service calls it
 * @param ports numbers, or an asterisk alone for all and for protocols without ports
 */
record Ports(SecurityRuleProtocol protocol, List<String> ports) {
    private static final List<String> ALL = List.of("*");

    Ports {
        ports = List.copyOf(ports);
    }

    static Ports tcp(int... ports) {
        return new Ports(SecurityRuleProtocol.TCP, checked(ports));
    }

    static Ports udp(int... ports) {
        return new Ports(SecurityRuleProtocol.UDP, checked(ports));
    }

    /** Of a protocol that has no ports. */
    static Ports of(SecurityRuleProtocol protocol) {
        return new Ports(protocol, ALL);
    }

    private static List<String> checked(int... ports) {
        if (ports.length == 0) {
            throw new IllegalArgumentException("no port is given");
        }
        for (int port : ports) {
            if (port < 1 || port > 65535) {
                throw new IllegalArgumentException("port " + port + " is not from 1 to 65535");
            }
        }
        return IntStream.of(ports).mapToObj(Integer::toString).toList();
    }

    /** Whether the protocol is this one: the service answers it as it was written, the portal writes {@code TCP}. */
    boolean isOf(@Nullable SecurityRuleProtocol other) {
        return other != null && protocol.toString().equalsIgnoreCase(other.toString());
    }

    SecurityRuleInner in(SecurityRuleInner rule) {
        rule.withProtocol(protocol);
        return ports.size() == 1 ? rule.withDestinationPortRange(ports.get(0)) : rule.withDestinationPortRanges(ports);
    }

    @Override
    public String toString() {
        String name = protocol.equals(SecurityRuleProtocol.ASTERISK)
                ? "any protocol"
                : protocol.toString().toLowerCase(Locale.ROOT);
        return ports.equals(ALL) ? name : name + " " + String.join(", ", ports);
    }
}

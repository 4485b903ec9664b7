// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.sim.vns3;

import inet.ipaddr.IPAddress;
import io.hybridpipe.sim.net.Packet;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** One rule in the words of iptables; chain, addresses, protocol, ports and target are understood. */
record FirewallRule(String text, String chain, Map<String, String> options) {

    FirewallRule {
        options = Map.copyOf(options);
    }

    static FirewallRule parse(String text) {
        List<String> words = Arrays.stream(text.trim().split("\\s+")).toList();
        if (words.isEmpty() || !words.get(0).matches("[A-Z][A-Z0-9_]*")) {
            throw parseError("Bad argument `" + words.get(0) + "'");
        }
        Map<String, String> options = new HashMap<>();
        for (int i = 1; i < words.size(); i++) {
            String word = words.get(i);
            if (!word.startsWith("-")) {
                throw parseError("Bad argument `" + word + "'");
            }
            boolean valued = i + 1 < words.size() && !words.get(i + 1).startsWith("-");
            options.put(word, valued ? words.get(++i) : "");
            while (i + 1 < words.size() && !words.get(i + 1).startsWith("-")) {
                i++;
            }
        }
        for (String option : List.of("-s", "-d")) {
            String address = options.get(option);
            if (address != null && Addresses.cidr(address).isEmpty()) {
                throw parseError("host/network `" + address + "' not found");
            }
        }
        return new FirewallRule(text.trim(), words.get(0), options);
    }

    private static ApiError parseError(String why) {
        return ApiError.argument("Parse Error - iptables v1.4.21: " + why);
    }

    Optional<String> target() {
        return Optional.ofNullable(options.get("-j"));
    }

    boolean matches(Packet packet) {
        return within("-s", packet.source())
                && within("-d", packet.destination())
                && is("-p", packet.protocol().name().toLowerCase(Locale.ROOT))
                && is("--sport", String.valueOf(packet.sourcePort()))
                && is("--dport", String.valueOf(packet.destinationPort()));
    }

    private boolean within(String option, IPAddress address) {
        return Optional.ofNullable(options.get(option))
                .flatMap(Addresses::cidr)
                .map(block -> block.contains(address))
                .orElse(true);
    }

    private boolean is(String option, String value) {
        return Optional.ofNullable(options.get(option))
                .map(value::equalsIgnoreCase)
                .orElse(true);
    }
}

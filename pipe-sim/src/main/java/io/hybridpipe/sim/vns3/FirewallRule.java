// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.sim.vns3;

import inet.ipaddr.IPAddress;
import io.hybridpipe.sim.net.Packet;
import io.hybridpipe.sim.net.Protocol;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * One rule in the words of iptables: a chain, conditions and a target.
 *
 * <p>Addresses, protocol, ports, interfaces, sets and the state of a connection are understood, each with {@code !} before
 * it. A rule with another condition, such as a rate, matches no packet.
 */
record FirewallRule(String text, String chain, List<Condition> conditions, Optional<String> target) {
    private static final Pattern WORD = Pattern.compile("\"[^\"]*\"|\\S+");
    private static final Map<String, String> SHORT = Map.ofEntries(
            Map.entry("--source", "-s"),
            Map.entry("--src", "-s"),
            Map.entry("--destination", "-d"),
            Map.entry("--dst", "-d"),
            Map.entry("--protocol", "-p"),
            Map.entry("--proto", "-p"),
            Map.entry("--jump", "-j"),
            Map.entry("--in-interface", "-i"),
            Map.entry("--out-interface", "-o"),
            Map.entry("--source-port", "--sport"),
            Map.entry("--destination-port", "--dport"),
            Map.entry("--ctstate", "--state"),
            Map.entry("-ctrack", "--state"));
    private static final List<String> UNDERSTOOD = List.of(
            "-s",
            "-d",
            "-p",
            "--sport",
            "--sports",
            "--dport",
            "--dports",
            "-i",
            "-o",
            "--state",
            "--match-set",
            "-m",
            "--match",
            "--comment");
    private static final List<String> PORTS = List.of("--sport", "--dport", "--sports", "--dports");

    /** What a rule asks of a packet, as an option with its values. */
    record Condition(String option, boolean negated, List<String> values) {
        Condition {
            values = List.copyOf(values);
        }

        private String value() {
            return values.isEmpty() ? "" : values.get(0);
        }
    }

    /** What a rule needs to know beyond the packet. */
    interface Surroundings {
        /** Whether the other direction of the packet's connection has passed already. */
        boolean established(Packet packet);

        /** Whether a set has an address with a port. */
        boolean inSet(String name, IPAddress address, Protocol protocol, int port);
    }

    FirewallRule {
        conditions = List.copyOf(conditions);
    }

    /**
     * Reads a rule.
     *
     * @throws ApiError in the words of iptables, if it is none
     */
    static FirewallRule parse(String text) {
        List<String> words = words(text);
        if (words.isEmpty() || !words.get(0).matches("[A-Za-z][A-Za-z0-9_-]*")) {
            throw parseError("Bad argument `" + (words.isEmpty() ? "" : words.get(0)) + "'");
        }
        List<Condition> conditions = new ArrayList<>();
        Optional<String> target = Optional.empty();
        boolean negated = false;
        for (int i = 1; i < words.size(); i++) {
            String word = words.get(i);
            if (word.equals("!")) {
                negated = true;
                continue;
            }
            if (!word.startsWith("-")) {
                throw parseError("Bad argument `" + word + "'");
            }
            List<String> values = new ArrayList<>();
            while (i + 1 < words.size()
                    && !words.get(i + 1).startsWith("-")
                    && !words.get(i + 1).equals("!")) {
                values.add(words.get(++i));
            }
            Condition condition = new Condition(SHORT.getOrDefault(word, word), negated, values);
            negated = false;
            if (condition.option().equals("-j") || condition.option().equals("-g")) {
                target = Optional.of(condition.value());
            } else if (target.isEmpty()) {
                // what follows the target are the target's own options
                conditions.add(condition);
            }
        }
        FirewallRule rule = new FirewallRule(text.trim(), words.get(0), conditions, target);
        rule.check();
        return rule;
    }

    private void check() {
        for (Condition condition : conditions) {
            boolean address =
                    condition.option().equals("-s") || condition.option().equals("-d");
            if (address
                    && (condition.values().isEmpty()
                            || addresses(condition).count() < list(condition).count())) {
                throw parseError("host/network `" + condition.value() + "' not found");
            }
            if (PORTS.contains(condition.option())
                    && protocol().filter(FirewallRule::hasPorts).isEmpty()) {
                throw parseError("unknown option `" + condition.option() + "'");
            }
            if (PORTS.contains(condition.option())
                    && !list(condition).allMatch(port -> port.matches("[0-9]{1,5}(:[0-9]{1,5})?"))) {
                throw parseError("invalid port/service `" + condition.value() + "' specified");
            }
        }
    }

    static ApiError parseError(String why) {
        return ApiError.argument("Parse Error - iptables v1.4.21: " + why);
    }

    /** This rule in another chain. */
    FirewallRule in(String otherChain) {
        return otherChain.equals(chain)
                ? this
                : new FirewallRule(otherChain + text.substring(chain.length()), otherChain, conditions, target);
    }

    boolean names(String set) {
        return conditions.stream()
                .anyMatch(condition -> condition.option().equals("--match-set")
                        && condition.value().equals(set));
    }

    boolean matches(Packet packet, Surroundings surroundings) {
        return conditions.stream()
                .allMatch(condition -> UNDERSTOOD.contains(condition.option())
                        && condition.negated() != holds(condition, packet, surroundings));
    }

    private static boolean holds(Condition condition, Packet packet, Surroundings surroundings) {
        return switch (condition.option()) {
            case "-s" -> addresses(condition).anyMatch(block -> block.contains(packet.source()));
            case "-d" -> addresses(condition).anyMatch(block -> block.contains(packet.destination()));
            case "-p" ->
                List.of("all", packet.protocol().name().toLowerCase(Locale.ROOT))
                        .contains(condition.value().toLowerCase(Locale.ROOT));
            case "--sport", "--sports" -> port(condition, packet.sourcePort());
            case "--dport", "--dports" -> port(condition, packet.destinationPort());
            // every packet of a world comes and goes by the one interface that a controller has in its cloud
            case "-i", "-o" -> List.of("eth0", "eth+", "+").contains(condition.value());
            case "--state" ->
                list(condition).anyMatch(surroundings.established(packet) ? "ESTABLISHED"::equals : "NEW"::equals);
            case "--match-set" -> inSet(condition, packet, surroundings);
            // modules and remarks restrict nothing by themselves
            case "-m", "--match", "--comment" -> true;
            default -> throw new IllegalStateException("understood, but not decided: " + condition);
        };
    }

    private static boolean port(Condition condition, int port) {
        return list(condition).anyMatch(text -> {
            String[] ends = text.split(":");
            return port >= Integer.parseInt(ends[0]) && port <= Integer.parseInt(ends[ends.length - 1]);
        });
    }

    private static boolean inSet(Condition condition, Packet packet, Surroundings surroundings) {
        String direction = condition.values().size() > 1 ? condition.values().get(1) : "";
        boolean source = direction.startsWith("src");
        return surroundings.inSet(
                condition.value(),
                source ? packet.source() : packet.destination(),
                packet.protocol(),
                source ? packet.sourcePort() : packet.destinationPort());
    }

    private Optional<String> protocol() {
        return conditions.stream()
                .filter(condition -> condition.option().equals("-p") && !condition.negated())
                .map(condition -> condition.value().toLowerCase(Locale.ROOT))
                .findFirst();
    }

    private static boolean hasPorts(String protocol) {
        return List.of("tcp", "udp").contains(protocol);
    }

    private static Stream<IPAddress> addresses(Condition condition) {
        return list(condition).flatMap(text -> Addresses.cidr(text).stream());
    }

    private static Stream<String> list(Condition condition) {
        return Stream.of(condition.value().split(","));
    }

    private static List<String> words(String text) {
        List<String> words = new ArrayList<>();
        Matcher matcher = WORD.matcher(text);
        while (matcher.find()) {
            words.add(matcher.group());
        }
        return words;
    }
}

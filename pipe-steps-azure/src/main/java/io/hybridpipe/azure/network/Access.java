// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.azure.network;

import com.azure.resourcemanager.network.fluent.models.SecurityRuleInner;
import com.azure.resourcemanager.network.models.SecurityRuleAccess;
import com.azure.resourcemanager.network.models.SecurityRuleDirection;
import com.azure.resourcemanager.network.models.SecurityRuleProtocol;
import io.hybridpipe.net.Cidr;
import io.hybridpipe.net.Ip;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What a rule lets in to everything behind the security group.
 *
 * @param to protocol and ports
 * @param from the callers: a block of addresses or a service tag
 */
record Access(Ports to, String from) {
    /** The rule that grants it. */
    SecurityRuleInner rule(int priority, String description) {
        return to.in(new SecurityRuleInner()
                .withDescription(description)
                .withDirection(SecurityRuleDirection.INBOUND)
                .withAccess(SecurityRuleAccess.ALLOW)
                .withPriority(priority)
                .withSourceAddressPrefix(from)
                .withSourcePortRange("*")
                .withDestinationAddressPrefix("*"));
    }

    /**
     * Whether the rule grants exactly this access, perhaps among others, whatever it is called and however it is written.
     *
     * <p>A rule that only covers it (a wider block, all ports) is another decision of somebody else's and not this access.
     */
    boolean isGrantedBy(SecurityRuleInner rule) {
        return isInbound(rule, SecurityRuleAccess.ALLOW)
                && to.isOf(rule.protocol())
                && isForAll(rule)
                && all(rule.sourceAddressPrefix(), rule.sourceAddressPrefixes()).anyMatch(this::isFrom)
                && all(rule.destinationPortRange(), rule.destinationPortRanges())
                        .collect(Collectors.toSet())
                        .containsAll(to.ports());
    }

    /** Whether the rule keeps all of this access out, or all of it to one of its ports, so that a rule behind it is useless. */
    boolean isDeniedBy(SecurityRuleInner rule) {
        boolean protocol = to.isOf(rule.protocol()) || SecurityRuleProtocol.ASTERISK.equals(rule.protocol());
        return isInbound(rule, SecurityRuleAccess.DENY)
                && protocol
                && isForAll(rule)
                && all(rule.sourceAddressPrefix(), rule.sourceAddressPrefixes()).anyMatch(this::isWithin)
                && all(rule.destinationPortRange(), rule.destinationPortRanges())
                        .anyMatch(range -> to.ports().stream().anyMatch(port -> isInRange(port, range)));
    }

    private static boolean isForAll(SecurityRuleInner rule) {
        return all(rule.sourcePortRange(), rule.sourcePortRanges()).anyMatch("*"::equals)
                && all(rule.destinationAddressPrefix(), rule.destinationAddressPrefixes())
                        .anyMatch(Access::isAnywhere);
    }

    private boolean isFrom(String prefix) {
        Optional<Cidr> own = block(from);
        return own.isPresent()
                ? own.equals(block(prefix)) || (isAnywhere(from) && isAnywhere(prefix))
                : from.equalsIgnoreCase(prefix);
    }

    private boolean isWithin(String prefix) {
        Optional<Cidr> wide = block(prefix);
        return isAnywhere(prefix)
                || isFrom(prefix)
                || block(from)
                        .filter(own -> wide.isPresent() && wide.get().contains(own))
                        .isPresent();
    }

    private static boolean isInbound(SecurityRuleInner rule, SecurityRuleAccess access) {
        return SecurityRuleDirection.INBOUND.equals(rule.direction()) && access.equals(rule.access());
    }

    private static boolean isAnywhere(String prefix) {
        return prefix.equals("*") || prefix.equals("0.0.0.0/0");
    }

    private static boolean isInRange(String port, String range) {
        if (range.equals("*") || range.equals("0-65535")) {
            return true;
        }
        if (port.equals("*") || !range.matches("[0-9]{1,5}(-[0-9]{1,5})?")) {
            return false;
        }
        String[] ends = range.split("-", 2);
        int number = Integer.parseInt(port);
        return Integer.parseInt(ends[0]) <= number && number <= Integer.parseInt(ends[ends.length - 1]);
    }

    /** The block that a prefix means: a CIDR or a single address; none for a service tag. */
    static Optional<Cidr> block(String prefix) {
        try {
            return Optional.of(
                    prefix.contains("/") ? Cidr.of(prefix) : Ip.of(prefix).toCidr());
        } catch (IllegalArgumentException tag) {
            return Optional.empty();
        }
    }

    /** A rule has one value or a list of them, in two properties. */
    private static Stream<String> all(@Nullable String one, @Nullable List<String> many) {
        return Stream.concat(Stream.ofNullable(one), many == null ? Stream.empty() : many.stream());
    }

    @Override
    public String toString() {
        return to + " from " + from;
    }
}

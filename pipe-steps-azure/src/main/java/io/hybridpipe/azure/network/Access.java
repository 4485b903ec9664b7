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
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What a temporary rule lets in: TCP to one port of everything behind the security group, from one block of addresses.
 *
 * @param from the callers
 * @param port the port, 1 to 65535
 */
record Access(Cidr from, int port) {
    /** The rule that grants it. */
    SecurityRuleInner rule(int priority, String description) {
        return new SecurityRuleInner()
                .withDescription(description)
                .withDirection(SecurityRuleDirection.INBOUND)
                .withAccess(SecurityRuleAccess.ALLOW)
                .withPriority(priority)
                .withProtocol(SecurityRuleProtocol.TCP)
                .withSourceAddressPrefix(from.toString())
                .withSourcePortRange("*")
                .withDestinationAddressPrefix("*")
                .withDestinationPortRange(Integer.toString(port));
    }

    /**
     * Whether the rule grants exactly this access, perhaps among others, whatever it is called and however it is written.
     *
     * <p>A rule that only covers it (a wider block, all ports) is another decision of somebody else's and not this access.
     */
    boolean isGrantedBy(SecurityRuleInner rule) {
        return isInbound(rule, SecurityRuleAccess.ALLOW)
                && SecurityRuleProtocol.TCP.equals(rule.protocol())
                && all(rule.sourcePortRange(), rule.sourcePortRanges()).anyMatch("*"::equals)
                && all(rule.destinationAddressPrefix(), rule.destinationAddressPrefixes())
                        .anyMatch(Access::isAnywhere)
                && all(rule.sourceAddressPrefix(), rule.sourceAddressPrefixes())
                        .anyMatch(prefix -> block(prefix).filter(from::equals).isPresent())
                && all(rule.destinationPortRange(), rule.destinationPortRanges())
                        .anyMatch(Integer.toString(port)::equals);
    }

    /** Whether the rule keeps all of this access out, so that a rule behind it grants nothing. */
    boolean isDeniedBy(SecurityRuleInner rule) {
        boolean protocol = SecurityRuleProtocol.TCP.equals(rule.protocol())
                || SecurityRuleProtocol.ASTERISK.equals(rule.protocol());
        return isInbound(rule, SecurityRuleAccess.DENY)
                && protocol
                && all(rule.sourcePortRange(), rule.sourcePortRanges()).anyMatch("*"::equals)
                && all(rule.destinationAddressPrefix(), rule.destinationAddressPrefixes())
                        .anyMatch(Access::isAnywhere)
                && all(rule.sourceAddressPrefix(), rule.sourceAddressPrefixes())
                        .anyMatch(prefix -> isAnywhere(prefix)
                                || block(prefix)
                                        .filter(wide -> wide.contains(from))
                                        .isPresent())
                && all(rule.destinationPortRange(), rule.destinationPortRanges())
                        .anyMatch(this::isInRange);
    }

    private static boolean isInbound(SecurityRuleInner rule, SecurityRuleAccess access) {
        return SecurityRuleDirection.INBOUND.equals(rule.direction()) && access.equals(rule.access());
    }

    private static boolean isAnywhere(String prefix) {
        return prefix.equals("*") || prefix.equals("0.0.0.0/0");
    }

    private boolean isInRange(String range) {
        if (!range.matches("[0-9]{1,5}(-[0-9]{1,5})?")) {
            return range.equals("*");
        }
        String[] ends = range.split("-", 2);
        return Integer.parseInt(ends[0]) <= port && port <= Integer.parseInt(ends[ends.length - 1]);
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
        return "tcp " + port + " from " + from;
    }
}

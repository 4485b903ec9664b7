// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.azure.network;

import static org.assertj.core.api.Assertions.assertThat;

import com.azure.resourcemanager.network.fluent.models.SecurityRuleInner;
import com.azure.resourcemanager.network.models.SecurityRuleAccess;
import com.azure.resourcemanager.network.models.SecurityRuleDirection;
import com.azure.resourcemanager.network.models.SecurityRuleProtocol;
import io.hybridpipe.net.Cidr;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AccessTest {
    private static final Access ACCESS = new Access(Cidr.of("203.0.113.7/32"), 8000);

    @ParameterizedTest(name = "{0} {1} {2} port {3} from {4}")
    @CsvSource({
        // direction, access, protocol, port, source, grants this access, denies this access
        "Inbound, Allow, Tcp, 8000, 203.0.113.7/32, true, false",
        "Inbound, Allow, Tcp, 8000, 203.0.113.7, true, false",
        "Inbound, Allow, Tcp, 8000, 203.0.113.0/24, false, false",
        "Inbound, Allow, Tcp, 8000, *, false, false",
        "Inbound, Allow, Tcp, 8000, Internet, false, false",
        "Inbound, Allow, Tcp, 8000-8001, 203.0.113.7/32, false, false",
        "Inbound, Allow, Tcp, 443, 203.0.113.7/32, false, false",
        "Inbound, Allow, *, 8000, 203.0.113.7/32, false, false",
        "Inbound, Allow, Udp, 8000, 203.0.113.7/32, false, false",
        "Outbound, Allow, Tcp, 8000, 203.0.113.7/32, false, false",
        "Inbound, Deny, Tcp, 8000, 203.0.113.7/32, false, true",
        "Inbound, Deny, Tcp, 8000, 203.0.113.0/24, false, true",
        "Inbound, Deny, *, *, *, false, true",
        "Inbound, Deny, *, 0-65535, 0.0.0.0/0, false, true",
        "Inbound, Deny, Tcp, 8001-9000, *, false, false",
        "Inbound, Deny, Udp, *, *, false, false",
        "Inbound, Deny, Tcp, *, 198.51.100.0/24, false, false",
        "Inbound, Deny, Tcp, *, VirtualNetwork, false, false",
        "Outbound, Deny, *, *, *, false, false",
    })
    void itIsGrantedByEqualRulesAndDeniedByCoveringOnes(
            String direction,
            String access,
            String protocol,
            String port,
            String source,
            boolean granted,
            boolean denied) {
        SecurityRuleInner rule = ACCESS.rule(100, "")
                .withDirection(SecurityRuleDirection.fromString(direction))
                .withAccess(SecurityRuleAccess.fromString(access))
                .withProtocol(SecurityRuleProtocol.fromString(protocol))
                .withDestinationPortRange(port)
                .withSourceAddressPrefix(source);

        assertThat(ACCESS.isGrantedBy(rule)).isEqualTo(granted);
        assertThat(ACCESS.isDeniedBy(rule)).isEqualTo(denied);
    }

    @Test
    void oneOfManySourcesAndPortsGrantsItToo() {
        SecurityRuleInner rule = ACCESS.rule(100, "")
                .withSourceAddressPrefix(null)
                .withSourceAddressPrefixes(List.of("198.51.100.1", "203.0.113.7"))
                .withDestinationPortRange(null)
                .withDestinationPortRanges(List.of("443", "8000"));

        assertThat(ACCESS.isGrantedBy(rule)).isTrue();
    }

    @Test
    void aRuleForOneDestinationIsAnotherAccess() {
        SecurityRuleInner rule = ACCESS.rule(100, "").withDestinationAddressPrefix("10.2.0.4");

        assertThat(ACCESS.isGrantedBy(rule)).isFalse();
        assertThat(ACCESS.isDeniedBy(rule.withAccess(SecurityRuleAccess.DENY))).isFalse();
    }
}

// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.azure.network;

import static org.assertj.core.api.Assertions.assertThat;

import com.azure.resourcemanager.network.fluent.models.SecurityRuleInner;
import com.azure.resourcemanager.network.models.SecurityRuleAccess;
import com.azure.resourcemanager.network.models.SecurityRuleDirection;
import com.azure.resourcemanager.network.models.SecurityRuleProtocol;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AccessTest {
    private static final Access ACCESS = new Access(Ports.tcp(8000), "203.0.113.7/32");

    @ParameterizedTest(name = "{0} {1} {2} port {3} from {4}")
    @CsvSource({
        // direction, access, protocol, port, source, grants this access, denies this access
        "Inbound, Allow, Tcp, 8000, 203.0.113.7/32, true, false",
        "Inbound, Allow, TCP, 8000, 203.0.113.7/32, true, false",
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
        "Inbound, Deny, TCP, 8000, 203.0.113.7/32, false, true",
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

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "500,4500; 192.0.2.0/24; 500,4500; 192.0.2.0/24; true",
                "500,4500; 192.0.2.0/24; 500; 192.0.2.0/24; false",
                "500; VirtualNetwork; 500; virtualnetwork; true",
                "500; VirtualNetwork; 500; 10.0.0.0/8; false",
                "500; 0.0.0.0/0; 500; *; true",
                "500; Internet; 500; *; false",
            })
    void itIsGrantedByARuleForAllItsPortsFromTheSameSource(
            String ports, String from, String thePorts, String theFrom, boolean granted) {
        SecurityRuleInner rule = new Access(Ports.udp(numbers(thePorts)), theFrom).rule(100, "");

        assertThat(new Access(Ports.udp(numbers(ports)), from).isGrantedBy(rule))
                .isEqualTo(granted);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "500,4500; 192.0.2.0/24; 4500; 192.0.0.0/16; true",
                "500,4500; 192.0.2.0/24; 600; 192.0.0.0/16; false",
                "500; VirtualNetwork; 500; VirtualNetwork; true",
                "500; VirtualNetwork; 500; *; true",
                "500; VirtualNetwork; 500; 10.0.0.0/8; false",
                "500; 10.1.0.0/16; 500; VirtualNetwork; false",
            })
    void itIsDeniedByARuleThatKeepsItsWholeSourceFromOneOfItsPorts(
            String ports, String from, String thePorts, String theFrom, boolean denied) {
        SecurityRuleInner rule =
                new Access(Ports.udp(numbers(thePorts)), theFrom).rule(100, "").withAccess(SecurityRuleAccess.DENY);

        assertThat(new Access(Ports.udp(numbers(ports)), from).isDeniedBy(rule)).isEqualTo(denied);
    }

    @Test
    void allPortsAreDeniedOnlyByARuleForAll() {
        Access any = new Access(Ports.of(SecurityRuleProtocol.ASTERISK), "*");
        SecurityRuleInner deny = any.rule(100, "").withAccess(SecurityRuleAccess.DENY);

        assertThat(any.isDeniedBy(deny)).isTrue();
        assertThat(any.isDeniedBy(deny.withDestinationPortRange("0-65535"))).isTrue();
        assertThat(any.isDeniedBy(deny.withDestinationPortRange("1-65535"))).isFalse();
        assertThat(any).hasToString("any protocol from *");
    }

    private static int[] numbers(String ports) {
        return Stream.of(ports.split(",")).mapToInt(Integer::parseInt).toArray();
    }
}

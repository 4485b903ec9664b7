// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.sim.vns3;

import static org.assertj.core.api.Assertions.assertThat;

import io.hybridpipe.sim.net.Forwarding;
import io.hybridpipe.sim.net.Packet;
import io.hybridpipe.sim.net.PacketTracer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What firewall rules of either version do to packets. */
class ForwardingRulesTest {
    private static final Packet PING = Packet.icmp("10.1.1.10", "10.2.1.10");

    private final TwoSides sides = new TwoSides();
    private final PacketTracer tracer = PacketTracer.in(sides.world);

    @BeforeEach
    void connect() {
        sides.configureAlike();
        sides.advance(3);
    }

    @AfterEach
    void close() {
        sides.close();
    }

    private void rule(String rule) {
        TwoSides.post(sides.right, "/v2/firewall/rules", "{'rule': '" + rule + "'}");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "FORWARD -s 10.1.1.10/32 -p icmp -j DROP           | false",
                "FORWARD ! -s 10.1.1.10/32 -j DROP                 | true",
                "FORWARD -s 10.9.0.0/16,10.1.0.0/16 -j REJECT      | false",
                "FORWARD ! -p icmp -j DROP                         | true",
                "FORWARD -p tcp --dport 1:1024 -j DROP             | true",
                "FORWARD -i eth0 -j DROP                           | false",
                "FORWARD -i eth1 -j DROP                           | true",
                "FORWARD -m state --state ESTABLISHED -j DROP      | true",
                "FORWARD -m conntrack --ctstate NEW,RELATED -j DROP | false",
                "FORWARD -ctrack NEW,ESTABLISHED -j DROP           | false",
                "FORWARD -m limit --limit 1/s -j DROP              | true",
                "FORWARD -m set --match-set them src -j DROP       | false",
                "FORWARD -m set --match-set them dst -j DROP       | true",
                "FORWARD -m set --match-set all src -j DROP        | false",
                "FORWARD -m set --match-set web dst -j DROP        | true",
                "FORWARD -j LOG                                    | true",
                "INPUT -j DROP                                     | true",
                "POSTROUTING -o eth0 -j MASQUERADE                 | true",
            })
    void aRuleOfTheForwardTableStopsThePacketsThatItDescribes(String rule, boolean passes) {
        TwoSides.post(
                sides.right, "/v2/firewall/fwsets", "{'name': 'them', 'type': 'net', 'entries': ['10.1.0.0/16']}");
        TwoSides.post(sides.right, "/v2/firewall/fwsets", "{'name': 'all', 'type': 'list', 'entries': ['them']}");
        TwoSides.post(
                sides.right, "/v2/firewall/fwsets", "{'name': 'web', 'type': 'port', 'entries': ['80', '443-450']}");
        rule(rule);
        assertThat(tracer.trace(PING).passed()).isEqualTo(passes);
    }

    @Test
    void aDisabledRuleStopsNothing() {
        TwoSides.post(sides.right, "/v2/firewall/rules", "{'rule': 'FORWARD -j DROP', 'disabled': true}");
        assertThat(tracer.trace(PING).passed()).isTrue();
    }

    @Test
    void aRuleThatLeadsToASubtableGoesOnThereAndComesBackWhenNothingDecided() {
        TwoSides.post(
                sides.right,
                "/v2/firewall/subtables",
                "{'name': 'guests', 'type': 'forward', 'rules': [{'rule': 'guests -p icmp -j RETURN', 'position': 0},"
                        + " {'rule': 'guests -j DROP', 'position': 1}]}");
        rule("FORWARD -s 10.1.0.0/16 -j guests");
        assertThat(tracer.trace(PING).passed()).isTrue();
        assertThat(sides.right.forward(Packet.tcp("10.1.1.10", "10.2.1.10", 443)))
                .hasToString("Dropped[by=firewall of right, why=rule \"guests -j DROP\" matches]");
        rule("FORWARD -j DROP");
        assertThat(tracer.trace(PING).passed()).isFalse();
    }

    @Test
    void theAnswerToAPacketThatPassedIsEstablishedUntilConnectionTrackingIsReset() {
        rule("FORWARD -m state --state ESTABLISHED -j ACCEPT");
        rule("FORWARD -s 10.2.0.0/16 -j DROP");
        assertThat(tracer.traceBothWays(PING).passed()).isTrue();
        sides.right.configure("PUT", "/v2/firewall/actions", "{\"action\": \"reset_connection_tracking\"}");
        assertThat(tracer.trace(PING.reply()).passed()).isFalse();
    }

    @Test
    void theFirstMatchOfThePostroutingTableHidesTheSourceOfWhatLeaves() {
        rule("POSTROUTING -d 10.2.1.0/24 -o eth0 -j MASQUERADE-ONCE");
        assertThat(sides.right.forward(PING)).isInstanceOfSatisfying(Forwarding.Out.class, out -> assertThat(
                        out.packet().source())
                .hasToString("10.2.0.10"));
        TwoSides.post(sides.right, "/v2/firewall/rules", "{'rule': 'POSTROUTING -p icmp -j ACCEPT', 'position': 0}");
        assertThat(sides.right.forward(PING)).isInstanceOfSatisfying(Forwarding.Out.class, out -> assertThat(
                        out.packet().source())
                .hasToString("10.1.1.10"));
    }
}

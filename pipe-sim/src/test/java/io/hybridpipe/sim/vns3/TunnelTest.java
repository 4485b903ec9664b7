// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.sim.vns3;

import static io.hybridpipe.sim.vns3.TwoSides.LEFT_ENDPOINT;
import static io.hybridpipe.sim.vns3.TwoSides.LEFT_TUNNEL;
import static io.hybridpipe.sim.vns3.TwoSides.RIGHT_ENDPOINT;
import static io.hybridpipe.sim.vns3.TwoSides.RIGHT_TUNNEL;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.hybridpipe.sim.net.Packet;
import io.hybridpipe.sim.net.PacketTracer;
import io.hybridpipe.sim.net.Protocol;
import io.hybridpipe.sim.net.Trace;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TunnelTest {
    private final TwoSides sides = new TwoSides();

    @AfterEach
    void close() {
        sides.close();
    }

    private static JsonNode status(SimVns3 controller) {
        return controller.configure("GET", "/status/ipsec", "").path("1");
    }

    private static boolean connected(SimVns3 controller) {
        return status(controller).path("connected").asBoolean();
    }

    private static String history(SimVns3 controller) {
        StringBuilder events = new StringBuilder();
        controller.configure("GET", "/status/link_history", "").path("history").forEach(event -> events.append(
                        event.path("event").asText())
                .append(' ')
                .append(event.path("timestamp").asText(), 11, 19)
                .append(';'));
        return events.toString();
    }

    @Test
    void aTunnelComesUpAtBothSidesSomeSecondsAfterTheyWereToldTheSame() {
        sides.configure(LEFT_ENDPOINT, LEFT_TUNNEL, RIGHT_ENDPOINT, "");
        sides.advance(20);
        assertThat(sides.left.explain(1)).isEqualTo("no tunnel at the other side mirrors 10.1.0.0/16 <-> 10.2.0.0/16");
        TwoSides.post(sides.right, "/ipsec/endpoints/1/tunnels", RIGHT_TUNNEL);
        assertThat(connected(sides.left)).isFalse();
        sides.advance(3);
        assertThat(connected(sides.left)).isTrue();
        assertThat(connected(sides.right)).isTrue();
        JsonNode parameters = status(sides.right).path("tunnel_params");
        assertThat(parameters.path("phase1").asText()).isEqualTo("up");
        assertThat(parameters.path("phase2").asText()).isEqualTo("up");
        assertThat(parameters.path("phase1_cipher").asText()).isEqualTo("aes256");
        assertThat(parameters.path("ike_version").asText()).isEqualTo("IKEv2");
        assertThat(history(sides.left)).isEqualTo("Tunnel up 08:00:23;");
        assertThat(history(sides.right)).isEqualTo("Tunnel up 08:00:23;");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "'secret': 'shared'         | 'secret': 'other'           | down | the pre-shared keys differ",
                "'ike_version': 2           | 'ike_version': 1            | down | IKE version 2 here, 1 there",
                "'203.0.113.1'              | '203.0.113.9'               | down | right has no endpoint for 203.0.113.1",
                "'secret': 'shared'         | 'secret': 'shared', 'private_ipaddress': '10.9.9.9'  | down | right expects another identity than the one of left",
                "'secret': 'shared'         | 'secret': 'shared', 'extra_config': 'local-peer-id=me.example' | down | left expects another identity than the one of right",
                "'secret': 'shared'         | 'secret': 'shared', 'extra_config': 'phase1=aes256-sha2_512-dh20' | down | no phase 1 proposal in common",
                "'secret': 'shared'         | 'secret': 'shared', 'extra_config': 'phase2=null-md5' | up | no phase 2 proposal in common",
                "'secret': 'shared'         | 'secret': 'shared', 'pfs': false           | up | perfect forward secrecy is on at one side and off at the other",
                "'secret': 'shared'         | 'secret': 'shared', 'nat_t_enabled': false | up | NAT traversal is on at one side and off at the other",
                "'secret': 'shared'         | 'secret': 'shared', 'vpn_type': 'vti'      | up | VPN type policy here, vti there",
                "'remote_subnet': '10.1.0.0/16' | 'remote_subnet': '10.1.0.0/17' | up | no tunnel at the other side mirrors 10.1.0.0/16 <-> 10.2.0.0/16",
                "'local_subnet': '10.2.0.0/16'  | 'local_subnet': '10.0.0.0/8'   | up | no tunnel at the other side mirrors 10.1.0.0/16 <-> 10.2.0.0/16",
                "'local_subnet': '10.2.0.0/16'  | 'local_subnet': '10.2.0.0/16', 'enabled': 'False' | up | the tunnel is disabled at the other side",
            })
    void oneDisagreementKeepsTheTunnelDownAndIsNamed(String agreed, String changed, String phase1, String why) {
        sides.configure(
                LEFT_ENDPOINT,
                LEFT_TUNNEL,
                RIGHT_ENDPOINT.replace(agreed, changed),
                RIGHT_TUNNEL.replace(agreed, changed));
        sides.advance(60);
        assertThat(connected(sides.left)).isFalse();
        assertThat(connected(sides.right)).isFalse();
        assertThat(status(sides.left).at("/tunnel_params/phase1").asText()).isEqualTo(phase1);
        assertThat(status(sides.left).at("/tunnel_params/phase2").asText()).isEqualTo("down");
        assertThat(sides.left.explain(1)).isEqualTo(why);
        assertThat(history(sides.left)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"500, x", "500, y", "4500, x", "4500, y"})
    void aRuleThatStopsIkeInEitherDirectionKeepsTheTunnelDown(int port, String cloud) {
        (cloud.equals("x") ? sides.x : sides.y).close(cloud.equals("x") ? "gw1" : "gw2", Protocol.UDP, port);
        sides.configureAlike();
        sides.advance(60);
        assertThat(connected(sides.left)).isFalse();
        assertThat(status(sides.left).at("/tunnel_params/phase1").asText()).isEqualTo("down");
        assertThat(sides.left.explain(1))
                .startsWith("UDP " + port + " from ")
                .contains("rules of " + (cloud.equals("x") ? "gw1" : "gw2"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "'secret': 'shared', 'private_ipaddress': '10.2.0.10' | 'secret': 'shared'",
                "'secret': 'shared', 'private_ipaddress': '10.2.9.9'  | 'secret': 'shared', 'extra_config': 'local-peer-id=10.2.9.9'",
                "'secret': 'shared', 'extra_config': 'phase1=aes128-sha1-dh5,aes256_gcm-sha2_256-dh14 phase2=aes256_gcm' | 'secret': 'shared', 'extra_config': 'phase1=aes256_gcm-sha2_256-dh14 phase2=aes128,aes256_gcm'",
                "'secret': 'shared', 'pfs': 'False'                   | 'secret': 'shared', 'pfs': false",
            })
    void whatBothSidesAreToldAlikeBringsTheTunnelUp(String left, String right) {
        sides.configure(
                LEFT_ENDPOINT.replace("'secret': 'shared'", left),
                LEFT_TUNNEL,
                RIGHT_ENDPOINT.replace("'secret': 'shared'", right),
                RIGHT_TUNNEL);
        sides.advance(10);
        assertThat(sides.left.explain(1)).isEqualTo("both sides agree");
        assertThat(connected(sides.right)).isTrue();
    }

    @Test
    void withoutNatTraversalTheRulesMustLetEspThrough() {
        sides.configure(
                LEFT_ENDPOINT.replace("2}", "2, 'nat_t_enabled': false}"),
                LEFT_TUNNEL,
                RIGHT_ENDPOINT.replace("2}", "2, 'nat_t_enabled': false}"),
                RIGHT_TUNNEL);
        sides.advance(10);
        assertThat(sides.left.explain(1)).startsWith("ESP from 203.0.113.1 to 203.0.113.2: ");
        sides.x.open("gw1", Protocol.ESP, 0, "0.0.0.0/0");
        sides.y.open("gw2", Protocol.ESP, 0, "0.0.0.0/0");
        sides.advance(10);
        assertThat(connected(sides.left)).isTrue();
    }

    @Test
    void aTunnelGoesDownWhenARuleIsRemovedAndUpAgainWhenItIsBack() {
        sides.configureAlike();
        sides.advance(3);
        sides.y.close("gw2", Protocol.UDP, 4500);
        sides.advance(10);
        assertThat(connected(sides.left)).isFalse();
        assertThat(connected(sides.right)).isFalse();
        sides.y.open("gw2", Protocol.UDP, 4500, "203.0.113.1/32");
        sides.advance(10);
        assertThat(connected(sides.left)).isTrue();
        assertThat(history(sides.right)).matches("Tunnel up \\S+;Tunnel down \\S+;Tunnel up \\S+;");
    }

    @Test
    void aTunnelGoesDownWhenTheOtherSideForgetsItRebootsOrIsSwitchedOff() {
        sides.configureAlike();
        sides.advance(3);
        sides.right.reboot();
        sides.advance(5);
        assertThat(connected(sides.left)).isFalse();
        assertThat(sides.left.explain(1)).isEqualTo("no answer from 203.0.113.2");
        sides.advance(60);
        assertThat(connected(sides.left)).isTrue();
        sides.right.configure("DELETE", "/ipsec/endpoints/1", "");
        sides.advance(5);
        assertThat(sides.left.explain(1)).isEqualTo("right has no endpoint for 203.0.113.1");
        sides.right.close();
        sides.advance(5);
        assertThat(sides.left.explain(1)).isEqualTo("no answer from 203.0.113.2");
    }

    @Test
    void packetsPassThroughATunnelThatIsUpAndTheTraceShowsIt() {
        sides.configureAlike();
        PacketTracer tracer = PacketTracer.in(sides.world);
        Packet ping = Packet.icmp("10.1.1.10", "10.2.1.10");
        sides.advance(1);
        Trace early = tracer.trace(ping);
        assertThat(early.passed()).isFalse();
        assertThat(early.end())
                .hasToString("left: stopped by tunnel 1 of left to right [it is down: not negotiated yet]");
        sides.advance(2);
        assertThat(tracer.traceBothWays(ping).passed()).isTrue();
        assertThat(tracer.trace(ping)).hasToString("""
                        icmp 10.1.1.10 -> 10.2.1.10 passes
                          host1 in x: sends it to gw1 [route 10.0.0.0/8 -> gw1]
                          gw1 in x: takes it in [rules of gw1 allow 10.1.0.0/16]
                          left: into tunnel 1 of left to right [selectors 10.1.0.0/16 <-> 10.2.0.0/16]
                            gw1 in x: sends it to the internet as 203.0.113.1 [route 203.0.113.0/24 -> internet]
                            gw2 in y: takes it in [rules of gw2 allow 0.0.0.0/0]
                            right: arrived [right itself]
                          right: out of the tunnel
                          right: out again [default route over eth0]
                          gw2 in y: sends it to host2 [local]
                          host2 in y: takes it in [rules of host2 allow 0.0.0.0/0]
                        """);
    }

    @Test
    void aRouteBasedTunnelCarriesWhatRoutesSendIntoIt() {
        String vti = ", 'vpn_type': 'vti'}";
        sides.configure(LEFT_ENDPOINT.replace("}", vti), "", RIGHT_ENDPOINT.replace("}", vti), "");
        TwoSides.post(sides.left, "/routes", "{'cidr': '10.2.0.0/16', 'tunnel': 1}");
        sides.advance(3);
        PacketTracer tracer = PacketTracer.in(sides.world);
        assertThat(tracer.trace(Packet.icmp("10.1.1.10", "10.2.1.10")).passed()).isTrue();
        Trace back = tracer.trace(Packet.icmp("10.2.1.10", "10.1.1.10"));
        assertThat(back.passed()).isFalse();
        assertThat(back.end()).hasToString("gw2 in y: goes in a circle");
        TwoSides.post(sides.right, "/routes", "{'cidr': '10.1.0.0/16', 'tunnel': 1}");
        assertThat(tracer.trace(Packet.icmp("10.2.1.10", "10.1.1.10")).passed()).isTrue();
        sides.right.configure("PUT", "/routes/2/disable", "");
        assertThat(tracer.trace(Packet.icmp("10.2.1.10", "10.1.1.10")).passed()).isFalse();
    }

    @Test
    void theControllersFirewallStopsWhatItsRulesName() {
        sides.configureAlike();
        sides.advance(3);
        PacketTracer tracer = PacketTracer.in(sides.world);
        TwoSides.post(sides.right, "/firewall/rules", "{'rule': 'FORWARD_CUST -s 10.1.1.10/32 -p icmp -j DROP'}");
        assertThat(tracer.trace(Packet.icmp("10.1.1.10", "10.2.1.10")).end())
                .hasToString("right: stopped by firewall of right"
                        + " [rule \"FORWARD_CUST -s 10.1.1.10/32 -p icmp -j DROP\" matches]");
        TwoSides.post(sides.right, "/firewall/rules", "{'rule': 'FORWARD_CUST -j ACCEPT', 'position': 0}");
        assertThat(tracer.trace(Packet.icmp("10.1.1.10", "10.2.1.10")).passed()).isTrue();
    }
}

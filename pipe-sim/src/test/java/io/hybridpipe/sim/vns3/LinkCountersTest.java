// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.sim.vns3;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.hybridpipe.sim.net.Packet;
import io.hybridpipe.sim.net.PacketTracer;
import io.hybridpipe.sim.net.Protocol;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class LinkCountersTest {
    private final TwoSides sides = new TwoSides();

    @BeforeEach
    void connect() {
        sides.configureAlike();
        sides.advance(3);
    }

    @AfterEach
    void close() {
        sides.close();
    }

    private static JsonNode parameters(SimVns3 controller) {
        return controller.configure("GET", "/status/ipsec", "").at("/1/tunnel_params");
    }

    private static String bytes(SimVns3 controller) {
        JsonNode parameters = parameters(controller);
        return parameters.path("bytes_in").asText() + " in, "
                + parameters.path("bytes_out").asText() + " out";
    }

    @Test
    void packetsThatPassCountAtBothEndsOfTheTunnel() {
        assertThat(bytes(sides.left)).isEqualTo("0 in, 0 out");
        PacketTracer.in(sides.world).trace(Packet.icmp("10.1.1.10", "10.2.1.10"));
        sides.left.forward(Packet.icmp("10.1.1.11", "10.2.1.10"));
        assertThat(bytes(sides.left)).isEqualTo("0 in, 168 out");
        assertThat(bytes(sides.right)).isEqualTo("168 in, 0 out");
        PacketTracer.in(sides.world).traceBothWays(Packet.icmp("10.1.1.10", "10.2.1.10"));
        assertThat(bytes(sides.left)).isEqualTo("84 in, 252 out");
        assertThat(bytes(sides.right)).isEqualTo("252 in, 84 out");
    }

    @Test
    void whatDoesNotGetIntoTheTunnelDoesNotCount() {
        sides.left.forward(Packet.icmp("10.1.1.10", "10.9.1.10"));
        sides.y.close("gw2", Protocol.UDP, 500);
        sides.advance(10);
        sides.left.forward(Packet.icmp("10.1.1.10", "10.2.1.10"));
        assertThat(bytes(sides.left)).isEqualTo("0 in, 0 out");
        assertThat(parameters(sides.left).path("last_dpd").asText()).isEqualTo("None");
    }

    private void bothEndsNameTheSameAssociations() {
        JsonNode left = parameters(sides.left);
        JsonNode right = parameters(sides.right);
        assertThat(left.path("inbound_spi").asText()).matches("[0-9a-f]{8}");
        assertThat(left.path("inbound_spi")).isEqualTo(right.path("outbound_spi"));
        assertThat(left.path("outbound_spi")).isEqualTo(right.path("inbound_spi"));
        assertThat(left.path("inbound_spi")).isNotEqualTo(left.path("outbound_spi"));
        assertThat(left.path("esp_time_remaining")).isEqualTo(right.path("esp_time_remaining"));
    }

    @Test
    void whatIsInboundAtOneEndIsOutboundAtTheOther() {
        bothEndsNameTheSameAssociations();
        sides.advance(100);
        sides.left.configure("PUT", "/ipsec/endpoints/1/tunnels/1", "{\"bounce\": true}");
        sides.advance(5);
        bothEndsNameTheSameAssociations();
        sides.right.reboot();
        sides.advance(120);
        bothEndsNameTheSameAssociations();
    }

    @Test
    void twoTunnelsBetweenTheSameControllersHaveAssociationsOfTheirOwn() {
        TwoSides.post(sides.left, "/ipsec/endpoints/1/tunnels", TwoSides.LEFT_TUNNEL.replace("10.1.0", "10.3.0"));
        TwoSides.post(sides.right, "/ipsec/endpoints/1/tunnels", TwoSides.RIGHT_TUNNEL.replace("10.1.0", "10.3.0"));
        sides.advance(3);
        JsonNode second = sides.left.configure("GET", "/status/ipsec", "").at("/2/tunnel_params");
        JsonNode there = sides.right.configure("GET", "/status/ipsec", "").at("/2/tunnel_params");
        assertThat(second.path("phase2").asText()).isEqualTo("up");
        assertThat(second.path("inbound_spi")).isEqualTo(there.path("outbound_spi"));
        assertThat(second.path("inbound_spi"))
                .isNotEqualTo(parameters(sides.left).path("inbound_spi"));
    }

    @Test
    void keepAlivesGoOnWhileItIsUp() {
        sides.advance(40);
        assertThat(bytes(sides.left)).isEqualTo("84 in, 84 out");
        assertThat(parameters(sides.left).path("last_dpd").asText()).isEqualTo("10s");
        sides.advance(20);
        assertThat(bytes(sides.right)).isEqualTo("168 in, 168 out");
        assertThat(parameters(sides.left).path("last_dpd").asText()).isEqualTo("0s");
        sides.left.configure("PUT", "/ipsec/endpoints/1/tunnels/1", "{\"ping_interval\": 5}");
        assertThat(bytes(sides.left)).isEqualTo("1008 in, 1008 out");
    }

    @Test
    void anotherNegotiationBringsNewAssociationsAndCountsFromZero() {
        sides.advance(60);
        JsonNode before = parameters(sides.left);
        sides.left.configure("PUT", "/ipsec/endpoints/1/tunnels/1", "{\"bounce\": true}");
        sides.advance(5);
        JsonNode after = parameters(sides.left);
        assertThat(after.path("phase2").asText()).isEqualTo("up");
        assertThat(after.path("inbound_spi").asText())
                .matches("[0-9a-f]{8}")
                .isNotEqualTo(before.path("inbound_spi").asText());
        assertThat(after.path("outbound_spi")).isNotEqualTo(before.path("outbound_spi"));
        assertThat(after.path("bytes_in").asText()).isEqualTo("0");
        StringBuilder events = new StringBuilder();
        sides.left
                .configure("GET", "/status/link_history?tunnelid=1", "")
                .path("history")
                .forEach(event -> events.append(event.path("event").asText()).append(';'));
        assertThat(events).hasToString("Tunnel up;Tunnel down;Tunnel up;");
    }

    @Test
    void anAssociationIsRenewedWhenItsTimeIsOver() {
        JsonNode before = parameters(sides.left);
        assertThat(before.path("esp_time_remaining").asText()).isEqualTo("28800s");
        sides.advance(28_799);
        assertThat(parameters(sides.left).path("inbound_spi")).isEqualTo(before.path("inbound_spi"));
        sides.advance(1);
        assertThat(parameters(sides.left).path("inbound_spi")).isNotEqualTo(before.path("inbound_spi"));
        bothEndsNameTheSameAssociations();
        assertThat(parameters(sides.left).path("isakmp_time_remaining").asText())
                .isEqualTo("57600s");
    }
}

// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.sim.vns3;

import static io.hybridpipe.sim.vns3.TwoSides.LEFT_ENDPOINT;
import static io.hybridpipe.sim.vns3.TwoSides.LEFT_TUNNEL;
import static io.hybridpipe.sim.vns3.TwoSides.RIGHT_ENDPOINT;
import static io.hybridpipe.sim.vns3.TwoSides.RIGHT_TUNNEL;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.hybridpipe.sim.SimClock;
import io.hybridpipe.sim.lab.Capture;
import io.hybridpipe.sim.lab.Host;
import io.hybridpipe.sim.lab.IpsecLab;
import io.hybridpipe.sim.net.Protocol;
import java.io.IOException;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Tunnels of two controllers that drive real gateways; needs root and strongSwan. */
@Tag("lab")
class RealTunnelTest {
    private static final String MARKER = "in-clear-or-not";

    private final IpsecLab lab = IpsecLab.open();
    private final TwoSides sides = new TwoSides(SimClock.scaled(40), builder -> builder.lab(lab));
    private Host leftHost;
    private Host rightHost;

    @BeforeEach
    void addHosts() throws IOException {
        leftHost = lab.host("10.1.1.10", sides.left.gateway().orElseThrow());
        rightHost = lab.host("10.2.1.10", sides.right.gateway().orElseThrow());
    }

    @AfterEach
    void close() {
        sides.close();
        lab.close();
    }

    /** With the other one's private address, by which a controller behind address translation calls itself. */
    private static String known(String endpoint, String as) {
        return endpoint.replace("'ike_version'", "'private_ipaddress': '" + as + "', 'ike_version'");
    }

    /** Both sides, with words of the usual configuration replaced by others. */
    private void configure(String word, String other) {
        sides.configure(
                known(LEFT_ENDPOINT, "10.2.0.10").replace(word, other),
                LEFT_TUNNEL,
                known(RIGHT_ENDPOINT, "10.1.0.10").replace(word, other),
                RIGHT_TUNNEL);
    }

    private static JsonNode status(SimVns3 controller) {
        return controller.configure("GET", "/status/ipsec", "").path("1");
    }

    private static void await(String what, Condition condition) throws IOException {
        long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        while (!condition.holds()) {
            assertThat(System.nanoTime()).as(what).isLessThan(until);
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
        }
    }

    @FunctionalInterface
    private interface Condition {
        boolean holds() throws IOException;
    }

    private void awaitConnected(boolean connected) throws IOException {
        for (SimVns3 side : Set.of(sides.left, sides.right)) {
            await(
                    "connected is " + connected + " at " + side.name(),
                    () -> status(side).path("connected").asBoolean() == connected);
        }
    }

    private void assertPing(boolean passes) throws IOException {
        Host.Ping ping = leftHost.ping("10.2.1.10", 2);
        assertThat(ping.received()).as(ping.text()).isEqualTo(passes ? 2 : 0);
    }

    @Test
    void aPingGoesThroughARealTunnelAndTheWireShowsNothingOfIt() throws IOException {
        assertThat(leftHost.ping("10.2.1.10", 1).ok()).isFalse();
        Capture capture = lab.capture();
        try (capture) {
            configure("", "");
            awaitConnected(true);
            Host.Ping ping = leftHost.ping("10.2.1.10", 3);
            assertThat(ping.ok()).as(ping.text()).isTrue();
            assertThat(rightHost.send(MARKER, leftHost)).isEqualTo(MARKER);
        }
        assertThat(capture.encrypted()).hasSizeGreaterThan(8);
        assertThat(capture.inClear()).isEmpty();
        assertThat(capture.contains(MARKER)).isFalse();
        await(
                "bytes are counted",
                () -> status(sides.left).at("/tunnel_params/bytes_in").asLong() > 3 * 84);
        JsonNode parameters = status(sides.left).path("tunnel_params");
        assertThat(parameters.path("phase1_cipher").asText()).isEqualTo("aes256");
        assertThat(parameters.path("phase1_prf").asText()).isEqualTo("sha2_256");
        assertThat(parameters.path("phase1_dh_group").asText()).isEqualTo("dh14");
        assertThat(parameters.path("phase2_algo").asText()).isEqualTo("aes256");
        assertThat(parameters.path("inbound_spi").asText())
                .matches("[0-9a-f]{8}")
                .isEqualTo(status(sides.right).at("/tunnel_params/outbound_spi").asText());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "phase1=aes256_gcm-sha2_256-dh14 phase2=aes256_gcm | aes256_gcm | sha2_256 | dh14 | aes256_gcm |",
                "phase1=aes128-sha1-dh5 phase2=aes128-sha1         | aes128     | sha1     | dh5  | aes128     | sha1",
                "phase1=aes256-sha2_512-dh20 phase2=aes256-sha2_384 | aes256    | sha2_512 | dh20 | aes256     | sha2_384",
            })
    void theAlgorithmsAreThoseThatBothSidesWereTold(
            String words, String cipher, String prf, String group, String esp, String hash) throws IOException {
        configure("'ike_version'", "'extra_config': '" + words + "', 'ike_version'");
        awaitConnected(true);
        JsonNode parameters = status(sides.right).path("tunnel_params");
        assertThat(parameters.path("phase1_cipher").asText()).isEqualTo(cipher);
        assertThat(parameters.path("phase1_prf").asText()).isEqualTo(prf);
        assertThat(parameters.path("phase1_dh_group").asText()).isEqualTo(group);
        assertThat(parameters.path("phase2_algo").asText()).isEqualTo(esp);
        assertThat(parameters.path("phase2_hash").asText()).isEqualTo(hash == null ? "" : hash);
        assertPing(true);
    }

    @Test
    void ikeVersionOneBringsATunnelUpToo() throws IOException {
        configure("'ike_version': 2", "'ike_version': 1");
        awaitConnected(true);
        assertThat(status(sides.left).at("/tunnel_params/ike_version").asText()).isEqualTo("IKEv1");
        assertPing(true);
    }

    @Test
    void aRouteBasedTunnelCarriesWhatRoutesSendIntoIt() throws IOException {
        String word = "'ike_version'";
        String vti = "'vpn_type': 'vti', 'ike_version'";
        sides.configure(
                known(LEFT_ENDPOINT, "10.2.0.10").replace(word, vti),
                "",
                known(RIGHT_ENDPOINT, "10.1.0.10").replace(word, vti),
                "");
        awaitConnected(true);
        assertPing(false);
        TwoSides.post(sides.left, "/routes", "{'cidr': '10.2.0.0/16', 'tunnel': 1}");
        TwoSides.post(sides.right, "/routes", "{'cidr': '10.1.0.0/16', 'tunnel': 1}");
        await("the routes are set", () -> leftHost.ping("10.2.1.10", 1).ok());
    }

    @Test
    void aCloudsRuleThatIsRemovedEndsTheTunnelUntilItIsBack() throws IOException {
        configure("", "");
        awaitConnected(true);
        sides.y.close("gw2", Protocol.UDP, 4500);
        awaitConnected(false);
        assertPing(false);
        assertThat(sides.left.explain(1)).startsWith("UDP 4500 from 203.0.113.1 to 203.0.113.2");
        sides.y.open("gw2", Protocol.UDP, 4500, "0.0.0.0/0");
        awaitConnected(true);
        assertPing(true);
    }

    @Test
    void aRebootEndsTheTunnelAndBringsItBack() throws IOException {
        configure("", "");
        awaitConnected(true);
        sides.right.reboot();
        await("left has lost it", () -> !status(sides.left).path("connected").asBoolean());
        awaitConnected(true);
        assertPing(true);
    }

    @Test
    void aDeletedEndpointLeavesNothingInItsCharonAndTheOtherSideLosesTheTunnel() throws IOException {
        configure("", "");
        awaitConnected(true);
        sides.right.configure("DELETE", "/ipsec/endpoints/1", "");
        await(
                "right has nothing",
                () -> sides.right.gateway().orElseThrow().loaded().isEmpty());
        await("left has lost it", () -> !status(sides.left).path("connected").asBoolean());
        assertPing(false);
    }

    @Test
    void theTrafficPairsOfARouteBasedTunnelAreNegotiated() throws IOException {
        String word = "'ike_version'";
        String vti = "'vpn_type': 'vti', 'ike_version'";
        sides.configure(
                known(LEFT_ENDPOINT, "10.2.0.10").replace(word, vti),
                "",
                known(RIGHT_ENDPOINT, "10.1.0.10").replace(word, vti),
                "");
        TwoSides.post(
                sides.left,
                "/ipsec/endpoints/1/traffic_pairs",
                "{'local_subnet': '10.1.1.0/24', 'remote_subnet': '10.2.1.0/24'}");
        TwoSides.post(
                sides.right,
                "/ipsec/endpoints/1/traffic_pairs",
                "{'local_subnet': '10.2.1.0/24', 'remote_subnet': '10.1.1.0/24'}");
        TwoSides.post(sides.left, "/routes", "{'cidr': '10.2.0.0/16', 'tunnel': 1}");
        TwoSides.post(sides.right, "/routes", "{'cidr': '10.1.0.0/16', 'tunnel': 1}");
        awaitConnected(true);
        await("the routes are set", () -> leftHost.ping("10.2.1.10", 1).ok());
        Host outside = lab.host("10.1.2.10", sides.left.gateway().orElseThrow());
        assertThat(outside.ping("10.2.1.10", 1).received()).isZero();
    }

    @Test
    void aSelectorOfOneHostLeavesItsAddressToTheHost() throws IOException {
        configure("", "");
        sides.left.configure("PUT", "/ipsec/endpoints/1/tunnels/1", "{\"local_subnet\": \"10.1.1.10/32\"}");
        sides.right.configure("PUT", "/ipsec/endpoints/1/tunnels/1", "{\"remote_subnet\": \"10.1.1.10/32\"}");
        awaitConnected(true);
        assertThat(leftHost.send(MARKER, rightHost)).isEqualTo(MARKER);
        assertThat(rightHost.send(MARKER, leftHost)).isEqualTo(MARKER);
        assertPing(true);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "PUT  | /ipsec/endpoints/1/tunnels/1 | {'bounce': true}",
                "POST | /ipsec                       | {'restart': true}",
            })
    void aBouncedTunnelIsNegotiatedAnew(String method, String path, String body) throws IOException {
        configure("", "");
        awaitConnected(true);
        String old = status(sides.left).at("/tunnel_params/inbound_spi").asText();
        sides.left.configure(method, path, body.replace('\'', '"'));
        await("another association", () -> {
            JsonNode now = status(sides.left);
            return now.path("connected").asBoolean()
                    && !now.at("/tunnel_params/inbound_spi").asText().equals(old);
        });
        assertPing(true);
    }

    @Test
    void whatStrongSwanDoesNotKnowIsRefusedInItsWords() throws IOException {
        configure("'ike_version'", "'extra_config': 'phase1=rot13-sha1-dh14', 'ike_version'");
        await("it is said", () -> sides.left.explain(1).startsWith("load-conn: invalid value for: proposals"));
        assertThat(status(sides.left).at("/tunnel_params/phase1").asText()).isEqualTo("down");
    }
}

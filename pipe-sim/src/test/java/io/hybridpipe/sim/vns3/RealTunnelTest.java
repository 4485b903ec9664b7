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
import java.io.IOException;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

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

    private void configure(String right, String changed) {
        sides.configure(
                known(LEFT_ENDPOINT, "10.2.0.10"),
                LEFT_TUNNEL,
                known(RIGHT_ENDPOINT, "10.1.0.10").replace(right, changed),
                RIGHT_TUNNEL.replace(right, changed));
    }

    private static JsonNode status(SimVns3 controller) {
        return controller.configure("GET", "/status/ipsec", "").path("1");
    }

    private static void await(String what, Condition condition) throws IOException {
        long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        while (!condition.holds()) {
            assertThat(System.nanoTime()).as(what).isLessThan(until);
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
        }
    }

    @FunctionalInterface
    private interface Condition {
        boolean holds() throws IOException;
    }

    private void awaitConnected() throws IOException {
        for (SimVns3 side : Set.of(sides.left, sides.right)) {
            await(side.explain(1), () -> status(side).path("connected").asBoolean());
        }
    }

    @Test
    void aPingGoesThroughARealTunnelAndTheWireShowsNothingOfIt() throws IOException {
        assertThat(leftHost.ping("10.2.1.10", 1).ok()).isFalse();
        Capture capture = lab.capture();
        try (capture) {
            configure("", "");
            awaitConnected();
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
}

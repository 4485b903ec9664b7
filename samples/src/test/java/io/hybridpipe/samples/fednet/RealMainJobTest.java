// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.samples.fednet;

import static org.assertj.core.api.Assertions.assertThat;

import io.hybridpipe.sim.lab.Capture;
import io.hybridpipe.sim.lab.IpsecLab;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The main job, unchanged, on stand-ins whose controllers have real gateways; needs root and strongSwan. */
@Tag("lab")
class RealMainJobTest {
    private static final String MARKER = "readable-by-nobody-on-the-wire";

    private static FednetRun run = FednetRun.of();
    private static String prefix = "";
    private static String arrived = "";
    private static List<String> encrypted = List.of();
    private static List<String> inClear = List.of();
    private static boolean markerOnTheWire = true;
    private static final List<Throwable> TROUBLE = new ArrayList<>();

    @BeforeAll
    static void runOnce() {
        Capture[] capture = new Capture[1];
        run = FednetRun.of("--lab")
                .prepare(world -> watching(() -> {
                    IpsecLab lab = world.lab().orElseThrow();
                    prefix = lab.prefix();
                    capture[0] = lab.capture();
                }))
                .inspect(world -> watching(() -> {
                    RealPackets packets = new RealPackets(world);
                    arrived = packets.application().send(MARKER, packets.onPremises());
                    capture[0].close();
                    encrypted = capture[0].encrypted();
                    inClear = capture[0].inClear();
                    markerOnTheWire = capture[0].contains(MARKER);
                }))
                .go();
        assertThat(run.exitCode()).as(run.told()).isZero();
        assertThat(TROUBLE).isEmpty();
    }

    @FunctionalInterface
    private interface Look {
        void look() throws IOException;
    }

    /** What goes wrong in a listener is the engine's to ignore, and this test's to know. */
    private static void watching(Look look) {
        try {
            look.look();
        } catch (IOException | RuntimeException e) {
            TROUBLE.add(e);
        }
    }

    @Test
    void theApplicationPingsOnPremisesThroughBothFederationControllersAndThroughEachAlone() {
        assertThat(run.out().lines())
                .as(run.told())
                .contains(
                        "  through fed-1 and fed-2: 5 of 5 pings answered",
                        "  with the tunnels of fed-1 taken down: 5 of 5 pings answered",
                        "  with the tunnels of fed-2 taken down: 5 of 5 pings answered",
                        "  with fed-1 switched off: 5 of 5 pings answered")
                .anyMatch(line -> line.matches("  on the wire: [0-9]+ packets of IKE and ESP in UDP, 0 others"));
    }

    @Test
    void aTextThatIsSentThroughTheTunnelsArrivesAndIsNotOnTheWire() {
        assertThat(arrived).isEqualTo(MARKER);
        assertThat(markerOnTheWire).isFalse();
    }

    @Test
    void fromTheFirstNegotiationOnTheWireCarriesOnlyIkeAndEspInUdp() {
        assertThat(encrypted).hasSizeGreaterThan(20);
        assertThat(encrypted)
                .anyMatch(line -> line.contains("isakmp"))
                .anyMatch(line -> line.contains("UDP-encap: ESP"));
        assertThat(inClear).isEmpty();
    }

    @Test
    void theNewControllerHasATunnelToEachFederationController() {
        assertThat(run.out().lines())
                .as(run.told())
                .anyMatch(line -> line.matches("  loaded in i-[0-9a-f]+: SA endpoint-1 ESTABLISHED,"
                        + " SA endpoint-2 ESTABLISHED, connection endpoint-1, connection endpoint-2,"
                        + " key endpoint-1, key endpoint-2"));
    }

    @Test
    void nothingIsLeftOfTheLab() throws IOException {
        assertThat(prefix).isNotEmpty();
        LabRemains.assertNone(prefix);
    }
}

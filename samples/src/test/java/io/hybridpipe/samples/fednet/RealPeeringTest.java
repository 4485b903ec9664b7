// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.samples.fednet;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.hybridpipe.Each;
import io.hybridpipe.Input;
import io.hybridpipe.Key;
import io.hybridpipe.Pipe;
import io.hybridpipe.Run;
import io.hybridpipe.RunOptions;
import io.hybridpipe.Secret;
import io.hybridpipe.State;
import io.hybridpipe.event.PipeEvent;
import io.hybridpipe.event.RunListener;
import io.hybridpipe.event.RunReport;
import io.hybridpipe.event.RunReport.Outcome;
import io.hybridpipe.net.Cidr;
import io.hybridpipe.retry.FailureClass;
import io.hybridpipe.sim.Fault;
import io.hybridpipe.sim.lab.Capture;
import io.hybridpipe.sim.lab.Gateway;
import io.hybridpipe.sim.lab.Host;
import io.hybridpipe.vns3.IpsecPeer;
import io.hybridpipe.vns3.Tunnel;
import io.hybridpipe.vns3.api.Controller;
import java.io.IOException;
import java.time.Duration;
import java.time.LocalTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Peerings over real IPsec that cannot come up, and many that come up at once; needs root and strongSwan. */
@Tag("lab")
@Timeout(180)
class RealPeeringTest {
    private static final Secret<String> PSK = Secret.of("psk-of-real-tunnels-5521");
    private static final Key<Tunnel> TUNNEL = Key.of("tunnel", Tunnel.class);
    private static final Key<List<Tunnel>> TUNNELS = Key.listOf("tunnels", Tunnel.class);
    private static final Key<Controller> SPOKE = Key.of("spoke", Controller.class);
    private static final int SPOKES = 10;
    /** Longer than a refused negotiation takes, and than the pause before the next. */
    private static final long QUIET_NANOS = TimeUnit.SECONDS.toNanos(2);

    private final RealSites sites = new RealSites();

    @AfterEach
    void close() throws IOException {
        sites.close();
        LabRemains.assertNone(sites.lab.prefix());
    }

    private IpsecPeer peer(Input<Controller> local, Input<Controller> remote) {
        return IpsecPeer.between(local, remote)
                .psk(Input.value(PSK))
                .into(TUNNEL)
                .over(sites.access)
                .pollEvery(Duration.ofMillis(50));
    }

    /** Nothing is loaded in any charon, by what each says itself, and nothing comes back that was still on its way. */
    private void awaitNothingLoaded() throws IOException {
        for (Gateway gateway : sites.gateways()) {
            long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
            long emptySince = System.nanoTime();
            while (System.nanoTime() - emptySince < QUIET_NANOS) {
                Set<String> loaded = gateway.loaded();
                if (!loaded.isEmpty()) {
                    emptySince = System.nanoTime();
                    assertThat(emptySince)
                            .as("%s still has %s", gateway, loaded)
                            .isLessThan(until);
                }
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
            }
        }
    }

    /**
     * An administrator changes one side while the step still configures the other, so that the two never agree.
     */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "right | /ipsec/endpoints/1           | {'secret': 'another'}                               | phase 1 (IKE) is down | AUTHENTICATION_FAILED",
                "right | /ipsec/endpoints/1           | {'extra_config': 'phase1=aes256-sha2_512-dh20'}     | phase 1 (IKE) is down | NO_PROPOSAL_CHOSEN",
                "right | /ipsec/endpoints/1           | {'extra_config': 'phase2=aes256-sha2_512'}          | phase 2 (ESP) is down | NO_PROPOSAL_CHOSEN",
                "left  | /ipsec/endpoints/1/tunnels/1 | {'remote_subnet': '10.99.0.0/16'}                   | phase 2 (ESP) is down | TS_UNACCEPTABLE",
            })
    void aDisagreementFailsTheStepWithItsPhaseAndIsUndone(
            String side, String path, String change, String phase, String notify) throws Exception {
        Controller left = sites.add("left", "10.1.0.4", "203.0.113.1");
        Controller right = sites.add("right", "10.2.0.4", "203.0.113.2");
        Fault held = sites.controller("right")
                .faults()
                .on("POST /ipsec/endpoints/{endpoint_id}/tunnels")
                .holdBefore();
        List<PipeEvent.StepFailed> failures = new CopyOnWriteArrayList<>();
        List<String> explained = new CopyOnWriteArrayList<>();
        Run run = Pipe.named("peering")
                .step(
                        "tunnel",
                        peer(Input.value(left), Input.value(right))
                                .subnets(Cidr.of("10.1.0.0/16"), Cidr.of("10.2.0.0/16"))
                                .connectedWithin(Duration.ofSeconds(10)))
                .build()
                .start(State.empty(), RunOptions.ofDefaults().listener(new RunListener() {
                    @Override
                    public void on(PipeEvent event) {
                        if (event instanceof PipeEvent.StepFailed failed) {
                            failures.add(failed);
                            explained.add(sites.controller("left").explain(1));
                        }
                    }
                }));
        held.reached().get(60, TimeUnit.SECONDS);
        awaitTunnelOf("left");
        sites.controller(side).configure("PUT", path, change.replace('\'', '"'));
        held.release();
        RunReport report = Objects.requireNonNull(run.settled().block(Duration.ofSeconds(60)));

        assertThat(report.outcome()).isEqualTo(Outcome.UNDONE);
        assertThat(report.leftovers()).isEmpty();
        assertThat(failures).hasSize(1);
        assertThat(failures.get(0).failureClass()).isEqualTo(FailureClass.PERMANENT);
        assertThat(failures.get(0).message())
                .contains("left (203.0.113.1) says " + phase)
                .contains("right (203.0.113.2) says " + phase);
        assertThat(explained.get(0)).startsWith(notify);
        awaitNothingLoaded();
    }

    private void awaitTunnelOf(String name) {
        long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        JsonNode endpoint = sites.controller(name).configure("GET", "/ipsec", "");
        while (endpoint.findPath("remote_subnet").isMissingNode()) {
            assertThat(System.nanoTime()).as("%s", endpoint).isLessThan(until);
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(10));
            endpoint = sites.controller(name).configure("GET", "/ipsec", "");
        }
    }

    /** How many peerings are on their way at once. */
    private static final class Counting implements RunListener {
        private final AtomicInteger running = new AtomicInteger();
        private final List<Integer> peaks = new CopyOnWriteArrayList<>();
        private final List<Duration> times = new CopyOnWriteArrayList<>();

        @Override
        public void on(PipeEvent event) {
            if (event instanceof PipeEvent.StepStarted) {
                peaks.add(running.incrementAndGet());
            } else if (event instanceof PipeEvent.StepFinished finished) {
                running.decrementAndGet();
                times.add(finished.took());
            }
        }
    }

    /** From the first packet of IKE between a spoke and the hub to the last one that sets up an association. */
    private static List<Duration> negotiations(Capture capture, List<Controller> spokes) throws IOException {
        List<Duration> times = new ArrayList<>();
        for (Controller spoke : spokes) {
            List<LocalTime> packets = capture.packets("host " + spoke.address()).stream()
                    .filter(line -> line.contains("ikev2_init") || line.contains("ikev2_auth"))
                    .map(line -> LocalTime.parse(line.substring(0, line.indexOf(' '))))
                    .toList();
            times.add(Duration.between(packets.get(0), packets.get(packets.size() - 1)));
        }
        return times;
    }

    private static void print(String what, List<Duration> times) {
        List<Long> millis = times.stream().map(Duration::toMillis).sorted().toList();
        System.out.printf(
                "%d peerings at once; %s: min %d ms, median %d ms, max %d ms%n",
                millis.size(), what, millis.get(0), millis.get(millis.size() / 2), millis.get(millis.size() - 1));
    }

    @Test
    void tenSpokesArePeeredWithOneHubAtOnceAndEachOfThemReachesIt() throws IOException {
        Controller hub = sites.add("hub", "10.0.0.4", "198.51.100.1");
        List<Controller> spokes = new ArrayList<>();
        for (int i = 1; i <= SPOKES; i++) {
            spokes.add(sites.add("spoke-" + i, "10." + (100 + i) + ".0.4", "203.0.113." + i));
        }
        Counting counting = new Counting();
        Capture capture = sites.lab.capture();
        Input<Cidr> subnetOfSpoke =
                SPOKE.map(spoke -> Cidr.of(spoke.privateAddress().toString().replaceAll("\\.0\\.4$", ".0.0/16")));
        Run run = Pipe.named("hub-and-spokes")
                .forEach(
                        "peer",
                        Each.of(Input.value(spokes), SPOKE, Controller::name)
                                .atMost(SPOKES)
                                .collect(TUNNEL, TUNNELS),
                        each -> each.step(
                                "tunnel",
                                peer(SPOKE, Input.value(hub))
                                        // each look is a TLS handshake, and twenty at once leave no time for IKE
                                        .pollEvery(Duration.ofMillis(250))
                                        .subnets(subnetOfSpoke, Input.value(Cidr.of("10.0.0.0/16")))))
                .build()
                .start(State.empty(), RunOptions.ofDefaults().listener(counting));
        RunReport report = Objects.requireNonNull(run.settled().block(Duration.ofSeconds(90)));
        capture.close();

        assertThat(report.outcome()).as("%s", report.failure()).isEqualTo(Outcome.DONE);
        assertThat(counting.peaks).as("peerings on their way at each start").contains(SPOKES);
        assertThat(capture.inClear()).isEmpty();
        print("each step, from its first call until both sides say connected", counting.times);
        print("each negotiation on the wire, from its first packet to its last", negotiations(capture, spokes));
        sites.host("10.0.0.10", "hub");
        for (int i = 1; i <= SPOKES; i++) {
            Host.Ping ping =
                    sites.host("10." + (100 + i) + ".0.10", "spoke-" + i).ping("10.0.0.10", 1);
            assertThat(ping.ok()).as(ping.text()).isTrue();
        }
        assertThat(sites.gateway("hub").loaded())
                .filteredOn(each -> each.startsWith("SA ") && each.endsWith(" ESTABLISHED"))
                .hasSize(SPOKES);
    }
}

// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.sim.vns3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import inet.ipaddr.IPAddress;
import inet.ipaddr.IPAddressString;
import io.hybridpipe.sim.lab.ScriptedCharon;
import io.hybridpipe.sim.lab.Vici;
import io.hybridpipe.sim.lab.ViciMessage;
import io.hybridpipe.sim.vns3.Negotiation.Side;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a charon is told of endpoints and tunnels, by a socket that writes it down. */
@Timeout(180)
class ConnectionsTest {
    private static final int RESPONSE = 1;
    private static final int UNKNOWN_COMMAND = 2;
    private static final Tunnel TUNNEL =
            new Tunnel(1, 1, block("10.1.0.0/16"), block("10.2.0.0/16"), true, "", Tunnel.Ping.NONE);

    @TempDir
    Path folder;

    private final Connections connections = new Connections();
    private ScriptedCharon charon;
    private Vici vici;

    @BeforeEach
    void start() {
        charon = ScriptedCharon.at(folder);
        vici = charon.vici();
        agrees();
    }

    @AfterEach
    void close() {
        charon.close();
    }

    private void agrees() {
        charon.instead().answers(RESPONSE, null, ViciMessage.of("success", "yes"));
    }

    private void knowsNothing() {
        charon.instead().answers(UNKNOWN_COMMAND, null, null);
    }

    private static IPAddress block(String text) {
        return new IPAddressString(text).getAddress();
    }

    private static Endpoint endpoint(String psk, VpnType type) {
        return new Endpoint(
                1,
                "peer",
                "",
                block("203.0.113.2"),
                psk,
                true,
                2,
                true,
                Optional.empty(),
                List.of(),
                type,
                new Endpoint.RouteBased("", "", "", ""),
                Map.of(1, TUNNEL),
                Map.of());
    }

    private static TrafficPair pair(int id, String local, String remote, boolean enabled) {
        return new TrafficPair(
                id, 1, block(local), block(remote), enabled, "", Tunnel.Ping.NONE, Instant.EPOCH, Instant.EPOCH);
    }

    private static Side side(Endpoint... endpoints) {
        return new Side("left", block("10.1.0.4"), block("203.0.113.1"), "10.1.0.4", List.of(endpoints));
    }

    private Map<Integer, String> load(Endpoint... endpoints) throws IOException {
        return connections.load(side(endpoints), Map.of(), vici);
    }

    /** The commands that arrived. */
    private List<String> told(int count) {
        List<String> requests = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            requests.add(charon.request().split(" ")[1]);
        }
        return requests;
    }

    /** The tunnel's words in the second message, which loads the connection. */
    private ViciMessage loaded() {
        return charon.messages()
                .get(1)
                .section("endpoint-1")
                .section("children")
                .section("tunnel-1");
    }

    @Test
    void anEndpointIsLoadedOnceWithItsKeyFirst() throws IOException {
        assertThat(load(endpoint("one", VpnType.POLICY))).isEmpty();
        assertThat(load(endpoint("one", VpnType.POLICY))).isEmpty();
        load();

        assertThat(told(5)).containsExactly("load-shared", "load-conn", "unload-conn", "unload-shared", "terminate");
        assertThat(loaded().list("local_ts")).containsExactly("10.1.0.0/16");
        assertThat(loaded().list("remote_ts")).containsExactly("10.2.0.0/16");
        assertThat(loaded().list("esp_proposals")).contains("aes256-sha256-modp2048-modp1536-modp1024");
    }

    @Test
    void aChangedKeyEndsWhatItHadSetUp() throws IOException {
        load(endpoint("one", VpnType.POLICY));
        load(endpoint("other", VpnType.POLICY));

        assertThat(told(7))
                .containsExactly(
                        "load-shared",
                        "load-conn",
                        "unload-conn",
                        "unload-shared",
                        "terminate",
                        "load-shared",
                        "load-conn");
    }

    @Test
    void theEnabledTrafficPairsOfARouteBasedEndpointAreItsSelectors() throws IOException {
        load(endpoint("one", VpnType.VTI)
                .with(pair(1, "192.168.1.0/24", "192.168.2.0/24", true))
                .with(pair(2, "192.168.3.0/24", "192.168.2.0/24", true))
                .with(pair(3, "192.168.4.0/24", "192.168.5.0/24", false)));

        assertThat(loaded().list("local_ts")).containsExactly("192.168.1.0/24", "192.168.3.0/24");
        assertThat(loaded().list("remote_ts")).containsExactly("192.168.2.0/24");
    }

    @Test
    void whatCouldNotBeUnloadedIsUnloadedByTheNextLook() throws IOException {
        load(endpoint("one", VpnType.POLICY));
        knowsNothing();
        assertThatThrownBy(this::load).isInstanceOf(IOException.class).hasMessageContaining("unload-conn");
        agrees();
        load();

        assertThat(told(6))
                .containsExactly(
                        "load-shared", "load-conn", "unload-conn", "unload-conn", "unload-shared", "terminate");
    }

    @Test
    void whatWasHalfLoadedIsNotTakenForLoaded() throws IOException {
        knowsNothing();
        assertThatThrownBy(() -> load(endpoint("one", VpnType.POLICY))).isInstanceOf(IOException.class);
        agrees();
        assertThat(load(endpoint("one", VpnType.POLICY))).isEmpty();

        assertThat(told(7))
                .containsExactly(
                        "load-shared",
                        "unload-conn",
                        "unload-conn",
                        "unload-shared",
                        "terminate",
                        "load-shared",
                        "load-conn");
    }

    @Test
    void whatCharonRefusesIsToldByEndpointAndLeavesNothing() throws IOException {
        charon.instead().answers(RESPONSE, null, ViciMessage.of("success", "no").with("errmsg", "invalid proposal"));
        assertThat(load(endpoint("one", VpnType.POLICY)))
                .containsExactly(Map.entry(1, "load-shared: invalid proposal"));

        assertThat(told(4)).containsExactly("load-shared", "unload-conn", "unload-shared", "terminate");
    }
}

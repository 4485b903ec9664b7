// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.sim.vns3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import io.hybridpipe.sim.SimClock;
import io.hybridpipe.sim.net.Protocol;
import io.hybridpipe.sim.net.SmallCloud;
import io.hybridpipe.sim.net.World;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MeshTest {
    private final SimClock clock = SimClock.manual(Instant.parse("2026-11-21T08:00:00Z"));
    private final World world = World.on(clock);
    private final List<SimVns3> running = new ArrayList<>();
    private final SmallCloud x = cloud("x", 1);
    private final SmallCloud y = cloud("y", 2);

    @AfterEach
    void close() {
        running.forEach(SimVns3::close);
        clock.close();
    }

    private SmallCloud cloud(String name, int n) {
        SmallCloud cloud = SmallCloud.named(name, "10." + n + ".0.0/16")
                .port("gw" + n, "10." + n + ".0.10", "203.0.113." + n)
                .route("203.0.113.0/24", "internet");
        for (int port = 1195; port <= 1203; port++) {
            cloud.open("gw" + n, Protocol.UDP, port, "203.0.113.0/24");
        }
        world.add(cloud);
        return cloud;
    }

    private SimVns3 controller(int n, int place, String token) {
        SimVns3 made = SimVns3.builder()
                .world(world)
                .name("fed-" + n)
                .machine("machine-gw" + n)
                .password("secret")
                .inService(place, token)
                .start();
        running.add(made);
        return made;
    }

    private static JsonNode peer(SimVns3 controller, int id, String name, String more) {
        String body = "{'id': " + id + ", 'name': '" + name + "'" + more + "}";
        return controller.configure("POST", "/peering/peers", body.replace('\'', '"'));
    }

    private static boolean reaches(SimVns3 controller, int id) {
        return controller
                .configure("GET", "/peering", "")
                .at("/controllers/" + id + "/reachable")
                .asBoolean();
    }

    @Test
    void twoControllersReachEachOtherOnlyWhenBothWereToldOfTheOther() {
        SimVns3 one = controller(1, 1, "shared");
        SimVns3 two = controller(2, 2, "shared");
        peer(one, 2, "203.0.113.2", "");
        assertThat(reaches(one, 2)).isFalse();
        assertThat(one.explainPeer(2)).isEqualTo("fed-2 does not know this controller");
        peer(two, 1, "203.0.113.1", "");
        assertThat(reaches(one, 2)).isTrue();
        assertThat(reaches(two, 1)).isTrue();
        assertThat(one.explainPeer(2)).isEqualTo("both sides reach each other");
        two.configure("DELETE", "/peering/peers/1", "");
        assertThat(reaches(one, 2)).isFalse();
    }

    @Test
    void aPeeringThatIsNotFinalizedReachesNobodyUntilItIsReconfigured() {
        SimVns3 one = controller(1, 1, "shared");
        SimVns3 two = controller(2, 2, "shared");
        peer(one, 2, "203.0.113.2", ", 'force': 'False'");
        peer(two, 1, "203.0.113.1", "");
        assertThat(one.explainPeer(2)).isEqualTo("the peering with 2 is not finalized");
        assertThat(two.explainPeer(1)).isEqualTo("the peering is not finalized on fed-1");
        one.configure("PUT", "/peering/peers/2", "{\"force\": true}");
        assertThat(reaches(one, 2)).isTrue();
        assertThat(reaches(two, 1)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(ints = {1195, 1196})
    void aRuleThatStopsTheMeshesPortsInEitherDirectionKeepsBothApart(int port) {
        SimVns3 one = controller(1, 1, "shared");
        SimVns3 two = controller(2, 2, "shared");
        peer(one, 2, "203.0.113.2", "");
        peer(two, 1, "203.0.113.1", "");
        (port == 1195 ? y : x).close(port == 1195 ? "gw2" : "gw1", Protocol.UDP, port);
        assertThat(reaches(one, 2)).isFalse();
        assertThat(reaches(two, 1)).isFalse();
        assertThat(one.explainPeer(2)).startsWith("UDP " + port + " from 203.0.113.");
    }

    @Test
    void controllersOfDifferentKeysetsOrPlacesDoNotReachEachOther() {
        SimVns3 one = controller(1, 1, "shared");
        SimVns3 two = controller(2, 2, "other");
        peer(one, 2, "203.0.113.2", "");
        peer(two, 1, "203.0.113.1", "");
        assertThat(one.explainPeer(2)).isEqualTo("fed-2 has another keyset, or one of the two has none");
        two.configure("PUT", "/peering/self", "{\"id\": 3, \"force\": true}");
        assertThat(one.explainPeer(2)).isEqualTo("fed-2 is not controller 2");
        two.reboot();
        assertThat(one.explainPeer(2)).isEqualTo("no answer from 203.0.113.2");
        assertThat(one.explainPeer(4)).isEqualTo("controller 4 is not set");
    }

    @Test
    void anMtuOutsideTheDocumentedBoundsIsRefusedAndAGivenOneIsShownAsText() {
        SimVns3 one = controller(1, 1, "shared");
        for (String wrong : List.of("499", "4801", "many", "-1")) {
            assertThatThrownBy(() -> peer(one, 2, "203.0.113.2", ", 'overlay_mtu': '" + wrong + "'"))
                    .hasMessageEndingWith("mtu must be an integer between 500 and 48,000");
        }
        JsonNode mtu = peer(one, 2, "fed-2.example", ", 'overlay_mtu': 4800").at("/managers/2/mtu");
        assertThat(mtu.isTextual()).isTrue();
        assertThat(mtu.asText()).isEqualTo("4800");
        assertThat(one.explainPeer(2)).isEqualTo("no answer from fed-2.example");
    }

    @Test
    void aPlaceThatTheLicenseDoesNotGrantCannotBeInService() {
        assertThatThrownBy(() -> controller(1, 5, "shared")).hasMessage("place 5 of a mesh of 4 controllers");
    }
}

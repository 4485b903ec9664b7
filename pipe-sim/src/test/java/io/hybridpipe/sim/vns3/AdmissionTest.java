// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.sim.vns3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hybridpipe.sim.net.Protocol;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class AdmissionTest {
    private final TwoSides sides = new TwoSides();
    private final ApiClient api = ApiClient.of(sides.left, "secret");

    @AfterEach
    void close() {
        sides.close();
    }

    private int status() {
        return api.get("/config").status();
    }

    private void assertNoAnswer() {
        assertNoAnswer(Duration.ofMillis(200));
    }

    private void assertNoAnswer(Duration within) {
        assertThatThrownBy(() -> api.tryCall("GET", "/config", "", within)).isInstanceOf(HttpTimeoutException.class);
    }

    @Test
    void aWorldWithoutACallerLetsEverybodyIn() {
        assertThat(status()).isEqualTo(200);
    }

    @Test
    void aCallerGetsNoAnswerUntilTheCloudsRulesLetItIn() {
        sides.world.caller("198.51.100.7");
        assertNoAnswer();
        sides.x.open("gw1", Protocol.TCP, 8000, "198.51.100.8/32");
        assertNoAnswer();
        sides.x.open("gw1", Protocol.TCP, 8000, "198.51.100.7/32");
        assertThat(status()).isEqualTo(200);
    }

    @Test
    void aRuleThatIsRemovedClosesTheDoorForConnectionsThatAreKeptAliveToo() {
        sides.world.caller("198.51.100.7");
        sides.x.open("gw1", Protocol.TCP, 8000, "198.51.100.7/32");
        assertThat(status()).isEqualTo(200);
        sides.x.close("gw1", Protocol.TCP, 8000);
        // long enough to arrive, which takes a new connection
        assertNoAnswer(Duration.ofSeconds(1));
        assertThat(sides.left.calls().all()).extracting(call -> call.status()).containsExactly(200, 0);
    }

    @Test
    void aClosedDoorKeepsACallFromTakingEffect() {
        Inventory before = sides.left.inventory();
        sides.world.caller("198.51.100.7");
        assertThatThrownBy(() -> api.tryCall("PUT", "/config", "{'topology_name': 'x'}", Duration.ofMillis(200)))
                .isInstanceOf(HttpTimeoutException.class);
        assertThat(sides.left.inventory()).isEqualTo(before);
    }

    @Test
    void aCallerInTheSameCloudIsAskedForByItsPrivateAddress() {
        sides.world.caller("10.1.1.10");
        assertNoAnswer();
        sides.x.open("gw1", Protocol.TCP, 8000, "10.1.1.0/24");
        assertThat(status()).isEqualTo(200);
    }

    @Test
    void aTokenRemembersFromWhereTheWorldsCallerUsedIt() {
        sides.world.caller("198.51.100.7");
        sides.x.open("gw1", Protocol.TCP, 8000, "0.0.0.0/0");
        String token = api.post("/access/token", "{}").response().path("token").asText();
        api.withToken(token).get("/config");
        assertThat(api.get("/access/token/1")
                        .response()
                        .path("last_accessed_ip")
                        .asText())
                .isEqualTo("198.51.100.7");
    }

    @Test
    void theWorldKnowsWhereTheApiOfAnAddressIs() {
        assertThat(sides.world.uriOf("203.0.113.1")).isEqualTo(sides.left.uri());
        assertThat(sides.world.uriOf("10.2.0.10")).isEqualTo(sides.right.uri());
        sides.right.close();
        assertThat(sides.world.uriOf("10.2.0.10")).hasToString("https://127.0.0.1:1");
        assertThatThrownBy(() -> sides.world.uriOf("fed-1")).hasMessage("not an address: fed-1");
    }
}

// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.sim.vns3;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.hybridpipe.sim.net.Protocol;
import io.hybridpipe.sim.net.Site;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class KeysetTest {
    private final TwoSides sides = new TwoSides();
    private SimVns3 fresh;

    @BeforeEach
    void licenseAFreshController() {
        sides.world.add(Site.named("z").host("10.3.0.10", "203.0.113.3", "fresh"));
        fresh = SimVns3.builder().world(sides.world).machine("fresh").running().start();
        fresh.configure("PUT", "/license", SimVns3.licenseText("x"));
        fresh.configure("PUT", "/license/parameters", "{\"default\": true}");
        sides.advance(60);
    }

    @AfterEach
    void close() {
        fresh.close();
        sides.close();
    }

    private JsonNode fetch(String token) {
        return fresh.configure("PUT", "/keyset", "{\"token\": \"" + token + "\", \"source\": \"203.0.113.1\"}");
    }

    private JsonNode keyset(SimVns3 controller) {
        return controller.configure("GET", "/keyset", "");
    }

    @Test
    void aKeysetFetchedFromAnotherControllerIsTheSameAndEndsInAReboot() {
        sides.x.open("gw1", Protocol.TCP, 8000, "203.0.113.3/32");
        fetch("left");
        sides.advance(12);
        assertThat(fresh.isUp()).isFalse();
        sides.advance(60);
        assertThat(keyset(fresh).path("checksum")).isEqualTo(keyset(sides.left).path("checksum"));
        assertThat(keyset(fresh).path("keyset_present").asBoolean()).isTrue();
    }

    @Test
    void aFetchThatFailsShowsOnlyInThatTheNextOneMayBegin() {
        long first = fetch("left").path("started_at_i").asLong();
        sides.advance(10);
        assertThat(keyset(fresh)).hasToString("{\"keyset_present\":false}");
        assertThat(fetch("left").path("started_at_i").asLong()).isEqualTo(first + 10);
        sides.x.open("gw1", Protocol.TCP, 8000, "203.0.113.3/32");
        sides.advance(9);
        assertThat(fresh.isUp()).isTrue();
        sides.advance(5);
        assertThat(fresh.isUp()).isFalse();
    }

    @Test
    void aKeysetIsNotGivenToAControllerThatDoesNotKnowItsToken() {
        sides.x.open("gw1", Protocol.TCP, 8000, "203.0.113.3/32");
        fetch("something else");
        sides.advance(30);
        assertThat(fresh.isUp()).isTrue();
        assertThat(keyset(fresh)).hasToString("{\"keyset_present\":false}");
    }
}

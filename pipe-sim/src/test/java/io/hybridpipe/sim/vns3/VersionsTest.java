// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.sim.vns3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import io.hybridpipe.sim.SimClock;
import java.time.Instant;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What controllers of older versions do not know. */
class VersionsTest {
    private final SimClock clock = SimClock.manual(Instant.parse("2026-11-21T08:00:00Z"));

    @AfterEach
    void close() {
        clock.close();
    }

    private SimVns3 controller(String version) {
        SimVns3 made = SimVns3.builder()
                .clock(clock)
                .password("secret")
                .version(version)
                .inService()
                .start();
        TwoSides.post(
                made, "/ipsec/endpoints", "{'name': 'a', 'ipaddress': '192.0.2.7', 'secret': 'k', 'vpn_type': 'vti'}");
        return made;
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "4.11.0-20200101 | 4.11.1-20200201 | GET  | /status/task?token=1               |",
                "4.11.3-20200101 | 4.11.4          | PUT  | /routes/1/disable                  |",
                "5.0.1           | 5.0.2-20210101  | PUT  | /firewall                          | {'rules': ''}",
                "5.0.1           | 5.0.2-20210101  | PUT  | /firewall/actions                  | {'action': 'reset_connection_tracking'}",
                "5.1.0           | 5.1.1           | GET  | /interfaces/system/1/addresses     |",
                "5.1.7           | 5.1.8           | POST | /ipsec/endpoints/1/traffic_pairs   | {'local_subnet': '10.1.0.0/16', 'remote_subnet': '10.2.0.0/16'}",
                "5.2.1           | 6.0.0-20240101  | GET  | /v2/firewall/rules                 |",
                "5.2.1           | 6.0.0-20240101  | GET  | /v2/firewall/fwsets                |",
            })
    void anOperationIsUnknownBeforeItsVersion(String before, String from, String method, String path, String body) {
        String sent = body == null ? "" : body;
        try (SimVns3 older = controller(before);
                SimVns3 newer = controller(from)) {
            assertThat(ApiClient.of(older, "secret").call(method, path, sent).error())
                    .isEqualTo("404 APINotFoundError: " + method + " /api" + path.split("\\?")[0] + " does not exist");
            assertThat(ApiClient.of(newer, "secret").call(method, path, sent).status())
                    .isEqualTo(200);
        }
    }

    @Test
    void answersOfVersion4LackWhatLaterVersionsBrought() {
        try (SimVns3 older = controller("4.8.4-20191220")) {
            ApiClient api = ApiClient.of(older, "secret");
            assertThat(api.get("/config").response().path("vns3_version").asText())
                    .isEqualTo("4.8.4-20191220");
            JsonNode route = api.get("/routes").response().path("1");
            assertThat(route.has("metric")).isTrue();
            assertThat(route.has("table")).isFalse();
            assertThat(route.has("editable")).isFalse();
            JsonNode endpoint = api.get("/ipsec/endpoints/1").response();
            assertThat(endpoint.has("tunnels")).isTrue();
            assertThat(endpoint.has("traffic_pairs")).isFalse();
            assertThat(api.get("/ipsec").response().at("/remote_endpoints/1")).isEqualTo(endpoint);
            JsonNode peering = api.get("/peering").response();
            assertThat(peering.path("managers")).hasSize(4);
            assertThat(peering.has("controllers")).isFalse();
        }
    }

    @Test
    void answersOfVersion6HaveThem() {
        try (SimVns3 newer = controller("6.0.0-20240101")) {
            ApiClient api = ApiClient.of(newer, "secret");
            assertThat(api.get("/routes").response().at("/1/table").asText()).isEqualTo("main");
            assertThat(api.get("/ipsec/endpoints/1").response().has("traffic_pairs"))
                    .isTrue();
            JsonNode peering = api.get("/peering").response();
            assertThat(peering.path("controllers")).isEqualTo(peering.path("managers"));
        }
    }

    @Test
    void aVersionBeginsWithNumbers() {
        assertThatThrownBy(() -> SimVns3.builder().version("latest"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("not a version such as 6.0.0-20240101: latest");
    }
}

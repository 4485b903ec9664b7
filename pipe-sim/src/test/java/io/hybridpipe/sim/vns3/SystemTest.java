// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.sim.vns3;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.hybridpipe.sim.SimClock;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SystemTest {
    private final SimClock clock = SimClock.manual(Instant.parse("2026-11-21T08:00:00Z"));
    private final SimVns3 controller = SimVns3.builder()
            .clock(clock)
            .password("secret")
            .publicAddress("203.0.113.10")
            .inService()
            .start();
    private final ApiClient api = ApiClient.of(controller, "secret");

    @AfterEach
    void close() {
        controller.close();
        clock.close();
    }

    @Test
    void anAccessUrlExpiresByItselfOrByHandAndIsFoundByIdOrUrl() {
        var made = api.post("/access/url", "{'expires': 120, 'description': 'old name'}");
        assertThat(made.status()).isEqualTo(201);
        assertThat(made.response().path("url").asText()).startsWith("https://203.0.113.10:8000/");
        assertThat(made.response().path("name").asText()).isEqualTo("old name");
        assertThat(made.response().path("access").asText()).isEqualTo("rs");
        assertThat(made.response().path("lifetime").asText()).isEqualTo("2m");
        clock.advance(Duration.ofSeconds(120));
        assertThat(api.get("/access/url/1").response().path("expired").asBoolean())
                .isTrue();
        JsonNode second =
                api.post("/access/url", "{'access': 'cp:100_127_255_193'}").response();
        assertThat(api.put("/access/url/2", "{'expired': true}")
                        .response()
                        .path("expired")
                        .asBoolean())
                .isTrue();
        assertThat(api.get("/access/urls").response()).hasSize(2);
        assertThat(api.call(
                                "DELETE",
                                "/access/url",
                                "{'access_url': '" + second.path("url").asText() + "'}")
                        .response()
                        .asText())
                .isEqualTo("Access url deleted");
        assertThat(api.delete("/access/url/1").response().asText()).isEqualTo("Access url deleted");
        assertThat(api.get("/access/urls").response()).isEmpty();
    }

    @Test
    void changingTheAdminUiResetsTheApiForTwoSeconds() {
        assertThat(api.put("/admin_ui", "{'enabled': 'False', 'admin_username': 'ops', 'admin_password': 'canary'}")
                        .response())
                .hasToString("{\"enabled\":false,\"username\":\"ops\"}");
        assertThat(api.get("/config").status()).isEqualTo(502);
        clock.advance(Duration.ofMillis(1900));
        assertThat(api.get("/config").text()).startsWith("<html>");
        clock.advance(Duration.ofMillis(100));
        assertThat(api.get("/config").status()).isEqualTo(200);
        assertThat(controller.inventory().toString()).doesNotContain("canary");
    }

    @Test
    void remoteSupportIsSwitchedAndItsKeyIsMadeForAPassphrase() {
        assertThat(api.get("/remote_support").response()).hasToString("{\"enabled\":false}");
        assertThat(api.put("/remote_support", "{'enabled': true}").response())
                .hasToString("{\"enabled\":true,\"revoke_credential\":false}");
        var key = api.post("/remote_support/keypair", "passphrase");
        assertThat(key.status()).isEqualTo(201);
        assertThat(key.text()).startsWith("-----BEGIN PRIVATE KEY-----\n");
        assertThat(controller.inventory().of("support")).containsValue("true with a key");
        api.put("/remote_support", "{'revoke_credential': true}");
        assertThat(controller.inventory().of("support")).containsValue("true");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "POST   | /access/url              | {'expires': 59}           | 400 APIArgumentError: expires range must be between 60 and 259200",
                "POST   | /access/url              | {'expires': '259201'}     | 400 APIArgumentError: expires range must be between 60 and 259200",
                "POST   | /access/url              | {'access': 'everything'}  | 400 APIArgumentError: access is invalid",
                "GET    | /access/url/7            |                           | 404 APINotFoundError: Invalid or missing access url",
                "PUT    | /access/url/7            | {'expired': true}         | 404 APINotFoundError: Invalid or missing access url",
                "DELETE | /access/url/x            |                           | 404 APINotFoundError: Invalid or missing access url",
                "DELETE | /access/url              | {'access_url_id': 7}      | 404 APINotFoundError: Invalid or missing access url",
                "PUT    | /admin_ui                | {'admin_username': 'a b'} | 400 APIArgumentError: admin_username is invalid",
                "PUT    | /admin_ui                | {'enabled': []}           | 400 APIArgumentError: enabled is invalid",
                "PUT    | /remote_support          | {'enabled': 'maybe'}      | 400 APIArgumentError: enabled is invalid",
                "POST   | /remote_support/keypair  |                           | 400 APIArgumentError: Bad encrypted passphrase",
                "PUT    | /config                  | {'topology_name': {}}     | 400 APIArgumentError: topology_name is invalid",
            })
    void isRefused(String method, String path, String body, String error) {
        Inventory before = controller.inventory();
        assertThat(api.call(method, path, body == null ? "" : body).error()).isEqualTo(error);
        assertThat(controller.inventory()).isEqualTo(before);
    }
}

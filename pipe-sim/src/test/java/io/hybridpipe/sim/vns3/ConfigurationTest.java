// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.sim.vns3;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.hybridpipe.sim.SimClock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ConfigurationTest {
    private static final String LICENSE = SimVns3.licenseText("license-canary");

    private final SimClock clock = SimClock.manual(Instant.parse("2026-11-21T08:00:00Z"));
    private final SimVns3 controller = SimVns3.builder()
            .clock(clock)
            .machine("i-0abc")
            .address("10.1.0.10")
            .publicAddress("203.0.113.10")
            .running()
            .start();
    private final ApiClient api = ApiClient.of(controller, "i-0abc");

    @AfterEach
    void close() {
        controller.close();
        clock.close();
    }

    private void licensed() {
        api.put("/license", LICENSE);
        api.put("/license/parameters", "{'default': true}");
        clock.advance(Duration.ofMinutes(1));
        // a read: the client repeats it by itself if it chose a connection that the reboot has cut
        api.get("/config");
    }

    private static List<String> names(JsonNode object) {
        List<String> names = new ArrayList<>();
        object.fieldNames().forEachRemaining(names::add);
        return names;
    }

    @Test
    void anUnlicensedControllersConfigHasWhatTheRealOneHasAndNoMore() {
        JsonNode config = api.get("/config").response();
        assertThat(names(config))
                .containsExactlyInAnyOrder(
                        "private_ipaddress",
                        "public_ipaddress",
                        "topology_checksum",
                        "vns3_version",
                        "topology_name",
                        "controller_name",
                        "ntp_hosts",
                        "licensed");
        assertThat(config.path("licensed").asBoolean()).isFalse();
        assertThat(config.path("private_ipaddress").asText()).isEqualTo("10.1.0.10");
        assertThat(config.path("public_ipaddress").asText()).isEqualTo("203.0.113.10");
        assertThat(api.get("/cloud_data")
                        .response()
                        .path("cloud_data")
                        .path("instanceId")
                        .asText())
                .isEqualTo("i-0abc");
    }

    @Test
    void configKeepsWhatIsNotNamed() {
        api.put("/config", "{'topology_name': 'fednet', 'controller_name': '_notset'}");
        JsonNode config = api.put("/config", "{'controller_name': 'one', 'ntp_hosts': 'a.example 192.0.2.1'}")
                .response();
        assertThat(config.path("topology_name").asText()).isEqualTo("fednet");
        assertThat(config.path("controller_name").asText()).isEqualTo("one");
        assertThat(api.get("/config").response()).isEqualTo(config);
    }

    @Test
    void aChangedPasswordCountsFromTheNextCallOn() {
        assertThat(api.put("/api_password", "{'password': 'next'}")
                        .response()
                        .path("password_reset")
                        .asText())
                .isEqualTo("ok");
        assertThat(api.get("/config").status()).isEqualTo(401);
        assertThat(api.withPassword("next").get("/config").status()).isEqualTo(200);
    }

    @Test
    void aTokenOpensTheDoorUntilItExpires() {
        JsonNode token =
                api.post("/access/token", "{'expires': 60, 'name': 'run'}").response();
        ApiClient byToken = api.withToken(token.path("token").asText());
        assertThat(byToken.get("/config").status()).isEqualTo(200);
        assertThat(token.path("lifetime").asText()).isEqualTo("1m");
        clock.advance(Duration.ofSeconds(60));
        assertThat(byToken.get("/config").error()).isEqualTo("401 UnauthorizedError: Invalid or expired token");
        assertThat(api.get("/access/tokens").response().get(0).path("expired").asBoolean())
                .isTrue();
    }

    @Test
    void aRefreshingTokenLivesAsLongAsItIsUsed() {
        JsonNode token = api.post("/access/token", "{'expires': '60', 'refreshes': 'True'}")
                .response();
        ApiClient byToken = api.withToken(token.path("token").asText());
        for (int i = 0; i < 4; i++) {
            clock.advance(Duration.ofSeconds(50));
            assertThat(byToken.get("/config").status()).isEqualTo(200);
        }
    }

    @Test
    void aTokenCanBeExpiredAndDeletedByHand() {
        var created = api.post("/access/token", "{}");
        assertThat(created.status()).isEqualTo(201);
        String path = "/access/token/" + created.response().path("id").asInt();
        assertThat(api.get(path).response().path("lifetime").asText()).isEqualTo("1h");
        assertThat(api.put(path, "{'expired': true}").response().path("expired").asBoolean())
                .isTrue();
        assertThat(api.delete(path).response().asText()).isEqualTo("Token deleted");
        assertThat(api.get(path).error()).isEqualTo("404 APINotFoundError: Requested api token does not exist");
    }

    @Test
    void aLicenseIsAcceptedThenGetsItsParametersOnceAndForAll() {
        JsonNode accepted = api.put("/license", LICENSE).response();
        assertThat(accepted.path("finalized").asBoolean()).isFalse();
        assertThat(accepted.at("/default_topology/managers/0/overlay_ipaddress/ip_address")
                        .asText())
                .isEqualTo("100.127.255.253");
        assertThat(api.get("/config").response().path("licensed").asBoolean()).isTrue();
        assertThat(api.get("/license").response().path("finalized").asBoolean()).isFalse();
        String custom = "{'subnet': '172.31.1.0/24', 'managers': '172.31.1.250 172.31.1.249', 'asns': '65010 65011',"
                + " 'clients': '172.31.1.1-172.31.1.100', 'my_manager_vip': '172.31.1.254'}";
        JsonNode parameters = api.put("/license/parameters", custom).response().path("parameters");
        assertThat(parameters.path("asns")).hasToString("[65010,65011]");
        assertThat(parameters.path("controllers")).isEqualTo(parameters.path("managers"));
        clock.advance(Duration.ofMinutes(1));
        assertThat(api.get("/license").response().path("finalized").asBoolean()).isTrue();
        assertThat(api.put("/license/parameters", custom).status()).isEqualTo(400);
    }

    @Test
    void aKeysetIsMadeInTheBackgroundAndOnlyOnce() {
        licensed();
        assertThat(api.get("/keyset").response()).hasToString("{\"keyset_present\":false}");
        JsonNode begun = api.put("/keyset", "{'token': 'shared', 'topology_name': 'fednet'}")
                .response();
        assertThat(begun.path("in_progress").asBoolean()).isTrue();
        assertThat(begun.path("started_at_i").asLong())
                .isEqualTo(clock.instant().getEpochSecond());
        clock.advance(Duration.ofSeconds(4));
        assertThat(api.get("/keyset").response().path("running").asInt()).isEqualTo(4);
        assertThat(api.put("/keyset", "{'token': 'shared'}").error())
                .isEqualTo("400 APIArgumentError: Keyset setup in progress.");
        clock.advance(Duration.ofSeconds(6));
        JsonNode done = api.get("/keyset").response();
        assertThat(names(done))
                .containsExactlyInAnyOrder("keyset_present", "created_at", "created_at_i", "checksum", "uuid");
        assertThat(api.put("/keyset", "{'token': 'shared'}").error())
                .isEqualTo("400 APIArgumentError: Keyset already exists.");
        assertThat(api.get("/config").response().path("topology_name").asText()).isEqualTo("fednet");
    }

    @Test
    void aKeysetThatWasUnderWayIsLostInAReboot() {
        licensed();
        api.put("/keyset", "{'token': 'shared'}");
        controller.reboot();
        clock.advance(Duration.ofMinutes(1));
        assertThat(api.get("/keyset").response()).hasToString("{\"keyset_present\":false}");
    }

    @Test
    void aControllerTakesItsPlaceInTheMeshAndForgetsPeersOnDemand() {
        licensed();
        assertThat(api.get("/peering").response().has("id")).isFalse();
        JsonNode self = api.put("/peering/self", "{'id': 1, 'force': true}").response();
        assertThat(self.path("id").asInt()).isEqualTo(1);
        assertThat(self.at("/managers/1/self").asBoolean()).isTrue();
        assertThat(self.at("/controllers/2/not_set").asBoolean()).isTrue();
        JsonNode peered =
                api.post("/peering/peers", "{'id': '2', 'name': '192.0.2.7'}").response();
        assertThat(peered.at("/managers/2/address").asText()).isEqualTo("192.0.2.7");
        assertThat(peered.at("/managers/2/reachable").asBoolean()).isFalse();
        assertThat(api.put("/peering/peers/2", "{'overlay_mtu': '1400'}")
                        .response()
                        .at("/managers/2/mtu")
                        .asText())
                .isEqualTo("1400");
        assertThat(api.delete("/peering/peers/2")
                        .response()
                        .at("/managers/2/not_set")
                        .asBoolean())
                .isTrue();
        assertThat(api.get("/config").response().path("asn").asInt()).isEqualTo(65001);
    }

    @Test
    void routesAreAnsweredAsTheWholeTableAndKeepTheirIds() {
        licensed();
        assertThat(api.get("/routes").response().at("/1/description").asText()).isEqualTo("Multicast (auto-added)");
        api.post("/routes", "{'cidr': '10.9.0.0/16', 'interface': 'eth0', 'gateway': '', 'advertise': 'False'}");
        JsonNode table = api.post("/routes", "{'cidr': '10.8.0.0/16', 'advertise': true, 'metric': '7'}")
                .response();
        assertThat(table.at("/2/gateway").asText()).isEqualTo("_notset");
        assertThat(table.at("/3/interface").asText()).isEqualTo("_notset");
        assertThat(table.at("/3/metric").asInt()).isEqualTo(7);
        assertThat(table.at("/3/netmask").asText()).isEqualTo("255.255.0.0");
        assertThat(api.put("/routes/3/disable", "").response().path("enabled").asBoolean())
                .isFalse();
        assertThat(api.put("/routes/3/enable", "").response().path("enabled").asBoolean())
                .isTrue();
        JsonNode left = api.delete("/routes/2").response();
        assertThat(left.at("/2/id").asInt()).isEqualTo(3);
        assertThat(left).hasSize(2);
    }

    @Test
    void firewallRulesKeepTheirOrderAndTheirTasksFinish() {
        licensed();
        api.post("/firewall/rules", "{'rule': 'FORWARD_CUST -j ACCEPT'}");
        JsonNode submitted = api.post(
                        "/firewall/rules", "{'rule': 'MACRO_CUST -o eth0 -s 10.1.0.0/16 -j MASQUERADE', 'position': 0}")
                .response();
        assertThat(submitted.path("status").asText()).isEqualTo("submitted");
        String poll = "/status/task?token=" + submitted.path("token").asText();
        assertThat(api.get(poll).response().path("task_status").asText()).isEqualTo("pending");
        clock.advance(Duration.ofSeconds(1));
        assertThat(api.call(
                                "GET",
                                "/status/task",
                                "{'token': '" + submitted.path("token").asText() + "'}")
                        .response()
                        .path("task_status")
                        .asText())
                .isEqualTo("finished_ok");
        assertThat(api.get("/firewall/rules").response())
                .hasToString(
                        "[[\"MACRO_CUST -o eth0 -s 10.1.0.0/16 -j MASQUERADE\",0],[\"FORWARD_CUST -j ACCEPT\",1]]");
        api.delete("/firewall/rules/0");
        api.call("DELETE", "/firewall/rules", "{'rule': 'FORWARD_CUST -j ACCEPT'}");
        assertThat(api.get("/firewall/rules").response()).isEmpty();
    }

    @Test
    void theWireLogHoldsEverySecretThatTheInventoryHides() {
        licensed();
        api.post("/ipsec/endpoints", "{'name': 'a', 'ipaddress': '192.0.2.7', 'secret': 'psk-canary'}");
        assertThat(controller.calls().wire()).contains("psk-canary");
        assertThat(controller.inventory().toString())
                .doesNotContain("psk-canary")
                .doesNotContain("i-0abc");
        Inventory before = controller.inventory();
        api.put("/ipsec/endpoints/1", "{'secret': 'another'}");
        assertThat(controller.inventory()).isNotEqualTo(before);
        api.put("/ipsec/endpoints/1", "{'secret': 'psk-canary'}");
        assertThat(controller.inventory()).isEqualTo(before);
    }

    @Test
    void callsAreLoggedByMethodAndTemplate() {
        licensed();
        controller.calls().clear();
        api.put("/routes/1/disable", "");
        assertThat(controller.calls().all()).singleElement().satisfies(call -> {
            assertThat(call.action()).isEqualTo("PUT /routes/{route_id}/disable");
            assertThat(call.target()).isEqualTo("/api/routes/1/disable");
            assertThat(call.caller()).isEqualTo("api");
            assertThat(call.changing()).isTrue();
        });
    }

    @Test
    void faultsAreRenderedInTheControllersOwnWords() {
        controller.faults().on("GET /config").error("OperationNotAllowedError", "not now");
        assertThat(api.get("/config").error()).isEqualTo("403 OperationNotAllowedError: not now");
        assertThat(api.get("/config").status()).isEqualTo(200);
    }

    @Test
    void systemAndInterfaceStatusDescribeTheMachine() {
        licensed();
        assertThat(api.get("/status/system").response().path("uptime").asLong()).isPositive();
        assertThat(api.get("/interfaces").response().get(0).path("ip_external").asText())
                .isEqualTo("203.0.113.10");
        assertThat(api.get("/interfaces/system/2").response().path("name").asText())
                .isEqualTo("lo");
    }
}

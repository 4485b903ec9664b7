// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.sim.vns3;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.hybridpipe.sim.SimClock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Which addresses of the overlay are whose, as licenses and their parameters change. */
class LicenseUpgradeTest {
    private final SimClock clock = SimClock.manual(Instant.parse("2026-11-21T08:00:00Z"));

    @AfterEach
    void close() {
        clock.close();
    }

    private static List<String> controllers(SimVns3 controller) {
        List<String> addresses = new ArrayList<>();
        JsonNode managers = controller.configure("GET", "/license", "").at("/topology/managers");
        managers.forEach(
                one -> addresses.add(one.at("/overlay_ipaddress/ip_address").asText()));
        return addresses;
    }

    private static void upgrade(SimVns3 controller, int controllers) {
        controller.configure(
                "PUT", "/license/upgrade", SimVns3.licenseText("controllers=" + controllers + " clientpacks=2"));
    }

    @Test
    void anAddedControllerTakesNoAddressOfAClientThatWasAddedBefore() {
        try (SimVns3 controller =
                SimVns3.builder().clock(clock).password("secret").inService().start()) {
            upgrade(controller, 0);
            controller.configure(
                    "POST", "/clientpacks/add_clientpacks", "{\"requested_ips\": \"100.127.255.249,100.127.255.247\"}");
            upgrade(controller, 2);
            assertThat(controllers(controller))
                    .endsWith("100.127.255.250", "100.127.255.248", "100.127.255.246")
                    .hasSize(6);
        }
    }

    @Test
    void anAddedControllerTakesNoSharedAddressAndFindsRoomAtTheOtherEndOfTheOverlay() {
        try (SimVns3 controller = custom("172.31.1.3 172.31.1.2", "172.31.1.1")) {
            upgrade(controller, 1);
            assertThat(controllers(controller)).containsExactly("172.31.1.3", "172.31.1.2", "172.31.1.14");
        }
    }

    @Test
    void anUpgradeForWhichTheOverlayHasNoRoomIsRefusedAndChangesNothing() {
        try (SimVns3 controller = custom("172.31.1.3 172.31.1.2", "172.31.1.1")) {
            Inventory before = controller.inventory();
            ApiClient api = ApiClient.of(controller, "secret");
            assertThat(api.put("/license/upgrade", SimVns3.licenseText("controllers=99"))
                            .error())
                    .isEqualTo("403 OperationNotAllowedError:"
                            + " Not enough room in overlay subnet for 99 more controllers.");
            assertThat(controller.inventory()).isEqualTo(before);
        }
    }

    @Test
    void aPlaceThatTheTopologyTurnsOutNotToHaveIsNoPlace() {
        try (SimVns3 controller =
                SimVns3.builder().clock(clock).password("secret").running().start()) {
            controller.configure("PUT", "/license", SimVns3.licenseText("x"));
            controller.configure("PUT", "/peering/self", "{\"id\": 3}");
            ApiClient api = ApiClient.of(controller, "secret");
            assertThat(api.get("/config").response().path("manager_id").asInt()).isEqualTo(3);
            controller.configure("PUT", "/license/parameters", parameters("172.31.1.3 172.31.1.2", "172.31.1.1"));
            ApiClient.Answer config = api.get("/config");
            assertThat(config.status()).as(config.text()).isEqualTo(200);
            assertThat(config.response().path("peered").asBoolean()).isFalse();
            assertThat(config.response().has("manager_id")).isFalse();
            assertThat(api.get("/peering").response().has("id")).isFalse();
            controller.configure("PUT", "/peering/self", "{\"id\": 2}");
            assertThat(api.get("/config").response().path("overlay_ipaddress").asText())
                    .isEqualTo("172.31.1.2");
        }
    }

    /** In an overlay of 14 hosts, of which 9 are clients. */
    private SimVns3 custom(String managers, String vip) {
        SimVns3 controller =
                SimVns3.builder().clock(clock).password("secret").running().start();
        controller.configure("PUT", "/license", SimVns3.licenseText("x"));
        controller.configure("PUT", "/license/parameters", parameters(managers, vip));
        return controller;
    }

    private static String parameters(String managers, String vip) {
        return "{\"subnet\": \"172.31.1.0/28\", \"managers\": \"" + managers + "\", \"asns\": \"65010 65011\","
                + " \"clients\": \"172.31.1.4-172.31.1.12\", \"my_manager_vip\": \"" + vip + "\"}";
    }
}

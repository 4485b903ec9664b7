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

class InterfacesTest {
    private final SimClock clock = SimClock.manual(Instant.parse("2026-11-21T08:00:00Z"));
    private final SimVns3 controller = SimVns3.builder()
            .clock(clock)
            .password("secret")
            .address("10.1.0.10")
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
    void theInterfaceInTheCloudHasTheMachinesAddresses() {
        JsonNode eth0 = api.get("/interfaces/system/eth0").response();
        assertThat(eth0.path("ip_internal").asText()).isEqualTo("10.1.0.10");
        assertThat(eth0.path("ip_external").asText()).isEqualTo("203.0.113.10");
        assertThat(eth0.path("mask_bits").asText()).isEqualTo("24");
        assertThat(api.put("/interfaces/system/1", "{'mtu': 9001, 'description': 'outside'}")
                        .response()
                        .path("mtu")
                        .asInt())
                .isEqualTo(9001);
        assertThat(api.get("/interfaces").response()).hasSize(2);
    }

    @Test
    void aVirtualInterfaceIsAddedChangedAndDeleted() {
        JsonNode made = api.post(
                        "/interfaces/system",
                        "{'name': 'tun1:1', 'ip_internal': '192.168.1.250', 'mtu': '1400', 'mask_bits': '32', 'gateway': null}")
                .response();
        assertThat(made.path("interface_type").asText()).isEqualTo("system_virtual");
        assertThat(made.path("mtu").isInt()).isTrue();
        assertThat(made.path("enabled").asBoolean()).isFalse();
        assertThat(made.path("status").asText()).isEqualTo("Down");
        String path = "/interfaces/system/" + made.path("id").asInt();
        assertThat(api.put(path, "{'enabled': true}").response().path("status").asText())
                .isEqualTo("Up");
        assertThat(api.post("/interfaces/action", "{'discover_ips': true}").response())
                .hasSize(3);
        assertThat(api.delete(path).response().path("name").asText()).isEqualTo("tun1:1");
        assertThat(api.get(path).error()).isEqualTo("404 APINotFoundError: System interface not found");
    }

    @Test
    void anInterfaceHasMoreAddresses() {
        String all = "/interfaces/system/1/addresses";
        JsonNode made = api.post(all, "{'ip_internal': '10.1.0.11', 'label': 'two', 'mask_bits': '24'}")
                .response();
        assertThat(made.path("mask_bits").asInt()).isEqualTo(24);
        String one = all + "/" + made.path("id").asInt();
        clock.advance(Duration.ofSeconds(5));
        JsonNode changed = api.put(one, "{'ip_external': '203.0.113.11'}").response();
        assertThat(changed.path("ip_internal").asText()).isEqualTo("10.1.0.11");
        assertThat(changed.path("updated_at")).isNotEqualTo(changed.path("created_at"));
        assertThat(api.get(one).response()).isEqualTo(changed);
        assertThat(api.get(all).response()).hasSize(1);
        assertThat(api.get("/interfaces/system/2/addresses").response()).isEmpty();
        assertThat(api.get("/interfaces/system/2/addresses/1").error())
                .isEqualTo("404 APINotFoundError: Interface Address not found");
        assertThat(api.delete(one).status()).isEqualTo(200);
        assertThat(api.get(all).response()).isEmpty();
    }

    @Test
    void anEdgeGreInterfaceIsAddedChangedAndDeleted() {
        JsonNode made = api.post(
                        "/interfaces/edge_gre",
                        "{'endpoint_name': 'edge', 'ip_internal': '10.7.0.1', 'mask_bits': '30',"
                                + " 'local_connection_ip': '10.1.0.10', 'remote_connection_ip': '192.0.2.1', 'ttl': 64}")
                .response();
        assertThat(made.path("ttl").asInt()).isEqualTo(64);
        assertThat(made.path("interface_id").asInt()).isEqualTo(3);
        assertThat(api.get("/interfaces").response()).hasSize(3);
        assertThat(api.put("/interfaces/edge_gre/edge", "{'enabled': 'True'}")
                        .response()
                        .path("enabled")
                        .asBoolean())
                .isTrue();
        assertThat(api.get("/interfaces/edge_gre").response()).hasSize(1);
        assertThat(api.delete("/interfaces/edge_gre/1")
                        .response()
                        .path("endpoint_name")
                        .asText())
                .isEqualTo("edge");
        assertThat(api.get("/interfaces/edge_gre/1").error()).isEqualTo("404 APINotFoundError: GRE Endpoint not found");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "POST   | /interfaces/system     | {'name': 'x', 'mtu': 'big'}         | 400 APIArgumentError: mtu must be an integer",
                "POST   | /interfaces/system     | {}                                  | 400 APIArgumentError: name is missing",
                "POST   | /interfaces/system     | {'name': 'eth0'}                    | 400 APIArgumentError: name must be available",
                "POST   | /interfaces/system     | {'name': 'x', 'ip_internal': '10.1.0.10'} | 400 APIArgumentError: ip_internal must be available",
                "PUT    | /interfaces/system/1   | {'ip_internal': '10.1.0.12'}        | 400 APIArgumentError: ip_internal must be available",
                "PUT    | /interfaces/system/9   | {'mtu': 1400}                       | 404 APINotFoundError: System interface not found",
                "DELETE | /interfaces/system/2   |                                     | 400 APIArgumentError: lo cannot be deleted",
                "POST   | /interfaces/action     | {}                                  | 400 APIArgumentError: Nothing to do",
                "POST   | /interfaces/action     | {'discover_ips': 'x'}               | 400 APIArgumentError: discover_ips is invalid",
                "POST   | /interfaces/action     | {'discover_ips': true, 'discover_links': true} | 400 APIArgumentError: discover_links is invalid",
                "POST   | /interfaces/system/1/addresses | {'ip_internal': '10.1.0.10'} | 400 APIArgumentError: ip_internal must be available",
                "POST   | /interfaces/system/1/addresses | {'ip_internal': '10.1.0.12', 'mask_bits': 'x'} | 400 APIArgumentError: mask_bits must be an integer",
                "POST   | /interfaces/system/1/addresses | {'ip_internal': '10.1.0.12', 'mask_bits': 33} | 400 APIArgumentError: mask_bits must be between 1 and 32",
                "GET    | /interfaces/system/9/addresses |                             | 404 APINotFoundError: System interface not found",
                "POST   | /interfaces/edge_gre   | {'ttl': 256}                        | 400 APIArgumentError: `ttl` must be between 1 and 255",
                "PUT    | /interfaces/edge_gre/9 | {}                                  | 404 APINotFoundError: GRE Endpoint not found",
            })
    void isRefused(String method, String path, String body, String error) {
        Inventory before = controller.inventory();
        assertThat(api.call(method, path, body == null ? "" : body).error().replace('\'', '`'))
                .isEqualTo(error);
        assertThat(controller.inventory()).isEqualTo(before);
    }
}

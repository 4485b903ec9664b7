// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.sim.vns3;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.hybridpipe.sim.SimClock;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class IpsecTest {
    private final SimClock clock = SimClock.manual(Instant.parse("2026-11-21T08:00:00Z"));
    private final SimVns3 controller = SimVns3.builder()
            .clock(clock)
            .password("secret")
            .address("10.1.0.10")
            .publicAddress("203.0.113.10")
            .licensedFor(4, 2, 3)
            .inService()
            .start();
    private final ApiClient api = ApiClient.of(controller, "secret");

    @AfterEach
    void close() {
        controller.close();
        clock.close();
    }

    @Test
    void anEndpointHasTheDefaultsOfTheDescriptionAndShowsItsKeyInClear() {
        JsonNode endpoint = api.post(
                        "/ipsec/endpoints", "{'name': 'fed-1', 'ipaddress': '198.51.100.1', 'secret': 'shared'}")
                .response();
        assertThat(endpoint.path("pfs").asBoolean()).isTrue();
        assertThat(endpoint.path("ike_version").asInt()).isEqualTo(1);
        assertThat(endpoint.path("nat_t_enabled").asBoolean()).isTrue();
        assertThat(endpoint.path("vpn_type").asText()).isEqualTo("policy");
        assertThat(endpoint.path("extra_config").isArray()).isTrue();
        assertThat(endpoint.path("tunnels")).isEmpty();
        assertThat(endpoint.path("psk").asText()).isEqualTo("shared");
        assertThat(endpoint.has("secret")).isFalse();
        assertThat(api.get("/ipsec/endpoints/1").response()).isEqualTo(endpoint);
        assertThat(controller.endpoints()).singleElement().asString().doesNotContain("shared");
    }

    @Test
    void stringsOfOldClientsAreTakenForBooleansAndNumbers() {
        JsonNode endpoint = api.post(
                        "/ipsec/endpoints",
                        "{'name': 'fed-1', 'ipaddress': '198.51.100.1', 'secret': 'shared', 'pfs': 'False',"
                                + " 'ike_version': '2', 'nat_t_enabled': 'False',"
                                + " 'extra_config': 'phase1=aes256-sha2_256-dh14  phase2=aes256-sha2_256'}")
                .response();
        assertThat(endpoint.path("pfs").asBoolean()).isFalse();
        assertThat(endpoint.path("ike_version").asInt()).isEqualTo(2);
        assertThat(endpoint.path("nat_t_enabled").isBoolean()).isTrue();
        assertThat(endpoint.path("extra_config"))
                .hasToString("[\"phase1=aes256-sha2_256-dh14\",\"phase2=aes256-sha2_256\"]");
    }

    @Test
    void anUpdateKeepsWhatItDoesNotName() {
        api.post("/ipsec/endpoints", "{'name': 'fed-1', 'ipaddress': '198.51.100.1', 'secret': 'shared'}");
        api.post("/ipsec/endpoints/1/tunnels", "{'remote_subnet': '10.2.0.0/16', 'local_subnet': '10.1.0.0/16'}");
        JsonNode changed = api.put("/ipsec/endpoints/1", "{'ike_version': 2, 'private_ipaddress': '10.2.0.4'}")
                .response();
        assertThat(changed.path("psk").asText()).isEqualTo("shared");
        assertThat(changed.path("private_ipaddress").asText()).isEqualTo("10.2.0.4");
        assertThat(changed.path("tunnels")).hasSize(1);
        JsonNode again =
                api.put("/ipsec/endpoints/1", "{'private_ipaddress': ''}").response();
        assertThat(again.path("private_ipaddress").asText()).isEmpty();
    }

    @Test
    void tunnelsAreAnsweredAsTheirEndpointAndTheirOwnChangeAsTheTunnel() {
        api.post("/ipsec/endpoints", "{'name': 'fed-1', 'ipaddress': '198.51.100.1', 'secret': 'shared'}");
        JsonNode endpoint = api.post(
                        "/ipsec/endpoints/1/tunnels",
                        "{'remote_subnet': '10.2.3.4/16', 'local_subnet': '10.1.0.0/16', 'ping_interval': '30'}")
                .response();
        assertThat(endpoint.at("/tunnels/1/remote_subnet").asText()).isEqualTo("10.2.0.0/16");
        assertThat(endpoint.at("/tunnels/1/ping_interval").asInt()).isEqualTo(30);
        JsonNode tunnel = api.put("/ipsec/endpoints/1/tunnels/1", "{'enabled': 'False', 'bounce': true}")
                .response();
        assertThat(tunnel.path("enabled").asBoolean()).isFalse();
        assertThat(tunnel.path("bounce").asBoolean()).isTrue();
        assertThat(api.delete("/ipsec/endpoints/1/tunnels/1").response().path("tunnels"))
                .isEmpty();
        api.post("/ipsec/endpoints/1/tunnels", "{'remote_subnet': '10.2.0.0/16'}");
        assertThat(api.get("/ipsec")
                        .response()
                        .at("/remote_endpoints/1/tunnels/2/local_subnet")
                        .asText())
                .isEqualTo("100.127.255.192/26");
    }

    @Test
    void deletingAnEndpointAnswersAllThatIsLeftAndItsRoutesLeadNowhere() {
        api.post("/ipsec/endpoints", vti());
        api.post("/routes", "{'cidr': '10.2.0.0/16', 'tunnel': '1'}");
        JsonNode left = api.delete("/ipsec/endpoints/1").response();
        assertThat(left.path("remote_endpoints")).isEmpty();
        assertThat(left.at("/this_endpoint/ipaddress").asText()).isEqualTo("203.0.113.10");
        assertThat(api.get("/routes").response().at("/2/msg").asText()).isEqualTo("tunnel 1 does not exist");
        assertThat(api.delete("/routes/2").status()).isEqualTo(200);
    }

    @Test
    void aRouteBasedEndpointIsBornWithTheTunnelThatRoutesPointTo() {
        JsonNode endpoint = api.post("/ipsec/endpoints", vti()).response();
        assertThat(endpoint.path("vpn_type").asText()).isEqualTo("vti");
        assertThat(endpoint.path("route_based_int_address").asText()).isEqualTo("169.254.7.1/30");
        assertThat(endpoint.path("tunnels")).hasSize(1);
        String tunnel = endpoint.path("tunnels").fieldNames().next();
        assertThat(endpoint.at("/tunnels/" + tunnel + "/remote_subnet").asText())
                .isEqualTo("0.0.0.0/0");
        JsonNode routes = api.post(
                        "/routes",
                        "{'cidr': '10.2.0.0/16', 'tunnel': " + tunnel + ", 'interface': '_notset', 'gateway': ''}")
                .response();
        assertThat(routes.at("/2/tunnel/id").asText()).isEqualTo(tunnel);
        JsonNode narrowed = api.put("/ipsec/endpoints/1", "{'route_based_remote': '10.2.0.0/16'}")
                .response();
        assertThat(narrowed.at("/tunnels/" + tunnel + "/remote_subnet").asText())
                .isEqualTo("10.2.0.0/16");
    }

    @Test
    void theLicenseLimitsEndpointsAndTunnels() {
        api.post("/ipsec/endpoints", vti());
        api.post("/ipsec/endpoints", vti());
        assertThat(api.post("/ipsec/endpoints", vti()).error())
                .isEqualTo("403 OperationNotAllowedError: Max number of endpoints reached");
        assertThat(api.post("/ipsec/endpoints/1/tunnels", "{'remote_subnet': '10.3.0.0/16'}")
                        .status())
                .isEqualTo(200);
        assertThat(api.post("/ipsec/endpoints/1/tunnels", "{'remote_subnet': '10.4.0.0/16'}")
                        .error())
                .isEqualTo("403 OperationNotAllowedError: Max number of tunnels reached");
    }

    @Test
    void theTunnelThatARouteBasedEndpointIsBornWithCountsToo() {
        api.post("/ipsec/endpoints", "{'name': 'fed-1', 'ipaddress': '198.51.100.1', 'secret': 'shared'}");
        for (int n = 1; n <= 3; n++) {
            api.post("/ipsec/endpoints/1/tunnels", "{'remote_subnet': '10." + n + ".0.0/16'}");
        }
        assertThat(api.post("/ipsec/endpoints", vti()).error())
                .isEqualTo("403 OperationNotAllowedError: Max number of tunnels reached");
        assertThat(api.get("/ipsec").response().path("remote_endpoints")).hasSize(1);
    }

    @Test
    void aChangeOfARouteBasedEndpointLeavesWhatItDoesNotNameInItsTunnel() {
        api.post("/ipsec/endpoints", vti());
        api.put(
                "/ipsec/endpoints/1/tunnels/1",
                "{'enabled': false, 'description': 'mine', 'ping_ipaddress': '10.2.0.1', 'ping_interval': 5}");
        JsonNode before = api.get("/ipsec/endpoints/1").response().at("/tunnels/1");
        assertThat(api.put("/ipsec/endpoints/1", "{'description': 'new'}")
                        .response()
                        .at("/tunnels/1"))
                .isEqualTo(before);
        JsonNode narrowed = api.put("/ipsec/endpoints/1", "{'route_based_remote': '10.2.0.0/16'}")
                .response()
                .at("/tunnels/1");
        assertThat(narrowed.path("remote_subnet").asText()).isEqualTo("10.2.0.0/16");
        assertThat(narrowed.path("enabled").asBoolean()).isFalse();
        assertThat(narrowed.path("description").asText()).isEqualTo("mine");
        assertThat(narrowed.path("ping_interval").asInt()).isEqualTo(5);
    }

    @Test
    void theLocalAddressCanBeSetBeforeThereAreEndpoints() {
        assertThat(api.put("/ipsec", "{'ipsec_local_ipaddress': '192.0.2.254'}")
                        .response()
                        .at("/this_endpoint/ipsec_local_ipaddress")
                        .asText())
                .isEqualTo("192.0.2.254");
        assertThat(api.put("/ipsec", "{'ipsec_local_ipaddress': '192.0.2.253', 'async': true}")
                        .response()
                        .path("status")
                        .asText())
                .isEqualTo("submitted");
    }

    @Test
    void aTunnelWhoseOtherSideIsUnknownStaysDownAndSaysSo() {
        api.post("/ipsec/endpoints", vti());
        clock.advance(Duration.ofMinutes(5));
        JsonNode status = api.get("/status/ipsec").response().path("1");
        assertThat(status.path("connected").asBoolean()).isFalse();
        assertThat(status.at("/tunnel_params/phase1").asText()).isEqualTo("down");
        assertThat(status.at("/tunnel_params/phase2").asText()).isEqualTo("down");
        assertThat(controller.explain(1)).isEqualTo("no answer from 198.51.100.1");
        assertThat(api.get("/status/link_history?tunnelid=1").response().path("history"))
                .isEmpty();
        assertThat(api.get("/status/ipsec?up_down_status_only=true")
                        .response()
                        .path("1")
                        .has("tunnel_params"))
                .isFalse();
    }

    private static String vti() {
        return "{'name': 'fed-1', 'ipaddress': '198.51.100.1', 'secret': 'shared', 'vpn_type': 'vti',"
                + " 'route_based_int_address': '169.254.7.1/30'}";
    }
}

// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.sim.vns3;

import static io.hybridpipe.sim.vns3.TwoSides.LEFT_ENDPOINT;
import static io.hybridpipe.sim.vns3.TwoSides.RIGHT_ENDPOINT;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.hybridpipe.sim.net.Packet;
import io.hybridpipe.sim.net.PacketTracer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TrafficPairTest {
    private static final String PAIRS = "/ipsec/endpoints/1/traffic_pairs";
    private static final String LEFT_PAIR = "{'local_subnet': '10.1.0.0/16', 'remote_subnet': '10.2.0.0/16'}";
    private static final String RIGHT_PAIR = "{'local_subnet': '10.2.0.0/16', 'remote_subnet': '10.1.0.0/16'}";

    private final TwoSides sides = new TwoSides();
    private final ApiClient api = ApiClient.of(sides.left, "secret");

    @BeforeEach
    void connectByRoutes() {
        String vti = ", 'vpn_type': 'vti'}";
        sides.configure(LEFT_ENDPOINT.replace("}", vti), "", RIGHT_ENDPOINT.replace("}", vti), "");
        TwoSides.post(sides.left, "/routes", "{'cidr': '10.0.0.0/8', 'tunnel': 1}");
    }

    @AfterEach
    void close() {
        sides.close();
    }

    @Test
    void aPairIsCreatedChangedSwitchedAndDeletedAndStandsInItsEndpoint() {
        JsonNode pair = api.post(
                        PAIRS,
                        LEFT_PAIR.replace("}", ", 'description': 'ours', 'ping_interval': '5', 'enabled': 'True'}"))
                .response();
        assertThat(pair.path("id").asInt()).isEqualTo(1);
        assertThat(pair.path("ipsec_endpoint_id").asInt()).isEqualTo(1);
        assertThat(pair.path("endpoint_id").asInt()).isEqualTo(1);
        assertThat(pair.path("ping_interval").isInt()).isTrue();
        assertThat(pair.path("created_at").asText()).isEqualTo("2026-11-21 08:00:00.000000+00:00");
        sides.advance(60);
        JsonNode changed =
                api.put(PAIRS + "/1", "{'remote_subnet': '10.3.0.0/16'}").response();
        assertThat(changed.path("local_subnet").asText()).isEqualTo("10.1.0.0/16");
        assertThat(changed.path("remote_subnet").asText()).isEqualTo("10.3.0.0/16");
        assertThat(changed.path("updated_at").asText()).isEqualTo("2026-11-21 08:01:00.000000+00:00");
        assertThat(api.put(PAIRS + "/1/disable", "").response().path("enabled").asBoolean())
                .isFalse();
        assertThat(api.put(PAIRS + "/1/enable", "").response().path("enabled").asBoolean())
                .isTrue();
        assertThat(api.get("/ipsec/endpoints/1").response().at("/traffic_pairs/1"))
                .isEqualTo(changed);
        assertThat(api.delete(PAIRS + "/1").response().path("id").asInt()).isEqualTo(1);
        assertThat(api.get("/ipsec/endpoints/1").response().path("traffic_pairs"))
                .isEmpty();
    }

    @Test
    void pairsMustMirrorThoseOfTheOtherSide() {
        sides.advance(3);
        assertThat(sides.left.explain(1)).isEqualTo("both sides agree");
        TwoSides.post(sides.left, PAIRS, LEFT_PAIR);
        sides.advance(3);
        assertThat(sides.left.explain(1)).isEqualTo("no tunnel at the other side mirrors 10.1.0.0/16 <-> 10.2.0.0/16");
        assertThat(sides.right.explain(1)).isEqualTo("no tunnel at the other side mirrors 0.0.0.0/0 <-> 0.0.0.0/0");
        TwoSides.post(sides.right, PAIRS, RIGHT_PAIR);
        sides.advance(3);
        assertThat(sides.left.explain(1)).isEqualTo("both sides agree");
        assertThat(sides.right.explain(1)).isEqualTo("both sides agree");
        TwoSides.post(sides.right, PAIRS, RIGHT_PAIR.replace("10.1", "10.9"));
        sides.advance(3);
        assertThat(sides.left.explain(1)).isEqualTo("no tunnel at the other side mirrors 10.1.0.0/16 <-> 10.2.0.0/16");
        sides.right.configure("PUT", PAIRS + "/2/disable", "");
        sides.advance(3);
        assertThat(sides.left.explain(1)).isEqualTo("both sides agree");
    }

    @Test
    void onlyWhatAPairNamesPassesThroughTheTunnel() {
        TwoSides.post(sides.left, PAIRS, LEFT_PAIR);
        TwoSides.post(sides.right, PAIRS, RIGHT_PAIR);
        sides.advance(3);
        PacketTracer tracer = PacketTracer.in(sides.world);
        assertThat(tracer.trace(Packet.icmp("10.1.1.10", "10.2.1.10")).passed()).isTrue();
        assertThat(tracer.trace(Packet.icmp("10.1.1.10", "10.9.1.10")).end())
                .hasToString("left: stopped by tunnel 1 of left to right"
                        + " [its selectors 10.1.0.0/16 <-> 10.2.0.0/16 do not match]");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "POST   | /ipsec/endpoints/9/traffic_pairs          | {'local_subnet': '10.1.0.0/16', 'remote_subnet': '10.2.0.0/16'} | 404 APINotFoundError: endpoint_id does not exist",
                "POST   | /ipsec/endpoints/2/traffic_pairs          | {'local_subnet': '10.1.0.0/16', 'remote_subnet': '10.2.0.0/16'} | 400 APIArgumentError: traffic pairs need a route based endpoint",
                "POST   | /ipsec/endpoints/1/traffic_pairs          | {'remote_subnet': '10.2.0.0/16'} | 400 APIArgumentError: local_subnet is missing",
                "POST   | /ipsec/endpoints/1/traffic_pairs          | {'local_subnet': 'x', 'remote_subnet': '10.2.0.0/16'} | 400 APIArgumentError: local_subnet is invalid CIDR",
                "PUT    | /ipsec/endpoints/9/traffic_pairs/1        | {} | 404 APINotFoundError: endpoint_id does not exist",
                "PUT    | /ipsec/endpoints/1/traffic_pairs/9        | {} | 404 APINotFoundError: traffic pair id does not exist",
                "PUT    | /ipsec/endpoints/9/traffic_pairs/1/enable |    | 404 APINotFoundError: endpoint_id does not exist",
                "PUT    | /ipsec/endpoints/1/traffic_pairs/9/disable |   | 404 APINotFoundError: traffic pair id does not exist",
                "DELETE | /ipsec/endpoints/1/traffic_pairs/9        |    | 400 APIArgumentError: traffic pair id does not exist",
            })
    void isRefused(String method, String path, String body, String error) {
        TwoSides.post(sides.left, "/ipsec/endpoints", LEFT_ENDPOINT.replace("203.0.113.2", "203.0.113.9"));
        Inventory before = sides.left.inventory();
        assertThat(api.call(method, path, body == null ? "" : body).error()).isEqualTo(error);
        assertThat(sides.left.inventory()).isEqualTo(before);
    }

    @Test
    void pairsCountAsTunnelsOfTheLicense() {
        try (SimVns3 small = SimVns3.builder()
                .clock(sides.clock)
                .password("secret")
                .licensedFor(1, 1, 2)
                .inService()
                .start()) {
            TwoSides.post(small, "/ipsec/endpoints", LEFT_ENDPOINT.replace("}", ", 'vpn_type': 'vti'}"));
            TwoSides.post(small, PAIRS, LEFT_PAIR);
            assertThat(ApiClient.of(small, "secret").post(PAIRS, LEFT_PAIR).error())
                    .isEqualTo("403 OperationNotAllowedError: Max number of tunnels reached");
        }
    }
}

// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.sim.vns3;

import static org.assertj.core.api.Assertions.assertThat;

import io.hybridpipe.sim.SimClock;
import io.hybridpipe.sim.net.Packet;
import java.time.Instant;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Chains and sets of version 1 of the firewall's API, on a controller that knows no other. */
class FirewallV1Test {
    private static final String CHAINS = "/firewall/rules/subgroup";
    private static final String SETS = "/firewall/fwsets";

    private final SimClock clock = SimClock.manual(Instant.parse("2026-11-21T08:00:00Z"));
    private final SimVns3 controller = SimVns3.builder()
            .clock(clock)
            .password("secret")
            .version("5.2.1-20230101")
            .inService()
            .start();
    private final ApiClient api = ApiClient.of(controller, "secret");

    @AfterEach
    void close() {
        controller.close();
        clock.close();
    }

    private boolean stops(Packet packet) {
        return controller.forward(packet).toString().startsWith("Dropped[by=firewall");
    }

    @Test
    void aChainIsMadeGrownShownAndReplaced() {
        assertThat(api.post(CHAINS, "{'name': 'MYGROUP', 'rules': 'MYGROUP -p icmp -j DROP'}")
                        .response())
                .hasToString("{\"rules\":\"MYGROUP -p icmp -j DROP\",\"status\":\"ok\"}");
        api.post(CHAINS, "{'rules': 'MYGROUP -s 10.1.0.0/16 -j ACCEPT', 'position': 0}");
        assertThat(api.get(CHAINS + "?name=MYGROUP").response())
                .hasToString("[\"MYGROUP -s 10.1.0.0/16 -j ACCEPT\",\"MYGROUP -p icmp -j DROP\"]");
        api.post("/firewall/rules", "{'rule': 'FORWARD_CUST -j MYGROUP'}");
        assertThat(stops(Packet.icmp("10.1.0.1", "10.9.0.1"))).isFalse();
        assertThat(stops(Packet.icmp("10.2.0.1", "10.9.0.1"))).isTrue();
        api.post(CHAINS, "{'name': 'MYGROUP', 'rules': 'MYGROUP -j ACCEPT', 'flush': true}");
        assertThat(api.get(CHAINS).response()).hasToString("[[\"MYGROUP\",\"MYGROUP -j ACCEPT\"]]");
        assertThat(api.get(CHAINS + "?verbose=false").response()).hasToString("[\"MYGROUP\"]");
        assertThat(api.put(CHAINS, "{'reinitialize': true}").status()).isEqualTo(200);
    }

    @Test
    void aChainThatARuleLeadsToIsOnlyEmptied() {
        api.post(CHAINS, "{'name': 'MYGROUP', 'rules': 'MYGROUP -j DROP'}");
        api.post("/firewall/rules", "{'rule': 'FORWARD_CUST -j MYGROUP'}");
        assertThat(api.call("DELETE", CHAINS, "{'name': 'MYGROUP'}").error())
                .isEqualTo("410 APINotFoundError: Chain references remain for MYGROUP, although rules were deleted.");
        assertThat(api.get(CHAINS + "?name=MYGROUP").response()).isEmpty();
        api.delete("/firewall/rules/0");
        assertThat(api.call("DELETE", CHAINS, "{'name': 'MYGROUP'}").status()).isEqualTo(200);
        assertThat(api.get(CHAINS).response()).isEmpty();
    }

    @Test
    void aSetIsMadeReplacedOrGrownAndMatchedByRules() {
        assertThat(api.post(SETS, "{'name': 'NETS_OURS', 'rules': 'NETS_OURS 10.1.0.0/16'}")
                        .response()
                        .path("status")
                        .asText())
                .isEqualTo("ok");
        api.post("/firewall/rules", "{'rule': 'FORWARD_CUST -m set --match-set NETS_OURS src -j DROP'}");
        assertThat(stops(Packet.icmp("10.1.0.1", "10.9.0.1"))).isTrue();
        api.post(SETS, "{'name': 'NETS_OURS', 'rules': '10.2.0.0/16', 'flush': 'False'}");
        assertThat(api.get(SETS + "?name=NETS_OURS").response())
                .hasToString("[\"NETS_OURS 10.1.0.0/16\",\"NETS_OURS 10.2.0.0/16\"]");
        api.post(SETS, "{'rules': 'NETS_OURS 10.3.0.0/16'}");
        assertThat(stops(Packet.icmp("10.1.0.1", "10.9.0.1"))).isFalse();
        assertThat(api.get(SETS + "?verbose=false").response()).hasToString("[\"NETS_OURS\"]");
        assertThat(api.call("DELETE", SETS, "{'name': 'NETS_OURS'}").status()).isEqualTo(400);
        api.put("/firewall", "{'rules': ''}");
        assertThat(api.call("DELETE", SETS, "{'name': 'NETS_OURS'}").response())
                .hasToString("{\"status\":\"finished_ok\"}");
        assertThat(api.put(SETS, "{'reinitialize': true}").status()).isEqualTo(200);
    }

    @Test
    void aRuleIsEchoedListedAndDeletedByOneText() {
        String echoed = api.post("/firewall/rules", "{'rule': 'FORWARD -j DROP'}")
                .response()
                .path("rule")
                .asText();
        assertThat(echoed).isEqualTo("FORWARD_CUST -j DROP");
        assertThat(api.get("/firewall/rules").response()).hasToString("[[\"" + echoed + "\",0]]");
        assertThat(api.call("DELETE", "/firewall/rules", "{'rule': '" + echoed + "'}")
                        .status())
                .isEqualTo(200);
        assertThat(api.get("/firewall/rules").response()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "POST   | /firewall/rules/subgroup             | {'name': 'some bad name'} | 400 APIArgumentError: invalid subgroup name - some bad name",
                "POST   | /firewall/rules/subgroup             | {}                        | 400 APIArgumentError: name is missing",
                "POST   | /firewall/rules/subgroup             | {'name': 'A', 'rules': 'B -j DROP'} | 400 APIArgumentError: Invalid rule for subtable. Subtable rules must start with name of subtable.",
                "DELETE | /firewall/rules/subgroup             | {'name': 'NOBODY'}        | 404 APINotFoundError: Chain named NOBODY not found.",
                "GET    | /firewall/rules/subgroup?name=NOBODY |                           | 404 APINotFoundError: Chain named NOBODY not found.",
                "PUT    | /firewall/rules/subgroup             | {}                        | 400 APIArgumentError: reinitialize is invalid",
                "POST   | /firewall/rules | {'rule': 'NOWHERE -j DROP'}            | 400 APIArgumentError: Parse Error - iptables v1.4.21: No chain/target/match by that name.",
                "POST   | /firewall/rules | {'rule': 'PREROUTING_CUST -j PRE_C_NONE'} | 400 APIArgumentError: Parse Error - iptables v1.4.21: Couldn`t load target `PRE_C_NONE`:No such file or directory",
                "POST   | /firewall/rules | {'rule': 'FORWARD_CUST -m set --match-set NETS_X src -j DROP'} | 400 APIArgumentError: Parse Error - iptables v1.4.21: Set NETS_X doesn`t exist.",
                "PUT    | /firewall       | {'rules': 'FORWARD_CUST -j DROP\\nFORWARD_CUST -j no_chain'} | 400 APIArgumentError: Parse Error - iptables v1.4.21: Couldn`t load target `no_chain`:No such file or directory",
                "POST   | /firewall/fwsets                     | {'name': 'some bad name'} | 400 APIArgumentError: invalid Fwset name - some bad name",
                "POST   | /firewall/fwsets                     | {'name': 'NETS_A', 'rules': 'x'} | 400 APIArgumentError: Error creating entry: x",
                "POST   | /firewall/fwsets                     | {'rules': 'NETS_A 10.0.0.1\\nNETS_B 10.0.0.2'} | 400 APIArgumentError: More than one Fwset name found in rules",
            })
    void isRefused(String method, String path, String body, String error) {
        Inventory before = controller.inventory();
        // the table cannot hold the apostrophe with which iptables ends a quotation
        assertThat(api.call(method, path, body == null ? "" : body).error().replace('\'', '`'))
                .isEqualTo(error);
        assertThat(controller.inventory()).isEqualTo(before);
    }
}

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

/** Sets, subtables and groups of the firewall name each other and are named by rules. */
class FirewallReferencesTest {
    private static final String SETS = "/v2/firewall/fwsets";
    private static final String SUBTABLES = "/v2/firewall/subtables";
    private static final String GROUPS = "/v2/firewall/rules-groups";

    private final SimClock clock = SimClock.manual(Instant.parse("2026-11-21T08:00:00Z"));
    private final SimVns3 controller =
            SimVns3.builder().clock(clock).password("secret").inService().start();
    private final ApiClient api = ApiClient.of(controller, "secret");

    @AfterEach
    void close() {
        controller.close();
        clock.close();
    }

    private boolean stops(Packet packet) {
        return controller.forward(packet).toString().startsWith("Dropped[by=firewall");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{'entries': [5]}                        | entries is invalid",
                "{'entries': [{'comment': 'x'}]}         | entry is missing",
                "{'name': 'b', 'entries': [{'comment': 'x'}]} | entry is missing",
                "{'name': 'no space'}                    | invalid Fwset name - no space",
            })
    void aRefusedChangeOfASetChangesNothing(String body, String why) {
        api.post(SETS, "{'name': 'a', 'type': 'net', 'entries': ['10.1.0.0/16']}");
        Inventory before = controller.inventory();
        assertThat(api.put(SETS + "/a", body).error()).isEqualTo("400 APIBadRequestError: " + why);
        assertThat(controller.inventory()).isEqualTo(before);
    }

    @Test
    void aRenamedSetKeepsItsEntries() {
        api.post(SETS, "{'name': 'a', 'type': 'net', 'entries': ['10.1.0.0/16']}");
        assertThat(api.put(SETS + "/a", "{'name': 'b', 'entries': null}")
                        .response()
                        .path("size")
                        .asInt())
                .isEqualTo(1);
        assertThat(controller.inventory().of("fwset")).containsOnlyKeys("b");
    }

    @Test
    void aListOfSetsTakesNoList() {
        api.post(SETS, "{'name': 'a', 'type': 'list'}");
        assertThat(api.post(SETS + "/a/entries", "{'entry': 'a'}").error())
                .isEqualTo("400 APIBadRequestError: Error creating entry: a");
        assertThat(api.post(SETS, "{'name': 'b', 'type': 'list', 'entries': ['a']}")
                        .response()
                        .at("/errors/0/error")
                        .asText())
                .isEqualTo("invalid list entry a");
        api.post("/firewall/fwsets", "{'name': 'LIST_A', 'rules': ''}");
        assertThat(api.post("/firewall/fwsets", "{'name': 'LIST_A', 'rules': 'LIST_A LIST_A'}")
                        .error())
                .isEqualTo("400 APIArgumentError: Error creating entry: LIST_A");
    }

    @Test
    void aListThatCameToNameItselfByForceAndARenameHoldsNothing() {
        api.post(SETS, "{'name': 'net', 'type': 'net', 'entries': ['10.1.0.0/16']}");
        api.post(SETS, "{'name': 'all', 'type': 'list', 'entries': ['net']}");
        api.post("/v2/firewall/rules", "{'rule': 'FORWARD -m set --match-set net src -j DROP'}");
        assertThat(stops(Packet.icmp("10.1.0.1", "10.9.0.1"))).isTrue();
        assertThat(api.delete(SETS + "/net?force=true").status()).isEqualTo(202);
        assertThat(api.put(SETS + "/all", "{'name': 'net'}").status()).isEqualTo(200);
        assertThat(stops(Packet.icmp("10.1.0.1", "10.9.0.1"))).isFalse();
    }

    @Test
    void aSetsTypeSaysWhatItHoldsWhateverItsNameBeginsWith() {
        api.post(SETS, "{'name': 'NETS_web', 'type': 'port', 'entries': ['80']}");
        assertThat(api.post("/firewall/fwsets", "{'name': 'NETS_web', 'rules': '10.1.0.0/16'}")
                        .error())
                .isEqualTo("400 APIArgumentError: Error creating entry: 10.1.0.0/16");
        assertThat(api.post("/firewall/fwsets", "{'name': 'NETS_web', 'rules': '443'}")
                        .status())
                .isEqualTo(200);
        api.post("/v2/firewall/rules", "{'rule': 'FORWARD -m set --match-set NETS_web dst -j DROP'}");
        assertThat(stops(Packet.tcp("10.1.0.1", "10.9.0.1", 443))).isTrue();
        assertThat(stops(Packet.tcp("10.1.0.1", "10.9.0.1", 80))).isFalse();
    }

    @Test
    void aRuleThatIsNamedTwiceIsInItsGroupOnce() {
        String id = api.post("/v2/firewall/rules", "{'rule': 'FORWARD -j DROP'}")
                .response()
                .path("id")
                .asText();
        var made = api.post(GROUPS, "{'name': 'g', 'rule_ids': ['" + id + "', '" + id + "']}");
        assertThat(made.status()).as(made.text()).isEqualTo(201);
        assertThat(made.response().path("size").asInt()).isEqualTo(1);
    }

    @Test
    void aSetThatOnlyASubtablesRuleNamesIsReferenced() {
        api.post(SETS, "{'name': 'a', 'type': 'net', 'entries': ['10.1.0.0/16']}");
        api.post(
                SUBTABLES,
                "{'name': 'guests', 'type': 'forward', 'rules': ['guests -m set --match-set a src -j DROP']}");
        assertThat(api.delete(SETS + "/a").error())
                .isEqualTo("400 APIBadRequestError: Fwset has references."
                        + " These can be firewall rules or other fwsets.");
        assertThat(api.put(SETS + "/a", "{'name': 'b'}").status()).isEqualTo(400);
        assertThat(api.delete(SETS + "/a?force=true").status()).isEqualTo(202);
    }

    @Test
    void aSubtableThatOnlyAnotherOneLeadsToIsReferencedAndTakesThatRuleAlongIfForced() {
        api.post(SUBTABLES, "{'name': 'inner', 'type': 'forward', 'rules': ['inner -j DROP']}");
        api.post(
                SUBTABLES,
                "{'name': 'outer', 'type': 'forward', 'rules': ['outer -p icmp -j inner', 'outer -j DROP']}");
        assertThat(api.delete(SUBTABLES + "/inner").error())
                .isEqualTo("400 APIBadRequestError: Firewall rule with subtable exists. Please delete rule first.");
        assertThat(api.delete(SUBTABLES + "/inner?force=true").status()).isEqualTo(202);
        assertThat(api.get(SUBTABLES + "/outer").response().at("/rules/0/rule").asText())
                .isEqualTo("outer -j DROP");
    }

    @Test
    void noSubtableComesBackToItself() {
        String refusal = "400 APIBadRequestError: Parse Error - iptables v1.4.21: Too many levels of symbolic links";
        api.post(SUBTABLES, "{'name': 'inner', 'type': 'forward'}");
        api.post(SUBTABLES, "{'name': 'outer', 'type': 'forward', 'rules': ['outer -j inner']}");
        assertThat(api.post(SUBTABLES + "/inner/rules", "{'rule': 'inner -j inner'}")
                        .error())
                .isEqualTo(refusal);
        assertThat(api.post(SUBTABLES + "/inner/rules", "{'rule': 'inner -j outer'}")
                        .error())
                .isEqualTo(refusal);
        api.post("/v2/firewall/rules", "{'rule': 'FORWARD -j outer'}");
        assertThat(stops(Packet.icmp("10.1.0.1", "10.9.0.1"))).isFalse();
    }
}

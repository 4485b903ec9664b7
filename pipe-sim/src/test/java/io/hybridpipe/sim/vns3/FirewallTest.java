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
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Both versions of the firewall's API over TLS. */
class FirewallTest {
    private final SimClock clock = SimClock.manual(Instant.parse("2026-11-21T08:00:00Z"));
    private final SimVns3 controller =
            SimVns3.builder().clock(clock).password("secret").inService().start();
    private final ApiClient api = ApiClient.of(controller, "secret");

    @AfterEach
    void close() {
        controller.close();
        clock.close();
    }

    private JsonNode create(String body) {
        ApiClient.Answer answer = api.post("/v2/firewall/rules", body);
        assertThat(answer.status()).as(answer.text()).isEqualTo(201);
        return answer.response();
    }

    private List<String> rules(String query) {
        List<String> rules = new ArrayList<>();
        api.get("/v2/firewall/rules" + query)
                .response()
                .forEach(rule -> rules.add(rule.path("rule").asText()));
        return rules;
    }

    @Test
    void theWholeFirewallOfVersion1CanBeReplacedAtOnce() {
        api.post("/firewall/rules", "{'rule': 'FORWARD_CUST -j ACCEPT'}");
        JsonNode submitted = api.put(
                        "/firewall", "{'rules': 'FORWARD_CUST -p icmp -j DROP\\nMACRO_CUST -o eth0 -j MASQUERADE\\n'}")
                .response();
        assertThat(submitted.path("status").asText()).isEqualTo("submitted");
        clock.advance(Duration.ofSeconds(1));
        assertThat(api.get("/status/task?token=" + submitted.path("token").asText())
                        .response()
                        .path("task_status")
                        .asText())
                .isEqualTo("finished_ok");
        assertThat(api.get("/firewall/rules").response())
                .hasToString("[[\"FORWARD_CUST -p icmp -j DROP\",0],[\"MACRO_CUST -o eth0 -j MASQUERADE\",1]]");
        assertThat(api.put("/firewall", "{'rules': 'FORWARD_CUST -j DROP\\nFORWARD_CUST -s x -j DROP'}")
                        .error())
                .startsWith("400 APIArgumentError: Parse Error");
        assertThat(api.get("/firewall/rules").response()).hasSize(2);
        assertThat(api.put("/firewall/actions", "{'action': 'reset_connection_tracking'}")
                        .status())
                .isEqualTo(200);
    }

    @Test
    void aRuleOfVersion2HasAnIdAPositionAndItsVariablesResolved() {
        JsonNode rule = create(
                "{'rule': 'POSTROUTING -s ${vns3_overlay_subnet} -o eth0 ! -d ${vns3_overlay_subnet}"
                        + " -j MASQUERADE-ONCE', 'comment': 'to the internet', 'groups': ['VPN2Internet'], 'disabled': 'False'}");
        assertThat(rule.path("id").asText()).matches("[0-9a-f]{20}");
        assertThat(rule.path("rule_resolved").asText())
                .isEqualTo("POSTROUTING -s 100.127.255.192/26 -o eth0 ! -d 100.127.255.192/26 -j MASQUERADE-ONCE");
        assertThat(rule.path("table").asText()).isEqualTo("postrouting");
        assertThat(rule.path("position").asInt()).isZero();
        assertThat(rule.path("disabled").asBoolean()).isFalse();
        assertThat(rule.path("created_at").asText()).isEqualTo("2026-11-21 08:00:00.000000+00:00");
        create("{'rule': 'FORWARD -j ACCEPT', 'position': 0}");
        assertThat(rules("")).element(1).isEqualTo(rule.path("rule").asText());
    }

    @Test
    void bothVersionsShowAndChangeOneList() {
        api.post("/firewall/rules", "{'rule': 'FORWARD_CUST -p icmp -j DROP'}");
        api.post("/firewall/rules", "{'rule': 'MACRO_CUST -o eth0 -j MASQUERADE'}");
        create("{'rule': 'INPUT -p tcp --dport 22 -j DROP', 'position': 1}");
        create("{'rule': 'OUTPUT -j ACCEPT', 'position': 0, 'disabled': true}");
        assertThat(rules(""))
                .containsExactly(
                        "OUTPUT -j ACCEPT",
                        "FORWARD -p icmp -j DROP",
                        "INPUT -p tcp --dport 22 -j DROP",
                        "POSTROUTING -o eth0 -j MASQUERADE");
        assertThat(api.get("/firewall/rules").response())
                .hasToString("[[\"FORWARD_CUST -p icmp -j DROP\",0],[\"INPUT_CUST -p tcp --dport 22 -j DROP\",1],"
                        + "[\"MACRO_CUST -o eth0 -j MASQUERADE\",2]]");
        api.call("DELETE", "/firewall/rules", "{'rule': 'INPUT_CUST -p tcp --dport 22 -j DROP'}");
        api.post("/firewall/rules", "{'rule': 'FORWARD_CUST -j ACCEPT', 'position': 1}");
        assertThat(rules(""))
                .containsExactly(
                        "OUTPUT -j ACCEPT",
                        "FORWARD -p icmp -j DROP",
                        "FORWARD -j ACCEPT",
                        "POSTROUTING -o eth0 -j MASQUERADE");
    }

    @Test
    void manyRulesAreCreatedAtOnceAndTheWrongOnesNamed() {
        JsonNode made = create("{'rules': ['FORWARD -s 10.1.0.0/16 -j ACCEPT', 'FORWARD -s 10.199.2.0. -j DROP',"
                + " 'FORWARD -j DROP'], 'position': 0, 'groups': ['both']}");
        assertThat(made.path("rules")).hasSize(2);
        assertThat(made.at("/rules/1/position").asInt()).isEqualTo(1);
        assertThat(made.path("errors"))
                .hasToString("[\"Parse Error - iptables v1.4.21: host/network `10.199.2.0.' not found\"]");
        assertThat(rules("?groups=both")).containsExactly("FORWARD -s 10.1.0.0/16 -j ACCEPT", "FORWARD -j DROP");
    }

    @Test
    void theListCanBeNarrowedByStateGroupAndTableAndShowTheSystemsRules() {
        create("{'rule': 'FORWARD -j ACCEPT', 'groups': ['a']}");
        create("{'rule': 'INPUT -j ACCEPT', 'disabled': true, 'groups': ['b']}");
        create("{'rule': 'PREROUTING -j ACCEPT'}");
        assertThat(rules("?state=active")).containsExactly("FORWARD -j ACCEPT", "PREROUTING -j ACCEPT");
        assertThat(rules("?state=disabled")).containsExactly("INPUT -j ACCEPT");
        assertThat(rules("?groups=a,b")).containsExactly("FORWARD -j ACCEPT", "INPUT -j ACCEPT");
        assertThat(rules("?tables=input,PREROUTING")).containsExactly("INPUT -j ACCEPT", "PREROUTING -j ACCEPT");
        JsonNode system = api.get("/v2/firewall/rules?osview=true").response();
        assertThat(system.at("/0/os_rules/0/rule").asText()).isEqualTo("FORWARD_CUST -j ACCEPT");
        assertThat(system.at("/0/os_rules/0/table").asText()).isEqualTo("filter");
        assertThat(system.at("/1/os_rules")).isEmpty();
        assertThat(system.at("/2/os_rules/0/table").asText()).isEqualTo("nat");
    }

    @Test
    void aRuleIsChangedInItsPlaceAndDeletedByItsId() {
        create("{'rule': 'INPUT -j ACCEPT'}");
        JsonNode old = create("{'rule': 'FORWARD -j DROP', 'position': 0, 'comment': 'old'}");
        String path = "/v2/firewall/rules/" + old.path("id").asText();
        JsonNode changed = api.put(path, "{'disabled': true, 'comment': 'new'}").response();
        assertThat(changed.path("rule").asText()).isEqualTo("FORWARD -j DROP");
        assertThat(changed.path("comment").asText()).isEqualTo("new");
        assertThat(changed.path("id")).isEqualTo(old.path("id"));
        assertThat(changed.path("position").asInt()).isZero();
        assertThat(changed.path("errors")).isEmpty();
        assertThat(api.delete(path).response().path("rule").asText()).isEqualTo("FORWARD -j DROP");
        assertThat(api.delete(path).error()).isEqualTo("404 APINotFoundError: rule does not exist");
        assertThat(rules("")).containsExactly("INPUT -j ACCEPT");
    }

    @Test
    void overwritingKeepsTheIdsThatAreNamedAndDropsEverythingElse() {
        String kept = create("{'rule': 'FORWARD -j DROP', 'groups': ['g']}")
                .path("id")
                .asText();
        create("{'rule': 'INPUT -j DROP'}");
        JsonNode answer = api.put(
                        "/v2/firewall/rules",
                        "{'rules': [{'rule': 'OUTPUT -j ACCEPT', 'comment': 'first'}, {'rule': 'NOWHERE -j DROP'},"
                                + " {'rule': 'FORWARD -j ACCEPT', 'id': '" + kept + "', 'position': 0}]}")
                .response();
        assertThat(rules("")).containsExactly("FORWARD -j ACCEPT", "OUTPUT -j ACCEPT");
        assertThat(answer.at("/rules/0/id").asText()).isEqualTo(kept);
        assertThat(answer.at("/rules/0/groups")).hasToString("[\"g\"]");
        assertThat(answer.path("errors"))
                .hasToString("[{\"rule\":\"NOWHERE -j DROP\",\"error\":\"Invalid table for rule\"}]");
    }

    @Test
    void whatIsExportedCanBeImported() {
        create("{'rule': 'FORWARD -s 10.1.0.0/16 -j ACCEPT', 'comment': 'ours', 'groups': ['g']}");
        create("{'rule': 'INPUT -j DROP'}");
        assertThat(api.get("/v2/firewall/rules/export").text())
                .isEqualTo("FORWARD -s 10.1.0.0/16 -j ACCEPT\nINPUT -j DROP\n");
        assertThat(api.get("/v2/firewall/rules/export?tables=input").text()).isEqualTo("INPUT -j DROP\n");
        JsonNode exported =
                api.get("/v2/firewall/rules/export?type=json&group=g").json();
        assertThat(exported).hasSize(1);
        api.put("/v2/firewall/rules", "{'rules': []}");
        String escaped = exported.toString().replace("\"", "\\\"");
        JsonNode imported = api.put(
                        "/v2/firewall/rules/import", "{'rules': '" + escaped + "', 'disabled': true, 'groups': ['h']}")
                .response();
        assertThat(imported.at("/rules/0/comment").asText()).isEqualTo("ours");
        JsonNode more = api.put(
                        "/v2/firewall/rules/import",
                        "{'rules': 'OUTPUT -j ACCEPT\\nOUTPUT -s z -j DROP', 'position': 0, 'disabled': true}")
                .response();
        assertThat(more.at("/rules/0/disabled").asBoolean()).isTrue();
        assertThat(more.path("errors")).hasSize(1);
        assertThat(rules("")).containsExactly("OUTPUT -j ACCEPT", "FORWARD -s 10.1.0.0/16 -j ACCEPT");
    }

    @Test
    void groupsAreMadeByRulesOrByHandAndKeepTrackOfTheirMembers() {
        String id = create("{'rule': 'FORWARD -j DROP', 'groups': ['a']}")
                .path("id")
                .asText();
        String groups = "/v2/firewall/rules-groups";
        var created = api.post(groups, "{'name': 'b', 'rule_ids': ['" + id + "'], 'description': 'by hand'}");
        assertThat(created.status()).isEqualTo(201);
        assertThat(created.response())
                .hasToString("{\"name\":\"b\",\"description\":\"by hand\",\"rules\":[\"" + id + "\"],\"size\":1}");
        assertThat(api.get(groups).response()).hasSize(2);
        assertThat(api.put(groups + "/b", "{'name': 'c', 'rule_ids': []}")
                        .response()
                        .path("size")
                        .asInt())
                .isZero();
        assertThat(api.post(groups + "/c/rules", "{'rule_id': '" + id + "'}").status())
                .isEqualTo(201);
        assertThat(api.post(groups + "/c/rules", "{'rule_id': '" + id + "'}").status())
                .isEqualTo(200);
        assertThat(rules("?groups=c")).hasSize(1);
        assertThat(api.delete(groups + "/c").error())
                .isEqualTo("400 APIBadRequestError: Group has rules defined. Please delete rules or pass force=true.");
        assertThat(api.delete(groups + "/c?force=true").status()).isEqualTo(202);
        assertThat(api.get(groups + "/c").error()).isEqualTo("404 APINotFoundError: group does not exist");
        assertThat(rules("?groups=a")).hasSize(1);
    }

    @Test
    void setsHoldNetworksPortsServicesOrOtherSets() {
        String sets = "/v2/firewall/fwsets";
        var made = api.post(
                sets,
                "{'name': 'humans', 'type': 'net', 'entries': ['10.1.0.0/16', {'entry': '${vns3_overlay_subnet}',"
                        + " 'comment': 'clients'}, 'nonsense']}");
        assertThat(made.status()).isEqualTo(201);
        assertThat(made.response().path("size").asInt()).isEqualTo(2);
        assertThat(made.response().at("/entries/1/entry_resolved").asText()).isEqualTo("100.127.255.192/26");
        assertThat(made.response().at("/errors/0/entry").asText()).isEqualTo("nonsense");
        assertThat(api.post(sets, "{'name': 'all', 'type': 'list', 'entries': 'humans'}")
                        .response()
                        .path("size")
                        .asInt())
                .isEqualTo(1);
        assertThat(api.delete(sets + "/humans").error())
                .isEqualTo(
                        "400 APIBadRequestError: Fwset has references. These can be firewall rules or other fwsets.");
        assertThat(api.post(sets + "/humans/entries", "{'entry': '10.9.0.0/16'}")
                        .status())
                .isEqualTo(201);
        assertThat(api.call("DELETE", sets + "/humans/entries", "{'entry': '10.1.0.0/16'}")
                        .response()
                        .path("size")
                        .asInt())
                .isEqualTo(2);
        assertThat(api.put(sets + "/all", "{'name': 'everybody', 'description': 'd'}")
                        .response()
                        .path("description")
                        .asText())
                .isEqualTo("d");
        assertThat(api.get(sets).response()).hasSize(2);
        assertThat(api.delete(sets + "/everybody").status()).isEqualTo(202);
        assertThat(api.delete(sets + "/humans").status()).isEqualTo(202);
        assertThat(api.get(sets + "/humans").error()).isEqualTo("404 APINotFoundError: Fwset does not exist");
    }

    @Test
    void subtablesHoldRulesThatBeginWithTheirName() {
        String subtables = "/v2/firewall/subtables";
        var made = api.post(
                subtables,
                "{'name': 'my_group', 'type': 'forward', 'rules': [{'rule': 'my_group -i eth0 -j ACCEPT',"
                        + " 'position': 0}, {'rule': 'FORWARD -j DROP', 'position': 1}]}");
        assertThat(made.status()).isEqualTo(201);
        assertThat(made.response().path("size").asInt()).isEqualTo(1);
        assertThat(made.response().path("errors")).hasSize(1);
        assertThat(api.post(subtables + "/my_group/rules", "{'rule': 'my_group -j DROP'}")
                        .response()
                        .at("/rules/1/rule")
                        .asText())
                .isEqualTo("my_group -j DROP");
        create("{'rule': 'FORWARD -j my_group'}");
        assertThat(api.delete(subtables + "/my_group").error())
                .isEqualTo("400 APIBadRequestError: Firewall rule with subtable exists. Please delete rule first.");
        assertThat(api.put(subtables + "/my_group", "{'description': 'd', 'rules': []}")
                        .response()
                        .path("size")
                        .asInt())
                .isZero();
        assertThat(api.get(subtables).response().at("/0/description").asText()).isEqualTo("d");
        assertThat(api.delete(subtables + "/my_group?force=true").status()).isEqualTo(202);
        assertThat(rules("")).isEmpty();
        assertThat(api.get(subtables + "/my_group").error()).isEqualTo("404 APINotFoundError: Subtable does not exist");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "PUT    | /firewall                  | {}                                   | 400 APIArgumentError: rules is missing",
                "PUT    | /firewall/actions          | {'action': 'dance'}                  | 400 APIArgumentError: action is invalid",
                "PUT    | /v2/firewall/actions       | {}                                   | 400 APIBadRequestError: action is missing",
                "GET    | /v2/firewall/rules?state=x |                                      | 400 APIBadRequestError: state is invalid",
                "POST   | /v2/firewall/rules         | {'rule': 'FORWARD_CUST -j DROP'}     | 400 APIBadRequestError: Invalid table for rule",
                "POST   | /v2/firewall/rules         | {'rule': 'FORWARD -s 10.9.2.0. -j DROP'} | 400 APIBadRequestError: Parse Error - iptables v1.4.21: host/network `10.9.2.0.` not found",
                "POST   | /v2/firewall/rules         | {'rule': 'FORWARD --dport 80 -j DROP'} | 400 APIBadRequestError: Parse Error - iptables v1.4.21: unknown option `--dport`",
                "POST   | /v2/firewall/rules         | {'rule': 'FORWARD -s ${nobody} -j DROP'} | 400 APIBadRequestError: Parse Error - iptables v1.4.21: host/network `${nobody}` not found",
                "POST   | /v2/firewall/rules         | {'rule': 'FORWARD -j nowhere'}       | 400 APIBadRequestError: Parse Error - iptables v1.4.21: Couldn`t load target `nowhere`:No such file or directory",
                "POST   | /v2/firewall/rules         | {'rule': 'FORWARD -m set --match-set no src -j DROP'} | 400 APIBadRequestError: Parse Error - iptables v1.4.21: Set no doesn`t exist.",
                "POST   | /v2/firewall/rules         | {'rule': 'FORWARD -j DROP', 'position': 1} | 400 APIBadRequestError: position exceeds the number of rules",
                "POST   | /v2/firewall/rules         | {'rule': ['FORWARD -j DROP']}        | 400 APIBadRequestError: rule is invalid",
                "PUT    | /v2/firewall/rules         | {}                                   | 400 APIBadRequestError: rules is missing",
                "PUT    | /v2/firewall/rules/abc     | {}                                   | 404 APINotFoundError: rule does not exist",
                "PUT    | /v2/firewall/rules/import  | {'rules': 'FORWARDING -j DROP'}      | 400 APIBadRequestError: Invalid table for rule",
                "PUT    | /v2/firewall/rules/import  | {'rules': '[broken'}                 | 400 APIBadRequestError: rules is invalid",
                "GET    | /v2/firewall/rules/export?type=x |                                | 400 APIBadRequestError: type is invalid",
                "POST   | /v2/firewall/rules-groups  | {'name': 'g', 'rule_ids': ['77']}    | 400 APIBadRequestError: Rule 77 does not exist",
                "POST   | /v2/firewall/rules-groups  | {}                                   | 400 APIBadRequestError: name is missing",
                "POST   | /v2/firewall/fwsets        | {'name': 'f', 'type': 'x'}           | 400 APIBadRequestError: Invalid fwset type",
                "POST   | /v2/firewall/fwsets        | {'name': 'a b', 'type': 'net'}       | 400 APIBadRequestError: invalid Fwset name - a b",
                "POST   | /v2/firewall/fwsets/x/entries | {'entry': '10.0.0.1'}             | 404 APINotFoundError: Fwset does not exist",
                "POST   | /v2/firewall/subtables     | {'name': 's', 'type': 'sideways'}    | 400 APIBadRequestError: invalid subtable type",
                "POST   | /v2/firewall/subtables/x/rules | {'rule': 'x -j DROP'}            | 404 APINotFoundError: Subtable does not exist",
            })
    void isRefused(String method, String path, String body, String error) {
        Inventory before = controller.inventory();
        // the table cannot hold the apostrophe with which iptables ends a quotation
        String answered = api.call(method, path.replace("$", "%24"), body == null ? "" : body)
                .error()
                .replace('\'', '`');
        assertThat(answered).isEqualTo(error);
        assertThat(controller.inventory()).isEqualTo(before);
    }
}

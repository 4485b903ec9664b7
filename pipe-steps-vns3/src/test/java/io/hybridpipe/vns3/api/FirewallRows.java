// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.vns3.api;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** The firewall of all versions, and that of version 6. */
final class FirewallRows {
    private static final String OLD = "FORWARD_CUST -o eth0 -j ACCEPT";
    private static final String NEW = "FORWARD -o eth0 -j ACCEPT";
    private static final String RULES = "/v2/firewall/rules";
    private static final String GROUPS = "/v2/firewall/rules-groups";
    private static final String SETS = "/v2/firewall/fwsets";
    private static final String SUBTABLES = "/v2/firewall/subtables";

    private FirewallRows() {}

    static Stream<Row> all() {
        Stream<Row> ofVersion6 =
                Stream.of(rules(), groups(), sets(), subtables()).flatMap(rows -> rows);
        return Stream.of(list(), chains(), ofVersion6.map(row -> row.since("6.0.0")))
                .flatMap(rows -> rows);
    }

    private static Stream<Row> list() {
        return Stream.of(
                withOld(Row.of("firewall().rules"))
                        .sends("GET /firewall/rules")
                        .<List<String>>gives(rules -> rules.equals(List.of(OLD))),
                withOld(Row.of("firewall().add", "FORWARD_CUST -j DROP", Optional.of(0)))
                        .sends("POST /firewall/rules", "{'rule':'FORWARD_CUST -j DROP','position':0}")
                        .gives(FirewallRows::isSubmitted),
                withOld(Row.of("firewall().remove", OLD))
                        .sends("DELETE /firewall/rules", "{'rule':'" + OLD + "'}")
                        .gives(FirewallRows::isSubmitted),
                withOld(Row.of("firewall().removeAt", 0))
                        .sends("DELETE /firewall/rules/0")
                        .gives(FirewallRows::isSubmitted),
                Row.of("firewall().overwrite", List.of(OLD, "FORWARD_CUST -j DROP"))
                        .sends("PUT /firewall", "{'rules':'" + OLD + "\\nFORWARD_CUST -j DROP'}")
                        .since("5.0.2")
                        .gives(FirewallRows::isSubmitted),
                Row.of("firewall().resetConnectionTracking")
                        .sends("PUT /firewall/actions", "{'action':'reset_connection_tracking'}")
                        .since("5.0.2")
                        .givesNothing());
    }

    private static boolean isSubmitted(Task task) {
        return task.token().isPresent() && task.status().equals(Optional.of("submitted"));
    }

    private static Stream<Row> chains() {
        String chains = "/firewall/rules/subgroup";
        String chain = "{'name':'MINE','rules':'MINE -j ACCEPT'}";
        String sets = "/firewall/fwsets";
        String set = "{'name':'NETS_MINE','rules':'NETS_MINE 10.9.0.0/16'}";
        return Stream.of(
                Row.of("firewall().subgroups")
                        .after("POST", chains, chain)
                        .sends("GET " + chains + "?verbose=false")
                        .<List<String>>gives(names -> names.equals(List.of("MINE"))),
                Row.of("firewall().subgroup", "MINE")
                        .after("POST", chains, chain)
                        .sends("GET " + chains + "?name=MINE")
                        .<List<String>>gives(rules -> rules.equals(List.of("MINE -j ACCEPT"))),
                Row.of("firewall().createSubgroup", "MINE", List.of("MINE -s 10.9.0.0/16 -j ACCEPT", "MINE -j DROP"))
                        .sends(
                                "POST " + chains,
                                "{'name':'MINE','rules':'MINE -s 10.9.0.0/16 -j ACCEPT\\nMINE -j DROP','flush':true}")
                        .givesNothing(),
                Row.of("firewall().deleteSubgroup", "MINE")
                        .after("POST", chains, chain)
                        .sends("DELETE " + chains, "{'name':'MINE'}")
                        .givesNothing(),
                Row.of("firewall().reloadSubgroups")
                        .sends("PUT " + chains, "{'reinitialize':true}")
                        .givesNothing(),
                Row.of("firewall().sets")
                        .after("POST", sets, set)
                        .sends("GET " + sets + "?verbose=false")
                        .<List<String>>gives(names -> names.equals(List.of("NETS_MINE"))),
                Row.of("firewall().set", "NETS_MINE")
                        .after("POST", sets, set)
                        .sends("GET " + sets + "?name=NETS_MINE")
                        .<List<String>>gives(entries -> entries.equals(List.of("NETS_MINE 10.9.0.0/16"))),
                Row.of("firewall().createSet", "NETS_MINE", List.of("NETS_MINE 10.9.0.0/16"))
                        .sends("POST " + sets, "{'name':'NETS_MINE','rules':'NETS_MINE 10.9.0.0/16','flush':true}")
                        .givesNothing(),
                Row.of("firewall().deleteSet", "NETS_MINE")
                        .after("POST", sets, set)
                        .sends("DELETE " + sets, "{'name':'NETS_MINE'}")
                        .givesNothing(),
                Row.of("firewall().reloadSets")
                        .sends("PUT " + sets, "{'reinitialize':true}")
                        .givesNothing());
    }

    private static Stream<Row> rules() {
        return Stream.of(
                withNew(Row.of("firewallV2().rules"))
                        .sends("GET " + RULES)
                        .<List<FirewallRule>>gives(rules -> rules.get(0).rule().equals(NEW)),
                withNew(Row.of(
                                "firewallV2().rulesWhere",
                                Optional.of(false),
                                List.of("a", "b"),
                                List.of("forward", "input"),
                                true))
                        .sends("GET " + RULES + "?state=active&groups=a%2Cb&tables=forward%2Cinput&osview=true")
                        .<List<FirewallRule>>gives(rules ->
                                rules.size() == 1 && !rules.get(0).enforced().isEmpty()),
                Row.of(
                                "firewallV2().add",
                                NewFirewallRule.of(NEW)
                                        .withPosition(0)
                                        .withComment("out")
                                        .withGroups(List.of("a"))
                                        .withDisabled(true))
                        .sends(
                                "POST " + RULES,
                                "{'rule':'" + NEW + "','position':0,'comment':'out','groups':['a'],'disabled':true}")
                        .<FirewallRule>gives(rule -> !rule.id().isEmpty()
                                && rule.disabled()
                                && rule.comment().equals("out")
                                && rule.groups().equals(List.of("a"))),
                Row.of("firewallV2().addAll", List.of(NEW, "NOWHERE -j ACCEPT"), Optional.of(0))
                        .sends("POST " + RULES, "{'rules':['" + NEW + "','NOWHERE -j ACCEPT'],'position':0}")
                        .<AcceptedRules>gives(rules -> rules.rules().size() == 1
                                && rules.errors().size() == 1
                                && !rules.errors().get(0).error().isEmpty()),
                withNew(Row.of(
                                "firewallV2().update",
                                "$id",
                                FirewallRuleChange.none().withDisabled(true)))
                        .sends("PUT " + RULES + "/$id", "{'disabled':true}")
                        .<FirewallRule>gives(FirewallRule::disabled),
                withNew(Row.of("firewallV2().delete", "$id"))
                        .sends("DELETE " + RULES + "/$id")
                        .givesNothing(),
                withNew(Row.of(
                                "firewallV2().overwrite",
                                List.of(NewFirewallRule.of("INPUT -j DROP").withComment("last"))))
                        .sends("PUT " + RULES, "{'rules':[{'rule':'INPUT -j DROP','comment':'last'}]}")
                        .<AcceptedRules>gives(rules -> rules.errors().isEmpty()
                                && rules.rules().get(0).comment().equals("last")),
                Row.of("firewallV2().importRules", NEW + "\nINPUT -j DROP", Optional.empty(), true, List.of("a"))
                        .sends(
                                "PUT " + RULES + "/import",
                                "{'rules':'" + NEW + "\\nINPUT -j DROP','disabled':true,'groups':['a']}")
                        .<AcceptedRules>gives(rules -> rules.rules().size() == 2
                                && rules.rules().get(1).disabled()),
                withNew(Row.of("firewallV2().exportRules", Optional.empty(), List.of("forward"), false))
                        .sends("GET " + RULES + "/export?tables=forward&type=plaintext")
                        .<String>gives(text -> text.strip().equals(NEW)),
                Row.of("firewallV2().resetConnectionTracking")
                        .sends("PUT /v2/firewall/actions", "{'action':'reset_connection_tracking'}")
                        .givesNothing());
    }

    private static Stream<Row> groups() {
        return Stream.of(
                withGroup(Row.of("firewallV2().groups().all"))
                        .sends("GET " + GROUPS)
                        .<List<FirewallGroup>>gives(groups -> groups.size() == 1),
                withGroup(Row.of("firewallV2().groups().get", "mine"))
                        .sends("GET " + GROUPS + "/mine")
                        .<FirewallGroup>gives(group -> group.description().equals("d")),
                withNew(Row.of("firewallV2().groups().create", "mine", "d", List.of("$id")))
                        .sends("POST " + GROUPS, "{'name':'mine','description':'d','rule_ids':['$id']}")
                        .<FirewallGroup>gives(group -> group.rules().size() == 1),
                withGroup(Row.of(
                                "firewallV2().groups().update",
                                "mine",
                                Optional.of("yours"),
                                Optional.empty(),
                                Optional.empty()))
                        .sends("PUT " + GROUPS + "/mine", "{'name':'yours'}")
                        .<FirewallGroup>gives(group -> group.name().equals("yours")),
                withNew(withGroup(Row.of("firewallV2().groups().addRule", "mine", "$id")))
                        .sends("POST " + GROUPS + "/mine/rules", "{'rule_id':'$id'}")
                        .<FirewallGroup>gives(group -> group.rules().size() == 1),
                withGroup(Row.of("firewallV2().groups().delete", "mine", true))
                        .sends("DELETE " + GROUPS + "/mine?force=true")
                        .<FirewallGroup>gives(group -> group.name().equals("mine")));
    }

    private static Stream<Row> sets() {
        return Stream.of(
                withSet(Row.of("firewallV2().sets().all"))
                        .sends("GET " + SETS)
                        .<List<FirewallSet>>gives(sets -> sets.size() == 1),
                withSet(Row.of("firewallV2().sets().get", "mine"))
                        .sends("GET " + SETS + "/mine")
                        .<FirewallSet>gives(set -> set.entries().get(0).entry().equals("10.9.0.0/16")),
                Row.of("firewallV2().sets().create", "mine", "net", "d", List.of("10.9.0.0/16"))
                        .sends(
                                "POST " + SETS,
                                "{'name':'mine','type':'net','description':'d','entries':['10.9.0.0/16']}")
                        .<FirewallSet>gives(set -> set.type().equals(Optional.of("net"))
                                && set.size().equals(Optional.of(1))),
                withSet(Row.of(
                                "firewallV2().sets().update",
                                "mine",
                                Optional.empty(),
                                Optional.of("other"),
                                Optional.of(List.of("10.8.0.0/16"))))
                        .sends("PUT " + SETS + "/mine", "{'description':'other','entries':['10.8.0.0/16']}")
                        .<FirewallSet>gives(set -> set.description().equals("other")),
                withSet(Row.of("firewallV2().sets().addEntry", "mine", "10.8.0.0/16", Optional.of("c")))
                        .sends("POST " + SETS + "/mine/entries", "{'entry':'10.8.0.0/16','comment':'c'}")
                        .givesNothing(),
                withSet(Row.of("firewallV2().sets().removeEntry", "mine", "10.9.0.0/16"))
                        .sends("DELETE " + SETS + "/mine/entries", "{'entry':'10.9.0.0/16'}")
                        .givesNothing(),
                withSet(Row.of("firewallV2().sets().delete", "mine", false))
                        .sends("DELETE " + SETS + "/mine?force=false")
                        .givesNothing());
    }

    private static Stream<Row> subtables() {
        return Stream.of(
                withSubtable(Row.of("firewallV2().subtables().all"))
                        .sends("GET " + SUBTABLES)
                        .<List<FirewallSubtable>>gives(tables -> tables.size() == 1),
                withSubtable(Row.of("firewallV2().subtables().get", "mine"))
                        .sends("GET " + SUBTABLES + "/mine")
                        .<FirewallSubtable>gives(
                                table -> table.rules().get(0).rule().equals("mine -j ACCEPT")),
                Row.of("firewallV2().subtables().create", "mine", "prerouting", "d", List.of("mine -j ACCEPT"))
                        .sends(
                                "POST " + SUBTABLES,
                                "{'name':'mine','type':'prerouting','description':'d',"
                                        + "'rules':[{'rule':'mine -j ACCEPT','position':0}]}")
                        .<FirewallSubtable>gives(table -> table.type().equals(Optional.of("prerouting"))
                                && table.size().equals(Optional.of(1))),
                withSubtable(Row.of(
                                "firewallV2().subtables().update",
                                "mine",
                                Optional.of("other"),
                                Optional.of(List.of("mine -i eth0 -j ACCEPT"))))
                        .sends(
                                "PUT " + SUBTABLES + "/mine",
                                "{'description':'other','rules':[{'rule':'mine -i eth0 -j ACCEPT','position':0}]}")
                        .<FirewallSubtable>gives(table -> table.description().equals("other")
                                && table.rules().get(0).rule().equals("mine -i eth0 -j ACCEPT")),
                withSubtable(Row.of("firewallV2().subtables().addRule", "mine", "mine -j ACCEPT", Optional.of(0)))
                        .sends("POST " + SUBTABLES + "/mine/rules", "{'rule':'mine -j ACCEPT','position':0}")
                        .<FirewallSubtable>gives(table -> table.rules().size() == 2),
                withSubtable(Row.of("firewallV2().subtables().delete", "mine", false))
                        .sends("DELETE " + SUBTABLES + "/mine?force=false")
                        .<FirewallSubtable>gives(table -> table.name().equals("mine")));
    }

    private static Row withOld(Row row) {
        return row.after("POST", "/firewall/rules", "{'rule':'" + OLD + "'}");
    }

    private static Row withNew(Row row) {
        return row.after("POST", RULES, "{'rule':'" + NEW + "','groups':['a']}");
    }

    private static Row withGroup(Row row) {
        return row.after("POST", GROUPS, "{'name':'mine','description':'d'}");
    }

    private static Row withSet(Row row) {
        return row.after("POST", SETS, "{'name':'mine','type':'net','entries':['10.9.0.0/16']}");
    }

    private static Row withSubtable(Row row) {
        return row.after(
                "POST", SUBTABLES, "{'name':'mine','type':'forward','rules':[{'rule':'mine -j ACCEPT','position':0}]}");
    }
}

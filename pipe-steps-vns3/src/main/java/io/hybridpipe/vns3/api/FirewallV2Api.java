// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.vns3.api;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import reactor.core.publisher.Mono;

/**
 * The firewall of version 6: rules with ids, which begin with their table, such as {@code FORWARD -o eth0 -j ACCEPT}; all of it
 * from 6.0.0 on.
 *
 * <p>Errors, threads and cancelling are as in {@link Vns3Client}, from whose {@link Vns3Client#firewallV2} this comes.
 * Thread-safe.
 */
public final class FirewallV2Api {
    static final String SINCE = "6.0.0";

    private static final String RULES = "/v2/firewall/rules";

    private final Calls calls;

    FirewallV2Api(Calls calls) {
        this.calls = calls;
    }

    /** Its groups of rules. */
    public FirewallGroupsApi groups() {
        return new FirewallGroupsApi(calls);
    }

    /** Its sets of addresses and ports. */
    public FirewallSetsApi sets() {
        return new FirewallSetsApi(calls);
    }

    /** Its subtables. */
    public FirewallSubtablesApi subtables() {
        return new FirewallSubtablesApi(calls);
    }

    /** {@code GET /v2/firewall/rules}: all rules. */
    public Mono<List<FirewallRule>> rules() {
        return toRules(calls.get(RULES));
    }

    /**
     * {@code GET /v2/firewall/rules?...}: the rules that fit.
     *
     * @param disabled whether they are disabled; empty for both
     * @param groups the groups they are in; empty for all
     * @param tables the tables they stand in; empty for all
     * @param enforced whether to tell what the operating system enforces for each
     */
    public Mono<List<FirewallRule>> rulesWhere(
            Optional<Boolean> disabled, List<String> groups, List<String> tables, boolean enforced) {
        return toRules(calls.get(RULES)
                .with("state", disabled.map(it -> it ? "disabled" : "active"))
                .with("groups", csv(groups))
                .with("tables", csv(tables))
                .with("osview", Optional.of(enforced)));
    }

    /** {@code POST /v2/firewall/rules}: makes one rule. */
    public Mono<FirewallRule> add(NewFirewallRule rule) {
        return toRule(calls.post(RULES, rule.body()));
    }

    /**
     * {@code POST /v2/firewall/rules}: makes several rules; the good ones stay when others are refused.
     *
     * @param rules the rules, in order
     * @param position where the first is to stand, 0 is first; empty for the end
     */
    public Mono<AcceptedRules> addAll(List<String> rules, Optional<Integer> position) {
        Body body = Body.of("rules", List.copyOf(rules)).with("position", position);
        return calls.post(RULES, body).since(SINCE).answer().map(AcceptedRules::from);
    }

    /** {@code PUT /v2/firewall/rules/ID}: changes what is named. */
    public Mono<FirewallRule> update(String id, FirewallRuleChange change) {
        return toRule(calls.put(RULES + "/" + Call.segment(id), change.body()));
    }

    /** {@code DELETE /v2/firewall/rules/ID}. */
    public Mono<Void> delete(String id) {
        return calls.delete(RULES + "/" + Call.segment(id))
                .since(SINCE)
                .answerIfAny()
                .then();
    }

    /** {@code PUT /v2/firewall/rules}: replaces all rules by these, in this order. */
    public Mono<AcceptedRules> overwrite(List<NewFirewallRule> rules) {
        Body body = Body.of(
                "rules", rules.stream().map(rule -> rule.body().fields()).toList());
        return calls.put(RULES, body).since(SINCE).answer().map(AcceptedRules::from);
    }

    /**
     * {@code PUT /v2/firewall/rules/import}: adds rules from a text.
     *
     * @param rules the rules, one a line, or the JSON of an export
     * @param position where the first is to stand, 0 is first; empty for the end
     * @param disabled whether none of them is to be in force
     * @param groups the groups they are to be in
     */
    public Mono<AcceptedRules> importRules(
            String rules, Optional<Integer> position, boolean disabled, List<String> groups) {
        Body body = Body.of("rules", rules)
                .with("position", position)
                .with("disabled", disabled)
                .with("groups", List.copyOf(groups));
        return calls.put(RULES + "/import", body).since(SINCE).answer().map(AcceptedRules::from);
    }

    /**
     * {@code GET /v2/firewall/rules/export}: the rules as one text.
     *
     * @param group only those of this group
     * @param tables only those of these tables; empty for all
     * @param json as JSON, otherwise one rule a line
     */
    public Mono<String> exportRules(Optional<String> group, List<String> tables, boolean json) {
        return calls.get(RULES + "/export")
                .with("group", group)
                .with("tables", csv(tables))
                .with("type", Optional.of(json ? "json" : "plaintext"))
                .since(SINCE)
                .file()
                .map(text -> new String(text, StandardCharsets.UTF_8));
    }

    /** {@code PUT /v2/firewall/actions}: forgets all connections, so that the rules hold for those that exist too. */
    public Mono<Void> resetConnectionTracking() {
        return calls.put("/v2/firewall/actions", Body.of("action", "reset_connection_tracking"))
                .since(SINCE)
                .answer()
                .then();
    }

    private static Mono<FirewallRule> toRule(Call call) {
        return call.since(SINCE).answer().map(FirewallRule::from);
    }

    private static Mono<List<FirewallRule>> toRules(Call call) {
        return call.since(SINCE).answer().map(fields -> fields.all(FirewallRule::from));
    }

    private static Optional<String> csv(List<String> words) {
        return words.isEmpty() ? Optional.empty() : Optional.of(String.join(",", words));
    }
}

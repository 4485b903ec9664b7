// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.vns3.api;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import reactor.core.publisher.Mono;

/**
 * The firewall of all versions: one list of rules, each written as for iptables in one of the controller's own chains, such as
 * {@code MACRO_CUST -o eth0 -s 10.199.2.0/24 -j MASQUERADE}.
 *
 * <p>Changes are made in the background: each answers with a {@link Task}, whose end {@link Vns3Client#task} tells. Errors,
 * threads and cancelling are as in {@link Vns3Client}, from whose {@link Vns3Client#firewall} this comes. Thread-safe.
 */
public final class FirewallApi {
    private static final int LAST = -1;
    private static final String SUBGROUPS = "/firewall/rules/subgroup";
    private static final String SETS = "/firewall/fwsets";

    private final Calls calls;

    FirewallApi(Calls calls) {
        this.calls = calls;
    }

    /** {@code GET /firewall/rules}: the rules in the order of their positions. */
    public Mono<List<String>> rules() {
        return calls.get("/firewall/rules").answer().map(FirewallApi::toRules);
    }

    /**
     * {@code POST /firewall/rules}: inserts a rule.
     *
     * @param rule the rule
     * @param position where it is to stand, 0 is first; empty for the end
     */
    public Mono<Task> add(String rule, Optional<Integer> position) {
        Body body = Body.of("rule", rule).with("position", position.orElse(LAST));
        return calls.post("/firewall/rules", body).answer().map(Task::from);
    }

    /** {@code DELETE /firewall/rules}: removes the rule that reads so. */
    public Mono<Task> remove(String rule) {
        return calls.delete("/firewall/rules")
                .with(Body.of("rule", rule))
                .answer()
                .map(Task::from);
    }

    /** {@code DELETE /firewall/rules/POSITION}: removes the rule that stands there now; 0 is first. */
    public Mono<Task> removeAt(int position) {
        return calls.delete("/firewall/rules/" + position).answer().map(Task::from);
    }

    /** {@code PUT /firewall}: replaces all rules by these, in this order; from 5.0.2 on. */
    public Mono<Task> overwrite(List<String> rules) {
        return calls.put("/firewall", Body.of("rules", String.join("\n", rules)))
                .since("5.0.2")
                .answer()
                .map(Task::from);
    }

    /** {@code PUT /firewall/actions}: forgets all connections, so that the rules hold for those that exist too; from 5.0.2 on. */
    public Mono<Void> resetConnectionTracking() {
        return calls.put("/firewall/actions", Body.of("action", "reset_connection_tracking"))
                .since("5.0.2")
                .answer()
                .then();
    }

    /** {@code GET /firewall/rules/subgroup}: the names of the subgroups, chains of rules beside the custom ones. */
    public Mono<List<String>> subgroups() {
        return names(calls.get(SUBGROUPS));
    }

    /** {@code GET /firewall/rules/subgroup?name=}: the rules of one subgroup. */
    public Mono<List<String>> subgroup(String name) {
        return lines(calls.get(SUBGROUPS).with("name", Optional.of(name)));
    }

    /** {@code POST /firewall/rules/subgroup}: makes a subgroup of these rules, in place of what is in it. */
    public Mono<Void> createSubgroup(String name, List<String> rules) {
        return done(calls.post(SUBGROUPS, named(name, rules)));
    }

    /** {@code DELETE /firewall/rules/subgroup}. */
    public Mono<Void> deleteSubgroup(String name) {
        return done(calls.delete(SUBGROUPS).with(Body.of("name", name)));
    }

    /** {@code PUT /firewall/rules/subgroup}: loads all subgroups anew. */
    public Mono<Void> reloadSubgroups() {
        return done(calls.put(SUBGROUPS, Body.of("reinitialize", true)));
    }

    /** {@code GET /firewall/fwsets}: the names of the sets of addresses and ports. */
    public Mono<List<String>> sets() {
        return names(calls.get(SETS));
    }

    /** {@code GET /firewall/fwsets?name=}: what is in one set, as the controller lists it. */
    public Mono<List<String>> set(String name) {
        return lines(calls.get(SETS).with("name", Optional.of(name)));
    }

    /**
     * {@code POST /firewall/fwsets}: makes a set of these entries, in place of what is in it.
     *
     * @param name begins with {@code NETS_}, {@code PORTS_} or {@code LIST_}
     * @param rules what makes its entries, one a line
     */
    public Mono<Void> createSet(String name, List<String> rules) {
        return done(calls.post(SETS, named(name, rules)));
    }

    /** {@code DELETE /firewall/fwsets}. */
    public Mono<Void> deleteSet(String name) {
        return done(calls.delete(SETS).with(Body.of("name", name)));
    }

    /** {@code PUT /firewall/fwsets}: loads all sets anew. */
    public Mono<Void> reloadSets() {
        return done(calls.put(SETS, Body.of("reinitialize", true)));
    }

    private static Body named(String name, List<String> rules) {
        return Body.of("name", name).with("rules", String.join("\n", rules)).with("flush", true);
    }

    private static Mono<List<String>> names(Call call) {
        return lines(call.with("verbose", Optional.of(false)));
    }

    /** Texts, or lists of them. */
    private static Mono<List<String>> lines(Call call) {
        return call.answer().map(fields -> {
            List<String> lines = new ArrayList<>();
            fields.node().forEach(each -> {
                if (each.isValueNode()) {
                    lines.add(each.asText());
                } else {
                    each.forEach(inner -> lines.add(inner.asText()));
                }
            });
            return List.copyOf(lines);
        });
    }

    private static Mono<Void> done(Call call) {
        return call.answerIfAny().then();
    }

    /** Pairs of rule and position. */
    private static List<String> toRules(Fields fields) {
        record Placed(String rule, int position) {}
        List<Placed> placed = new ArrayList<>();
        fields.node()
                .forEach(each -> placed.add(
                        each.isArray()
                                ? new Placed(each.path(0).asText(), each.path(1).asInt(placed.size()))
                                : new Placed(each.asText(), placed.size())));
        return placed.stream()
                .sorted(Comparator.comparingInt(Placed::position))
                .map(Placed::rule)
                .toList();
    }
}

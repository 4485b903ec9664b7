// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.vns3.api;

import java.util.List;
import java.util.Optional;
import reactor.core.publisher.Mono;

/**
 * Named groups of firewall rules; all of it from 6.0.0 on.
 *
 * <p>Errors, threads and cancelling are as in {@link Vns3Client}. Thread-safe.
 */
public final class FirewallGroupsApi {
    private static final String PATH = "/v2/firewall/rules-groups";

    private final Calls calls;

    FirewallGroupsApi(Calls calls) {
        this.calls = calls;
    }

    /** {@code GET /v2/firewall/rules-groups}. */
    public Mono<List<FirewallGroup>> all() {
        return calls.get(PATH).since(FirewallV2Api.SINCE).answer().map(fields -> fields.all(FirewallGroup::from));
    }

    /** {@code GET /v2/firewall/rules-groups/NAME}. */
    public Mono<FirewallGroup> get(String name) {
        return toGroup(calls.get(path(name)));
    }

    /** {@code POST /v2/firewall/rules-groups}: makes a group of rules with these ids. */
    public Mono<FirewallGroup> create(String name, String description, List<String> ruleIds) {
        Body body = Body.of("name", name).with("description", description).with("rule_ids", List.copyOf(ruleIds));
        return toGroup(calls.post(PATH, body));
    }

    /** {@code PUT /v2/firewall/rules-groups/NAME}: changes what is given; another name is its id from then on. */
    public Mono<FirewallGroup> update(
            String name, Optional<String> newName, Optional<String> description, Optional<List<String>> ruleIds) {
        Body body = Body.empty()
                .with("name", newName)
                .with("description", description)
                .with("rule_ids", ruleIds);
        return toGroup(calls.put(path(name), body));
    }

    /** {@code POST /v2/firewall/rules-groups/NAME/rules}: takes one more rule into the group. */
    public Mono<FirewallGroup> addRule(String name, String ruleId) {
        return toGroup(calls.post(path(name) + "/rules", Body.of("rule_id", ruleId)));
    }

    /** {@code DELETE /v2/firewall/rules-groups/NAME}; one that has rules only by force. */
    public Mono<FirewallGroup> delete(String name, boolean force) {
        return toGroup(calls.delete(path(name)).with("force", Optional.of(force)));
    }

    private static String path(String name) {
        return PATH + "/" + Call.segment(name);
    }

    private static Mono<FirewallGroup> toGroup(Call call) {
        return call.since(FirewallV2Api.SINCE).answer().map(FirewallGroup::from);
    }
}

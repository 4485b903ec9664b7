// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.vns3.api;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import reactor.core.publisher.Mono;

/**
 * Named lists of rules beside the main tables; all of it from 6.0.0 on.
 *
 * <p>Errors, threads and cancelling are as in {@link Vns3Client}. Thread-safe.
 */
public final class FirewallSubtablesApi {
    private static final String PATH = "/v2/firewall/subtables";

    private final Calls calls;

    FirewallSubtablesApi(Calls calls) {
        this.calls = calls;
    }

    /** {@code GET /v2/firewall/subtables}. */
    public Mono<List<FirewallSubtable>> all() {
        return calls.get(PATH).since(FirewallV2Api.SINCE).answer().map(fields -> fields.all(FirewallSubtable::from));
    }

    /** {@code GET /v2/firewall/subtables/NAME}. */
    public Mono<FirewallSubtable> get(String name) {
        return toSubtable(calls.get(path(name)));
    }

    /**
     * {@code POST /v2/firewall/subtables}.
     *
     * @param name letters, digits, {@code _} and {@code -}
     * @param type the main table that may send packets to it, such as {@code prerouting}
     * @param description free text
     * @param rules its rules in order, each of which begins with the name
     */
    public Mono<FirewallSubtable> create(String name, String type, String description, List<String> rules) {
        Body body = Body.of("name", name)
                .with("type", type)
                .with("description", description)
                .with("rules", placed(rules));
        return toSubtable(calls.post(PATH, body));
    }

    /** {@code PUT /v2/firewall/subtables/NAME}: changes what is given; rules replace all it has. */
    public Mono<FirewallSubtable> update(String name, Optional<String> description, Optional<List<String>> rules) {
        Body body =
                Body.empty().with("description", description).with("rules", rules.map(FirewallSubtablesApi::placed));
        return toSubtable(calls.put(path(name), body));
    }

    /** {@code POST /v2/firewall/subtables/NAME/rules}: adds one rule, which begins with the name. */
    public Mono<FirewallSubtable> addRule(String name, String rule, Optional<Integer> position) {
        return toSubtable(
                calls.post(path(name) + "/rules", Body.of("rule", rule).with("position", position)));
    }

    /** {@code DELETE /v2/firewall/subtables/NAME}; one that rules send packets to only by force. */
    public Mono<FirewallSubtable> delete(String name, boolean force) {
        return toSubtable(calls.delete(path(name)).with("force", Optional.of(force)));
    }

    private static String path(String name) {
        return PATH + "/" + Call.segment(name);
    }

    private static List<Map<String, Object>> placed(List<String> rules) {
        List<Map<String, Object>> placed = new ArrayList<>();
        for (String rule : rules) {
            placed.add(Body.of("rule", rule).with("position", placed.size()).fields());
        }
        return List.copyOf(placed);
    }

    private static Mono<FirewallSubtable> toSubtable(Call call) {
        return call.since(FirewallV2Api.SINCE).answer().map(FirewallSubtable::from);
    }
}

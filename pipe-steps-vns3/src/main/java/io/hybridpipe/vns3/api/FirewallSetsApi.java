// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.vns3.api;

import java.util.List;
import java.util.Optional;
import reactor.core.publisher.Mono;

/**
 * Named sets that firewall rules refer to; all of it from 6.0.0 on.
 *
 * <p>Errors, threads and cancelling are as in {@link Vns3Client}. Thread-safe.
 */
public final class FirewallSetsApi {
    private static final String PATH = "/v2/firewall/fwsets";

    private final Calls calls;

    FirewallSetsApi(Calls calls) {
        this.calls = calls;
    }

    /** {@code GET /v2/firewall/fwsets}. */
    public Mono<List<FirewallSet>> all() {
        return calls.get(PATH).since(FirewallV2Api.SINCE).answer().map(fields -> fields.all(FirewallSet::from));
    }

    /** {@code GET /v2/firewall/fwsets/NAME}. */
    public Mono<FirewallSet> get(String name) {
        return toSet(calls.get(path(name)));
    }

    /**
     * {@code POST /v2/firewall/fwsets}.
     *
     * @param name letters, digits, {@code _} and {@code -}
     * @param type {@code net}, {@code list}, {@code service} or {@code port}
     * @param description free text
     * @param entries its first entries
     */
    public Mono<FirewallSet> create(String name, String type, String description, List<String> entries) {
        Body body = Body.of("name", name)
                .with("type", type)
                .with("description", description)
                .with("entries", List.copyOf(entries));
        return toSet(calls.post(PATH, body));
    }

    /** {@code PUT /v2/firewall/fwsets/NAME}: changes what is given; another name is its id from then on. */
    public Mono<FirewallSet> update(
            String name, Optional<String> newName, Optional<String> description, Optional<List<String>> entries) {
        Body body = Body.empty()
                .with("name", newName)
                .with("description", description)
                .with("entries", entries);
        return toSet(calls.put(path(name), body));
    }

    /** {@code POST /v2/firewall/fwsets/NAME/entries}; the description does not say what is answered. */
    public Mono<Void> addEntry(String name, String entry, Optional<String> comment) {
        return done(calls.post(path(name) + "/entries", Body.of("entry", entry).with("comment", comment)));
    }

    /** {@code DELETE /v2/firewall/fwsets/NAME/entries}; the description does not say what is answered. */
    public Mono<Void> removeEntry(String name, String entry) {
        return done(calls.delete(path(name) + "/entries").with(Body.of("entry", entry)));
    }

    /** {@code DELETE /v2/firewall/fwsets/NAME}; one that rules or other sets refer to only by force. */
    public Mono<Void> delete(String name, boolean force) {
        return done(calls.delete(path(name)).with("force", Optional.of(force)));
    }

    private static String path(String name) {
        return PATH + "/" + Call.segment(name);
    }

    private static Mono<FirewallSet> toSet(Call call) {
        return call.since(FirewallV2Api.SINCE).answer().map(FirewallSet::from);
    }

    private static Mono<Void> done(Call call) {
        return call.since(FirewallV2Api.SINCE).answerIfAny().then();
    }
}

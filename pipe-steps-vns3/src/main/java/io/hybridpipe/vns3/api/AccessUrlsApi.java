// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.vns3.api;

import io.hybridpipe.Secret;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import reactor.core.publisher.Mono;

/**
 * URLs that let whoever has them in for a while.
 *
 * <p>Errors, threads and cancelling are as in {@link Vns3Client}, from whose {@link Vns3Client#accessUrls} this comes.
 * Thread-safe.
 */
public final class AccessUrlsApi {
    private static final String ONE = "/access/url";

    private final Calls calls;

    AccessUrlsApi(Calls calls) {
        this.calls = calls;
    }

    /** {@code GET /access/urls}: all, expired ones too. */
    public Mono<List<AccessUrl>> all() {
        return calls.get("/access/urls").answer().map(fields -> fields.all(AccessUrl::from));
    }

    /** {@code GET /access/url/ID}. */
    public Mono<AccessUrl> get(int id) {
        return calls.get(ONE + "/" + id).answer().map(AccessUrl::from);
    }

    /**
     * {@code POST /access/url}.
     *
     * @param name its name
     * @param lifetime 1 minute to 3 days, in whole seconds
     * @param clientpack the name of the clientpack it is to open; empty for remote support
     */
    public Mono<AccessUrl> create(String name, Duration lifetime, Optional<String> clientpack) {
        Body body = Body.of("name", name)
                .with("expires", Math.toIntExact(lifetime.toSeconds()))
                .with("access", clientpack.map(pack -> "cp:" + pack).orElse("rs"));
        return calls.post(ONE, body).answer().map(AccessUrl::from);
    }

    /** {@code PUT /access/url/ID}: it opens nothing any more, but stays in the list. */
    public Mono<AccessUrl> expire(int id) {
        return calls.put(ONE + "/" + id, Body.of("expired", true)).answer().map(AccessUrl::from);
    }

    /** {@code DELETE /access/url/ID}. */
    public Mono<Void> delete(int id) {
        return calls.delete(ONE + "/" + id).answer().then();
    }

    /** {@code DELETE /access/url}: deletes the one that reads so. */
    public Mono<Void> delete(Secret<String> url) {
        return calls.delete(ONE).with(Body.of("access_url", url)).answer().then();
    }
}

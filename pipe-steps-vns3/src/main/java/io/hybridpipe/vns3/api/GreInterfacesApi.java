// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.vns3.api;

import java.util.List;
import reactor.core.publisher.Mono;

/**
 * The edge GRE interfaces of a controller.
 *
 * <p>Errors, threads and cancelling are as in {@link Vns3Client}. Thread-safe.
 */
public final class GreInterfacesApi {
    private static final String PATH = "/interfaces/edge_gre";

    private final Calls calls;

    GreInterfacesApi(Calls calls) {
        this.calls = calls;
    }

    /** {@code GET /interfaces/edge_gre}. */
    public Mono<List<GreInterface>> all() {
        return calls.get(PATH).answer().map(fields -> fields.all(GreInterface::from));
    }

    /** {@code GET /interfaces/edge_gre/ID}. */
    public Mono<GreInterface> get(int id) {
        return calls.get(PATH + "/" + id).answer().map(GreInterface::from);
    }

    /** {@code POST /interfaces/edge_gre}. */
    public Mono<GreInterface> create(GreSettings settings) {
        return calls.post(PATH, settings.body()).answer().map(GreInterface::from);
    }

    /** {@code PUT /interfaces/edge_gre/ID}: changes what is named. */
    public Mono<GreInterface> update(int id, GreSettings settings) {
        return calls.put(PATH + "/" + id, settings.body()).answer().map(GreInterface::from);
    }

    /** {@code DELETE /interfaces/edge_gre/ID}; emits what was deleted. */
    public Mono<GreInterface> delete(int id) {
        return calls.delete(PATH + "/" + id).answer().map(GreInterface::from);
    }
}

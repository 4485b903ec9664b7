// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.vns3.api;

import java.util.List;
import reactor.core.publisher.Mono;

/**
 * The network interfaces of a controller.
 *
 * <p>Errors, threads and cancelling are as in {@link Vns3Client}, from whose {@link Vns3Client#interfaces} this comes.
 * Thread-safe.
 */
public final class InterfacesApi {
    private static final String SYSTEM = "/interfaces/system";

    private final Calls calls;

    InterfacesApi(Calls calls) {
        this.calls = calls;
    }

    /** The further addresses of the interface with this id; from 5.1.1 on. */
    public InterfaceAddressesApi addresses(int id) {
        return new InterfaceAddressesApi(calls, SYSTEM + "/" + id + "/addresses");
    }

    /** The edge GRE interfaces. */
    public GreInterfacesApi gre() {
        return new GreInterfacesApi(calls);
    }

    /** {@code GET /interfaces}: all, edge GRE interfaces too. */
    public Mono<List<SystemInterface>> all() {
        return toInterfaces(calls.get("/interfaces"));
    }

    /** {@code POST /interfaces/action}: has the controller look anew; emits all interfaces. */
    public Mono<List<SystemInterface>> take(InterfaceAction action) {
        return toInterfaces(calls.post("/interfaces/action", Body.of(action.field(), true)));
    }

    /** {@code GET /interfaces/system}: all but edge GRE interfaces. */
    public Mono<List<SystemInterface>> system() {
        return toInterfaces(calls.get(SYSTEM));
    }

    /** {@code GET /interfaces/system/ID}. */
    public Mono<SystemInterface> get(int id) {
        return toInterface(calls.get(SYSTEM + "/" + id));
    }

    /** {@code POST /interfaces/system}: makes a virtual interface, which needs a name. */
    public Mono<SystemInterface> create(InterfaceSettings settings) {
        return toInterface(calls.post(SYSTEM, settings.body()));
    }

    /** {@code PUT /interfaces/system/ID}: changes what is named. */
    public Mono<SystemInterface> update(int id, InterfaceSettings settings) {
        return toInterface(calls.put(SYSTEM + "/" + id, settings.body()));
    }

    /** {@code DELETE /interfaces/system/ID}; emits what was deleted. */
    public Mono<SystemInterface> delete(int id) {
        return toInterface(calls.delete(SYSTEM + "/" + id));
    }

    private static Mono<SystemInterface> toInterface(Call call) {
        return call.answer().map(SystemInterface::from);
    }

    private static Mono<List<SystemInterface>> toInterfaces(Call call) {
        return call.answer().map(fields -> fields.all(SystemInterface::from));
    }
}

// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.vns3.api;

import java.util.List;
import reactor.core.publisher.Mono;

/**
 * The further addresses of one network interface; all of it from 5.1.1 on.
 *
 * <p>What is answered to more than the list, the description does not say; an answer without a body is a record of nothing.
 * Errors, threads and cancelling are as in {@link Vns3Client}. Thread-safe.
 */
public final class InterfaceAddressesApi {
    private static final String SINCE = "5.1.1";

    private final Calls calls;
    private final String path;

    InterfaceAddressesApi(Calls calls, String path) {
        this.calls = calls;
        this.path = path;
    }

    /** {@code GET /interfaces/system/ID/addresses}. */
    public Mono<List<InterfaceAddress>> all() {
        return calls.get(path).since(SINCE).answer().map(fields -> fields.all(InterfaceAddress::from));
    }

    /** {@code GET /interfaces/system/ID/addresses/ID}. */
    public Mono<InterfaceAddress> get(int id) {
        return toAddress(calls.get(path + "/" + id));
    }

    /** {@code POST /interfaces/system/ID/addresses}; it needs an address. */
    public Mono<InterfaceAddress> create(AddressSettings settings) {
        return toAddress(calls.post(path, settings.body()));
    }

    /** {@code PUT /interfaces/system/ID/addresses/ID}: changes what is named. */
    public Mono<InterfaceAddress> update(int id, AddressSettings settings) {
        return toAddress(calls.put(path + "/" + id, settings.body()));
    }

    /** {@code DELETE /interfaces/system/ID/addresses/ID}. */
    public Mono<InterfaceAddress> delete(int id) {
        return toAddress(calls.delete(path + "/" + id));
    }

    private static Mono<InterfaceAddress> toAddress(Call call) {
        return call.since(SINCE).answerIfAny().map(InterfaceAddress::from);
    }
}

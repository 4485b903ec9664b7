// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.vns3.api;

import io.hybridpipe.Secret;
import io.hybridpipe.net.Ip;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import reactor.core.publisher.Mono;

/**
 * The clients of the overlay network and the credentials they join it with; most of it needs a keyset.
 *
 * <p>Errors, threads and cancelling are as in {@link Vns3Client}, from whose {@link Vns3Client#clientpacks} this comes.
 * Thread-safe.
 */
public final class ClientpacksApi {
    private final Calls calls;

    ClientpacksApi(Calls calls) {
        this.calls = calls;
    }

    /** {@code GET /clientpacks}: all, in the order of their addresses. */
    public Mono<List<Clientpack>> all() {
        return calls.get("/clientpacks")
                .with("sorted", Optional.of(true))
                .answer()
                .map(fields -> fields.all(Clientpack::from));
    }

    /** {@code GET /clientpacks/NAME}. */
    public Mono<Clientpack> get(String name) {
        return calls.get("/clientpacks/" + Call.segment(name)).answer().map(ClientpacksApi::toClientpack);
    }

    /** {@code PUT /clientpack}: changes what is named. */
    public Mono<Clientpack> update(String name, ClientpackChange change) {
        return calls.put("/clientpack", change.body().with("name", name))
                .answer()
                .map(ClientpacksApi::toClientpack);
    }

    /** {@code PUT /clientpack}: makes new credentials in the background; the present ones open nothing then. */
    public Mono<Task> regenerate(String name) {
        return calls.put("/clientpack", Body.of("name", name).with("regenerate", true))
                .answer()
                .map(Task::from);
    }

    /** {@code PUT /clientpacks}: changes what is named of all clientpacks, in the background. */
    public Mono<Task> updateAll(ClientpackChange change) {
        return calls.put("/clientpacks", change.body().with("async", true))
                .answer()
                .map(Task::from);
    }

    /** {@code POST /clientpacks/add_clientpacks}: makes clientpacks for these addresses, if the license has room. */
    public Mono<Void> add(List<Ip> addresses) {
        String csv = addresses.stream().map(Ip::toString).collect(Collectors.joining(","));
        return calls.post("/clientpacks/add_clientpacks", Body.of("requested_ips", csv))
                .answer()
                .then();
    }

    /**
     * {@code POST /clientpacks/next_available}: hands out the next one that is available.
     *
     * <p>Ask one controller of a topology only: two may hand out the same.
     *
     * @param lowest its address is not lower
     * @param highest its address is not higher
     * @param disabledToo whether it may be disabled
     */
    public Mono<Clientpack> checkOutNext(Optional<Ip> lowest, Optional<Ip> highest, boolean disabledToo) {
        Body body = Body.empty()
                .with("low_ip", lowest.map(Ip::toString))
                .with("high_ip", highest.map(Ip::toString))
                .with("include_disabled", disabledToo);
        return calls.post("/clientpacks/next_available", body).answer().map(ClientpacksApi::toClientpack);
    }

    /** {@code GET /clientpack}: the credentials in this format; each subscription gets an array of its own. */
    public Mono<Secret<byte[]>> download(String name, ClientpackFormat format) {
        return calls.get("/clientpack")
                .with("name", Optional.of(name))
                .with("fileformat", Optional.of(format))
                .file()
                .map(Secret::of);
    }

    /** {@code GET /clientpack/NAME}: the credentials in the controller's own format; each subscription gets an array of its own. */
    public Mono<Secret<byte[]>> download(String name) {
        return calls.get(path(name)).file().map(Secret::of);
    }

    /** {@code POST /clientpack/NAME}: sets a tag; emits all tags by key. */
    public Mono<Map<String, String>> tag(String name, String key, String value) {
        return toTags(calls.post(path(name), Body.of("key", key).with("value", value)));
    }

    /** {@code DELETE /clientpack/NAME}: removes a tag; emits those that are left. */
    public Mono<Map<String, String>> untag(String name, String key) {
        return toTags(calls.delete(path(name)).with(Body.of("key", key)));
    }

    /** {@code PUT /clientpack/NAME}: disconnects the client that is connected with it. */
    public Mono<ClientReset> disconnect(String name) {
        return calls.put(path(name), Body.of("disconnect", true)).answer().map(ClientReset::from);
    }

    /** {@code POST /client/reset}: has the client connect anew. */
    public Mono<ClientReset> reset(String name) {
        return calls.post("/client/reset", Body.of("name", name).with("disconnect", true))
                .answer()
                .map(ClientReset::from);
    }

    /** {@code POST /clients/reset_all}: has all clients of this controller connect anew; emits their addresses. */
    public Mono<List<String>> resetAll() {
        return calls.post("/clients/reset_all").answer().map(fields -> fields.texts("resetting"));
    }

    /** {@code GET /status/clients}: who is connected. */
    public Mono<List<ConnectedClient>> connected() {
        return calls.get("/status/clients").answer().map(fields -> fields.all(ConnectedClient::from));
    }

    private static String path(String name) {
        return "/clientpack/" + Call.segment(name);
    }

    private static Clientpack toClientpack(Fields fields) {
        return Clientpack.from(fields.unwrapped("clientpack"));
    }

    private static Mono<Map<String, String>> toTags(Call call) {
        return call.answer().map(fields -> fields.textsByName("tags"));
    }
}

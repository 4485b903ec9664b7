// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.azure.network;

import io.hybridpipe.StepContext;
import io.hybridpipe.event.Path;
import io.hybridpipe.event.Resource;
import io.hybridpipe.event.RunId;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import reactor.core.publisher.Mono;

/** The context of one step that a test calls by itself; like the engine, it goes on listening to calls after a cancel. */
final class Attempt implements StepContext {
    static final Instant NOW = Instant.parse("2026-11-21T08:00:00.123Z");

    private final String token;
    private final Set<Resource> resources = Collections.synchronizedSet(new LinkedHashSet<>());
    private final List<CompletableFuture<?>> calls = Collections.synchronizedList(new ArrayList<>());

    private Attempt(String token) {
        this.token = token;
    }

    /** The context of the step whose token is this digit 32 times. */
    static Attempt of(int digit) {
        return new Attempt(String.valueOf(digit).repeat(32));
    }

    /** What was made and is not gone. */
    List<Resource> resources() {
        return List.copyOf(resources);
    }

    /** Completes when every call that changes something has ended, however. */
    Mono<Void> settled() {
        return Mono.defer(() -> Mono.fromFuture(CompletableFuture.allOf(calls.toArray(CompletableFuture[]::new))))
                .onErrorComplete();
    }

    @Override
    public RunId runId() {
        return RunId.of("run-1");
    }

    @Override
    public Path path() {
        return Path.of("fednet/access");
    }

    @Override
    public int attempt() {
        return 1;
    }

    @Override
    public String token() {
        return token;
    }

    @Override
    public Map<String, String> tags() {
        return Map.of("hybridpipe:token", token);
    }

    @Override
    public Clock clock() {
        return Clock.fixed(NOW, ZoneOffset.UTC);
    }

    @Override
    public void progress(int done, int total, String text) {}

    @Override
    public <T> Mono<T> waiting(String reason, Mono<T> permit) {
        return permit;
    }

    @Override
    public void made(Resource resource) {
        resources.add(resource);
    }

    @Override
    public void gone(Resource resource) {
        resources.remove(resource);
    }

    @Override
    public List<Resource> madeBefore() {
        return List.of();
    }

    @Override
    public <T> Mono<T> mutate(Mono<T> call) {
        return Mono.defer(() -> {
            CompletableFuture<T> sent = new CompletableFuture<>();
            // before it is sent: it may arrive, and the test go on, before subscribe returns
            calls.add(sent);
            call.subscribe(sent::complete, sent::completeExceptionally, () -> sent.complete(null));
            return Mono.fromFuture(sent, true);
        });
    }
}

// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.vns3;

import io.hybridpipe.StepContext;
import io.hybridpipe.event.Path;
import io.hybridpipe.event.Resource;
import io.hybridpipe.event.RunId;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import reactor.core.publisher.Mono;

/** The context of one step of one run, which keeps listening to calls that change something, as the engine does. */
final class Attempt implements StepContext {
    private final String token;
    private final List<Resource> there = new CopyOnWriteArrayList<>();
    private final List<CompletableFuture<?>> kept = new CopyOnWriteArrayList<>();

    Attempt() {
        this("0123456789abcdef0123456789abcdef");
    }

    Attempt(String token) {
        this.token = token;
    }

    /** What was made and is not gone. */
    List<Resource> there() {
        return there;
    }

    /** Completes when every call that was sent to change something has ended, well or badly. */
    Mono<Void> settled() {
        return Mono.fromFuture(() -> CompletableFuture.allOf(kept.toArray(CompletableFuture[]::new)))
                .onErrorComplete();
    }

    @Override
    public RunId runId() {
        return RunId.of("run-1");
    }

    @Override
    public Path path() {
        return Path.of("pipe/step");
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
        return Map.of(
                "hybridpipe:pipe", "pipe",
                "hybridpipe:run", "run-1",
                "hybridpipe:step", "pipe/step",
                "hybridpipe:token", token);
    }

    @Override
    public Clock clock() {
        return Clock.systemUTC();
    }

    @Override
    public void progress(int done, int total, String text) {}

    @Override
    public <T> Mono<T> waiting(String reason, Mono<T> permit) {
        return permit;
    }

    @Override
    public void made(Resource resource) {
        there.add(resource);
    }

    @Override
    public void gone(Resource resource) {
        there.removeIf(resource::equals);
    }

    @Override
    public <T> Mono<T> mutate(Mono<T> call) {
        return Mono.defer(() -> {
            CompletableFuture<T> running = call.toFuture();
            kept.add(running);
            return Mono.fromFuture(running, true);
        });
    }
}

// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.net;

import static org.assertj.core.api.Assertions.assertThat;

import io.hybridpipe.StepContext;
import io.hybridpipe.event.Path;
import io.hybridpipe.event.Resource;
import io.hybridpipe.event.RunId;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import reactor.core.publisher.Mono;

/** The context of a step that runs alone; keeps what the step says of its progress. */
final class LoneContext implements StepContext {
    static final Instant NOW = Instant.parse("2026-11-21T00:00:00Z");

    private final List<String> progress = new CopyOnWriteArrayList<>();

    List<String> progress() {
        return progress;
    }

    /** Waits until the step has said something, for a minute at most. */
    void awaitProgress() {
        await(() -> !progress.isEmpty());
    }

    /** Waits until the step has said this, for a minute at most. */
    void awaitProgress(String line) {
        await(() -> progress.contains(line));
    }

    private void await(BooleanSupplier condition) {
        long end = System.nanoTime() + Duration.ofMinutes(1).toNanos();
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime() - end)
                    .as("progress so far: %s", progress)
                    .isNegative();
            LockSupport.parkNanos(Duration.ofMillis(1).toNanos());
        }
    }

    @Override
    public RunId runId() {
        return RunId.of("run-1");
    }

    @Override
    public Path path() {
        return Path.of("test/step");
    }

    @Override
    public int attempt() {
        return 1;
    }

    @Override
    public String token() {
        return "0".repeat(32);
    }

    @Override
    public Map<String, String> tags() {
        return Map.of();
    }

    @Override
    public Clock clock() {
        return Clock.fixed(NOW, ZoneOffset.UTC);
    }

    @Override
    public void progress(int done, int total, String text) {
        progress.add(done + "/" + total + " " + text);
    }

    @Override
    public <T> Mono<T> waiting(String reason, Mono<T> permit) {
        return permit;
    }

    @Override
    public void made(Resource resource) {
        throw new AssertionError("a step of this module made " + resource);
    }

    @Override
    public void gone(Resource resource) {
        throw new AssertionError("a step of this module deleted " + resource);
    }

    @Override
    public List<Resource> madeBefore() {
        return List.of();
    }

    @Override
    public <T> Mono<T> mutate(Mono<T> call) {
        throw new AssertionError("a step of this module changes something");
    }
}

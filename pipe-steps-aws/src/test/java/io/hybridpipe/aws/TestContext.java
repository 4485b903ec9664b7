// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.aws;

import io.hybridpipe.StepContext;
import io.hybridpipe.event.Path;
import io.hybridpipe.event.Resource;
import io.hybridpipe.event.RunId;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import reactor.core.publisher.Mono;

/** A context for calling one step alone; remembers what the step told it. */
public final class TestContext implements StepContext {
    public final List<Resource> made = new CopyOnWriteArrayList<>();
    public final List<Resource> gone = new CopyOnWriteArrayList<>();
    public final List<String> progress = new CopyOnWriteArrayList<>();

    private final RunId run;
    private final Path path;
    private final int generation;

    private TestContext(RunId run, Path path, int generation) {
        this.run = run;
        this.path = path;
        this.generation = generation;
    }

    public static TestContext of(String run, String path) {
        return new TestContext(RunId.of(run), Path.of(path), 0);
    }

    /** The same step of the same run after a completed undo. */
    public TestContext afterUndo() {
        return new TestContext(run, path, generation + 1);
    }

    @Override
    public RunId runId() {
        return run;
    }

    @Override
    public Path path() {
        return path;
    }

    @Override
    public int attempt() {
        return 1;
    }

    @Override
    public String token() {
        return "%016x%016x".formatted((run + "/" + path).hashCode() & 0xffffffffL, (long) generation);
    }

    @Override
    public Map<String, String> tags() {
        return Map.of(
                "hybridpipe:pipe", "test",
                "hybridpipe:run", run.value(),
                "hybridpipe:step", path.value(),
                "hybridpipe:token", token());
    }

    @Override
    public Clock clock() {
        return Clock.systemUTC();
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
        made.add(resource);
    }

    @Override
    public void gone(Resource resource) {
        gone.add(resource);
    }

    @Override
    public <T> Mono<T> mutate(Mono<T> call) {
        return call;
    }
}

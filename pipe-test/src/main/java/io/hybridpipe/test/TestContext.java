// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.test;

import io.hybridpipe.StepContext;
import io.hybridpipe.event.Path;
import io.hybridpipe.event.Resource;
import io.hybridpipe.event.RunId;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.Stream;
import reactor.core.publisher.Mono;

/**
 * A context for testing one step alone; it records what the step tells, and can make its changing calls go wrong.
 *
 * <pre>{@code
 * TestContext context = TestContext.at("net/create");
 * Outputs outputs = step.run(State.of(NAME, "a"), context).block(Duration.ofSeconds(10));
 * assertThat(context.made()).hasSize(1);
 * assertThat(context.mutations()).isEqualTo(1);
 * }</pre>
 *
 * <p>The {@code with} and {@code losing} methods give a new context without records. As in a run, a call sent through
 * {@link #mutate} goes on when the step is cancelled, and {@link #settled} tells when all have ended. Thread-safe.
 */
public final class TestContext implements StepContext {
    private final RunId runId;
    private final Path path;
    private final int attempt;
    private final int generation;
    private final Clock clock;
    private final Mutations mutations;
    private final List<Resource> madeBefore;
    private final List<Resource> made = new ArrayList<>();
    private final List<Resource> gone = new ArrayList<>();
    private final List<Progress> progress = new ArrayList<>();
    private final List<String> waits = new ArrayList<>();

    private TestContext(
            RunId runId,
            Path path,
            int attempt,
            int generation,
            Clock clock,
            List<Resource> madeBefore,
            Mutations mutations) {
        this.runId = runId;
        this.path = path;
        this.attempt = attempt;
        this.generation = generation;
        this.clock = clock;
        this.madeBefore = madeBefore;
        this.mutations = mutations;
    }

    /**
     * What a step said of its progress.
     *
     * @param done how many parts are done
     * @param total how many there are; 0 if nobody knows
     * @param text what is being done
     */
    public record Progress(int done, int total, String text) {}

    /** The context of the first attempt of the step at this path, in the run {@code test}, by the system clock. */
    public static TestContext at(String path) {
        return new TestContext(
                RunId.of("test"),
                Path.of(path),
                1,
                0,
                Clock.systemUTC(),
                List.of(),
                new Mutations(Mutations.Fault.NONE, 0));
    }

    // ---- other contexts

    /** A context of another attempt; the token stays, and so does what was said to be made. */
    public TestContext withAttempt(int attempt) {
        if (attempt < 1) {
            throw new IllegalArgumentException("attempt is " + attempt + ", attempts count from 1");
        }
        return new TestContext(runId, path, attempt, generation, clock, madeBefore(), mutations.fresh());
    }

    /** A context in another run, with another token. */
    public TestContext withRunId(String run) {
        return new TestContext(RunId.of(run), path, attempt, generation, clock, List.of(), mutations.fresh());
    }

    /** A faultless context of a later call in the same run; its {@link #madeBefore} is what was said to be made so far. */
    public TestContext afterwards() {
        return new TestContext(
                runId, path, attempt, generation, clock, madeBefore(), new Mutations(Mutations.Fault.NONE, 0));
    }

    /** A context with the token that the step gets after a completed undo. */
    public TestContext withNextToken() {
        return new TestContext(runId, path, attempt, generation + 1, clock, List.of(), mutations.fresh());
    }

    /** A context with this clock. */
    public TestContext withClock(Clock clock) {
        return new TestContext(
                runId,
                path,
                attempt,
                generation,
                Objects.requireNonNull(clock, "clock"),
                madeBefore,
                mutations.fresh());
    }

    /** A context in which the n-th mutate call, counted from 1, takes effect and then fails with an unknown outcome. */
    public TestContext losingTheAnswerOf(int mutation) {
        return with(Mutations.Fault.LOSE_ANSWER, mutation);
    }

    /** A context in which the n-th mutate call, counted from 1, is not sent and fails with an unknown outcome. */
    public TestContext losingTheRequestOf(int mutation) {
        return with(Mutations.Fault.LOSE_REQUEST, mutation);
    }

    /**
     * A context in which the n-th mutate call, counted from 1, takes effect but its answer does not come: await {@link #held},
     * then cancel the step, and you have cancelled it in mid-call.
     */
    public TestContext holdingTheAnswerOf(int mutation) {
        return with(Mutations.Fault.HOLD_ANSWER, mutation);
    }

    private TestContext with(Mutations.Fault fault, int mutation) {
        if (mutation < 1) {
            throw new IllegalArgumentException("mutation is " + mutation + ", they are counted from 1");
        }
        return new TestContext(runId, path, attempt, generation, clock, madeBefore, new Mutations(fault, mutation));
    }

    // ---- what the step sees

    @Override
    public RunId runId() {
        return runId;
    }

    @Override
    public Path path() {
        return path;
    }

    @Override
    public int attempt() {
        return attempt;
    }

    @Override
    public String token() {
        byte[] name = (runId + "\n" + path + "\n" + generation).getBytes(StandardCharsets.UTF_8);
        return UUID.nameUUIDFromBytes(name).toString().replace("-", "");
    }

    @Override
    public Map<String, String> tags() {
        String value = path.value();
        Map<String, String> tags = new TreeMap<>();
        tags.put("hybridpipe:pipe", value.split("/", 2)[0]);
        tags.put("hybridpipe:run", runId.value());
        String step = value.replace('[', '@').replace("]", "");
        // no cloud takes more, so the engine shortens it too
        tags.put("hybridpipe:step", step.substring(Math.max(0, step.length() - 256)));
        tags.put("hybridpipe:token", token());
        return tags;
    }

    @Override
    public Clock clock() {
        return clock;
    }

    @Override
    public synchronized void progress(int done, int total, String text) {
        progress.add(new Progress(done, total, text));
    }

    @Override
    public <T> Mono<T> waiting(String reason, Mono<T> permit) {
        return Mono.defer(() -> {
            synchronized (this) {
                waits.add(reason);
            }
            return permit;
        });
    }

    @Override
    public synchronized void made(Resource resource) {
        made.add(resource);
    }

    @Override
    public synchronized void gone(Resource resource) {
        gone.add(resource);
        made.removeIf(resource::isSameAs);
    }

    /** What was said so far: a test may make several calls with one context. */
    @Override
    public synchronized List<Resource> madeBefore() {
        return Stream.concat(
                        madeBefore.stream().filter(earlier -> gone.stream().noneMatch(each -> each.isSameAs(earlier))),
                        made.stream())
                .distinct()
                .toList();
    }

    @Override
    public <T> Mono<T> mutate(Mono<T> call) {
        return mutations.send(call);
    }

    /** Calls back right before changing calls are in flight, and right after, before the step hears of it. */
    void watch(Runnable whenBusy, Runnable whenIdle) {
        mutations.watch(whenBusy, whenIdle);
    }

    // ---- what the test sees

    /** From now on the step counts as told to stop: mutate sends nothing more. Cancel the subscription beside it. */
    public TestContext stop() {
        mutations.stop();
        return this;
    }

    /** What the step made and did not say to be gone, in order. */
    public synchronized List<Resource> made() {
        return List.copyOf(made);
    }

    /** What the step said to be gone, in order. */
    public synchronized List<Resource> gone() {
        return List.copyOf(gone);
    }

    /** What the step said of its progress, in order. */
    public synchronized List<Progress> progress() {
        return List.copyOf(progress);
    }

    /** The reasons for which it waited, in order. */
    public synchronized List<String> waits() {
        return List.copyOf(waits);
    }

    /** How many calls were sent through mutate. */
    public int mutations() {
        return mutations.sent();
    }

    /** How many calls mutate refused to send. */
    public int refused() {
        return mutations.refused();
    }

    /** Completes when a call whose answer is held has taken effect, or failed. */
    public Mono<Void> held() {
        return mutations.held();
    }

    /** Completes when every call that was sent through mutate so far has ended, held answers aside. */
    public Mono<Void> settled() {
        return mutations.settled();
    }
}

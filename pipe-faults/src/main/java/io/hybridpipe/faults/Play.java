// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.faults;

import io.hybridpipe.Key;
import io.hybridpipe.Pipe;
import io.hybridpipe.Run;
import io.hybridpipe.RunOptions;
import io.hybridpipe.State;
import io.hybridpipe.Step;
import io.hybridpipe.event.PipeEvent;
import io.hybridpipe.event.Resource;
import io.hybridpipe.event.RunReport;
import io.hybridpipe.retry.StepFailure;
import io.hybridpipe.sim.Call;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import reactor.core.publisher.Mono;

/** One run of a scene on a stage of its own, and what was seen of it. */
final class Play {
    private static final Key<Boolean> FAILS = Key.of("fails", Boolean.class);
    private static final Duration UNDONE_WITHIN = Duration.ofMinutes(4);
    private static final Duration UNDER_WAY = Duration.ofMinutes(1);
    static final Duration SOON = Duration.ofMinutes(5);

    private final Stage stage;
    private final Pipe pipe;
    private final Map<String, String> old;
    private final int prepared;
    private final List<PipeEvent> events = new CopyOnWriteArrayList<>();
    private final CompletableFuture<Run> started = new CompletableFuture<>();
    private volatile Runnable turn = () -> {};
    private volatile Map<String, String> inside = Map.of();
    private volatile int callsInside;
    private volatile boolean cancelledInTime;

    private Play(Stage stage, Scene.Work work) {
        this.stage = stage;
        this.pipe = work.addTo(Pipe.named("faults").needs(FAILS), stage.speed())
                .step("last", last())
                .build();
        this.old = stage.inventory();
        this.prepared = stage.calls().size();
    }

    /** Furnishes the stage. */
    static <S extends Stage> Play of(Scene<S> scene, S stage) {
        return new Play(stage, scene.work().apply(stage));
    }

    private Step last() {
        return Step.reading(FAILS)
                .withoutEffect()
                .as((state, context) -> Mono.defer(() -> {
                    inside = stage.inventory();
                    callsInside = stage.calls().size();
                    turn.run();
                    return FAILS.get(state) ? Mono.error(StepFailure.permanent("this one fails")) : Mono.empty();
                }));
    }

    /** Has this done when all work of the step or scope is done, and nothing undone or closed. */
    void atTheTurn(Runnable action) {
        turn = action;
    }

    /** Cancels the run at this strike's moment. */
    void cancelAt(Strike strike) {
        strike.moment().thenCombine(started, (moment, run) -> {
            cancelledInTime = inside.isEmpty();
            run.cancel("the user has changed his mind");
            strike.release().run();
            return run;
        });
    }

    /**
     * Runs it until it has settled.
     *
     * @param back whether a step that comes later fails
     */
    RunReport run(boolean back) {
        RunOptions options = RunOptions.ofDefaults().listener(events::add).undoDeadline(UNDONE_WITHIN);
        Run run = pipe.start(State.of(FAILS, back), options);
        started.complete(run);
        return run.settled()
                .timeout(
                        SOON,
                        Mono.error(() -> new IllegalStateException("has not settled after " + SOON + ": " + events)))
                .blockOptional()
                .orElseThrow();
    }

    /** Whether it was cancelled before only closes were left, which a cancel does not change any more. */
    boolean cancelledInTime() {
        return cancelledInTime;
    }

    /** What was there before the run. */
    Content old() {
        return Content.of(stage, old);
    }

    /** What was there when all work of the step or scope was done, and nothing undone or closed. */
    Content inside() {
        return Content.of(stage, inside);
    }

    /** What is there now. */
    Content now() {
        return Content.of(stage, stage.inventory());
    }

    /** What is there as soon as nothing is under way any more, which shows in its being one of these; at last what is there then. */
    Content settled(Content... ends) {
        return Mono.fromSupplier(this::now)
                .filter(List.of(ends)::contains)
                .repeatWhenEmpty(looks -> looks.delayElements(Duration.ofMillis(20)))
                .timeout(UNDER_WAY, Mono.fromSupplier(this::now))
                .blockOptional()
                .orElseThrow();
    }

    /** The calls of the run, beside those that furnished the stage. */
    List<Call> calls() {
        return stage.calls().stream().skip(prepared).toList();
    }

    /** Those of them that came after the turn. */
    List<Call> callsAfterTheTurn() {
        return stage.calls().stream().skip(callsInside).toList();
    }

    /** The kinds of what a run says that it made, in an order of their own. */
    static List<String> kinds(RunReport report) {
        return report.made().stream().map(Resource::kind).sorted().toList();
    }

    /** All that happened, for whoever has to find out why. */
    String story() {
        StringBuilder text = new StringBuilder();
        events.forEach(event -> text.append("\n  ").append(event));
        calls().forEach(call ->
                text.append("\n  ").append(call.at()).append(' ').append(call));
        return text.toString();
    }
}

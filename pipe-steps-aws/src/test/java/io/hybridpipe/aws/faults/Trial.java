// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.aws.faults;

import io.hybridpipe.Key;
import io.hybridpipe.Pipe;
import io.hybridpipe.Run;
import io.hybridpipe.RunOptions;
import io.hybridpipe.State;
import io.hybridpipe.Step;
import io.hybridpipe.event.PipeEvent;
import io.hybridpipe.event.Resource;
import io.hybridpipe.event.RunReport;
import io.hybridpipe.event.RunReport.Outcome;
import io.hybridpipe.retry.StepFailure;
import io.hybridpipe.sim.Fault;
import io.hybridpipe.test.ContractCheck;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import software.amazon.awssdk.http.async.SdkAsyncHttpClient;

/** One scene, played once forward, or forward and back because a later step fails. */
record Trial(SdkAsyncHttpClient http, Scene scene, boolean back) {
    private static final Key<Boolean> FAILS = Key.of("fails", Boolean.class);
    private static final Duration UNDONE_WITHIN = Duration.ofSeconds(30);
    private static final Duration SOON = Duration.ofSeconds(60);

    /** Of a look that is repeated until something is so, nobody knows how often it comes: so many times it surely does. */
    private static final int MANY = 2;

    /** A call that can be named before it comes. */
    record Spot(String action, int occurrence, boolean changing) {
        @Override
        public String toString() {
            return action + " #" + occurrence;
        }
    }

    /** What a run without any mishap does. */
    record Rehearsal(Content inside, Content after, List<Spot> spots, List<String> made) {
        /** This one, of a run that goes back, with what it would go to. */
        Rehearsal instead(Rehearsal forward) {
            return new Rehearsal(forward.inside, forward.after, spots, made);
        }
    }

    /** How a run ended; {@code wrong} is empty if that is as it should be. */
    record Verdict(Outcome outcome, boolean struck, String wrong) {}

    /** How one went; a cancel that comes when only closes are left changes nothing any more. */
    private record Played(RunReport report, List<PipeEvent> events, boolean cancelledInTime) {}

    /** Plays the scene without any mishap. */
    Rehearsal rehearse() {
        try (Stage stage = new Stage(http, false)) {
            Pipe pipe = pipe(stage);
            Map<String, String> old = stage.inventory();
            int prepared = stage.calls().size();
            Played played = play(stage, pipe, null);
            Outcome expected = back ? Outcome.UNDONE : Outcome.DONE;
            if (played.report.outcome() != expected) {
                throw new AssertionError(scene + " fails by itself: " + played.report);
            }
            if (back && !Content.of(old).equals(Content.of(stage.inventory()))) {
                throw new AssertionError(scene + " does not come back by itself:"
                        + Content.of(old).differenceTo(Content.of(stage.inventory())));
            }
            return new Rehearsal(
                    Content.of(stage.inside()),
                    Content.of(stage.inventory()),
                    spots(stage, prepared),
                    kinds(played.report));
        }
    }

    /** Plays the scene with a mishap at one call, and judges how it ended. */
    Verdict with(Spot spot, Mishap mishap, Rehearsal rehearsal) {
        try (Stage stage = new Stage(http, mishap.needsDelayedSight())) {
            Pipe pipe = pipe(stage);
            Map<String, String> old = stage.inventory();
            Fault strike = mishap.at(stage, spot.action(), spot.occurrence());
            Played played = play(stage, pipe, mishap.isCancel() ? strike : null);
            boolean struck = strike.reached().isDone();
            List<String> wrong = judge(played, old, stage, rehearsal);
            if (played.cancelledInTime && played.report.outcome() == Outcome.DONE) {
                wrong.add("is done although it was cancelled");
            }
            return new Verdict(played.report.outcome(), struck, wrong.isEmpty() ? "" : tell(wrong, played, stage));
        }
    }

    /** Runs the step and takes it back twice, without any mishap. */
    Verdict undoneTwice() {
        try (Stage stage = new Stage(http, false)) {
            Scene.Work work = scene.work().apply(stage);
            ContractCheck check = work.contract().inventory(() -> Content.of(stage.inventory())).checks().stream()
                    .filter(each -> each.name().equals("undo twice is no error"))
                    .findFirst()
                    .orElseThrow();
            try {
                check.run();
                return new Verdict(Outcome.UNDONE, true, "");
            } catch (AssertionError e) {
                return new Verdict(Outcome.LEFT_OVERS, true, String.valueOf(e.getMessage()));
            }
        }
    }

    private Pipe pipe(Stage stage) {
        Scene.Work work = scene.work().apply(stage);
        return work.addTo(Pipe.named("faults").needs(FAILS))
                .step("last", last(stage))
                .build();
    }

    private static Step last(Stage stage) {
        return Step.reading(FAILS)
                .withoutEffect()
                .as((state, context) -> Mono.defer(() -> {
                    stage.lookInside();
                    return FAILS.get(state) ? Mono.error(StepFailure.permanent("this one fails")) : Mono.empty();
                }));
    }

    private Played play(Stage stage, Pipe pipe, @Nullable Fault cancelAt) {
        List<PipeEvent> events = new CopyOnWriteArrayList<>();
        RunOptions options = RunOptions.ofDefaults().listener(events::add).undoDeadline(UNDONE_WITHIN);
        Run run = pipe.start(State.of(FAILS, back), options);
        AtomicBoolean inTime = new AtomicBoolean();
        if (cancelAt != null) {
            cancelAt.reached().thenRun(() -> {
                inTime.set(stage.inside().isEmpty());
                run.cancel("the user has changed his mind");
                cancelAt.release();
            });
        }
        RunReport report = run.settled()
                .timeout(
                        SOON,
                        Mono.error(() -> new IllegalStateException("has not settled after " + SOON + ": " + events)))
                .blockOptional()
                .orElseThrow();
        return new Played(report, events, inTime.get());
    }

    private List<String> judge(Played played, Map<String, String> old, Stage stage, Rehearsal rehearsal) {
        List<String> wrong = new ArrayList<>();
        Content now = Content.of(stage.inventory());
        RunReport report = played.report;
        if (report.outcome() == Outcome.DONE) {
            difference("wanted inside", rehearsal.inside(), Content.of(stage.inside()), wrong);
            difference("wanted in the end", rehearsal.after(), now, wrong);
            if (!kinds(report).equals(rehearsal.made())) {
                wrong.add("says it made " + kinds(report) + " where it makes " + rehearsal.made());
            }
            if (back) {
                wrong.add("is done although a step fails");
            }
        } else if (report.outcome() == Outcome.UNDONE) {
            difference("old", Content.of(old), now, wrong);
            if (!report.made().isEmpty()) {
                wrong.add("says that it is undone, and that there is still " + report.made());
            }
        } else if (report.outcome() == Outcome.REFUSED) {
            difference("old", Content.of(old), now, wrong);
        } else {
            wrong.add("ended " + report.outcome());
        }
        if (!report.leftovers().isEmpty() || !report.notUndone().isEmpty()) {
            wrong.add("left over " + report.leftovers() + ", not undone " + report.notUndone());
        }
        return wrong;
    }

    private static void difference(String what, Content wanted, Content now, List<String> wrong) {
        if (!wanted.equals(now)) {
            wrong.add("is not as " + what + ":" + wanted.differenceTo(now));
        }
    }

    private static String tell(List<String> wrong, Played played, Stage stage) {
        StringBuilder text = new StringBuilder(String.join("\n", wrong));
        text.append("\n  failure ").append(played.report.failure());
        played.events.forEach(event -> text.append("\n  ").append(event));
        stage.calls()
                .forEach(call ->
                        text.append("\n  ").append(call.at()).append(' ').append(call));
        return text.toString();
    }

    private static List<String> kinds(RunReport report) {
        return report.made().stream().map(Resource::kind).sorted().toList();
    }

    /** The calls of the run, beside those of the preparation. */
    private static List<Spot> spots(Stage stage, int prepared) {
        List<Spot> spots = new ArrayList<>();
        Map<String, Integer> seen = new HashMap<>();
        stage.calls().stream().skip(prepared).forEach(call -> {
            int occurrence = seen.merge(call.action(), 1, Integer::sum);
            if (call.changing() || occurrence <= MANY) {
                spots.add(new Spot(call.action(), occurrence, call.changing()));
            }
        });
        return spots;
    }
}

// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.vns3;

import io.hybridpipe.Key;
import io.hybridpipe.Pipe;
import io.hybridpipe.RunOptions;
import io.hybridpipe.Step;
import io.hybridpipe.event.PipeEvent;
import io.hybridpipe.event.Resource;
import io.hybridpipe.event.RunReport;
import io.hybridpipe.event.RunReport.Outcome;
import io.hybridpipe.retry.StepFailure;
import io.hybridpipe.sim.Call;
import java.net.http.HttpClient;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Collectors;
import reactor.core.publisher.Mono;

/** One scene, played once forward, or forward and back because a later step fails. */
final class FaultTrial {
    private static final Key<Boolean> FAILS = Key.of("fails", Boolean.class);
    private static final Duration UNDONE_WITHIN = Duration.ofSeconds(25);
    private static final Duration SOON = Duration.ofMinutes(3);

    /** Of a look that is repeated until something is so, nobody knows how often it comes: so many times it surely does. */
    private static final int MANY = 3;

    /** All connections of a trial end with it; what is shared is the client, which is costly to make. */
    private final HttpClient http;

    private final Scene scene;
    private final boolean back;

    FaultTrial(HttpClient http, Scene scene, boolean back) {
        this.http = http;
        this.scene = scene;
        this.back = back;
    }

    /** A call that can be named before it comes. */
    record Spot(String controller, String action, int occurrence, boolean changing) {
        @Override
        public String toString() {
            return controller + " " + action + " #" + occurrence;
        }
    }

    /** What a run without any mishap does. */
    record Rehearsal(Map<String, Configured> old, Map<String, Configured> wanted, List<Spot> spots, List<String> made) {
        /** This one, of a run that goes back, with what it would go to. */
        Rehearsal instead(Rehearsal forward) {
            return new Rehearsal(old, forward.wanted, spots, made);
        }
    }

    /** How a run ended; {@code wrong} is empty if that is as it should be. */
    record Verdict(Outcome outcome, boolean struck, String wrong) {}

    /** Plays the scene without any mishap; its spots are those of the way forward, or else those of the way back alone. */
    Rehearsal rehearse() {
        // nothing shall be lost here, however busy the machine is: a call that is sent again is no call of a run
        // without mishaps
        try (Stage stage = new Stage(http, SOON)) {
            Map<String, Integer> forward = new HashMap<>();
            Pipe pipe = pipe(stage, () -> stage.names()
                    .forEach(name -> forward.put(
                            name, stage.controller(name).calls().all().size())));
            Played played = play(stage, pipe);
            Outcome expected = back ? Outcome.UNDONE : Outcome.DONE;
            if (played.report.outcome() != expected) {
                throw new AssertionError(scene + " fails by itself: " + played.report);
            }
            if (back && !played.before.equals(stage.configured())) {
                throw new AssertionError(scene + " does not come back by itself: " + played.report);
            }
            return new Rehearsal(played.before, stage.configured(), spots(stage, forward), kinds(played.report));
        }
    }

    /** Plays the scene with a mishap at one call, and judges how it ended. */
    Verdict with(Spot spot, Mishap mishap, Rehearsal rehearsal) {
        try (Stage stage = new Stage(http, Mishap.REQUEST_TIMEOUT)) {
            Pipe pipe = pipe(stage, () -> {});
            Mishap.Strike strike =
                    mishap.at(stage.controller(spot.controller()), stage.http, spot.action(), spot.occurrence());
            Played played = play(stage, pipe);
            Lab.until(strike.isOver());
            return new Verdict(
                    played.report.outcome(),
                    strike.has().getAsBoolean(),
                    judge(
                            played,
                            stage,
                            rehearsal,
                            spot,
                            mishap.isForGood() && strike.has().getAsBoolean()));
        }
    }

    private record Played(Map<String, Configured> before, RunReport report, List<PipeEvent> events) {}

    private Pipe pipe(Stage stage, Runnable turning) {
        return scene.pipe()
                .apply(stage)
                .needs(FAILS)
                .step("last", last(turning))
                .build();
    }

    private static Step last(Runnable turning) {
        return Step.reading(FAILS)
                .withoutEffect()
                .as((state, context) -> Mono.defer(() -> {
                    if (!FAILS.get(state)) {
                        return Mono.empty();
                    }
                    turning.run();
                    return Mono.error(StepFailure.permanent("this one fails"));
                }));
    }

    private Played play(Stage stage, Pipe pipe) {
        Map<String, Configured> before = stage.configured();
        List<PipeEvent> events = new CopyOnWriteArrayList<>();
        RunOptions options = RunOptions.ofDefaults().listener(events::add).undoDeadline(UNDONE_WITHIN);
        RunReport report = pipe.start(stage.input().with(FAILS, back), options)
                .settled()
                .timeout(
                        SOON,
                        Mono.error(() -> new IllegalStateException("has not settled after " + SOON + ": " + events)))
                .blockOptional()
                .orElseThrow();
        return new Played(before, report, events);
    }

    private String judge(Played played, Stage stage, Rehearsal rehearsal, Spot spot, boolean forGood) {
        List<String> wrong = new ArrayList<>();
        Map<String, Configured> now = stage.configured();
        if (forGood) {
            judgeForGood(played.report, now, rehearsal, spot, stage.addressOf(spot.controller()), wrong);
        } else {
            judge(played.report, now, rehearsal, wrong);
        }
        return wrong.isEmpty() ? "" : tell(wrong, played, stage);
    }

    private void judge(RunReport report, Map<String, Configured> now, Rehearsal rehearsal, List<String> wrong) {
        if (report.outcome() == Outcome.DONE) {
            difference("wanted", rehearsal.wanted(), now, wrong);
            if (!kinds(report).equals(rehearsal.made())) {
                wrong.add("says it made " + kinds(report) + " where it makes " + rehearsal.made());
            }
            if (back) {
                wrong.add("is done although a step fails");
            }
        } else if (report.outcome() == Outcome.UNDONE) {
            difference("old", rehearsal.old(), now, wrong);
            if (!report.made().isEmpty()) {
                wrong.add("says that it is undone, and that there is still " + report.made());
            }
        } else {
            wrong.add("ended " + report.outcome());
        }
        if (!report.leftovers().isEmpty() || !report.notUndone().isEmpty()) {
            wrong.add("left over " + report.leftovers() + ", not undone " + report.notUndone());
        }
    }

    /** What is on the controller that cannot be reached may stay, if it is said; elsewhere nothing may. */
    private void judgeForGood(
            RunReport report,
            Map<String, Configured> all,
            Rehearsal rehearsal,
            Spot spot,
            String address,
            List<String> wrong) {
        Map<String, Configured> now = withoutPassword(all);
        Map<String, Configured> old = withoutPassword(rehearsal.old());
        Map<String, Configured> wanted = withoutPassword(rehearsal.wanted());
        if (report.outcome() == Outcome.DONE) {
            // with a token that outlives the password
            difference("wanted", wanted, now, wrong);
            return;
        }
        if (report.outcome() == Outcome.LEFT_OVERS) {
            Configured there = now.remove(spot.controller());
            Configured before = old.remove(spot.controller());
            Configured after = wanted.get(spot.controller());
            if (there != null && before != null && after != null) {
                List<String> strange = there.strangersTo(before, after);
                if (!strange.isEmpty()) {
                    wrong.add("left what is neither old nor wanted: " + strange);
                }
            }
            if (report.leftovers().isEmpty()) {
                wrong.add("names no leftover");
            }
            if (report.leftovers().stream()
                    .flatMap(left -> left.resources().stream())
                    .anyMatch(resource -> !resource.toString().contains(address))) {
                wrong.add("names what is not left: " + report.leftovers());
            }
        }
        difference("old", old, now, wrong);
    }

    private static Map<String, Configured> withoutPassword(Map<String, Configured> all) {
        Map<String, Configured> rest = new TreeMap<>();
        all.forEach((name, configured) -> rest.put(name, configured.withoutPassword()));
        return rest;
    }

    private static void difference(
            String what, Map<String, Configured> wanted, Map<String, Configured> now, List<String> wrong) {
        if (!wanted.equals(now)) {
            wrong.add("is not the " + what + " configuration:\n  " + what + " is " + toText(wanted) + "\n  there is "
                    + toText(now));
        }
    }

    private static String toText(Map<String, Configured> all) {
        return all.entrySet().stream()
                .map(each -> each.getKey() + "\n" + each.getValue())
                .collect(Collectors.joining("\n  "));
    }

    private static String tell(List<String> wrong, Played played, Stage stage) {
        StringBuilder text = new StringBuilder(String.join("\n", wrong));
        text.append("\n  failure ").append(played.report.failure());
        played.events.forEach(event -> text.append("\n  ").append(event));
        for (String name : stage.names()) {
            stage.controller(name).calls().all().forEach(call -> text.append("\n  ")
                    .append(name)
                    .append(' ')
                    .append(call.at())
                    .append(' ')
                    .append(call));
        }
        return text.toString();
    }

    private static List<String> kinds(RunReport report) {
        return report.made().stream().map(Resource::kind).sorted().toList();
    }

    /** @param forward how many calls of each controller came before the run turned back; they are no spots of their own */
    private static List<Spot> spots(Stage stage, Map<String, Integer> forward) {
        List<Spot> spots = new ArrayList<>();
        for (String name : stage.names()) {
            Map<String, Integer> seen = new HashMap<>();
            int calls = 0;
            for (Call call : stage.controller(name).calls().all()) {
                int occurrence = seen.merge(call.action(), 1, Integer::sum);
                boolean counts = ++calls > forward.getOrDefault(name, 0);
                // what is refused changes nothing, and is asked again as often as there are looks before it is done
                boolean changing = call.changing() && call.status() < 400;
                if (counts && (changing || occurrence <= MANY)) {
                    spots.add(new Spot(name, call.action(), occurrence, changing));
                }
            }
        }
        return spots;
    }
}

// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.faults;

import io.hybridpipe.event.RunReport;
import io.hybridpipe.event.RunReport.Outcome;
import io.hybridpipe.sim.Call;
import io.hybridpipe.test.ContractCheck;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

/**
 * One scene, played once forward, or forward and back because a later step fails.
 *
 * @param usual makes the stage, unless a mishap needs another
 */
record Trial<S extends Stage>(Supplier<S> usual, Scene<S> scene, boolean back) {
    /** Of a look that is repeated until something is so, nobody knows how often it comes: so many times it surely does. */
    private static final int MANY = 2;

    /**
     * A call that can be named before it comes.
     *
     * @param occurrence the how many-th of its action it is, from the beginning of the run, or of its undo
     */
    record Spot(String action, int occurrence, boolean changing) {
        @Override
        public String toString() {
            return action + " #" + occurrence;
        }
    }

    /**
     * What a run without any mishap does.
     *
     * @param spots the calls on the way there, or on the way back
     */
    record Rehearsal(Content inside, Content after, List<Spot> spots, List<String> made) {}

    /** How a run ended; {@code wrong} is empty if that is as it should be. */
    record Verdict(Outcome outcome, boolean struck, String wrong) {}

    /** Plays the scene without any mishap. */
    Rehearsal rehearse() {
        try (S stage = usual.get()) {
            Play play = Play.of(scene, stage);
            RunReport report = play.run(back);
            if (report.outcome() != (back ? Outcome.UNDONE : Outcome.DONE)) {
                throw new AssertionError(scene + " fails by itself: " + report + play.story());
            }
            if (back && !play.old().equals(play.now())) {
                throw new AssertionError(
                        scene + " does not come back by itself:" + play.old().differenceTo(play.now()));
            }
            return new Rehearsal(
                    play.inside(),
                    play.now(),
                    spots(back ? play.callsAfterTheTurn() : play.calls()),
                    Play.kinds(report));
        }
    }

    /** Plays the scene with a mishap at one call, on the way back if it goes back, and judges how it ended. */
    Verdict with(Spot spot, Mishap<S> mishap, Rehearsal rehearsal) {
        try (S stage = mishap.stage(usual)) {
            Play play = Play.of(scene, stage);
            CompletableFuture<Strike> strike = new CompletableFuture<>();
            Runnable arm = () -> {
                Strike armed = mishap.at(stage, spot.action(), spot.occurrence());
                if (mishap.isCancel()) {
                    play.cancelAt(armed);
                }
                strike.complete(armed);
            };
            if (back) {
                play.atTheTurn(arm);
            } else {
                arm.run();
            }
            RunReport report = play.run(back);
            boolean struck = strike.isDone() && strike.join().struck().isDone();
            List<String> wrong = judge(report, play, rehearsal);
            if (play.cancelledInTime() && report.outcome() == Outcome.DONE) {
                wrong.add("is done although it was cancelled");
            }
            if (!back && !mishap.isCancel() && report.outcome() != Outcome.DONE) {
                wrong.add("gave up although " + mishap + " passes by");
            }
            // how often a run looks while it waits differs from run to run
            if (!struck && spot.changing()) {
                wrong.add("nothing struck");
            }
            return new Verdict(
                    report.outcome(),
                    struck,
                    wrong.isEmpty() ? "" : String.join("\n", wrong) + "\n  failure " + report.failure() + play.story());
        }
    }

    /** Runs the step and takes it back twice, without any mishap. */
    Verdict undoneTwice() {
        try (S stage = usual.get()) {
            Scene.Work work = scene.work().apply(stage);
            ContractCheck check = work
                    .contract()
                    .inventory(() -> Content.of(stage, stage.inventory()))
                    .within(Play.SOON)
                    .checks()
                    .stream()
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

    private List<String> judge(RunReport report, Play play, Rehearsal rehearsal) {
        List<String> wrong = new ArrayList<>();
        if (report.outcome() == Outcome.DONE) {
            difference("wanted inside", rehearsal.inside(), play.inside(), wrong);
            difference("wanted in the end", rehearsal.after(), play.now(), wrong);
            if (!Play.kinds(report).equals(rehearsal.made())) {
                wrong.add("says it made " + Play.kinds(report) + " where it makes " + rehearsal.made());
            }
            if (back) {
                wrong.add("is done although a step fails");
            }
        } else if (report.outcome() == Outcome.UNDONE) {
            if (isToldToStay(report)) {
                // it was cut off, perhaps before it did anything
                Content now = play.settled(play.old(), rehearsal.after());
                if (!now.equals(play.old())) {
                    difference("wanted in the end", rehearsal.after(), now, wrong);
                }
            } else {
                difference("old", play.old(), play.now(), wrong);
                if (!report.made().isEmpty()) {
                    wrong.add("says that it is undone, and that there is still " + report.made());
                }
            }
        } else if (report.outcome() == Outcome.REFUSED) {
            difference("old", play.old(), play.now(), wrong);
        } else {
            wrong.add("ended " + report.outcome());
        }
        if (!report.leftovers().isEmpty() || !report.notUndone().isEmpty() && !isToldToStay(report)) {
            wrong.add("left over " + report.leftovers() + ", not undone " + report.notUndone());
        }
        return wrong;
    }

    private boolean isToldToStay(RunReport report) {
        return !scene.undoable() && !report.notUndone().isEmpty();
    }

    private static void difference(String what, Content wanted, Content now, List<String> wrong) {
        if (!wanted.equals(now)) {
            wrong.add("is not as " + what + ":" + wanted.differenceTo(now));
        }
    }

    private static List<Spot> spots(List<Call> calls) {
        List<Spot> spots = new ArrayList<>();
        Map<String, Integer> seen = new HashMap<>();
        calls.forEach(call -> {
            int occurrence = seen.merge(call.action(), 1, Integer::sum);
            if (call.changing() || occurrence <= MANY) {
                spots.add(new Spot(call.action(), occurrence, call.changing()));
            }
        });
        return spots;
    }
}

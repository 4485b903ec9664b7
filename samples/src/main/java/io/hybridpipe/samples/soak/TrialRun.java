// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.samples.soak;

import io.hybridpipe.samples.Main;
import io.hybridpipe.samples.soak.Worlds.Sight;
import io.hybridpipe.samples.soak.Worlds.World;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;

/** One case from its world's beginning to the comparison at its end. */
final class TrialRun {
    private static final Duration PATIENCE = Duration.ofSeconds(120);
    private static final String STOPPED = "stopped at ";

    private final Jvms jvms;
    private final Worlds worlds;
    private final Path directory;
    private final String key;
    private final List<String> complete;
    private final Trial trial;
    private final List<String> told = new ArrayList<>();

    /** @param complete the inventory of a run that nobody disturbed */
    TrialRun(Jvms jvms, Worlds worlds, Path directory, String key, List<String> complete, Trial trial) {
        this.jvms = jvms;
        this.worlds = worlds;
        this.directory = directory;
        this.key = key;
        this.complete = complete;
        this.trial = trial;
    }

    /**
     * What became of it.
     *
     * @param problems what is not as it should be; empty if all is
     * @param told what the processes have said, and the journal
     */
    record Verdict(Trial trial, List<String> problems, List<String> told, Duration took) {}

    /** The inventory that an undisturbed run leaves. */
    static List<String> undisturbed(Jvms jvms, Worlds worlds, Path directory, String key)
            throws IOException, InterruptedException {
        try (World world = worlds.build("reference")) {
            Path home = Files.createDirectories(directory.resolve("reference"));
            Fixture fixture = new Fixture(world, home, "reference", key);
            try (Child run =
                    jvms.start(Main.class.getName(), fixture.start(), fixture.environmentOfStart(), line -> {})) {
                if (!run.awaitEnd(PATIENCE) || run.exitCode() != 0) {
                    throw new IllegalStateException(
                            "a run that nobody disturbs is not done:\n" + String.join("\n", run.said()));
                }
            }
            Sight sight = world.look();
            if (!sight.openDoors().isEmpty() || !sight.reachesOnPremises()) {
                throw new IllegalStateException("a run that nobody disturbs leaves this: " + sight);
            }
            return Inventory.normal(sight.inventory(), "reference");
        }
    }

    Verdict perform() throws IOException, InterruptedException {
        long began = System.nanoTime();
        List<String> problems;
        try {
            problems = inItsOwnWorld("case-" + trial.number(), trial);
        } catch (MissedCall missed) {
            problems = inItsOwnWorld("case-" + trial.number() + "-again", trial.inFirstCall());
        }
        return new Verdict(trial, problems, List.copyOf(told), Duration.ofNanos(System.nanoTime() - began));
    }

    /** The run ended before the call came that was meant. */
    private static final class MissedCall extends RuntimeException {
        private static final long serialVersionUID = 1;
    }

    private List<String> inItsOwnWorld(String run, Trial meant) throws IOException, InterruptedException {
        try (World world = worlds.build(run)) {
            Path home = Files.createDirectories(directory.resolve(run));
            Fixture fixture = new Fixture(world, home, run, key);
            Sight before = world.look();
            List<String> problems = new ArrayList<>();
            if (meant.stratum().isOfUndo()) {
                expectZero(fixture.start(), fixture.environmentOfStart(), problems);
            }
            if (problems.isEmpty()) {
                killAtItsMoment(fixture, world, meant, problems);
            }
            if (problems.isEmpty() && meant.swept()) {
                sweep(fixture, world, problems);
            }
            if (problems.isEmpty()) {
                goOn(fixture, meant, problems);
                compare(before, world.look(), run, meant, problems);
            }
            if (!problems.isEmpty()) {
                tellJournal(fixture.journal());
            }
            return problems;
        }
    }

    private void killAtItsMoment(Fixture fixture, World world, Trial meant, List<String> problems)
            throws InterruptedException {
        boolean undo = meant.stratum().isOfUndo();
        List<String> command = new ArrayList<>(undo ? fixture.goOn(true) : fixture.start());
        command.addAll(List.of("--stop-at", meant.stratum().stopAt()));
        Map<String, String> environment = undo ? fixture.environmentOfGoingOn() : fixture.environmentOfStart();
        try (Child run = jvms.start(Main.class.getName(), command, environment, line -> {})) {
            if (!run.awaitLine(line -> line.startsWith(STOPPED), PATIENCE)) {
                problems.add("it never came to " + meant.stratum());
                tell("the process to kill", run);
                return;
            }
            if (meant.stratum().isInTheCloud()) {
                CompletableFuture<String> held = world.hold(meant.stratum(), meant.call());
                run.send("go on");
                awaitHeldOrEnd(run, held, meant, problems);
                told.add("held: " + held.getNow("nothing"));
            }
            Thread.sleep(meant.jitter().toMillis());
            run.kill();
            tell("killed at " + meant.stratum(), run);
        }
        Thread.sleep(meant.late().toMillis());
        world.release();
    }

    private void awaitHeldOrEnd(Child run, CompletableFuture<String> held, Trial meant, List<String> problems)
            throws InterruptedException {
        long until = System.nanoTime() + PATIENCE.toNanos();
        while (!held.isDone() && System.nanoTime() < until) {
            if (run.awaitEnd(Duration.ofMillis(20)) && !held.isDone()) {
                if (meant.call() > 1) {
                    throw new MissedCall();
                }
                problems.add("no call of " + meant.stratum() + " came to the stand-ins");
                tell("the process to kill", run);
                return;
            }
        }
        if (!held.isDone()) {
            problems.add("no call of " + meant.stratum() + " came within " + PATIENCE.toSeconds() + " s");
            tell("the process to kill", run);
        }
    }

    private void sweep(Fixture fixture, World world, List<String> problems) throws InterruptedException {
        expectZero(fixture.sweep(), fixture.environmentOfGoingOn(), problems);
        world.look().openDoors().forEach(door -> problems.add("a door that the sweep has left open: " + door));
    }

    private void goOn(Fixture fixture, Trial meant, List<String> problems) throws InterruptedException {
        for (Duration delay : meant.later()) {
            try (Child next = goOn(fixture, meant)) {
                if (next.awaitEnd(delay)) {
                    expectZero(next, problems);
                    return;
                }
                next.kill();
                tell("killed after " + delay, next);
            }
        }
        try (Child last = goOn(fixture, meant)) {
            expectZero(last, problems);
        }
    }

    private Child goOn(Fixture fixture, Trial meant) {
        return jvms.start(
                Main.class.getName(), fixture.goOn(meant.undone()), fixture.environmentOfGoingOn(), line -> {});
    }

    private void expectZero(List<String> command, Map<String, String> environment, List<String> problems)
            throws InterruptedException {
        try (Child run = jvms.start(Main.class.getName(), command, environment, line -> {})) {
            expectZero(run, problems);
        }
    }

    private void expectZero(Child run, List<String> problems) throws InterruptedException {
        if (!run.awaitEnd(PATIENCE)) {
            problems.add("a process has not ended after " + PATIENCE.toSeconds() + " s");
            run.kill();
        } else if (run.exitCode() != 0) {
            problems.add("a process ended with exit code " + run.exitCode());
        }
        tell("to its end", run);
    }

    private void compare(Sight before, Sight after, String run, Trial meant, List<String> problems) {
        after.openDoors().forEach(door -> problems.add("an open door: " + door));
        if (meant.undone()) {
            problems.addAll(Inventory.difference(before.inventory(), after.inventory()));
        } else {
            problems.addAll(Inventory.difference(complete, Inventory.normal(after.inventory(), run)));
            if (!after.reachesOnPremises()) {
                problems.add("on-premises is not reached: " + after.trace());
            }
        }
    }

    private void tell(String title, Child child) {
        told.add("---- " + title);
        told.addAll(child.said());
    }

    private void tellJournal(Path journal) throws IOException {
        if (!Files.isDirectory(journal)) {
            return;
        }
        try (Stream<Path> files = Files.list(journal)) {
            for (Path file : files.filter(Files::isRegularFile).sorted().toList()) {
                told.add("---- " + file);
                told.addAll(Files.readAllLines(file, java.nio.charset.StandardCharsets.ISO_8859_1));
            }
        }
    }
}

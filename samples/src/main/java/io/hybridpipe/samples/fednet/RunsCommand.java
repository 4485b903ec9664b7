// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.samples.fednet;

import io.hybridpipe.Outline;
import io.hybridpipe.Pipe;
import io.hybridpipe.PipeFailedException;
import io.hybridpipe.RunOptions;
import io.hybridpipe.RunSummary;
import io.hybridpipe.RunSummary.Element;
import io.hybridpipe.RunSummary.Phase;
import io.hybridpipe.Runs;
import io.hybridpipe.State;
import io.hybridpipe.aws.AwsAccount;
import io.hybridpipe.event.ElementKind;
import io.hybridpipe.event.RunId;
import io.hybridpipe.event.RunReport.Outcome;
import io.hybridpipe.journal.Journal;
import io.hybridpipe.journal.JournalException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.temporal.ChronoUnit;
import java.util.HashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.IntSupplier;
import java.util.function.ToIntFunction;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import reactor.core.publisher.Mono;

/** {@code samples/run runs}: looks at the runs of {@code fednet} that were written down, and goes on with them. */
@Command(
        name = "runs",
        description =
                "Looks at the runs of fednet that were written down, and goes on with those whose process has died.",
        footer = {
            "",
            "Exit codes: 0 what was asked for is done; 1 the run failed and everything is undone; 2 something left over;",
            "3 refused before anything was changed; 4 another process goes on with the run;",
            "130, 143 interrupted and undone.",
            "",
            "To go on with a run needs the endpoints and credentials that it had, and the key that sealed its secrets:",
            "see fednet --help."
        },
        mixinStandardHelpOptions = true)
public final class RunsCommand {
    private final PrintStream out;
    private final PrintStream err;
    private final Map<String, String> environment;

    /** The command as the command line uses it. */
    public RunsCommand() {
        this(System.out, System.err, System.getenv());
    }

    RunsCommand(PrintStream out, PrintStream err, Map<String, String> environment) {
        this.out = out;
        this.err = err;
        this.environment = environment;
    }

    // ---- to look at

    @Command(name = "list", description = "a line for each run", mixinStandardHelpOptions = true)
    int list(@Mixin JournalOptions journals) {
        return answering("list", () -> {
            Runs.of(journals.openExisting(environment))
                    .list()
                    .doOnNext(run -> out.println(line(run)))
                    .blockLast();
            return 0;
        });
    }

    private static String line(RunSummary run) {
        return "%-18s %-8s %-10s started %s, last record %s%s"
                .formatted(
                        run.run(),
                        run.pipe(),
                        run.status(),
                        run.startedAt().truncatedTo(ChronoUnit.SECONDS),
                        run.lastAt().truncatedTo(ChronoUnit.SECONDS),
                        run.owner()
                                .map(owner -> "; its target is held by " + owner)
                                .orElse(""));
    }

    @Command(
            name = "show",
            description = "what a run has done, what it made and what is open",
            mixinStandardHelpOptions = true)
    int show(
            @Mixin JournalOptions journals,
            @Option(names = "--run-id", required = true, paramLabel = "ID", description = "which run; see list")
                    String id) {
        return answering("show", () -> {
            RunSummary run = summary(Runs.of(journals.openExisting(environment)), id);
            out.println(line(run));
            out.println("target " + run.target());
            run.failure().ifPresent(why -> out.println("turned round: " + why));
            Set<String> scopes = new HashSet<>();
            collectScopes(FednetCommand.outline(), scopes);
            for (Element element : run.elements()) {
                boolean scope = scopes.contains(element.path().value().replaceAll("\\[[^]]*]", ""));
                out.printf("  %-66s %s%n", element.path(), word(element.phase(), scope));
                element.made().forEach(resource -> out.println("      " + resource));
            }
            return 0;
        });
    }

    private static void collectScopes(Outline outline, Set<String> into) {
        if (outline.kind() == ElementKind.SCOPE) {
            into.add(outline.path().value());
        }
        outline.children().forEach(child -> collectScopes(child, into));
    }

    private static String word(Phase phase, boolean scope) {
        return switch (phase) {
            case BEGUN -> "begun, outcome unknown";
            case DONE -> scope ? "OPEN" : "done";
            case UNDOING -> scope ? "closing begun, outcome unknown" : "undo begun, outcome unknown";
            case GONE -> scope ? "closed" : "undone";
            case PASSED -> "passed";
        };
    }

    // ---- to go on with

    @Command(
            name = "resume",
            description = "goes on with a run, in the direction that it had",
            mixinStandardHelpOptions = true)
    int resume(
            @Mixin Clouds clouds,
            @Mixin JournalOptions journals,
            @Option(names = "--run-id", required = true, paramLabel = "ID", description = "which run; see list")
                    String id,
            @Option(names = "--report", paramLabel = "FILE", description = "write the run report there, as JSON")
                    @Nullable
                    Path report) {
        RunConsole console = new RunConsole(out, err, "runs resume", report, Outcome.DONE);
        return goOn("resume", clouds, journals, id, console, job -> {
            job.runs()
                    .resume(job.pipe(), RunId.of(id), State.empty(), job.options())
                    .onErrorResume(PipeFailedException.class, failed -> Mono.empty())
                    .block();
            return console.exitCode();
        });
    }

    @Command(name = "undo", description = "takes back whatever a run did", mixinStandardHelpOptions = true)
    int undo(
            @Mixin Clouds clouds,
            @Mixin JournalOptions journals,
            @Option(names = "--run-id", required = true, paramLabel = "ID", description = "which run; see list")
                    String id,
            @Option(names = "--report", paramLabel = "FILE", description = "write the run report there, as JSON")
                    @Nullable
                    Path report) {
        RunConsole console = new RunConsole(out, err, "runs undo", report, Outcome.UNDONE);
        return goOn("undo", clouds, journals, id, console, job -> {
            job.runs()
                    .undo(job.pipe(), RunId.of(id), State.empty(), job.options())
                    .onErrorResume(PipeFailedException.class, failed -> Mono.empty())
                    .block();
            return console.exitCode();
        });
    }

    @Command(
            name = "sweep",
            description = "closes what dead runs left open, and leaves all else",
            mixinStandardHelpOptions = true)
    int sweep(@Mixin Clouds clouds, @Mixin JournalOptions journals) {
        RunConsole console = new RunConsole(out, err, "runs sweep", null, Outcome.KEPT);
        return goOn("sweep", clouds, journals, null, console, job -> {
            Long swept = job.runs()
                    .sweep(job.pipe(), State.empty(), job.options())
                    .count()
                    .block();
            if (Long.valueOf(0).equals(swept)) {
                out.println("runs sweep: nothing is left open by a dead run");
            }
            return console.exitCode();
        });
    }

    private record Job(Runs runs, Pipe pipe, RunOptions options) {}

    private int goOn(
            String verb,
            Clouds clouds,
            JournalOptions journals,
            @Nullable String id,
            RunConsole console,
            ToIntFunction<Job> work) {
        return answering(verb, () -> {
            clouds.check();
            console.checkReport();
            Journal journal = journals.openExisting(environment);
            Runs runs = Runs.of(journal);
            if (id != null) {
                refuseStandIns(summary(runs, id));
            }
            if (clouds.areAbsent() || clouds.areIncomplete()) {
                throw new BadInput("give the --aws-endpoint and --azure-endpoint that the run had");
            }
            try (AwsAccount accountA = clouds.awsAccount()) {
                RunOptions options = journals.shape(
                                console.attend(RunOptions.ofDefaults().cancelGrace(clouds.cancelGrace)), environment)
                        .target(clouds.target());
                return work.applyAsInt(new Job(runs, clouds.pipe(accountA, environment), options));
            }
        });
    }

    private static void refuseStandIns(RunSummary run) {
        int standIns = run.target().indexOf(Clouds.STAND_INS);
        if (standIns >= 0) {
            throw new BadInput("run " + run.run() + " was on " + run.target().substring(standIns)
                    + ", and they ended with it: there is nothing to go on with");
        }
    }

    private static RunSummary summary(Runs runs, String id) {
        try {
            return Objects.requireNonNull(runs.show(RunId.of(id)).block());
        } catch (IllegalArgumentException e) {
            throw new BadInput("--run-id: " + e.getMessage());
        }
    }

    private int answering(String verb, IntSupplier work) {
        try {
            return work.getAsInt();
        } catch (BadInput | JournalException | PipeFailedException e) {
            tell(verb, e);
            Stream.of(e.getSuppressed()).forEach(also -> tell(verb, also));
            return 3;
        }
    }

    /** A refused run was told by its console; what is suppressed may also be the trace of who waited. */
    private void tell(String verb, Throwable problem) {
        if (problem instanceof BadInput || problem instanceof JournalException) {
            err.println("runs " + verb + ": " + problem.getMessage());
        }
    }
}

// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.samples.fednet;

import io.hybridpipe.RunOptions;
import io.hybridpipe.event.PipeEvent;
import io.hybridpipe.event.RunListener;
import io.hybridpipe.event.RunReport;
import io.hybridpipe.event.RunReport.Outcome;
import io.hybridpipe.json.Json;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** What the user is told of one run, and with which exit code it ends. */
final class RunConsole implements RunListener {
    private static final Duration SHUTDOWN_GRACE = Duration.ofMinutes(5);

    private final PrintStream out;
    private final PrintStream err;
    private final String command;
    private final @Nullable Path report;
    private final Outcome wanted;
    private final Progress progress;
    private volatile boolean interrupted;
    private volatile int exitCode;

    /**
     * @param command how messages begin
     * @param report where the report is written, if anywhere
     * @param wanted the outcome that was asked for
     */
    RunConsole(PrintStream out, PrintStream err, String command, @Nullable Path report, Outcome wanted) {
        this.out = out;
        this.err = err;
        this.command = command;
        this.report = report;
        this.wanted = wanted;
        this.progress = new Progress(out, System.console() != null && out == System.out);
    }

    /** These options for a run that is told here, and that ends in good order when the JVM is told to end. */
    RunOptions attend(RunOptions options) {
        return options.closeOnShutdown(SHUTDOWN_GRACE).listener(progress).listener(this);
    }

    /** Asked before the run: a report that cannot be kept would otherwise be lost after all the work. */
    void checkReport() {
        if (report == null) {
            return;
        }
        Path directory = Objects.requireNonNull(report.toAbsolutePath().getParent());
        if (!Files.isDirectory(directory)) {
            throw new BadInput("--report: there is no directory " + directory);
        }
        if (Files.isDirectory(report)) {
            throw new BadInput("--report: " + report + " is a directory");
        }
        if (!Files.isWritable(Files.exists(report) ? report : directory)) {
            throw new BadInput("--report: " + report + " cannot be written");
        }
    }

    @Override
    public void on(PipeEvent event) {
        if (event instanceof PipeEvent.RunCancelRequested) {
            interrupted = true;
        }
    }

    /** Here and not when the command goes on: the JVM may be shutting down, and then main gets no further. */
    @Override
    public void settled(RunReport settled) {
        tell(settled);
        exitCode = Math.max(exitCode, settled.outcome() == wanted ? 0 : exitCode(settled.outcome()));
        if (interrupted && settled.outcome() == Outcome.LEFT_OVERS) {
            Runtime.getRuntime().halt(2);
        }
    }

    private void tell(RunReport settled) {
        if (settled.outcome() == Outcome.REFUSED) {
            settled.failure().ifPresent(it -> {
                err.println(command + ": refused before anything was changed: " + it.path() + ": " + it.message());
                it.others().stream()
                        .filter(other -> !other.equals(it.message()))
                        .distinct()
                        .forEach(other -> err.println(command + ": also: " + other));
            });
        } else {
            progress.tree(settled);
            settled.failure()
                    .filter(it -> settled.outcome() != wanted)
                    .ifPresent(it -> err.println(
                            command + ": " + summary(settled.outcome()) + ": " + it.path() + ": " + it.message()));
        }
        if (report != null) {
            try {
                Files.writeString(report, Json.compact().indented().write(settled.fields()) + System.lineSeparator());
            } catch (IOException e) {
                err.println(command + ": cannot write the report to " + report + ": " + e.getMessage());
            }
        }
        out.flush();
    }

    private static String summary(Outcome outcome) {
        return switch (outcome) {
            case LEFT_OVERS -> "failed, and something is left over";
            case TAKEN_OVER -> "stopped, and another process goes on with it";
            case KEPT -> "failed, and what it made is kept";
            default -> "failed, and everything was undone";
        };
    }

    /** The exit code of the worst of the runs that were told; 0 if each ended as was asked for. */
    int exitCode() {
        return exitCode;
    }

    private static int exitCode(Outcome outcome) {
        return switch (outcome) {
            case DONE -> 0;
            case UNDONE, KEPT -> 1;
            case LEFT_OVERS -> 2;
            case REFUSED -> 3;
            case TAKEN_OVER -> 4;
        };
    }
}

// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.samples.fednet;

import io.hybridpipe.event.ElementKind;
import io.hybridpipe.event.Path;
import io.hybridpipe.event.PipeEvent;
import io.hybridpipe.event.RunListener;
import io.hybridpipe.event.RunReport;
import io.hybridpipe.event.RunReport.ElementReport;
import io.hybridpipe.event.RunReport.Status;
import java.io.PrintStream;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Prints what happens as it happens, and at the end the tree of all that was started. */
final class Progress implements RunListener {
    private static final Map<Status, String> MARKS = Map.of(
            Status.FINISHED, "✓",
            Status.FAILED, "✗",
            Status.SKIPPED, "-",
            Status.UNDONE, "↺",
            Status.LEFT_OVER, "!",
            Status.NOT_UNDONE, "•");
    private static final Map<Status, String> COLOURS = Map.of(
            Status.FINISHED, "32",
            Status.FAILED, "31",
            Status.SKIPPED, "2",
            Status.UNDONE, "33",
            Status.LEFT_OVER, "31;1",
            Status.NOT_UNDONE, "33");

    private final PrintStream out;
    private final boolean colour;
    private final Map<Path, String> latest = new HashMap<>();
    private @Nullable Instant start;

    /** @param colour whether the output is a terminal; a file gets plain lines */
    Progress(PrintStream out, boolean colour) {
        this.out = out;
        this.colour = colour;
    }

    @Override
    public void on(PipeEvent event) {
        if (start == null) {
            start = event.header().at();
        }
        String text = text(event);
        // who waits says the same at each look
        if (text != null && !text.equals(latest.put(event.path(), text))) {
            out.printf(
                    Locale.ROOT,
                    "%7.2fs  %-58s %s%n",
                    Duration.between(start, event.header().at()).toMillis() / 1000.0,
                    event.path(),
                    text);
        }
    }

    private static @Nullable String text(PipeEvent event) {
        if (event instanceof PipeEvent.StepStarted) {
            return "starts"
                    + (event.header().attempt() > 1
                            ? ", attempt " + event.header().attempt()
                            : "");
        }
        if (event instanceof PipeEvent.StepFinished it) {
            return "done in " + seconds(it.took());
        }
        if (event instanceof PipeEvent.StepFailed it) {
            return "FAILED: " + it.message();
        }
        if (event instanceof PipeEvent.StepProgressed it) {
            return it.text()
                    + (it.total() > 0
                            ? " (" + it.done() + "/" + it.total() + ")"
                            : it.done() > 0 ? " (" + it.done() + " done)" : "");
        }
        if (event instanceof PipeEvent.StepRetrying it) {
            return "tries again in " + seconds(it.delay()) + ": " + it.message();
        }
        if (event instanceof PipeEvent.StepReconciled it) {
            return "looked: " + it.found();
        }
        if (event instanceof PipeEvent.StepUndoStarted) {
            return "is undone";
        }
        if (event instanceof PipeEvent.StepUndone it) {
            return "undone in " + seconds(it.took());
        }
        if (event instanceof PipeEvent.StepUndoFailed it) {
            return "LEFT OVER: " + it.message();
        }
        if (event instanceof PipeEvent.StepNotUndone it) {
            return "stays: " + it.reason();
        }
        if (event instanceof PipeEvent.ScopeOpening) {
            return "opens";
        }
        if (event instanceof PipeEvent.ScopeOpened it) {
            return "open after " + seconds(it.took());
        }
        if (event instanceof PipeEvent.ScopeOpenFailed it) {
            return "FAILED to open: " + it.message();
        }
        if (event instanceof PipeEvent.ScopeClosing) {
            return "closes";
        }
        if (event instanceof PipeEvent.ScopeClosed it) {
            return "closed in " + seconds(it.took());
        }
        if (event instanceof PipeEvent.ScopeCloseFailed it) {
            return "LEFT OPEN: " + it.message();
        }
        if (event instanceof PipeEvent.RunCancelRequested it) {
            return "is to stop: " + it.reason();
        }
        if (event instanceof PipeEvent.RunUndoStarted it) {
            return "takes back what was done: " + it.because();
        }
        if (event instanceof PipeEvent.ElementSkipped it) {
            return "skipped: " + it.reason();
        }
        return null;
    }

    /** The tree of all elements that were started, with status and duration. */
    void tree(RunReport report) {
        out.println();
        out.printf("%s %s in %s%n", report.pipe(), report.outcome(), seconds(report.took()));
        for (ElementReport element : report.elements()) {
            int depth =
                    (int) element.path().value().chars().filter(c -> c == '/').count();
            String mark = MARKS.get(element.status());
            String name = "  ".repeat(depth) + element.path().name();
            String kind =
                    element.kind() == ElementKind.STEP ? "" : element.kind().toString();
            String line = String.format(
                    Locale.ROOT,
                    "%s %-44s %-8s %-10s %8s%s%s",
                    mark,
                    name,
                    kind,
                    element.status(),
                    seconds(element.took()),
                    element.attempts() > 1 ? "  " + element.attempts() + " attempts" : "",
                    element.message()
                            .filter(it -> !isToldElsewhere(element, report))
                            .map(it -> "  " + it)
                            .orElse(""));
            out.println(colour ? "\u001b[" + COLOURS.get(element.status()) + "m" + line + "\u001b[0m" : line);
        }
        Duration critical = report.criticalPath().stream()
                .flatMap(path -> report.element(path).stream())
                .filter(element -> element.kind() == ElementKind.STEP)
                .map(ElementReport::took)
                .reduce(Duration.ZERO, Duration::plus);
        out.printf("wall time %s, steps on the critical path %s%n", seconds(report.took()), seconds(critical));
        report.failure().ifPresent(failure -> out.println("failed at " + failure.path() + ": " + failure.message()));
        report.notUndone().forEach(it -> out.println("not undone: " + it.path() + ": " + it.reason()));
        report.leftovers().forEach(left -> {
            out.println("LEFT OVER: " + left.path() + ": " + left.why());
            left.resources().forEach(resource -> {
                out.println("  " + resource);
                if (!resource.show().isEmpty()) {
                    out.println("    see: " + resource.show());
                }
            });
            if (left.resources().isEmpty()) {
                out.println("  whatever bears the token " + left.token());
            }
        });
        out.flush();
    }

    /** Whether it failed only because something else did, which bears the message. */
    private static boolean isToldElsewhere(ElementReport element, RunReport report) {
        return report.failure()
                .filter(failure -> !failure.path().equals(element.path()))
                .filter(failure ->
                        element.message().filter(failure.message()::equals).isPresent())
                .isPresent();
    }

    private static String seconds(Duration duration) {
        return String.format(Locale.ROOT, "%.2fs", duration.toMillis() / 1000.0);
    }
}

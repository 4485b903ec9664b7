// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe;

import io.hybridpipe.event.ElementKind;
import io.hybridpipe.event.Path;
import io.hybridpipe.event.Resource;
import io.hybridpipe.event.RunReport;
import io.hybridpipe.event.RunReport.ElementReport;
import io.hybridpipe.event.RunReport.FailureReport;
import io.hybridpipe.event.RunReport.Leftover;
import io.hybridpipe.event.RunReport.NotUndone;
import io.hybridpipe.event.RunReport.Outcome;
import io.hybridpipe.retry.FailureClass;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Makes the report of a settled run, once, when it is first asked for. */
final class Reporting {
    /** Causes may go in a circle. */
    private static final int DEEPEST_CAUSE = 20;

    private final Execution execution;
    private final Outcome outcome;
    private final Instant startedAt;
    private final Instant endedAt;
    private final @Nullable Throwable primary;
    private final @Nullable Path primaryPath;
    private final List<Throwable> others;
    private final BodyNode root;
    private @Nullable RunReport report;

    Reporting(
            Execution execution,
            Outcome outcome,
            Instant startedAt,
            Instant endedAt,
            @Nullable Throwable primary,
            @Nullable Path primaryPath,
            List<Throwable> others,
            BodyNode root) {
        this.execution = execution;
        this.outcome = outcome;
        this.startedAt = startedAt;
        this.endedAt = endedAt;
        this.primary = primary;
        this.primaryPath = primaryPath;
        this.others = others;
        this.root = root;
    }

    synchronized RunReport report() {
        RunReport made = report;
        if (made == null) {
            made = make();
            report = made;
        }
        return made;
    }

    PipeFailedException exception() {
        PipeFailedException failed =
                new PipeFailedException(report(), primary == null ? null : execution.secrets.scrub(primary));
        others.stream()
                .filter(other -> other != primary)
                .map(execution.secrets::scrub)
                .forEach(failed::addSuppressed);
        return failed;
    }

    /** The one line about what is left: what, where, and how to see it. */
    String leftoverLine() {
        return "run " + execution.id() + " of pipe '" + execution.pipe.name() + "' left over: "
                + report().leftovers().stream().map(Reporting::text).collect(Collectors.joining("; "));
    }

    private static String text(Leftover left) {
        String what = left.resources().isEmpty()
                ? "what it may have made under token " + left.token()
                : left.resources().stream()
                        .map(it -> it + (it.show().isEmpty() ? "" : " (see: " + it.show() + ")"))
                        .collect(Collectors.joining(", "));
        return left.path() + ": " + what + ", because " + left.why();
    }

    private RunReport make() {
        List<ElementReport> elements = new ArrayList<>();
        List<Resource> made = new ArrayList<>();
        List<Path> critical = new ArrayList<>();
        if (root.done != null) {
            for (Node inner : root.inner()) {
                element(inner, elements, made);
            }
            critical(root, critical);
        }
        return new RunReport(
                execution.id(),
                execution.pipe.name(),
                outcome,
                startedAt,
                endedAt,
                failure(),
                List.copyOf(elements),
                List.copyOf(made),
                execution.notUndone.stream()
                        .filter(unit -> outcome != Outcome.DONE)
                        .map(unit -> new NotUndone(
                                unit.node.path(),
                                unit.work
                                        .contract
                                        .effect()
                                        .irreversibleBecause()
                                        .orElse("")))
                        .toList(),
                execution.leftovers.entrySet().stream()
                        .filter(entry -> entry.getKey().isLeftover())
                        .map(entry -> leftover(entry.getKey(), entry.getValue()))
                        .toList(),
                List.copyOf(critical));
    }

    private Optional<FailureReport> failure() {
        Throwable failure = primary;
        Path path = primaryPath;
        if (failure == null || path == null) {
            return Optional.empty();
        }
        return Optional.of(new FailureReport(
                path,
                FailureClass.of(failure),
                execution.message(failure),
                Stream.iterate(failure.getCause(), cause -> cause != null, Throwable::getCause)
                        .limit(DEEPEST_CAUSE)
                        .map(execution::message)
                        .toList(),
                others.stream()
                        .filter(other -> other != failure)
                        .map(execution::message)
                        .toList()));
    }

    private Leftover leftover(Unit unit, String why) {
        return new Leftover(
                unit.node.path(),
                Tokens.token(execution.id(), unit.node.path(), unit.generation()),
                unit.made().stream().map(execution.secrets::scrub).toList(),
                why);
    }

    private void element(Node node, List<ElementReport> elements, List<Resource> made) {
        Unit unit = unit(node);
        if (!(node instanceof BodyNode body && body.isSilent())) {
            elements.add(new ElementReport(
                    node.path(),
                    node.kind(),
                    node.status(),
                    unit == null ? 0 : unit.attempts(),
                    Instant.ofEpochMilli(node.startedAt),
                    Instant.ofEpochMilli(Math.max(node.startedAt, node.endedAt)),
                    message(node, unit)));
        }
        if (unit != null) {
            unit.made().stream().map(execution.secrets::scrub).forEach(made::add);
        }
        node.inner().forEach(inner -> element(inner, elements, made));
    }

    private Optional<String> message(Node node, @Nullable Unit unit) {
        if (unit != null && unit.isLeftover() && execution.leftovers.containsKey(unit)) {
            return Optional.ofNullable(execution.leftovers.get(unit));
        }
        if (node instanceof ConditionNode condition && node.status() == RunReport.Status.SKIPPED) {
            return Optional.of(execution.secrets.scrub(condition.reason()));
        }
        return Optional.ofNullable(node.error).map(execution::message);
    }

    private static @Nullable Unit unit(Node node) {
        return node instanceof StepNode step ? step.unit : node instanceof ScopeNode scope ? scope.unit : null;
    }

    /** Of things that ran one after the other all count, of concurrent ones the one that ended last. */
    private void critical(Node node, List<Path> path) {
        if (node.kind() == ElementKind.STEP || node.kind() == ElementKind.SCOPE) {
            path.add(node.path());
        }
        if (node instanceof MembersNode) {
            node.inner().stream()
                    .max(Comparator.comparingLong(member -> member.endedAt))
                    .ifPresent(last -> critical(last, path));
        } else {
            node.inner().forEach(inner -> critical(inner, path));
        }
    }

    /** The message of a failure in one line; the class where there is no message. */
    static String oneLine(Throwable failure) {
        String message = failure.getMessage();
        String text = message == null || message.isBlank() ? failure.getClass().getName() : message;
        return text.strip().replaceAll("\\s*[\\r\\n]+\\s*", " ");
    }
}

// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.event;

import io.hybridpipe.retry.FailureClass;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * How a run ended, made when it has settled; a success has one too. Immutable; free of the run's secrets.
 *
 * @param run the run
 * @param pipe the pipe's name
 * @param outcome how it ended
 * @param startedAt when it started
 * @param endedAt when it had settled
 * @param failure the primary failure, unless all went well
 * @param elements every element that was started, in the order in which the pipe names them
 * @param made the resources that the run made and that are still there as far as it knows
 * @param notUndone the finished steps that undo passed by, and why
 * @param leftovers what the run made or may have made and that is not known to be gone
 * @param criticalPath the elements that the run's duration consists of
 */
public record RunReport(
        RunId run,
        String pipe,
        Outcome outcome,
        Instant startedAt,
        Instant endedAt,
        Optional<FailureReport> failure,
        List<ElementReport> elements,
        List<Resource> made,
        List<NotUndone> notUndone,
        List<Leftover> leftovers,
        List<Path> criticalPath) {

    /** How a run ended. */
    public enum Outcome {
        /** All was done and every scope closed. */
        DONE,
        /** It failed or was cancelled, and all that can be undone was undone. */
        UNDONE,
        /** It failed or was cancelled, and what it made was kept, as the options say; scopes are closed. */
        KEPT,
        /** Something is left that should not be: see the leftovers. */
        LEFT_OVERS,
        /** Another process has taken it over and goes on with it; this one stopped without touching anything more. */
        TAKEN_OVER,
        /** It was refused before anything was changed. */
        REFUSED;

        /** The name as people read it: {@code left-overs}. */
        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }
    }

    /** Where an element ended. */
    public enum Status {
        /** It finished. */
        FINISHED,
        /** It failed, or was stopped. */
        FAILED,
        /** Its condition did not hold. */
        SKIPPED,
        /** It was taken back. */
        UNDONE,
        /** It could not be taken back, or not be closed. */
        LEFT_OVER,
        /** It stays although the run was undone: it cannot be undone. */
        NOT_UNDONE;

        /** The name as people read it: {@code left-over}. */
        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }
    }

    /**
     * The failure that decided the run.
     *
     * @param path where it happened
     * @param failureClass its class
     * @param message its message
     * @param causes the messages of what caused it, of what caused that, and so on; empty for a failure of an earlier process
     * @param others the messages of other failures, in declared order of their elements
     */
    public record FailureReport(
            Path path, FailureClass failureClass, String message, List<String> causes, List<String> others) {}

    /**
     * One element.
     *
     * @param path where it stands
     * @param kind what it is
     * @param status where it ended
     * @param attempts how many attempts were made, 0 for elements that have none
     * @param startedAt when it started
     * @param endedAt when its forward work ended
     * @param message the failure's message, or the reason why it was skipped
     */
    public record ElementReport(
            Path path,
            ElementKind kind,
            Status status,
            int attempts,
            Instant startedAt,
            Instant endedAt,
            Optional<String> message) {
        /** From start to end. */
        public Duration took() {
            return Duration.between(startedAt, endedAt);
        }
    }

    /**
     * A finished step that undo passed by.
     *
     * @param path where it stands
     * @param reason why it cannot be undone
     */
    public record NotUndone(Path path, String reason) {}

    /**
     * Something that is not known to be gone.
     *
     * @param path the step or scope that made it
     * @param token the token under which it may be found, in tags or client tokens
     * @param resources the resources whose ids are known; empty if none is
     * @param why why it is left
     */
    public record Leftover(Path path, String token, List<Resource> resources, String why) {}

    /** From start to settled. */
    public Duration took() {
        return Duration.between(startedAt, endedAt);
    }

    /** The element at a path, if it was started. */
    public Optional<ElementReport> element(Path path) {
        return elements.stream().filter(each -> each.path().equals(path)).findFirst();
    }

    /** All fields under stable names, ready to be written as JSON: texts, numbers, maps and lists only. */
    public Map<String, Object> fields() {
        Map<String, Object> fields = Fields.ofRecord(this);
        fields.put("schema", PipeEvent.SCHEMA_VERSION);
        return fields;
    }
}

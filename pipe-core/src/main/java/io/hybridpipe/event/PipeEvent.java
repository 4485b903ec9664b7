// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.event;

import io.hybridpipe.retry.FailureClass;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;

/**
 * Something that happened in a run, told in the past tense.
 *
 * <p>Events of a run come one at a time in the order of their sequence numbers. Messages are scrubbed of the run's secrets.
 * Immutable.
 */
public sealed interface PipeEvent {
    /** The version of the events' fields; it grows when a field changes its meaning or goes away. */
    int SCHEMA_VERSION = 1;

    /** What every event bears. */
    EventHeader header();

    /** The event's own name, for instance {@code StepFinished}. */
    default String type() {
        return getClass().getSimpleName();
    }

    /** Where it happened. */
    default Path path() {
        return header().path();
    }

    /** All fields under stable names, ready to be written as JSON: texts, numbers, maps and lists only. */
    default Map<String, Object> fields() {
        return Fields.ofEvent(this);
    }

    /**
     * The run has been admitted and starts.
     *
     * @param header what every event bears
     * @param pipe the pipe's name
     */
    record RunStarted(EventHeader header, String pipe) implements PipeEvent {}

    /**
     * A run that another process had begun goes on here; its finished steps are not run again.
     *
     * @param header what every event bears
     * @param pipe the pipe's name
     * @param back whether it takes back what was done, or only closes what is open
     */
    record RunResumed(EventHeader header, String pipe, boolean back) implements PipeEvent {}

    /**
     * Somebody asked the run to stop.
     *
     * @param header what every event bears
     * @param reason what was given as the reason
     */
    record RunCancelRequested(EventHeader header, String reason) implements PipeEvent {}

    /**
     * The run, or a scope of it, begins to take back what was done.
     *
     * @param header what every event bears
     * @param because the failure's message
     */
    record RunUndoStarted(EventHeader header, String because) implements PipeEvent {}

    /**
     * Nothing of the run is in flight any more; the last event.
     *
     * @param header what every event bears
     * @param outcome how it ended
     * @param took from its start
     */
    record RunSettled(EventHeader header, RunReport.Outcome outcome, Duration took) implements PipeEvent {}

    /**
     * A group, fan-out, condition or nested pipe starts.
     *
     * @param header what every event bears
     * @param kind what it is
     */
    record ElementStarted(EventHeader header, ElementKind kind) implements PipeEvent {}

    /**
     * A group, fan-out, condition or nested pipe has finished.
     *
     * @param header what every event bears
     * @param kind what it is
     * @param took from its start
     */
    record ElementFinished(EventHeader header, ElementKind kind, Duration took) implements PipeEvent {}

    /**
     * A group, fan-out, condition or nested pipe has failed.
     *
     * @param header what every event bears
     * @param kind what it is
     * @param failureClass the class of the first failure
     * @param message its message
     * @param took from its start
     */
    record ElementFailed(EventHeader header, ElementKind kind, FailureClass failureClass, String message, Duration took)
            implements PipeEvent {}

    /**
     * A condition did not hold.
     *
     * @param header what every event bears
     * @param kind what it is
     * @param reason why, as the pipe says it
     */
    record ElementSkipped(EventHeader header, ElementKind kind, String reason) implements PipeEvent {}

    /**
     * An attempt of a step starts.
     *
     * @param header what every event bears
     * @param stepType the step's type
     */
    record StepStarted(EventHeader header, String stepType) implements PipeEvent {}

    /**
     * A step has succeeded.
     *
     * @param header what every event bears
     * @param took from its first attempt
     */
    record StepFinished(EventHeader header, Duration took) implements PipeEvent {}

    /**
     * An attempt of a step or of a scope's open failed and another will be made.
     *
     * @param header what every event bears
     * @param failureClass the failure's class
     * @param message its message
     * @param delay until the next attempt
     */
    record StepRetrying(EventHeader header, FailureClass failureClass, String message, Duration delay)
            implements PipeEvent {}

    /**
     * An attempt has an unknown outcome, so the engine looks whether it took effect.
     *
     * @param header what every event bears
     * @param because the failure's message
     */
    record StepReconciling(EventHeader header, String because) implements PipeEvent {}

    /**
     * The engine has looked.
     *
     * @param header what every event bears
     * @param found absent, done, partly or unknown, with the detail
     */
    record StepReconciled(EventHeader header, String found) implements PipeEvent {}

    /**
     * A step has failed for good.
     *
     * @param header what every event bears
     * @param failureClass the failure's class
     * @param message its message
     * @param took from its first attempt
     */
    record StepFailed(EventHeader header, FailureClass failureClass, String message, Duration took)
            implements PipeEvent {}

    /**
     * A step says how far it has come.
     *
     * @param header what every event bears
     * @param done parts done
     * @param total parts in all, 0 if unknown
     * @param text what is being done
     */
    record StepProgressed(EventHeader header, int done, int total, String text) implements PipeEvent {}

    /**
     * A step waits for a permit.
     *
     * @param header what every event bears
     * @param reason what it waits for
     */
    record StepThrottled(EventHeader header, String reason) implements PipeEvent {}

    /**
     * A step's undo starts.
     *
     * @param header what every event bears
     * @param found what is there to take back
     */
    record StepUndoStarted(EventHeader header, String found) implements PipeEvent {}

    /**
     * A step's work has been taken back.
     *
     * @param header what every event bears
     * @param took from the start of its undo
     */
    record StepUndone(EventHeader header, Duration took) implements PipeEvent {}

    /**
     * A step's work could not be taken back; it is a leftover.
     *
     * @param header what every event bears
     * @param failureClass the failure's class
     * @param message its message
     */
    record StepUndoFailed(EventHeader header, FailureClass failureClass, String message) implements PipeEvent {}

    /**
     * Undo passes by a step that cannot be undone.
     *
     * @param header what every event bears
     * @param reason why it cannot
     */
    record StepNotUndone(EventHeader header, String reason) implements PipeEvent {}

    /**
     * An attempt to open a scope starts.
     *
     * @param header what every event bears
     * @param scopeType the scope's type
     */
    record ScopeOpening(EventHeader header, String scopeType) implements PipeEvent {}

    /**
     * A scope is open.
     *
     * @param header what every event bears
     * @param expiresAt when it must be closed at the latest
     * @param took from the first attempt to open it
     */
    record ScopeOpened(EventHeader header, Instant expiresAt, Duration took) implements PipeEvent {}

    /**
     * A scope could not be opened.
     *
     * @param header what every event bears
     * @param failureClass the failure's class
     * @param message its message
     */
    record ScopeOpenFailed(EventHeader header, FailureClass failureClass, String message) implements PipeEvent {}

    /**
     * A scope's close starts.
     *
     * @param header what every event bears
     * @param found what is there to close
     */
    record ScopeClosing(EventHeader header, String found) implements PipeEvent {}

    /**
     * A scope is closed.
     *
     * @param header what every event bears
     * @param took from the start of its close
     */
    record ScopeClosed(EventHeader header, Duration took) implements PipeEvent {}

    /**
     * A scope could not be closed; it is a leftover.
     *
     * @param header what every event bears
     * @param failureClass the failure's class
     * @param message its message
     */
    record ScopeCloseFailed(EventHeader header, FailureClass failureClass, String message) implements PipeEvent {}

    /**
     * A resource now exists.
     *
     * @param header what every event bears
     * @param resource which
     */
    record ResourceMade(EventHeader header, Resource resource) implements PipeEvent {}

    /**
     * A resource is deleted.
     *
     * @param header what every event bears
     * @param resource which
     */
    record ResourceGone(EventHeader header, Resource resource) implements PipeEvent {}
}

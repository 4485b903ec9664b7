// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.aws.faults;

import io.hybridpipe.sim.Fault;
import io.hybridpipe.sim.Faults;
import java.time.Duration;
import java.util.Locale;

/** What goes wrong at one call of a run. Each passes by, so that the run can be expected to end done or undone. */
enum Mishap {
    /** The request never arrives. */
    LOST_REQUEST,
    /** The call takes effect, its answer is lost. */
    LOST_ANSWER,
    /** As {@link #LOST_ANSWER}, and nothing that was made is seen before five seconds are over. */
    LOST_ANSWER_SEEN_LATE,
    /** It takes effect when nobody waits for its answer any more. */
    LATE,
    UNAVAILABLE_BEFORE,
    UNAVAILABLE_AFTER,
    /** This call and the next ones are told to slow down. */
    THROTTLING_STORM,
    /** The run is cancelled while the call is on its way. */
    CANCEL_BEFORE,
    /** The run is cancelled when the call has taken effect and before its answer. */
    CANCEL_AFTER,
    /** As {@link #CANCEL_AFTER}, and nothing that was made is seen before five seconds are over. */
    CANCEL_AFTER_SEEN_LATE;

    /** How long a request waits for its answer. */
    static final Duration REQUEST_TIMEOUT = Duration.ofMillis(600);

    /** After its request's timeout, and well within the visibility window of {@link Stage#hastened}. */
    private static final Duration LATE_BY = Duration.ofMillis(60);

    private static final int STORM = 3;

    /** Whether it makes a difference to a call that only reads: what it does not change cannot be lost or come late. */
    boolean strikesReads() {
        return switch (this) {
            case LOST_REQUEST, UNAVAILABLE_BEFORE, THROTTLING_STORM, CANCEL_BEFORE -> true;
            default -> false;
        };
    }

    boolean isCancel() {
        return this == CANCEL_BEFORE || this == CANCEL_AFTER || this == CANCEL_AFTER_SEEN_LATE;
    }

    boolean needsDelayedSight() {
        return this == LOST_ANSWER_SEEN_LATE || this == CANCEL_AFTER_SEEN_LATE;
    }

    /** Puts it in force for the n-th call of this action. */
    Fault at(Stage stage, String action, int occurrence) {
        Faults.Rule rule = stage.faults().on(action).nth(occurrence);
        return switch (this) {
            case LOST_REQUEST -> rule.dropBefore();
            case LOST_ANSWER, LOST_ANSWER_SEEN_LATE -> rule.dropAfter();
            case LATE -> rule.delay(REQUEST_TIMEOUT.plus(LATE_BY).multipliedBy(Stage.SPEED));
            case UNAVAILABLE_BEFORE -> rule.status(503);
            case UNAVAILABLE_AFTER -> rule.statusAfter(503);
            case THROTTLING_STORM -> storm(rule, stage.faults());
            case CANCEL_BEFORE -> rule.holdBefore();
            case CANCEL_AFTER, CANCEL_AFTER_SEEN_LATE -> rule.holdAfter();
        };
    }

    private static Fault storm(Faults.Rule rule, Faults faults) {
        Fault first = rule.error("RequestLimitExceeded", "Request limit exceeded.");
        first.reached()
                .thenRun(() ->
                        faults.on(call -> true).times(STORM).error("RequestLimitExceeded", "Request limit exceeded."));
        return first;
    }

    /** As in reports and in the names of cases. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}

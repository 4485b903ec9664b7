// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.test;

/** When, during one call of a step or scope, a run is disturbed. */
enum Moment {
    BEFORE_THE_CALL("before the call"),
    IN_THE_CALL("in the call"),
    ANSWER_LOST("after the call, the answer lost"),
    BEFORE_THE_JOURNAL("after the answer, before the journal"),
    AFTER_THE_JOURNAL("after the journal");

    private final String text;

    Moment(String text) {
        this.text = text;
    }

    boolean isInTheJournal() {
        return this == BEFORE_THE_JOURNAL || this == AFTER_THE_JOURNAL;
    }

    @Override
    public String toString() {
        return text;
    }
}

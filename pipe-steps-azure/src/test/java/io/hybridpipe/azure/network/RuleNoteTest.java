// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.azure.network;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;

class RuleNoteTest {
    private static final Instant UNTIL = Instant.parse("2026-11-21T09:00:00Z");

    @Test
    void whatIsWrittenCanBeRead() {
        RuleNote note = new RuleNote(UNTIL, "run-1", "fednet/access[a b]/rule");

        assertThat(RuleNote.in(note.text())).contains(note);
    }

    @Test
    void theLongestRunIdAndPathFitIntoADescription() {
        String text = new RuleNote(UNTIL.plusNanos(123456789), "r".repeat(64), "x".repeat(300) + "/end").text();

        assertThat(text).hasSize(140).endsWith("/end");
        assertThat(RuleNote.in(text).map(RuleNote::until)).contains(UNTIL);
    }

    @ParameterizedTest
    @NullSource
    @ValueSource(strings = {"", "made by hand", "hybridpipe until tomorrow run run-1 fednet/access"})
    void otherDescriptionsAreNoNotes(String description) {
        assertThat(RuleNote.in(description)).isEmpty();
    }
}

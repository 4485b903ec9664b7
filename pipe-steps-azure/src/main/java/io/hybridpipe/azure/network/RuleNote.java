// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.azure.network;

import io.hybridpipe.StepContext;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What a temporary rule says of itself in its description: until when it may stay, and who made it.
 *
 * @param until when a sweep may delete it
 * @param run the run that made it
 * @param path where in the pipe, or the end of that
 */
record RuleNote(Instant until, String run, String path) {
    /** The service takes descriptions of at most 140 characters. */
    private static final int LONGEST = 140;

    private static final Pattern FORM = Pattern.compile("hybridpipe until (\\S+) run (\\S+) (.*)");

    /** The note in a rule's description, if there is one. */
    static Optional<RuleNote> in(@Nullable String description) {
        Matcher note = FORM.matcher(description == null ? "" : description);
        if (!note.matches()) {
            return Optional.empty();
        }
        try {
            return Optional.of(new RuleNote(Instant.parse(note.group(1)), note.group(2), note.group(3)));
        } catch (DateTimeException notOurs) {
            return Optional.empty();
        }
    }

    /** The description; of a path that is too long the end is kept. */
    String text() {
        return text("hybridpipe until " + until.truncatedTo(ChronoUnit.SECONDS) + " run " + run + " ", path);
    }

    /** The description of a rule that stays: who made it. */
    static String ofLasting(StepContext context) {
        return text(
                "hybridpipe run " + context.runId().value() + " ",
                context.path().value());
    }

    private static String text(String text, String path) {
        int room = LONGEST - text.length();
        return text + (path.length() <= room ? path : ".." + path.substring(path.length() - room + 2));
    }
}

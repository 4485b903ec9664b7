// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.net;

import io.hybridpipe.StepContext;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Who made a resource, read from its tags.
 *
 * @param tags all tags of the resource
 */
public record Owner(Map<String, String> tags) {
    /** The tag that says until when a temporary resource is wanted: an instant in ISO 8601. */
    public static final String EXPIRES = "hybridpipe:expires";

    private static final String RUN = "hybridpipe:run";
    private static final String STEP = "hybridpipe:step";
    private static final String TOKEN = "hybridpipe:token";
    private static final List<String> STEP_OF_A_RUN = List.of("hybridpipe:pipe", RUN, STEP);

    /** Copies the tags. */
    public Owner {
        tags = Map.copyOf(tags);
    }

    /** The tags that a temporary resource bears: those of the context, and until when it is wanted. */
    public static Map<String, String> tagsUntil(StepContext context, Instant expires) {
        Map<String, String> tags = new HashMap<>(context.tags());
        tags.put(EXPIRES, expires.toString());
        return tags;
    }

    /** Whether an attempt of this step in this run made it, since the last completed undo. */
    public boolean isAttemptOf(StepContext context) {
        return isStepOf(context) && context.token().equals(tags.get(TOKEN));
    }

    /** Whether this step made it in this run, before or after an undo. */
    public boolean isStepOf(StepContext context) {
        Map<String, String> own = context.tags();
        return STEP_OF_A_RUN.stream()
                .allMatch(key -> tags.containsKey(key) && tags.get(key).equals(own.get(key)));
    }

    /** Whether some step of this run made it. */
    public boolean isOfRun(StepContext context) {
        return tags.containsKey(RUN) && tags.get(RUN).equals(context.tags().get(RUN));
    }

    /** Whether some run made it. */
    public boolean isMadeByRun() {
        return tags.containsKey(RUN);
    }

    /** The keys of the tags that together name a step of a run. */
    public static List<String> keysOfStep() {
        return STEP_OF_A_RUN;
    }

    /** Until when it is wanted, if it is temporary. */
    public Optional<Instant> expires() {
        try {
            return Optional.ofNullable(tags.get(EXPIRES)).map(Instant::parse);
        } catch (DateTimeException foreign) {
            return Optional.empty();
        }
    }

    /** Whether a run made it as something temporary that nobody wants any more. */
    public boolean hasExpired(Instant now) {
        boolean madeByRun = tags.containsKey(TOKEN) && tags.keySet().containsAll(STEP_OF_A_RUN);
        return madeByRun && expires().filter(now::isAfter).isPresent();
    }

    /** The run and step, or that no run made it. */
    @Override
    public String toString() {
        return tags.containsKey(RUN)
                ? "made by " + tags.getOrDefault(STEP, "a step") + " of run " + tags.get(RUN)
                : "not made by HybridPipe";
    }
}
